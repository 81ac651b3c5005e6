"""The page of one incident: what each source says of it, beside each other.

In: an :class:`~contested.web.edition.Edition`. Out: a page for each incident that has one. Refuses: nothing. Addresses
of media are listed as text and links; nothing of them is loaded or shown.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from contested.web.addresses import anchor, safe_link
from contested.web.claim_pages import speaker_words
from contested.web.edition import Edition
from contested.web.incident_pages import incident_blocks, incident_order
from contested.web.link_lines import record_links
from contested.web.listing import ANSWERS
from contested.web.numbers import Cells
from contested.web.pages import CandidateLine, IncidentPage, MediaLine, Picture, Voice
from contested.web.public import Row, row_key
from contested.web.strings import TEXT
from contested.web.toll_figure import TollSpan, draw_tolls
from contested.web.words import code_words, said_words

BLAMES = ("blames", "claims_responsibility")
#: Addresses that one record lists, at most; the rest stands in its column ``extra``.
MOST_ADDRESSES = 40

_ADDRESS = re.compile(r"https?://[^\s\"'<>\\\]\[{}|;,]+", re.IGNORECASE)
_SAYS_NO = frozenset({"", "0", "no", "none", "false", "not sensitive", "[]", "null"})


def show_incident_pages(edition: Edition) -> list[IncidentPage]:
    """The pages of the incidents that have one, in the order of their numbers."""
    order = incident_order(edition)
    linked = edition.grouped("claim_links", "incident_id")
    candidates = edition.grouped("place_candidates", "of_table", "row_key")
    titles = edition.public.rows["incidents"]
    blocks = list(incident_blocks(edition, order))
    named = [(file, f"{block.number}. {block.title}") for file, block in blocks]
    shown = []
    ids = sorted(edition.addresses.detailed, key=order.__getitem__)
    for number, (key, (file, block)) in enumerate(zip(ids, blocks, strict=True)):
        rows = edition.public.rows["records"]
        records = [rows[record] for record in titles[key]["records"] if record in rows]
        sole = _event_claims(edition, titles[key]["event_id"])
        told = _told(edition, linked.get((key,), []), sole)
        found = [row for record in records for row in candidates.get(("records", record["record_id"]), [])]
        shown.append(IncidentPage(
            file, block, _event_address(edition, titles[key]["event_id"]), bool(sole),
            named[number - 1] if number else None, named[number + 1] if number + 1 < len(named) else None,
            _toll_picture(titles[key], records),
            tuple(_voice(edition, row) for row in told if row["stance"] in BLAMES),
            tuple(_voice(edition, row) for row in told if row["stance"] in ANSWERS),
            tuple(_candidate(edition, file, row) for row in found),
            tuple(line for record in records if (line := _media(edition, record)) is not None),
        ))  # fmt: skip
    return shown


def _told(edition: Edition, links: list[Row], more: list[Row]) -> list[Row]:
    """Claims that are taken to tell of an incident, in the order of their days."""
    rows = edition.public.rows["claims"]
    found = {link["claim_id"]: rows[link["claim_id"]] for link in links if link["linked"]}
    found |= {row["claim_id"]: row for row in more}
    return sorted(found.values(), key=lambda row: (row["said_on"] or date.max, row["claim_id"]))


def _event_claims(edition: Edition, event_id: str | None) -> list[Row]:
    """Checked claims of the event, where it has no other incident that they could mean."""
    incidents = edition.public.of("incidents")
    withheld = edition.public.withheld["incidents"].values()
    if event_id is None or sum(row["event_id"] == event_id for row in (*incidents, *withheld)) != 1:
        return []
    return [
        row for row in edition.public.of("claims")
        if row["event_id"] == event_id and row["checked"] and row["speaks_of"] in (None, "event")
    ]  # fmt: skip


def _event_address(edition: Edition, event_id: str | None) -> str | None:
    """Where the accounts of the incident's event stand."""
    declared = {event.id for event in edition.case.file.events}
    return f"index.html#event-{event_id}" if event_id in declared else None


def _toll_picture(incident: Row, records: list[Row]) -> Picture | None:
    """The range of each record; nothing where fewer than two records give one."""
    for word in ("killed", "injured"):
        spans = [
            TollSpan("; ".join(row["sources"]) or row["record_id"], row[f"{word}_low"], row[f"{word}_high"])
            for row in records if (row[f"{word}_low"], row[f"{word}_high"]) != (None, None)
        ]  # fmt: skip
        # Where all say that nobody was, there is nothing to draw.
        if len(spans) > 1 and any((span.low, span.high) != (0, 0) for span in spans):
            name = f"tolls-{anchor(incident['incident_id'])}"
            return Picture(draw_tolls(spans, TEXT[word], name), TEXT["toll_picture_key"].format(what=TEXT[word]))
    return None


def _voice(edition: Edition, row: Row) -> Voice:
    target = edition.marks(row["target_party"]).name if row["target_party"] else row["target_text"]
    words = {"speaker": speaker_words(row), "stance": TEXT["stance_" + row["stance"]], "target": target}
    form = "voice_target" if target and row["stance"] == "blames" else "voice"
    said = said_words(row)
    return Voice(
        edition.addresses.row("claims", row["claim_id"]), TEXT[form].format(**words) + (f", {said}" if said else ""),
        " … ".join(piece["text"] for piece in row["passage"]), row["checked"],
    )  # fmt: skip


def _candidate(edition: Edition, file: str, row: Row) -> CandidateLine:
    cells = Cells("place_candidates", "score", (row_key("place_candidates", row),))
    return CandidateLine(
        record_links(edition, row["row_key"])[0], row["place_text"] or "", row["name"],
        None if row["kind"] is None else code_words(row["kind"]),
        None if row["lon"] is None else f"{row['lat']:.5f}, {row['lon']:.5f}",
        edition.book.value(file, TEXT["candidate_score"], cells, style="probability"), row["reason"], row["chosen"],
    )  # fmt: skip


def _media(edition: Edition, row: Row) -> MediaLine | None:
    """Addresses in the columns that the preset does not use, and whether one of these says graphic."""
    try:
        extra = json.loads(row["extra"] or "{}")
    except ValueError:
        return None
    if not isinstance(extra, dict):
        return None
    found = dict.fromkeys(address for value in extra.values() for address in _ADDRESS.findall(_text(value)))
    found.pop(row["address"] or "", None)
    graphic = any(_says_graphic(str(name), _text(value)) for name, value in extra.items())
    if not found and not graphic:
        return None
    listed = tuple((address, safe_link(address)) for address in list(found)[:MOST_ADDRESSES])
    return MediaLine(record_links(edition, row["record_id"])[0], listed, graphic)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _says_graphic(name: str, value: str) -> bool:
    """Whether a column says that media may be graphic: ``graphic`` = yes, ``sensitive`` = Graphic Violence."""
    if value.strip().casefold() in _SAYS_NO:
        return False
    return "graphic" in name.casefold() or ("sensitiv" in name.casefold() and "graphic" in value.casefold())
