"""Entries appended to ``case.toml``: what is there stays as it is written, comments and all.

In: a case and the values of one entry of ``[[documents]]``, ``[[parties]]``. Out: the case opened again. Refuses: an
entry with which the case does not open; the file is then as it was.

An entry at the end of the file is one of its table wherever the others stand, so that nothing needs to be rewritten.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import date

from contested.base.case import Case, open_case
from contested.base.engine import write_whole
from contested.base.errors import CaseError

_lock = threading.Lock()


def append_entry(case: Case, table: str, values: Mapping[str, str | date | None]) -> Case:
    """Append ``[[table]]`` with the values that are given, and open the case again.

    Raises
    ------
    CaseError
        When the file cannot be written, or the case does not open with the entry.
    """
    path = case.folder / "case.toml"
    with _lock:
        before = path.read_bytes()
        end_of_line = b"\r\n" if b"\r\n" in before else b"\n"
        lines = entry_lines(table, values)
        gap = b"" if before.endswith(b"\n") or not before else end_of_line
        after = before + gap + end_of_line.join([b"", *(line.encode() for line in lines), b""])
        try:
            write_whole(path, after)
        except OSError as fault:
            raise CaseError(f"{path}: cannot be written: {fault.strerror}; make the case folder writable") from None
        try:
            return open_case(case.folder, case.out, extractor=case.extractor)
        except CaseError as fault:
            # Not over what somebody else has written meanwhile.
            if path.read_bytes() == after:
                write_whole(path, before)
            raise CaseError(f"nothing was added, since the case does not open with it: {fault}") from None


def remove_entry(case: Case, table: str, values: Mapping[str, str | date | None]) -> None:
    """Take back an entry that was appended last; nothing happens when something came after it."""
    path = case.folder / "case.toml"
    with _lock:
        text = path.read_bytes()
        for end_of_line in (b"\n", b"\r\n"):
            entry = end_of_line.join([b"", *(line.encode() for line in entry_lines(table, values)), b""])
            if text.endswith(entry):
                write_whole(path, text.removesuffix(entry))
                return


def entry_lines(table: str, values: Mapping[str, str | date | None]) -> list[str]:
    """The lines of an entry in TOML.

    >>> entry_lines("documents", {"path": "documents/a.txt", "title": 'He said "no"', "address": None})
    ['[[documents]]', 'path = "documents/a.txt"', 'title = "He said \\\\"no\\\\""']
    """
    given = {name: value for name, value in values.items() if value is not None}
    return [f"[[{table}]]", *(f"{name} = {_toml_value(value)}" for name, value in given.items())]


def _toml_value(value: str | date) -> str:
    if isinstance(value, date):
        return value.isoformat()
    # JSON's strings are TOML's, but for halves of characters, which no file can hold, and DEL.
    whole = value.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
