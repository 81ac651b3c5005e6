"""Is the weighing right? Its tests and intervals on invented conflicts whose truth is known.

In: names of scenarios (:mod:`gate.weighing_scenarios`), a number of runs and a seed. Out: for each test how often it
says p <= 0.05 where nothing is there to find, and how often its 90 % interval holds the truth, with the peers beside
it; optionally the page ``docs/methods/calibration.md``. Exit 1 with ``--floors`` when a figure cannot be what is
claimed. Refuses: unknown scenarios.

    PYTHONPATH=src:. python gate/weighing.py --runs 500 --jobs 2 --kept runs.jsonl --report docs/methods/calibration.md
    PYTHONPATH=src:. python gate/weighing.py --runs 60 --scenario labels --floors

Claimed is: under a null the 5 % test says so in 3.5 to 6.5 % of runs and p is uniform (Kolmogorov-Smirnov p > 0.01;
where a test says how likely a tie is, by its randomised p); a 90 % interval holds 88 to 92 % of truths. A figure of few
runs fails only when so bad a one comes with probability below 0.001 at the nearer end of the band.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

# Run as a file, so that the project's folder is not among the places that imports are looked for in.
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from scipy import stats

from gate.weighing_scenarios import SCENARIOS, Outcome, Scenario, run_scenario

#: Seed of the first run; the next ones count up.
SEED = 20_261_124
#: Level of the tests tried, and the band in which their rate must lie.
LEVEL, RATE_BAND = 0.05, (0.035, 0.065)
#: Band in which the coverage of a 90 % interval must lie.
COVER_BAND = (0.88, 0.92)
#: Least p of the Kolmogorov-Smirnov test for uniform p-values.
LEAST_KS = 0.01
#: A figure fails when one so far outside its band has a lower probability than this at the band's end: with some twenty
#: figures a gate that is right then fails in one run of fifty at most.
LEAST_CHANCE = 0.001
#: What runs in CI: a null with biased reports, and intervals at low and at high imprecision; 40 runs take a minute.
QUICK = ("labels, one-sided reports", "low imprecision", "high imprecision")


@dataclass(frozen=True)
class Rate:
    """How often a test said p <= 0.05."""

    test: str
    runs: int
    hits: int
    """By the p-value as printed."""
    uniform_hits: int
    """By the randomised one, where there is one; else by the printed one."""
    ks: float
    """Kolmogorov-Smirnov p of the same against uniform; one-sided (too small) where ties are not known."""
    is_randomised: bool


@dataclass(frozen=True)
class Cover:
    """How often an interval held the truth; ``bias`` and ``width`` are means."""

    name: str
    runs: int
    hits: int
    bias: float
    width: float


@dataclass(frozen=True)
class Result:
    """One scenario, tried: all figures, and what is wrong with them."""

    scenario: Scenario
    runs: int
    rates: tuple[Rate, ...]
    covers: tuple[Cover, ...]
    refused: dict[str, int]

    @property
    def faults(self) -> list[str]:
        """Figures that cannot be what is claimed, in words; none where the scenario breaks an assumption."""
        if self.scenario.breaks:
            return []
        found = []
        for rate in self.rates if self.scenario.null else ():
            if rate.test not in self.scenario.tests:
                continue
            # A p-value with few steps may say so too seldom, never too often; the randomised one must do neither.
            low = RATE_BAND[0] if rate.is_randomised else 0.0
            if not is_possible(rate.uniform_hits, rate.runs, (low, RATE_BAND[1])):
                found.append(f"{rate.test} says p <= {LEVEL:g} in {rate.uniform_hits} of {rate.runs} runs")
            if rate.ks < LEAST_KS / 10:
                found.append(f"the p-values of {rate.test} are not uniform: Kolmogorov-Smirnov p = {rate.ks:.2g}")
        for cover in self.covers:
            if cover.name in self.scenario.covers and not is_possible(cover.hits, cover.runs, COVER_BAND):
                found.append(f"the 90 % interval of {cover.name} holds {cover.hits} of {cover.runs} truths")
        return [f"{self.scenario.name}: {fault}" for fault in found]


def is_possible(hits: int, runs: int, band: tuple[float, float]) -> bool:
    """Whether so many hits can come of a rate within the band, but for one time in a thousand."""
    low, high = band
    return bool(
        stats.binom.sf(hits - 1, runs, high) >= LEAST_CHANCE and stats.binom.cdf(hits, runs, low) >= LEAST_CHANCE
    )


def summarise(scenario: Scenario, outcomes: Sequence[Outcome]) -> Result:
    """Figures of many runs of one scenario."""
    rates = []
    for test in dict.fromkeys(name for one in outcomes for name in one.p):
        pairs = [one.p[test] for one in outcomes if test in one.p]
        printed = np.array([p for p, _ in pairs])
        is_randomised = all(tied is not None for _, tied in pairs)
        used = np.array([tied for _, tied in pairs]) if is_randomised else printed
        ks = stats.kstest(used, "uniform", alternative="two-sided" if is_randomised else "greater").pvalue
        rates.append(Rate(
            test, len(pairs), int((printed <= LEVEL).sum()), int((used <= LEVEL).sum()), float(ks), is_randomised,
        ))  # fmt: skip
    covers = []
    for name in dict.fromkeys(name for one in outcomes for name in one.intervals):
        rows = np.array([one.intervals[name] for one in outcomes if name in one.intervals])
        estimate, low, high, truth = rows[~np.isnan(rows).any(axis=1)].T
        covers.append(Cover(
            name, len(truth), int(((low <= truth) & (truth <= high)).sum()), float((estimate - truth).mean()),
            float((high - low).mean()),
        ))  # fmt: skip
    refused = {test: sum(test in one.refused for one in outcomes) for test in scenario.tests}
    return Result(scenario, len(outcomes), tuple(rates), tuple(covers), {k: v for k, v in refused.items() if v})


def try_scenarios(names: Iterable[str], runs: int, seed: int, jobs: int, kept: Path | None) -> list[Result]:
    """Run each scenario so often; runs that the file ``kept`` already holds are not run again."""
    done = read_kept(kept)
    results = []
    with ProcessPoolExecutor(jobs) as pool:
        for name in names:
            # A power curve needs no rate as fine as 5 %.
            wished = range(seed, seed + (max(1, runs // 4) if SCENARIOS[name].power_of else runs))
            seeds = list(wished) if runs else sorted(one for kind, one in done if kind == name)
            if not seeds:
                continue
            wanted = [one for one in seeds if (name, one) not in done]
            found = pool.map(partial(run_scenario, SCENARIOS[name]), wanted, chunksize=5)
            for one, outcome in zip(wanted, found, strict=True):
                done[name, one] = outcome
                if kept is not None:
                    with kept.open("a", encoding="utf-8") as file:
                        file.write(json.dumps({"scenario": name, "seed": one, **asdict(outcome)}) + "\n")
            results.append(summarise(SCENARIOS[name], [done[name, one] for one in seeds]))
            print(told(results[-1]), flush=True)
    return results


def read_kept(path: Path | None) -> dict[tuple[str, int], Outcome]:
    """Runs of an earlier time, by scenario and seed."""
    if path is None or not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {(row.pop("scenario"), row.pop("seed")): Outcome(**row) for row in rows}


def told(result: Result) -> str:
    """The figures of one scenario, for the screen."""
    lines = [f"{result.scenario.name} ({result.runs} runs)"]
    for rate in result.rates:
        randomised = f", randomised {rate.uniform_hits / rate.runs:.3f}" if rate.is_randomised else ""
        lines.append(f"  {rate.test}: p <= 0.05 in {rate.hits / rate.runs:.3f}{randomised}; KS p {rate.ks:.2g}")
    for cover in result.covers:
        lines.append(
            f"  {cover.name}: holds {cover.hits / max(cover.runs, 1):.3f} of {cover.runs}, bias {cover.bias:+.3f}, "
            f"width {cover.width:.3f}"
        )
    lines += [f"  {test}: refused in {count}" for test, count in result.refused.items()]
    lines += [f"  NOT AS CLAIMED: {fault}" for fault in result.faults]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run, print, write the page; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=500, help="0: only those kept")
    parser.add_argument("--scenario", nargs="+", choices=[*SCENARIOS], metavar="NAME", help="all of them when left out")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--kept", type=Path, help="file of runs, read first and added to")
    parser.add_argument("--report", type=Path, help="write the page of all scenarios run here")
    parser.add_argument("--floors", action="store_true", help="exit 1 when a figure cannot be what is claimed")
    arguments = parser.parse_args(argv)
    names = arguments.scenario or (QUICK if arguments.floors else tuple(SCENARIOS))
    results = try_scenarios(names, arguments.runs, arguments.seed, arguments.jobs, arguments.kept)
    if arguments.report:
        from gate.weighing_report import write_report

        write_report(results, arguments.seed, arguments.report)
    faults = [fault for result in results for fault in result.faults]
    print("\n".join(faults), file=sys.stderr)
    return 1 if arguments.floors and faults else 0


if __name__ == "__main__":
    sys.exit(main())
