"""The queue of unsure pairs of records, and what a person decides about one.

In: a built case. Out: the first pairs of its queue, and one more line of ``decisions.jsonl``. Refuses: a case that was
never built or whose files have changed since, a pair of records that are not there, and a decision that stands already.

Decisions may be appended one after the other; the next build carries out all of them.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from contested.base.case import Case
from contested.base.decisions import append_decision, read_decisions, standing_decisions
from contested.base.engine import read_parquet
from contested.base.errors import CaseError, RecordError, nearest_name
from contested.base.originals import list_originals
from contested.base.records import TABLES
from contested.flow import read_manifest
from contested.incidents.match import judged_pairs, named_pair
from contested.incidents.review import queue_lines, review_queue
from contested.web.listing import one_line

if TYPE_CHECKING:
    import pyarrow as pa

LOG = "decisions.jsonl"
#: Ids on each side of an unknown one, in their order, among which the nearest is looked for: a million take 20 s.
_NEAR_IDS = 5_000


def open_queue(case: Case, most: int = 20) -> list[dict[str, Any]]:
    """The first pairs of the queue (:func:`contested.incidents.review.review_queue`), without those decided since.

    Raises
    ------
    CaseError
        When the case was never built, or a file other than ``decisions.jsonl`` has changed since.
    """
    records, links = _built_tables(case, "records", "links")
    judged = judged_pairs(standing_decisions(read_decisions(case.folder / LOG)), records)
    asked = review_queue(links, records, most + len(judged))
    return [row for row in asked if (row["a"]["record_id"], row["b"]["record_id"]) not in judged][:most]


def queue_text(queue: list[dict[str, Any]], folder: Path) -> list[str]:
    """The queue as lines for a terminal, without anything that one would act on, and what to do next."""
    if not queue:
        return ["Nothing to ask: no pair of records is unsure that nobody has decided."]
    how = f'contested decide {folder} "PAIR" link|split --by NAME --because TEXT'
    lines = [" " * (len(line) - len(line.lstrip(" "))) + one_line(line) for line in queue_lines(queue)]
    return [*lines, "", f"Are the two one event? {how}"]


def decide_pair(case: Case, pair: str, action: Literal["link", "split"], by: str, because: str) -> int:
    """Append the decision that two records are one event (``link``) or are not (``split``); gives its line.

    Raises
    ------
    CaseError
        As :func:`open_queue`; when nobody or no reason is named; and when the log cannot be written.
    RecordError
        When the pair names a record that is not there or lies outside the window, or one record twice, and when the
        latest decision about it is the same.
    """
    for option, text in (("--by", by), ("--because", because)):
        if not text.strip():
            raise CaseError(f"{option} is empty; expected who decides (--by) and why (--because)")
    (records,) = _built_tables(case, "records")
    in_window = dict(zip(records["record_id"].to_pylist(), records["in_window"].to_pylist(), strict=True))
    try:
        a, b = named_pair(pair, in_window)
    except RecordError as fault:
        raise RecordError(f"{fault}; {_hint(pair, in_window)}") from None
    for name in (a, b):
        if not in_window[name]:
            raise RecordError(f"{name} lies outside the window or region of the case, where nothing is linked")
    path = case.folder / LOG
    log = read_decisions(path)
    about = [row for row in standing_decisions(log).to_pylist() if row["row_key"] in (f"{a}|{b}", f"{b}|{a}")]
    latest = next((row for row in reversed(about) if row["action"] in ("link", "split")), None)
    if latest is not None and latest["action"] == action:
        raise RecordError(
            f'{LOG} line {latest["number"]}: {latest["decided_by"]} has decided "{action}" for {a}|{b} already; '
            "nothing was appended; a decision for the other may follow it"
        )
    entry = {
        "decided_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "decided_by": by.strip(), "action": action,
        "table": "links", "row_key": f"{a}|{b}", "change": "{}", "reason": because.strip(),
    }  # fmt: skip
    try:
        append_decision(path, entry)
    except OSError as fault:
        raise CaseError(f"{path}: the decision cannot be written: {fault.strerror}; make the file writable") from None
    return int(log.num_rows) + 1


def _hint(pair: str, known: Collection[str]) -> str:
    """What may have been meant by the first unknown id of a pair."""
    ids = sorted(known)
    datasets = {name.partition(":")[0] for name in ids}
    for wrong in pair.split("|", 1):
        if (dataset := wrong.partition(":")[0]) not in datasets:
            return nearest_name(dataset, datasets)
        at = bisect(ids, wrong)
        near = [] if wrong in known else get_close_matches(wrong, ids[max(0, at - _NEAR_IDS) : at + _NEAR_IDS], n=1)
        if near:
            return f'did you mean "{near[0]}"?'
    return "contested queue prints the pairs to ask about"


def _built_tables(case: Case, *names: str) -> list[pa.Table]:
    """Tables of a build that still stands, but for decisions appended since."""
    manifest = read_manifest(case)
    if manifest is None:
        raise CaseError(f"{case.out}: there is no whole build; build it: contested build {case.folder}")
    now = list_originals(case)
    here = dict(zip(now["original_path"].to_pylist(), now["sha256"].to_pylist(), strict=True))
    built = manifest["originals"]
    changed = [path for path in sorted({*built, *here} - {LOG}) if built.get(path) != here.get(path)]
    if changed:
        raise CaseError(
            f"{case.folder}: {changed[0]} has changed since the last build; build again: contested build {case.folder}"
        )
    return [TABLES[name].check(read_parquet(case.derived / "tables" / f"{name}.parquet")) for name in names]
