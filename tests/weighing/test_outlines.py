"""Places known only as a region: drawn from its outline, shared out by its area, bounded by its worst case."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from tests.weighing.conftest import FRONT

from contested.base.case import Case
from contested.base.errors import LayerError
from contested.territory.layers import LayerTables
from contested.territory.located import locate_incidents
from contested.territory.outlines import Outline, read_outlines
from contested.weighing.draws import draw_incidents
from contested.weighing.sample import Sample, case_layers, make_sample
from contested.weighing.zones import area_shares

#: A wedge over the front, three quarters of it in the east; one wholly in the west; one of two parts.
_X, _Y = FRONT
WEDGE = shapely.Polygon([(_X - 0.1, _Y), (_X + 0.1, _Y - 0.1), (_X + 0.1, _Y + 0.1)])
REGIONS = {
    "Wedge District": WEDGE,
    "West": shapely.box(_X - 0.2, _Y - 0.05, _X - 0.05, _Y + 0.05),
    "Two Parts": shapely.MultiPolygon(
        [shapely.box(_X - 0.1, _Y, _X - 0.09, _Y + 0.1), shapely.box(_X + 0.1, _Y, _X + 0.13, _Y + 0.1)]
    ),
}

MakeCase = Callable[..., Case]


def write_outlines(path: Path, regions: list[tuple[str, shapely.Geometry]]) -> None:
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": json.loads(shapely.to_geojson(area))}
        for name, area in regions
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


@pytest.fixture
def case(tmp_path: Path, make_case: MakeCase) -> Case:
    write_outlines(tmp_path / "regions.geojson", list(REGIONS.items()))
    weighing = [{"event": "chlorine", "layer": "wiki", "advancing": "gov", "losing": "opp", "draws": 200}]
    file = make_case(places={"outlines": "regions.geojson"}, weighing=weighing).file
    return Case(tmp_path, file, tmp_path)


def sample_of(case: Case, make_tables: Any, names: list[str], radius_m: float | None = None) -> Sample:
    """Incidents known only by the name of a place."""
    tables = with_names(make_tables([{"places": [{"m": 3_000.0, "located": False}]} for _ in names]), names, radius_m)
    return make_sample(case, case.file.weighing[0], "wiki", tables, case_layers(case, tables["holdings"]))


def with_names(tables: dict[str, pa.Table], names: list[str], radius_m: float | None) -> dict[str, pa.Table]:
    places = tables["incident_places"]
    columns = {name: places[name] for name in places.column_names}
    columns["place_name"] = pa.chunked_array([pa.array(names, pa.string())])
    if radius_m is not None:
        columns["lon"], columns["lat"] = (pa.array([value] * len(names), pa.float64()) for value in FRONT)
        columns["radius_m"] = pa.array([radius_m] * len(names), pa.float64())
    return {**tables, "incident_places": pa.table(columns, schema=places.schema)}


def test_points_stay_in_their_outline_and_are_even_over_it(case: Case) -> None:
    for outline in read_outlines(case).by_name.values():
        points = outline.points
        assert shapely.intersects_xy(outline.geometry, points[:, 0], points[:, 1]).all()
        # So are the few that an incident is tried at: one of 128.
        for some in (points, points[100 :: len(points) // 32]):
            middle = some.mean(axis=0)
            size = np.sqrt(outline.geometry.area)
            assert middle == pytest.approx([outline.geometry.centroid.x, outline.geometry.centroid.y], abs=size / 15)


def test_an_outline_that_is_hardly_hit_still_has_points_in_it() -> None:
    thin = shapely.Polygon([(10, 50), (11, 51), (11, 51.0001), (10, 50.00001)])
    points = Outline("thin", thin, 10.5, 50.5, 1e5).points
    assert len(points)
    assert shapely.distance(thin, shapely.points(points)).max() < 1e-9


def test_shares_are_of_the_outlines_ground(case: Case, make_tables: Any) -> None:
    sample = sample_of(case, make_tables, ["WEDGE district", "West", "Two Parts", "Nowhere"])
    opp = sample.share_of("opp")
    assert opp[:3] == pytest.approx([0.75, 0.0, 0.75], abs=0.002)
    assert np.isnan(opp[3])
    draws = draw_incidents(sample, sample.incidents, 3, fitted=False)
    assert draws.fell_on("opp").mean(axis=1)[:3] == pytest.approx([0.75, 0.0, 0.75], abs=0.05)
    wedge = shapely.intersects_xy(WEDGE, draws.lon[0], draws.lat[0])
    assert wedge.all(), "a point left the outline"


def test_the_worst_case_lets_an_outline_over_the_front_fall_either_way(case: Case, make_tables: Any) -> None:
    finding = area_shares(sample_of(case, make_tables, ["Wedge District"] * 3 + ["West"] * 5))
    assert finding.numbers["bound_low"] == 0.0
    assert finding.numbers["bound_high"] == pytest.approx(3 / 8)
    assert finding.details["places_drawn_from_outlines"] == 8
    assert "8 places known only as a region" in finding.method


@pytest.mark.parametrize(("radius_m", "takes"), [(500.0, 0), (19_999.0, 0), (20_000.0, 1), (90_000.0, 1)])
def test_a_better_known_place_keeps_its_disc(case: Case, make_tables: Any, radius_m: float, takes: int) -> None:
    sample = sample_of(case, make_tables, ["West"], radius_m)
    assert len(sample.incidents.outlined) == takes
    assert (sample.share_of("gov")[0] == 1.0) == bool(takes)


def test_a_point_and_radius_of_an_outline_hold_it_all(case: Case) -> None:
    for outline in read_outlines(case).by_name.values():
        assert outline.geometry.contains(shapely.Point(outline.lon, outline.lat))
        # A degree of latitude has 111 km and one of longitude fewer.
        assert outline.radius_m <= 1.1 * 111_500 * np.hypot(*np.ptp(shapely.get_coordinates(outline.geometry), axis=0))


def test_the_tables_of_control_give_the_outlines_shares(case: Case, make_tables: Any) -> None:
    tables = with_names(make_tables([{"places": [{"located": False}]}]), ["Wedge District"], None)
    layers = [LayerTables(tables["holdings"], [], ())]
    located = locate_incidents(case, tables["incidents"], tables["incident_places"], layers, read_outlines(case))
    shares = {row["party"]: row["p"] for row in located.control.to_pylist()}
    assert shares == pytest.approx({"gov": 0.25, "opp": 0.75}, abs=0.002)


def test_a_name_that_no_outline_bears_and_one_borne_twice_are_told(case: Case, make_tables: Any) -> None:
    regions = [*REGIONS.items(), ("west", WEDGE)]
    write_outlines(case.folder / "regions.geojson", regions)
    outlines = read_outlines(case)
    assert set(outlines.by_name) == {"wedge district", "two parts"}
    tables = with_names(make_tables([{"places": [{"located": False}]}]), ["Nowhere"], None)
    notes = outlines.notes_on(tables["incident_places"])
    assert any('two areas bear the name "west"' in note for note in notes)
    assert any('no outline bears the name "Nowhere"' in note for note in notes)


def test_a_file_without_names_is_refused(case: Case) -> None:
    write_outlines(case.folder / "regions.geojson", [("", WEDGE)])
    with pytest.raises(LayerError, match=r'no area has a property "name".*outline_name'):
        read_outlines(case)
