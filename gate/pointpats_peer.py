"""Tell what pointpats and esda answer; run by their own Python (``benchmarks/requirements-weighing.txt``).

In: nothing. Out: JSON on standard output. Refuses: nothing.

The points are the cases of Burkitt's lymphoma in the West Nile district that libpysal ships (Williams et al. 1978;
coordinates in units of a grid, days from 1 January 1960), and the squares of a lattice, half of them marked, that
esda's documentation counts.

    PEER_PYTHON gate/pointpats_peer.py
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version
from typing import Any

#: Distances and days of Knox's test; the first is that of the documentation of pointpats.
WINDOWS = ((20, 5), (10, 30), (5, 90), (2.5, 60), (40, 360))
PERMUTATIONS = 999
#: Squares along a side of the lattice.
SIDE = 4


def main() -> None:
    """Print data and answers."""
    warnings.simplefilter("ignore")
    import geopandas
    import libpysal
    import numpy as np
    from esda import Join_Counts
    from pointpats import Knox

    cases = geopandas.read_file(libpysal.examples.get_path("burkitt.shp"))
    np.random.seed(12345)
    answers: list[dict[str, Any]] = []
    for delta, tau in WINDOWS:
        found = Knox(cases[["X", "Y"]].values, cases[["T"]].values, delta, tau, permutations=PERMUTATIONS)
        answers.append({
            "delta": delta, "tau": tau, "near_and_soon": found.nst, "near": float(found.observed[0].sum()),
            "soon": float(found.observed[:, 0].sum()), "expected": float(found.expected[0, 0]),
            "p_of_more": float(found.p_poisson), "p": float(found.p_sim),
        })  # fmt: skip
    marked = np.repeat([0, 1], SIDE * SIDE // 2)
    joins = Join_Counts(marked, libpysal.weights.lat2W(SIDE, SIDE), permutations=PERMUTATIONS)
    json.dump({
        "x": cases["X"].tolist(), "y": cases["Y"].tolist(), "day": cases["T"].tolist(), "knox": answers,
        "joins": {
            "side": SIDE, "marked": marked.tolist(), "of_all": float(joins.J), "alike": float(joins.autocorr_pos),
            "mean_alike": float(np.mean(joins.sim_autocurr_pos)), "p": float(joins.p_sim_autocorr_pos),
        },
        "permutations": PERMUTATIONS,
        "versions": {name: version(name) for name in ("pointpats", "esda", "libpysal")},
    }, sys.stdout)  # fmt: skip


if __name__ == "__main__":
    main()
