"""Words of many rows as sets of numbers, and how alike the sets of two rows are.

In: a column of texts or of lists of names. Out: :class:`TokenSets`. Refuses: nothing; a row without words has an
empty set, and is like no other.

A word counts by its rarity, ``log((1 + rows) / (1 + rows that hold it)) + 1``, so that "Government" or "town" says
little and "Sarmada" much (Spärck Jones 1972, doi 10.1108/eb026526). Likeness is the cosine of the two weighted sets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Reals = NDArray[np.float64]

#: Pairs compared at a time where no compiler is: about 100 MB of words in between.
CHUNK_PAIRS = 200_000


@dataclass(frozen=True)
class TokenSets:
    """The words of n rows: those of row i are ``tokens[starts[i]:starts[i + 1]]``, rising, each once."""

    starts: Rows
    """n + 1 numbers."""
    tokens: Rows
    weights: Reals
    """Rarity of each word, by its number."""

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Whether each row has a word."""
        return np.asarray(np.diff(self.starts) > 0)

    @cached_property
    def _norms(self) -> Reals:
        squares = np.append(0.0, np.cumsum(self.weights[self.tokens] ** 2))
        return np.asarray(np.sqrt(np.maximum(squares[self.starts[1:]] - squares[self.starts[:-1]], 1e-12)))

    def cosine(self, a: Rows, b: Rows) -> Reals:
        """Likeness of rows a and b, in [0, 1]; 0 where one has no word."""
        shared = self._shared_squares(a, b)
        return np.asarray(np.minimum(shared / (self._norms[a] * self._norms[b]), 1.0))

    def shares_any(self, a: Rows, b: Rows) -> NDArray[np.bool_]:
        """Whether rows a and b have a word in common."""
        return np.asarray(self._shared_squares(a, b) > 0.0)

    def _shared_squares(self, a: Rows, b: Rows) -> Reals:
        """Sum of the squared weights of the words that rows a and b share."""
        squares = self.weights**2
        from contested.base.compiled import is_worthwhile

        if is_worthwhile(len(a)):
            from contested.incidents.word_kernels import shared_weight

            return np.asarray(shared_weight(self.starts, self.tokens, squares, a, b))
        width = len(self.weights) + 1
        owner = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        held = owner * width + self.tokens  # rising, since rows and the words within a row are
        out = np.zeros(len(a))
        for begin in range(0, len(a), CHUNK_PAIRS):
            part = slice(begin, begin + CHUNK_PAIRS)
            lengths = self.starts[a[part] + 1] - self.starts[a[part]]
            pair = np.repeat(np.arange(len(lengths)), lengths)
            offsets = np.arange(len(pair)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
            token = self.tokens[np.repeat(self.starts[a[part]], lengths) + offsets]
            wanted = b[part][pair] * width + token
            at = np.minimum(np.searchsorted(held, wanted), max(len(held) - 1, 0))
            found = held[at] == wanted if len(held) else np.zeros(len(wanted), dtype=bool)
            out[part] = np.bincount(pair, np.where(found, squares[token], 0.0), minlength=len(lengths))
        return out


def token_sets(owner: Rows, tokens: Rows, n_rows: int, n_tokens: int) -> TokenSets:
    """The sets of rows from (row, word) pairs in any order, met once or more."""
    key = distinct(owner * np.int64(max(n_tokens, 1)) + tokens)
    owner, tokens = key // max(n_tokens, 1), key % max(n_tokens, 1)
    starts = np.searchsorted(owner, np.arange(n_rows + 1))
    holding = np.bincount(tokens, minlength=n_tokens)
    return TokenSets(starts, tokens, np.log((1.0 + n_rows) / (1.0 + holding)) + 1.0)


def distinct(values: Rows) -> Rows:
    """The different values, rising; by sorting, which for millions of them takes a tenth of hashing them."""
    values = np.sort(values)
    return values[np.append(True, values[1:] != values[:-1])] if len(values) else values


def word_sets(texts: pa.ChunkedArray, without: pa.ChunkedArray) -> TokenSets:
    """Sets of the words of each text, small and cut to five letters, so that endings do not count; nulls have none.

    Words that the row's ``without`` holds are left out: what another comparison looks at already is not counted twice.
    """
    import pyarrow as pa

    owner, words = _words(texts)
    of_without, left_out = _words(without)
    coded = pa.concat_arrays([words, left_out]).dictionary_encode()
    numbers = np.asarray(coded.indices, dtype=np.int64)
    width = np.int64(max(len(coded.dictionary), 1))
    tokens, others = numbers[: len(owner)], numbers[len(owner) :]
    held = np.append(distinct(of_without * width + others), np.iinfo(np.int64).max)
    wanted = owner * width + tokens
    kept = held[np.searchsorted(held, wanted)] != wanted
    return token_sets(owner[kept], tokens[kept], len(texts), int(width))


def _words(texts: pa.ChunkedArray) -> tuple[Rows, pa.Array]:
    """The words of all texts, and which text each is of; words of one letter are left out, numbers are not."""
    import pyarrow.compute as pc

    plain = pc.replace_substring_regex(pc.utf8_lower(pc.fill_null(texts, "")), r"[^\pL\pM\pN]+", " ")
    stems = pc.replace_substring_regex(plain, r"(\S{5})\S+", r"\1")
    words = pc.utf8_split_whitespace(stems).combine_chunks()
    owner = np.asarray(pc.list_parent_indices(words), dtype=np.int64)
    flat = pc.list_flatten(words)
    long = pc.or_(pc.greater_equal(pc.utf8_length(flat), 2), pc.utf8_is_decimal(flat))
    return owner[np.asarray(long)], flat.filter(long)


def name_sets(lists: pa.ChunkedArray, parts: Callable[[str], Sequence[str]]) -> TokenSets:
    """Sets of what ``parts`` gives for each name of each row's list; it is called once a different name."""
    import pyarrow.compute as pc

    lists = lists.combine_chunks()
    owner = np.asarray(pc.list_parent_indices(lists), dtype=np.int64)
    coded = pc.list_flatten(lists).dictionary_encode()
    numbers: dict[str, int] = {}
    per_name: list[list[int]] = [
        sorted({numbers.setdefault(part, len(numbers)) for part in parts(name)}) for name in _texts(coded.dictionary)
    ]
    lengths = np.array([len(part) for part in per_name], dtype=np.int64)
    flat = np.array([number for part in per_name for number in part], dtype=np.int64)
    starts = np.append(0, np.cumsum(lengths))
    names = np.asarray(coded.indices, dtype=np.int64)
    count = lengths[names] if len(names) else names
    offsets = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    tokens = flat[np.repeat(starts[names], count) + offsets] if len(flat) else flat
    return token_sets(np.repeat(owner, count), tokens, len(lists), len(numbers))


def _texts(values: Any) -> list[str]:
    return [str(value) for value in values.to_pylist()]
