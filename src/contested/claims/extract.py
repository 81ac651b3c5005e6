"""A document → its claims: rows of the claims table.

In: a :class:`~contested.claims.read.Document` and an :class:`~contested.claims.actors.ActorIndex`. Out: one
dictionary a claim, with the columns of :data:`contested.base.records.CLAIMS`. Refuses: nothing: any text can
be read, in time linear in its length; what is not found is left out.

The law of all passages holds: ``document.text[start:end]`` is the stored quotation, for every span.

The way: the tagger's attributions (:mod:`contested.claims.tagging.tagger`; or, in its place, what an extractor of the
user's gives, :mod:`contested.claims.extractors`), sentences of blame and denial that it
missed (:mod:`contested.claims.blame.blaming`), speakers (:mod:`contested.claims.speaking.speakers`), stances
(:mod:`contested.claims.judging`) and facts (:mod:`contested.claims.facts`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Any

from contested.base.records import TOLL_GROUPS, iso, row_id, span
from contested.claims.actors import ActorIndex, ArticleActors, Resolved
from contested.claims.asserted.event_times import choose_counting_day
from contested.claims.blame.blaming import mend_attributions, says_something
from contested.claims.extractors import Extractor, NamedExtractor, RejectedClaim, read_given
from contested.claims.facts import PIECE_JOINT, find_facts
from contested.claims.given import GivenClaim
from contested.claims.judging import Judge
from contested.claims.linking import Attribution
from contested.claims.read import Document, page_of
from contested.claims.speaking.speakers import Speaking, read_speakers
from contested.claims.stance import Judgement
from contested.claims.tagging.tagger import Tagger, load_tagger
from contested.claims.text.words import Span

#: Columns of what a claim asserts, as ``contested read --json`` gives them.
FACTS = (
    "speaks_of", "happened", "means", "mechanism", "place_text", "place_start", "place_end",
    "event_time", "event_time_start", "event_time_end", "event_on_low", "event_on_high",
    *(
        f"{what}_{side}"
        for what in ("killed", *(f"killed_{group}" for group in TOLL_GROUPS), "injured") for side in ("low", "high")
    ),
)  # fmt: skip
#: Raised when rules change what they find, so that ``made_by`` tells old claims from new.
RULES_VERSION = 3


def extract_claims(
    document: Document,
    actors: ActorIndex,
    tagger: Tagger | None = None,
    *,
    extractor: NamedExtractor | Extractor | None = None,
    refused: list[RejectedClaim] | None = None,
) -> list[dict[str, Any]]:
    """Claims of the document in the order of their first passage.

    Parameters
    ----------
    document
        The document; its ``text`` is what the spans count.
    actors
        Names known beforehand, with those of a case when it was built from one.
    tagger
        Another tagger than the one shipped.
    extractor
        Any callable in the tagger's place. Its claims are checked against the text and taken as they are: no
        sentence is added by rule. Speakers, facts, and the stances that it does not give, are found by rule.
    refused
        Gathers the extractor's claims that do not hold in the text; without it they raise a warning.

    Returns
    -------
    list of dict
        Rows for ``CLAIMS.from_rows``. A joint speaker ("the United States and Britain") gives one row for
        each party, with the same spans.

    Raises
    ------
    ExtractorError
        When the extractor raises or gives no list of claims.
    """
    article = ArticleActors(actors, document.text)
    counted_from = choose_counting_day(document.text, document.published)
    rows: dict[str, dict[str, Any]] = {}
    stances = None
    if extractor is not None:
        claims, made_by = read_given(extractor, document, refused)
    else:
        tagger = tagger or load_tagger()
        stances = tagger.stances
        found = tagger.attributions(document.text)
        if tagger.needs_rules:
            found = mend_attributions(article, found)
        claims = [GivenClaim(one, score=one.score) for one in found if says_something(document.text, one)]
        made_by = tagger.version
    made_by = f"{made_by}, rules {RULES_VERSION}"
    given = {claim.attribution: claim for claim in claims}
    spoken = read_speakers(article, list(given), as_given=extractor is not None)
    attributions = [attribution for attribution, _ in spoken]
    judge = Judge(article, attributions, stances)
    starts = sorted(piece[0] for one in attributions for piece in (*one.source, *one.cue))
    for number, (attribution, speaking) in enumerate(spoken):
        claim = given.get(attribution) or GivenClaim(attribution, score=attribution.score)
        last = (attribution.cue or attribution.content)[-1][1]
        following = bisect_right(starts, last)
        limit = starts[following] if following < len(starts) else len(document.text)
        for resolved in speaking.resolved or (None,):
            judgement = claim.judge(article, judge.judge(number, speaking, resolved, limit))
            row = _make_row(document, attribution, speaking, resolved, judgement, counted_from)
            row["made_by"] = made_by
            row["score"] = claim.score
            rows.setdefault(row["claim_id"], row)
    return list(rows.values())


def judge_passage(
    text: str, speaker: Span | None, cue: Sequence[Span], content: Sequence[Span], fast: bool = False
) -> Judgement:
    """Stance, modality and target of one attribution whose spans are known: what the gate holds the reader to.

    Parameters
    ----------
    text
        The passage; the only names known beforehand are the built-in ones.
    speaker
        Characters of the source, or None where the passage names none.
    cue, content
        Pieces in the order of the text; there is at least one piece of content.
    fast
        Judge as the fast tier does, by rules alone.
    """
    article = ArticleActors(ActorIndex(), text)
    attribution = Attribution((speaker,) if speaker is not None else (), tuple(cue), tuple(content))
    ((attribution, speaking),) = read_speakers(article, [attribution], as_given=True)
    resolved = speaking.resolved[0] if speaking.resolved else None
    return Judge(article, [attribution], load_tagger(fast).stances).judge(0, speaking, resolved, len(text))


def _make_row(
    document: Document,
    attribution: Attribution,
    speaking: Speaking,
    resolved: Resolved | None,
    judgement: Judgement,
    counted_from: date | None,
) -> dict[str, Any]:
    text = document.text
    passage = [_cut(text, piece) for piece in attribution.content]
    # A cue in pieces ("has … denied") is kept by its longest piece: one quotation, one span.
    cue = max(attribution.cue, key=lambda piece: (piece[1] - piece[0], -piece[0]), default=None)
    target = judgement.target
    facts = find_facts(
        PIECE_JOINT.join(piece["text"] for piece in passage),
        " ".join(text[a:b] for a, b in attribution.cue), judgement.stance, judgement.modality, counted_from,
    )  # fmt: skip
    party = resolved.party if resolved is not None else None
    kind = None
    if speaking.span is not None:
        kind = resolved.kind if resolved is not None else "role"
    claim_id = row_id(
        "claims", document.document_id, attribution.content, speaking.span, cue, party,
        resolved.actor if resolved is not None else None,
    )  # fmt: skip
    return {
        "claim_id": claim_id,
        "origin": "document",
        "document_id": document.document_id,
        "original_path": document.path,
        "original_row": document.original_row or 0,
        "passage": passage,
        "quoted": True,
        **_columns("speaker", text, speaking.span),
        "speaker_kind": kind,
        "speaker_named_start": speaking.named[0] if speaking.named is not None else None,
        "speaker_named_end": speaking.named[1] if speaking.named is not None else None,
        "speaker_actor": resolved.actor if resolved is not None else None,
        "speaker_party": party,
        "via": [_cut(text, link) for link in speaking.via],
        **_columns("cue", text, cue),
        "stance": judgement.stance,
        "modality": judgement.modality,
        **_columns("target", text, target.span if target is not None else None),
        "target_party": target.party if target is not None else None,
        # The day of publication bounds the day of the statement; it is not that day.
        "reported_on": document.published,
        **facts.as_columns(passage),
        "address": document.address,
        "second_hand": True,
        "checked": False,
    }


def _cut(text: str, piece: Span) -> dict[str, Any]:
    return span(text[piece[0] : piece[1]], *piece)


def _columns(name: str, text: str, piece: Span | None) -> dict[str, Any]:
    start, end = piece if piece is not None else (None, None)
    quotation = text[start:end] if piece is not None else None
    return {f"{name}_text": quotation, f"{name}_start": start, f"{name}_end": end}


def claim_as_json(row: dict[str, Any], document: Document) -> dict[str, Any]:
    """The claim as ``contested read --json`` prints it."""
    speaker = None
    if row.get("speaker_text") is not None:
        speaker = {
            **_span_of(row, "speaker"),
            "kind": row["speaker_kind"], "actor": row["speaker_actor"], "party": row["speaker_party"],
            "named": _named_of(row, document),
        }  # fmt: skip
    target = {**_span_of(row, "target"), "party": row["target_party"]} if row.get("target_text") is not None else None
    return {
        "id": row["claim_id"],
        "document": {
            "path": document.shown, "sha256": document.sha256,
            "title": document.title, "published": iso(document.published),
        },
        "speaker": speaker,
        "via": list(row["via"]),
        "cue": _span_of(row, "cue") if row.get("cue_text") is not None else None,
        "passage": list(row["passage"]),
        **({"page": page_of(document, row["passage"][0]["start"])} if document.pages else {}),
        "stance": row["stance"],
        "modality": row["modality"],
        "target": target,
        "facts": {name: _plain(row[name]) for name in FACTS if row.get(name) is not None},
        "made_by": row["made_by"],
        "score": row["score"],
    }  # fmt: skip


def _named_of(row: dict[str, Any], document: Document) -> dict[str, Any] | None:
    """Where the speaker is named, when that is another place than the one where they speak."""
    start, end = row.get("speaker_named_start"), row.get("speaker_named_end")
    return None if start is None or end is None else _cut(document.text, (start, end))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _span_of(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {"text": row[f"{name}_text"], "start": row[f"{name}_start"], "end": row[f"{name}_end"]}
