"""What a person should look at first: unsure pairs, in the order in which an answer would change most.

In: ``links`` as carried out, and the table ``records``. Out: the same links with their place in the queue, and the
queue as rows to show. Refuses: nothing.

A pair is unsure when its probability lies from 0.2 to 0.8, or is below 0.2 only for its rivals, and no person has
judged it. What an answer would change is the chance that it turns out otherwise than it stands now, times what then
changes: one incident, and the fewer of the two records' killed, which would be counted twice or no more. Both are
counts of the headline, so they are added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from contested.base.records import LINKS
from contested.incidents.match import SURE_FROM

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns of a record that are shown beside the other's.
SHOWN = ("record_id", "date_start", "date_end", "place_name", "lon", "lat", "radius_m", "kind", "killed_low",
         "killed_high", "actors", "sources", "title", "address")  # fmt: skip


def rank_links(links: pa.Table, records: pa.Table) -> pa.Table:
    """The links with ``review_rank``: 1 is asked first; null where there is nothing to ask."""
    import pyarrow as pa
    import pyarrow.compute as pc

    probability = links["probability"].to_numpy()
    scored = np.asarray(pc.equal(links["decided_by"], "score"))
    unsure = np.flatnonzero(scored & (probability <= SURE_FROM))
    killed = pc.coalesce(records["killed_best"], records["killed_high"], records["killed_low"], pa.scalar(0))
    of_record = [
        killed.take(pc.index_in(links[name].take(pa.array(unsure)), value_set=records["record_id"]))
        for name in ("record_a", "record_b")
    ]
    fewer = np.minimum(*(one.to_numpy() for one in of_record))
    together = np.asarray(links["linked"])[unsure]
    change = np.where(together, 1.0 - probability[unsure], probability[unsure]) * (1.0 + fewer)
    rank = np.zeros(links.num_rows, dtype=np.int64)
    # Links are sorted by their records, so that ties keep that order.
    rank[unsure[np.argsort(-change, kind="stable")]] = np.arange(1, len(unsure) + 1)
    at = links.schema.get_field_index("review_rank")
    return LINKS.check(links.set_column(at, "review_rank", pa.array(rank, mask=rank == 0)))


def review_queue(links: pa.Table, records: pa.Table, most: int = 20) -> list[dict[str, Any]]:
    """The first pairs of the queue with both records side by side.

    Each has ``rank``, ``pair`` (the key that a decision names), ``probability``, ``linked``, ``distance_m``,
    ``gap_days``, ``reasons``, and ``a`` and ``b`` with the columns of :data:`SHOWN`.
    """
    import pyarrow.compute as pc

    rows = links.filter(pc.is_valid(links["review_rank"])).sort_by("review_rank").slice(0, most).to_pylist()
    wanted = {row[name] for row in rows for name in ("record_a", "record_b")}
    by_id = {row["record_id"]: row for row in records.filter(_among(records, wanted)).select(SHOWN).to_pylist()}
    return [
        {
            "rank": row["review_rank"], "pair": f"{row['record_a']}|{row['record_b']}",
            **{name: row[name] for name in ("probability", "linked", "distance_m", "gap_days", "reasons")},
            "a": by_id[row["record_a"]], "b": by_id[row["record_b"]],
        }
        for row in rows
    ]  # fmt: skip


def _among(records: pa.Table, wanted: set[str]) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.is_in(records["record_id"], value_set=pa.array(sorted(wanted), pa.string()))


def queue_lines(queue: list[dict[str, Any]]) -> list[str]:
    """The queue as plain lines: what each of two records says, and what speaks for and against their being one."""
    lines: list[str] = []
    for row in queue:
        now = "one incident" if row["linked"] else "two incidents"
        apart = "no point" if row["distance_m"] is None else f"{row['distance_m'] / 1000:.1f} km apart"
        lines.append(f"{row['rank']}. {row['pair']}  p {row['probability']:.2f}, now {now}, {apart}")
        for side in ("a", "b"):
            lines.append(f"     {side}: " + _record_line(row[side]))
        lines += [f"     because {reason}" for reason in (row["reasons"] or "").split("; ") if _tells(reason)]
    return lines


def _tells(reason: str) -> bool:
    return bool(reason) and not reason.endswith((" +0.0", " -0.0"))


def _record_line(record: Mapping[str, Any]) -> str:
    first, last = record["date_start"], record["date_end"]
    days = f"{first}" if first == last else f"{first} to {last}"
    low, high = record["killed_low"], record["killed_high"]
    said = f"{low}" if low == high else f"{low or 0} to {'?' if high is None else high}"
    killed = "" if low is None and high is None else f"killed {said}"
    title = (record["title"] or "").replace("\n", " ")
    parts = (days, record["place_name"], record["kind"], killed, title if len(title) <= 160 else title[:159] + "…")
    return "; ".join(str(part) for part in parts if part)
