"""Which news reports tell of one event, from their headlines alone.

In: headline, outlet and day of each report. Out: pairs of reports. Refuses: nothing.

No report has a point, so words bring pairs together; the rest is as for records (:mod:`contested.incidents.match`),
with each report a dataset of its own, since one outlet may tell of one event more than once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from contested.base.records import RECORDS
from contested.incidents.clustering import cluster_rows
from contested.incidents.comparing import WHEN, WHERE, Comparable
from contested.incidents.linkage import Compared, fit_linkage
from contested.incidents.match import compare_pairs, turned_pairs
from contested.incidents.reach import USUAL_REACH
from contested.incidents.rivals import lost_to_rivals


def pair_reports(reports: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Pairs of reports that tell of one event, from headline, outlet and day alone.

    Parameters
    ----------
    reports
        ``report_id``, ``outlet``, ``day`` (a date) and ``headline`` of each.

    Returns
    -------
    list
        Pairs of ids that end in one cluster; a report that also tells of another cluster is paired with its reports.
    """
    records = RECORDS.from_rows(
        {
            "record_id": f"report:{report['report_id']}", "dataset": "report", "original_path": "", "original_row": 0,
            "preset": "", "in_window": True, "kind": "report", "date_start": report["day"], "date_end": report["day"],
            "title": report["headline"], "sources": [report["outlet"]], "second_hand": False, "publish": False,
            "extra": "{}",
        }
        for report in reports
    )  # fmt: skip
    compared, every = Comparable(records), np.arange(records.num_rows)
    a, b = USUAL_REACH.pairs(compared, every, every)
    if not len(a):
        return []
    pairs = compare_pairs(compared, a, b)
    chance = [compare_pairs(compared, a[:0], b[:0]), *turned_pairs(compared, every, every.copy(), USUAL_REACH)]
    nothing = np.zeros(0, dtype=np.int64)
    bursts = np.zeros((len(WHERE), len(WHEN)))
    linkage = fit_linkage(pairs, Compared.joined(chance), bursts, nothing, nothing)
    log_odds = np.sum(list(linkage.parts(pairs).values()), axis=0)
    log_odds += lost_to_rivals(a, b, log_odds)
    # Each report is a dataset of its own here: several of one outlet may tell of one event.
    clusters = cluster_rows(every, (a, b, np.round(log_odds, 6)), (), (), lambda one, other: True, every)
    names = [name.partition(":")[2] for name in records["record_id"].to_pylist()]
    home = clusters.of_row
    together = {(int(i), int(j)) for i, j in zip(a, b, strict=True) if home[i] == home[j]}
    for row, cluster in clusters.also:
        together |= {(min(row, other), max(row, other)) for other in np.flatnonzero(home == cluster).tolist()}
    return [(names[i], names[j]) for i, j in sorted(together)]
