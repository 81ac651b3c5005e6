"""Attribution: windows with gold roles, the loss, and reading a text with the network."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from contested.claims.linking import ROLES, Attribution
from contested.claims.tagging.decoding import (
    LABELS,
    Decoder,
    Transitions,
    rate_attribution,
    spans_by_role,
    without_doubles,
)
from contested.claims.tagging.windows import PieceCutter, Text, Window, cut_text, cut_windows, make_window
from contested.claims.text.words import split_sentences
from training.corpus import Corpus, words_in
from training.reader.model import Reader

_BEGIN = {role: LABELS.index("B-" + role) for role in ROLES}


#: Shares of documents that are shown in single sentences, and in windows of one or a few paragraphs: a saved post or a
#: caption is as short.
SENTENCE_SHARE = 0.08
PARAGRAPH_SHARE = 0.3


@dataclass
class Example:
    """A text with the anchor and the labelled words of each attribution."""

    text: Text
    sentences: Text
    """The same words, each sentence a paragraph of its own."""
    gold: list[tuple[int, list[tuple[int, int, int]]]]
    """Anchor word; (first word, end, label of the first) of each piece."""
    flat: np.ndarray
    """One label a word over all attributions; where two meet the first keeps it."""


def prepare(corpus: Corpus, cutter: PieceCutter) -> list[Example]:
    """Examples of the corpus."""
    found = []
    for text, attributions in corpus:
        cut = cut_text(text, cutter)
        ends = [end for _, end in cut.words]
        flat = np.zeros(len(cut.words), dtype=np.int64)
        gold = []
        for one in attributions:
            pieces = [(a, b, _BEGIN[role]) for role in ROLES for a, b in words_in(getattr(one, role), cut.words, ends)]
            for a, b, label in pieces:
                for k in range(a, b):
                    if flat[k] == 0:
                        flat[k] = label if k == a else label + 1
            cues = [a for a, _, label in pieces if label == _BEGIN["cue"]]
            if cues:
                gold.append((min(cues), pieces))
        found.append(Example(cut, by_sentence(cut), gold, flat))
    return found


def by_sentence(text: Text) -> Text:
    """The text with a paragraph for each sentence."""
    sequences = []
    signals = text.signals.copy()
    for sequence in text.sequences:
        numbers = split_sentences([text.text[slice(*text.words[k])] for k in sequence])
        cuts = [0, *(k for k in range(1, len(numbers)) if numbers[k] != numbers[k - 1]), len(numbers)]
        sequences += [range(sequence.start + a, sequence.start + b) for a, b in pairwise(cuts)]
    for sequence in sequences:
        signals[sequence.start] |= 2
    return replace(text, sequences=sequences, signals=signals)


def alone(text: Text, cutter: PieceCutter) -> list[Window]:
    """A window for each paragraph."""
    return [make_window(text, part.start, part.stop, part, cutter) for part in text.sequences]


def batches(
    examples: Sequence[Example], cutter: PieceCutter, pieces: int, rng: random.Random
) -> Iterator[list[tuple[Example, Window]]]:
    """Shuffled windows, as many a batch as make the given number of pieces."""
    windows = []
    for example in examples:
        kind = rng.random()
        if kind < SENTENCE_SHARE:
            cut = alone(example.sentences, cutter)
        elif kind < SENTENCE_SHARE + PARAGRAPH_SHARE:
            cut = cut_windows(example.text, cutter, rng.randrange(20, 160), 0)
        else:
            cut = cut_windows(example.text, cutter, 320, 0, rng.randrange(100, 320))
        windows += [(example, window) for window in cut]
    rng.shuffle(windows)
    windows.sort(key=lambda pair: len(pair[1].pieces) // 48 + rng.random() * 2)
    groups: list[list[tuple[Example, Window]]] = []
    group: list[tuple[Example, Window]] = []
    for pair in windows:
        longest = max([len(pair[1].pieces), *(len(w.pieces) for _, w in group)])
        if group and longest * (len(group) + 1) > pieces:
            groups.append(group)
            group = []
        group.append(pair)
    groups.append(group)
    rng.shuffle(groups)
    yield from groups


def pad(windows: Sequence[Window], cutter: PieceCutter) -> tuple[Tensor, Tensor, Tensor]:
    """Pieces, signals and mask of windows, padded to the longest."""
    size = max(len(w.pieces) for w in windows)
    pieces = np.full((len(windows), size), cutter.pad, dtype=np.int64)
    signals, mask = np.zeros_like(pieces), np.zeros_like(pieces)
    for k, w in enumerate(windows):
        pieces[k, : len(w.pieces)], signals[k, : len(w.pieces)], mask[k, : len(w.pieces)] = w.pieces, w.signals, 1
    return torch.from_numpy(pieces), torch.from_numpy(signals), torch.from_numpy(mask)


def word_states(states: Tensor, windows: Sequence[Window]) -> Tensor:
    """State of each word's first piece [windows, words, width]."""
    size = max(len(w.heads) for w in windows)
    heads = torch.zeros(len(windows), size, dtype=torch.long)
    for k, w in enumerate(windows):
        heads[k, : len(w.heads)] = torch.from_numpy(w.heads)
    return states.gather(1, heads[..., None].expand(-1, -1, states.shape[-1]))


def around(
    reader: Reader, words: Tensor, windows: Sequence[Window], anchors: Sequence[tuple[int, int]]
) -> tuple[Tensor, Tensor, Tensor, Tensor, list[int]]:
    """Words around anchors: mapped states, anchors' states, distances, mask, and the first word of each."""
    radius = reader.s.radius
    lows = [max(0, at - radius) for _, at in anchors]
    highs = [min(len(windows[k].heads), at + radius + 1) for k, at in anchors]
    size = max(b - a for a, b in zip(lows, highs, strict=True))
    rows = torch.tensor([k for k, _ in anchors])
    low = torch.tensor(lows)
    at = low[:, None] + torch.arange(size)[None, :]
    mask = at < torch.tensor(highs)[:, None]
    at = at.clamp(max=words.shape[1] - 1)
    centre = torch.tensor([a for _, a in anchors])
    distances = (at - centre[:, None]).clamp(-radius, radius) + radius
    mapped = F.embedding(rows[:, None] * words.shape[1] + at, reader.roles.word(words).flatten(0, 1))
    return mapped, reader.roles.anchor(words[rows, centre]), distances, mask, lows


def loss(reader: Reader, batch: Sequence[tuple[Example, Window]], cutter: PieceCutter, rng: random.Random) -> Tensor:
    """Loss of one batch: anchors, flat labels, and roles given gold anchors and some false ones."""
    windows = [w for _, w in batch]
    pieces, signals, mask = pad(windows, cutter)
    states = reader.encoder(pieces, signals, torch.zeros_like(pieces), mask)
    words = word_states(states, windows)
    size = words.shape[1]
    flat = torch.full((len(windows), size), -100, dtype=torch.long)
    is_anchor = torch.full((len(windows), size), -1.0)
    gold: list[tuple[int, int, list[tuple[int, int, int]]]] = []
    for k, (example, w) in enumerate(batch):
        n = w.end - w.first
        flat[k, :n] = torch.from_numpy(example.flat[w.first : w.end])
        is_anchor[k, :n] = 0.0
        for anchor, parts in example.gold:
            if w.first <= anchor < w.end:
                is_anchor[k, anchor - w.first] = 1.0
                gold.append((k, anchor - w.first, [(a - w.first, b - w.first, label) for a, b, label in parts]))
    anchor_scores = reader.anchor(words)[..., 0].float()
    inside = is_anchor >= 0
    count = max(1, len(gold))
    anchor_loss = F.binary_cross_entropy_with_logits(anchor_scores[inside], is_anchor[inside], reduction="sum") / count
    flat_loss = F.cross_entropy(
        reader.labels(words).float().reshape(-1, len(LABELS)), flat.reshape(-1), ignore_index=-100
    )
    with torch.no_grad():
        likely = (torch.sigmoid(anchor_scores) > 0.1) & (is_anchor == 0.0)
        false = likely.nonzero().tolist()
    rng.shuffle(false)
    false = false[: count // 2] + [[k, rng.randrange(windows[k].end - windows[k].first)] for k in range(len(windows))]
    false = [pair for pair in false if is_anchor[pair[0], pair[1]] == 0.0]
    anchors = [(k, at) for k, at, _ in gold] + [(k, at) for k, at in false]
    total = anchor_loss + flat_loss
    if anchors:
        near, centre, distances, seen, lows = around(reader, words, windows, anchors)
        labels = torch.zeros(near.shape[:2], dtype=torch.long)
        for row, (_, _, parts) in enumerate(gold):
            for a, b, label in sorted(parts, key=lambda part: part[2] != _BEGIN["content"]):
                a, b = max(a - lows[row], 0), min(b - lows[row], labels.shape[1])
                if b > a:
                    labels[row, a:b] = label + 1
                    labels[row, a] = label
        logits = reader.roles(near, centre, distances, seen)
        total = total + 0.15 * reader.chain.loss(logits, labels * seen, seen.sum(1)).mean()
    return total


@torch.no_grad()
def read(reader: Reader, example: Text, cutter: PieceCutter, threshold: float = 0.3, **cut: int) -> list[Attribution]:
    """Attributions of a text, as the shipped reader gives them but by torch."""
    windows = cut_windows(example, cutter, **cut)
    step = reader.chain.step + reader.chain.barred
    decoder = Decoder(
        Transitions(step.numpy(), (reader.chain.start + reader.chain.barred_start).numpy(), reader.chain.end.numpy())
    )
    found = []
    for low in range(0, len(windows), 8):
        part = windows[low : low + 8]
        pieces, signals, mask = pad(part, cutter)
        with torch.autocast("cpu", torch.bfloat16):
            words = word_states(reader.encoder(pieces, signals, torch.zeros_like(pieces), mask), part)
            sure = torch.sigmoid(reader.anchor(words)[..., 0].float())
            anchors = [
                (k, at)
                for k, w in enumerate(part)
                for at in range(w.core.start - w.first, w.core.stop - w.first)
                if sure[k, at] >= threshold
            ]
            if not anchors:
                continue
            near, centre, distances, seen, lows = around(reader, words, part, anchors)
            logits = reader.roles(near, centre, distances, seen).float()
        places = np.asarray([at - low for (_, at), low in zip(anchors, lows, strict=True)])
        labels = decoder.find_best_labels(logits.numpy(), seen.sum(1).numpy(), places)
        for row, (k, at) in enumerate(anchors):
            spans = spans_by_role(labels.best[row], part[k].first + lows[row], example.words)
            score = rate_attribution(float(sure[k, at]), labels.log_anchor[row])
            if spans["content"]:
                found.append(Attribution(spans["source"], spans["cue"], spans["content"], score))
    return without_doubles(found)
