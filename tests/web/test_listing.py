"""Claims in the terminal and as CSV: who, through whom, to whom, where it stands; nothing that acts on a terminal."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.test_extract import make_document

from contested.claims.actors import ActorIndex
from contested.claims.extract import extract_claims
from contested.claims.read import Document, read_document
from contested.web.listing import (
    ANSWERS,
    CLAIM_COLUMNS,
    ClaimListing,
    Format,
    Group,
    one_line,
    speaker_cell,
    stance_cell,
    summary_lines,
)

ARTICLE = Path(__file__).parents[1] / "claims/articles/varania-depot.txt"


def printed(document: Document, rows: list[Any], monkeypatch: pytest.MonkeyPatch | None = None, **options: Any) -> str:
    if monkeypatch is not None:
        monkeypatch.setenv("COLUMNS", "100")
    stream = io.StringIO()
    ClaimListing(**options, stream=stream).add(document, rows)
    return stream.getvalue()


@pytest.fixture(scope="module")
def read_article() -> tuple[Document, list[dict[str, Any]]]:
    document = read_document(ARTICLE)
    return document, extract_claims(document, ActorIndex())


def row(**values: Any) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(CLAIM_COLUMNS)
    return {**empty, "passage": [], "via": [], "stance": "reports", "modality": "asserts", **values}


def test_a_pronoun_says_who_it_is_and_a_relay_is_named() -> None:
    one = row(speaker_text="He", speaker_actor="Ana Vell", via=[{"text": "Reuters"}, {"text": "Reuters"}])
    assert speaker_cell(one, ("Varania",)) == "He = Ana Vell [Varania], via Reuters"
    assert (
        speaker_cell(row(speaker_text="the Varanian army", speaker_actor="Varania"), ("Varania",))
        == "the Varanian army"
    )
    assert speaker_cell(row(speaker_text="France and Germany"), ("France", "Germany")) == "France and Germany"
    assert speaker_cell(row()) == "a speaker not named"


def test_a_stance_says_how_surely_and_to_whom() -> None:
    assert (
        stance_cell(row(stance="blames", modality="suspects", target_party="Varania")) == "blames (suspects) → Varania"
    )
    assert stance_cell(row(stance="denies", target_text="it")) == "denies → it"
    assert stance_cell(row()) == "reports"


def test_beside_each_blame_stands_the_answer_or_that_none_was_found() -> None:
    blame = row(stance="blames", speaker_party="Ostrea", target_party="Varania")
    lines = summary_lines([blame, blame, row(stance="denies_event", speaker_actor="Kor", speaker_party="Varania")])
    assert lines == ["3 claims", "  Varania blamed by Ostrea (2)", "    answer: Kor [Varania] denies that it happened"]
    assert summary_lines([blame])[-1] == "    answer: no reply found in this text"
    unknown = row(stance="denies", speaker_text="the navy")
    assert summary_lines([blame, unknown])[-1].endswith("not tied to anyone blamed: the navy denies")
    assert summary_lines([]) == ["0 claims"]
    assert "reports" not in ANSWERS and "blames" not in ANSWERS


def test_a_joint_speaker_is_one_row_and_every_passage_is_shown(
    read_article: tuple[Document, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    document, rows = read_article
    for group in Group:
        shown = printed(document, rows, monkeypatch, group=group)
        flat = " ".join(shown.split())
        assert flat.count("Envoys of France") == 1
        assert "via" in flat and "Miro Tadek" in flat
        assert max(len(line) for line in shown.splitlines()) <= 100
        assert all(name in flat for name in ("passage", "Varanian government blamed by France, Germany"))


def test_csv_has_a_line_a_claim_and_characters_that_cut_the_passage(
    read_article: tuple[Document, list[dict[str, Any]]],
) -> None:
    document, rows = read_article
    listing = ClaimListing(Format.csv, stream=(stream := io.StringIO()))
    listing.add(document, rows)
    listing.add(document, rows)
    lines = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert len(lines) == 2 * len(rows)
    for line, claim in zip(lines, rows, strict=False):
        assert line["claim_id"] == claim["claim_id"]
        cut = document.text[int(line["passage_start"]) : int(line["passage_end"])]
        assert cut.startswith(claim["passage"][0]["text"]) and cut.endswith(claim["passage"][-1]["text"])
        before = document.text[: int(line["passage_start"]) + 1].split("\n")
        assert int(line["paragraph"]) == sum(1 for part in before if part.strip())


def test_names_of_a_case_stand_in_the_place_of_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Kor said that it fell."
    passage = [{"text": "that it fell", "start": 9, "end": 21}]
    claim = row(
        passage=passage, speaker_text="Kor", speaker_party="sy-gov", speaker_start=0, speaker_end=3, cue_start=4
    )
    names = {"sy-gov": "Syrian government"}
    monkeypatch.setenv("COLUMNS", "200")
    assert "Kor [Syrian government]" in printed(make_document(text), [claim], party_names=names)


def test_an_empty_document_says_so() -> None:
    assert "no claims found" in printed(make_document("\n"), [])


HOSTILE = "\x1b[2J\x9b31m\u202e\ud800\x07"


def test_a_text_cannot_act_on_the_terminal_or_a_spreadsheet() -> None:
    text = f"=HYPERLINK(1) said {HOSTILE} that [bold]it[/bold] fell."
    claim = row(
        passage=[{"text": text, "start": 0, "end": len(text)}], speaker_text=text, cue_text=text, target_text=text,
        stance="blames", via=[{"text": text}], speaker_start=0, speaker_end=3, cue_start=4, speaker_actor=text,
    )  # fmt: skip
    for options in ({}, {"group": Group.speaker}, {"form": Format.csv}):
        shown = printed(make_document(text), [claim], **options)
        assert not set(HOSTILE) - set("[2J31m") & set(shown)
        shown.encode()
    assert "[bold]it[/bold]" in " ".join(printed(make_document(text), [claim]).split())
    cells = next(csv.DictReader(io.StringIO(printed(make_document(text), [claim], form=Format.csv))))
    assert cells["passage"].startswith("'=")


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
