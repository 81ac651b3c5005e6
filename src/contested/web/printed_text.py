"""Text of sources made fit for a file that carries its own fonts.

In: any text. Out: text that the fonts hold, of bounded length, with places to break long words. Refuses: nothing; what
cannot be printed stands as ``[3 × CJK]`` or ``[1 × U+202E]``, and is counted.

Control characters, and those that turn the direction of what follows, are never set: they could hide or reorder words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

from contested.web.strings import TEXT

#: The fonts of the printed dossier beside typst's own: they come with matplotlib and hold Latin, Greek, Cyrillic,
#: Armenian, Georgian, Hebrew and Arabic. No slanted ones: those lack Arabic.
FONT_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
#: Characters of one text at most; a hostile one of a megabyte would else fill hundreds of pages.
MAX_CHARACTERS = 3_000
#: Words longer than this may break after every few letters; no narrow column is wider than a few.
LONGEST_WORD, BREAK_EVERY = 24, 10
#: Scripts and codes listed in the note at most.
MAX_KINDS = 20

_HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_PIECE = re.compile(rf"(\S{{{BREAK_EVERY}}})(?=\S)")
#: White space, and the joiners of letters that Arabic and Persian need; other invisible characters are named, not set.
_INVISIBLE = "\t\n\r\u200c\u200d"

#: Categories of characters that show nothing, or nothing that is agreed on.
_SHOWING_NOTHING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def font_folder() -> Path:
    """Where the fonts of :data:`FONT_FILES` are."""
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@cache
def _unprintable() -> re.Pattern[str]:
    """Runs of characters that not every font of :data:`FONT_FILES` holds, or that show nothing."""
    from matplotlib.ft2font import FT2Font

    held = set.intersection(*({*FT2Font(str(font_folder() / name)).get_charmap()} for name in FONT_FILES))
    shown = sorted(
        point for point in {*held, *map(ord, _INVISIBLE)}
        if chr(point) in _INVISIBLE or unicodedata.category(chr(point)) not in _SHOWING_NOTHING
    )  # fmt: skip
    ranges: list[list[int]] = []
    for point in shown:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return re.compile("[^" + "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in ranges) + "]+")


class PrintedText:
    """Makes texts fit for print and counts what could not be printed."""

    def __init__(self) -> None:
        self.replaced: Counter[str] = Counter()

    def holds(self, text: str) -> str:
        """The text with every run of characters that cannot be printed named by its length and script."""
        return _unprintable().sub(self._named, text)

    def drawn(self, svg: str) -> str:
        """A drawing as :meth:`holds` gives it, letters without marks: typst cannot say which letter a mark in a
        drawing belongs to, and PDF/A asks it to.
        """
        composed = unicodedata.normalize("NFC", svg)
        bare = (one for one in composed if unicodedata.category(one) not in ("Mn", "Me") and one not in "\u200c\u200d")
        return self.holds("".join(bare))

    def fit(self, text: str) -> str:
        """The text on one line, cut to :data:`MAX_CHARACTERS`, breakable everywhere."""
        more = len(text) - MAX_CHARACTERS
        text = self.holds(" ".join(text[:MAX_CHARACTERS].split()))
        if more > 0:
            text = TEXT["pdf_cut"].format(text=text, n=f"{more:,}")
        if _HEX_DIGEST.fullmatch(text):
            return text
        return _LONG_WORD.sub(lambda word: _PIECE.sub("\\1\u200b", word[0]), text)

    def note(self) -> str | None:
        """What was replaced, in a sentence; ``None`` when nothing was."""
        if not self.replaced:
            return None
        kinds = ", ".join(f"{name} {n:,}" for name, n in sorted(self.replaced.items())[:MAX_KINDS])
        kinds += ", …" if len(self.replaced) > MAX_KINDS else ""
        return TEXT["pdf_replaced"].format(n=f"{self.replaced.total():,}", kinds=kinds)

    def _named(self, found: re.Match[str]) -> str:
        counts = Counter(_script(character) for character in found[0])
        self.replaced += counts
        return "".join(f"[{n} × {name}]" for name, n in counts.items())


def _script(character: str) -> str:
    """Name of the script of a letter; the code of any other character.

    >>> _script("\u6f22"), _script("\u0e01"), _script("\u202e")
    ('CJK', 'Thai', 'U+202E')
    """
    name = unicodedata.name(character, "")
    if not name or unicodedata.category(character)[0] not in "LMN":
        return f"U+{ord(character):04X}"
    word = name.split()[0].split("-")[0]
    return word if word == "CJK" else word.capitalize()
