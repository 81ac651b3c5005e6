"""Which records tell of one event: scored pairs.

In: the table ``records``, and the reviewers' decisions. Out: the table ``links``. Refuses:
decisions about records that are not there, and decisions that contradict each other.

Two records are a *possible* pair when they come from different datasets, their points lie no
farther apart than their own radii allow, and their days overlap or lie a day apart.
Pairs are scored one by one (:func:`pair_probability`), then against their rivals: where several
records of one dataset fit equally well, none is surely meant, and the pair waits for a person.
Nothing forces a record to have a partner, or only one, and nothing depends on the order of rows
or datasets. Rows of one dataset that bear one ``group_id`` are linked by the dataset's own word.

The weights are set by hand and not fitted: no set of surely different pairs was at hand. Measured
on two public lists of harm in Ukraine (1,787 and 6,634 records): of 484 pairs that share a source
address, a day and a kilometre, all were offered and 269 linked without a person.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import TYPE_CHECKING, Any

import numpy as np

from contested.base.errors import RecordError
from contested.base.places import geodesic_m
from contested.base.records import DECISIONS, LINKS

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

#: Above it a pair is linked without a person. From 0.2 to 0.8 a pair is unsure and
#: goes to a person: one wrong merge in five is too many to make unseen. When changed: build the
#: examples again and compare the number of incidents.
LINK_ABOVE = 0.8
#: Below it, before rivals are looked at, a pair is not kept: the two are taken for different.
UNSURE_FROM = 0.2
#: Metres added to the radii: two gazetteers' points of one neighbourhood of Aleppo lay 0.7 km apart,
#: with radii of their own; half a kilometre covers what the radii leave.
SLACK_M = 500.0
#: Days that may lie between two intervals: an attack at night is reported under either day.
SLACK_DAYS = 1
#: Reach in metres up to which a shared place is strong evidence: two records exact to 1 km.
SHARP_REACH_M = 2_000.0

# Weights in log-odds (see pair_probability).
_START, _DISTANCE, _GAP, _REACH, _DAYS, _KIND, _TOLL_SAME, _TOLL_APART = 2.5, -3.0, -1.5, -2.0, -1.0, 0.5, 0.5, -1.0


@dataclass(frozen=True)
class _Columns:
    """Records that can be paired by place, as arrays; ``order`` is their row in ``ids``."""

    ids: list[str]
    datasets: list[str]
    kinds: NDArray[np.int64]
    """Kinds by number."""
    groups: list[str | None]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    radius_m: NDArray[np.float64]
    first_day: NDArray[np.int64]
    last_day: NDArray[np.int64]
    killed_low: NDArray[np.float64]
    """Fewest killed; NaN when the record gives no toll."""
    killed_high: NDArray[np.float64]
    """Most killed; infinite when the record gives a low end only."""


def pair_records(records: pa.Table, decisions: pa.Table | None = None) -> pa.Table:
    """Scored pairs of the records in the window.

    Parameters
    ----------
    records
        The table ``records``. Those outside the window are left out; those without a point or
        radius are paired by group or decision only.
    decisions
        The table ``decisions``; rows with action ``link`` or ``split`` on table ``links`` and the
        two record ids as key bind, the latest one when a pair was judged twice.

    Returns
    -------
    pyarrow.Table
        The table ``links``: every pair with a probability of at least 0.2 before rivals, every pair that a
        dataset groups (with the group's first record) and every pair that was judged. ``linked``
        says what is to be merged; a judged pair with ``linked`` false must stay apart.

    Raises
    ------
    RecordError
        When a decision names a record that is not there.
    """
    rows = [row for row in records.to_pylist() if row["in_window"]]
    by_id = {row["record_id"]: row for row in rows}
    judged = _judged(decisions if decisions is not None else DECISIONS.empty(), records)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for a, b, probability in _score_pairs(rows):
        found[a, b] = _link(by_id[a], by_id[b], probability, "score", probability > LINK_ABOVE)
    for a, b in _grouped(rows):
        found[a, b] = _link(by_id[a], by_id[b], 1.0, "group", True)
    for (a, b), linked in judged.items():
        if a in by_id and b in by_id:
            found[a, b] = _link(by_id[a], by_id[b], float(linked), "decision", linked)
    return LINKS.from_rows(found.values())


def pair_probability(
    share_of_reach: NDArray[np.float64],
    reach_m: NDArray[np.float64],
    gap_days: NDArray[np.int64],
    longest_days: NDArray[np.int64],
    same_kind: NDArray[np.bool_],
    tolls: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Probability that each pair tells of one event, before rivals are looked at.

    The logistic function of a sum of weights: 2.5 to start, -3 times the share of the reach that
    the distance takes, -1.5 per day of gap, -2 per tenfold of the reach beyond 2 km (a shared town
    says less than a shared street), -1 per tenfold of the longer date interval, +0.5 or -0.5 for
    equal or different kinds, +0.5 or -1 for ranges of killed that overlap or do not.

    Parameters
    ----------
    share_of_reach
        Distance over reach, in [0, 1].
    reach_m
        Sum of both radii and the slack, metres.
    gap_days
        Days between the two intervals; 0 when they overlap.
    longest_days
        Length of the longer of the two date intervals, days.
    same_kind
        Whether the kinds are equal.
    tolls
        1 where both give a range of killed and they overlap, -1 where they do not, else 0.
    """
    log_odds = (
        _START
        + _DISTANCE * share_of_reach
        + _REACH * np.log10(np.maximum(reach_m / SHARP_REACH_M, 1.0))
        + _GAP * gap_days
        + _DAYS * np.log10(longest_days)
        + np.where(same_kind, _KIND, -_KIND)
        + np.where(tolls > 0, _TOLL_SAME, np.where(tolls < 0, _TOLL_APART, 0.0))
    )
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)), dtype=np.float64)


def _judged(decisions: pa.Table, records: pa.Table) -> dict[tuple[str, str], bool]:
    known = set(records["record_id"].to_pylist())
    judged: dict[tuple[str, str], bool] = {}
    for row in sorted(decisions.to_pylist(), key=lambda row: int(row["number"])):
        if row["action"] not in ("link", "split"):
            continue
        a, _, b = row["row_key"].partition("|")
        unknown = [name for name in (a, b) if name not in known]
        if unknown or a == b:
            wrong = (
                f'"{unknown[0]}" is no record of the case' if unknown else "a record cannot be judged against itself"
            )
            raise RecordError(
                f'decisions.jsonl line {row["number"]}: {row["action"]} of "{row["row_key"]}": {wrong}'
                '; expected "dataset:id|dataset:id"; append a decision that corrects it'
            )
        judged[min(a, b), max(a, b)] = row["action"] == "link"
    return judged


def _grouped(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if row["group_id"] is not None:
            groups[row["dataset"], row["group_id"]].append(row["record_id"])
    return [(min(ids), other) for ids in groups.values() for other in sorted(ids)[1:]]


def _link(a: dict[str, Any], b: dict[str, Any], probability: float, decided_by: str, linked: bool) -> dict[str, Any]:
    distance_m = None
    if a["lon"] is not None and b["lon"] is not None:
        distance_m = float(geodesic_m(a["lon"], a["lat"], b["lon"], b["lat"]))
    gap_days = max(0, (b["date_start"] - a["date_end"]).days, (a["date_start"] - b["date_end"]).days)
    return {
        "record_a": a["record_id"], "record_b": b["record_id"], "probability": probability,
        "distance_m": distance_m, "gap_days": gap_days, "decided_by": decided_by, "linked": linked,
    }  # fmt: skip


def _score_pairs(rows: list[dict[str, Any]]) -> list[tuple[str, str, float]]:
    placed = sorted(
        (r for r in rows if r["lon"] is not None and r["radius_m"] is not None), key=lambda r: str(r["record_id"])
    )
    if len({r["dataset"] for r in placed}) < 2:
        return []
    columns = _columns(placed)
    a, b = _candidates(columns, within=False)
    a, b, alone = _alone(columns, a, b)
    among = _among_rivals(columns, a, b, alone)
    # Rivals make a pair unsure, not different, so they take none out of review.
    kept = alone >= UNSURE_FROM
    return [
        (columns.ids[i], columns.ids[j], p)
        for i, j, p in zip(a[kept].tolist(), b[kept].tolist(), among[kept].tolist(), strict=True)
    ]


def _alone(columns: _Columns, a: Rows, b: Rows) -> tuple[Rows, Rows, NDArray[np.float64]]:
    """The possible pairs among the candidates, with their probability before rivals are looked at."""
    distance_m = geodesic_m(columns.lon[a], columns.lat[a], columns.lon[b], columns.lat[b])
    reach_m = columns.radius_m[a] + columns.radius_m[b] + SLACK_M
    gap_days = np.maximum(
        0, np.maximum(columns.first_day[b] - columns.last_day[a], columns.first_day[a] - columns.last_day[b])
    )
    possible = (distance_m <= reach_m) & (gap_days <= SLACK_DAYS)
    a, b, distance_m, reach_m, gap_days = (v[possible] for v in (a, b, distance_m, reach_m, gap_days))
    days = columns.last_day - columns.first_day + 1
    low = np.maximum(columns.killed_low[a], columns.killed_low[b])
    high = np.minimum(columns.killed_high[a], columns.killed_high[b])
    tolls = np.where(np.isnan(low) | np.isnan(high), 0, np.where(low <= high, 1, -1))
    same_kind = columns.kinds[a] == columns.kinds[b]
    longest = np.maximum(days[a], days[b])
    return a, b, pair_probability(distance_m / reach_m, reach_m, gap_days, longest, same_kind, tolls)


def _columns(placed: list[dict[str, Any]]) -> _Columns:
    def real(values: list[Any]) -> NDArray[np.float64]:
        return np.array(values, dtype=np.float64)

    def toll(row: dict[str, Any]) -> tuple[float, float]:
        low, high, best = row["killed_low"], row["killed_high"], row["killed_best"]
        if low is None and high is None:
            return (np.nan, np.nan) if best is None else (best, best)
        return 0 if low is None else low, np.inf if high is None else high

    tolls = [toll(row) for row in placed]
    return _Columns(
        ids=[row["record_id"] for row in placed],
        datasets=[row["dataset"] for row in placed],
        kinds=np.unique([row["kind"] for row in placed], return_inverse=True)[1].astype(np.int64),
        groups=[row["group_id"] for row in placed],
        lon=real([row["lon"] for row in placed]),
        lat=real([row["lat"] for row in placed]),
        radius_m=real([row["radius_m"] for row in placed]),
        first_day=np.array([row["date_start"].toordinal() for row in placed], dtype=np.int64),
        last_day=np.array([row["date_end"].toordinal() for row in placed], dtype=np.int64),
        killed_low=real([low for low, _ in tolls]),
        killed_high=real([high for _, high in tolls]),
    )


def _among_rivals(columns: _Columns, a: Rows, b: Rows, alone: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each pair's probability over the sum of its rivals', when that sum is above 1.

    Rivals of a pair are the pairs of either record with other records of the same other dataset.
    Records that probably tell of one event themselves (:func:`_alike`) count once, with their best.
    """
    alike = _alike(columns)
    best: dict[tuple[int, str], dict[int, float]] = defaultdict(dict)
    for i, j, p in zip(a.tolist(), b.tolist(), alone.tolist(), strict=True):
        for own, other in ((i, j), (j, i)):
            rivals = best[own, columns.datasets[other]]
            rivals[alike[other]] = max(p, rivals.get(alike[other], 0.0))
    # Sorted before they are added, so that the sum does not depend on the order of rows.
    sums = {key: sum(sorted(rivals.values())) for key, rivals in best.items()}
    most = [
        max(1.0, sums[i, columns.datasets[j]], sums[j, columns.datasets[i]])
        for i, j in zip(a.tolist(), b.tolist(), strict=True)
    ]
    return alone / np.array(most, dtype=np.float64)


def _alike(columns: _Columns) -> list[int]:
    """For each record the first of those of its own dataset that probably tell of the same event.

    That is, rows of one group, and rows with exact places that would be linked if they came from
    two datasets and their days overlap (several posts on one strike). Rows on the centre of a town
    are not: a dataset that lists two of them on one day counts two events.
    """
    first = list(range(len(columns.ids)))

    def root(row: int) -> int:
        while first[row] != row:
            first[row] = first[first[row]]
            row = first[row]
        return row

    def join(one: int, other: int) -> None:
        low, high = sorted((root(one), root(other)))
        first[high] = low

    a, b = _candidates(columns, within=True)
    overlap = np.maximum(columns.first_day[a], columns.first_day[b]) <= np.minimum(
        columns.last_day[a], columns.last_day[b]
    )
    sharp = columns.radius_m[a] + columns.radius_m[b] + SLACK_M <= SHARP_REACH_M
    a, b, alone = _alone(columns, a[overlap & sharp], b[overlap & sharp])
    for one, other in zip(a[alone > LINK_ABOVE].tolist(), b[alone > LINK_ABOVE].tolist(), strict=True):
        join(one, other)
    groups: dict[tuple[str, str], int] = {}
    for row, (dataset, group) in enumerate(zip(columns.datasets, columns.groups, strict=True)):
        if group is not None:
            join(row, groups.setdefault((dataset, group), row))
    return [root(row) for row in range(len(first))]


def _candidates(columns: _Columns, *, within: bool) -> tuple[Rows, Rows]:
    """Pairs (row of the smaller id first) that may be near in space and time; a superset of the possible ones.

    Pairs of different datasets, or (``within``) of one dataset and with exact places. Records are
    sorted into classes by radius and by length of interval, each class four times as wide as the
    one before, so that each pair of classes has one cell size that fits; then a record meets only
    those in its own and the neighbouring cells of a grid in Earth-centred space and time.
    """
    xyz = _earth_centred_m(columns.lon, columns.lat)
    middle = (columns.first_day + columns.last_day) / 2.0
    length = (columns.last_day - columns.first_day).astype(np.float64)
    radius_class = np.ceil(np.log(np.maximum(columns.radius_m, 250.0) / 250.0) / np.log(4.0)).astype(np.int64)
    length_class = np.ceil(np.log(np.maximum(length, 1.0)) / np.log(4.0)).astype(np.int64)
    classes: dict[tuple[str, int, int], list[int]] = defaultdict(list)
    for row, key in enumerate(zip(columns.datasets, radius_class.tolist(), length_class.tolist(), strict=True)):
        if not within or columns.radius_m[row] <= SHARP_REACH_M - SLACK_M:
            classes[key].append(row)
    nothing = np.empty(0, dtype=np.int64)
    firsts, seconds = [nothing], [nothing]
    for one, other in combinations_with_replacement(sorted(classes), 2):
        if (one[0] == other[0]) != within:
            continue
        left, right = np.array(classes[one], dtype=np.int64), np.array(classes[other], dtype=np.int64)
        cell_m = columns.radius_m[left].max() + columns.radius_m[right].max() + SLACK_M
        cell_days = (length[left].max() + length[right].max()) / 2.0 + SLACK_DAYS
        cells = np.column_stack([np.floor(xyz / cell_m), np.floor(middle / cell_days)]).astype(np.int64)
        i, j = _cell_join(cells[left], cells[right])
        once = i < j if one == other else np.ones(len(i), dtype=bool)
        firsts.append(left[i[once]])
        seconds.append(right[j[once]])
    a, b = np.concatenate(firsts), np.concatenate(seconds)
    return np.minimum(a, b), np.maximum(a, b)


def _cell_join(left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """Row pairs whose cells (n × 4 whole numbers) are the same or neighbours."""
    lowest = np.minimum(left.min(axis=0), right.min(axis=0)) - 1
    spans = np.maximum(left.max(axis=0), right.max(axis=0)) - lowest + 2
    # The widest case (500 m cells round the Earth, 200 years of days) needs 62 of 63 bits.
    places = np.append(np.cumprod(spans[::-1])[-2::-1], 1)
    keys = (right - lowest) @ places
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    rows_left, rows_right = [], []
    for step in product((-1, 0, 1), repeat=4):
        wanted = (left - lowest + np.array(step)) @ places
        start, end = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
        counts = end - start
        rows_left.append(np.repeat(np.arange(len(left)), counts))
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        rows_right.append(order[np.repeat(start, counts) + offsets])
    return np.concatenate(rows_left), np.concatenate(rows_right)


def _earth_centred_m(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Earth-centred metres on WGS 84: a straight line is never longer than the geodesic."""
    from pyproj import Transformer

    x, y, z = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True).transform(lon, lat, np.zeros_like(lon))
    return np.column_stack([x, y, z])
