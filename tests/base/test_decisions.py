import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contested.base.decisions import LogReader, append_decision, append_decisions, read_decisions, standing_decisions
from contested.base.errors import RecordError
from contested.base.records import DECISIONS

ENTRY = {
    "decided_at": "2021-04-01T10:00:00Z", "decided_by": "r1", "action": "split", "table": "records",
    "row_key": "a|b", "change": "{}", "reason": "other place",
}  # fmt: skip


def _log(folder: Path, entries: int = 3) -> Path:
    path = folder / "decisions.jsonl"
    for number in range(entries):
        append_decision(path, ENTRY | {"reason": f"reason {number}"})
    return path


def test_the_chain_holds_and_keeps_order(tmp_path: Path) -> None:
    table = read_decisions(_log(tmp_path))
    assert table["number"].to_pylist() == [1, 2, 3]
    assert read_decisions(tmp_path / "none.jsonl").num_rows == 0


def test_no_byte_of_the_log_can_change_unseen(tmp_path: Path) -> None:
    path = _log(tmp_path)
    raw = path.read_bytes()
    for position in range(0, len(raw) - 1, 7):
        changed = bytearray(raw)
        changed[position] = ord("x") if changed[position] != ord("x") else ord("y")
        path.write_bytes(bytes(changed))
        with pytest.raises((RecordError, UnicodeDecodeError)):
            read_decisions(path)


def test_a_line_taken_out_or_moved_is_seen(tmp_path: Path) -> None:
    path = _log(tmp_path)
    first, second, third = path.read_text().splitlines(keepends=True)
    for lines in ((first, third), (second, third), (first, third, second)):
        path.write_text("".join(lines))
        with pytest.raises(RecordError, match="line"):
            read_decisions(path)


def test_unknown_actions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    append_decision(path, ENTRY | {"action": "guess"})
    with pytest.raises(RecordError, match="action one of"):
        read_decisions(path)


def _rows(*undone: int | None) -> list[dict[str, object]]:
    """Decisions 1, 2, …: each takes back the one named, or decides about a row of its own."""
    return [
        {**ENTRY, "row_key": f"r{number}|x"}
        if target is None
        else {**ENTRY, "action": "undo", "table": "decisions", "row_key": str(target)}
        for number, target in enumerate(undone, 1)
    ]


def test_what_is_taken_back_does_not_stand_and_taking_back_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    append_decisions(path, _rows(None, None, 1, None, 3))
    assert standing_decisions(read_decisions(path))["number"].to_pylist() == [1, 2, 4]
    append_decisions(path, _rows(5, 9, 2, 2))  # a line that is not there yet, and one taken back twice
    assert standing_decisions(read_decisions(path))["number"].to_pylist() == [4]
    assert read_decisions(path).num_rows == 9


@given(st.lists(st.lists(st.text(max_size=8), max_size=4), max_size=5), st.booleans())
def test_a_log_read_as_it_grows_is_the_log_read_whole(reasons: list[list[str]], replaced: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, reader = Path(folder) / "decisions.jsonl", LogReader()
        for some in reasons:
            append_decisions(path, [{**ENTRY, "reason": reason} for reason in some], reader)
            with path.open("rb") as file:
                assert DECISIONS.from_rows(reader.read(file, path.name)).equals(read_decisions(path))
        if replaced and path.exists():
            path.unlink()
            append_decisions(path, [{**ENTRY, "reason": "another log"}])
            with path.open("rb") as file:
                assert [row["reason"] for row in reader.read(file, path.name)] == ["another log"]


def test_a_write_that_fails_leaves_the_log_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _log(tmp_path)
    before = path.read_bytes()

    def fail(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("contested.base.decisions.os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        append_decision(path, ENTRY)
    assert path.read_bytes() == before


def test_a_line_without_the_newer_column_stays_valid(tmp_path: Path) -> None:
    path = _log(tmp_path)
    assert "without_seeing" not in path.read_text()
    append_decision(path, ENTRY | {"without_seeing": 2})
    assert read_decisions(path)["without_seeing"].to_pylist() == [None, None, None, 2]
