from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from contested.base.errors import LayerError
from contested.territory.areas import area_m2
from contested.territory.files.area_files import read_features
from contested.territory.files.features import notes_of_repairs

REGION = (10.0, 50.0, 10.2, 50.1)
SQUARE = shapely.box(10.0, 50.0, 10.1, 50.1)
# A bow tie: its two triangles have one signed area of zero.
BOW_TIE = {"type": "Polygon", "coordinates": [[[10, 50], [10.1, 50.1], [10.1, 50], [10, 50.1], [10, 50]]]}


@pytest.fixture
def features(tmp_path: Path) -> Callable[[Any], Any]:
    def read(content: Any) -> Any:
        path = tmp_path / "map.geojson"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read_features(path, "layers/map.geojson", REGION)

    return read


def test_a_feature_and_a_bare_geometry_are_read_too(features: Any, feature: Any) -> None:
    for content in (feature(SQUARE, holder="north"), json.loads(shapely.to_geojson(SQUARE))):
        read = features(content)
        assert [f.geometry.equals(SQUARE) for f in read.features] == [True]
        assert not read.rejects
        assert not read.notes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty (0 bytes)"),
        (b"  \n", "the file is empty"),
        (b"\xff\xd8\xff\xe0picture", "not utf-8"),
        ("<html>", "no JSON"),
        ('{"type": "FeatureCollection", "features": [', "no JSON"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 1]]]}', "NaN is no number"),
        ("[" * 100_000, "no JSON"),
        ("[1, 2]", "its type is null"),
        ({"type": "Topology"}, 'its type is "Topology"'),
        ({"type": "FeatureCollection", "features": {"a": 1}}, "no list of features"),
    ],
)
def test_what_is_no_geojson_is_refused(features: Any, content: Any, words: str) -> None:
    with pytest.raises(LayerError, match=r"map.geojson") as fault:
        features(content)
    assert words in str(fault.value)


@pytest.mark.parametrize(
    "crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326", "urn:ogc:def:crs:EPSG:6.6:4326"]
)
def test_degrees_by_any_name_are_taken_as_they_stand(features: Any, collection: Any, crs: str) -> None:
    read = features(collection((SQUARE, {}), crs={"type": "name", "properties": {"name": crs}}))
    assert read.features[0].geometry.equals(SQUARE)
    assert not read.notes


def test_another_crs_that_is_named_is_converted(features: Any, collection: Any) -> None:
    to_utm = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32632", always_xy=True)
    metres = shapely.transform(SQUARE, lambda p: np.stack(to_utm.transform(p[:, 0], p[:, 1]), axis=1))
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32632"}}
    read = features(collection((metres, {}), crs=crs))
    got = read.features[0].geometry
    assert "converted from WGS 84 / UTM zone 32N to WGS 84" in read.notes[0]
    # Corners come back; the edges are those of the file, straight in its projection: 1 m beside those in degrees.
    for corner in SQUARE.exterior.coords:
        assert shapely.Point(corner).distance(shapely.MultiPoint(got.exterior.coords)) < 1e-9
    assert len(got.exterior.coords) > 5
    assert area_m2([got.symmetric_difference(SQUARE)])[0] / area_m2([SQUARE])[0] < 2e-4


@pytest.mark.parametrize("crs", ["EPSG:14326", "", "local grid"])
def test_a_crs_that_nobody_knows_is_refused_with_a_way_out(features: Any, collection: Any, crs: str) -> None:
    with pytest.raises(LayerError, match=r"map.geojson: .*ogr2ogr .*-t_srs EPSG:4326"):
        features(collection((SQUARE, {}), crs={"type": "name", "properties": {"name": crs}}))


def test_metres_in_place_of_degrees_are_refused(features: Any, collection: Any) -> None:
    with pytest.raises(LayerError, match=r"1\.11319e\+06.*metres of a projection"):
        features(collection((shapely.box(1113194, 6446275, 1124326, 6463602), {})))


def test_latitude_first_is_refused(features: Any, collection: Any) -> None:
    with pytest.raises(LayerError, match="look swapped: exchanged they meet the case's region"):
        features(collection((shapely.box(50.0, 10.0, 50.1, 10.1), {})))
    with pytest.raises(LayerError, match="look swapped: longitude comes first"):
        features(collection((shapely.box(10.0, 120.0, 10.1, 120.1), {})))


def test_invalid_rings_are_repaired_and_the_change_of_area_is_noted(features: Any, collection: Any) -> None:
    read = features(collection((BOW_TIE, {})))
    assert read.features[0].geometry.is_valid
    triangle = shapely.Polygon([(10, 50), (10.05, 50.05), (10, 50.1)])
    assert area_m2([read.features[0].geometry])[0] == pytest.approx(2 * area_m2([triangle])[0], rel=1e-3)
    (note,) = notes_of_repairs(read.repairs)
    assert "feature 1: an invalid ring (Self-intersection" in note
    assert "the area went from 0.0" in note
    assert f"to {area_m2([read.features[0].geometry])[0] / 1e6:.4f} km²" in note


def test_features_without_ground_go_to_rejects_with_their_properties(features: Any, collection: Any) -> None:
    flat = {"type": "Polygon", "coordinates": [[[10, 50], [10.1, 50], [10.05, 50], [10, 50]]]}
    open_ring = {"type": "Polygon", "coordinates": [[[10, 50], [10.1, 50], [10.1, 50.1]]]}
    members = [
        ({"type": "Polygon", "coordinates": []}, "is empty"),
        (None, "missing (null)"),
        (flat, "covers no ground"),
        (open_ring, "cannot be read"),
        ({"type": "Polygon", "coordinates": "north"}, "cannot be read"),
        ({"type": "Point", "coordinates": [10, 50]}, "covers no ground"),
        (shapely.LineString([(10, 50), (10.1, 50.1)]), "covers no ground"),
    ]
    read = features(collection((SQUARE, {}), *((shape, {"name": "x"}) for shape, _ in members)))
    assert len(read.features) == 1
    assert [reject["original_row"] for reject in read.rejects] == [2, 3, 4, 5, 6, 7, 8]
    for reject, (_, words) in zip(read.rejects, members, strict=True):
        assert words in reject["reason"]
        assert json.loads(reject["raw"])["properties"] == {"name": "x"}


def test_a_collection_without_features_is_a_reject(features: Any, collection: Any) -> None:
    read = features(collection())
    assert not read.features
    assert "holds no feature" in read.rejects[0]["reason"]


def test_heights_are_dropped_and_noted(features: Any, collection: Any) -> None:
    read = features(collection((shapely.force_3d(SQUARE, 120.0), {})))
    assert not shapely.has_z(read.features[0].geometry)
    assert read.features[0].geometry.equals(SQUARE)
    assert read.notes == ("layers/map.geojson: heights of 1 feature were dropped",)


def test_the_area_of_a_collection_is_kept(features: Any, collection: Any) -> None:
    mixed = shapely.GeometryCollection([SQUARE, shapely.Point(10, 50)])
    assert features(collection((mixed, {}))).features[0].geometry.equals(SQUARE)


def test_repairs_are_told_one_by_one_at_first_and_then_counted(features: Any, collection: Any) -> None:
    notes = notes_of_repairs(features(collection(*[(BOW_TIE, {})] * 5, (SQUARE, {}))).repairs)
    assert [note.split(":")[0] for note in notes[:3]] == [f"layers/map.geojson feature {n}" for n in (1, 2, 3)]
    triangles = area_m2([shapely.make_valid(shapely.from_geojson(json.dumps(BOW_TIE)), method="structure")])[0] / 1e6
    assert "5 features had invalid rings and were repaired" in notes[3]
    assert float(notes[3].split("changed by ")[1].split(" km²")[0]) == pytest.approx(5 * triangles, rel=1e-3)
    assert len(notes) == 4


@pytest.mark.parametrize(
    "rings",
    [
        pytest.param([[[10, 50], [10, 50], [10.1, 50], [10.1, 50], [10.1, 50.1], [10, 50.1], [10, 50]]], id="repeated"),
        pytest.param(
            [[[10, 50], [10.1, 50], [10.1, 50.1], [10, 50.1], [10, 50]], [[11, 51], [11.1, 51], [11, 51.1], [11, 51]]],
            id="hole-outside",
        ),
        pytest.param(
            [[[10, 50, 1, 2], [10.1, 50, 1, 2], [10.1, 50.1, 1, 2], [10, 50.1, 1, 2], [10, 50, 1, 2]]], id="zm"
        ),
        pytest.param([[[10, 50], [10.1, 50, 3], [10.1, 50.1], [10, 50.1, 4], [10, 50]]], id="some-heights"),
    ],
)
def test_rings_with_small_faults_keep_their_ground(features: Any, collection: Any, rings: Any) -> None:
    read = features(collection(({"type": "Polygon", "coordinates": rings}, {})))
    assert shapely.intersection(read.features[0].geometry, shapely.box(9, 49, 10.5, 50.5)).equals(SQUARE)
    assert not read.rejects


@pytest.mark.parametrize(
    ("rings", "words"),
    [
        ([[[10, 50]]], "cannot be read"),
        ([[[10, 50], [10, 50], [10, 50], [10, 50]]], "covers no ground"),
        ([[[10, 50], [10.1, "50"], [10.1, 50.1], [10, 50]]], "cannot be read"),
        ([[[10, 50], [10.1, None], [10.1, 50.1], [10, 50]]], "cannot be read"),
        ([[[10, 50], [10.1], [10.1, 50.1], [10, 50]]], "cannot be read"),
    ],
)
def test_rings_that_are_none_go_to_rejects_and_leave_the_others(
    features: Any, collection: Any, rings: Any, words: str
) -> None:
    read = features(collection((SQUARE, {}), ({"type": "Polygon", "coordinates": rings}, {})))
    assert len(read.features) == 1
    assert words in read.rejects[0]["reason"]


def test_numbers_beyond_all_bounds_go_to_rejects(features: Any) -> None:
    text = '{"type": "Polygon", "coordinates": [[[10, 50], [1e999, 50], [10.1, 50.1], [10, 50]]]}'
    assert "feature 1" in features(text).rejects[0]["reason"]


def test_longitudes_that_run_on_past_180_are_brought_back(tmp_path: Path, collection: Any) -> None:
    path = tmp_path / "map.geojson"
    for west, east in ((179.0, 181.0), (-181.0, -179.0)):
        path.write_text(json.dumps(collection((shapely.box(west, 60, east, 61), {}))))
        read = read_features(path, "map.geojson")
        expected = shapely.union_all([shapely.box(179, 60, 180, 61), shapely.box(-180, 60, -179, 61)])
        assert read.features[0].geometry.equals(expected)
        assert "1 features reach beyond longitude 180 (first: 1)" in read.notes[0]


def test_an_edge_around_the_far_side_is_refused(tmp_path: Path, collection: Any) -> None:
    path = tmp_path / "map.geojson"
    crossing = {"type": "Polygon", "coordinates": [[[179, 60], [-179, 60], [-179, 61], [179, 61], [179, 60]]]}
    around_pole = {"type": "Polygon", "coordinates": [[[0, 80], [90, 80], [180, 80], [-90, 80], [0, 80]]]}
    cap = shapely.box(-180, 80, 180, 90)
    path.write_text(json.dumps(collection((crossing, {}), (around_pole, {}), (cap, {}))))
    read = read_features(path, "map.geojson")
    assert [feature.number for feature in read.features] == [3]
    assert "an edge runs from longitude 179 to -179: it crosses the antimeridian" in read.rejects[0]["reason"]
    assert "goes round a pole" in read.rejects[1]["reason"]


def test_a_million_corners_are_read(features: Any) -> None:
    turn = np.linspace(0, 2 * np.pi, 1_000_001)
    turn[-1] = 0
    points = np.stack([10.1 + 0.05 * np.cos(turn), 50.05 + 0.05 * np.sin(turn)], axis=1).round(9)
    read = features({"type": "Polygon", "coordinates": [points.tolist()]})
    assert shapely.get_num_coordinates(read.features[0].geometry) > 990_000


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match=r'no reader takes files ending in "\.dwg"; expected one of \.geojson'):
        read_features(tmp_path / "map.dwg", "map.dwg")
