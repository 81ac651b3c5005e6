"""A rule-based reader of the Gender Gap Tracker's kind: quotations from a dependency parse.

In: paragraphs that spaCy has parsed. Out: attributions as lists of [start, end]. Refuses: nothing.

The method is the published one (Asr et al., "The Gender Gap Tracker: Using Natural Language Processing to measure
gender bias in media", PLoS ONE 16(1), 2021, doi:10.1371/journal.pone.0245533): clauses that complement a verb of
saying, with that verb's subject; "according to"; quotations beside a verb of saying that the parse did not join; and
quotations that float in a sentence of their own, which belong to whoever spoke last. This is our own code, written from
that description; it is no measurement of the authors' program.
"""

from __future__ import annotations

import re
from typing import Any

#: Lemmas of verbs of saying, thinking and showing that take what is said as a clause.
VERBS = frozenset(
    (
        "accept accuse acknowledge add admit advise advocate affirm agree allege announce answer argue ask assert "
        "assume assure believe boast brag caution charge cite claim clarify comment complain concede conclude confess "
        "confirm consider contend counter declare decry demand demonstrate deny describe determine disagree disclose "
        "discover dispute doubt emphasize emphasise estimate exclaim expect explain express fear feel find forecast "
        "guess hear hint hope imagine imply indicate inform insist joke know lament learn maintain mention note notice "
        "observe opine plead pledge point predict proclaim promise propose protest quip quote read realize recall "
        "recommend recount reiterate relate remark remember remind repeat reply report respond reveal rule say show "
        "speculate state stress suggest suspect swear tell testify think threaten tweet underline understand urge vow "
        "warn wonder worry write "
    ).split()
)
#: Words that a quotation must have to count without a clause: shorter ones are names and scare quotes.
MIN_QUOTED_WORDS = 4

_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")

Spans = list[list[int]]
Found = list[dict[str, Spans]]


class ParsedRules:
    """Reads the paragraphs of one document in order and remembers who spoke last."""

    def __init__(self) -> None:
        self.last_speaker: list[int] | None = None
        self.quoted: list[tuple[int, int]] = []
        self.found: Found = []

    def read(self, paragraph: Any, offset: int) -> None:
        """Add the attributions of one parsed paragraph that begins at the character ``offset``."""
        first = len(self.found)
        taken: list[tuple[int, int]] = []
        self.quoted = [match.span() for match in _QUOTED.finditer(paragraph.text)]
        for token in paragraph:
            if token.dep_ in ("ccomp", "parataxis") and token.head.lemma_.lower() in VERBS and token.head.i != token.i:
                self._clause(paragraph, token, offset, taken)
            elif token.lower_ == "according":
                self._according(paragraph, token, offset, taken)
        for span in self.quoted:
            self._quotation(paragraph, span, offset, taken)
        here = self.found[first:]
        here.sort(key=lambda one: one["content"])
        self.found[first:] = here
        speakers = [one["source"][0] for one in here if one["source"]]
        if speakers:
            self.last_speaker = speakers[-1]

    def _clause(self, paragraph: Any, clause: Any, offset: int, taken: list[tuple[int, int]]) -> None:
        verb = clause.head
        if any(start <= verb.idx < end for start, end in self.quoted):
            # "I know that …" inside a quotation: what is quoted belongs to whoever is quoted.
            return
        subject = _subject(verb)
        inside = sorted({token.i for token in clause.subtree} - _phrase(verb, subject))
        pieces = [_trim(paragraph, run) for run in _runs(inside)]
        content = sorted({self._whole(piece) for piece in pieces if piece is not None})
        if not content or any(_overlap(content, done) for done in taken):
            return
        taken += content
        self._add(subject, verb, content, offset)

    def _whole(self, piece: tuple[int, int]) -> tuple[int, int]:
        """The whole quotation that a clause lies in: what is quoted may run over several sentences."""
        return next((span for span in self.quoted if span[0] <= piece[0] and piece[1] <= span[1]), piece)

    def _according(self, paragraph: Any, word: Any, offset: int, taken: list[tuple[int, int]]) -> None:
        source = next((child for to in word.children if to.lower_ == "to" for child in to.children), None)
        if source is None:
            return
        phrase = {token.i for token in word.subtree}
        rest = [token.i for token in word.sent if token.i not in phrase]
        pieces = [_trim(paragraph, run) for run in _runs(rest)]
        content = [piece for piece in pieces if piece is not None]
        if not content or any(_overlap(content, done) for done in taken):
            return
        taken += [(start, end) for start, end in content]
        span = _characters(paragraph, source.left_edge.i, source.right_edge.i + 1)
        cue = [word.idx, next(word.children).idx + 2]
        self.found.append(
            _moved({"source": [list(span)], "cue": [cue], "content": [list(one) for one in content]}, offset)
        )

    def _quotation(self, paragraph: Any, span: tuple[int, int], offset: int, taken: list[tuple[int, int]]) -> None:
        if any(_overlap([span], done) for done in taken):
            return
        before = [one for one in self.found if one["source"] and one["content"][-1][1] <= span[0] + offset]
        last = (before[-1]["content"][-1][0] - offset, before[-1]["content"][-1][1] - offset) if before else (-1, -1)
        goes_on = last in self.quoted
        words = len(paragraph.text[slice(*span)].split())
        if words < MIN_QUOTED_WORDS and not goes_on:
            return
        first = paragraph.char_span(*span, alignment_mode="expand")
        if first is None:
            return
        sentence = first.sent
        verbs = [
            token for token in sentence
            if token.lemma_.lower() in VERBS and token.pos_ in ("VERB", "AUX") and _subject(token) is not None
            and not span[0] <= token.idx < span[1]
        ]  # fmt: skip
        taken.append(span)
        if verbs and words >= MIN_QUOTED_WORDS:
            verb = min(verbs, key=lambda token: min(abs(token.idx - span[0]), abs(token.idx - span[1])))
            self._add(_subject(verb), verb, [span], offset)
            return
        if goes_on:
            # “We saw it,” he said. “We all did.”: the second goes on with the first.
            before[-1]["content"].append([span[0] + offset, span[1] + offset])
        elif self.last_speaker is not None:
            self.found.append(
                {"source": [self.last_speaker], "cue": [], "content": [[span[0] + offset, span[1] + offset]]}
            )

    def _add(self, subject: Any, verb: Any, content: list[tuple[int, int]], offset: int) -> None:
        source = []
        if subject is not None:
            source = [list(_characters(verb.doc, subject.left_edge.i, subject.right_edge.i + 1))]
        cue = [[verb.idx, verb.idx + len(verb)]]
        self.found.append(_moved({"source": source, "cue": cue, "content": [list(one) for one in content]}, offset))


def _subject(verb: Any) -> Any:
    """The verb's subject, or that of the verb it is joined to ("he stood up and said")."""
    for _ in range(3):
        for child in verb.children:
            if child.dep_ in ("nsubj", "csubj"):
                return child
        if verb.dep_ != "conj":
            return None
        verb = verb.head
    return None


def _phrase(verb: Any, subject: Any) -> set[int]:
    """Words that say who speaks: the verb, its helpers, its subject, whom it is said to."""
    words = {verb.i}
    if subject is not None:
        words |= {token.i for token in subject.subtree}
    for child in verb.children:
        if child.dep_ in ("aux", "auxpass", "neg", "prt", "dobj", "dative"):
            words |= {token.i for token in child.subtree}
    return words


def _runs(numbers: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _trim(paragraph: Any, run: list[int]) -> tuple[int, int] | None:
    """Characters of a run of words without the marks and blanks at its edges; ``None`` when nothing is left."""
    while run and (paragraph[run[0]].is_punct or paragraph[run[0]].is_space):
        run = run[1:]
    while run and (paragraph[run[-1]].is_punct or paragraph[run[-1]].is_space):
        run = run[:-1]
    return _characters(paragraph, run[0], run[-1] + 1) if run else None


def _characters(paragraph: Any, first: int, end: int) -> tuple[int, int]:
    last = paragraph[end - 1]
    return paragraph[first].idx, last.idx + len(last)


def _overlap(content: list[tuple[int, int]], done: tuple[int, int]) -> bool:
    return any(start < done[1] and done[0] < end for start, end in content)


def _moved(one: dict[str, Spans], offset: int) -> dict[str, Spans]:
    return {role: [[start + offset, end + offset] for start, end in spans] for role, spans in one.items()}
