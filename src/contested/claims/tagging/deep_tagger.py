"""The default tier: a text into attributions by the network.

In: a text. Out: :class:`~contested.claims.linking.Attribution` with spans of that text. Refuses: a folder without the
weights (:mod:`contested.claims.tagging.encoder`).

The encoder reads windows of the text and says at which words an attribution's cue begins (an *anchor*). For each
anchor the roles' head then reads the words around it and says which are source, cue and content of that one
attribution. So a source may serve several cues, and attributions may lie within each other. The network is
described in training/reader/model.py, its data and scores in ``models/README.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from contested.claims.linking import Attribution
from contested.claims.tagging.decoding import Decoder, rate_attribution, spans_by_role, without_doubles
from contested.claims.tagging.encoder import States, batches, load_encoder
from contested.claims.tagging.stance_reader import StanceReader
from contested.claims.tagging.windows import Text, Window, cut_text, cut_windows
from contested.claims.text.words import Span

#: Characters of a text that are cut into words at once, so that memory stays flat on long texts.
SECTION_CHARACTERS = 200_000
#: Anchors whose roles are read at once.
BATCH_ANCHORS = 64


class DeepTagger:
    """The network as a tagger. ``version`` goes into ``made_by`` of every claim it makes."""

    def __init__(self, folder: Path) -> None:
        self.encoder = load_encoder(folder)
        self.version = self.encoder.version
        # On the corpus's development part the rules cost it 0.8 points of pair overlap.
        self.needs_rules = False
        self.stances = StanceReader(self.encoder)
        self._decoder = Decoder(self.encoder.transitions)

    def attributions(self, text: str) -> list[Attribution]:
        """Attributions of the text, in order of their first span."""
        found: list[Attribution] = []
        for start, end in cut_sections(text):
            part = self._read_section(text[start:end])
            found += [_shift(one, start) for one in part] if start else part
        return found

    def _read_section(self, text: str) -> list[Attribution]:
        cut = cut_text(text, self.encoder.cutter)
        windows = cut_windows(cut, self.encoder.cutter)
        found: list[Attribution] = []
        for batch in batches(windows):
            part = [windows[k] for k in batch]
            states = self.encoder.read_windows(part)
            anchors = self._find_anchors(part, states)
            for low in range(0, len(anchors), BATCH_ANCHORS):
                found += self._read_anchors(cut, part, states, anchors[low : low + BATCH_ANCHORS])
        return without_doubles(found)

    def _find_anchors(self, windows: list[Window], states: States) -> list[tuple[int, int]]:
        """Window and word (counted in the window) of each anchor in a core."""
        found = []
        for k, window in enumerate(windows):
            sure = states.sure[k, window.heads]
            low, high = window.core.start - window.first, window.core.stop - window.first
            found += [(k, int(at)) for at in low + np.flatnonzero(sure[low:high] >= self.encoder.anchor_threshold)]
        return found

    def _read_anchors(
        self, cut: Text, windows: list[Window], states: States, anchors: list[tuple[int, int]]
    ) -> Iterator[Attribution]:
        """The attribution of each anchor, where it has content."""
        radius = self.encoder.radius
        lows = np.asarray([max(0, at - radius) for _, at in anchors])
        highs = np.asarray([min(len(windows[k].heads), at + radius + 1) for k, at in anchors])
        size = int((highs - lows).max())
        width = states.words.shape[2]
        words = np.zeros((len(anchors), size, width), dtype=np.float32)
        centres = np.zeros((len(anchors), width), dtype=np.float32)
        for row, (k, at) in enumerate(anchors):
            heads = windows[k].heads
            words[row, : highs[row] - lows[row]] = states.words[k, heads[lows[row] : highs[row]]]
            centres[row] = states.anchors[k, heads[at]]
        places = np.asarray([at for _, at in anchors])
        distances = np.clip(lows[:, None] + np.arange(size) - places[:, None], -radius, radius) + radius
        lengths = highs - lows
        mask = (np.arange(size) < lengths[:, None]).astype(np.int64)
        scores = self.encoder.read_roles(words, centres, distances, mask)
        labels = self._decoder.find_best_labels(scores, lengths, places - lows)
        for row, (k, at) in enumerate(anchors):
            window = windows[k]
            spans = spans_by_role(labels.best[row], window.first + int(lows[row]), cut.words)
            score = rate_attribution(float(states.sure[k, window.heads[at]]), labels.log_anchor[row])
            if spans["content"] and score >= self.encoder.score_threshold:
                yield Attribution(spans["source"], spans["cue"], spans["content"], score)


def cut_sections(text: str) -> Iterator[Span]:
    """Parts of a long text, cut at line breaks where there are any, else at blanks."""
    start = 0
    while len(text) - start > SECTION_CHARACTERS:
        low, limit = start + SECTION_CHARACTERS // 2, start + SECTION_CHARACTERS
        end = text.rfind("\n", low, limit) + 1 or text.rfind(" ", low, limit) + 1 or limit
        yield start, end
        start = end
    yield start, len(text)


def _shift(one: Attribution, by: int) -> Attribution:
    source, cue, content = (
        tuple((start + by, end + by) for start, end in spans) for spans in (one.source, one.cue, one.content)
    )
    return Attribution(source, cue, content, one.score)
