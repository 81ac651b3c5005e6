"""Score where places lie: toponyms of marked articles, found and resolved, and neighbourhoods by their labels.

In: articles in XML, TR-News's form (``toponym`` with ``phrase`` and ``gaztag``) or GeoVirus's (``location`` with
``name``); or a CSV of labels (``hrw_label``, the right places by name, ``note``) with tables of places (``--places``).
Out: figures as JSON; exit 1 when one lies below its floor. Refuses: another form, and data without floors in
``floors.json`` when ``--floors`` is asked for.

*given*: the marked names are handed over, so that only the resolving counts; a name without a candidate counts as
wrong and, as in the literature, has no error in metres. *read*: names are found in the bare text, and those that
overlap a marked one are resolved. ``choose`` is the first half of the articles, which weights and limits were chosen
on; ``check`` is the other.

    PYTHONPATH=src python gate/places.py --articles FILE.xml
    PYTHONPATH=src python gate/places.py --labels LABELS.csv --places PLACES.csv PLACES.csv --region 36.9 36.0 37.4 36.4
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from contested.base.places import Box, geodesic_m
from contested.base.rows import read_rows
from contested.incidents.candidates import MAX_CANDIDATES
from contested.incidents.gazetteer import KINDS, RADIUS_M, Place, load_gazetteer
from contested.incidents.placing import WEIGHTS, Candidate, Mention, Placer
from contested.incidents.recognising import find_places

FLOORS = Path(__file__).parent / "floors.json"
#: A hundred miles, the line that geoparsers are compared at, metres.
NEAR_M = 161_000.0
#: Metres within which a country's or continent's point is taken for the right one in fitting: where its middle lies
#: is a convention of each gazetteer.
NEAR_COUNTRY_M = 800_000.0
#: Farthest two points can lie apart, metres: where the curve of errors ends.
FARTHEST_M = 20_039_000.0


@dataclass(frozen=True)
class Marked:
    """One marked name: characters of the text, and its right point (``None`` where the corpus gives none)."""

    name: str
    start: int
    end: int
    point: tuple[float, float] | None


@dataclass(frozen=True)
class Article:
    """A text with its marked names in order."""

    text: str
    marked: tuple[Marked, ...]


def read_articles(path: Path) -> list[Article]:
    """The articles of either form."""
    found = []
    for article in ElementTree.parse(path).getroot().iter("article"):
        text = article.findtext("text") or ""
        marked = [_marked(node, "phrase", text) for node in article.iter("toponym")]
        marked += [_marked(node, "name", text) for node in article.iter("location")]
        found.append(Article(text, tuple(sorted(marked, key=lambda one: one.start))))
    if not found:
        raise ValueError(f"{path.name}: there is no <article>; expected TR-News's or GeoVirus's form")
    return found


def _marked(node: ElementTree.Element, name: str, text: str) -> Marked:
    """One marked name. Its characters are counted from 0 or from 1, and some from another text: the nearest counts."""
    tag = node.find("gaztag")
    pointed = tag if tag is not None else node
    lon, lat = pointed.findtext("lon"), pointed.findtext("lat")
    words = (node.findtext(name) or "").strip()
    given = int(node.findtext("start") or 0)
    starts = [match.start() for match in re.finditer(re.escape(words), text)]
    start = min(starts, key=lambda at: abs(at - given), default=-1)
    return Marked(words, start, start + len(words), (float(lon), float(lat)) if lon and lat else None)


def mentions(article: Article) -> list[Mention]:
    """The marked names as the program would have them: with the name after a comma as hint, and all others around."""
    context = tuple(dict.fromkeys(one.name for one in article.marked))
    found = []
    for one, after in zip(article.marked, [*article.marked[1:], None], strict=True):
        follows = after is not None and article.text[one.end : after.start].strip() in (",", "in")
        found.append(Mention(one.name, (after.name,) if after is not None and follows else (), context))
    return found


def score_given(placer: Placer, articles: Sequence[Article]) -> dict[str, float]:
    """How near the likeliest candidates of the marked names lie."""
    errors_m: list[float] = []
    found = within = 0
    for article in articles:
        for one, mention in zip(article.marked, mentions(article), strict=True):
            if one.point is not None:
                errors = _errors_m(placer.candidates(mention), one.point)
                found += bool(errors)
                within += min(errors, default=FARTHEST_M) <= NEAR_M
                errors_m.append(errors[0] if errors else float("nan"))
    return {"found": 100 * found / len(errors_m), "any_161": 100 * within / len(errors_m), **_spread(errors_m)}


def _errors_m(candidates: Sequence[Candidate], point: tuple[float, float]) -> list[float]:
    if not candidates:
        return []
    lons, lats = [one.place.lon for one in candidates], [one.place.lat for one in candidates]
    return [float(metres) for metres in geodesic_m(*point, lons, lats)]


def _spread(errors_m: Sequence[float]) -> dict[str, float]:
    """Accuracy of all and of those with a candidate, mean and median error, and the area under the curve of errors.

    The area is that of Jurgens and others (2015): the mean of ln(1 + km), over that of the farthest two points; 0 is
    best.
    """
    errors = np.array(errors_m, dtype=np.float64)
    placed = errors[~np.isnan(errors)]
    return {
        "accuracy_161": 100 * float((placed <= NEAR_M).sum() / max(len(errors), 1)),
        "accuracy_161_of_found": 100 * float((placed <= NEAR_M).mean()),
        "mean_km": float(placed.mean() / 1000), "median_km": float(np.median(placed) / 1000),
        "area": float(np.log1p(placed / 1000).mean() / np.log1p(FARTHEST_M / 1000)),
    }  # fmt: skip


def score_read(placer: Placer, articles: Sequence[Article]) -> dict[str, float]:
    """How many names are found in the bare text, and how near those lie: a name counts that overlaps a marked one."""
    right = n_found = n_marked = 0
    errors_m: list[float] = []
    for article in articles:
        names = find_places(article.text, placer.gazetteer)
        spans = tuple(Marked(name.text, name.start, name.end, None) for name in names)
        marked = [one for one in article.marked if one.start >= 0]
        n_found, n_marked = n_found + len(spans), n_marked + len(marked)
        for one, mention in zip(spans, mentions(Article(article.text, spans)), strict=True):
            gold = next((m for m in marked if m.start < one.end and one.start < m.end), None)
            right += gold is not None
            if gold is not None and gold.point is not None:
                errors = _errors_m(placer.candidates(mention), gold.point)
                errors_m.append(errors[0] if errors else float("nan"))
    precision, recall = right / max(n_found, 1), right / max(n_marked, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"precision": 100 * precision, "recall": 100 * recall, "f1": 100 * f1, **_spread(errors_m)}


def score_articles(path: Path) -> dict[str, float]:
    """All figures of one corpus, by half."""
    articles = read_articles(path)
    placer = Placer(load_gazetteer())
    half = len(articles) // 2
    return {
        f"{part}.{way}.{name}": value
        for part, some in (("choose", articles[:half]), ("check", articles[half:]), ("whole", articles))
        for way, score in (("given", score_given), ("read", score_read))
        for name, value in score(placer, some).items()
    }


def score_labels(labels: Path, tables: Sequence[Path], region: Box) -> dict[str, float]:
    """Share of labels whose right place comes first, or among the candidates; of those without one, that find none."""
    own = [place for table in tables for place in _read_places(table)]
    placer = Placer(load_gazetteer().with_own(own, region))
    counts: Counter[str] = Counter()
    for row in read_rows(labels, ("hrw_label", "ocha_name", "sa_name", "note")).rows:
        right = {row.values["ocha_name"], row.values["sa_name"]} - {""}
        names = [one.place.name for one in placer.candidates(Mention(row.values["hrw_label"]))]
        if right:
            counts["matched"] += 1
            counts["first"] += bool(right & set(names[:1]))
            counts["any"] += bool(right & set(names[:MAX_CANDIDATES]))
        elif row.values["note"] == "no match found":
            counts["unmatched"] += 1
            counts["not_found"] += not names
    return {
        "first": 100 * counts["first"] / counts["matched"], "any": 100 * counts["any"] / counts["matched"],
        "not_found": 100 * counts["not_found"] / max(counts["unmatched"], 1),
    }  # fmt: skip


def _read_places(table: Path) -> Iterator[Place]:
    """The places of a CSV with ``lon``, ``lat`` and columns of names."""
    for row in read_rows(table, ("lon", "lat")).rows:
        name, *others = [value for column, value in row.values.items() if column.startswith("name") and value]
        lon, lat = float(row.values["lon"]), float(row.values["lat"])
        yield Place(name, lon, lat, RADIUS_M["neighbourhood"], "neighbourhood", table.name, tuple(others))


def fit_weights(paths: Sequence[Path]) -> dict[str, float]:
    """Weights that make the right candidates of the half to choose on likeliest, as :data:`WEIGHTS` are set by."""
    from scipy.optimize import minimize

    placer = Placer(load_gazetteer())
    at, n = placer.gazetteer.columns, len(WEIGHTS)
    samples = []
    for path in paths:
        articles = read_articles(path)
        for article in articles[: len(articles) // 2]:
            for one, mention in zip(article.marked, mentions(article), strict=True):
                ranked = placer.rank(mention)
                if one.point is None or not len(ranked.rows):
                    continue
                apart = geodesic_m(*one.point, at.lon[ranked.rows], at.lat[ranked.rows])
                wide = at.kind[ranked.rows] <= KINDS.index("country")
                right = (apart <= NEAR_M) | (wide & (apart <= NEAR_COUNTRY_M))
                if right.any() and not right.all():
                    samples.append((ranked.features[:, :n], right, len(article.marked) ** -0.5))

    def loss(weights: np.ndarray) -> float:
        total = 0.05 * float(weights @ weights)
        for features, right, weight in samples:
            parts = np.exp(features @ weights - (features @ weights).max())
            total -= weight * float(np.log(parts[right].sum() / parts.sum()))
        return total

    found = minimize(loss, np.array(list(WEIGHTS.values())), method="L-BFGS-B")
    return {name: round(float(value), 2) for name, value in zip(WEIGHTS, found.x, strict=True)}


def main(argv: Sequence[str] | None = None) -> int:
    """Score, print, and compare; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=Path, nargs="+", help="marked articles, XML; several only with --fit")
    parser.add_argument("--labels", type=Path, help="labels with the places they mean, CSV")
    parser.add_argument("--places", type=Path, nargs="+", default=[], help="tables of places, CSV")
    parser.add_argument("--region", type=float, nargs=4, metavar=("WEST", "SOUTH", "EAST", "NORTH"), help="degrees")
    parser.add_argument("--fit", action="store_true", help="print weights fitted on the half to choose on")
    parser.add_argument("--floors", action="store_true", help="exit 1 when a figure lies below its floor")
    parser.add_argument("--floors-file", type=Path, default=FLOORS)
    arguments = parser.parse_args(argv)
    if bool(arguments.articles) == bool(arguments.labels) or (arguments.labels and not arguments.region):
        parser.error("give --articles, or --labels with --places and --region")
    if arguments.fit:
        print(json.dumps(fit_weights(arguments.articles)))
        return 0
    data = arguments.labels or arguments.articles[0]
    sha256 = hashlib.sha256(data.read_bytes()).hexdigest()
    if arguments.labels:
        scores = score_labels(arguments.labels, arguments.places, tuple(arguments.region))
    else:
        scores = score_articles(data)
    scores = {name: round(value, 3 if name.endswith("area") else 1) for name, value in scores.items()}
    print(json.dumps({"data_sha256": sha256, "missing": load_gazetteer().missing, "scores": scores}, indent=1))
    if not arguments.floors:
        return 0
    floors = json.loads(arguments.floors_file.read_text(encoding="utf-8")).get("places", {}).get(sha256)
    if floors is None:
        print(f"{data}: no floors in {arguments.floors_file} for data {sha256}", file=sys.stderr)
        return 2
    # Errors and their area are better the smaller they are.
    faults = [
        f"{name}: {scores.get(name)} is worse than the floor {floor}"
        for name, floor in sorted(floors["scores"].items())
        if (scores.get(name, -1.0) - floor) * (-1 if name.endswith(("_km", "area")) else 1) < 0 or name not in scores
    ]
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
