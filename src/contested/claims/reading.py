"""How documents are read: the one place where the tagger and the known names are chosen.

In: :class:`Reading`, which is small and can be handed to another process. Out: :class:`ClaimReader`, which turns
an item into a document and its claims. Refuses: what the readers of documents and of cases refuse.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contested.claims.actors import ActorIndex
from contested.claims.documents.items import Item
from contested.claims.extract import RULES_VERSION, extract_claims
from contested.claims.extractors import RejectedClaim, load_extractor
from contested.claims.read import Document, read_item, unsupported_reason
from contested.claims.tagging.tagger import load_tagger


@dataclass(frozen=True)
class Reading:
    """The choices of one run: the fast tagger or the best, the case whose parties names are resolved to, a reader."""

    fast: bool = False
    case: Path | None = None
    extractor: str | None = None
    """Name of what reads in the tagger's place (:mod:`contested.claims.extractors`)."""


@dataclass(frozen=True)
class ReadDocument:
    """A document with its claims; ``unsupported`` says why there are none to be had."""

    document: Document
    claims: tuple[dict[str, Any], ...]
    unsupported: str | None
    refused: tuple[RejectedClaim, ...] = ()
    """Claims of an extractor that do not hold in the text."""


class ClaimReader:
    """Tagger and names, loaded once; reads one item after another."""

    def __init__(self, reading: Reading) -> None:
        case = None
        if reading.case is not None:
            from contested.base.case import open_case

            case = open_case(reading.case)
        self.party_names = dict(case.party_names) if case is not None else {}
        self._actors = ActorIndex(case)
        self._extractor = load_extractor(reading.extractor) if reading.extractor is not None else None
        self._tagger = load_tagger(fast=reading.fast) if self._extractor is None else None

    @property
    def made_by(self) -> str:
        """What made the claims, as each of them says."""
        by = self._extractor.made_by if self._extractor is not None else self._tagger.version if self._tagger else ""
        return f"{by}, rules {RULES_VERSION}"

    def read(self, item: Item) -> ReadDocument:
        """The document of an item and its claims.

        Raises
        ------
        DocumentError
            When it is no document that can be read.
        ExtractorError
            When the extractor fails on it.
        """
        document = read_item(item)
        # What languages an extractor of the user's can read is for its maker to say.
        if not document.supported and self._extractor is None:
            return ReadDocument(document, (), unsupported_reason(document))
        refused: list[RejectedClaim] = []
        rows = extract_claims(document, self._actors, self._tagger, extractor=self._extractor, refused=refused)
        return ReadDocument(document, tuple(rows), None, tuple(refused))
