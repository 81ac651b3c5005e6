"""An event in three sentences: what is reported, who blames whom and who denies it, what the record's tests say.

In: an :class:`~contested.web.edition.Edition` and an event. Out: :class:`Opening`. Refuses: nothing; where a case
tests nothing, the sentence says so. Every sentence follows from the tables by rule; the only words of a person are
the case's own summary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from contested.base.case import Event
from contested.web.blames import claims_of_event, counted_claims, is_reply
from contested.web.edition import Edition
from contested.web.marks import Mark
from contested.web.numbers import Cells, Number, counted
from contested.web.public import Row, row_key
from contested.web.strings import TEXT
from contested.web.words import joined_words

PAGE = "index.html"
#: Parties named as blamed in the sentence; all of them stand in the table beneath.
MAX_TARGETS = 3


@dataclass(frozen=True, slots=True)
class Opening:
    """Three short paragraphs, each of sentences."""

    counted: Markup
    """How many sources, claims and records tell of it."""
    blamed: tuple[Markup, ...]
    record: tuple[Markup, ...]


def show_opening(edition: Edition, event: Event, sources: Number) -> Opening:
    """The opening of an event; ``sources`` are its independent sources."""
    claims = claims_of_event(edition, event.id)
    return Opening(_counted(edition, event, claims, sources), _blamed(edition, claims), _record(edition, event))


def _sentence(key: str, **values: object) -> Markup:
    return Markup(TEXT[key]).format(**values)


def _name(mark: Mark) -> Markup:
    return Markup("<bdi>{}</bdi>").format(mark.name)


def _counted(edition: Edition, event: Event, claims: list[Row], sources: Number) -> Markup:
    book = edition.book
    made = book.count(PAGE, TEXT["table_claims"], "claims", [claim["claim_id"] for claim in counted_claims(claims)])
    records = {
        name for row in edition.public.of("incidents") if row["event_id"] == event.id
        for name in row["records"] if name in edition.public.rows["records"]
    }  # fmt: skip
    told = {"claims": counted(made, "claims"), "sources": counted(sources, "sources")}
    if not records:
        return _sentence("opening_counted", **told)
    rows = book.count(PAGE, TEXT["table_records"], "records", sorted(records))
    return _sentence("opening_counted_records", **told, records=counted(rows, "records"))


def _blamed(edition: Edition, claims: list[Row]) -> tuple[Markup, ...]:
    by_target: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for claim in counted_claims([claim for claim in claims if claim["stance"] == "blames"]):
        if claim["speaker_party"] and claim["target_party"]:
            by_target[claim["target_party"]][claim["speaker_party"]].append(claim)
    if not by_target:
        return (_sentence("no_blame"),)
    ordered = sorted(by_target.items(), key=lambda item: (-len(item[1]), item[0]))[:MAX_TARGETS]
    found = []
    for target, speakers in ordered:
        blaming = edition.book.count(
            PAGE, TEXT["blaming_claims"], "claims", [row["claim_id"] for rows in speakers.values() for row in rows]
        )
        named = joined_words([_speaker(edition, party, rows) for party, rows in speakers.items()])
        mark = _name(edition.marks(target))
        found.append(_sentence("opening_blamed", target=mark, speakers=named, claims=counted(blaming, "claims")))
        found.append(_reply(edition, [claim for claim in claims if is_reply(claim, target)], mark))
    explaining = counted_claims([claim for claim in claims if claim["stance"] == "alternative_explanation"])
    parties = dict.fromkeys(claim["speaker_party"] for claim in explaining if claim["speaker_party"])
    if parties:
        named = joined_words([_name(edition.marks(party)) for party in parties])
        found.append(_sentence("opening_explained", speakers=named))
    return tuple(found)


def _speaker(edition: Edition, party: str, rows: Iterable[Row]) -> Markup:
    modalities = {row["modality"] for row in rows}
    name = _name(edition.marks(party))
    if len(modalities) > 1 or "asserts" in modalities:
        return name
    return _sentence("opening_with_modality", party=name, modality=TEXT[f"modality_{modalities.pop()}"])


def _reply(edition: Edition, replies: list[Row], target: Markup) -> Markup:
    by_stance: dict[str, list[str]] = defaultdict(list)
    for claim in counted_claims(replies):
        by_stance[claim["stance"]].append(claim["claim_id"])
    if not by_stance:
        return _sentence("opening_no_reply", target=target)
    told = [
        _sentence(
            "opening_times", what=TEXT[f"stance_{stance}"],
            claims=edition.book.count(PAGE, TEXT[f"stance_{stance}"], "claims", keys),
        )
        for stance, keys in by_stance.items()
    ]  # fmt: skip
    return _sentence("opening_reply", target=target, replies=joined_words(told))


def _record(edition: Edition, event: Event) -> tuple[Markup, ...]:
    """Counts of tests, what implications came to, and how far rival accounts are told apart."""
    book, found = edition.book, []
    where = {"event_id": event.id}
    if any(row["event_id"] == event.id for row in edition.public.of("findings")):
        found.append(_sentence(
            "opening_tests", tests=book.count_where(PAGE, TEXT["n_tests"], "findings", where),
            refused=book.count_where(PAGE, TEXT["n_refused"], "findings", {**where, "refused": True}),
        ))  # fmt: skip
    implied = [row for row in edition.public.of("implications") if row["event_id"] == event.id and row["checked"]]
    if implied:
        checked = {**where, "checked": True}
        found.append(_sentence(
            "opening_implied",
            **{
                result: book.count_where(
                    PAGE, TEXT[f"weighed_result_{result}"], "implications", {**checked, "result": result}
                )
                for result in ("contradicted", "unknown", "not_contradicted")
            },
        ))  # fmt: skip
    found += _odds(edition, event)
    return tuple(found) or (_sentence("opening_untested"),)


def _odds(edition: Edition, event: Event) -> list[Markup]:
    """How many pairs of rival accounts the evidence tells apart, and which order it gives those."""
    book = edition.book
    titles = {row["account"]: row["title"] for row in edition.public.of("rivals") if row["event_id"] == event.id}
    pairs = [row for row in edition.public.of("odds") if row["event_id"] == event.id and row["scope"] == "all"]
    if not pairs:
        return []
    told = [row for row in pairs if row["verdict"] != "not_told_apart"]
    counts = {
        name: book.count(PAGE, TEXT["weighed_odds"], "odds", [row_key("odds", row) for row in rows])
        for name, rows in (("pairs", pairs), ("told", told))
    }
    return [_sentence("opening_pairs", **counts), *(_order(edition, row, titles) for row in told)]


def _order(edition: Edition, row: Row, titles: dict[str, str]) -> Markup:
    """One order of two accounts, with the ratio as it stands in its row; no account is said to be true."""
    key = row_key("odds", row)
    low, high = (
        edition.book.value(PAGE, TEXT["weighed_combined"], Cells("odds", column, (key,)), style="real")
        for column in ("low", "high")
    )
    account, against = (
        Markup("<bdi>{}</bdi>").format(titles.get(row[name], row[name])) for name in ("account", "against")
    )
    level = Markup("<bdi>{}</bdi>").format(row["level"])
    told = {"fits_better": "opening_fits_better", "fits_worse": "opening_fits_worse"}[row["verdict"]]
    return _sentence(told, account=account, against=against, low=low, high=high, level=level)
