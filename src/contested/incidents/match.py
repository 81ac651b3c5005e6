"""Which records tell of one event: scored pairs.

In: the table ``records``, and the reviewers' decisions. Out: the table ``links``. Refuses: nothing; decisions about
records that are not there have no effect, and are told.

Two records are a *possible* pair when they come from different datasets, their points lie no farther apart than their
own radii allow, and their days overlap or lie a day apart (up to a week where both places are exact: a picture is often
dated by its posting). Each is compared (``comparing.py``) and gets a probability from weights that are fitted to these
very datasets, without labels (``linkage.py``); what a reviewer decided binds, and teaches the weights. Nothing forces a
record to have a partner, or only one, and nothing depends on the order of rows or datasets. Rows of one dataset that
bear one ``group_id`` are linked by the dataset's own word.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from contested.base.errors import RecordError
from contested.base.places import geodesic_m
from contested.base.records import DECISIONS, LINKS
from contested.incidents.comparing import SLACK_M, WHEN, WHERE, Comparable
from contested.incidents.linkage import Compared, Linkage, crowd_levels, explain, fit_linkage
from contested.incidents.reach import EXACT_SLACK_DAYS, USUAL_REACH, Reach
from contested.incidents.rivals import lost_to_rivals

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Reals = NDArray[np.float64]

#: From it on a pair is taken for one event. Pairs from 0.2 to 0.8 are unsure and go to a person, the linked ones too.
LINK_FROM = 0.5
#: Below it a pair is not kept: the two are taken for different.
UNSURE_FROM = 0.2
#: Above it no person is asked.
SURE_FROM = 0.8
#: Pairs that cannot be one event: days that one dataset is turned by. Campaigns last weeks, so nearer days are no
#: chance; much farther ones are another phase of the war.
TURNED_DAYS = (28, 42, 56)
#: Rows of a dataset that the model is fitted to, at most; the rest is scored only.
FITTED_ROWS = 20_000
#: Pairs of each sort that the model is fitted to, at most.
FITTED_PAIRS = 400_000
#: Pairs of one dataset below which they do not show how its events lie in bursts.
LEAST_BURST_PAIRS = 200


def pair_records(
    records: pa.Table,
    decisions: pa.Table | None = None,
    aliases: Mapping[str, str] | None = None,
    reach: Reach = USUAL_REACH,
) -> pa.Table:
    """Scored pairs of the records in the window.

    Parameters
    ----------
    records
        The table ``records``. Those outside the window are left out; those without a point are paired with what names
        the same on the same day.
    decisions
        The table ``decisions``; rows with action ``link`` or ``split`` on table ``links`` and the
        two record ids as key bind, the latest one when a pair was judged twice.
    aliases
        Folded name of an actor → who is meant, from the case.
    reach
        How wide the windows are.

    Returns
    -------
    pyarrow.Table
        The table ``links``: every pair with a probability of at least 0.2, every pair that a
        dataset groups (with the group's first record) and every pair that was judged. ``linked``
        says what is to be merged; a judged pair with ``linked`` false must stay apart.

    Raises
    ------
    RecordError
        When the pairs would take more memory than there is.
    """
    import pyarrow as pa

    judged = judged_pairs(decisions if decisions is not None else DECISIONS.empty(), records)
    inside = records.filter(records["in_window"]).sort_by("record_id")
    ids = inside["record_id"].to_pylist() if judged else []
    row_of = {record_id: row for row, record_id in enumerate(ids)}
    by_rows = {(row_of[a], row_of[b]): linked for (a, b), linked in judged.items() if a in row_of and b in row_of}
    compared = Comparable(inside, aliases)
    tables = [_scored(compared, by_rows, reach)]
    tables.append(_said(compared, *_grouped(inside), 1.0, "group"))
    for linked in (True, False):
        rows = np.array([pair for pair, same in by_rows.items() if same is linked], dtype=np.int64).reshape(-1, 2)
        tables.append(_said(compared, rows[:, 0], rows[:, 1], float(linked), "decision"))
    # A decision stands above the dataset's word, and that above a score: of a pair told twice the last stands.
    table = pa.concat_tables(tables)
    a, b = table["a"].to_numpy(), table["b"].to_numpy()
    _, last = np.unique((a * np.int64(len(inside) + 1) + b)[::-1], return_index=True)
    return _links(compared, table.take(pa.array(len(a) - 1 - last)))


def _links(compared: Comparable, table: pa.Table) -> pa.Table:
    """The table ``links`` of pairs of rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = compared.records["record_id"].combine_chunks()
    lon, lat = compared.lon, compared.lat
    a, b = table["a"].to_numpy(), table["b"].to_numpy()
    both = compared.placed[a] & compared.placed[b]
    metres = np.full(len(a), np.nan)
    metres[both] = geodesic_m(lon[a[both]], lat[a[both]], lon[b[both]], lat[b[both]])
    return LINKS.check(
        pa.table(
            {
                "record_a": names.take(pa.array(a)),
                "record_b": names.take(pa.array(b)),
                "probability": table["probability"],
                "distance_m": pa.array(metres, mask=~both),
                "gap_days": pa.array(compared.gap_days(a, b)),
                "decided_by": table["decided_by"],
                "linked": pc.greater_equal(table["probability"], LINK_FROM),
                "reasons": table["reasons"],
                "review_rank": pa.nulls(table.num_rows, pa.int64()),
            }
        )
    )


def judged_pairs(decisions: pa.Table, records: pa.Table) -> dict[tuple[str, str], bool]:
    """Record ids, the smaller first → whether a person linked them; the latest decision holds.

    A decision about records that are not there, since a newer download no longer has them, judges nothing
    (:func:`idle_decisions` tells of it).
    """
    return {pair: action == "link" for _, action, pair in _judgements(decisions, records) if isinstance(pair, tuple)}


def idle_decisions(decisions: pa.Table, records: pa.Table) -> list[str]:
    """A note for each decision about a pair of records that are not there."""
    return [
        f"decisions.jsonl line {number}: {action} of {fault}; the decision has no effect until the record is there"
        for number, action, fault in _judgements(decisions, records)
        if isinstance(fault, str)
    ]


def _judgements(decisions: pa.Table, records: pa.Table) -> Iterator[tuple[int, str, tuple[str, str] | str]]:
    """Number and action of each decision about a link, in order, and its pair, or what is wrong with it."""
    known: set[str] = set()
    for row in sorted(decisions.to_pylist(), key=lambda row: int(row["number"])):
        if row["action"] in ("link", "split"):
            known = known or set(records["record_id"].to_pylist())
            try:
                yield row["number"], row["action"], named_pair(row["row_key"], known)
            except RecordError as fault:
                yield row["number"], row["action"], str(fault)


def named_pair(row_key: str, known: Container[str]) -> tuple[str, str]:
    """The two records that the key of a link names, the smaller id first; an id may hold a bar itself.

    Raises
    ------
    RecordError
        When one of them is not known, and when both are the same.
    """
    parts = row_key.split("|")
    pairs = [("|".join(parts[:n]), "|".join(parts[n:])) for n in range(1, len(parts))]
    a, b = next((pair for pair in pairs if pair[0] in known and pair[1] in known), (pairs or [(row_key, "")])[0])
    unknown = [name for name in (a, b) if name not in known]
    if unknown or a == b:
        wrong = f'"{unknown[0]}" is no record of the case' if unknown else "a record cannot be judged against itself"
        raise RecordError(f'"{row_key}": {wrong}; expected "dataset:id|dataset:id"')
    return min(a, b), max(a, b)


def _scored(records: Comparable, judged: Mapping[tuple[int, int], bool], reach: Reach) -> pa.Table:
    """Pairs of rows with their probability, of every two datasets."""
    import pyarrow as pa

    nothing = np.zeros(0, dtype=np.int64)
    parts = [_pairs_table(nothing, nothing, np.zeros(0), "score", None)]
    rows_of = [np.flatnonzero(records.dataset == number) for number in np.unique(records.dataset)]
    # The smaller dataset is the left one, so that nothing hangs on how datasets are called.
    rows_of.sort(key=len)
    for at, left in enumerate(rows_of):
        for right in rows_of[at + 1 :]:
            a, b, probability, reasons = score_sides(records, left, right, judged, reach)
            parts.append(_pairs_table(a, b, probability, "score", reasons))
    return pa.concat_tables(parts)


def score_sides(
    records: Comparable, left: Rows, right: Rows, judged: Mapping[tuple[int, int], bool], reach: Reach
) -> tuple[Rows, Rows, Reals, pa.Array]:
    """Pairs of left and right rows that are not surely different: rows, probability and reasons.

    Parameters
    ----------
    records
        All records as arrays.
    left, right
        Rows of two datasets, or of two other sides that are weighed by one model.
    judged
        (row, row) → whether a person linked them.
    reach
        How wide the windows are.
    """
    import pyarrow as pa

    a, b = reach.pairs(records, left, right)
    if not len(a):
        return a, b, np.zeros(0), pa.nulls(0, pa.string())
    pairs = compare_pairs(records, a, b)
    said = _fitted(records, left, right, pairs, judged, reach).parts(pairs)
    alone = np.sum(list(said.values()), axis=0)
    # Rivals make a pair unsure, not different, so they take none out of review.
    kept = np.flatnonzero(alone >= log(UNSURE_FROM / (1.0 - UNSURE_FROM)))
    said = {name: values[kept] for name, values in said.items()}
    said["rivals"] = lost_to_rivals(a[kept], b[kept], alone[kept])
    # Rounded, so that pairs that are compared alike are equal whatever their datasets are called.
    probability = np.round(1.0 / (1.0 + np.exp(-alone[kept] - said["rivals"])), 9)
    return a[kept], b[kept], probability, explain(said, pairs, kept)


def compare_pairs(records: Comparable, a: Rows, b: Rows, turned: Comparable | None = None) -> Compared:
    """What the pairs (a, b) were compared by; ``turned`` holds the same records with some of their days turned."""
    n = len(records)
    crowd = crowd_levels(np.bincount(a, minlength=n)[a], np.bincount(b, minlength=n)[b])
    return Compared((turned or records).compare(a, b), crowd, a, b)


#: Levels of place that are near: as two statements of one event are as a rule.
_NEAR = np.array(([True] * 4 + [False] * 3) * 2 + ([True] * 2 + [False] * 2) * 2 + [False])


def _fitted(
    records: Comparable, left: Rows, right: Rows, pairs: Compared, judged: Mapping[tuple[int, int], bool], reach: Reach
) -> Linkage:
    """The model of two datasets, fitted to their pairs and to pairs of them that cannot be one event."""
    a, b = pairs.a, pairs.b
    some = _spread(left, FITTED_ROWS)
    chance = [
        compare_pairs(records, a[:0], b[:0]), *turned_pairs(records, some, right, reach),
        *_far_pairs(records, some, right, reach),
    ]  # fmt: skip
    at = {pair: row for row, pair in enumerate(zip(a.tolist(), b.tolist(), strict=True))} if judged else {}
    chosen = [(at.get(pair, at.get(pair[::-1])), linked) for pair, linked in judged.items()]
    fitted = np.arange(len(a))
    if len(a) > FITTED_PAIRS:
        # All pairs of some left rows, since pairs of one row compete.
        of_some = np.isin(a, _spread(left, len(left) * FITTED_PAIRS // len(a)))
        of_some[[row for row, _ in chosen if row is not None]] = True
        fitted = np.flatnonzero(of_some)
    same, apart = (
        np.searchsorted(fitted, np.array([row for row, linked in chosen if row is not None and linked is wanted], int))
        for wanted in (True, False)
    )
    bursts = _burst(records, left, right, reach)
    return fit_linkage(pairs.only(fitted), Compared.joined(chance), bursts, same, apart)


def _spread(rows: Rows, most: int) -> Rows:
    """At most so many of the rows, evenly from all of them."""
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def turned_pairs(records: Comparable, left: Rows, right: Rows, reach: Reach) -> Iterator[Compared]:
    """Pairs of the same places on other days."""
    span = int(max(records.last_day[left].max(), records.last_day[right].max())) - int(
        min(records.first_day[left].min(), records.first_day[right].min())
    )
    days = (
        TURNED_DAYS
        if span >= 2 * TURNED_DAYS[-1]
        else tuple(turn for turn in (span // 3, span // 2) if turn > 2 * EXACT_SLACK_DAYS)
    )
    if len(left) < len(records) // 20:
        # Of a few rows among many, one turn shows as much.
        days = days[:1]
    short = records.last_day - records.first_day < min(days, default=0) // 2
    for turn in days:
        for sign in (turn, -turn):
            a, b = reach.pairs(records, left[short[left]], right[short[right]], sign)
            yield compare_pairs(records, *_some(a, b), turned=_Turned(records, right, sign))


def _far_pairs(records: Comparable, left: Rows, right: Rows, reach: Reach) -> Iterator[Compared]:
    """Pairs on the same days, farther apart than their radii allow, up to three times as far."""
    left = _spread(left, FITTED_ROWS // 10)
    a, b = reach.pairs(records, left, right, widen=3.0)
    beyond = (
        records.distance_m(a, b) > (records.radius_m[a] + records.radius_m[b]) * reach.scale + SLACK_M * reach.scale
    )
    if beyond.any():
        yield compare_pairs(records, *_some(a[beyond], b[beyond]))


def _some(a: Rows, b: Rows) -> tuple[Rows, Rows]:
    most = FITTED_PAIRS // 6
    return _spread(a, most), _spread(b, most)


class _Turned(Comparable):
    """The same records with the days of some of them turned."""

    def __init__(self, records: Comparable, rows: Rows, days: int) -> None:
        self.__dict__.update(records.__dict__)
        first, last = records.first_day.copy(), records.last_day.copy()
        first[rows] += days
        last[rows] += days
        self.__dict__.update(first_day=first, last_day=last)


def _burst(records: Comparable, left: Rows, right: Rows, reach: Reach) -> Reals:
    """How the pairs of one dataset lie by level of where and when: of the two datasets, the one with fewer near pairs.

    Rows of one dataset are different events as a rule. A dataset that lists several rows of one event has more near
    pairs, so that the other is the better witness.
    """
    found = []
    for rows in (left, right):
        a, b = reach.pairs(records, _spread(rows, FITTED_ROWS), rows)
        a, b = _some(a[a != b], b[a != b])
        where, when, *_ = records.compare(a, b)
        table = np.bincount(where.coarse * len(WHEN) + when.coarse, minlength=len(WHERE) * len(WHEN)).astype(np.float64)
        table = table.reshape(len(WHERE), len(WHEN))
        if len(a) >= LEAST_BURST_PAIRS:
            found.append((table[_NEAR][:, :2].sum() / table.sum(), table))
    return min(found, key=lambda one: float(one[0]))[1] if found else np.zeros((len(WHERE), len(WHEN)))


def _grouped(records: pa.Table) -> tuple[Rows, Rows]:
    """Rows that a dataset groups, each with the first row of its group."""
    import pyarrow.compute as pc

    rows = np.flatnonzero(np.asarray(records["group_id"].is_valid()))
    if not len(rows):
        return rows, rows
    some = records.select(["dataset", "group_id"]).take(rows)
    key = np.asarray(pc.binary_join_element_wise(some["dataset"], some["group_id"], "\x1f").to_pylist(), dtype=object)
    _, group = np.unique(key.astype(str), return_inverse=True)
    # Rows are in the order of their ids, so the first row of a group is the one whose id sorts first.
    first = np.full(group.max() + 1, len(records), dtype=np.int64)
    np.minimum.at(first, group, rows)
    others = first[group] != rows
    return first[group][others], rows[others]


def _said(records: Comparable, a: Rows, b: Rows, probability: float, decided_by: str) -> pa.Table:
    return _pairs_table(np.minimum(a, b), np.maximum(a, b), np.full(len(a), probability), decided_by, None)


def _pairs_table(a: Rows, b: Rows, probability: Reals, decided_by: str, reasons: Any) -> pa.Table:
    import pyarrow as pa

    low, high = np.minimum(a, b), np.maximum(a, b)
    return pa.table(
        {
            "a": pa.array(low),
            "b": pa.array(high),
            "probability": pa.array(probability, pa.float64()),
            "decided_by": pa.repeat(decided_by, len(a)).cast(pa.string()),
            "reasons": pa.nulls(len(a), pa.string()) if reasons is None else reasons,
        }
    )
