"""The command's engine: files of points in, the same rows with answers out."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from contested.base.errors import DatasetError, LayerError
from contested.base.places import geodesic_m
from contested.territory.answers import Wanted
from contested.territory.look_up import LookUpSummary, look_up_file, read_border

WEST = shapely.box(10.0, 50.0, 10.1, 50.1)
EAST = shapely.box(10.1, 50.0, 10.2, 50.1)
Run = Callable[..., tuple[LookUpSummary, list[dict[str, str]]]]


@pytest.fixture
def run(tmp_path: Path, write: Any, collection: Any) -> Run:
    """Write points (and layers, one-holder maps of two days if none are given), look up, read the answers."""

    def look_up(points: str | bytes, layers: Any = None, **parties: str) -> Any:
        files = layers or {"20200101.geojson": collection((WEST, {})), "20200103.geojson": collection((EAST, {}))}
        write(tmp_path / "layers", files)
        write(tmp_path, {"points.csv": points})
        if layers is None and not parties:
            parties = {"holder": "North", "elsewhere": "South"}
        summary = look_up_file(tmp_path / "layers", tmp_path / "points.csv", tmp_path / "out.csv", **parties)
        with (tmp_path / "out.csv").open(newline="") as file:
            return summary, list(csv.DictReader(file))

    return look_up


def test_rows_come_back_in_order_with_their_columns_and_answers(run: Run) -> None:
    points = 'id,lon,lat,date,note\n007,10.15,50.05,2020-01-01,"a, ""b"""\n'
    points += "6,10.05,50.05,2020-01-02,\n5,10.05,50.05,20200103,x\n"
    summary, rows = run(points)
    assert list(rows[0]) == [
        "id", "lon", "lat", "date", "note", "holder", "p_North", "p_South", "front_m", "side", "layer",
        "layer_date", "reason",
    ]  # fmt: skip
    assert [row["id"] for row in rows] == ["007", "6", "5"]
    assert [row["note"] for row in rows] == ['a, "b"', "", "x"]
    assert [row["holder"] for row in rows] == ["South", "North", "South"]
    assert [(row["p_North"], row["p_South"]) for row in rows] == [("0", "1"), ("1", "0"), ("0", "1")]
    assert [row["layer_date"] for row in rows] == ["2020-01-01", "2020-01-01", "2020-01-03"]
    assert {row["layer"] for row in rows} == {"layers"}
    assert [row["side"] for row in rows] == [row["holder"] for row in rows]
    assert [row["reason"] for row in rows] == ["", "", ""]
    expected = float(geodesic_m(10.15, 50.05, 10.1, 50.05))
    assert float(rows[0]["front_m"]) == pytest.approx(expected, abs=0.01)
    assert (summary.rows, summary.answered, summary.unanswered, summary.parties) == (3, 3, 0, ("North", "South"))
    assert str(summary).startswith(
        "3 rows: 3 answered, 0 not (see the column reason)\nparties: North, South; days with a map"
    )


def test_radius_and_interval_give_shares(run: Run) -> None:
    points = (
        "lon,lat,date,radius_m,date_end\n10.1,50.05,2020-01-01,1000,\n10.05,50.05,2020-01-01,,2020-01-04\n"
        "10.05,50.05,2020-01,,\n10.05,50.05,2020-01-01,500,2020-01-03\n"
    )
    rows = run(points)[1]
    assert float(rows[0]["p_North"]) == pytest.approx(0.5, abs=1e-4)
    assert (rows[1]["p_North"], rows[1]["p_South"]) == ("0.5", "0.5")
    # A month is an interval: two days North, then South for as long as a map stands (3 January and 14 days more).
    assert float(rows[2]["p_North"]) == pytest.approx(2 / 31)
    assert float(rows[2]["p_South"]) == pytest.approx(15 / 31)
    assert float(rows[2]["p_unknown"]) == pytest.approx(14 / 31)
    assert float(rows[3]["p_North"]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("95,99,2020-01-01,,", "latitude 99 is outside [-90, 90] degrees"),
        ("181,50,2020-01-01,,", "longitude 181 is outside [-180, 180] degrees"),
        ("nan,50,2020-01-01,,", 'lon "nan" is no number'),
        ("inf,50,2020-01-01,,", "is not finite"),
        (",50,2020-01-01,,", "lon is empty"),
        ("10.05,fifty,2020-01-01,,", 'lat "fifty" is no number'),
        ("50.05,10.05,2020-01-01,,", "look swapped: exchanged they lie in the layer"),
        ("10.05,50.05,,,", "date: the date is empty"),
        ("10.05,50.05,2020-02-30,,", "day is out of range"),
        ("10.05,50.05,2202-01-01,,", "year 2202 is outside 1900-2100"),
        ("10.05,50.05,03/04/2020,,", "can be read as day/month or month/day"),
        ("10.05,50.05,2020-01-01,-5,", "radius_m -5 is no radius"),
        ("10.05,50.05,2020-01-01,far,", 'radius_m "far" is no number'),
        ("10.05,50.05,2020-01-02,,2020-01-01", "date_end 2020-01-01 lies before date 2020-01-02"),
        ("10.05,50.05,2020-01-02,,later", 'date_end: "later" is no date'),
        ("10.05,50.05,2019-12-31,,", "no map is in force on 2019-12-31; the layer runs from 2020-01-01 to 2020-01-17"),
        ("10.05,50.05,2020-06-01,,", "no map is in force on 2020-06-01"),
        ("10.05,50.05,2020-01-01,5,2020-01-02,extra", 'more cells than columns ("extra")'),
    ],
)
def test_a_row_that_cannot_be_answered_stays_and_says_why(run: Run, row: str, words: str) -> None:
    good = "10.05,50.05,2020-01-01,,\n"
    summary, rows = run(f"lon,lat,date,radius_m,date_end\n{good}{row}\n{good}")
    assert [r["holder"] for r in rows] == ["North", "unknown", "North"]
    assert words in rows[1]["reason"]
    assert (rows[1]["p_unknown"], rows[1]["front_m"], rows[1]["side"]) == ("1", "", "")
    assert rows[1]["lon"] == row.split(",")[0]
    assert (summary.answered, summary.unanswered) == (2, 1)


def test_ground_that_no_area_states_is_unknown(run: Run) -> None:
    summary, rows = run("lon,lat,date\n10.15,50.05,2020-01-01\n", holder="North")
    assert (rows[0]["holder"], rows[0]["reason"]) == ("unknown", "no area of the layer states who held the point")
    assert any("name the party of all other ground: --elsewhere" in note for note in summary.notes)


def test_parquet_goes_in_and_out(tmp_path: Path, write: Any, collection: Any) -> None:
    write(tmp_path / "layers", {"20200101.geojson": collection((WEST, {}))})
    columns = {
        "lon": [10.05, None, 10.15],
        "lat": [50.05, 50.05, 50.05],
        "radius_m": pa.array([100, None, 0], pa.int64()),
    }
    kinds = {
        "date": pa.array([date(2020, 1, 1)] * 3),
        "moment": pa.array([datetime(2020, 1, 1, 23)] * 3, pa.timestamp("us", "UTC")),
        "text": pa.array(["2020-01-01"] * 3),
        "number": pa.array([20200101] * 3),
    }
    for dates in kinds.values():
        pq.write_table(pa.table({**columns, "date": dates}), tmp_path / "p.parquet")
        look_up_file(tmp_path / "layers", tmp_path / "p.parquet", tmp_path / "o.parquet", "North", "South")
        table = pq.read_table(tmp_path / "o.parquet")
        assert table["holder"].to_pylist() == ["North", "unknown", "South"]
        assert table["front_m"].null_count == 1
        assert table["layer_date"].to_pylist() == [date(2020, 1, 1), None, date(2020, 1, 1)]
        assert table["reason"].to_pylist() == ["", "lon is empty; expected a number", ""]
        assert table.schema.field("date").type == dates.type


def test_place_status_tables_are_layers_too(run: Run) -> None:
    places = "place,lon,lat\nmill,10.05,50.05\nford,10.15,50.05\n"
    status = "place,date,holder\nmill,2020-01-01,Rebels\nford,2020-01-01,Army\nmill,2020-02-01,Army\n"
    points = (
        "lon,lat,date\n10.06,50.05,2020-01-15\n10.06,50.05,2025-01-15\n10.14,50.05,2020-01-15\n12.0,50.05,2020-01-15\n"
    )
    rows = run(points, {"places.csv": places, "status.csv": status})[1]
    assert [row["holder"] for row in rows] == ["Rebels", "Army", "Army", "unknown"]
    assert float(rows[0]["front_m"]) == pytest.approx(float(geodesic_m(10.06, 50.05, 10.1, 50.05)), abs=1)


def test_wide_and_interval_tables_are_told_apart(tmp_path: Path, write: Any) -> None:
    wide = "place,lon,lat,2020-01-01,2020-02-01\nmill,10.05,50.05,Rebels,Army\n"
    intervals = "place,lon,lat,holder,valid_from,valid_to\nmill,10.05,50.05,Rebels,2020-01-01,2020-01-31\n"
    write(tmp_path, {"wide/w.csv": wide, "spans/s.csv": intervals, "p.csv": "lon,lat,date\n10.05,50.05,2020-01-15\n"})
    for folder in ("wide", "spans"):
        summary = look_up_file(tmp_path / folder, tmp_path / "p.csv", tmp_path / f"{folder}.csv")
        assert summary.answered == 1
        assert "Rebels" in (tmp_path / f"{folder}.csv").read_text()


def test_parties_are_those_named_in_files_and_on_the_command_line(run: Run, collection: Any) -> None:
    layers = {"20200101.geojson": collection((WEST, {"holder": "contested"}), (EAST, {"holder": "East"}))}
    rows = run("lon,lat,date\n10.05,50.05,2020-01-01\n", layers, elsewhere="South")[1]
    assert {name: rows[0][name] for name in rows[0] if name.startswith("p_")} == {
        "p_East": "0", "p_South": "0", "p_contested": "1",
    }  # fmt: skip
    assert (rows[0]["holder"], rows[0]["side"]) == ("contested", "")


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (b"", "the file is empty"),
        (b"lon,lat,date\n\xff\n", "not utf-8"),
        ("lon,latt,date\n", 'the column "lat" is missing; did you mean "latt"'),
        ("lon,lat\n", 'the column "date" is missing'),
        ("lon,lat,date,holder\n", 'the column "holder" is one that the look-up adds'),
        ("lon,lat,date,p_North\n10,50,2020-01-01,1\n", 'the column "p_North" is one that the look-up adds'),
        ("lon,lat,lat,date\n", 'names the column "lat" twice'),
        ("lon,lat,date\n1,2,\x00\n", "NUL"),
    ],
)
def test_points_that_cannot_be_read_are_an_error(run: Run, points: Any, words: str) -> None:
    with pytest.raises(DatasetError) as fault:
        run(points)
    assert words in str(fault.value)


def test_files_are_told_by_their_endings_and_never_replaced(tmp_path: Path, write: Any, collection: Any) -> None:
    write(tmp_path, {"layers/20200101.geojson": collection((WEST, {})), "p.csv": "lon,lat,date\n", "p.parquet": "x"})
    with pytest.raises(DatasetError, match=r'ends in ".xlsx"; expected .csv or .parquet'):
        look_up_file(tmp_path / "layers", tmp_path / "p.csv", tmp_path / "o.xlsx")
    with pytest.raises(DatasetError, match="would replace the points"):
        look_up_file(tmp_path / "layers", tmp_path / "p.csv", tmp_path / "p.csv", "North")
    with pytest.raises(DatasetError, match="no readable Parquet"):
        look_up_file(tmp_path / "layers", tmp_path / "p.parquet", tmp_path / "o.csv", "North")
    with pytest.raises(DatasetError, match="cannot be written"):
        look_up_file(tmp_path / "layers", tmp_path / "p.csv", tmp_path / "p.parquet" / "o.csv", "North")
    summary = look_up_file(tmp_path / "layers", tmp_path / "p.csv", tmp_path / "o.csv", "North")
    assert (summary.rows, (tmp_path / "o.csv").read_text()) == (
        0,
        "lon,lat,date,holder,p_North,front_m,side,layer,layer_date,reason\n",
    )


def test_layers_that_cannot_be_used_are_an_error(run: Run, tmp_path: Path, write: Any, collection: Any) -> None:
    points = "lon,lat,date\n10,50,2020-01-01\n"
    write(tmp_path, {"p.csv": points})
    with pytest.raises(LayerError, match="no such folder"):
        look_up_file(tmp_path / "nowhere", tmp_path / "p.csv", tmp_path / "o.csv")
    for files, words in (
        ({"readme.md": "x"}, r"no map .\.geojson, .* and no .csv file"),
        ({"a/20200101.geojson": "x"}, r"no map .\.geojson, .* and no .csv file"),
        ({"20200101.geojson": "{}", "s.csv": "x"}, "both maps and tables"),
        ({"20200101.geojson": collection((WEST, {}))}, "name the party of such features.*--holder"),
    ):
        folder = tmp_path / str(len(words))
        write(folder, files)
        with pytest.raises(LayerError, match=words):
            look_up_file(folder, tmp_path / "p.csv", tmp_path / "o.csv")
    with pytest.raises(LayerError, match=r"expected one place-status table .*found a.csv: place, lon, lat"):
        run(points, {"a.csv": "place,lon,lat\nmill,10,50\n"})


def test_rows_refused_in_the_layer_are_told(run: Run) -> None:
    layers = {"s.csv": "place,lon,lat,date,holder\nmill,10.05,50.05,2020-01-01,Army\nford,10.15,50.05,soon,Army\n"}
    summary, rows = run("lon,lat,date\n10.05,50.05,2020-01-15\n", layers)
    assert rows[0]["holder"] == "Army"
    assert any(
        '1 rows or features of the layer were refused; the first: s.csv row 2: "soon"' in note for note in summary.notes
    )


def test_the_answers_are_the_same_bytes_again(run: Run, tmp_path: Path) -> None:
    points = "lon,lat,date,radius_m\n" + "".join(
        f"{10 + n / 300},50.05,2020-01-0{n % 5 + 1},{n * 40}\n" for n in range(60)
    )
    run(points)
    first = (tmp_path / "out.csv").read_bytes()
    (tmp_path / "out.csv").unlink()
    run(points)
    assert (tmp_path / "out.csv").read_bytes() == first


def test_the_coast_and_the_border_of_a_state_are_no_front(
    tmp_path: Path, write: Any, collection: Any, feature: Any
) -> None:
    """North holds the western half of a state; its boundary is a coast but for the line to the eastern half."""
    write(tmp_path / "layers", {"20200101.geojson": collection((WEST, {}))})
    write(tmp_path, {"state.geojson": feature(shapely.box(10.0, 50.0, 10.2, 50.1))})
    write(tmp_path, {"points.csv": "lon,lat,date\n10.01,50.05,2020-01-01\n"})

    def front_m(wanted: Wanted | None) -> float:
        look_up_file(tmp_path / "layers", tmp_path / "points.csv", tmp_path / "o.csv", "North", "South", wanted)
        with (tmp_path / "o.csv").open(newline="") as file:
            return float(next(csv.DictReader(file))["front_m"])

    assert front_m(None) == pytest.approx(float(geodesic_m(10.01, 50.05, 10.0, 50.05)), abs=0.2)
    border = read_border(tmp_path / "state.geojson", 100.0)
    assert front_m(Wanted(border=border)) == pytest.approx(float(geodesic_m(10.01, 50.05, 10.1, 50.05)), abs=0.2)
    write(tmp_path, {"empty.geojson": collection()})
    with pytest.raises(LayerError, match="expected the polygon of the state"):
        read_border(tmp_path / "empty.geojson", 100.0)
