"""The last look: nothing that is withheld stands in any file that goes out.

In: the files of an edition, and what of the case is withheld. Out: a line for each file in which it stands. Refuses:
nothing by itself; the caller publishes nothing while a line is left.

The projection keeps such things out of the tables. This search knows nothing of how it does so, and finds what got
round it: a withheld name in a title, a quotation that another document gives too, an exact point in a description.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contested.publish.project import Projection
from contested.publish.unpacking import has_exif, unpack
from contested.web.public import row_key

if TYPE_CHECKING:
    import pyarrow as pa

#: Shortest withheld passage that is searched for, letters and digits: shorter ones are everyday words.
LEAST_LETTERS = 24
#: Decimals by which an exact point is told, a metre: one given less finely cannot be told from corners of areas.
EXACT_DECIMALS = 5

#: Two numbers beside each other, in either order: the second is met again as the first of the next pair.
_PAIR = re.compile(rb"(-?\d{1,3}\.\d{%d,})(?=[^0-9]{1,40}?(-?\d{1,3}\.\d{%d,}))" % (EXACT_DECIMALS, EXACT_DECIMALS))
_NOT_LETTERS = re.compile(r"(?:\\[nrt\"]|\W|_)+")


@dataclass(frozen=True)
class Secrets:
    """What may stand in no file."""

    names: Mapping[str, str]
    """Letters of a name → the name."""
    passages: Mapping[str, str]
    """Letters of a withheld passage → its claim."""
    points: Mapping[tuple[str, str], str]
    """Longitude and latitude, cut to :data:`EXACT_DECIMALS` → the row."""

    @classmethod
    def of(cls, tables: Mapping[str, pa.Table], projection: Projection) -> Secrets:
        """What the projection withholds of the tables."""
        said = projection.case.file.publication
        passages = {}
        for claim in tables["claims"].to_pylist():
            words = _letters(" ".join(piece["text"] for piece in claim["passage"]))
            if claim["claim_id"] in projection.silenced and claim["quoted"] and len(words) >= LEAST_LETTERS:
                passages[words] = claim["claim_id"]
        points = {}
        for table in ("records", "incident_places") if said.round_m else ():
            for row in tables[table].to_pylist():
                if row["lon"] is not None and _decimals(row["lon"]) and _decimals(row["lat"]):
                    points[_cut(row["lon"]), _cut(row["lat"])] = f"{table} {row_key(table, row)}"
        for table in ("records", "incident_places", "place_candidates") if said.round_m else ():
            for row in projection.tables[table].to_pylist():
                if row["lon"] is not None:
                    points.pop((_cut(row["lon"]), _cut(row["lat"])), None)
        return cls({_letters(name): name for name in said.withhold_speakers}, passages, points)


def find_secrets(files: Mapping[str, bytes], secrets: Secrets) -> list[str]:
    """A line for each withheld thing and the first file that it stands in."""
    found: dict[str, str] = {}
    for name, content in sorted(files.items()):
        if has_exif(content):
            found.setdefault("EXIF", f"{name}: the picture carries EXIF, which can hold place and time; strip it")
        for part in (name.encode(), *unpack(content)):
            for key, line in _in_part(part, secrets):
                found.setdefault(key, f"{name}: {line}")
    return list(found.values())


def _in_part(part: bytes, secrets: Secrets) -> Iterator[tuple[str, str]]:
    if secrets.names or secrets.passages:
        text = _letters(html.unescape(part.decode("utf-8", errors="ignore")))
        for words, name in secrets.names.items():
            if words in text:
                yield name, f'the withheld name "{name}" stands in it; restrict the row that holds it'
        for words, claim in secrets.passages.items():
            if words in text:
                yield (
                    claim,
                    f"the words of claim {claim}, whose speaker is withheld, stand in it; restrict that row too",
                )
    if secrets.points:
        for match in _PAIR.finditer(part):
            one, other = _cut(match.group(1).decode()), _cut(match.group(2).decode())
            row = secrets.points.get((one, other)) or secrets.points.get((other, one))
            if row is not None:
                yield row, f"the exact point of {row} stands in it; restrict that row, or the row that repeats it"


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()


def _decimals(value: float) -> bool:
    """Whether a number is given finely enough to be told from others."""
    return bool(abs(value * 10 ** (EXACT_DECIMALS - 1) - round(value * 10 ** (EXACT_DECIMALS - 1))) > 1e-6)


def _cut(value: float | str) -> str:
    text = value if isinstance(value, str) else f"{value:.9f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals[:EXACT_DECIMALS]}"
