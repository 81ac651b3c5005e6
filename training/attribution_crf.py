"""Make the weights of the fast tagger.

In: a corpus of attributions, one JSON object a line (``text``; ``attributions`` with ``source``,
``cue`` and ``content``, each a list of ``[start, end]`` in characters). Out: in the model folder
``attribution.crfsuite.gz`` (weights), ``attribution.json`` (lexicon, grouping, sharing, and the
SHA-256 of the corpus). Refuses: a corpus whose spans leave their text, and one that ``data.sha256`` does not
name unless ``--any-corpus`` is given, since the scores on the model card hold for that corpus alone.

No sentence of the corpus enters the output: only words and pairs of words with weights.

    PYTHONPATH=src:. python -m training.attribution_crf --train train.jsonl --out src/contested/models
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import tempfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pycrfsuite

from contested.claims.linking import (
    ROLES,
    Attribution,
    Grouping,
    Sharing,
    TaggedSpan,
    sharing_candidates,
    spans_of_labels,
)
from contested.claims.tagging.fast_tagger import FORMAT, PARAMETERS_NAME, WEIGHTS_NAME
from contested.claims.tagging.features import describe_paragraph, paragraph_features
from contested.claims.text.words import Span, cut_sequences, split_paragraphs, tokenize
from training.corpus import Corpus, read_corpus

#: Hashes of the corpora that the weights were made from and chosen on.
KNOWN_DATA = Path(__file__).with_name("data.sha256")
#: A word enters the lexicon when it stands in a cue this often, and in at least this share of its uses.
LEXICON_MIN_USES = 4
LEXICON_MIN_SHARE = 0.15
#: L1 and L2 penalties, rounds, least count of a feature. The L1 penalty was chosen on the development part among
#: 0.1, 0.3, 0.5, 0.8, 1.2, 2 and 3; the model card has the scores.
#: When it changes, train again and run gate/attribution.py.
CRF_SETTINGS: dict[str, Any] = {
    "c1": 2.0,
    "c2": 0.0,
    "max_iterations": 120,
    "feature.minfreq": 1,
    "feature.possible_transitions": False,
}
SHARING_SETTINGS: dict[str, Any] = {"c1": 0.05, "c2": 0.5, "max_iterations": 200}


def label_tokens(tokens: list[Span], attributions: list[Attribution]) -> tuple[list[str], list[int]]:
    """A label and the number of the attribution for each token; where two overlap the first keeps it."""
    labels = ["O"] * len(tokens)
    owners = [-1] * len(tokens)
    ends = [end for _, end in tokens]
    for number, attribution in enumerate(attributions):
        for role in ROLES:
            for start, end in getattr(attribution, role):
                k = bisect_right(ends, start)
                prefix = "B-"
                while k < len(tokens) and tokens[k][0] < end:
                    if labels[k] == "O":
                        labels[k], owners[k] = prefix + role, number
                    prefix = "I-"
                    k += 1
    return labels, owners


def make_lexicon(corpus: Corpus) -> dict[str, int]:
    """Words of cues → share of their uses in cues, in tenths."""
    in_cue: Counter[str] = Counter()
    uses: Counter[str] = Counter()
    for text, attributions in corpus:
        tokens = tokenize(text)
        for (start, end), label in zip(tokens, label_tokens(tokens, attributions)[0], strict=True):
            word = text[start:end].lower()
            uses[word] += 1
            in_cue[word] += label.endswith("cue")
    return {
        word: min(9, int(10 * in_cue[word] / uses[word]))
        for word in sorted(in_cue)
        if word.isalpha() and in_cue[word] >= LEXICON_MIN_USES and in_cue[word] / uses[word] > LEXICON_MIN_SHARE
    }


def gold_spans(text: str, attributions: list[Attribution]) -> list[tuple[TaggedSpan, int]]:
    """The corpus's own spans as the tagger would give them, with the number of their attribution."""
    tokens = tokenize(text)
    labels, owners = label_tokens(tokens, attributions)
    paragraph_of = [n for n, part in enumerate(split_paragraphs(text, tokens)) for _ in part]
    return [(span, owners[span.start]) for span in spans_of_labels(labels, paragraph_of)]


def train_crf(corpus: Corpus, lexicon: dict[str, int], path: Path, verbose: bool) -> None:
    """Train the tagger's weights into a file."""
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=verbose)
    for text, attributions in corpus:
        tokens = tokenize(text)
        labels = label_tokens(tokens, attributions)[0]
        for sequence in cut_sequences(text, tokens):
            described = describe_paragraph(text, tokens[sequence.start : sequence.stop], lexicon)
            trainer.append(paragraph_features(described, lexicon), labels[sequence.start : sequence.stop])
    trainer.set_params(CRF_SETTINGS)
    trainer.train(str(path))


def fit_sharing(corpus: Corpus, grouping: Grouping, folder: Path) -> Sharing:
    """Logistic regression, as a random field over sequences of one.

    Examples are the grouped gold spans without a source; a candidate is right when the
    corpus gives the content that very source.
    """
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for text, gold in corpus:
        tokens = tokenize(text)
        grouped = grouping.attributions([span for span, _ in gold_spans(text, gold)], tokens)
        for number, candidates in sharing_candidates(grouped, text):
            content = grouped[number].content
            owner = next((one for one in gold for a in one.content for b in content if b[0] <= a[0] < b[1]), None)
            for source, features in candidates:
                right = owner is not None and any(a < source[1] and source[0] < b for a, b in owner.source)
                trainer.append([["bias", *features]], ["yes" if right else "no"])
    trainer.set_params(SHARING_SETTINGS)
    path = folder / "sharing.crfsuite"
    trainer.train(str(path))
    tagger = pycrfsuite.Tagger()
    tagger.open(str(path))
    weights: dict[str, float] = {}
    for (feature, label), weight in tagger.info().state_features.items():
        weights[feature] = weights.get(feature, 0.0) + (weight if label == "yes" else -weight)
    kept = {name: round(weight, 4) for name, weight in sorted(weights.items()) if abs(weight) >= 0.01}
    return Sharing(kept.pop("bias", 0.0), kept)


def main(argv: Sequence[str] | None = None) -> int:
    """Train everything and write the model folder; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--any-corpus", action="store_true", help="take a corpus that data.sha256 does not name")
    arguments = parser.parse_args(argv)
    sha256 = hashlib.sha256(arguments.train.read_bytes()).hexdigest()
    if sha256 not in KNOWN_DATA.read_text(encoding="utf-8") and not arguments.any_corpus:
        print(f"{arguments.train}: SHA-256 {sha256} is not in {KNOWN_DATA}; train on it all the same with --any-corpus")
        return 2
    corpus = read_corpus(arguments.train)
    lexicon = make_lexicon(corpus)
    grouping = Grouping.fit([gold_spans(*document) for document in corpus])
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sharing = fit_sharing(corpus, grouping, Path(folder))
        path = Path(folder) / "attribution.crfsuite"
        train_crf(corpus, lexicon, path, arguments.verbose)
        raw = path.read_bytes()
    packed = gzip.compress(raw, 9, mtime=0)
    (arguments.out / WEIGHTS_NAME).write_bytes(packed)
    parameters = {
        "format": FORMAT,
        "version": f"crf {hashlib.sha256(raw).hexdigest()[:8]}",
        "corpus_sha256": sha256,
        "settings": CRF_SETTINGS,
        "lexicon": lexicon,
        "grouping": grouping.as_json(),
        "sharing": sharing.as_json(),
    }
    text = json.dumps(parameters, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (arguments.out / PARAMETERS_NAME).write_text(text, encoding="utf-8")
    print(f"{len(corpus)} documents, {len(lexicon)} lexicon words, weights {len(raw):,} bytes, packed {len(packed):,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
