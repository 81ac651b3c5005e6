"""One incident's page, long lists, and the rows of findings."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.web.invented import HOSTILE, make_tables, record

from contested.base.case import Case
from contested.base.records import TABLES
from contested.web import addresses
from contested.web.addresses import page_name
from contested.web.dossier import write_dossier
from contested.web.edition import Edition
from contested.web.exports import finding_csv
from contested.web.finding_pages import finding_files, printed_rows, show_findings
from contested.web.incident_pages import show_incidents, show_rows
from contested.web.numbers import check_numbers
from contested.web.one_incident import show_incident_pages
from contested.web.page_environment import page_environment
from contested.web.pages import IncidentPage
from contested.web.toll_figure import TollSpan, draw_tolls

PROJECT = Path(__file__).parents[2]
MEDIA = "https://example.org/video.mp4"


def told(*claims: str, **extra: object) -> dict[str, pa.Table]:
    """The invented case, with claims linked to its first incident, and further cells in its first record."""
    tables = make_tables()
    tables["claim_links"] = TABLES["claim_links"].from_rows(
        {"claim_id": name, "incident_id": "I1", "record_id": "reports:1", "probability": 0.9, "linked": True,
         "reasons": "same day +1.0"}
        for name in claims
    )  # fmt: skip
    if extra:
        rows = tables["records"].to_pylist()
        rows[0]["extra"] = json.dumps(extra)
        tables["records"] = TABLES["records"].from_rows(rows)
    return tables


def first_page(case: Case, tables: Mapping[str, pa.Table]) -> IncidentPage:
    return show_incident_pages(Edition.of(case, tables))[0]


def test_blames_and_denials_stand_beside_each_other(case: Case) -> None:
    page = first_page(case, told("C1", "C2", "C5"))
    assert [voice.words for voice in page.blames] == [
        "watch office: blames Northland, 3 March 2020", "north office: blames Southland, 9 March 2020"
    ]  # fmt: skip
    assert [voice.href for voice in page.answers] == ["claims.html#C2"]
    assert page.answers[0].passage == "The ministry denied it"
    alone = first_page(case, told("C1"))
    assert alone.blames and alone.answers == ()


def test_claims_of_an_event_count_where_it_has_one_incident_only(case: Case) -> None:
    tables = told()
    assert first_page(case, tables).blames == () and not first_page(case, tables).sole
    rows = tables["incidents"].to_pylist()
    for row in rows[1:]:
        row["event_id"] = None
    tables["incidents"] = TABLES["incidents"].from_rows(rows)
    page = first_page(case, tables)
    assert page.sole and [voice.href for voice in page.blames] == ["claims.html#C1", "claims.html#C5"]
    assert [voice.href for voice in page.answers] == ["claims.html#C2", "claims.html#C3"]
    assert all(voice.checked for voice in page.blames + page.answers)
    rows[3]["event_id"] = "gas"  # the withheld one
    tables["incidents"] = TABLES["incidents"].from_rows(rows)
    assert not first_page(case, tables).sole


def test_tolls_are_drawn_by_source_with_open_ends_as_such(case: Case) -> None:
    page = first_page(case, told())
    assert page.toll_picture is not None
    assert page.toll_picture.svg.count("<g>") == 2 and "a medic: 3–5" in page.toll_picture.svg
    assert show_incident_pages(Edition.of(case, told()))[1].toll_picture is None, "one source needs no picture"
    svg = draw_tolls([TollSpan(HOSTILE, 25, None), TollSpan("b", 3, 3)], "killed", "n")
    assert "at least 25" in svg and svg.count("<path") == 1 and svg.count("<circle") == 1
    assert "<script" not in svg and "<img" not in svg


@pytest.mark.parametrize(
    ("extra", "graphic"),
    [
        ({"media": [MEDIA], "graphic": "TRUE"}, True),
        ({"media": MEDIA, "sensitive": "Graphic Violence, Deleted by Source"}, True),
        ({"media": MEDIA, "graphic": False}, False),
        ({"media": MEDIA, "sensitive": "Not Sensitive"}, False),
        ({"media": MEDIA, "geography": "yes"}, False),
    ],
)
def test_media_are_listed_with_what_the_record_says_of_them(
    case: Case, extra: dict[str, object], graphic: bool
) -> None:
    (line,) = first_page(case, told(**extra)).media
    assert (line.addresses, line.graphic) == (((MEDIA, MEDIA),), graphic)


def test_a_page_leads_to_the_accounts_of_its_event_and_to_its_neighbours(case: Case) -> None:
    first, second, third = show_incident_pages(Edition.of(case, told()))
    assert (first.event_href, third.event_href) == ("index.html#event-gas", None)
    assert (first.before, second.before, third.after) == (None, (first.file, "1. Night attack"), None)


def test_media_are_never_loaded(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contested.web.dossier.draw_figures", lambda edition, grounds, page: [])
    tables = told("C1", "C2", media=[MEDIA, "https://example.org/a.jpg"], graphic="1")
    write_dossier(case, tables, tmp_path / "out")
    text = (tmp_path / "out/incidents/I1.html").read_text(encoding="utf-8")
    assert f'href="{MEDIA}" rel="noreferrer noopener nofollow"' in text and "may be graphic" in text
    assert not re.search(r"<(img|video|audio|iframe|embed|object|source)\b", text)
    assert check_numbers(tmp_path / "out", tables) == []


def test_places_that_a_record_may_mean_stand_on_its_incidents_page(case: Case) -> None:
    tables = make_tables()
    shared = {"of_table": "records", "row_key": "reports:2", "place_text": "Hanano", "gazetteer": "invented"}
    tables["place_candidates"] = TABLES["place_candidates"].from_rows([
        {**shared, "candidate": 1, "name": "Masaken Hanano", "kind": "neighbourhood", "lon": 37.2, "lat": 36.2,
         "radius_m": 900.0, "score": 0.81, "reason": "same name", "chosen": True},
        {**shared, "candidate": 2, "name": HOSTILE, "kind": "town", "lon": 37.0, "lat": 36.0, "radius_m": 900.0,
         "score": 0.1, "reason": "like name", "chosen": False},
    ])  # fmt: skip
    first, second = first_page(case, tables).candidates
    assert (first.name, first.score.text, first.chosen, second.name) == ("Masaken Hanano", "0.81", True, HOSTILE)
    assert first.score.href == "records.html#x" + addresses.anchor("reports:2")[1:]


@pytest.fixture
def long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table longer than two rows is long; one incident has a page; two lines a page."""
    for name, value in (("MOST_LISTED", 2), ("MOST_DETAILED", 1), ("FEW_INCIDENTS", 0), ("LINES_PER_PAGE", 2)):
        monkeypatch.setattr(addresses, name, value)
    monkeypatch.setattr("contested.web.exports.MOST_LISTED", 2)
    monkeypatch.setattr("contested.web.dossier.draw_figures", lambda edition, grounds, page: [])


@pytest.mark.usefixtures("long_lists")
def test_long_tables_are_parquet_and_every_row_still_has_its_place(case: Case, tmp_path: Path) -> None:
    tables = told("C1", "C2")
    summary = write_dossier(case, tables, tmp_path / "out")
    out = tmp_path / "out"
    edition = Edition.of(case, tables)
    assert {page for page in summary.pages if page.startswith("incidents")} == {
        "incidents.html", "incidents-2.html", "incidents/I1.html"
    }  # fmt: skip
    for table, rows in edition.public.rows.items():
        path = out / f"data/{table}.{'parquet' if len(rows) > 2 else 'csv'}"
        assert path.is_file(), table
        if path.suffix == ".parquet":
            assert pq.read_table(path).to_pylist() == TABLES[table].from_rows(rows.values()).to_pylist()
        for key in rows:
            target, _, name = edition.addresses.row(table, key).partition("#")
            assert (out / target).is_file(), (table, key)
            assert not name or f'id="{name}"' in (out / target).read_text(encoding="utf-8"), (table, key, name)
    assert check_numbers(out, tables) == []
    assert (out / "incidents.parquet").is_file() and not (out / "incidents.geojson").exists()
    for path in out.rglob("*"):
        assert not path.is_file() or b"SECRET" not in path.read_bytes(), path


@pytest.mark.usefixtures("long_lists")
def test_no_incident_is_lost_between_the_pages_of_a_list(case: Case) -> None:
    edition = Edition.of(case, make_tables())
    groups = [group for page in show_incidents(edition) for _, found in page.lists for group in found]
    lines = [line for _, found in groups for line in found]
    assert {days for days, _ in groups} == {None}
    assert [line.number for line in lines] == [1, 2, 3]
    assert [line.href for line in lines] == ["incidents/I1.html", None, None]
    assert lines[0].parts[3] == "2–5 killed"


def test_a_list_of_many_a_day_says_each_day_once(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contested.web.dossier.draw_figures", lambda edition, grounds, page: [])
    monkeypatch.setattr("contested.web.incident_pages.GROUPED_FROM", 1)
    tables = make_tables()
    write_dossier(case, tables, tmp_path / "out")
    text = (tmp_path / "out/incidents.html").read_text(encoding="utf-8")
    groups = [group for _, found in show_incidents(Edition.of(case, tables))[0].lists for group in found]
    assert sum(len(lines) for _, lines in groups) == 3
    for days, lines in groups:
        assert days is not None and text.count(days) == text.count(f"<h3>{days}</h3>") > 0
        assert {line.parts[0] for line in lines} == {days}


@pytest.mark.parametrize("here", [1, 57, 100])
def test_every_page_of_a_hundred_is_two_steps_away(here: int) -> None:
    pages = tuple((page_name("records", number), str(number)) for number in range(1, 101))
    module: Any = page_environment("contested.web").get_template("parts.html").make_module({"root": ""})

    def shown(number: int) -> set[int]:
        return {int(label) for label in re.findall(r">(\d+)</a>", module.pager(pages, page_name("records", number)))}

    assert {here, 1, 100} <= shown(here) and len(shown(here)) < 25
    assert set().union(*(shown(number) for number in shown(here))) == set(range(1, 101))


def test_of_many_records_those_without_a_page_of_their_incident_stand_in_short(case: Case) -> None:
    tables = make_tables()
    more = [record(f"many:{number}", date(2020, 3, 4), title=HOSTILE, original_row=number) for number in range(400)]
    tables["records"] = TABLES["records"].from_rows([*tables["records"].to_pylist(), *more])
    pages = show_rows(Edition.of(case, tables), "records")
    assert sum(len(page.lines) for page in pages) == 400 and sum(len(page.rows) for page in pages) == 4
    assert pages[0].lines[0].parts[-1] == "datasets/r.csv, row 0"


def test_a_findings_csv_holds_exactly_its_printed_rows(case: Case) -> None:
    edition = Edition.of(case, make_tables())
    used = edition.grouped("finding_rows", "finding_id")["F1",]
    (file,) = finding_files(edition)
    rows = list(csv.DictReader(io.StringIO(finding_files(edition)[file].decode(), newline="")))
    assert file == "data/findings/F1.csv"
    assert [(row["of_table"], row["of_row"], row["role"]) for row in rows] == [
        ("incidents", "I1", "used"), ("incidents", "I2", "used")
    ]  # fmt: skip
    assert rows[0]["title"] == "Night attack" and "I4" not in finding_csv(edition, printed_rows(edition, used)).decode()
    block = show_findings(edition).findings[0]
    assert [href for _, _, href, _ in block.table] == ["incidents/I1.html", "incidents/I2.html"]
    assert (block.data_file, block.left_off) == (file, 0)


def test_a_thousand_incidents_take_less_than_five_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contested.web.dossier.draw_figures", lambda edition, grounds, page: [])
    monkeypatch.syspath_prepend(str(PROJECT / "benchmarks"))
    import dossier_size

    tables = dossier_size.as_tables(dossier_size.make_tables(1_000))
    case = dossier_size.make_case(tmp_path / "case")
    summary = write_dossier(case, tables, tmp_path / "out")
    sys.modules.pop("dossier_size")
    # Figures are drawn once a case, and took 0.41 MB.
    assert summary.size_bytes < 4_200_000
    assert check_numbers(tmp_path / "out", tables) == []
