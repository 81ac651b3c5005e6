"""Salvos as a finding: what is used, what is refused, and what the reading says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pytest
import shapely

from contested.base.case import Case
from contested.base.records import HOLDINGS
from contested.territory.control import ControlLayer
from contested.weighing.nulls import SEED
from contested.weighing.salvos import _bounds, salvos
from contested.weighing.sample import Finding, Incidents, Sample

Weigh = Callable[..., Finding]


def make_incidents(
    lon: Sequence[float], day: Sequence[int], radius_m: float = 0.0, span_days: int = 1, datasets: Sequence[str] = ()
) -> Incidents:
    """One incident a point on the parallel of 36° north; days count from 1 November 2016."""
    n = len(lon)
    first = np.datetime64("2016-11-01") + np.asarray(day, dtype=np.int64)
    named = tuple((name,) for name in datasets or "d" * n)
    return Incidents(
        tuple(f"i-{row:02d}" for row in range(n)), ("t",) * n, ("k",) * n, named, ((),) * n,
        first, first + (span_days - 1), np.arange(n), np.ones(n, dtype=np.int64),
        np.asarray(lon, dtype=np.float64), np.full(n, 36.0), np.where(np.isnan(lon), np.nan, radius_m),
    )  # fmt: skip


@pytest.fixture
def weigh(make_case: Callable[..., Case]) -> Weigh:
    """The finding of incidents made by :func:`make_incidents`."""
    case = make_case()
    layer = ControlLayer(
        HOLDINGS.from_rows([{
            "layer": "wiki", "holding_no": 1, "holder": "opp",
            "valid_from": date(2016, 11, 1), "valid_to": date(2016, 12, 31),
            "geometry": shapely.to_wkb(shapely.box(0, 0, 60, 60)), "original_path": "w", "original_row": 1,
            "made_by": "polygon",
        }])
    )  # fmt: skip

    def run(*args: Sequence[float], **values: object) -> Finding:
        incidents = make_incidents(*args, **values)  # type: ignore[arg-type]
        none = incidents.take(np.zeros(len(incidents), dtype=bool))
        weighing = case.file.weighing[0]
        finding = salvos(
            Sample(case.event("chlorine"), "wiki", weighing, {}, incidents, none, layer, (), (0, 0, 60, 60), {})
        )
        json.dumps(finding.details, allow_nan=False)
        return finding

    return run


def test_eight_attacks_in_four_salvos_are_counted_in_every_order(weigh: Weigh) -> None:
    found = weigh(np.repeat([37.0, 38.0, 39.0, 40.0], 2), [0, 1, 7, 7, 14, 15, 21, 21])
    # Each town's two attacks fell on one of four pairs of days: 8! orders, of which 4! 2^4 keep all pairs together.
    assert not found.refused
    assert (found.n, found.numbers["seed"]) == (8, None)
    assert found.numbers["p_value"] == pytest.approx(24 * 16 / 40_320)
    assert [found.numbers[name] for name in ("estimate", "low", "high", "bound_low", "bound_high")] == [4] * 5
    assert found.details["windows"][3]["expected"] == pytest.approx(4 * 4 / 28)
    assert found.details["n_episodes"] == 4
    assert "4.0 lay within 5,000 m and 1 day of each other (worst case 4 to 4): more than the 0.6" in found.reading
    assert "of the 40,320 possible orders a share of 0.0095" in found.reading
    assert "does not show who attacked" in found.reading
    assert set(found.roles.values()) == {"used"}


def test_days_are_not_shuffled_between_sources_nor_months(weigh: Weigh) -> None:
    lon, day = np.repeat([37.0, 38.0], 5), [0, 2, 4, 6, 8, 40, 42, 44, 46, 48]
    for datasets in (list("a" * 5 + "b" * 5), list("a" * 10)):
        found = weigh(lon, day, datasets=datasets)
        assert found.refused
        assert "shuffling days changes no count" in found.reading
        assert "shows nothing for or against any account" in found.reading


def test_imprecise_places_and_days_are_drawn(weigh: Weigh) -> None:
    lon, day = np.repeat(np.arange(20) * 0.5 + 30, 3), np.repeat(np.arange(20), 3)
    exact, vague = weigh(lon, day), weigh(lon, day, radius_m=8_000.0, span_days=3)
    assert exact.numbers["p_value"] == pytest.approx(1e-4)
    assert exact.numbers["seed"] == vague.numbers["seed"] == SEED
    assert len(set(exact.details["p_over_draws"])) == 1
    assert len(set(vague.details["p_over_draws"])) == 2
    assert exact.numbers["estimate"] == exact.numbers["bound_low"] == 60
    assert vague.numbers["low"] < vague.numbers["estimate"] < vague.numbers["high"] < 20
    # Within 21 km of each other and three days may lie those of one place and of no other.
    assert (vague.numbers["bound_low"], vague.numbers["bound_high"]) == (0, 60)
    assert vague.numbers == weigh(lon, day, radius_m=8_000.0, span_days=3).numbers


def test_what_has_no_day_or_place_is_left_out_and_named(weigh: Weigh) -> None:
    lon = [37.0, 37.0, 37.0, 38.0, 38.0, 38.0, np.nan]
    found = weigh(lon, [0, 1, 2, 9, 10, 20, 3])
    assert found.n == 6
    assert found.details["n_not_placed"] == 1
    # Every pair with it may be near and soon.
    assert found.numbers["bound_high"] == found.numbers["estimate"] + 6
    assert found.roles["i-06"] == "refused"
    assert "1 incident without a known day or a usable place is left out" in found.reading
    weeks = weigh(lon, [0, 1, 2, 9, 10, 20, 3], span_days=8)
    assert (weeks.n, weeks.refused, weeks.details["n_not_dated_to_a_week"]) == (0, True, 7)
    assert "there are 0" in weeks.reading


def test_an_incident_of_several_places_was_at_one_of_them(weigh: Weigh) -> None:
    # The second incident was at 37 or at 38 degrees: its pairs at either are possible, and none is sure.
    lon, day = [37.0, 37.0, 38.0, 38.0, 40.0], [0, 1, 9, 1, 20]
    incidents = make_incidents(lon, day)
    both = Incidents(
        incidents.ids[:4], incidents.titles[:4], incidents.kinds[:4], incidents.datasets[:4], incidents.sources[:4],
        incidents.date_start[[0, 1, 3, 4]], incidents.date_end[[0, 1, 3, 4]], np.array([0, 1, 1, 2, 3]),
        np.array([1, 1, 2, 1, 1]), incidents.lon, incidents.lat, incidents.radius_m,
    )  # fmt: skip
    assert _bounds(both, 0) == (0, 2)
    assert _bounds(make_incidents(lon, day), 0) == (1, 1)
