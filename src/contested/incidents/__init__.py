"""Datasets to records, records to incidents."""
