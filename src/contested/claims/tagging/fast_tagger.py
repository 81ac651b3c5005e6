"""The fast tier: a text into attributions by a lexical model.

In: a text. Out: :class:`~contested.claims.linking.Attribution` with spans of that text.
Refuses: a model folder without weights, or weights of another format.

A conditional random field over words (:mod:`contested.claims.tagging.features`), its spans
grouped and their sources shared (:mod:`contested.claims.linking`), and
direct quotations put right by rule (:mod:`contested.claims.tagging.quotations`). ``models/README.md`` holds the
data, the recipe and the scores.
"""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import pycrfsuite

from contested.base.errors import EngineError
from contested.claims.linking import Attribution, Grouping, Sharing, TaggedSpan, spans_of_labels
from contested.claims.tagging.features import describe_paragraph, paragraph_features
from contested.claims.tagging.quotations import mend_quotations
from contested.claims.text.words import cut_sequences, split_paragraphs, tokenize

WEIGHTS_NAME = "attribution.crfsuite.gz"
PARAMETERS_NAME = "attribution.json"
#: Format of the parameters file; raised when features or linking change so that old weights are refused.
FORMAT = 1


class FastTagger:
    """The trained field. ``version`` goes into ``made_by`` of every claim it makes."""

    def __init__(self, folder: Path) -> None:
        try:
            weights = gzip.decompress((folder / WEIGHTS_NAME).read_bytes())
            parameters = json.loads((folder / PARAMETERS_NAME).read_text(encoding="utf-8"))
        except (OSError, EOFError, ValueError) as error:
            raise EngineError(
                f"{folder}: the tagger's weights cannot be read: {error}; "
                "install the package again, or make them with training/attribution_crf.py"
            ) from error
        if parameters.get("format") != FORMAT:
            raise EngineError(
                f"{folder / PARAMETERS_NAME}: format {parameters.get('format')!r}, expected {FORMAT}; "
                "make the weights again with training/attribution_crf.py"
            )
        self.version: str = parameters["version"]
        self.stances = None
        self.needs_rules = True
        self.lexicon: dict[str, int] = parameters["lexicon"]
        self.grouping = Grouping(**parameters["grouping"])
        self.sharing = Sharing(**parameters["sharing"])
        # The reader keeps a pointer into the buffer, so the buffer must live as long.
        self._weights = weights
        self._crf = pycrfsuite.Tagger()
        self._crf.open_inmemory(weights)

    def spans(self, text: str) -> list[TaggedSpan]:
        """Tagged spans of the text in order; ``start`` and ``end`` count its tokens."""
        tokens = tokenize(text)
        labels: list[str] = []
        paragraph_of: list[int] = []
        sure: dict[int, float] = {}
        for number, paragraph in enumerate(split_paragraphs(text, tokens)):
            paragraph_of += [number] * len(paragraph)
        for sequence in cut_sequences(text, tokens):
            described = describe_paragraph(text, tokens[sequence.start : sequence.stop], self.lexicon)
            self._crf.set(paragraph_features(described, self.lexicon))
            found: list[str] = self._crf.tag()
            labels += found
            for k, label in enumerate(found):
                edge = k + 1 == len(found) or found[k + 1] != "I-" + label[2:]
                if label[0] == "B" or (edge and label != "O"):
                    sure[sequence.start + k] = min(1.0, max(0.0, self._crf.marginal(label, k)))
        return [
            TaggedSpan(
                span.role, span.start, span.end, span.paragraph,
                math.sqrt(sure.get(span.start, 1.0) * sure.get(span.end - 1, 1.0)),
            )
            for span in spans_of_labels(labels, paragraph_of)
        ]  # fmt: skip

    def attributions(self, text: str) -> list[Attribution]:
        """Attributions of the text, in order of their first span."""
        tokens = tokenize(text)
        tagged = self.sharing.share(self.grouping.attributions(self.spans(text), tokens), text)
        return mend_quotations(tagged, text, tokens)
