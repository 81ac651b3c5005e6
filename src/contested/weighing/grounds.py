"""What an item of evidence rests on: whether it is there, stands, and was checked.

In: items of evidence and the tables of the case. Out: a :class:`Ground` for each. Refuses: nothing; what is missing is
said, and the item then does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contested.base.case import Case
from contested.base.records import row_id
from contested.base.rivals import EvidenceItem
from contested.weighing.retractions import Retractions

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns of claims that are read; their texts and passages are left in the table.
_CLAIM_COLUMNS = (
    "claim_id", "speaker_party", "stance", "means", "mechanism", "target_party", "said_on", "reported_on", "event_id",
    "checked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """Rows that an item rests on, whether a person checked them, and why it does not count, if so."""

    rows: tuple[dict[str, str], ...]
    finding_id: str | None
    checked: bool
    why_not: str | None

    def columns(self) -> dict[str, Any]:
        """Its columns in the table ``evidence``."""
        return {
            "finding_id": self.finding_id, "checked": self.checked,
            "counts": self.why_not is None, "why_not": self.why_not,
        }  # fmt: skip


class Grounds:
    """The rows of a case that evidence can rest on."""

    def __init__(self, case: Case, tables: Mapping[str, pa.Table]) -> None:
        self._claims = {row["claim_id"]: row for row in tables["claims"].select(list(_CLAIM_COLUMNS)).to_pylist()}
        self._retractions = Retractions(self._claims.values())
        self._findings = tables["findings"].to_pylist() if case.file.evidence else []
        originals = tables["originals"].select(["original_path", "kind"]).to_pylist()
        self._originals = {row["original_path"] for row in originals}
        self._statements = [row["original_path"] for row in originals if row["kind"] == "statements"]
        self._rejected = {
            row["row_key"]: row["decided_by"] for row in tables["decisions"].to_pylist()
            if row["table"] == "claims" and row["action"] == "reject"
        }  # fmt: skip

    def of(self, item: EvidenceItem) -> Ground:
        """What the item rests on."""
        rows: list[dict[str, str]] = []
        faults: list[str] = []
        checked = True

        def rest_on(table: str, key: str) -> None:
            rows.append({"table": table, "row_key": key, "role": "rests_on"})

        finding = None
        if item.finding is not None:
            finding, fault = self._finding(item)
            faults += [fault] if fault else []
            if finding is not None:
                rest_on("findings", finding)
        for name in dict.fromkeys(item.claims):
            claim_id, fault = self._claim(name)
            faults += [fault] if fault else []
            if claim_id is not None:
                rest_on("claims", claim_id)
                checked = checked and self._claims[claim_id]["checked"]
        for path in dict.fromkeys(item.originals):
            if path in self._originals:
                rest_on("originals", path)
            else:
                faults.append(f'the original "{path}" is not in the case')
        # One row may be named twice, by its id and by its key.
        unique = tuple({(row["table"], row["row_key"]): row for row in rows}.values())
        return Ground(unique, finding, checked, "; ".join(faults) or None)

    def _finding(self, item: EvidenceItem) -> tuple[str | None, str]:
        """Id of the finding meant, and why it cannot carry the item; empty when it can."""
        named = [
            row for row in self._findings
            if row["event_id"] == item.event and item.finding in (row["test"], row["finding_id"])
            and item.layer in (None, row["layer"])
        ]  # fmt: skip
        if not named:
            return None, f'no finding "{item.finding}" of this event' + (
                f' on layer "{item.layer}"' if item.layer else ""
            )
        if len(named) > 1:
            return None, f'"{item.finding}" names {len(named)} findings; give its layer or the id of one'
        row = named[0]
        low, high = item.result or (None, None)
        if row["refused"]:
            return row["finding_id"], f'the finding "{item.finding}" was refused'
        if row["estimate"] is None:
            return row["finding_id"], f'the finding "{item.finding}" has no estimate'
        if low is not None and high is not None and not low <= row["estimate"] <= high:
            return row["finding_id"], (
                f"the finding's estimate is now {row['estimate']:g}, and the ratios were judged for {low:g} to "
                f"{high:g}; judge them anew"
            )
        return row["finding_id"], ""

    def _claim(self, name: str) -> tuple[str | None, str]:
        """Id of the claim meant, and why it cannot carry the item; empty when it can."""
        found = [claim_id for claim_id in dict.fromkeys(self._possible_ids(name)) if claim_id in self._claims]
        if not found:
            return None, f'there is no claim "{name}"'
        if len(found) > 1:
            return None, f'"{name}" names {len(found)} statements; write statements/FILE.csv#{name}'
        claim_id = found[0]
        if claim_id in self._rejected:
            return claim_id, f'the claim "{name}" was rejected by {self._rejected[claim_id]}'
        ending = self._retractions.of(self._claims[claim_id])
        if ending is not None:
            return claim_id, f'the claim "{name}" was withdrawn on {ending["said_on"]}'
        return claim_id, ""

    def _possible_ids(self, name: str) -> Iterator[str]:
        """A claim is named by its id, or by that of its row in a table of statements."""
        yield name
        path, hash_sign, row = name.rpartition("#")
        for table in [path] if hash_sign else self._statements:
            yield row_id("statement", table, row)
