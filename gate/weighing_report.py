"""The page on calibration, written from the figures of :mod:`gate.weighing`.

In: results and the seed. Out: a Markdown page and one SVG figure in ``docs/images``. Refuses: nothing; what was not run
is not on the page.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from gate.weighing import Cover, Rate, Result

FIGURE = "calibration.svg"
#: Why a figure misses what is claimed, where that is known: scenario and test → words. Printed only beside a miss.
WHY = {
    ("high imprecision", "area_shares"): (
        "Attacks keep within some kilometres of one side of the front, and seven in ten are known to 8 or 20 km: "
        "most discs reach far over it. Only the few exact ones show on which side such attacks fall. How far "
        "these speak for the others nobody knows, since how exactly a place is known may hang on whose ground it "
        "was; so the draws let them speak weakly, and the share comes out too small by 0.05 in the mean. Letting "
        "them speak louder spoiled the shares of “exact in the losing party's area”. Where attacks fall in towns "
        "or anywhere, the same imprecision does no harm."
    ),
    ("losses do not follow", "directions"): (
        "Attacks that must lie in the losing party's area move with it: as ground is lost on one side, later attacks "
        "lie nearer the other. So the null of this test does not quite hold here."
    ),
    ("layers disagree", "area_shares"): "Too wide, which errs on the careful side; the reason was not found.",
}
WHY["layers disagree, high imprecision", "area_shares"] = WHY["layers disagree", "area_shares"]
_HEAD = """# Are the tests right? Trials on invented conflicts

Written by `gate/weighing.py`; do not edit. Up to {runs} invented conflicts a scenario, seeds from {seed} on; numpy
{numpy}, Python {python}. No data of any real conflict is in it. Each conflict has a front that moves, attacks by a
policy, reporters, imprecise rows and maps, and its truth is known (`gate/conflict_simulator.py`); each incident is
drawn 40 times. What was chosen by such runs was chosen on other seeds (990000 to 999999). To run again, or on
scenarios of your own (`gate/weighing_scenarios.py`):

    PYTHONPATH=src:. python gate/weighing.py --runs 500 --seed {seed} --report docs/methods/calibration.md

A rate of so few runs is itself uncertain: its 95 % interval (Clopper & Pearson) stands in brackets. **no** marks a
figure so far outside what is claimed that it would come with probability below 0.001 even at the end of the band,
*doubtful* one whose interval lies outside the band (one figure in forty does by chance);
a figure without it is not thereby proven, only not refuted by so many runs. Where a scenario breaks an assumption
nothing is claimed, and the row shows what happens.

![Coverage of the 90 % intervals, and power](../images/{figure})
"""
_NULLS = """
## Where there is nothing to find

How often each test says p ≤ 0.05 although its null is true; claimed are 3.5 to 6.5 %. *Randomised* counts ties by
their share, so that it must be 5 % even where p-values are few; *KS* is the Kolmogorov-Smirnov p for uniform
p-values, claimed to be above 0.01. In italics are peers that a study in the field's habit would use: the naive
test against the share of the map, and labels permuted row by row, with strata of datasets or without.
"""
_COVERS = """
## Whether the 90 % intervals hold the truth

The truth is the chance that an attack falls in the losing party's area (0.5, 0.65, 0.8 and 0.95 in turns); claimed
is that 88 to 92 % of intervals hold it. *Bias* and *width* are means. In italics the field's habits: points taken
as given, imprecise rows dropped, and plain multiple imputation (places drawn evenly from their discs, Rubin's
rules).
"""
_POWER = """
## What the tests can find

Share of conflicts ({runs} a point) in which p ≤ 0.05, by the number of attacks, against twice as many others
(rotation and order look at the attacks alone).
"""


def write_report(results: Sequence[Result], seed: int, path: Path) -> None:
    """Write the page, and the figure into ``images`` beside its folder."""
    runs = max(result.runs for result in results)
    text = [_HEAD.format(runs=runs, seed=seed, numpy=np.__version__, python=platform.python_version(), figure=FIGURE)]
    nulls = [one for one in results if one.scenario.null]
    covers = [one for one in results if one.scenario.covers]
    powers = [one for one in results if one.scenario.power_of]
    faults = [fault for one in results for fault in one.faults]
    null_rows = [row for one in nulls for row in _null_rows(one)]
    cover_rows = [row for one in covers for row in _cover_rows(one)]
    doubtful = [row for row in [*null_rows, *cover_rows] if row.endswith("| doubtful |")]
    text += [
        "\n## Not as claimed\n",
        *([f"- {one}" for one in faults] or ["Beyond doubt, with so many runs: nothing."]),
        *(
            ["", "With fewer than 100 runs that says little: a test that errs in 15 % of conflicts would mostly pass."]
            if runs < 100
            else []
        ),
    ]
    text += ["", "Doubtful:", ""] if doubtful else []
    text += [f"- {': '.join(cell.strip() for cell in row.split('|')[1:5] if cell.strip())}" for row in doubtful]
    text += _reasons([*nulls, *covers])
    text += [_NULLS, "| conflict | test | runs | p ≤ 0.05 | randomised | KS | |", "|---|---|---|---|---|---|---|"]
    text += null_rows
    text += [_COVERS, "| conflict | interval | runs | holds | bias | width | |", "|---|---|---|---|---|---|---|"]
    text += cover_rows
    if powers:
        text += _power_rows(powers)
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    draw_figure(covers, power_curves(powers), path.parent.parent / "images" / FIGURE)


def _reasons(results: Sequence[Result]) -> list[str]:
    """Why figures miss, for those that do; what is the same for several stands once."""
    rows = {one.scenario.name: [*_null_rows(one), *_cover_rows(one)] for one in results}
    found: dict[str, list[str]] = {}
    for (name, test), why in WHY.items():
        if any(f"`{test}`" in row and row.endswith(("| doubtful |", "| **no** |")) for row in rows.get(name, [])):
            found.setdefault(why, []).append(name)
    return ["", "Why:", "", *(f"- *{', '.join(names)}*: {why}" for why, names in found.items())] if found else []


def _power_rows(powers: Sequence[Result]) -> list[str]:
    counts = sorted({one.scenario.settings.event.n for one in powers})
    return [
        _POWER.format(runs=max(one.runs for one in powers)),
        "| effect | test | " + " | ".join(map(str, counts)) + " |",
        "|---|---|" + "---|" * len(counts),
        *(
            f"| {effect} | `{test}` | " + " | ".join(f"{curve[n]:.0%}" if n in curve else "" for n in counts) + " |"
            for (effect, test), curve in power_curves(powers).items()
        ),
    ]


def clopper_pearson(hits: int, runs: int) -> tuple[float, float]:
    """95 % interval of a rate."""
    low = stats.beta.ppf(0.025, hits, runs - hits + 1) if hits else 0.0
    high = stats.beta.ppf(0.975, hits + 1, runs - hits) if hits < runs else 1.0
    return float(low), float(high)


def power_curves(powers: Sequence[Result]) -> dict[tuple[str, str], dict[int, float]]:
    """Effect and test → number of attacks → share of conflicts with p <= 0.05; refusals count as not found."""
    curves: dict[tuple[str, str], dict[int, float]] = {}
    for one in powers:
        for rate in one.rates:
            if rate.test in one.scenario.tests:
                curve = curves.setdefault((one.scenario.power_of, rate.test), {})
                curve[one.scenario.settings.event.n] = rate.hits / one.runs
    return curves


def _rate(hits: int, runs: int) -> str:
    low, high = clopper_pearson(hits, runs)
    return f"{hits / max(runs, 1):.1%} [{low:.1%}, {high:.1%}]"


def _null_rows(result: Result) -> list[str]:
    ours = result.scenario.tests

    def row(rate: Rate) -> str:
        name = f"`{rate.test}`" if rate.test in ours else f"*{rate.test}*"
        randomised = _rate(rate.uniform_hits, rate.runs) if rate.is_randomised else ""
        verdict = _verdict(result, rate.test, (rate.uniform_hits, rate.runs), (0.0, 0.065))
        return (
            f"| {result.scenario.story} | {name} | {rate.runs} | {_rate(rate.hits, rate.runs)} | {randomised} | "
            f"{rate.ks:.2g} | "
            f"{verdict if rate.test in ours else 'peer'} |"
        )

    return [row(rate) for rate in sorted(result.rates, key=lambda one: one.test not in ours)]


def _cover_rows(result: Result) -> list[str]:
    claimed = result.scenario.covers

    def row(cover: Cover) -> str:
        name = f"*{cover.name}*" if " " in cover.name else f"`{cover.name}`"
        # Names of peers are words; our own tests and their columns are identifiers.
        verdict = "peer" if " " in cover.name else "not claimed"
        if cover.name in claimed:
            verdict = _verdict(result, cover.name, (cover.hits, cover.runs), (0.88, 0.92))
        return (
            f"| {result.scenario.story} | {name} | {cover.runs} | {_rate(cover.hits, cover.runs)} | "
            f"{cover.bias:+.3f} | {cover.width:.3f} | {verdict} |"
        )

    return [row(cover) for cover in sorted(result.covers, key=lambda one: one.name not in claimed)]


def _verdict(result: Result, name: str, counts: tuple[int, int], band: tuple[float, float]) -> str:
    if result.scenario.breaks:
        return f"nothing is claimed: {result.scenario.breaks}"
    if any(name in fault.split() for fault in result.faults):
        return "**no**"
    low, high = clopper_pearson(*counts)
    return "doubtful" if low > band[1] or high < band[0] else ""


def draw_figure(covers: Sequence[Result], curves: dict[tuple[str, str], dict[int, float]], path: Path) -> None:
    """Coverage by scenario, ours beside the peers; power by the number of attacks."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    # The same figures give the same file.
    with mpl.rc_context({"svg.hashsalt": "calibration", "font.size": 8, "font.family": "DejaVu Sans"}):
        figure, (left, right) = plt.subplots(1, 2, figsize=(11, 5.2), layout="constrained")
        left.axvspan(0.88, 0.92, color="#dddddd", label="claimed")
        shown = [one for one in covers if "area_shares" in one.scenario.covers]
        marks = {"area_shares": "o", "points as given": "x", "imprecise dropped": "+", "even draws, Rubin": "^"}
        for name, mark in marks.items():
            at = [
                (c.hits / c.runs, row) for row, one in enumerate(shown) for c in one.covers if c.name == name and c.runs
            ]
            left.scatter([x for x, _ in at], [y for _, y in at], marker=mark, label=name)
        left.set_yticks(range(len(shown)), [one.scenario.name for one in shown])
        left.invert_yaxis()
        left.set(xlabel="share of 90 % intervals that hold the truth", xlim=(0, 1), title="Coverage")
        for (effect, test), curve in curves.items():
            right.plot(sorted(curve), [curve[n] for n in sorted(curve)], marker=".", label=f"{test}: {effect}")
        right.set(xlabel="attacks", ylabel="share with p ≤ 0.05", ylim=(0, 1.02), title="Power")
        left.legend(loc="lower left", fontsize=7)
        if curves:
            right.legend(fontsize=7)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None, "Creator": f"matplotlib {version('matplotlib')}"})
        plt.close(figure)
