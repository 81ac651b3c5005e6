"""An invented world to look places up in: two countries, a province, towns of one name, and a quarter."""

from __future__ import annotations

from contested.incidents.gazetteer import Gazetteer, Place, in_columns, index_places

#: Box of the case's region, degrees: around Karsk in Velmland.
REGION = (20.0, 10.0, 21.0, 11.0)
WORLD = [
    Place("Velmland", 20.5, 10.5, None, "country", "made up", ("Velmlandia", "فلملاند"), 9_000_000, "VL"),
    Place("Ostria", 60.0, 50.0, None, "country", "made up", (), 5_000_000, "OS"),
    Place(
        "Karsk", 20.5, 10.5, 60_000.0, "admin1", "made up", ("Karsk Province", "محافظة كرسك"), 400_000, "VL", "VL.01"
    ),
    Place("Karsk", 20.5, 10.5, 5_000.0, "town", "made up", ("كرسك", "Карск"), 120_000, "VL", "VL.01"),
    Place("Karsk", 60.1, 50.1, 1_500.0, "town", "made up", (), 15_000, "OS", "OS.07"),
    Place("Zahmanet", 20.6, 10.6, 1_000.0, "town", "made up", ("زحمنة",), 2_000, "VL", "VL.01"),
    Place("Dolven", 60.5, 50.2, 4_000.0, "town", "made up", (), 300_000, "OS", "OS.07"),
    Place("Dolven", 20.9, 10.9, 1_000.0, "town", "made up", (), 900, "VL", "VL.01"),
]
OWN = [
    Place("Hayy al-Marqab", 20.51, 10.51, 700.0, "neighbourhood", "places/own.csv", ("المرقب",)),
    Place("Karm al-Tirhal", 20.49, 10.49, 700.0, "neighbourhood", "places/own.csv"),
]


def make_gazetteer(*, own: bool = True, region: bool = True) -> Gazetteer:
    """The invented world, with the case's own places and region or without."""
    return index_places(in_columns(WORLD)).with_own(OWN if own else [], REGION if region else None)
