"""Sentences of blame and denial that the tagger missed, and passages it cut short.

In: the tagger's attributions and the names of the article. Out: the attributions with those added, in the
order of the text. Refuses: nothing.

The tagger learnt from news on an election. War reporting turns on few verbs (accuse, blame, deny,
reject, lay the blame), and a subject with a name before them is enough to read them by rule.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from contested.claims.actors import ArticleActors
from contested.claims.blame.targets import sentence_end, sentence_start
from contested.claims.linking import Attribution
from contested.claims.text import wording as w
from contested.claims.text.words import Span

#: Words between the subject's name and the verb, and before the name within the subject.
MAX_SUBJECT_GAP_WORDS = 4
MAX_SUBJECT_LEAD_WORDS = 7
#: Characters of a sentence that a rule looks at.
MAX_SENTENCE_CHARACTERS = 500
#: What a rule's attribution scores: a setting, not measured, below the surest of the tagger's.
RULE_SCORE = 0.8

_PASSIVE_BEFORE = frozenset("been was were is are being be".split())
_SUBJECT_PRONOUNS = frozenset("he she it they".split())
_SUBJECT_STOPS = frozenset(
    ', ; : . ( ) “ ” " – — and but while as that who which when after although though because'.split()
)


def mend_attributions(article: ArticleActors, attributions: Sequence[Attribution]) -> list[Attribution]:
    """The attributions with missed sentences of blame and denial, and passages run on to their end."""
    found = [one for one in attributions if says_something(article.text, one)]
    taken = sorted((span, one.source[0]) for one in found if one.source for span in one.cue)
    spans = [span for span, _ in taken]
    added: list[Attribution] = []
    last_end = 0
    for match in w.STANCE_VERB.finditer(article.text):
        if match.start() < last_end:
            continue
        rule = _read_blame(article, match.span())
        if rule is None:
            continue
        if _touches(spans, match.span()):
            read = taken[bisect_left(spans, (match.end(), 0)) - 1][1]
            # The tagger's source stands unless it is a part of a joint one ("the UK" of "the US and the UK").
            if not (rule.source[0][0] < read[0] and read[1] <= rule.source[0][1]):
                continue
        added.append(rule)
        last_end = rule.content[-1][1]
    added += _read_according(article, sorted(span for one in [*found, *added] for span in one.cue))
    kept = [_without_strays(article.text, one) for one in _without_rivals(found, added)]
    mended = [_run_on(article, one) for one in kept] + added
    return sorted(mended, key=lambda one: min(span for span in one.source + one.cue + one.content))


def says_something(text: str, one: Attribution) -> bool:
    """Whether the content holds more than a stray word, or a quotation of one; whom one cites is no content."""
    if [text[start:end].lower() for start, end in one.cue] in (["citing"], ["quoting"]):
        return False
    content = " ".join(text[start : min(end, start + 80)] for start, end in one.content)
    return len(content.split()) > 1 or content[:1] in "“\"‘'" or len(content) > 5


def _touches(spans: Sequence[Span], span: Span) -> bool:
    k = bisect_left(spans, (span[1], 0))
    return k > 0 and spans[k - 1][1] > span[0]


def _read_blame(article: ArticleActors, verb: Span) -> Attribution | None:
    """Read "X has accused …": the subject, the verb, and what it is about."""
    text = article.text
    first, end = article.token_range(verb)
    if end <= first or first == 0 or article.words[first - 1].lower() in _PASSIVE_BEFORE:
        return None
    start = sentence_start(text, verb[0], MAX_SENTENCE_CHARACTERS)
    subject = _find_subject(article, article.token_range((start, verb[0]))[0], first)
    if subject is None:
        return None
    stop = sentence_end(text, verb[1], MAX_SENTENCE_CHARACTERS)
    if ends := w.CONTENT_ENDS.search(text, verb[1] + 1, stop):
        stop = ends.start()
    content = _trim(text, (verb[1], stop))
    if content is None or len(text[slice(*content)].split()) < 2:
        return None
    return Attribution((subject,), (article.characters(first, end),), (content,), RULE_SCORE)


def _read_according(article: ArticleActors, cues: Sequence[Span]) -> Iterator[Attribution]:
    """Read "According to X, …" where no attribution has the words as its cue."""
    for match in w.ACCORDING.finditer(article.text):
        source = match.span("who")
        if _touches(cues, match.span("cue")) or not article.resolve(source):
            continue
        content = _trim(article.text, (match.end(), sentence_end(article.text, match.end(), MAX_SENTENCE_CHARACTERS)))
        if content is not None:
            yield Attribution((source,), (match.span("cue"),), (content,), RULE_SCORE)


def _find_subject(article: ArticleActors, low: int, verb: int) -> Span | None:
    words = article.words
    if verb - 1 > low and words[verb - 1] == ",":
        # "The RSF, which has been at war with the army, accused": back over the relative clause.
        for at in range(verb - 2, max(low, verb - 40), -1):
            if words[at] == "," and words[at + 1].lower() in ("which", "who", "whose"):
                return _find_subject(article, low, at)
    if verb - 1 >= low and words[verb - 1].lower() in _SUBJECT_PRONOUNS:
        return article.characters(verb - 1, verb)
    mentions = [mention for mention in article.mentions_in(low, verb) if article.accepts(mention, low, verb)]
    if not mentions:
        return None
    last = mentions[-1]
    gap = words[last.end : verb]
    allowed = MAX_SUBJECT_GAP_WORDS + (3 if last.entity.kind == "state" else 0)
    if len(gap) > allowed or any(word in _SUBJECT_STOPS for word in gap):
        return None
    at = last.first
    for mention in reversed(mentions[:-1]):
        between = {word.lower() for word in words[mention.end : at]}
        if not between <= {",", "and", "the", "both"}:
            break
        at = mention.first
    lead = at
    while lead > low and at - lead < MAX_SUBJECT_LEAD_WORDS and words[lead - 1].lower() not in _SUBJECT_STOPS:
        lead -= 1
    return article.characters(lead, verb if len(gap) else last.end)


def _trim(text: str, span: Span) -> Span | None:
    start, end = span
    while start < end and (text[start].isspace() or text[start] in ",:"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ".,;:"):
        end -= 1
    return (start, end) if end > start else None


def _without_rivals(found: Sequence[Attribution], added: Sequence[Attribution]) -> list[Attribution]:
    """The tagger's attributions whose cue or source lies in what a rule read otherwise are left out."""
    zones = sorted((min(one.source[0][0], one.cue[0][0]), one.content[-1][1]) for one in added)
    kept = []
    for one in found:
        inside = [span for span in one.cue + one.source if _touches(zones, span)]
        passive = any(_touches(zones, span) for span in one.cue) and not one.source
        if inside and len(inside) == len(one.cue + one.source) and not passive:
            continue
        kept.append(one)
    return kept


def _without_strays(text: str, one: Attribution) -> Attribution:
    """Pieces of content that belong elsewhere are left out: a lone "which", and words of an earlier sentence.

    The second only where the verb is followed by what it is about, and the piece is no quotation.
    """
    if len(one.content) == 1:
        return one
    kept = [piece for piece in one.content if text[slice(*piece)].lower() not in w.STRAYS]
    if one.cue and any(piece[0] >= one.cue[-1][1] for piece in kept):
        start = sentence_start(text, one.cue[0][0], MAX_SENTENCE_CHARACTERS)
        kept = [piece for piece in kept if piece[1] > start or text[piece[0]] in "“\"‘'"]
    return Attribution(one.source, one.cue, tuple(kept) or one.content, one.score)


def _run_on(article: ArticleActors, one: Attribution) -> Attribution:
    """A passage that stops before ", and that …" runs on to the end of its sentence."""
    start, end = one.content[-1]
    text = article.text
    if not one.cue or one.cue[-1][0] > end or not w.CONTINUES.match(text, end, end + 60):
        return one
    stop = sentence_end(text, end, MAX_SENTENCE_CHARACTERS)
    longer = _trim(text, (start, stop))
    return Attribution(one.source, one.cue, (*one.content[:-1], longer), one.score) if longer else one
