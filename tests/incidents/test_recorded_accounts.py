"""Accounts in the rows of a dataset become claims: who says it, of whom, through whom; and what stays out of print."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.case import Case, open_case
from contested.base.errors import DatasetError
from contested.base.records import CLAIMS, DOCUMENTS
from contested.flow import build_case
from contested.incidents.presets import load_preset
from contested.incidents.recorded_accounts import RecordedAccounts, _Block, party_of, read_recorded_accounts
from contested.incidents.sources import read_dataset
from contested.verify import verify_case

FIXTURES = Path(__file__).parents[1] / "fixtures/datasets"
#: Dataset → preset, fixture whose header is taken, delimiter.
DATASETS = {
    "gtd": ("gtd", "gtd.csv", ","),
    "ged": ("ucdp-ged", "ucdp_ged.csv", ","),
    "polecat": ("polecat", "polecat.tsv", "\t"),
}
GTD = {"iyear": "2021", "imonth": "3", "iday": "10", "longitude": "10.112", "latitude": "50.052", "specificity": "1"}
GED = {
    "type_of_violence": "1", "date_prec": "1", "date_start": "2021-03-10", "date_end": "2021-03-10", "where_prec": "1",
    "longitude": "10.112", "latitude": "50.052", "best": "4", "high": "4", "low": "4",
}  # fmt: skip
POLECAT = {"Event Date": "2021-03-11", "Longitude": "10.1", "Latitude": "50.05", "City": "Lower Harrow"}
ROWS: dict[str, list[dict[str, str]]] = {
    "gtd": [
        {**GTD, "eventid": "1", "gname": "Upland Front (UF)", "claimed": "1", "claimmode_txt": "Video",
         "compclaim": "1", "gname2": "CANARY Brigade", "claim2": "1", "guncertain2": "1"},
        {**GTD, "eventid": "2", "gname": "Upland Front", "claimed": "0"},
        {**GTD, "eventid": "3", "gname": "Unknown", "claimed": "1"},
        {**GTD, "eventid": "4", "gname": "CANARY Brigade", "claimed": "1", "iyear": "2020"},
        {**GTD, "eventid": "5", "gname": "CANARY Brigade", "claimed": "1", "nkill": "1.5"},
    ],
    "ged": [
        {**GED, "id": "1", "source_original": "Ana Vell; a medic;",
         "source_office": "Vale Radio;Vale Radio;Harrow Post", "source_date": "2021-03-11;2021-03-12"},
        {**GED, "id": "2", "source_office": "Vale Radio"},
    ],
    "polecat": [
        {**POLECAT, "Event ID": "E1", "Event Type": "ACCUSE", "Event Mode": "allege", "Actor Name": "Harrow government",
         "Recipient Name": "Upland rebels", "Source": "Vale Radio", "Publication Date": "2021-03-12"},
        {**POLECAT, "Event ID": "E2", "Event Type": "ASSAULT", "Actor Name": "Upland rebels",
         "Recipient Name": "Harrow government"},
        {**POLECAT, "Event ID": "E3", "Event Type": "ACCUSE", "Actor Name": "Harrow government",
         "Recipient Name": "None"},
    ],
}  # fmt: skip


def add_dataset(folder: Path, name: str, rows: list[dict[str, str]], called: str = "") -> None:
    """Write rows under the header of a fixture, and declare them in the case."""
    preset, fixture, delimiter = DATASETS[name]
    raw = (FIXTURES / fixture).read_bytes().decode("iso-8859-1")
    header = next(csv.reader([raw.splitlines()[0]], delimiter=delimiter))
    with (folder / "datasets" / fixture).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(rows)
    keys = {"name": called or name, "path": f"datasets/{fixture}", "preset": preset, "event": "market"}
    lines = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    toml = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(f"{toml}\n[[datasets]]\n{lines}", encoding="utf-8")


@pytest.fixture
def recorded(case_folder: Path) -> Any:
    """What the rows of a dataset give in the case of the template."""

    def read(name: str, rows: list[dict[str, str]] | None = None, called: str = "") -> tuple[RecordedAccounts, Case]:
        add_dataset(case_folder, name, ROWS[name] if rows is None else rows, called)
        case = open_case(case_folder)
        dataset = case.file.datasets[-1]
        found = read_recorded_accounts(dataset, case, read_dataset(dataset, case).records)
        # Every row is one of its table, and every piece is what stands in the text.
        DOCUMENTS.from_rows(found.documents)
        CLAIMS.from_rows(found.claims)
        texts = {row["document_id"]: row["text"] for row in found.documents}
        for claim in found.claims:
            text = texts[claim["document_id"]]
            for piece in (*claim["passage"], *claim["via"]):
                assert text[piece["start"] : piece["end"]] == piece["text"]
            for part in ("speaker", "target"):
                if claim[f"{part}_start"] is not None:
                    assert text[claim[f"{part}_start"] : claim[f"{part}_end"]] == claim[f"{part}_text"]
        return found, case

    return read


def test_gtd_claims_of_responsibility(recorded: Any) -> None:
    found, _ = recorded("gtd")
    first, second = found.claims
    assert (first["speaker_text"], first["speaker_party"], first["speaker_kind"]) == (
        "Upland Front (UF)", "rebels", "named",
    )  # fmt: skip
    assert (second["speaker_text"], second["speaker_party"], second["speaker_kind"]) == ("CANARY Brigade", None, None)
    assert (first["modality"], second["modality"]) == ("asserts", "suspects")
    assert first["note"] == "claimmode_txt: Video; rival groups claim this attack (compclaim 1)"
    assert {claim["stance"] for claim in found.claims} == {"claims_responsibility"}
    assert {(claim["origin"], claim["event_id"], claim["original_row"]) for claim in found.claims} == {
        ("record", "market", 1)
    }
    assert all(claim["checked"] and claim["second_hand"] and not claim["quoted"] for claim in found.claims)


def test_the_text_holds_just_the_cells_that_carry_accounts(recorded: Any) -> None:
    found, case = recorded("gtd")
    (document,) = found.documents
    assert document["text"] == (
        "datasets/gtd.csv row 1\ngname: Upland Front (UF)\nclaimed: 1\nclaimmode_txt: Video\ncompclaim: 1\n"
        "gname2: CANARY Brigade\nclaim2: 1\nguncertain2: 1\n\n"
    )
    assert found.claims[0]["passage"][0]["text"] == document["text"].strip()
    again = read_recorded_accounts(case.file.datasets[-1], case, read_dataset(case.file.datasets[-1], case).records)
    assert again == found


def test_ged_reports_go_to_those_who_first_said_it(recorded: Any) -> None:
    found, _ = recorded("ged")
    speakers = [(claim["speaker_text"], claim["speaker_party"]) for claim in found.claims]
    assert speakers == [("Ana Vell", "government"), ("a medic", None)]
    for claim in found.claims:
        assert [piece["text"] for piece in claim["via"]] == ["Vale Radio", "Harrow Post"]
        assert (claim["stance"], claim["said_on"], claim["reported_on"]) == ("reports", None, date(2021, 3, 12))


def test_polecat_accusations_blame_without_an_event_and_unchecked(recorded: Any) -> None:
    found, _ = recorded("polecat")
    (claim,) = found.claims
    assert (claim["stance"], claim["speaker_party"], claim["target_party"]) == ("blames", "government", "rebels")
    assert (claim["event_id"], claim["speaks_of"], claim["checked"]) == (None, "history", False)
    assert (claim["said_on"], claim["reported_on"]) == (date(2021, 3, 11), date(2021, 3, 12))
    assert claim["note"] == "Event Mode: allege"


def test_a_dataset_without_accounts_makes_neither_documents_nor_claims(recorded: Any) -> None:
    found, _ = recorded("ged", [{**GED, "id": "1", "source_office": "Vale Radio"}])
    assert found == RecordedAccounts([], [])
    found, _ = recorded("polecat", [{**POLECAT, "Event ID": "E2", "Event Type": "ASSAULT", "Actor Name": "x"}])
    assert found == RecordedAccounts([], [])


def test_two_datasets_of_one_file_have_a_document_each(recorded: Any) -> None:
    first, _ = recorded("ged")
    second, _ = recorded("ged", called="again")
    documents = [*first.documents, *second.documents]
    assert len({row["document_id"] for row in documents}) == 2
    assert len({claim["claim_id"] for claim in (*first.claims, *second.claims)}) == 4


def test_a_whole_case_with_accounts_in_its_datasets(case_folder: Path) -> None:
    for name, rows in ROWS.items():
        add_dataset(case_folder, name, rows)
    build = build_case(open_case(case_folder))
    claims = [row for row in build.tables["claims"].to_pylist() if row["origin"] == "record"]
    assert len(claims) == 5
    assert any("5 carried by rows of datasets" in line for line in build.summary)
    assert not {check.name: check.faults for check in verify_case(open_case(case_folder)) if check.faults}
    answers = {
        (row["party"], row["answer"]) for row in build.tables["accounts"].to_pylist() if row["question"] == "who"
    }
    assert ("rebels", "Upland Front claims responsibility") in answers
    # Rows that may not be published reach no file of the dossier: not as claims, documents, records or rejects.
    printed = {path: path.read_bytes() for path in build.case.dossier.rglob("*") if path.is_file()}
    assert not [path for path, content in printed.items() if b"CANARY" in content]
    assert any(b"by row E1 of polecat" in content for content in printed.values())
    assert any(b"a medic" in content for path, content in printed.items() if path.parent.name == "documents")
    barred = {row["original_path"] for row in build.tables["originals"].to_pylist() if not row["publish_rows"]}
    assert barred == {"datasets/gtd.csv"}


@pytest.mark.parametrize(
    ("name", "party"),
    [("upland front", "rebels"), ("Upland Front (UF)", "rebels"), ("UF (the rebels)", "rebels"), ("Nobody", None),
     ("Upland Front (the government)", None), ("Front", None)],
)  # fmt: skip
def test_names_find_their_party_or_none(case_folder: Path, name: str, party: str | None) -> None:
    assert party_of(open_case(case_folder), name) == party


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('stance = "blame"\nspeaker = "a"', '"blame" is no stance; did you mean "blames"'),
        ('stance = "blames"', "accounts.0.speaker"),
        ('stance = "blames"\nspeaker = "a"\nspeaks_of = "events"', 'did you mean "event"'),
        ('stance = "blames"\nspeaker = "a"\nspeker = "b"', "speker is no key"),
    ],
)
def test_malformed_accounts_say_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    whole = f'title = "M"\npublish_rows = true\n[columns]\n[[accounts]]\n{text}\n'
    (tmp_path / "mine.toml").write_text(whole, encoding="utf-8")
    with pytest.raises(DatasetError, match=words):
        load_preset("mine.toml", tmp_path)


@given(st.text(st.sampled_from(" ab;,\n"), max_size=12), st.integers(0, 5))
def test_parts_of_a_cell_are_where_they_are_said_to_be(value: str, start: int) -> None:
    block = _Block("title", start)
    block.add("name", value)
    document = "x" * start + block.text
    parts = block.parts("name", (";", ","))
    assert [document[part["start"] : part["end"]] for part in parts] == [part["text"] for part in parts]
    assert [part["text"] for part in parts] == [part.strip() for part in re.split(r"[;,\n]", value) if part.strip()]


@pytest.mark.shared
def test_published_ged_rows_name_their_first_speakers(shared_data: Path, case_folder: Path) -> None:
    path = shared_data / "incidents/ucdp_ged_syria_2016-2018.csv"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    toml = (case_folder / "case.toml").read_text(encoding="utf-8")
    toml = toml.replace("from = 2021-03-01, to = 2021-03-31", "from = 2016-11-01, to = 2016-12-31")
    toml = toml.replace("[10.00, 50.00, 10.20, 50.10]", "[36.0, 35.0, 38.5, 37.0]")
    (case_folder / "case.toml").write_text(toml, encoding="utf-8")
    add_dataset(case_folder, "ged", [])
    shutil.copy(path, case_folder / "datasets/ucdp_ged.csv")
    case = open_case(case_folder)
    records = read_dataset(case.file.datasets[-1], case).records
    found = read_recorded_accounts(case.file.datasets[-1], case, records)
    (document,) = found.documents
    CLAIMS.from_rows(found.claims)
    for claim in found.claims:
        for piece in (*claim["passage"], *claim["via"]):
            assert document["text"][piece["start"] : piece["end"]] == piece["text"]
    in_window = {row["original_row"] for row in records.to_pylist() if row["in_window"]}
    assert {claim["original_row"] for claim in found.claims} <= in_window
    assert len({claim["original_row"] for claim in found.claims}) > 0.9 * len(in_window)
