"""Readers of the formats that datasets come in."""
