"""Where each row stands in the dossier.

In: the printed rows. Out: for each row the page and anchor that show it. Refuses: nothing; a row
whose table has no page of its own leads to the row that it belongs to.
"""

from __future__ import annotations

import re

from contested.base.records import row_id
from contested.web.public import PublicRows, Row

#: Rows shown on one page; more go to ``claims-2.html`` and so on, so that pages stay light.
ROWS_PER_PAGE = 400

#: Lines on one page of a long list.
LINES_PER_PAGE = 1_000
#: Incidents with a page of their own, at most: those of the case's events, and all where there are few.
MOST_DETAILED, FEW_INCIDENTS = 400, 100
#: A table with more rows is no CSV but Parquet; its rows have no line on a page unless an incident's page shows them.
MOST_LISTED = 10_000

_SAFE = re.compile(r"[A-Za-z0-9_.-]+")


def anchor(text: str) -> str:
    """The text as an HTML id: unchanged where it is plain ASCII, else a stable code.

    >>> anchor("KS01"), anchor("a b")
    ('KS01', 'xc8687a08aa5d')
    """
    return text if _SAFE.fullmatch(text) else f"x{row_id(text)}"


def page_name(stem: str, page_no: int) -> str:
    """File name of a numbered page: the first has no number."""
    return f"{stem}.html" if page_no == 1 else f"{stem}-{page_no}.html"


def safe_link(address: str | None) -> str | None:
    """The address when a browser may follow it: http and https only, no white space, no control character."""
    if address is None or not re.fullmatch(r"https?://[^\s\x00-\x1f\x7f<>\"]+", address, re.IGNORECASE):
        return None
    return address


def weighed_anchor(table: str, row: Row) -> str:
    """Anchor of a row on the page of weighed accounts; what belongs to one block shares its anchor."""
    parts = {
        "rivals": ("event_id", "account"), "evidence": ("event_id", "evidence_id"),
        "evidence_ratios": ("event_id", "evidence_id"), "odds": ("event_id", "account", "against"),
        "implications": ("implication_id",),
    }[table]  # fmt: skip
    kind = "evidence" if table == "evidence_ratios" else table
    return f"{kind}-{anchor('|'.join(row[name] for name in parts))}"


def emphasised_rows(public: PublicRows) -> list[Row]:
    """Incidents of the case's events; all incidents when none belongs to an event."""
    rows = public.of("incidents")
    return [row for row in rows if row["event_id"] is not None] or rows


def list_order(public: PublicRows) -> list[str]:
    """Ids of the incidents as they are numbered: the events' incidents first, by their days."""
    main = {row["incident_id"] for row in emphasised_rows(public)}
    rows = sorted(
        public.of("incidents"),
        key=lambda row: (row["incident_id"] not in main, row["date_start"], row["date_end"], row["incident_id"]),
    )
    return [row["incident_id"] for row in rows]


class RowAddresses:
    """Page and anchor of every row, relative to the root of the dossier."""

    def __init__(self, public: PublicRows) -> None:
        self._public = public
        order = list_order(public)
        n_main = len(order) if len(order) <= FEW_INCIDENTS else len(emphasised_rows(public))
        self.detailed = frozenset(order[: min(n_main, MOST_DETAILED)])
        """Incidents with a page of their own."""
        self._incident_of = {record: row["incident_id"] for row in public.of("incidents") for record in row["records"]}
        self._keys = {
            "incidents": order, "claims": list(public.rows["claims"]), "holdings": list(public.rows["holdings"]),
            "records": [
                key for key in public.rows["records"]
                if len(public.rows["records"]) <= MOST_LISTED or self._incident_of.get(key) in self.detailed
            ],
        }  # fmt: skip
        if len(self._keys["holdings"]) > MOST_LISTED:
            self._keys["holdings"] = []
        self._page_of: dict[str, dict[str, int]] = {
            table: {key: 1 + number // self._per_page(table) for number, key in enumerate(keys)}
            for table, keys in self._keys.items()
        }
        #: Parties with a page of their own: those that say anything but votes.
        self.speaking = frozenset(
            row["speaker_party"] for row in public.of("claims") if row["speaker_party"] and row["origin"] != "vote"
        )

    @staticmethod
    def _per_page(table: str) -> int:
        return LINES_PER_PAGE if table == "incidents" else ROWS_PER_PAGE

    def in_detail(self, record: str) -> bool:
        """Whether the record belongs to an incident with a page of its own."""
        return self._incident_of.get(record) in self.detailed

    def paged(self, table: str) -> list[tuple[str, list[str]]]:
        """Pages of a table with the keys that each shows; one page at least."""
        keys, most = self._keys[table], self._per_page(table)
        count = max(1, -(-len(keys) // most))
        return [(page_name(table, number + 1), keys[number * most : (number + 1) * most]) for number in range(count)]

    def _paged_row(self, table: str, key: str) -> str:
        if table == "incidents" and key in self.detailed:
            return f"incidents/{anchor(key)}.html"
        page = self._page_of[table].get(key)
        if page is not None:
            return f"{page_name(table, page)}#{anchor(key)}"
        if table == "records" and (incident := self._incident_of.get(key)) is not None:
            return self._paged_row("incidents", incident)
        row = self._public.rows[table].get(key)
        return "sources.html" if row is None else self.row("originals", row["original_path"])

    def row(self, table: str, key: str) -> str:
        """The address of a row."""
        if table in self._page_of:
            return self._paged_row(table, key)
        row = self._public.rows[table][key]
        if table == "documents":
            return f"documents/{anchor(key)}.html"
        if table == "accounts":
            return self._paged_row("claims", row["claim_id"])
        if table == "contradictions":
            return f"index.html#contradiction-{anchor(key)}"
        if table == "votes":
            return f"council.html#vote-{anchor(row['claim_id'])}"
        if table in ("incident_places", "claim_links", "control", "fronts"):
            return self._paged_row("incidents", row["incident_id"])
        if table == "place_candidates":
            return self._paged_row(row["of_table"], row["row_key"])
        if table == "sensitivity":
            return f"incidents.html#variant-{key}"
        if table == "links":
            return self._paged_row("records", row["record_a"])
        if table in ("rivals", "evidence", "evidence_ratios", "odds", "implications"):
            return f"weighed.html#{weighed_anchor(table, row)}"
        if table == "weighed_rows":
            return self.row(row["of_table"], row["of_key"])
        if table == "robustness":
            return f"findings.html#variant-{anchor(key)}"
        if table in ("findings", "finding_rows"):
            return f"findings.html#{anchor(row['finding_id'])}"
        if table in ("edition_rules", "withheld"):
            return f"withheld.html#{table}-{anchor(key)}"
        prefix = {"originals": "original", "rejects": "reject", "decisions": "decision", "notes": "note"}[table]
        return f"sources.html#{prefix}-{anchor(key)}"

    def account(self, party: str | None) -> str | None:
        """The page of a party's account; ``None`` when it has none."""
        return f"accounts/{anchor(party)}.html" if party in self.speaking and party is not None else None

    def passage(self, claim_id: str) -> str | None:
        """The marked passage of a claim in its document; ``None`` when the document is not printed."""
        document_id = self._public.rows["claims"][claim_id]["document_id"]
        if document_id not in self._public.rows["documents"]:
            return None
        return f"documents/{anchor(document_id)}.html#p-{anchor(claim_id)}"
