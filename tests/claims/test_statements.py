from datetime import date
from pathlib import Path

import pytest

from contested.base.case import open_case
from contested.base.errors import DatasetError
from contested.claims.statements import STATEMENT_COLUMNS, VOTE_COLUMNS, read_statements, read_votes

ROW = {
    "id": "S9", "event": "market", "speaker": "Ana Vell", "speaker_kind": "named", "party": "government",
    "said_on": "2021-03-11", "stance": "blames", "modality": "asserts", "target": "rebels", "happened": "yes",
    "summary": "Blames, with a comma", "address": "https://example.org", "second_hand": "false",
}  # fmt: skip


def _write(folder: Path, **changes: str) -> Path:
    import csv

    path = folder / "statements" / "one.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, STATEMENT_COLUMNS, restval="")
        writer.writeheader()
        writer.writerow(ROW | changes)
    return path


def _read(folder: Path, **changes: str):
    return read_statements(_write(folder, **changes), open_case(folder))


def test_a_statement_keeps_its_words_where_they_stand(case_folder: Path) -> None:
    table = _read(case_folder, quotation="we know “who” fired", via="Agency A; Paper B")
    claim, text = table.claims[0], table.document["text"]
    pieces = [*claim["passage"], *claim["via"]]
    assert [piece["text"] for piece in pieces] == ["we know “who” fired", "Agency A", "Paper B"]
    assert all(text[piece["start"] : piece["end"]] == piece["text"] for piece in pieces)
    assert claim["quoted"]
    assert text[claim["speaker_start"] : claim["speaker_end"]] == "Ana Vell"
    assert claim["said_on"] == date(2021, 3, 11)


def test_our_own_summary_is_no_quotation(case_folder: Path) -> None:
    claim = _read(case_folder).claims[0]
    assert [piece["text"] for piece in claim["passage"]] == ["Blames, with a comma"]
    assert not claim["quoted"]


def test_words_that_quoting_changes_fall_back_to_the_whole_row(case_folder: Path) -> None:
    table = _read(case_folder, quotation='he said "no"', summary="")
    assert not table.claims[0]["quoted"]
    piece = table.claims[0]["passage"][0]
    assert (
        piece["text"].startswith("S9,market") and table.document["text"][piece["start"] : piece["end"]] == piece["text"]
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"party": "rebel"}, 'did you mean "rebels"'),
        ({"target": "Nobody"}, "no party of the case"),
        ({"event": "markets"}, 'did you mean "market"'),
        ({"stance": "accuses"}, "none of reports, blames"),
        ({"modality": "sure"}, "asserts, suspects"),
        ({"said_on": "2021-03"}, "must be one day"),
        ({"said_on": "3/4/2021"}, "day/month or month/day"),
        ({"killed_low": "dozens"}, "whole number"),
        ({"killed_low": "-3"}, "whole number"),
        ({"killed_low": "9", "killed_high": "3"}, "exchange them"),
        ({"second_hand": "perhaps"}, "true or false"),
        ({"address": ""}, "address is empty"),
        ({"speaker_kind": "withheld"}, "keep the name outside the case folder"),
    ],
)
def test_a_faulty_row_goes_to_rejects_whole(case_folder: Path, changes: dict[str, str], message: str) -> None:
    table = _read(case_folder, **changes)
    assert not table.claims
    (reject,) = table.rejects
    assert message in reject["reason"] and "one.csv row 1" in reject["reason"]
    assert '"S9"' in reject["raw"]


def test_a_withheld_speaker_is_a_code(case_folder: Path) -> None:
    assert _read(case_folder, speaker_kind="withheld", speaker="withheld-3f9a1c").claims


def test_a_missing_column_refuses_the_file(case_folder: Path) -> None:
    path = case_folder / "statements" / "one.csv"
    path.write_text("id,event,speeker\n1,market,x\n")
    with pytest.raises(DatasetError, match='"speaker" is missing; did you mean "speeker"'):
        read_statements(path, open_case(case_folder))


def _votes(folder: Path, votes: dict[str, str], body: str = "UN Security Council"):
    path = folder / "votes" / "v.csv"
    path.parent.mkdir(exist_ok=True)
    rows = [
        f'S/1,{body},S/PV.1,2021-03-20,"inquiry, access",Aland;Bland,{member},{vote},read,https://example.org'
        for member, vote in votes.items()
    ]
    path.write_text("\n".join([",".join(VOTE_COLUMNS), *rows]) + "\n")
    return read_votes(path, open_case(folder))


def _council(yes: int, against: tuple[str, ...]) -> dict[str, str]:
    votes = dict.fromkeys(against, "no") | {f"Member {n}": "yes" for n in range(yes)}
    return votes | {f"Other {n}": "abstain" for n in range(15 - len(votes))}


@pytest.mark.parametrize(
    ("votes", "outcome", "vetoing"),
    [
        (_council(9, ("Russian Federation", "Bolivia")), "vetoed", {"Russian Federation"}),
        (_council(11, ("Bolivia",)), "adopted", set()),
        # Three permanent members said no, but the draft lacked the nine votes: no veto.
        (_council(4, ("France", "United Kingdom", "United States")), "failed_lacking_votes", set()),
        (dict(list(_council(9, ("China",)).items())[:14]), "unknown", set()),
    ],
)
def test_a_no_is_a_veto_only_against_a_draft_with_nine_votes(
    case_folder: Path, votes: dict[str, str], outcome: str, vetoing: set[str]
) -> None:
    table = _votes(case_folder, votes)
    assert {vote["outcome"] for vote in table.votes} == {outcome}
    assert {vote["member"] for vote in table.votes if vote["veto"]} == vetoing
    assert len(table.claims) == len(votes) and table.votes[0]["sponsors"] == ["Aland", "Bland"]


def test_other_bodies_have_no_veto(case_folder: Path) -> None:
    table = _votes(case_folder, _council(9, ("China",)), body="OPCW Executive Council")
    assert {vote["outcome"] for vote in table.votes} == {"unknown"}
    assert not any(vote["veto"] for vote in table.votes)


def test_a_faulty_vote_is_refused(case_folder: Path) -> None:
    table = _votes(case_folder, {"A": "yes", "B": "nay"})
    assert [reject["reason"] for reject in table.rejects if 'vote "nay"' in reject["reason"]]
    assert len(table.votes) == 1
