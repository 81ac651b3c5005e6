"""Shapefiles, GeoPackages and GeoParquet as maps: layers, CRS, dates, what is missing."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely

from contested.base.errors import LayerError
from contested.territory.areas import area_m2
from contested.territory.files.area_files import read_features
from contested.territory.layers import LayerTables

pyogrio = pytest.importorskip("pyogrio", reason="needs the extra formats")

Read = Callable[..., LayerTables]
SQUARE = shapely.box(10.0, 50.0, 10.1, 50.1)
EAST = shapely.box(10.1, 50.0, 10.2, 50.1)
UTM = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32632", always_xy=True)


def in_utm(shape: Any) -> Any:
    return shapely.transform(shape, lambda p: np.stack(UTM.transform(p[:, 0], p[:, 1]), axis=1))


def write_ogr(
    path: Path, shapes: list[Any], crs: str | None = "EPSG:4326", layer: str | None = None, **fields: Any
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    driver = {".shp": "ESRI Shapefile", ".gpkg": "GPKG"}[path.suffix]
    with_warnings = {"geometry_type": "Polygon", "crs": crs, "driver": driver, "layer": layer or path.stem}
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a missing CRS is what some of the tests want
        pyogrio.raw.write(
            path, np.array(shapely.to_wkb(np.array(shapes, dtype=object))), list(map(np.array, fields.values())),
            np.array(list(fields)), append=path.exists(), **with_warnings,
        )  # fmt: skip
    return path


def write_geoparquet(path: Path, shapes: list[Any], about: dict[str, Any] | None = None, **fields: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({**fields, "geometry": shapely.to_wkb(np.array(shapes, dtype=object)).tolist()})
    if about is not None:
        column = {"encoding": "WKB", "geometry_types": [], **about}
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, path)
    return path


def test_a_shapefile_in_metres_comes_out_in_degrees(read: Read, case: Any) -> None:
    write_ogr(case.folder / "layers/m.shp", [in_utm(SQUARE)], "EPSG:32632", HOLDER=["N"], DATE=["2020-01-02"])
    tables = read({}, "maps")
    (row,) = tables.holdings.to_pylist()
    assert (row["holder"], row["valid_from"], row["original_path"]) == ("north", date(2020, 1, 2), "layers/m.shp")
    assert row["made_by"] == "shapefile"
    got = shapely.from_wkb(row["geometry"])
    assert area_m2([got.symmetric_difference(SQUARE)])[0] < 2e-4 * area_m2([SQUARE])[0]
    assert "layers/m.shp: converted from WGS 84 / UTM zone 32N to WGS 84" in tables.notes


def test_a_zipped_shapefile_is_read_without_unpacking(read: Read, case: Any, tmp_path: Path) -> None:
    made = write_ogr(tmp_path / "made/front.shp", [SQUARE], HOLDER=["S"])
    (case.folder / "layers").mkdir()
    with zipfile.ZipFile(case.folder / "layers/map_2020-01-03.zip", "w") as archive:
        for part in sorted(made.parent.iterdir()):
            archive.write(part, f"inner/{part.name}")
    (row,) = read({}, "maps", holders={"S": "south"}).holdings.to_pylist()
    assert (row["holder"], str(row["valid_from"])) == ("south", "2020-01-03")
    assert row["original_path"] == "layers/map_2020-01-03.zip"


def test_every_layer_of_a_geopackage_is_read_its_name_may_bear_the_day(read: Read, case: Any) -> None:
    path = case.folder / "layers/maps.gpkg"
    write_ogr(path, [SQUARE, EAST], layer="map_2020_01_02", party=["N", "Southern Front"])
    write_ogr(path, [EAST], layer="map_2020_01_03", party=["N"])
    rows = read({}, "maps", max_age_days=0).holdings.to_pylist()
    assert [(r["holder"], str(r["valid_from"]), r["original_row"]) for r in rows] == [
        ("north", "2020-01-02", 1),
        ("south", "2020-01-02", 2),
        ("north", "2020-01-03", 3),
    ]


def test_columns_of_other_names_are_named_in_the_case(read: Read, case: Any) -> None:
    first = np.array(["2020-01-02", "2020-01-04"], dtype="datetime64[D]")
    last = np.array(["2020-01-03", "NaT"], dtype="datetime64[D]")
    write_ogr(case.folder / "layers/m.gpkg", [SQUARE, EAST], owner=["N", "N"], start=first, ending=last)
    names = {"holder": "owner", "valid_from": "start", "valid_to": "ending"}
    rows = read({}, "maps", columns=names).holdings.to_pylist()
    assert [(str(r["valid_from"]), str(r["valid_to"])) for r in rows] == [
        ("2020-01-02", "2020-01-03"),
        ("2020-01-04", "2020-01-31"),
    ]
    with pytest.raises(LayerError, match=r'property "ownr" that case.toml names.*did you mean "owner"'):
        read({}, "maps", columns={**names, "holder": "ownr"})


@pytest.mark.parametrize("suffix", ["shp", "gpkg"])
def test_a_file_without_a_crs_is_refused_with_the_way_out(tmp_path: Path, suffix: str) -> None:
    path = write_ogr(tmp_path / f"m.{suffix}", [SQUARE], None, holder=["N"])
    with pytest.raises(LayerError, match=r"the file names no CRS.*ogr2ogr -s_srs EPSG:CODE -t_srs EPSG:4326"):
        read_features(path, path.name)


def test_parts_of_a_shapefile_that_are_gone_are_named(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "m.shp", [SQUARE], holder=["N"])
    path.with_suffix(".shx").unlink()
    with pytest.raises(LayerError, match=r"m.shp: the file cannot be read: .*needs its .shx, .dbf and .prj"):
        read_features(path, path.name)
    (tmp_path / "x.gpkg").write_bytes(b"no database")
    with pytest.raises(LayerError, match=r"x\.gpkg: no readable GeoPackage"):
        read_features(tmp_path / "x.gpkg", "x.gpkg")


def test_bad_geometries_are_refused_one_by_one(tmp_path: Path) -> None:
    with np.errstate(invalid="ignore"):
        nan = shapely.Polygon([(10, 50), (10.1, 50), (10.1, float("nan")), (10, 50)])
    bow_tie = shapely.Polygon([(10, 50), (10.1, 50.1), (10.1, 50), (10, 50.1)])
    high = shapely.force_3d(SQUARE, 5.0)
    path = write_geoparquet(tmp_path / "m.parquet", [None, shapely.Point(10, 50), nan, bow_tie, high, SQUARE], {})
    raw = pq.read_table(path)
    broken = pa.array([*raw["geometry"].to_pylist()[:-1], b"\x01\x03\x00"])
    pq.write_table(pa.table([broken], schema=raw.schema), path)
    read = read_features(path, "m.parquet")
    assert [feature.number for feature in read.features] == [4, 5]
    assert [reject["original_row"] for reject in read.rejects] == [1, 2, 3, 6]
    for reject, word in zip(
        read.rejects, ["missing", "(Point) covers no ground", "not finite", "cannot be read"], strict=True
    ):
        assert word in reject["reason"]
    assert len(read.repairs) == 1
    assert read.notes == ("m.parquet: heights of 1 feature were dropped",)


def test_geoparquet_says_what_its_numbers_mean(tmp_path: Path, read: Read, case: Any) -> None:
    plain = write_geoparquet(case.folder / "layers/m.parquet", [SQUARE], {}, holder=["N"], date=[date(2020, 1, 2)])
    (row,) = read({}, "maps").holdings.to_pylist()
    assert (str(row["valid_from"]), row["made_by"]) == ("2020-01-02", "geoparquet")
    assert shapely.from_wkb(row["geometry"]).equals(SQUARE)
    utm = json.loads(pyproj.CRS.from_epsg(32632).to_json())
    write_geoparquet(plain, [in_utm(SQUARE)], {"crs": utm})
    assert "converted from WGS 84 / UTM zone 32N" in read_features(plain, "m.parquet").notes[0]
    for about, words in (
        ({"crs": None}, "names no CRS"),
        ({"encoding": "polygon"}, "in the encoding polygon; expected WKB"),
        (None, 'has no "geo" metadata'),
    ):
        write_geoparquet(plain, [SQUARE], about)
        with pytest.raises(LayerError, match=words):
            read_features(plain, "m.parquet")


def test_without_the_extra_its_name_is_given(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "20200101.shp", [SQUARE], holder=["N"])
    code = (
        "import sys; sys.modules['pyogrio'] = None\n"
        "from pathlib import Path; from contested.base.errors import LayerError\n"
        "from contested.territory.files.area_files import read_features\n"
        f"try: read_features(Path({str(path)!r}), 'm.shp')\n"
        "except LayerError as fault: print(fault)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ".shp files need pyogrio" in done.stdout
    assert "contested[formats]" in done.stdout
