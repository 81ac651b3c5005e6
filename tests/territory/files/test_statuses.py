"""Place-status tables become holdings: long, wide, intervals, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.errors import LayerError
from contested.base.records import REJECTS
from contested.territory.files.statuses import Statuses, read_statuses
from contested.territory.layers import LayerTables
from contested.territory.scope import plain_scope

Read = Callable[..., LayerTables]
PLACES = "place,lon,lat,name\nmill,10.05,50.05,Old Mill\nford,10.15,50.05,Ford\n"
LONG = "place,date,holder\nmill,2020-01-01,south\nford,2020-01-01,north\nmill,2020-01-10,contested\nmill,2020-01-12,N\n"


def states(tables: LayerTables) -> list[tuple[str, str, str, str]]:
    rows = tables.holdings.to_pylist()
    return sorted((r["place"], r["holder"], str(r["valid_from"]), str(r["valid_to"])) for r in rows)


def reasons(tables: LayerTables) -> list[str]:
    REJECTS.from_rows(tables.rejects)
    return [reject["reason"] for reject in tables.rejects]


STATES = [
    ("ford", "north", "2020-01-01", "2020-01-31"),
    ("mill", "contested", "2020-01-10", "2020-01-11"),
    ("mill", "north", "2020-01-12", "2020-01-31"),
    ("mill", "south", "2020-01-01", "2020-01-09"),
]


def test_long_states_last_until_the_next_mention_and_then_to_the_end_of_the_window(read: Read) -> None:
    tables = read({"layers/status.csv": LONG, "places.csv": PLACES}, "long", places="places.csv")
    assert states(tables) == STATES
    rows = tables.holdings.to_pylist()
    assert [(r["original_path"], r["original_row"], r["made_by"]) for r in rows][:2] == [
        ("layers/status.csv", 2, "voronoi"),
        ("layers/status.csv", 1, "voronoi"),
    ]
    mill = shapely.from_wkb(next(r["geometry"] for r in rows if r["place"] == "mill"))
    assert mill.bounds == pytest.approx((10.0, 50.0, 10.1, 50.1), abs=1e-4)
    assert not tables.rejects


def test_wide_says_the_same(read: Read) -> None:
    viina = (
        "geonameid,longitude,latitude,ctr_20200101030000,ctr_20200110030000,ctr_20200112\n"
        "mill,10.05,50.05,south,CONTESTED,n\nford,10.15,50.05,north,north,\n"
    )
    tables = read({"layers/status.csv": viina}, "wide")
    assert states(tables) == STATES
    assert tables.notes == ("layers/status.csv: 1 empty cells; the state before each was taken to stand",)
    iso = "place;lon;lat;2020-01-01;2020-01-10;2020-01-12\nmill;10.05;50.05;south;contested;N\nford;10.15;50.05;N;N;N\n"
    assert states(read({"layers/status.csv": iso}, "wide")) == STATES


def test_intervals_say_the_same(read: Read) -> None:
    table = (
        "place,holder,valid_from,valid_to,lon,lat\nmill,south,2020-01-01,2020-01-09,10.05,50.05\n"
        "mill,contested,2020-01-10,2020-01-11,10.05,50.05\nmill,north,2020-01-12,,10.05,50.05\n"
        "ford,north,2020-01-01,,10.15,50.05\n"
    )
    assert states(read({"layers/status.csv": table}, "intervals")) == STATES


def test_holders_are_named_by_the_layers_own_words(read: Read) -> None:
    table = LONG.replace("south", "SAA").replace("N\n", "Army N\n")
    files = {"layers/status.csv": table, "places.csv": PLACES}
    tables = read(files, "long", places="places.csv", holders={"saa": "south", "Army N": "north"})
    assert states(tables) == STATES


def test_rows_of_equal_state_become_one_holding(read: Read) -> None:
    daily = "place,date,holder\n" + "".join(
        f"mill,2020-01-{day:02},{'N' if day > 5 else 'south'}\n" for day in range(1, 20)
    )
    tables = read({"layers/s.csv": daily, "places.csv": PLACES}, "long", places="places.csv")
    assert states(tables) == [
        ("mill", "north", "2020-01-06", "2020-01-31"),
        ("mill", "south", "2020-01-01", "2020-01-05"),
    ]
    assert tables.holdings.to_pylist()[1]["original_row"] == 6
    assert tables.notes == ("1 places with a point or polygon have no status; their ground is not stated by it",)


def test_polygons_are_used_where_given(read: Read, collection: Any) -> None:
    mill = shapely.box(10.0, 50.0, 10.08, 50.1)
    files = {"layers/s.csv": LONG, "places.csv": PLACES, "areas.geojson": collection((mill, {"code": "mill"}))}
    tables = read(files, "long", places="places.csv", polygons="areas.geojson", place_property="code")
    by_place = {r["place"]: r for r in tables.holdings.to_pylist()}
    assert by_place["mill"]["made_by"] == "polygon"
    assert shapely.from_wkb(by_place["mill"]["geometry"]).equals(mill)
    assert by_place["ford"]["made_by"] == "voronoi"
    with pytest.raises(LayerError, match='no feature has the property "cod"; did you mean "code"'):
        read(files, "long", polygons="areas.geojson", place_property="cod")
    alone = read(files, "long", polygons="areas.geojson", place_property="code")
    assert len(alone.rejects) == 1
    assert 'place "ford": no point and no polygon is given for it; known: mill' in reasons(alone)[0]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("mill,2020-01-40,south", 'date "2020-01-40"'),
        ("mill,2202-01-04,south", "year 2202 is outside 1900-2100"),
        ("mill,soon,south", '"soon" is no date'),
        ("mill,2020-01,south", 'date "2020-01" is a month; expected one day'),
        ("mill,,south", "the date is empty"),
        (",2020-01-04,south", 'the column "place" is empty'),
        ("mill,2020-01-04,south,x", "more cells than columns"),
        ("mill,2020-01-04,Northern Amry", 'did you mean "Northern Army"'),
        ("mill,2020-01-04,", "the holder is empty"),
        ("mil,2020-01-04,south", 'place "mil": no point and no polygon is given for it; did you mean "mill"'),
    ],
)
def test_a_bad_row_is_refused_with_its_file_row_and_value(read: Read, row: str, words: str) -> None:
    table = LONG + row + "\n"
    tables = read({"layers/s.csv": table, "places.csv": PLACES}, "long", places="places.csv")
    (reason,) = reasons(tables)
    assert reason.startswith("layers/s.csv row 5: ")
    assert words in reason
    assert tables.rejects[0]["original_row"] == 5


def test_after_a_holder_that_cannot_be_read_the_place_is_unknown_not_what_it_was(read: Read) -> None:
    tables = read({"layers/s.csv": LONG + "mill,2020-01-04,Nroth\n", "places.csv": PLACES}, "long", places="places.csv")
    assert ("mill", "south", "2020-01-01", "2020-01-03") in states(tables)
    assert ("mill", "unknown", "2020-01-04", "2020-01-09") in states(tables)
    wide = "place,lon,lat,2020-01-01,2020-01-04,2020-01-05\nmill,10.05,50.05,south,XX,XX\n"
    tables = read({"layers/s.csv": wide}, "wide")
    assert states(tables)[1] == ("mill", "unknown", "2020-01-04", "2020-01-31")
    assert 'column "2020-01-04" and 1 columns more: holder "XX" is no party' in reasons(tables)[0]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("mill,50.05,10.05", "look swapped"),
        ("mill,10.05,95.2", "latitude 95.2 is outside [-90, 90] degrees"),
        ("mill,north,50", 'lon "north" is no number'),
        ("mill,,", 'lon "" is no number'),
        ("mill,nan,50", "not finite"),
    ],
)
def test_a_place_with_an_impossible_point_is_refused_with_its_rows(read: Read, place: str, words: str) -> None:
    places = f"place,lon,lat\nford,10.15,50.05\n{place}\n"
    tables = read({"layers/s.csv": LONG, "places.csv": places}, "long", places="places.csv")
    assert [r["place"] for r in tables.holdings.to_pylist()] == ["ford"]
    found = reasons(tables)
    assert words in found[0]
    assert found[0].startswith('places.csv row 2: place "mill"')
    # Rows in = rows used + rows refused: the three rows of the place are named, each once.
    assert [reject["original_row"] for reject in tables.rejects[1:]] == [1, 3, 4]
    assert all("its point was refused (places.csv row 2)" in reason for reason in found[1:])


def test_places_outside_the_region_are_refused_and_twins_share_a_cell(read: Read) -> None:
    places = PLACES + "far,14.0,50.05,Far\ntwin,10.05,50.05,Twin\n"
    table = LONG + "far,2020-01-01,north\ntwin,2020-01-01,north\n"
    tables = read({"layers/s.csv": table, "places.csv": places}, "long", places="places.csv")
    assert states(tables) == sorted([*STATES, ("twin", "north", "2020-01-01", "2020-01-31")])
    assert len({r["geometry"] for r in tables.holdings.to_pylist()}) == 2
    assert tables.notes == (
        'places on one point share a cell, contested where their holders differ: "twin" with "mill"',
    )
    (reason,) = reasons(tables)
    assert "it lies outside the case's region" in reason


@pytest.mark.parametrize(
    ("form", "table", "words"),
    [
        ("long", "", "the file is empty"),
        ("long", b"", "the file is empty (0 bytes)"),
        ("long", b"place,date,holder\nm\xfchle,2020-01-01,south\n", "not utf-8"),
        ("long", "place,date,holder\n", "a header and no row"),
        ("long", "place,dat,holder\nmill,2020-01-01,south\n", 'column "date" is missing; did you mean "dat"'),
        ("long", "plac,date,holder\nmill,2020-01-01,south\n", 'column "place" is missing; did you mean "plac"'),
        ("intervals", "place,holder,valid_form,valid_to\nm,s,2020-01-01,\n", 'did you mean "valid_form"'),
        ("wide", "place,lon,lat,first\nmill,10.05,50.05,south\n", "no column bears a date"),
        ("wide", "place,lon,lat,2020-13-01\nmill,10.05,50.05,south\n", 'column "2020-13-01"'),
        ("wide", "place,lon,lat,ctr_22020101000000\nmill,10.05,50.05,south\n", "year 2202"),
        ("long", LONG + "mill,2020-01-10,north\n", 'rows 3 and 5: "mill" on 2020-01-10 is held by "contested" and'),
        ("long", "place,date,holder\nmill,2020-01-01,Russia\n", "none of its 1 rows can be used"),
        (
            "long",
            "place,date,holder,lon,lat\nm,2020-01-01,N,10.1,50.05\nm,2020-01-02,N,10.2,50\n",
            "one point per place",
        ),
    ],
)
def test_a_table_that_cannot_be_used_is_an_error(read: Read, form: str, table: Any, words: str) -> None:
    places = None if "lon" in str(table) else "places.csv"
    with pytest.raises(LayerError) as fault:
        read({"layers/s.csv": table, "places.csv": PLACES}, form, places=places)
    assert words in str(fault.value)


def test_a_byte_order_mark_and_a_repeated_row_do_no_harm(read: Read) -> None:
    table = "\ufeff" + LONG + "mill,2020-01-10,contested\n"
    tables = read({"layers/s.csv": table, "places.csv": PLACES}, "long", places="places.csv")
    assert states(tables) == STATES
    assert tables.notes == ("1 rows repeat a place's state of the same day; one of each was kept",)


def test_no_coordinates_and_no_files_are_errors(read: Read) -> None:
    with pytest.raises(LayerError, match='place "ford": no point and no polygon is given for it; known: none'):
        read({"layers/s.csv": LONG}, "long")
    with pytest.raises(LayerError, match=r'layer "map": empty holds no file ending in .csv'):
        read({"empty/readme.md": "x"}, "long", path="empty")
    with pytest.raises(LayerError, match=r'places.csv: the column "lon" is missing'):
        read({"layers/s.csv": LONG, "places.csv": "place,x,y\n"}, "long", places="places.csv")


def test_the_window_does_not_cut_what_the_table_says(read: Read) -> None:
    table = "place,date,holder\nmill,2019-06-01,south\nmill,2020-03-01,north\nford,2020-01-02,south\n"
    tables = read({"layers/s.csv": table, "places.csv": PLACES}, "long", places="places.csv")
    assert states(tables) == [
        ("ford", "south", "2020-01-02", "2020-03-01"),
        ("mill", "north", "2020-03-01", "2020-03-01"),
        ("mill", "south", "2019-06-01", "2020-02-29"),
    ]


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abc"), st.integers(1, 28)),
        st.sampled_from(["north", "south", "contested"]),
        min_size=1,
    ),
    st.randoms(),
)
def test_spans_tile_the_days_whatever_the_order_of_rows(
    tmp_path_factory: pytest.TempPathFactory, mentions: dict[tuple[str, int], str], random: Any
) -> None:
    folder = tmp_path_factory.mktemp("order")
    rows = [f"{place},2020-01-{day:02},{holder}" for (place, day), holder in mentions.items()]
    random.shuffle(rows)
    (folder / "s.csv").write_text("place,date,holder\n" + "\n".join(rows) + "\n")
    statuses = Statuses()
    read_statuses(folder / "s.csv", "long", plain_scope(folder), statuses)
    for place in "abc":
        told = {day: holder for (at, day), holder in mentions.items() if at == place}
        spans = [span for span in statuses.spans if span.place == place]
        state = None
        for day in range(1, 29):
            state = told.get(day, state)
            live = [s.holder for s in spans if s.first <= date(2020, 1, day) <= (s.last or date.max)]
            assert live == ([] if state is None else [state])


WIDE_POINTS = "geonameid,name,longitude,latitude"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ctr_20200101030000", "ctr_20200103030000"),
        ("CTR_20200101", "CTR_20200103"),
        ("status 2020-01-01", "status 2020-01-03"),
        ("control.2020-01-01T03:00:00Z", "control.2020-01-03T03:00:00Z"),
        ("20200101", "20200103"),
        ("d20200101", "d20200103"),
        ("2020-01-01 03:00", "2020-01-03 03:00"),
    ],
)
def test_dated_columns_of_any_prefix_are_read(read: Read, first: str, second: str) -> None:
    table = f"{WIDE_POINTS},{first},{second}\n7,Mill,10.05,50.05,UA,CONTESTED\n8,Ford,10.15,50.05,RU,RU\n"
    tables = read({"layers/v.csv": table}, "wide", holders={"UA": "north", "RU": "south"})
    assert states(tables) == [
        ("7", "contested", "2020-01-03", "2020-01-31"),
        ("7", "north", "2020-01-01", "2020-01-02"),
        ("8", "south", "2020-01-01", "2020-01-31"),
    ]
    assert not tables.rejects


def test_of_two_prefixes_that_of_viina_or_of_the_case_is_read(read: Read) -> None:
    table = f"{WIDE_POINTS},ctr_20200101,isw_20200101\n7,Mill,10.05,50.05,north,south\n8,Ford,10.15,50.05,north,south\n"
    tables = read({"layers/v.csv": table}, "wide")
    assert {state[1] for state in states(tables)} == {"north"}
    assert any('1 dated columns do not begin with "ctr_" and were not read' in note for note in tables.notes)
    assert {state[1] for state in states(read({}, "wide", columns={"holder": "isw_"}))} == {"south"}
    with pytest.raises(LayerError, match='no dated column begins with "dsm_"'):
        read({}, "wide", columns={"holder": "dsm_"})
    with pytest.raises(LayerError, match=r"dated columns begin in 2 ways .dsm_, isw_."):
        read({"layers/v.csv": table.replace("ctr_", "dsm_")}, "wide")


def test_the_last_hour_of_a_day_counts(read: Read) -> None:
    columns = "ctr_20200101180000,ctr_20200101030000"
    table = f"{WIDE_POINTS},{columns}\n7,Mill,10.05,50.05,south,north\n8,Ford,10.15,50.05,south,south\n"
    tables = read({"layers/v.csv": table}, "wide")
    assert {state[1] for state in states(tables)} == {"south"}
    assert any("1 columns state an earlier hour of a day" in note for note in tables.notes)


def test_columns_of_other_names_are_named_in_the_case(read: Read) -> None:
    long = "pcode,day,who,lon,lat\nmill,2020-01-01,north,10.05,50.05\nford,2020-01-02,south,10.15,50.05\n"
    names = {"place": "pcode", "date": "day", "holder": "who"}
    tables = read({"layers/s.csv": long}, "long", columns=names)
    assert [state[:2] for state in states(tables)] == [("ford", "south"), ("mill", "north")]
    spans = "name,holder,first_seen,last_seen,lon,lat\nmill,north,2020-01-01,2020-01-05,10.05,50.05\n"
    names = {"place": "name", "valid_from": "first_seen", "valid_to": "last_seen"}
    tables = read({"layers/s.csv": spans}, "intervals", columns=names)
    assert states(tables) == [("mill", "north", "2020-01-01", "2020-01-05")]
    with pytest.raises(LayerError, match='the column "nmae" is missing; did you mean "name"'):
        read({}, "intervals", columns={**names, "place": "nmae"})


def test_a_day_far_from_the_window_is_a_typing_error(read: Read) -> None:
    table = "place,date,holder,lon,lat\nmill,2020-01-01,north,10.05,50.05\nmill,2061-01-02,south,10.05,50.05\n"
    tables = read({"layers/s.csv": table}, "long")
    assert states(tables) == [("mill", "north", "2020-01-01", "2020-01-31")]
    assert "date 2061-01-02 lies more than 20 years from the case's window" in tables.rejects[0]["reason"]
