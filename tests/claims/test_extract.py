"""A document's claims: every passage holds, and who says what of whom is found in articles on other wars."""

from __future__ import annotations

import hashlib
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.records import CLAIMS, MODALITIES, STANCES
from contested.claims.actors import ActorIndex
from contested.claims.extract import claim_as_json, extract_claims, judge_passage
from contested.claims.read import Document, read_document
from contested.claims.tagging.tagger import load_tagger

ARTICLES = Path(__file__).parent / "articles"


def make_document(text: str) -> Document:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(
        digest[:12], "a.txt", digest, "text/plain", None, None, None, date(2020, 5, 1), "case", None, None, "en",
        text, digest, "plain 1",
    )  # fmt: skip


def claims_of(text: str) -> list[dict[str, Any]]:
    return extract_claims(make_document(text), ActorIndex())


def claims_in(name: str) -> list[dict[str, Any]]:
    return extract_claims(read_document(ARTICLES / name), ActorIndex())


def check_spans(text: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        for piece in (*row["passage"], *row["via"]):
            assert text[piece["start"] : piece["end"]] == piece["text"] != ""
        for name in ("speaker", "cue", "target"):
            if row[f"{name}_text"] is not None:
                assert text[row[f"{name}_start"] : row[f"{name}_end"]] == row[f"{name}_text"] != ""
        assert row["passage"]
        assert row["stance"] in STANCES
        assert row["modality"] in MODALITIES
        assert 0 <= row["score"] <= 1


PIECES = st.sampled_from(
    [
        *(
            "Russia",
            " said ",
            "that ",
            "the army",
            " accused ",
            "the rebels",
            " of ",
            "shelling",
            "He ",
            "denied ",
            "blamed ",
        ),
        *("Syrian", " and ", "U.S. ", "commander", "Omar Sayed", "it ", "who ", "laid the blame on ", "killed ", "12 "),
        *("“", "”", '"', "'", "’s", ". ", ", ", "-", " ", "\n", "\r\n", "Reuters ", "According to "),
        *("😀", "שלום", "\u202e", "قال", "é", "\ufeff", "\x00", "\ud800"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=300))
def test_every_span_cuts_its_quotation_and_nothing_raises(text: str) -> None:
    rows = claims_of(text)
    check_spans(text, rows)
    if "\ud800" not in text:
        CLAIMS.from_rows(rows)


@pytest.mark.parametrize(
    "text",
    [
        ("The army said that the rebels had shelled the town, and France accused it of lying. " * 4000)[:250_000],
        '"' * 100_000,
        "“Why,” said Kor, " * 5_000,
        "Russia accused " * 8_000,
        "x" * 1_000_000,
    ],
    ids=["one line", "quotation marks", "quotations", "accusations", "one word"],
)
def test_time_is_linear_in_the_text(text: str) -> None:
    started = time.process_time()
    check_spans(text, extract_claims(make_document(text), ActorIndex(), load_tagger(fast=True)))
    assert time.process_time() - started < 15
    # The network takes its time, but ends too.
    check_spans(text, claims_of(text[:8_000]))


def test_same_text_same_claims() -> None:
    text = (ARTICLES / "varania-depot.txt").read_text(encoding="utf-8")
    assert claims_of(text) == claims_of(text)


def test_an_empty_text_has_no_claims() -> None:
    assert claims_of("") == []
    assert claims_of(" \n") == []


def find(rows: list[dict[str, Any]], **wanted: object) -> list[dict[str, Any]]:
    """Rows whose columns equal the values; ``passage`` asks for words in it."""
    passage = str(wanted.pop("passage", ""))
    return [
        row
        for row in rows
        if all(row[name] == value for name, value in wanted.items())
        and passage in " … ".join(piece["text"] for piece in row["passage"])
    ]


def test_two_envoys_blame_one_party() -> None:
    rows = claims_in("varania-depot.txt")
    blames = find(rows, stance="blames", target_text="the Varanian government", target_party="Varanian government")
    assert {"France", "Germany"} <= {row["speaker_party"] for row in blames}
    france, germany = (find(blames, speaker_party=party)[0] for party in ("France", "Germany"))
    assert france["claim_id"] != germany["claim_id"]
    assert france["passage"] == germany["passage"]
    assert (france["speaker_start"], france["speaker_end"]) == (germany["speaker_start"], germany["speaker_end"])


def test_both_pieces_of_a_quotation_belong_to_the_commander() -> None:
    (claim,) = find(claims_in("varania-depot.txt"), passage="two helicopters")
    assert [piece["text"][:12] for piece in claim["passage"]] == ["“We counted ", "“There was n"]
    assert (claim["speaker_actor"], claim["speaker_party"]) == ("Miro Tadek", "Varanian opposition")
    assert claim["speaker_kind"] == "named"
    assert [link["text"] for link in claim["via"]] == ["Reuters"]


def test_a_pronoun_speaks_for_the_last_named_speaker() -> None:
    claims = find(claims_in("varania-depot.txt"), speaker_text="He", speaker_actor="Miro Tadek")
    assert {claim["stance"] for claim in claims} == {"denies"}
    assert find(claims, passage="possessed chlorine", target_text="the rebels", target_party="Varanian opposition")


def test_another_explanation_and_a_staged_event() -> None:
    rows = claims_in("varania-depot.txt")
    (depot,) = find(rows, stance="alternative_explanation")
    assert (depot["speaker_party"], depot["mechanism"], depot["means"]) == ("Ostrea", "depot_hit", "chlorine")
    (staged,) = find(rows, stance="denies_event", mechanism="staged")
    assert (staged["speaker_party"], staged["happened"], staged["mechanism"]) == ("Varanian government", "no", "staged")


def test_a_town_of_a_country_does_not_blame_the_country() -> None:
    lead = next(row for row in claims_in("karsk-station.txt") if row["speaker_text"] == "the regional governor")
    assert "the Ukrainian town of Karsk" in lead["passage"][0]["text"]
    assert (lead["stance"], lead["target_text"]) == ("reports", None)


def test_a_passive_has_no_speaker() -> None:
    (claim,) = find(claims_in("varania-depot.txt"), passage="towns that it does not hold")
    assert (claim["speaker_text"], claim["speaker_party"]) == (None, None)
    assert (claim["stance"], claim["target_party"]) == ("blames", "Varanian government")


def test_a_quoted_president_blames_the_regime() -> None:
    (claim,) = find(claims_in("varania-depot.txt"), passage="war crimes")
    assert (claim["speaker_party"], claim["stance"], claim["target_party"]) == (
        "France",
        "blames",
        "Varanian government",
    )


def test_states_at_war_with_each_other() -> None:
    rows = claims_in("karsk-station.txt")
    assert find(rows, speaker_party="Ukraine", stance="blames", target_party="Russia")
    assert find(rows, speaker_party="Russia", stance="denies", target_text="The Russian Defence Ministry")
    (staged,) = find(rows, stance="denies_event", mechanism="staged")
    assert (staged["speaker_actor"], staged["target_party"]) == ("Pavel Orlov", "Ukraine")
    assert [link["text"] for link in staged["via"]] == ["Reuters", "TASS"]
    assert find(
        rows, speaker_party="Russia", stance="alternative_explanation", mechanism="misfire", modality="suspects"
    )
    assert find(rows, speaker_party="United Nations", stance="declines_to_attribute")
    assert find(rows, speaker_party="United States", stance="blames", target_party="Russia")
    (toll,) = find(rows, speaker_text="the regional governor")
    assert (toll["killed_low"], toll["killed_high"]) == (17, 17)


def test_a_war_inside_a_state() -> None:
    rows = claims_in("lowland-camp.md")
    assert find(rows, speaker_text="Sudanese activists", speaker_party=None, stance="blames", target_text="the army",
                target_party="Sudanese government")  # fmt: skip
    assert find(rows, speaker_actor="Idris Hamad", stance="denies", target_party="Sudanese government")
    assert find(
        rows, speaker_text="He", speaker_actor="Idris Hamad", stance="blames", target_party="Sudanese opposition"
    )
    assert find(rows, speaker_party="Rapid Support Forces", target_text="it", target_party="Sudanese government")
    assert find(rows, speaker_text="the army", stance="claims_responsibility")
    assert find(rows, speaker_party="African Union", stance="declines_to_attribute")
    assert find(rows, speaker_text=None, stance="reports", passage="second blast")


def test_json_has_exactly_the_promised_keys() -> None:
    document = read_document(ARTICLES / "varania-depot.txt")
    claims = [claim_as_json(row, document) for row in extract_claims(document, ActorIndex())]
    for claim in claims:
        assert list(claim) == [
            "id", "document", "speaker", "via", "cue", "passage", "stance", "modality", "target", "facts", "made_by",
            "score",
        ]  # fmt: skip
        assert set(claim["document"]) == {"path", "sha256", "title", "published"}
        span_keys = {"text", "start", "end"}
        for name, more in (("speaker", {"kind", "actor", "party", "named"}), ("cue", set()), ("target", {"party"})):
            keys = span_keys | more
            assert claim[name] is None or set(claim[name]) == keys
        assert all(set(piece) == {"text", "start", "end"} for piece in (*claim["passage"], *claim["via"]))
    assert any(claim["speaker"] for claim in claims)
    assert any(claim["target"] for claim in claims)


@pytest.mark.shared
def test_the_article_whose_work_the_program_does(shared_data: Path) -> None:
    rows = extract_claims(read_document(shared_data / "documents/sofrep-2017-04-khan-shaykhun.txt"), ActorIndex())
    (peskov,) = find(rows, passage="Russia and its armed forces will continue")
    assert (peskov["speaker_actor"], peskov["speaker_party"]) == ("Dmitry Peskov", "Russia")
    assert peskov["speaker_text"] == "Kremlin spokesman Dmitry Peskov"
    (haj_ali,) = find(rows, passage="Everyone saw the plane")
    assert haj_ali["speaker_text"].startswith("Hassan Haj Ali")
    assert len(haj_ali["passage"]) == 2
    assert "Likewise" in haj_ali["passage"][1]["text"]
    assert len(find(rows, speaker_text="He", speaker_actor="Hassan Haj Ali")) == 2
    laid = find(
        rows,
        stance="blames",
        target_party="Syrian government",
        speaker_text="Spokesmen from both the United States and the UK",
    )
    assert {row["speaker_party"] for row in laid} == {"United States", "United Kingdom"}
    (other,) = find(rows, stance="alternative_explanation")
    assert (other["speaker_party"], other["mechanism"]) == ("Russia", "depot_hit")
    assert "detonated an ammunition stockpile" in other["passage"][-1]["text"]
    (victims,) = find(rows, stance="blames", passage="the victims of the war crime")
    assert victims["speaker_party"] == "Russia"
    (trump,) = find(rows, passage="“heinous actions by the Bashar al-Assad regime,”")
    assert (trump["speaker_actor"], trump["stance"], trump["target_party"]) == (
        "Donald Trump",
        "blames",
        "Syrian government",
    )


def read_passage(text: str, speaker: str | None, cue: str, content: str) -> tuple[str, str | None]:
    """Stance and target's words, the spans being those of the words given."""
    spans = [(text.index(words), text.index(words) + len(words)) for words in (cue, content)]
    who = (text.index(speaker), text.index(speaker) + len(speaker)) if speaker else None
    found = judge_passage(text, who, spans[:1], spans[1:])
    return found.stance, text[slice(*found.target.span)] if found.target else None


def test_a_passage_with_known_spans_is_judged_as_in_an_article() -> None:
    text = "Ukraine accused Russia of bombing the port."
    assert read_passage(text, "Ukraine", "accused", "Russia of bombing the port") == ("blames", "Russia")
    (row,) = claims_of(text)
    assert (row["stance"], row["target_text"]) == ("blames", "Russia")


@pytest.mark.parametrize("name", ["Russia", "The Karsk Front"])
def test_a_passive_accusation_points_at_its_subject(name: str) -> None:
    text = f"{name} has been accused of bombing the port."
    assert read_passage(text, None, "has been accused", "of bombing the port") == ("blames", name)
    text = f"{name} was accused by two lawyers of bombing the port."
    assert read_passage(text, "two lawyers", "was accused", "of bombing the port") == ("blames", name)


def test_a_pronoun_denies_for_whom_it_stands() -> None:
    text = "It denied shelling the port."
    assert read_passage(text, "It", "denied", "shelling the port")[0] == "denies"


@given(st.text(alphabet="not said that by the A'’“ -.x\n", min_size=40, max_size=2000))
@settings(max_examples=60, deadline=2000)
def test_any_passage_is_judged_in_time(text: str) -> None:
    found = judge_passage(text, (0, 5), [(6, 12)], [(13, len(text))])
    assert found.stance in STANCES
    assert found.modality in MODALITIES
