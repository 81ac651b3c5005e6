"""A built case → what of it may leave the house: a projection of its tables, printed by the same dossier printer."""
