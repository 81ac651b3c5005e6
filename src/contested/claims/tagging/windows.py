"""A text into the windows of word pieces that the encoder reads.

In: a text. Out: :class:`Window` objects with piece numbers, a signal for each piece (the shape of its word,
whether it begins a paragraph, whether it stands in a quotation), and which words of the text they hold.
Refuses: nothing; any text can be cut, in time linear in its length.

The encoder knows no capitals (its pieces are lower case) and no line breaks, so the signal says what they
said. A window's *core* is what is read from it; the words around it, its *context*, are read from its neighbours.
Changing anything here: train again (training/reader) and measure (gate/attribution.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from contested.claims.tagging.features import word_shape
from contested.claims.text.words import Span, cut_sequences, mark_quotations, split_paragraphs, tokenize

#: Pieces of a window's core, and of context on each side. 256 pieces are some 220 words: four paragraphs of news.
CORE_PIECES = 256
CONTEXT_PIECES = 64
#: Pieces of one word that are read: longer "words" are addresses or noise.
MAX_WORD_PIECES = 12
#: Characters of one word that are cut into pieces.
MAX_WORD_CHARACTERS = 64
#: Words that are cut into pieces at once, so that memory stays flat on long texts.
BATCH_WORDS = 20_000

_SURROGATE = re.compile("[\ud800-\udfff]")
_MPNET_SPECIAL = ("<s>", "</s>", "<pad>", "<mask>", "[UNK]")
_BERT_SPECIAL = ("[CLS]", "[SEP]", "[PAD]", "[MASK]", "[UNK]")
_SHAPES = {"l": 0, "T": 1, "U": 2, "d": 3, "p": 4}
#: Signals: five shapes, each in four states (begins a paragraph or not, within quotation marks or not).
SIGNALS = len(_SHAPES) * 4
#: The signal of a hidden name: title case, within a paragraph, outside of quotation marks, whatever it is.
HIDDEN_SIGNAL = _SHAPES["T"] * 4


@dataclass(frozen=True)
class Text:
    """A text cut into words and pieces."""

    text: str
    words: list[Span]
    pieces: list[np.ndarray]
    """Piece numbers of each word."""
    signals: np.ndarray
    """One a word."""
    sequences: list[range]
    """Words of each paragraph, long ones cut at sentence ends."""


@dataclass(frozen=True)
class Window:
    """Words ``first`` to ``end`` of a text as the encoder reads them; only those of ``core`` are kept."""

    first: int
    end: int
    core: range
    pieces: np.ndarray
    """int64, with the marks of start and end."""
    signals: np.ndarray
    """int64, one a piece."""
    heads: np.ndarray
    """Position in ``pieces`` of the first piece of each word."""


class PieceCutter:
    """Cuts words into pieces with the encoder's own vocabulary."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        vocabulary = self._tokenizer.get_vocab()
        # MPNet's names of the special pieces, else BERT's.
        names = _MPNET_SPECIAL if "<s>" in vocabulary else _BERT_SPECIAL
        self.start, self.stop, self.pad, self.mask, self.unknown = (vocabulary[name] for name in names)

    def cut_words(self, words: Sequence[str]) -> list[np.ndarray]:
        """Pieces of each word; a word of unknown signs is one unknown piece."""
        found: list[np.ndarray] = []
        for low in range(0, len(words), BATCH_WORDS):
            # Lone surrogates have no UTF-8 form, which the tokenizer asks for.
            part = [_SURROGATE.sub("?", word[:MAX_WORD_CHARACTERS]) for word in words[low : low + BATCH_WORDS]]
            encoding = self._tokenizer.encode(part, is_pretokenized=True, add_special_tokens=False)
            ids = np.asarray(encoding.ids, dtype=np.int64)
            of_word = np.asarray(encoding.word_ids, dtype=np.int64)
            bounds = np.searchsorted(of_word, np.arange(len(part) + 1))
            unknown = np.asarray([self.unknown], dtype=np.int64)
            for k in range(len(part)):
                pieces = ids[bounds[k] : bounds[k + 1]][:MAX_WORD_PIECES]
                found.append(pieces if len(pieces) else unknown)
        return found


def cut_text(text: str, cutter: PieceCutter) -> Text:
    """Words, pieces and signals of a text."""
    words = tokenize(text)
    raw = [text[start:end] for start, end in words]
    signals = np.asarray([_SHAPES[word_shape(word)] for word in raw], dtype=np.int64) * 4
    for paragraph in split_paragraphs(text, words):
        signals[paragraph.start] += 2
        inside = False
        for k, mark in enumerate(mark_quotations(text, words[paragraph.start : paragraph.stop]), paragraph.start):
            signals[k] += int(bool(mark) or inside)
            inside = mark == "“" if mark else inside
    pieces = cutter.cut_words(raw)
    sequences = [part for whole in cut_sequences(text, words) for part in _split_sequence(whole, pieces)]
    return Text(text, words, pieces, signals, sequences)


def _split_sequence(sequence: range, pieces: Sequence[np.ndarray]) -> Iterator[range]:
    """A sequence of long words in parts of at most one core."""
    first, size = sequence.start, 0
    for k in sequence:
        if size + len(pieces[k]) > CORE_PIECES:
            yield range(first, k)
            first, size = k, 0
        size += len(pieces[k])
    yield range(first, sequence.stop)


def make_window(text: Text, first: int, end: int, core: range, cutter: PieceCutter) -> Window:
    """The window of words ``first`` to ``end``."""
    sizes = [len(pieces) for pieces in text.pieces[first:end]]
    heads = np.cumsum([1, *sizes])[:-1]
    pieces = np.concatenate([[cutter.start], *text.pieces[first:end], [cutter.stop]])
    signals = np.concatenate([[0], np.repeat(text.signals[first:end], sizes), [0]])
    return Window(first, end, core, pieces, signals, heads)


def cut_windows(
    text: Text, cutter: PieceCutter, core_pieces: int = CORE_PIECES, context_pieces: int = CONTEXT_PIECES, lead: int = 0
) -> list[Window]:
    """Windows whose cores cover all words once.

    Parameters
    ----------
    text
        The text, cut into words.
    cutter
        The encoder's vocabulary.
    core_pieces, context_pieces
        Most pieces of a core, and of context on each side.
    lead
        Pieces of the first core, when it is to be shorter than the others (training shifts its cuts by it).
    """
    sizes = np.asarray([len(pieces) for pieces in text.pieces], dtype=np.int64)
    total = np.concatenate([[0], np.cumsum(sizes)])
    windows: list[Window] = []
    first = 0
    room = lead or core_pieces
    for number, sequence in enumerate(text.sequences):
        following = text.sequences[number + 1].stop if number + 1 < len(text.sequences) else None
        if following is not None and total[following] - total[first] <= room:
            continue
        low, high = first, sequence.stop
        while low > 0 and total[first] - total[low - 1] <= context_pieces:
            low -= 1
        while high < len(sizes) and total[high + 1] - total[sequence.stop] <= context_pieces:
            high += 1
        windows.append(make_window(text, low, high, range(first, sequence.stop), cutter))
        first = sequence.stop
        room = core_pieces
    return windows
