"""The printed dossier: one PDF of what the pages show, set by typst.

In: the pages of an edition, its figures, the bytes of ``dossier.json``. Out: a tagged PDF (PDF/A-2a and PDF/UA-1),
the same bytes for the same tables. Refuses: texts that typst cannot set, which would be a fault of ours; without typst
there is no PDF (:func:`can_print`).

The pages go to the template ``dossier.typ`` as JSON, so no text of a source is ever read as markup; typst sees a
folder with this JSON, the template, the figures and two fonts, and nothing else of the machine. Numbers are those of
the pages.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from importlib.resources import files as package_files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from markupsafe import Markup

from contested.base.errors import CaseError
from contested.web.council_page import CouncilPage
from contested.web.drawing import DrawnFigure
from contested.web.edition import Edition
from contested.web.index_page import IndexPage
from contested.web.inline_svg import standalone_svg
from contested.web.numbers import Number
from contested.web.pages import FindingsPage, Frame, IncidentPage, IncidentsPage, SourcesPage
from contested.web.printed_text import FONT_FILES, PrintedText, font_folder
from contested.web.strings import TEXT
from contested.web.weighed_page import WeighedPage
from contested.web.words import day_words, span_words

#: Rows of the tables of incidents and of originals at most; the pages hold all. A thousand make about fifty pages.
MAX_ROWS = 1_000
#: Letters of the case's title at the head of each page.
HEAD_LETTERS = 90
#: An address longer than this is printed as text without a link, which PDF readers may refuse.
MAX_ADDRESS = 2_000
#: For archives, and for readers who listen: tagged, with every font inside. The second where a letter of some script
#: cannot be given back as text, which the first forbids.
STANDARDS: tuple[list[Any], ...] = (["a-2a", "ua-1"], ["a-2b"])

#: Fields that hold addresses within the dossier: they pass as they are.
_ADDRESSES = frozenset({"anchor", "file", "href"})
#: Fields that the printed dossier leaves out; the pages have them.
_LEFT_OUT = frozenset({
    "css", "curve", "derivation", "details", "evidence", "lines", "links", "menu", "moments", "parts", "perhaps",
    "rejects", "tables", "tests", "unchecked", "variants",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrintedPages:
    """The pages that the printed dossier is made of."""

    frame: Frame
    index: IndexPage
    findings: FindingsPage
    weighed: WeighedPage | None
    council: CouncilPage | None
    incidents: Sequence[IncidentsPage]
    detailed: Sequence[IncidentPage]
    """The incidents that have a page of their own."""
    sources: SourcesPage


def can_print() -> bool:
    """Whether typst is installed."""
    return find_spec("typst") is not None


def newest_day(edition: Edition) -> date:
    """The newest day that a printed source bears: published, said or voted; else the end of the window."""
    columns = (("documents", "published"), ("claims", "said_on"), ("votes", "voted_on"))
    days = [row[column] for table, column in columns for row in edition.public.of(table) if row[column] is not None]
    return max(days, default=edition.case.file.window.last)


def print_dossier(edition: Edition, pages: PrintedPages, drawn: Iterable[DrawnFigure], dossier_json: bytes) -> bytes:
    """The PDF.

    Raises
    ------
    CaseError
        When typst cannot set the pages.
    """
    newest = newest_day(edition)
    figures = {f"{number}.svg": entry for number, entry in enumerate(drawn, start=1)}
    text = PrintedText()
    data = _data(edition, pages, figures, text)
    data |= {
        "digest": hashlib.sha256(dossier_json).hexdigest(), "newest": day_words(newest),
        "date": [newest.year, newest.month, newest.day],
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="contested-") as name:
        folder = Path(name)
        for file, entry in figures.items():
            (folder / file).write_text(text.drawn(entry.svg.decode()), encoding="utf-8")
        data["replaced"] = text.note()
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        template = package_files("contested.web") / "templates" / "dossier.typ"
        (folder / "dossier.typ").write_bytes(template.read_bytes())
        (folder / "fonts").mkdir()
        for font in FONT_FILES:
            shutil.copyfile(font_folder() / font, folder / "fonts" / font)
        return _typeset(edition, folder, datetime(newest.year, newest.month, newest.day, tzinfo=UTC))


def _typeset(edition: Edition, folder: Path, made: datetime) -> bytes:
    """What typst makes of the folder, to the best standard that the texts allow."""
    import typst

    for standards in STANDARDS:
        try:
            printed: bytes = typst.compile(
                folder / "dossier.typ", root=folder, font_paths=[folder / "fonts"], ignore_system_fonts=True,
                format="pdf", pdf_standards=standards, timestamp=made,
            )  # fmt: skip
        except typst.TypstError as fault:
            fault_words = str(fault)
        else:
            return printed
    raise CaseError(
        f"{edition.case.folder}: typst could not set the PDF of the dossier: {fault_words}; please report it, and "
        "uninstall typst to build without a PDF"
    )


def _data(
    edition: Edition, pages: PrintedPages, figures: Mapping[str, DrawnFigure], text: PrintedText
) -> dict[str, Any]:
    """What the template reads, but for what is known last."""
    file = edition.case.file
    others = [
        (f"{page.file}#{line.anchor}", line)
        for page in pages.incidents for _, groups in page.lists for _, lines in groups for line in lines
        if line.href is None
    ]  # fmt: skip
    plain = _Plain(text, edition.marks.style_sheet())
    originals = pages.sources.originals
    sources = plain(pages.sources)
    sources["originals"] = sources["originals"][:MAX_ROWS]
    title = plain(file.title)
    return {
        "words": {key: text.holds(words) for key, words in TEXT.items()},
        "frame": plain(pages.frame),
        "place": plain(file.region.name),
        "window": span_words(file.window.first, file.window.last),
        "running_head": title if len(title) <= HEAD_LETTERS else f"{title[: HEAD_LETTERS - 1]}…",
        "index": plain(pages.index),
        "findings": plain(pages.findings),
        "weighed": plain(pages.weighed),
        "council": plain(pages.council),
        "figures": [{**plain(entry.figure), "file": name} for name, entry in figures.items()],
        "incidents": [{**plain(page.incident), "href": page.file} for page in pages.detailed[:MAX_ROWS]],
        "other_incidents": [
            {"number": line.number, "href": href, "title": plain(line.title), "told": plain(" · ".join(line.parts))}
            for href, line in others[: max(MAX_ROWS - len(pages.detailed), 0)]
        ],
        "incidents_total": plain(pages.incidents[0].total),
        "incidents_withheld": plain(pages.incidents[0].withheld),
        "incidents_cut": _cut(len(pages.detailed) + len(others)),
        "originals_cut": _cut(len(originals)),
        "sources": sources,
    }


def _cut(n: int) -> str | None:
    return None if n <= MAX_ROWS else TEXT["pdf_rows_cut"].format(shown=f"{MAX_ROWS:,}", total=f"{n:,}")


@dataclass(frozen=True, slots=True)
class _Plain:
    """Pages as JSON: numbers with their links, texts fit for print, drawings as files."""

    text: PrintedText
    parties: str

    def __call__(self, value: Any, name: str = "") -> Any:
        if isinstance(value, Number):
            return {"text": self.text.fit(value.text), "href": value.href}
        if isinstance(value, Markup) and value.startswith("<svg"):
            return standalone_svg(self.text.drawn(str(value)), self.parties)
        if isinstance(value, str):
            if name == "address_link":
                return value if len(value) <= MAX_ADDRESS else None
            return value if name in _ADDRESSES else self.text.fit(value)
        if is_dataclass(value):
            return {
                field.name: self(getattr(value, field.name), field.name)
                for field in fields(value)
                if field.name not in _LEFT_OUT
            }
        if isinstance(value, (list, tuple)):
            return [self(one, name) for one in value]
        return value
