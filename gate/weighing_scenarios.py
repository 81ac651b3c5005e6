"""The conflicts that the tests are tried on, and what is asked of each.

In: a scenario of :data:`SCENARIOS` and a seed. Out: :class:`Outcome`: the p-values and intervals of our tests and of
their peers in one invented conflict. Refuses: nothing; a test that refuses to run is counted as one that said nothing.

A test of :data:`contested.weighing.findings.TESTS` is tried by naming it in a scenario.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from contested.weighing.findings import TESTS
from contested.weighing.sample import Finding, case_layers, make_sample
from gate import weighing_peers as peers
from gate.conflict_simulator import (
    BY_AREA,
    HIGH,
    LOW,
    Map,
    Policy,
    Reporter,
    Settings,
    World,
    make_world,
)

#: Truths that take turns where an interval is tried, so that no single one flatters it.
THETAS = (0.5, 0.65, 0.8, 0.95)
#: Draws of each incident in a trial: fewer than the case's usual 100, and so a little wider, to keep the hours short.
TRIAL_DRAWS = 40
#: Distance called near the front in the invented cases, metres.
NEAR_M = 2_000.0
AREA, FRONT, ORDER = "area_shares", "front_distances", "order_of_attacks_and_falls"
TURNED_AREA, TURNED_FRONT = "area_against_rotation", "front_against_rotation"
AFTER = ("loss_after_attack", "directions", "matched_wakes")
_BY_NAME = {test.__name__: test for test in TESTS}


@dataclass(frozen=True)
class Scenario:
    """One kind of conflict, and what must hold in it.

    ``tests`` are run. In ``null`` the p-values must be uniform (or, for tests that are exact, never too small);
    in ``covers`` the intervals must hold the truth in nine of ten conflicts; where ``breaks`` says which assumption the
    conflict breaks, nothing must hold, and the page shows what happens.
    """

    name: str
    story: str
    settings: Settings
    tests: tuple[str, ...] = (AREA,)
    null: bool = False
    covers: tuple[str, ...] = ()
    breaks: str = ""
    thetas: tuple[float, ...] = ()
    """Truths that take turns; the policy's own when empty."""
    power_of: str = ""
    """What is varied, where the scenario is a point of a power curve."""


@dataclass
class Outcome:
    """What one conflict gave.

    ``p`` holds by test its p-value and, where the test says how likely a tie is, the randomised one, which is uniform
    under the null even where p-values are few. ``intervals`` holds estimate, low, high and truth.
    """

    p: dict[str, tuple[float, float | None]] = field(default_factory=dict)
    intervals: dict[str, tuple[float, float, float, float]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def run_scenario(scenario: Scenario, seed: int) -> Outcome:
    """One conflict of the scenario, weighed."""
    made = scenario.settings
    if scenario.thetas:
        theta = scenario.thetas[seed % len(scenario.thetas)]
        made = replace(made, event=replace(made.event, theta=theta))
    world = make_world(made, seed)
    layers = case_layers(world.case, world.tables["holdings"])
    weighing = world.case.file.weighing[0].model_copy(update={"draws": TRIAL_DRAWS, "near_front_m": NEAR_M})
    sample = make_sample(world.case, weighing, "map-1", world.tables, layers)
    outcome = Outcome()
    generator = np.random.default_rng([seed, 1])
    for name in scenario.tests:
        if name in _BY_NAME:
            _note(outcome, _BY_NAME[name](sample), world, generator)
    layer = layers["map-1"]
    event = peers.Rows.of(world, True)
    if scenario.covers:
        theta = _known(made.event.theta)
        for name, one in (
            ("points as given", peers.points_as_given(layer, event)),
            ("imprecise dropped", peers.imprecise_dropped(layer, event)),
            ("even draws, Rubin", peers.even_draws(layer, event, generator)),
        ):
            outcome.intervals[name] = (one.estimate, one.low, one.high, theta)
    if AREA in scenario.tests and (scenario.null or scenario.breaks) and made.others.n:
        outcome.p["naive, by area"] = (peers.area_proportional_p(layer, event, made.days, generator), None)
        shares, datasets = peers.shares_and_datasets(layer, world)
        labels = world.truth.attacks["is_event"]
        outcome.p["rows permuted"] = (peers.rows_permuted_p(shares, labels, datasets, generator), None)
        outcome.p["rows permuted, no strata"] = (
            peers.rows_permuted_p(shares, labels, np.zeros(len(labels), dtype=int), generator), None,
        )  # fmt: skip
    return outcome


def _known(value: float | None) -> float:
    return np.nan if value is None else value


def _note(outcome: Outcome, finding: Finding, world: World, generator: np.random.Generator) -> None:
    numbers: dict[str, Any] = dict(finding.numbers)
    details: dict[str, Any] = dict(finding.details)
    p = numbers.get("p_value")
    if p is None:
        outcome.refused.append(finding.test)
    else:
        tails = details.get("random_labelling", details)
        # Only a p-value of one tail has the other beside it.
        p_less = tails.get("p_less") if tails.get("p_greater", p) == p else None
        # The share of arrangements that tie with the observed one is what both tails hold.
        tied = None if p_less is None else p - generator.random() * (p + p_less - 1.0)
        outcome.p[finding.test] = (p, tied)
    theta = _known(world.settings.event.theta)
    if finding.test == AREA and "low" in numbers:
        outcome.intervals[AREA] = (numbers["estimate"], numbers["low"], numbers["high"], theta)
        measured = details.get("reporting", {})
        if "reporting_ratio" in measured:
            for name, truth in (("reporting_ratio", world.truth.reporting_ratio), ("corrected_share", theta)):
                outcome.intervals[name] = (
                    measured[name], measured[f"{name}_low"], measured[f"{name}_high"], truth,
                )  # fmt: skip


_SAME = Policy(0.6, n=40)
_OTHERS = Policy(0.6, n=80)
_ALONE = Policy(n=0)
_ONE_SIDED = (Reporter(0.6, 0.15), Reporter(0.4, 0.15))
#: Two datasets, one of which never tells of the event: by what it finds, the other's reach can be measured.
_CHECKED = (Reporter(0.6, 0.4), Reporter(0.6, 0.8, event_ratio=0.0))
_THREE_MAPS = (Map(2_000.0, lag_days=2), Map(3_000.0, lag_days=2), Map(2_000.0, lag_days=3))
_LATE = (Map(4_000.0, lag_days=7, is_stated=False),)


def _null(name: str, story: str, settings: Settings, **more: Any) -> Scenario:
    return Scenario(name, story, settings, more.pop("tests", (AREA, FRONT)), null=True, **more)


NULLS = (
    _null("labels", "the event's attacks fall like the others; three rows in ten are imprecise",
          Settings(_SAME, _OTHERS, precisions=LOW)),
    _null("labels, one-sided reports", "attacks in the advancing party's area are reported a seventh as often",
          Settings(_SAME, _OTHERS, reporters=_ONE_SIDED, precisions=LOW)),
    _null("labels, unlike reporters", "one dataset sees one side; the other sees both and seldom tells of the event",
          Settings(_SAME, _OTHERS, reporters=(Reporter(0.5, 0.1), Reporter(0.5, 1.0, 0.15)), precisions=LOW)),
    _null("labels, salvos", "attacks of both kinds come in salvos of four in the mean",
          Settings(replace(_SAME, salvo_extra=3.0), replace(_OTHERS, salvo_extra=3.0))),
    _null("labels, salvos of the event", "attacks of the event come in salvos of four in the mean, the others singly",
          Settings(replace(_SAME, salvo_extra=3.0), _OTHERS)),
    _null("labels, salvos of the others", "the others come in salvos of four in the mean, those of the event singly",
          Settings(_SAME, replace(_OTHERS, salvo_extra=3.0))),
    _null("labels, one in ten", "25 attacks of the event among 225 others, both in salvos of two in the mean",
          Settings(replace(_SAME, n=25, salvo_extra=1.0), replace(_OTHERS, n=225, salvo_extra=1.0))),
    _null("labels, high imprecision", "seven rows in ten are known to 8 or 20 km and days",
          Settings(_SAME, _OTHERS, precisions=HIGH)),
    _null("labels, few", "ten attacks of the event and twelve others: strata of one or two, many ties",
          Settings(replace(_SAME, n=10), replace(_OTHERS, n=12), precisions=LOW)),
    _null("labels, crowded", "no salvos, but 400 others in 30 days, so that chance makes episodes of them",
          Settings(_SAME, replace(_OTHERS, n=400), days=30)),
    _null("labels, steep at the front", "half of all attacks within 700 m of the front",
          Settings(Policy(0.6, 1_000.0, n=40), Policy(0.6, 1_000.0, n=80), precisions=LOW)),
    _null("days do not matter", "attacks fall anywhere on any day, whoever holds the place",
          Settings(Policy(None, n=40), _ALONE, precisions=LOW), tests=(TURNED_AREA, TURNED_FRONT, "salvos")),
    _null(
        "losses do not follow",
        "attacks and others fall anywhere in the losing party's area, on any day",
        Settings(Policy(1.0, None, n=60), Policy(1.0, None, n=120), precisions=LOW[:1]),
        tests=AFTER,
    ),
    _null(
        "losses follow the front, not the attacks",
        "attacks fall 2 km from the front in the mean, where ground falls anyway, and change nothing",
        Settings(Policy(1.0, 2_000.0, n=60), Policy(1.0, 2_000.0, n=120), precisions=LOW[:1]),
        tests=("loss_after_attack",),
    ),
    _null("days do not matter, salvos", "the same in salvos of four in the mean",
          Settings(Policy(None, n=60, salvo_extra=3.0), _ALONE), tests=(TURNED_AREA, TURNED_FRONT)),
    _null("order does not matter", "attacks fall anywhere on any day; those whose place fell later are ordered",
          Settings(Policy(None, n=60), _ALONE), tests=(ORDER,)),
    _null("order does not matter, late map", "the same, over a map that is seven days late and does not say so",
          Settings(Policy(None, n=60), _ALONE, maps=(Map(lag_days=7, is_stated=False),)), tests=(ORDER,),
          breaks="the map is late and the case does not know it"),
    _null("labels, a dataset without the event", "one dataset tells of both kinds everywhere; another never tells of "
          "the event, and hardly of the advancing party's area",
          Settings(_SAME, _OTHERS, reporters=(Reporter(0.6), Reporter(0.6, 0.1, 0.0)), precisions=LOW)),
)  # fmt: skip


def _cover(name: str, story: str, settings: Settings, **more: Any) -> Scenario:
    return Scenario(name, story, settings, covers=more.pop("covers", (AREA,)), thetas=THETAS, **more)


COVERAGE = (
    _cover("exact", "every place known to 200 m and every day", Settings(Policy(), _ALONE)),
    _cover("low imprecision", "three rows in ten known to 3 km and three days",
           Settings(Policy(), _ALONE, precisions=LOW)),
    _cover("high imprecision", "seven rows in ten known to 8 or 20 km and three or seven days",
           Settings(Policy(), _ALONE, precisions=HIGH)),
    _cover("high imprecision, few", "the same with twelve attacks", Settings(Policy(n=12), _ALONE, precisions=HIGH)),
    _cover("high imprecision, anywhere", "the same; attacks fall anywhere in the area, not near the front",
           Settings(Policy(front_m=None), _ALONE, precisions=HIGH)),
    _cover("high imprecision, towns", "the same; attacks fall in towns by their people",
           Settings(Policy(towns=True), _ALONE, precisions=HIGH)),
    _cover("salvos", "salvos of three in the mean, low imprecision",
           Settings(Policy(n=90, salvo_extra=2.0), _ALONE, precisions=LOW)),
    _cover("layers disagree", "three maps, each wrong by 2 to 3 km and two or three days, and the case says so",
           Settings(Policy(), _ALONE, precisions=LOW, maps=_THREE_MAPS)),
    _cover("layers disagree, high imprecision", "the same with high imprecision",
           Settings(Policy(), _ALONE, precisions=HIGH, maps=_THREE_MAPS)),
    _cover("reporting measured", "one dataset tells of the event and sees the far side less; another checks it",
           Settings(Policy(), Policy(0.6, n=200), reporters=_CHECKED), covers=("reporting_ratio", "corrected_share")),
    _cover("precision by area", "exact in the losing party's area, 15 km and five days in the other",
           Settings(Policy(), _ALONE, precisions=BY_AREA)),
    _cover("errors not stated", "one map wrong by 4 km and seven days late, and the case says nothing",
           Settings(Policy(), _ALONE, precisions=LOW, maps=_LATE), breaks="the case takes the map for right"),
    _cover("one-sided reports", "attacks in the advancing party's area are reported a seventh as often",
           Settings(Policy(), _ALONE, reporters=_ONE_SIDED), breaks="reports are taken for attacks"),
)  # fmt: skip

NUMBERS = (10, 20, 40, 80)


def _powers() -> tuple[Scenario, ...]:
    """Points of the power curves: how often each test says p <= 0.05, by the number of attacks and the effect."""
    made = []
    for n in NUMBERS:
        for theta in (0.65, 0.8, 0.95):
            made.append(Scenario(
                f"power, area {theta:g}, {n}", f"{n} attacks, {theta:g} in the losing party's area, others half",
                Settings(Policy(theta, n=n), Policy(0.5, n=2 * n), precisions=LOW),
                power_of=f"area {theta:g} against 0.5",
            ))  # fmt: skip
        made.append(Scenario(
            f"power, front, {n}", f"{n} attacks 2 km from the front in the mean, others 6 km",
            Settings(Policy(0.5, 2_000.0, n=n), Policy(0.5, n=2 * n), precisions=LOW), (FRONT,),
            power_of="front 2 km against 6 km",
        ))  # fmt: skip
        made.append(Scenario(
            f"power, rotation, {n}", f"{n} attacks in the losing party's area, 2 km from the front in the mean",
            Settings(Policy(1.0, 2_000.0, n=n), _ALONE, precisions=LOW), (TURNED_AREA, TURNED_FRONT, ORDER),
            power_of="attacks that follow the front",
        ))  # fmt: skip
    return tuple(made)


POWERS = _powers()
SCENARIOS: dict[str, Scenario] = {one.name: one for one in (*NULLS, *COVERAGE, *POWERS)}
