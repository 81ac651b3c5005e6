"""Dated GeoJSON becomes holdings: by file, by feature, with gaps, with the rest of the region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely

from contested.base.errors import LayerError
from contested.territory.areas import area_m2
from contested.territory.layers import LayerTables

Read = Callable[..., LayerTables]
WEST = shapely.box(10.0, 50.0, 10.1, 50.1)
EAST = shapely.box(10.1, 50.0, 10.2, 50.1)
WIDE = shapely.box(9.0, 50.0, 10.1, 50.1)


def spans(tables: LayerTables) -> list[tuple[str, str, str]]:
    return [(r["holder"], str(r["valid_from"]), str(r["valid_to"])) for r in tables.holdings.to_pylist()]


def test_a_map_a_file_stands_until_the_next_and_then_for_its_age(read: Read, collection: Any) -> None:
    files = {
        "layers/map_20200101.geojson": collection((WEST, {})),
        "layers/map-2020-01-02_0300.json": collection((WEST, {}), (EAST, {"party": "Southern Front"})),
        "layers/20200105030000.geojson": collection((EAST, {})),
        "layers/20200120.geojson": collection((EAST, {})),
        "layers/readme.md": "no layer",
    }
    tables = read(files, "geojson", holder="north", max_age_days=5)
    assert spans(tables) == [
        ("north", "2020-01-01", "2020-01-01"),
        ("north", "2020-01-02", "2020-01-04"),
        ("south", "2020-01-02", "2020-01-04"),
        ("north", "2020-01-05", "2020-01-10"),
        ("north", "2020-01-20", "2020-01-25"),
    ]
    note, jumped = tables.notes
    assert "south goes from 79.7 km² on 2020-01-02 to 0.0 km² on 2020-01-05" in jumped
    assert "16 days between the first and the last map have none (2020-01-03 to 2020-01-04, 2020-01-06 to" in note
    assert {r["made_by"] for r in tables.holdings.to_pylist()} == {"geojson"}
    assert tables.holdings.to_pylist()[2]["original_row"] == 2


def test_features_bear_dates_or_intervals(read: Read, collection: Any) -> None:
    dated = collection((WEST, {"holder": "N", "date": "2020-01-02"}), (EAST, {"holder": "N", "date": "2020-01-03"}))
    assert spans(read({"layers/a.geojson": dated}, "geojson", max_age_days=3)) == [
        ("north", "2020-01-02", "2020-01-02"),
        ("north", "2020-01-03", "2020-01-06"),
    ]
    lasting = collection(
        (WEST, {"side": "N", "valid_from": "2020-01-02", "valid_to": "2020-01-09"}),
        (WEST, {"side": "south", "valid_from": "2020-01-10T03:00", "valid_to": None}),
        (EAST, {"side": "south", "valid_from": "2020-01-10", "valid_to": "2020-01-03"}),
        (EAST, {"side": "south", "valid_from": "2202-01-10"}),
    )
    tables = read({"layers/a.geojson": lasting}, "geojson")
    assert spans(tables) == [("north", "2020-01-02", "2020-01-09"), ("south", "2020-01-10", "2020-01-31")]
    assert "valid_to 2020-01-03 lies before valid_from 2020-01-10" in tables.rejects[0]["reason"]
    assert "year 2202 is outside" in tables.rejects[1]["reason"]


def test_the_property_date_goes_before_the_file_name_and_says_so(read: Read, collection: Any) -> None:
    content = collection((WEST, {"date": "2020-01-02"}))
    tables = read({"layers/saved_2020-02-01.geojson": content}, "geojson", holder="north")
    assert spans(tables)[0][1] == "2020-01-02"
    assert "the property date is 2020-01-02, the file name says 2020-02-01" in tables.notes[0]


@pytest.mark.parametrize("name", ["map.geojson", "map_123456789.geojson"])
def test_a_map_without_date_is_refused(read: Read, collection: Any, name: str) -> None:
    with pytest.raises(LayerError, match=f"{name} feature 1: the map bears no date; put it into the file name"):
        read({f"layers/{name}": collection((WEST, {}))}, "geojson", holder="north")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("22020708", "year 2202 is outside 1900-2100"),
        ("20201340", "month must be in 1..12"),
        ("2020-01-01_to_2020-01-02", "the name bears 2 dates"),
    ],
)
def test_impossible_and_double_dates_are_refused(read: Read, collection: Any, name: str, words: str) -> None:
    with pytest.raises(LayerError, match=name) as fault:
        read({f"layers/{name}.geojson": collection((WEST, {}))}, "geojson", holder="north")
    assert words in str(fault.value)


def test_a_month_is_no_day(read: Read, collection: Any) -> None:
    with pytest.raises(LayerError, match='date "2020-01" is a month'):
        read({"layers/a.geojson": collection((WEST, {"date": "2020-01"}))}, "geojson", holder="north")


def test_holders_that_are_no_party_or_not_named_are_refused(read: Read, collection: Any) -> None:
    files = {"layers/20200101.geojson": collection((WEST, {"control": "Northern Amry"}))}
    with pytest.raises(LayerError, match=r'feature 1: property "control": holder "Northern Amry".*"Northern Army"'):
        read(files, "geojson")
    with pytest.raises(LayerError, match=r"no property names the holder .holder, party, control, side."):
        read({"layers/20200101.geojson": collection((WEST, {}))}, "geojson")


def test_two_maps_of_one_day_that_disagree_are_refused_with_the_area(read: Read, collection: Any) -> None:
    half = shapely.box(10.0, 50.0, 10.05, 50.1)
    files = {"layers/a_20200101.geojson": collection((WEST, {})), "layers/b_20200101.geojson": collection((half, {}))}
    with pytest.raises(LayerError) as fault:
        read(files, "geojson", holder="north")
    differing = area_m2([WEST.difference(half)])[0] / 1e6
    assert "layers/a_20200101.geojson and layers/b_20200101.geojson: two maps of 2020-01-01 disagree" in str(
        fault.value
    )
    assert f"over {differing:.4f} km²" in str(fault.value)
    # The same ground for two parties is a contradiction too.
    files["layers/b_20200101.geojson"] = collection((WEST, {"holder": "south"}))
    with pytest.raises(LayerError, match=f"disagree over {area_m2([WEST])[0] / 1e6:.4f} km²"):
        read(files, "geojson", holder="north")


def test_two_maps_of_one_day_that_agree_are_one(read: Read, collection: Any) -> None:
    turned = shapely.Polygon([(10.1, 50.1), (10.0, 50.1), (10.0, 50.0), (10.1, 50.0)])
    files = {"layers/a_20200101.geojson": collection((WEST, {})), "layers/b_20200101.geojson": collection((turned, {}))}
    tables = read(files, "geojson", holder="north", max_age_days=0)
    assert spans(tables) == [("north", "2020-01-01", "2020-01-01")]
    assert tables.notes == (
        "layers/b_20200101.geojson: says the same of 2020-01-01 as layers/a_20200101.geojson; one of the two was kept",
    )


def test_a_file_a_party_is_no_contradiction(read: Read, collection: Any) -> None:
    files = {
        "layers/n_20200101.geojson": collection((WEST, {"holder": "north"})),
        "layers/s_20200101.geojson": collection((EAST, {"holder": "south"})),
    }
    assert [span[0] for span in spans(read(files, "geojson"))] == ["north", "south"]


def test_a_day_without_ground_counts_as_missing(read: Read, collection: Any) -> None:
    empty = {"type": "Polygon", "coordinates": []}
    files = {"layers/20200101.geojson": collection((WEST, {})), "layers/20200102.geojson": collection((empty, {}))}
    tables = read(files, "geojson", holder="north", max_age_days=2)
    assert spans(tables) == [("north", "2020-01-01", "2020-01-03")]
    assert tables.rejects[0]["original_path"] == "layers/20200102.geojson"
    with pytest.raises(LayerError, match=r"no map of it can be used; the first fault: .*is empty"):
        read({"other/20200102.geojson": collection((empty, {}))}, "geojson", path="other", holder="north")


def test_elsewhere_is_the_rest_of_the_region_on_days_that_have_a_map(read: Read, collection: Any) -> None:
    files = {
        "layers/20200101.geojson": collection(
            (WIDE, {}), (shapely.box(10.15, 50.0, 10.2, 50.1), {"holder": "unknown"})
        ),
        "layers/20200110.geojson": collection((WIDE, {})),
    }
    tables = read(files, "geojson", holder="north", elsewhere="south", max_age_days=3)
    rest = [r for r in tables.holdings.to_pylist() if r["holder"] == "south"]
    assert [(str(r["valid_from"]), str(r["valid_to"]), r["original_row"]) for r in rest] == [
        ("2020-01-01", "2020-01-04", 0),
        ("2020-01-10", "2020-01-13", 0),
    ]
    assert shapely.from_wkb(rest[0]["geometry"]).equals(shapely.box(10.1, 50.0, 10.15, 50.1))
    assert shapely.from_wkb(rest[1]["geometry"]).equals(EAST)


def test_a_glob_and_a_single_file_are_layers(read: Read, collection: Any) -> None:
    files = {f"layers/{name}.geojson": collection((WEST, {})) for name in ("a20200101", "b20200102")}
    assert len(spans(read(files, "geojson", path="layers/a*.geojson", holder="north"))) == 1
    assert len(spans(read(files, "geojson", path="layers/b20200102.geojson", holder="north"))) == 1


def test_a_region_polygon_clips_what_is_elsewhere(read: Read, case: Any, collection: Any) -> None:
    triangle = shapely.Polygon([(10.0, 50.0), (10.2, 50.0), (10.2, 50.1)])
    region = case.file.region.model_copy(update={"polygon": "region.geojson"})
    case.file = case.file.model_copy(update={"region": region})
    files = {"region.geojson": collection((triangle, {})), "layers/20200101.geojson": collection((WEST, {}))}
    rest = read(files, "geojson", holder="north", elsewhere="south").holdings.to_pylist()[0]
    assert shapely.from_wkb(rest["geometry"]).equals(triangle.difference(WEST))
    files["region.geojson"] = collection((shapely.Point(10, 50), {}))
    with pytest.raises(LayerError, match="no feature covers ground"):
        read(files, "geojson", holder="north", elsewhere="south")


def test_days_that_cannot_be_meant_go_to_rejects_and_the_others_stand(read: Read, collection: Any) -> None:
    files = {
        "layers/2020-01-01.geojson": collection((WEST, {})),
        "layers/2202-02-02.geojson": collection((WEST, {})),
        "layers/2061-01-01.geojson": collection((WEST, {})),
        "layers/no-day.geojson": collection((WEST, {"name": "x"})),
        "layers/2020-01-03.geojson": collection((WEST, {})),
    }
    tables = read(files, "maps", holder="north", max_age_days=0)
    assert spans(tables) == [("north", "2020-01-01", "2020-01-01"), ("north", "2020-01-03", "2020-01-03")]
    reasons = {reject["original_path"]: reject["reason"] for reject in tables.rejects}
    assert "year 2202 is outside 1900-2100" in reasons["layers/2202-02-02.geojson"]
    assert "lies more than 20 years from the case's window" in reasons["layers/2061-01-01.geojson"]
    assert "the map bears no date" in reasons["layers/no-day.geojson"]


def test_formats_stand_side_by_side_and_properties_in_capitals_count(read: Read, collection: Any) -> None:
    ring = "10,50 10.1,50 10.1,50.1 10,50.1 10,50"
    placemark = (
        "<Placemark><TimeStamp><when>2020-01-03</when></TimeStamp><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )
    files = {
        "layers/a.geojson": collection((WEST, {"PARTY": "N", "Date": "2020-01-02"})),
        "layers/b.kml": f"<kml>{placemark}</kml>",
    }
    tables = read(files, "maps", holder="south", max_age_days=0)
    assert spans(tables) == [("north", "2020-01-02", "2020-01-02"), ("south", "2020-01-03", "2020-01-03")]
    assert tables.holdings["made_by"].to_pylist() == ["geojson", "kml"]
    assert len(read(files, "geojson", holder="south").holdings) == 1


def test_repairs_are_counted_over_the_layer(read: Read, collection: Any) -> None:
    tie = {"type": "Polygon", "coordinates": [[[10, 50], [10.1, 50.1], [10.1, 50], [10, 50.1], [10, 50]]]}
    files = {f"layers/2020-01-{day:02}.geojson": collection((tie, {})) for day in range(1, 8)}
    notes = read(files, "maps", holder="north").notes
    assert sum("an invalid ring" in note for note in notes) == 3
    assert any("7 features had invalid rings and were repaired; their areas changed by" in note for note in notes)


def test_ground_that_two_claim_and_maps_cut_short_are_told(read: Read, collection: Any) -> None:
    half = shapely.box(10.0, 50.0, 10.03, 50.1)
    files = {
        "layers/2020-01-01.geojson": collection(
            (WEST, {"side": "N"}), (shapely.box(10.08, 50.0, 10.2, 50.1), {"side": "south"})
        ),
        "layers/2020-01-02.geojson": collection((half, {"side": "N"}), (EAST, {"side": "south"})),
        "layers/2020-01-03.geojson": collection((WEST, {"side": "N"}), (EAST, {"side": "south"})),
    }
    jumped, claimed = read(files, "maps").notes
    assert "north goes from 79.7 km² on 2020-01-01 to 23.9 km² on 2020-01-02 and is back" in jumped
    assert "north and south both claim 15.9" in claimed
    assert "km² on 2020-01-01 (the most); such ground is contested" in claimed
