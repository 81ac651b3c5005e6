"""Incidents, control and fronts to findings."""
