"""Publishing: the list, its digest, the rules, and a folder that stays whole."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.publish.conftest import AS_OF, SPEAKER, PublishedCase
from typer.testing import CliRunner

from contested.base.case import Case
from contested.base.errors import PublicationError
from contested.base.originals import hash_tree
from contested.base.places import geodesic_m
from contested.base.records import TABLES
from contested.cli import app
from contested.flow import read_tables
from contested.publish import publishing
from contested.publish.codes import read_codes
from contested.publish.guard import Secrets, find_secrets
from contested.publish.proof import verify_published
from contested.publish.publishing import prepare_edition, publish_case
from contested.publish.results import publish_finding, withheld_rows

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def tables(published: PublishedCase) -> Mapping[str, Any]:
    return read_tables(published.case)


@pytest.fixture(scope="module")
def edition(published: PublishedCase, tables: Mapping[str, Any]) -> Any:
    return prepare_edition(published.case, tables, AS_OF)


def rows(edition: Any, table: str) -> Rows:
    found: Rows = edition[0].tables[table].to_pylist()
    return found


def with_rules(case: Case, **changed: Any) -> Case:
    said = case.file.publication.model_copy(update=changed)
    return Case(case.folder, case.file.model_copy(update={"publication": said}), case.out)


def test_nothing_is_published_but_by_the_digest_of_the_list(published: PublishedCase) -> None:
    before = hash_tree(published.case.published)
    with pytest.raises(PublicationError, match="has the digest"):
        publish_case(published.open(), AS_OF, "0" * 20)
    with pytest.raises(PublicationError, match="has the digest"):
        publish_case(published.open(), date(2021, 4, 6), published.listed.changes.digest)
    assert hash_tree(published.case.published) == before


def test_the_digest_follows_the_case_and_nothing_else(
    published: PublishedCase, tables: Mapping[str, Any], edition: Any
) -> None:
    assert edition[1].digest == published.listed.changes.digest
    claims = [
        {**row, "summary": "another"} if row["summary"] == "Zqpublicsummary" else row
        for row in tables["claims"].to_pylist()
    ]
    _, other = prepare_edition(published.case, {**tables, "claims": TABLES["claims"].from_rows(claims)}, AS_OF)
    assert other.digest != edition[1].digest
    _, finer = prepare_edition(with_rules(published.case, round_m=500.0), tables, AS_OF)
    assert finer.digest != edition[1].digest


def test_the_list_holds_every_change_and_stays_private(published: PublishedCase, edition: Any) -> None:
    listed = {(row["change"], row["table"], row["row_key"]) for row in edition[1].rows}
    assert {
        ("moved", "records", "monitors:1"), ("withheld", "records", "monitors:3"),
        ("withheld", "records", "monitors:5"), ("withheld", "case.toml", "late"),
        ("withheld", "records", "gtd:202103129991"),
    } <= listed  # fmt: skip
    moved = next(row for row in edition[1].rows if row["row_key"] == "monitors:1" and row["change"] == "moved")
    assert moved["private"].startswith("10.112347, 50.052391") and 100 < float(moved["error_m"]) < 710
    assert any("SHA-256" in row["private"] for row in edition[1].rows if row["column"] == "passage")
    assert published.listed.list_page.read_text(encoding="utf-8").count("<tr>") > 20
    assert published.case.published not in published.listed.list_csv.parents


def test_every_table_gives_a_place_alike(tables: Mapping[str, Any], edition: Any) -> None:
    """A point in any two tables, private alike, is published alike, with a radius that covers the true place."""
    now = {}
    for table in ("records", "incident_places"):
        for row in rows(edition, table):
            now[table, row["record_id"], row.get("place_no", 1)] = (row["lon"], row["lat"], row["radius_m"])
    for row in tables["records"].to_pylist():
        if ("records", row["record_id"], 1) in now:
            lon, lat, radius_m = now["records", row["record_id"], 1]
            assert now["incident_places", row["record_id"], 1] == (lon, lat, radius_m)
            assert float(geodesic_m(row["lon"], row["lat"], lon, lat)) + row["radius_m"] <= radius_m


def test_the_embargo_takes_incidents_claims_ground_and_events(edition: Any) -> None:
    newest = date(2021, 3, 22)
    assert all(row["date_end"] <= newest for table in ("records", "incidents") for row in rows(edition, table))
    assert all(row["valid_to"] <= newest for row in rows(edition, "holdings"))
    assert all(row["changed_on"] is None or row["changed_on"] <= newest for row in rows(edition, "fronts"))
    assert {row["event_id"] for row in rows(edition, "claims")} <= {"market", None}
    assert [event.id for event in edition[0].case.file.events] == ["market"]
    assert edition[0].case.file.window.last == newest
    rules = {row["rule"]: row["value"] for row in rows(edition, "edition_rules")}
    assert rules["as_of"] == "2021-04-05" and rules["newest_day"] == "2021-03-22"


def test_no_embargo_only_by_an_explicit_zero(published: PublishedCase, tables: Mapping[str, Any]) -> None:
    projection, _ = prepare_edition(with_rules(published.case, embargo_days=0), tables, AS_OF)
    assert "monitors:5" in projection.tables["records"]["record_id"].to_pylist()


def test_withheld_speakers_get_a_code_that_the_name_does_not_give(
    published: PublishedCase, tables: Mapping[str, Any], edition: Any, tmp_path: Path
) -> None:
    withheld = [row for row in rows(edition, "claims") if row["speaker_kind"] == "withheld"]
    codes = {row["speaker_text"] for row in withheld}
    assert len(withheld) >= 2 and len(codes) == 2
    assert all(not row["via"] and row["address"] is None and row["passage"][0]["text"] == "" for row in withheld)
    assert read_codes(published.open()).code("withheld", f" {SPEAKER.upper()} ") in codes
    other = Case(published.case.folder, published.case.file, tmp_path)
    assert read_codes(other).code("withheld", SPEAKER) not in codes
    (tmp_path / "publication.salt").write_text("not hex", encoding="ascii")
    with pytest.raises(PublicationError, match="no salt"):
        read_codes(other)


def test_a_decision_on_a_name_is_not_published(published: PublishedCase, tables: Mapping[str, Any]) -> None:
    (row,) = tables["decisions"].to_pylist()
    others = [{**row, "number": 2, "table": "actors", "row_key": SPEAKER}, {**row, "number": 3}]
    log = TABLES["decisions"].from_rows([row, *others])
    decided = rows(prepare_edition(published.case, {**tables, "decisions": log}, AS_OF), "decisions")
    assert [(one["number"], one["table"], one["reason"]) for one in decided] == [(1, "claims", ""), (2, "claims", "")]
    assert {one["decided_by"][:9] for one in decided} == {"reviewer-"}


def test_spans_equal_their_shortened_text(tables: Mapping[str, Any], edition: Any) -> None:
    texts = {row["document_id"]: row["text"] for row in rows(edition, "documents")}
    whole = {row["document_id"]: row["text"] for row in tables["documents"].to_pylist()}
    followed = 0
    for claim in rows(edition, "claims"):
        for piece in (*claim["passage"], *claim["via"]):
            assert texts[claim["document_id"]][piece["start"] : piece["end"]] == piece["text"]
            followed += bool(piece["text"])
    assert followed > 5
    assert all(len(text) < len(whole[key]) for key, text in texts.items())


def test_a_slip_of_the_pen_in_a_list_publishes_nothing(published: PublishedCase, tables: Mapping[str, Any]) -> None:
    with pytest.raises(PublicationError, match=r'"monitors:33".*did you mean "monitors:3"'):
        prepare_edition(with_rules(published.case, restricted=("monitors:33",)), tables, AS_OF)


def test_sites_are_restricted_while_the_conflict_goes_on(published: PublishedCase, tables: Mapping[str, Any]) -> None:
    records = [
        {**row, "place_name": "Field hospital"} if row["record_id"] == "monitors:2" else row
        for row in tables["records"].to_pylist()
    ]
    changed = {**tables, "records": TABLES["records"].from_rows(records)}

    def shown(**rules: Any) -> bool:
        projection, _ = prepare_edition(with_rules(published.case, **rules), changed, AS_OF)
        return "monitors:2" in projection.tables["records"]["record_id"].to_pylist()

    assert (shown(live=False), shown(live=True), shown(live=None)) == (True, False, False)
    assert shown(live=True, public=("monitors:2",))


def test_an_embargo_over_the_whole_window_says_when(published: PublishedCase, tables: Mapping[str, Any]) -> None:
    with pytest.raises(PublicationError, match="publish it on 2021-03-15 or later"):
        prepare_edition(published.case, tables, date(2021, 3, 10))


def test_acled_wants_its_day_and_filters(published: PublishedCase, tables: Mapping[str, Any]) -> None:
    case = published.case
    entry = case.file.datasets[0].model_copy(update={"preset": "acled", "name": "acled"})
    asked = Case(case.folder, case.file.model_copy(update={"datasets": (entry,)}), case.out)
    with pytest.raises(PublicationError, match="accessed and filters"):
        prepare_edition(asked, tables, AS_OF)
    told = entry.model_copy(update={"accessed": date(2024, 1, 31), "filters": "Harrow, March"})
    case_told = Case(case.folder, case.file.model_copy(update={"datasets": (told,)}), case.out)
    projection, _ = prepare_edition(case_told, tables, AS_OF)
    cited = [row["citation"] or "" for row in projection.tables["originals"].to_pylist()]
    assert any("Raleigh" in words and "2024-01-31" in words and "Harrow, March" in words for words in cited)


def test_small_counts_are_not_given_nor_to_be_had_by_subtraction(edition: Any) -> None:
    counts = withheld_rows({"records": dict.fromkeys("abcd", "licence") | {"e": "embargo"}}, {"f": 2}, 3)
    assert [(row["of_table"], row["reason"], row["n"]) for row in counts] == [
        ("findings", "other", None), ("records", "embargo", None), ("records", "licence", 4),
    ]  # fmt: skip
    assert all(row["shown"] == "fewer than 3" for row in counts if row["n"] is None)
    assert rows(edition, "sensitivity") == []


def test_findings_lose_what_tells_of_single_places() -> None:
    row = {"n": 8, "refused": False, "reading": "x", "reporting_term": "x", "estimate": 0.5, "details": json.dumps({
        "front_m": {"i-1": 131.7, "i-2": 5.5}, "near_front_m": 1000.0, "ambiguous": ["i-1", "i-2"],
        "attacked_on": {"i-1": "2021-03-10", "i-2": "2021-03-11"}, "fell_on": {"i-1": "2021-03-29"},
    })}  # fmt: skip
    names = {"i-1": "i-0abc", "i-2": None}
    cleaned = publish_finding(row, names, 3, date(2021, 3, 22))
    assert json.loads(cleaned["details"]) == {
        "near_front_m": 1000.0, "ambiguous": ["i-0abc"], "attacked_on": {"i-0abc": "2021-03-10"},
    }  # fmt: skip
    few = publish_finding({**row, "n": 2}, names, 3, date(2021, 3, 22))
    assert few["refused"] and few["estimate"] is None and few["n"] == 0 and "fewer than 3" in few["reading"]


def test_what_slips_past_the_projection_stops_the_publishing(tables: Mapping[str, Any], edition: Any) -> None:
    secrets = Secrets.of(tables, edition[0])
    assert find_secrets({"a.html": b"Nothing here, 10.111651 and 50.04946."}, secrets) == []
    for content, said in (
        (f"by {SPEAKER.replace(' ', '&#32;')}".encode(), "withheld name"),
        (b'{"text": "Zqquote we counted\\nfour of them\\nourselves"}', "whose speaker is withheld"),
        (b'"lat": 50.052391, "lon": 10.112347', "exact point of"),
    ):
        assert said in find_secrets({"a.html": content}, secrets)[0]


def cut_short(step: str) -> Callable[..., Any]:
    def stop(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt(step)

    return stop


def test_an_interrupted_publishing_leaves_the_old_folder_whole(
    copied: Case, published: PublishedCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hash_tree(copied.published)
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "write_dossier", cut_short("writing"))
        with pytest.raises(KeyboardInterrupt):
            publish_case(copied, AS_OF, published.listed.changes.digest)
    assert hash_tree(copied.published) == before
    # Cut between the two renames: the next call puts the old folder back.
    copied.published.rename(copied.derived / "publish/old-published")
    publish_case(copied, AS_OF)
    assert hash_tree(copied.published) == before


def test_a_folder_of_somebody_else_is_not_replaced(copied: Case, published: PublishedCase) -> None:
    shutil.rmtree(copied.published)
    copied.published.mkdir()
    (copied.published / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(PublicationError, match="no manifest"):
        publish_case(copied, AS_OF, published.listed.changes.digest)
    assert (copied.published / "mine.txt").exists()


def test_the_published_folder_is_proven_and_an_altered_one_told(copied: Case) -> None:
    checks = verify_published(copied)
    assert [check.faults for check in checks] == [()] * 5 and all(check.followed for check in checks)
    page = copied.published / "incidents.html"
    text = page.read_text(encoding="utf-8")
    altered = re.sub(r'(data-number="[^"]*"[^>]*>)\d+</a>', r"\g<1>99</a>", text, count=1)
    assert altered != text
    page.write_text(altered, encoding="utf-8")
    failed = [check.name for check in verify_published(copied) if check.faults]
    assert failed == ["published files are as confirmed", "published numbers follow from their rows"]


def test_the_command_lists_first_and_says_how_to_go_on(published: PublishedCase) -> None:
    run = CliRunner().invoke(app, ["publish", str(published.case.folder), "--as-of", "2021-04-05", "--json"])
    digest = published.listed.changes.digest
    assert run.exit_code == 1 and json.loads(run.stdout)["digest"] == digest
    run = CliRunner().invoke(app, ["publish", str(published.case.folder), "--as-of", "2021-04-05"])
    assert run.exit_code == 1 and f"--confirm {digest}" in run.stdout


def test_the_pages_say_that_something_is_withheld(published: PublishedCase) -> None:
    withheld, sources = (
        (published.case.published / name).read_text(encoding="utf-8") for name in ("withheld.html", "sources.html")
    )
    assert withheld.count("fewer than 3") > 3 and "National Consortium" in withheld
    assert "No row was refused" not in sources and "Nothing is withheld" not in sources
    assert re.search(r"fewer than 3</span> rows refused <span[^>]*>kept private", sources)
