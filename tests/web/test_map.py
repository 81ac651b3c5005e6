"""The map's page and its data, before any browser."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.invented import HOSTILE, incident, make_tables

from contested.base.case import Case
from contested.base.records import CLAIM_LINKS, INCIDENTS
from contested.web.edition import Edition
from contested.web.ground import read_grounds
from contested.web.map_columns import Distinct, drawn_columns, record_columns, steps, word_columns
from contested.web.map_files import map_files, unpack_part
from contested.web.map_page import SCRIPTS

WEB = Path(__file__).parents[2] / "src/contested/web"


@pytest.fixture(scope="module")
def edition(case: Case, tables: Mapping[str, pa.Table]) -> Edition:
    return Edition.of(case, tables)


def summed(values: list[int]) -> list[int]:
    total, found = 0, []
    for value in values:
        total += value
        found.append(total)
    return found


@given(st.lists(st.integers(-(10**9), 10**9)))
def test_steps_sum_to_the_values(values: list[int]) -> None:
    assert summed(steps(values)) == values


@given(st.lists(st.text(max_size=3)))
def test_distinct_values_are_found_at_their_positions(values: list[str]) -> None:
    distinct = Distinct()
    positions = [distinct(value) for value in values]
    assert [distinct.values[position] for position in positions] == values
    assert len(set(distinct.values)) == len(distinct.values)


def test_columns_hold_every_printed_incident_and_every_place_with_a_point(edition: Edition) -> None:
    drawn, words = drawn_columns(edition), word_columns(edition)
    assert (drawn["n"], drawn["main"]) == (3, 2)
    assert summed(drawn["from"]) == [1, 7, 7]
    assert summed(drawn["placeOf"]) == [0, 0, 1, 2, 2]
    assert [value / 1e6 for value in summed(drawn["lon"])] == [37.06, 37.14, 37.14, 37.1, 37.1]
    assert [drawn["radii"][position] for position in drawn["radius"]] == [400.0, 250.0, 300.0, 25_000.0, 6_000.0]
    assert [words["titles"][position] for position in words["title"]] == ["Night attack", HOSTILE, "Elsewhere"]
    # The place without a point is named, and stands nowhere.
    pointless = [[words["names"][place] for place in places or []] for places in words["pointless"]]
    assert pointless == [[], ["No point"], []]
    assert words["href"] == ["incidents/I1.html", "incidents/I2.html", "incidents/I3.html"]
    assert drawn["holders"][drawn["held"][0]] == (("blocks", "south"),)
    assert words["front"][0] == [["blocks", 1234, "south"]]


def test_two_places_of_one_name_are_two_places(case: Case) -> None:
    tables = make_tables()
    rows = tables["incident_places"].to_pylist()
    rows[1]["place_name"] = rows[0]["place_name"]
    tables["incident_places"] = tables["incident_places"].from_pylist(rows, schema=tables["incident_places"].schema)
    words = word_columns(Edition.of(case, tables))
    assert words["place"][0] == words["place"][1] and len(words["place"]) == 5


def test_records_stand_with_their_own_tolls_and_sources(edition: Edition) -> None:
    found = record_columns(edition)
    first, second = found["records"][0]
    assert (found["datasets"][first[0]], first[3]) == ("reports", [2, 2, None, None])
    assert (second[1], second[3], second[4]) == (HOSTILE, [3, 5, None, None], 1)
    assert first[5].startswith("records.html#") and first[5] != second[5]
    # Only unsure pairs of printed incidents: the pair with the withheld record is not told.
    assert found["perhaps"] == [[2], [1], 0]


def test_blame_comes_from_linked_claims_only(case: Case) -> None:
    def link(claim: str, *, linked: bool) -> dict[str, Any]:
        shared = {"incident_id": "I1", "record_id": "reports:1", "probability": 0.9, "reasons": "r"}
        return {**shared, "claim_id": claim, "linked": linked}

    # C1 blames the north, C5 blames the south but is not linked, C2 denies.
    links = [link("C1", linked=True), link("C5", linked=False), link("C2", linked=True)]
    tables = {**make_tables(), "claim_links": CLAIM_LINKS.from_rows(links)}
    edition = Edition.of(case, tables)
    drawn = drawn_columns(edition)
    assert [drawn["blames"][position] for position in drawn["blamed"]] == [("north",), (), ()]
    told = record_columns(edition)["claims"]
    assert told[1] == 0 and len(told[0]) == 2 and told[0][0][2].startswith("claims.html#")


def test_files_are_scripts_that_carry_no_markup(edition: Edition) -> None:
    files = map_files(edition, read_grounds(edition))
    assert set(files) == {
        "data/map.js", "data/map-incidents.js", "data/map-words.js", "data/map-records.js", "data/map-layer-1.js",
    }  # fmt: skip
    for name, content in files.items():
        assert not set("<>&\u2028\u2029") & set(content.decode()), name
    for name in files.keys() - {"data/map.js"}:
        assert re.fullmatch(rb'window\.CONTESTED_PART\("[\w-]+","[\w+/=]+"\);\n', files[name])
    assert unpack_part(files["data/map-words.js"]) == json.loads(json.dumps(word_columns(edition)))
    assert files == map_files(edition, read_grounds(edition))


def test_what_is_withheld_is_in_no_packed_file(dossier: Path) -> None:
    packed = sorted((dossier / "data").glob("map-*.js"))
    assert len(packed) == 4
    for path in packed:
        text = zlib.decompress(base64.b64decode(path.read_bytes().split(b'"')[3])).decode()
        for word in ("SECRET", "secret000000", "withheld-abc123", "reports:5"):
            assert word not in text, path


def test_a_holding_has_one_geometry_and_the_front_lies_between_two(edition: Edition) -> None:
    layer = unpack_part(map_files(edition, read_grounds(edition))["data/map-layer-1.js"])
    assert len(layer["shapes"]) == 4 and len(layer["holdings"]) == 7
    assert [sum(1 for held in layer["holdings"] if held[2] <= day <= held[3]) for day in range(12)] == [4] * 12
    # On the third day the north holds SW alone: its edges to NW and SE are the front.
    (front,) = [geometry for first, last, geometry in layer["fronts"] if first <= 2 <= last]
    points = {tuple(point) for point in front["coordinates"]}
    assert points == {(37.0, 36.2), (37.1, 36.2), (37.1, 36.1)}


def test_a_thousand_incidents_take_less_than_400_kB(case: Case) -> None:
    tables = make_tables()
    rows = [
        incident(f"i-{number:012x}", f"Attack {number} near a village", date(2020, 3, 1 + number % 12), ["reports:1"])
        for number in range(1000)
    ]
    tables |= {"incidents": INCIDENTS.from_rows(rows), "links": tables["links"].slice(0, 0)}
    edition = Edition.of(case, tables)
    assert sum(map(len, map_files(edition, read_grounds(edition)).values())) < 400_000


def test_every_script_of_the_map_is_listed_once_and_map_comes_last() -> None:
    assert sorted(SCRIPTS) == sorted(path.name for path in (WEB / "static").glob("map*.js"))
    assert SCRIPTS[0] == "map-state.js" and SCRIPTS[-1] == "map.js"


def test_scripts_hold_no_words_of_the_interface() -> None:
    """Text goes into elements only from the catalogue or from data."""
    for name in SCRIPTS:
        script = (WEB / "static" / name).read_text(encoding="utf-8")
        assert not re.findall(r"""textContent = ["'][^"']+["']""", script), name
        assert "innerHTML" not in script and "insertAdjacentHTML" not in script, name
