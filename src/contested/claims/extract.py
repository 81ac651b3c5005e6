"""A document → its claims: rows of the claims table.

In: a :class:`~contested.claims.read.Document` and an :class:`~contested.claims.actors.ActorIndex`. Out: one
dictionary a claim, with the columns of :data:`contested.base.records.CLAIMS`. Refuses: nothing: any text can
be read, in time linear in its length; what is not found is left out.

The law of all passages holds: ``document.text[start:end]`` is the stored quotation, for every span.

The way: the tagger's attributions (:mod:`contested.claims.tagger`), sentences of blame and denial that it
missed (:mod:`contested.claims.blaming`), speakers (:mod:`contested.claims.speakers`), stances
(:mod:`contested.claims.stance`) and facts (:mod:`contested.claims.facts`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from contested.base.records import iso, row_id, span
from contested.claims.actors import ActorIndex, ArticleActors, Resolved
from contested.claims.blaming import mend_attributions
from contested.claims.facts import find_facts
from contested.claims.linking import Attribution
from contested.claims.read import Document
from contested.claims.speakers import SpeakerHistory, Speaking
from contested.claims.stance import Judgement, judge_stance
from contested.claims.tagger import Tagger, load_tagger
from contested.claims.words import Span

#: Raised when rules change what they find, so that ``made_by`` tells old claims from new.
RULES_VERSION = 2


def extract_claims(document: Document, actors: ActorIndex, tagger: Tagger | None = None) -> list[dict[str, Any]]:
    """Claims of the document in the order of their first passage.

    Parameters
    ----------
    document
        The document; its ``text`` is what the spans count.
    actors
        Names known beforehand, with those of a case when it was built from one.
    tagger
        Another tagger than the one shipped.

    Returns
    -------
    list of dict
        Rows for ``CLAIMS.from_rows``. A joint speaker ("the United States and Britain") gives one row for
        each party, with the same spans.
    """
    tagger = tagger or load_tagger()
    article = ArticleActors(actors, document.text)
    history = SpeakerHistory(article)
    made_by = f"{tagger.version}, rules {RULES_VERSION}"
    rows: dict[str, dict[str, Any]] = {}
    attributions = mend_attributions(article, tagger.attributions(document.text))
    starts = sorted(piece[0] for one in attributions for piece in (*one.source, *one.cue))
    for attribution in attributions:
        last = (attribution.cue or attribution.content)[-1][1]
        following = bisect_right(starts, last)
        limit = starts[following] if following < len(starts) else len(document.text)
        speaking = history.read(attribution)
        for resolved in speaking.resolved or (None,):
            judgement = _judge(article, attribution, speaking, resolved, limit)
            row = _make_row(document, attribution, speaking, resolved, judgement)
            row["made_by"] = made_by
            rows.setdefault(row["claim_id"], row)
    return list(rows.values())


def judge_passage(text: str, speaker: Span | None, cue: Sequence[Span], content: Sequence[Span]) -> Judgement:
    """Stance, modality and target of one attribution whose spans are known: what the gate holds the reader to.

    Parameters
    ----------
    text
        The passage; the only names known beforehand are the built-in ones.
    speaker
        Characters of the source, or None where the passage names none.
    cue, content
        Pieces in the order of the text; there is at least one piece of content.
    """
    article = ArticleActors(ActorIndex(), text)
    attribution = Attribution((speaker,) if speaker is not None else (), tuple(cue), tuple(content))
    speaking = SpeakerHistory(article).read(attribution)
    resolved = speaking.resolved[0] if speaking.resolved else None
    return _judge(article, attribution, speaking, resolved, len(text))


def _judge(
    article: ArticleActors, attribution: Attribution, speaking: Speaking, resolved: Resolved | None, limit: int
) -> Judgement:
    judgement = judge_stance(article, attribution, resolved, speaking.span, limit)
    if judgement.target is None and judgement.stance == "blames":
        return replace(judgement, target=speaking.passive_target)
    return judgement


def _make_row(
    document: Document, attribution: Attribution, speaking: Speaking, resolved: Resolved | None, judgement: Judgement
) -> dict[str, Any]:
    text = document.text
    passage = [_cut(text, piece) for piece in attribution.content]
    # A cue in pieces ("has … denied") is kept by its longest piece: one quotation, one span.
    cue = max(attribution.cue, key=lambda piece: (piece[1] - piece[0], -piece[0]), default=None)
    target = judgement.target
    facts = find_facts(
        " ".join(piece["text"] for piece in passage),
        " ".join(text[a:b] for a, b in attribution.cue), judgement.stance, judgement.modality,
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
        "original_row": 0,
        "passage": passage,
        "quoted": True,
        **_columns("speaker", text, speaking.span),
        "speaker_kind": kind,
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
        **facts.as_columns(),
        "address": document.address,
        "second_hand": True,
        "score": attribution.score,
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
        }  # fmt: skip
    target = {**_span_of(row, "target"), "party": row["target_party"]} if row.get("target_text") is not None else None
    return {
        "id": row["claim_id"],
        "document": {
            "path": document.path, "sha256": document.sha256,
            "title": document.title, "published": iso(document.published),
        },
        "speaker": speaker,
        "via": list(row["via"]),
        "cue": _span_of(row, "cue") if row.get("cue_text") is not None else None,
        "passage": list(row["passage"]),
        "stance": row["stance"],
        "modality": row["modality"],
        "target": target,
        "made_by": row["made_by"],
        "score": row["score"],
    }  # fmt: skip


def _span_of(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {"text": row[f"{name}_text"], "start": row[f"{name}_start"], "end": row[f"{name}_end"]}


def read_claims(documents: Sequence[Document], actors: ActorIndex) -> list[dict[str, Any]]:
    """Claims of several documents, in the order given."""
    return [row for document in documents for row in extract_claims(document, actors)]
