from pathlib import Path

import pytest

from contested.base.decisions import append_decision, read_decisions
from contested.base.errors import RecordError

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
