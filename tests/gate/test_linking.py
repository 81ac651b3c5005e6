"""The linking gate plants a truth that it can tell again, scores pairs as it says, and fails below its floor."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.errors import DatasetError
from contested.base.places import geodesic_m
from contested.base.records import LINKS, RECORDS
from gate import linking, linking_pairs, linking_planted, linking_reports, meltt_peer, planted


def make_events(count: int = 200, seed: int = 3) -> list[dict[str, Any]]:
    """Invented events in a square of two degrees over two months."""
    rng = np.random.default_rng(seed)
    return [
        {
            "record_id": f"base:{k:04d}", "dataset": "base", "original_path": "b.csv", "original_row": k + 1,
            "preset": "plain", "in_window": True, "kind": ("clash", "raid", "siege")[k % 3],
            "date_start": (day := date(2001, 3, 1) + timedelta(days=int(rng.integers(60)))), "date_end": day,
            "place_name": f"Qasr Number{k % 40} village", "lon": round(10 + float(rng.random()) * 2, 4),
            "lat": round(50 + float(rng.random()) * 2, 4), "radius_m": 1000.0, "killed_best": k % 25,
            "sources": ["Daily Post", "Night Wire"], "actors": ["North Army", "South League"], "second_hand": False,
            "publish": True, "extra": "{}",
        }
        for k in range(count)
    ]  # fmt: skip


def pair_by_place_and_day(records: pa.Table, decisions: pa.Table | None = None) -> pa.Table:
    """A matcher in place of the package's, so that the gate is tested and not the model: same place, next day."""
    rows = [row for row in records.to_pylist() if row["in_window"]]
    found = []
    for a, b in combinations(sorted(rows, key=lambda row: str(row["record_id"])), 2):
        gap = abs((a["date_start"] - b["date_start"]).days)
        metres = float(geodesic_m(a["lon"], a["lat"], b["lon"], b["lat"]))
        if a["dataset"] != b["dataset"] and gap <= 1 and metres <= 1_000.0:
            found.append(
                {
                    "record_a": a["record_id"], "record_b": b["record_id"], "probability": 0.9 - 0.6 * gap,
                    "distance_m": metres, "gap_days": gap, "decided_by": "score", "linked": gap == 0,
                }
            )  # fmt: skip
    return LINKS.from_rows(found)


@pytest.fixture
def plain_matcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate asks the plain matcher."""
    for module in (linking_planted, linking_pairs):
        monkeypatch.setattr(module, "pair_records", pair_by_place_and_day)


def base_rows(**changes: Any) -> list[dict[str, Any]]:
    return [{**row, **changes} for row in RECORDS.from_rows(make_events()).to_pylist()]


# ------------------------------------------------------------------------------------------------------ planted truth


@given(noise=st.sampled_from([0.0, 0.3, 1.0]), seed=st.integers(0, 20))
def test_every_planted_row_tells_of_an_event_and_no_dataset_tells_one_twice_but_in_parts(
    noise: float, seed: int
) -> None:
    made = planted.plant(base_rows(), noise, seed)
    assert set(made.records["record_id"].to_pylist()) == set(made.events)
    assert set(made.records["dataset"].to_pylist()) == set(planted.DATASETS)
    told = Counter((name.partition(":")[0], event) for name, events in made.events.items() for event in events)
    assert max(told.values()) <= (1 if noise == 0 else 2)
    assert {
        kind for row in made.records.to_pylist() if (kind := (row["dataset"], row["kind"])) not in made.kinds
    } == set()
    assert made.records.equals(planted.plant(base_rows(), noise, seed).records)


def test_without_noise_place_and_day_are_those_of_the_event() -> None:
    made = planted.plant(base_rows(), 0.0, 1)
    by_id = {row["record_id"]: row for row in base_rows()}
    for row in made.records.to_pylist():
        event = by_id[made.events[row["record_id"]][0]]
        assert row["lon"] == pytest.approx(event["lon"])
        assert row["lat"] == pytest.approx(event["lat"])
        assert row["date_start"] == event["date_start"]
        assert row["killed_best"] == event["killed_best"]


def test_three_in_ten_records_are_of_events_that_no_other_dataset_has() -> None:
    made = planted.plant(RECORDS.from_rows(make_events(3000)).to_pylist(), 0.0, 1)
    tellers = Counter(event for events in made.events.values() for event in events)
    alone = sum(tellers[events[0]] == 1 for events in made.events.values())
    assert alone / len(made.events) == pytest.approx(planted.UNIQUE, abs=0.03)


def test_noise_splits_and_lumps_and_moves() -> None:
    made = planted.plant(RECORDS.from_rows(make_events(2000)).to_pylist(), 1.0, 1)
    assert any(len(events) == 2 for events in made.events.values())
    told = Counter((name.partition(":")[0], event) for name, events in made.events.items() for event in events)
    assert 2 in told.values()
    assert len({row["radius_m"] for row in made.records.to_pylist()}) > 1


def test_ids_do_not_say_which_rows_belong_together() -> None:
    made = planted.plant(base_rows(), 0.0, 1)
    order = {event["record_id"]: k for k, event in enumerate(base_rows())}
    first = [order[made.events[name][0]] for name in sorted(made.events) if name.startswith("first")]
    assert abs(np.corrcoef(np.arange(len(first)), first)[0, 1]) < 0.3


def test_true_pairs_cross_datasets_and_share_an_event() -> None:
    made = planted.plant(base_rows(), 0.5, 2)
    for a, b in planted.true_pairs(made):
        assert a < b
        assert a.partition(":")[0] != b.partition(":")[0]
        assert set(made.events[a]) & set(made.events[b])


def test_too_few_places_are_refused() -> None:
    with pytest.raises(DatasetError, match="0 records have a point"):
        planted.plant(base_rows(radius_m=None), 0.1, 1)


def test_names_are_respelt() -> None:
    assert planted.respell("Tal Qasr al-Deen") == "Tal Kasr El Din"


@pytest.mark.usefixtures("plain_matcher")
def test_ours_and_peers_are_scored_and_order_changes_nothing() -> None:
    rows = base_rows()
    found = linking_planted.compare(rows[:100], rows[100:], 0.1, 1)
    assert found["unchanged_by_order"] == 100.0
    assert found["ours"]["precision"] > 90
    assert found["meltt"]["recall"] > 50


def test_a_matcher_that_heeds_the_names_of_datasets_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def link(records: pa.Table, decisions: pa.Table | None = None) -> set[tuple[str, str]]:
        links = pair_by_place_and_day(records.filter(pc.not_equal(records["dataset"], "first")))
        return set(zip(links["record_a"].to_pylist(), links["record_b"].to_pylist(), strict=True))

    monkeypatch.setattr(linking_planted, "link_ours", link)
    rows = base_rows()
    assert linking_planted.compare(rows[:100], rows[100:], 0.1, 1)["unchanged_by_order"] < 100.0


def test_pairs_of_a_cluster_leave_out_those_of_one_dataset() -> None:
    assert linking_planted.together([["a:1", "a:2", "b:1"], ["c:1"]]) == {("a:1", "b:1"), ("a:2", "b:1")}


def test_splink_pairs_hang_together_only_when_asked() -> None:
    scored = [("a:1", "b:1", 0.9), ("c:1", "b:1", 0.8), ("a:2", "c:2", 0.1)]
    assert linking_planted.splink_pairs(scored, 0.5, False) == {("a:1", "b:1"), ("b:1", "c:1")}
    assert linking_planted.splink_pairs(scored, 0.5, True) == {("a:1", "b:1"), ("b:1", "c:1"), ("a:1", "c:1")}
    assert linking_planted.best_threshold(scored, {("a:1", "b:1")}) == (0.85, False)


# --------------------------------------------------------------------------------------------------------- the peer


def coded(*rows: tuple[int, float, int, int, int]) -> meltt_peer.CodedEvents:
    """Events (dataset, longitude, first day, last day, fine code) on the equator, of one coarse code."""
    dataset, lon, first, last, fine = (np.array(column) for column in zip(*rows, strict=True))
    return meltt_peer.CodedEvents(
        lon, np.zeros(len(rows)), first, last, dataset, ((fine, np.zeros(len(rows), dtype=int)),)
    )


def test_the_peer_takes_the_better_of_two_candidates() -> None:
    events = coded((0, 0.0, 5, 5, 1), (1, 0.0, 5, 5, 2), (1, 0.01, 5, 5, 1))
    assert meltt_peer.link(events, meltt_peer.Window(1, 10.0, 2)) == [[0, 2]]


def test_the_peer_gives_two_events_that_want_one_partner_the_best_whole() -> None:
    events = coded((0, 0.0, 5, 5, 2), (0, 0.0, 5, 5, 1), (1, 0.0, 5, 5, 1))
    assert meltt_peer.link(events, meltt_peer.Window(1, 10.0, 2)) == [[1, 2]]


@pytest.mark.parametrize(
    ("other", "linked"),
    [((1, 0.0, 6, 6, 1), True), ((1, 0.0, 7, 7, 1), False), ((1, 0.1, 5, 5, 1), False), ((1, 0.0, 5, 6, 1), False)],
    ids=["a day later", "two days later", "eleven kilometres off", "an episode beside an event"],
)
def test_the_peers_windows(other: tuple[int, float, int, int, int], linked: bool) -> None:
    found = meltt_peer.link(coded((0, 0.0, 5, 5, 1), other), meltt_peer.Window(1, 10.0, 2))
    assert bool(found) is linked


def test_the_peer_asks_every_taxonomy_to_agree_at_some_level() -> None:
    events = coded((0, 0.0, 5, 5, 1), (1, 0.0, 5, 5, 2))
    assert not meltt_peer.link(events, meltt_peer.Window(1, 10.0, 1))


def test_the_peer_hands_what_it_integrated_to_the_next_dataset() -> None:
    events = coded((0, 0.0, 5, 5, 1), (1, 0.0, 5, 5, 1), (2, 0.0, 5, 5, 1), (1, 9.0, 5, 5, 1), (2, 9.0, 5, 5, 1))
    assert meltt_peer.link(events, meltt_peer.Window(0, 1.0, 1)) == [[0, 1, 2], [3, 4]]


# ------------------------------------------------------------------------------------------------- two real datasets


def two_tables() -> tuple[Any, Any]:
    made = [
        {**row, "title": "Seen at https://a.example/1 today", "address": "https://a.example/1"} for row in base_rows()
    ]
    tables = []
    for name in ("left", "right"):
        rows = [{**r, "dataset": name, "record_id": f"{name}:{r['record_id'].partition(':')[2]}"} for r in made[:30]]
        tables.append(RECORDS.from_rows(rows))
    return tables[0], tables[1]


def write_pairs(path: Path) -> None:
    rows = ["note,theirs,ours,hard", *(f"x,{k:04d},{k:04d},{k % 2}" for k in range(10)), "x,9999,0001,0"]
    path.write_text("\n".join(rows) + "\n")


def test_columns_of_ids_are_found_and_unknown_ids_counted(tmp_path: Path) -> None:
    left, right = two_tables()
    write_pairs(tmp_path / "p.csv")
    known = linking_pairs.read_known(tmp_path / "p.csv", left, right, ("ours", "theirs"))
    assert known.pairs == {(f"left:{k:04d}", f"right:{k:04d}") for k in range(10)}
    assert len(known.hard) == 5
    assert known.passed_over == 1
    # Without names, both ids are taken from the column that holds most of them.
    assert linking_pairs.read_known(tmp_path / "p.csv", left, right, (None, None)).pairs == known.pairs
    (tmp_path / "q.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DatasetError, match="no column holds ids"):
        linking_pairs.read_known(tmp_path / "q.csv", left, right, (None, None))


@pytest.mark.usefixtures("plain_matcher")
def test_recall_is_of_known_pairs_and_chance_links_vanish_when_moved(tmp_path: Path) -> None:
    left, right = two_tables()
    write_pairs(tmp_path / "p.csv")
    known = linking_pairs.read_known(tmp_path / "p.csv", left, right, ("ours", "theirs"))
    sample = linking_pairs.Sample(tmp_path / "s.csv", 1, (left, right))
    found = linking_pairs.compare(left, right, known, sample)
    assert found["offered"] == 100.0
    assert found["links"] > found["links_by_chance"]["+60 days"]
    with (tmp_path / "s.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({(r["record_a"], r["record_b"]) for r in rows}) > 0
    assert not {(r["record_a"], r["record_b"]) for r in rows} & known.pairs
    assert all("https://a.example" in r["title_a"] and r["same"] == "" for r in rows)
    none = linking_pairs.compare(left.slice(0, 5), right.slice(5, 5), known)
    assert none["recall"] == 0.0


def test_sources_are_hidden_from_the_matcher() -> None:
    (row, *_) = linking_pairs.without_sources(two_tables()[0]).to_pylist()
    assert "a.example" not in json.dumps(row, default=str)
    assert row["title"] == "Seen at  today"


def test_a_read_sample_gives_precision_with_its_interval(tmp_path: Path) -> None:
    sample = tmp_path / "s.csv"
    sample.write_text("record_a,same\n" + "x,yes\n" * 8 + "x,no\nx,No\nx,unsure\n")
    found = linking_pairs.judge(sample)
    assert found == {"yes": 8, "no": 2, "unsure": 1, "precision": 80.0, "interval": [49.0, 94.3]}
    sample.write_text("record_a,same\nx,\n")
    with pytest.raises(DatasetError, match="1 rows have '' under same"):
        linking_pairs.judge(sample)


# ----------------------------------------------------------------------------------------------------------- reports


def report(day: int, headline: str, *events: str, outlet: str = "Post") -> linking_reports.Report:
    return linking_reports.Report(outlet, date(2001, 3, 1) + timedelta(days=day), headline, frozenset(events))


def test_reports_are_distinct_rows_with_all_their_events(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    head = "event_id,report_source,report_date,report_headline\n"
    path.write_text(head + "1,Post,2001-03-01,Raid on Alba\n2,Post,2001-03-01,Raid on Alba\n2,Wire,2001-03-02,Alba\n")
    first, second = linking_reports.read_reports(path)
    assert first.events == {"1", "2"}
    assert linking_reports.true_pairs([first, second]) == {(0, 1)}
    path.write_text("event_id,report_source\n")
    with pytest.raises(DatasetError, match="'report_date' is missing"):
        linking_reports.read_reports(path)


def test_rules_know_days_places_and_words() -> None:
    reports = [
        report(0, "Raid on Alba town kills 3"),
        report(0, "Three dead in Alba"),
        report(1, "Raid on Dora kills 3"),
    ]
    rules = linking_reports.simple_rules(reports, ["Alba town", "Dora village"])
    assert linking_reports.pairs_by(rules["same day, same place named"], reports) == {(0, 1)}
    assert linking_reports.pairs_by(rules["same day"], reports) == {(0, 1)}
    assert (0, 2) in linking_reports.pairs_by(rules["within 1 days, 20% of words shared"], reports)


def test_pairs_of_reports_are_scored_by_pair_and_by_report() -> None:
    found = linking_reports.score({(0, 1)}, {(0, 1), (0, 2), (1, 2)}, 4)
    assert (found["precision"], found["recall"], found["f1"]) == (100.0, 33.3, 50.0)
    # Of the four reports two have two of their three, one has one of three, one has all.
    assert (found["bcubed_precision"], found["bcubed_recall"]) == (100.0, 66.7)


def test_ours_is_asked_without_events(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [report(k, f"Raid on Alba {k}", str(k // 2)) for k in range(40)]
    seen: list[Any] = []

    def pair_reports(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
        seen.extend(rows)
        return [(rows[1]["report_id"], rows[0]["report_id"])]

    monkeypatch.setattr(linking_reports, "pair_reports", pair_reports)
    ours = linking_reports.compare(reports, ["Alba town"])["ours"]
    assert isinstance(ours, dict)
    assert ours["precision"] == 100.0
    assert set(seen[0]) == {"report_id", "outlet", "day", "headline"}


# ----------------------------------------------------------------------------------------------------------- the gate


def test_the_gate_fails_below_its_floor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, floors = tmp_path / "r.csv", tmp_path / "floors.json"
    rows = [f"{k // 2},Post,{date(2001, 3, 1) + timedelta(days=k // 2)},Raid on Alba {k}" for k in range(60)]
    path.write_text(
        "event_id,report_source,report_date,report_headline,place\n" + "".join(f"{r},Alba town\n" for r in rows)
    )
    options = ["--reports", str(path), "--floors", "--floors-file", str(floors)]
    sha256 = hashlib.sha256(hashlib.sha256(path.read_bytes()).digest()).hexdigest()
    floors.write_text("{}")
    assert linking.main(options) == 2
    for floor, code in ((100.0, 0), (100.1, 1)):
        floors.write_text(json.dumps({"linking": {sha256: {"scores": {"rules.same day, same place named.f1": floor}}}}))
        assert linking.main(options) == code
    assert "is below the floor 100.1" in capsys.readouterr().err
    assert linking.main([]) == 2


def test_the_gate_reads_any_dataset_by_its_preset() -> None:
    fixture = Path(__file__).parents[1] / "fixtures/datasets/ucdp_ged.csv"
    records = linking.read_records(fixture, "any", 500.0)
    assert records.num_rows > 0
    assert {name.partition(":")[0] for name in records["record_id"].to_pylist()} == {"any"}


@pytest.mark.shared
def test_known_pairs_of_two_public_lists_are_found(shared_data: Path) -> None:
    left = linking.read_records(shared_data / "incidents/bellingcat_ukr-civharm-2024-06-02.json", "left", 500.0)
    right = linking.read_records(shared_data / "incidents/cir_eyes_on_russia_2022.csv", "right", 500.0)
    known = linking_pairs.read_known(shared_data / "linking/bellingcat_cir_pairs.csv", left, right, (None, None))
    assert (len(known.pairs), len(known.hard), known.passed_over) == (515, 164, 0)
