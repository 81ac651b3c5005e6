"""How the headline counts move when the windows do, or when a dataset is left out.

In: the table ``records`` and what links them. Out: the table ``sensitivity``. Refuses: nothing.

Each variant links and merges the records anew: under half and one and a half times the windows (radii, metres and days
alike), with unsure pairs counted for a link and against one (the odds moved so that 0.2, or 0.8, becomes even), and
with each dataset left out. Counts that hang on a window or on one source show it here, before anyone builds on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from contested.base.case import Case
from contested.base.records import SENSITIVITY
from contested.incidents.match import SURE_FROM, UNSURE_FROM, pair_records
from contested.incidents.merge import merge_incidents
from contested.incidents.reach import Reach

if TYPE_CHECKING:
    import pyarrow as pa

#: Most records in the window that are linked again for every variant: more take minutes.
MOST_RECORDS = 100_000
#: Factors of the windows.
SCALES = (0.5, 1.5)


def vary_incidents(
    case: Case, records: pa.Table, links: pa.Table, incidents: pa.Table, decisions: pa.Table,
    aliases: Mapping[str, str],
) -> pa.Table:  # fmt: skip
    """The headline counts as they stand and in each variant; only as they stand above :data:`MOST_RECORDS`."""
    rows = [_row(0, "as they stand", incidents)]
    inside = records.filter(records["in_window"])
    if inside.num_rows <= MOST_RECORDS and len(set(inside["dataset"].to_pylist())) > 1:
        for number, (variant, some, its_links) in enumerate(_variants(inside, links, decisions, aliases), start=1):
            merged = merge_incidents(case, some, its_links, decisions)
            rows.append(_row(number, variant, merged.incidents))
    return SENSITIVITY.from_rows(rows)


def _variants(
    records: pa.Table, links: pa.Table, decisions: pa.Table, aliases: Mapping[str, str]
) -> Iterator[tuple[str, pa.Table, pa.Table]]:
    import pyarrow.compute as pc

    for scale in SCALES:
        yield f"windows × {scale:g}", records, pair_records(records, decisions, aliases, Reach(scale))
    yield "unsure pairs counted for a link", records, _moved(links, UNSURE_FROM)
    yield "unsure pairs counted against a link", records, _moved(links, SURE_FROM)
    for name in sorted(set(records["dataset"].to_pylist())):
        some = records.filter(pc.not_equal(records["dataset"], name))
        left = pc.and_(*(pc.is_in(links[side], value_set=some["record_id"]) for side in ("record_a", "record_b")))
        yield f"without {name}", some, links.filter(left)


def _moved(links: pa.Table, even: float) -> pa.Table:
    """The links with the log-odds of scored pairs moved so that this probability becomes even odds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    p = np.clip(links["probability"].to_numpy(), 1e-9, 1 - 1e-9)
    odds = p / (1.0 - p) * (1.0 - even) / even
    scored = pc.equal(links["decided_by"], "score")
    moved = pc.if_else(scored, pa.array(odds / (1.0 + odds)), links["probability"])
    return links.set_column(links.schema.get_field_index("probability"), "probability", moved)


def _row(number: int, variant: str, incidents: pa.Table) -> dict[str, Any]:
    import pyarrow.compute as pc

    several = sum(len(names) > 1 for names in incidents["datasets"].to_pylist())
    return {
        "variant_no": number,
        "variant": variant,
        "incidents": incidents.num_rows,
        "of_several_datasets": several,
        "killed_low": pc.sum(incidents["killed_low"]).as_py() or 0,
        "killed_high": pc.sum(pc.coalesce(incidents["killed_high"], incidents["killed_low"])).as_py() or 0,
    }
