"""Possible pairs: exactly those that comparing every row with every other finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contested.base.compiled import has_compiler
from contested.base.errors import RecordError
from contested.base.places import geodesic_m
from contested.incidents import pairs
from contested.incidents.pairs import Datasets, Placed, candidate_pairs, count_pairs

COMPILED = pytest.mark.skipif(not has_compiler(), reason="needs numba, of the extra fast")
WAYS = [pytest.param(True, marks=COMPILED), False]
#: Middles of the clusters that points are drawn round: a plain, the poles, the antimeridian, the equator.
MIDDLES = [(37.2, 36.2), (0.0, 90.0), (123.0, -90.0), (180.0, 65.0), (-180.0, 0.0), (0.0, 0.0)]


@pytest.fixture(params=WAYS, ids=lambda compiled: "compiled" if compiled else "arrays")
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the compiled loop answers; both must say the same."""
    monkeypatch.setattr(pairs, "is_worthwhile", lambda rows: request.param)
    monkeypatch.setattr(pairs, "_BLOCK", 7)  # so that blocks and their growing are met
    return bool(request.param)


@st.composite
def placed(draw: st.DrawFn, most: int = 25) -> Placed:
    """Rows round a few middles, from metres to thousands of kilometres apart, with radii and intervals to match."""
    middle = draw(st.sampled_from(MIDDLES))
    spread = draw(st.sampled_from([0.0, 0.001, 0.05, 3.0, 90.0]))
    rows = draw(
        st.lists(
            st.tuples(
                st.floats(-1, 1), st.floats(-1, 1), st.sampled_from([0.0, 0.0, 250.0, 1_000.0, 30_000.0, 4e6, 3e7]),
                st.integers(0, 20), st.sampled_from([0, 0, 1, 6, 400]), st.integers(0, 2),
            ),
            min_size=1, max_size=most,
        )
    )  # fmt: skip
    east, north, radius, first, length, dataset = (np.array(column) for column in zip(*rows, strict=True))
    lon = (middle[0] + spread * east + 180.0) % 360.0 - 180.0
    lat = np.clip(middle[1] + spread * north, -90.0, 90.0)
    return Placed(lon, lat, radius.astype(float), first, first + length, dataset)


def compared(left: Placed, right: Placed | None, slack_m: float, slack_days: int, datasets: Datasets) -> set[Any]:
    """The oracle: every row with every other."""
    other = left if right is None else right
    i, j = (grid.ravel() for grid in np.indices((len(left), len(other))))
    near = geodesic_m(left.lon[i], left.lat[i], other.lon[j], other.lat[j]) <= (
        left.radius_m[i] + other.radius_m[j] + slack_m
    )
    gap = np.maximum(left.first_day[i], other.first_day[j]) - np.minimum(left.last_day[i], other.last_day[j])
    kept = near & (gap <= slack_days)
    if datasets != "any" and left.dataset is not None and other.dataset is not None:
        kept &= (left.dataset[i] == other.dataset[j]) == (datasets == "same")
    if right is None:
        kept &= i < j
    return set(zip(i[kept].tolist(), j[kept].tolist(), strict=True))


@settings(max_examples=150)
@given(
    left=placed(), right=st.none() | placed(), slack_m=st.sampled_from([0.0, 500.0, 20_000.0]),
    slack_days=st.integers(0, 3), datasets=st.sampled_from(["different", "same", "any"]),
)  # fmt: skip
@pytest.mark.usefixtures("way")
def test_pairs_are_those_that_comparing_all_finds(
    left: Placed, right: Placed | None, slack_m: float, slack_days: int, datasets: Datasets
) -> None:
    found = candidate_pairs(left, right, slack_m=slack_m, slack_days=slack_days, datasets=datasets)
    listed = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert listed == sorted(compared(left, right, slack_m, slack_days, datasets))
    assert count_pairs(left, right, slack_m=slack_m, slack_days=slack_days, datasets=datasets) == len(listed)


@given(rows=placed(), seed=st.integers(0, 99))
@pytest.mark.usefixtures("way")
def test_the_order_of_rows_changes_nothing(rows: Placed, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = Placed(*(value[order] for value in vars(rows).values()))
    found, again = candidate_pairs(rows), candidate_pairs(shuffled)
    named = {frozenset(pair) for pair in zip(order[again.left].tolist(), order[again.right].tolist(), strict=True)}
    assert named == {frozenset(pair) for pair in zip(found.left.tolist(), found.right.tolist(), strict=True)}


def scattered(rows: int, seed: int, wide: bool = True) -> Placed:
    """Many rows in a square of 400 km over two months, some of them wide or long."""
    rng = np.random.default_rng(seed)
    radius = rng.choice([0.0, 500.0, 5_000.0, 25_000.0, 300_000.0], rows, p=[0.3, 0.3, 0.3, 0.09, 0.01])
    first = rng.integers(0, 60, rows)
    length = rng.choice([0, 2, 30, 400], rows, p=[0.8, 0.15, 0.04, 0.01])
    return Placed(
        rng.uniform(34, 38, rows), rng.uniform(46, 50, rows), radius if wide else np.full(rows, 5_000.0), first,
        first + length, rng.integers(0, 3, rows),
    )  # fmt: skip


@COMPILED
@pytest.mark.parametrize("within", [True, False])
def test_both_ways_agree_on_many_rows(monkeypatch: pytest.MonkeyPatch, within: bool) -> None:
    left, right = scattered(3_000, 1), None if within else scattered(3_000, 2)
    found = []
    for compiled in (True, False):
        monkeypatch.setattr(pairs, "is_worthwhile", lambda rows, compiled=compiled: compiled)
        found.append(candidate_pairs(left, right))
    assert len(found[0]) > 5_000
    assert (found[0].left == found[1].left).all()
    assert (found[0].right == found[1].right).all()
    assert set(zip(found[0].left.tolist(), found[0].right.tolist(), strict=True)) == compared(
        left, right, pairs.SLACK_M, pairs.SLACK_DAYS, "different"
    )


def test_a_fixed_window_is_the_case_of_equal_radii() -> None:
    left, right = scattered(300, 3, wide=False), scattered(300, 4, wide=False)
    found = candidate_pairs(left, right, slack_m=0.0, slack_days=2, datasets="any")
    distance_m = geodesic_m(left.lon[:, None], left.lat[:, None], right.lon[None], right.lat[None])
    later = np.maximum(left.first_day[:, None], right.first_day[None])
    earlier = np.minimum(left.last_day[:, None], right.last_day[None])
    assert len(found) == ((distance_m <= 10_000.0) & (later - earlier <= 2)).sum() > 0


def test_rows_without_datasets_pair_as_they_like() -> None:
    point = np.array([37.0, 37.0])
    rows = Placed(point, point, np.zeros(2), np.array([1, 1]), np.array([1, 1]))
    assert len(candidate_pairs(rows)) == 1


def test_no_rows_make_no_pairs() -> None:
    none, days = np.empty(0), np.empty(0, dtype=np.int64)
    assert len(candidate_pairs(Placed(none, none, none, days, days))) == 0
    assert count_pairs(Placed(none, none, none, days, days), scattered(3, 1)) == 0


def test_too_many_pairs_are_refused_with_their_number() -> None:
    rows = scattered(500, 5)
    whole = count_pairs(rows)
    with pytest.raises(RecordError, match=f"{whole:,} pairs are possible.*memory_bytes"):
        candidate_pairs(rows, memory_bytes=32 * (whole - 1))
    assert len(candidate_pairs(rows, memory_bytes=32 * whole)) == whole


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lon": np.array([0.0, 181.0])}, "row 1: lon 181 is outside"),
        ({"lat": np.array([np.nan, 0.0])}, "row 0: lat nan is outside"),
        ({"radius_m": np.array([0.0, -1.0])}, "row 1: radius_m -1 is no radius"),
        ({"radius_m": np.array([0.0, np.inf])}, "row 1: radius_m inf is no radius"),
        ({"last_day": np.array([5, 4])}, "row 1: last_day 4 is before first_day"),
        ({"lat": np.array([0.0])}, r"lat has the shape \(1,\); expected \(2,\)"),
    ],
)
def test_what_is_no_place_or_time_is_refused(change: dict[str, Any], said: str) -> None:
    good = {
        "lon": np.zeros(2), "lat": np.zeros(2), "radius_m": np.zeros(2), "first_day": np.array([5, 5]),
        "last_day": np.array([5, 5]),
    }  # fmt: skip
    with pytest.raises(RecordError, match=said):
        Placed(**{**good, **change})


def test_a_negative_slack_is_refused() -> None:
    with pytest.raises(RecordError, match="slack_m -1 or slack_days 1"):
        candidate_pairs(scattered(3, 1), slack_m=-1.0)
