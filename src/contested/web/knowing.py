"""Who was in a position to know: each source of an event once, with what it says that it rests on.

In: the claims about an event. Out: :class:`Knowing`. Refuses: nothing. Where nothing says what a source rests on,
that is what stands there; nothing is concluded from a party or an outlet.

A source is a speaker (an actor, else the words of the text, within a party): ten outlets that carry one speaker are
one source. Speakers that no text names cannot be told apart, so they are no sources here; their claims are counted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from contested.web.blames import claims_of_event
from contested.web.claim_pages import speaker_words
from contested.web.edition import Edition
from contested.web.marks import Mark
from contested.web.numbers import Number
from contested.web.public import Row
from contested.web.strings import TEXT

PAGE = "index.html"
#: Sources listed for one event; the rest stands with the claims.
MAX_SOURCES = 80


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source: what it rests on by its own word, and how its words came here."""

    name: str
    party: Mark
    account_href: str | None
    kind: str | None
    basis: tuple[str, ...]
    own_publication: bool
    """Whether any of its claims was read at the speaker's own publication."""
    via: str
    """Through whom the others came, where that is told."""
    stances: tuple[str, ...]
    claims: Number


@dataclass(frozen=True, slots=True)
class Knowing:
    """The sources of one event; the counts are of sources, one claim each."""

    sources: Number
    based: Number
    own: Number
    relayed: Number
    lines: tuple[SourceLine, ...]
    left_off: bool
    unnamed: Number | None
    """Claims whose speaker no text names."""
    unchecked: bool
    """Whether no claim of the event is checked, so that machine readings are counted."""


def show_knowing(edition: Edition, event_id: str) -> Knowing:
    """The sources of the checked claims, or of all where none is checked."""
    claims = claims_of_event(edition, event_id)
    counted = [claim for claim in claims if claim["checked"]]
    unchecked = bool(claims) and not counted
    by_source: dict[tuple[str, str], list[Row]] = defaultdict(list)
    unnamed = []
    for claim in counted or claims:
        name = claim["speaker_actor"] or claim["speaker_text"]
        if name is None:
            unnamed.append(claim["claim_id"])
        else:
            by_source[claim["speaker_party"] or "", " ".join(name.split())].append(claim)
    made = sorted(by_source.values(), key=lambda rows: (_relayed(rows), not _based(rows), _order(rows)))
    book = edition.book

    def count(word: str, chosen: list[list[Row]]) -> Number:
        return book.count(PAGE, TEXT[word], "claims", [rows[0]["claim_id"] for rows in chosen])

    return Knowing(
        count("table_sources", made), count("know_based", [rows for rows in made if _based(rows)]),
        count("know_own", [rows for rows in made if not _relayed(rows)]),
        count("know_relayed", [rows for rows in made if _relayed(rows)]),
        tuple(_line(edition, rows) for rows in made[:MAX_SOURCES]), len(made) > MAX_SOURCES,
        book.count(PAGE, TEXT["know_unnamed"], "claims", unnamed) if unnamed else None, unchecked,
    )  # fmt: skip


def _based(rows: list[Row]) -> bool:
    return any(row["basis"] for row in rows)


def _relayed(rows: list[Row]) -> bool:
    return all(row["second_hand"] or row["via"] for row in rows)


def _order(rows: list[Row]) -> tuple[str, str]:
    return rows[0]["said_on"].isoformat() if rows[0]["said_on"] else "9999", rows[0]["claim_id"]


def _line(edition: Edition, rows: list[Row]) -> SourceLine:
    chains = dict.fromkeys(TEXT["chain_arrow"].join(link["text"] for link in row["via"]) for row in rows if row["via"])
    first = rows[0]
    return SourceLine(
        speaker_words(first), edition.marks(first["speaker_party"]), edition.addresses.account(first["speaker_party"]),
        TEXT[f"speaker_{first['speaker_kind']}"] if first["speaker_kind"] else None,
        tuple(dict.fromkeys(row["basis"] for row in rows if row["basis"])), not _relayed(rows),
        "; ".join(chains), tuple(dict.fromkeys(TEXT[f"stance_{row['stance']}"] for row in rows)),
        edition.book.count(PAGE, TEXT["table_claims"], "claims", [row["claim_id"] for row in rows]),
    )  # fmt: skip
