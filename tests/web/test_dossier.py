"""The files of a dossier: same bytes, whole links, nothing withheld, nothing run, nothing asked of a network."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import runpy
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pytest
from tests.web.invented import DOCUMENT, HOSTILE, TEXT, make_tables

from contested.base.case import Case
from contested.base.errors import CaseError
from contested.web.dossier import write_dossier
from contested.web.strings import catalogue
from contested.web.words import FORMULA_STARTS, safe_cell

#: Words of pages and figures; those of the local app have a test of their own (tests/review/test_words.py).
WORDS = catalogue("en", without="review")

PROJECT = Path(__file__).parents[2]
WEB = PROJECT / "src/contested/web"


class Page(HTMLParser):
    """Links, anchors, scripts and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.frozen = ""
        self._depth = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if (link := values.get("href") or values.get("src")) is not None:
            self.links.append(link)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if self._depth or values.get("class") == "frozen":
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        self._depth = max(0, self._depth - 1)

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.frozen += data


@pytest.fixture(scope="module")
def pages(dossier: Path) -> dict[str, Page]:
    return {
        path.relative_to(dossier).as_posix(): Page(path.read_bytes().decode())
        for path in sorted(dossier.rglob("*.html"))
    }


def test_all_pages_are_there(pages: Mapping[str, Page]) -> None:
    assert set(pages) == {
        "index.html", "map.html", "findings.html", "council.html", "claims.html", "incidents.html", "records.html",
        "holdings.html", "sources.html", "figures.html", "rows.html", "weighed.html", "timeline.html",
        f"documents/{DOCUMENT}.html", "incidents/I1.html", "incidents/I2.html", "incidents/I3.html",
        *(f"accounts/{party}.html" for party in ("north", "south", "watch", "Elsewhere")),
    }  # fmt: skip


def test_two_writes_give_the_same_bytes(
    case: Case, tables: Mapping[str, pa.Table], dossier: Path, tmp_path: Path
) -> None:
    write_dossier(case, tables, tmp_path / "again")
    first = {path.relative_to(dossier): path.read_bytes() for path in dossier.rglob("*") if path.is_file()}
    again = {
        path.relative_to(tmp_path / "again"): path.read_bytes()
        for path in (tmp_path / "again").rglob("*") if path.is_file()
    }  # fmt: skip
    assert first == again


def test_every_link_and_anchor_resolves(dossier: Path, pages: Mapping[str, Page]) -> None:
    followed = 0
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name
        for link in page.links:
            if link.startswith(("https://", "http://")):
                continue
            parts = urlsplit(link)
            assert not parts.scheme and not parts.netloc, (name, link)
            target = (dossier / name).parent / unquote(parts.path) if parts.path else dossier / name
            assert target.is_file(), (name, link)
            if parts.fragment:
                other = pages[target.resolve().relative_to(dossier.resolve()).as_posix()]
                assert unquote(parts.fragment) in other.ids, (name, link)
            followed += 1
    assert followed > 300


def test_every_number_leads_to_its_rows(pages: Mapping[str, Page], dossier: Path) -> None:
    entries = json.loads((dossier / "numbers.json").read_text(encoding="utf-8"))
    rows = (dossier / "rows.html").read_text(encoding="utf-8")
    for number, entry in entries.items():
        if entry["style"] != "text" and len(entry["keys"]) != 1:
            section = rows.split(f'id="{number}"')[1].split("</section>")[0]
            assert section.count("<li>") == len(entry["keys"]), number


def test_the_manifest_lists_every_file(dossier: Path) -> None:
    manifest = json.loads((dossier / "manifest.json").read_text(encoding="utf-8"))
    here = {p.relative_to(dossier).as_posix() for p in dossier.rglob("*") if p.is_file()} - {"manifest.json"}
    assert list(manifest) == sorted(here)
    for name, sha256 in manifest.items():
        assert hashlib.sha256((dossier / name).read_bytes()).hexdigest() == sha256


def test_what_is_withheld_stands_nowhere(dossier: Path) -> None:
    for path in dossier.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for word in (b"SECRET", b"secret000000", b"withheld-abc123", b"reports:5"):
                assert word not in content, (path, word)


def test_no_source_text_becomes_markup_or_script(dossier: Path, pages: Mapping[str, Page]) -> None:
    for path in dossier.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script>" not in text and "<img src=x" not in text, path
        for source in re.findall(r"<script[^>]*>", text):
            assert re.fullmatch(r'<script src="(\.\./)?(static|data)/[\w./-]+\.js">', source), (path, source)
    for name, page in pages.items():
        for tag, attribute, value in page.attributes:
            assert not attribute.startswith("on") and attribute != "style", (name, tag, attribute)
            if attribute in ("href", "src"):
                assert not str(value).lower().startswith(("javascript:", "data:")), (name, value)
    data = (dossier / "data/map.js").read_text(encoding="utf-8")
    assert not {"<", ">", "&", "\u2028", "\u2029"} & set(data)
    for path in (dossier / "figures").glob("*.svg"):
        svg = path.read_text(encoding="utf-8")
        assert "<script" not in svg and "<!--" not in svg and "onerror=" not in re.sub(r">[^<]*<", "><", svg)


def test_foreign_links_are_plain_and_tell_nobody(pages: Mapping[str, Page], dossier: Path) -> None:
    seen = 0
    for path in dossier.rglob("*.html"):
        for tag in re.findall(r'<a [^>]*href="https?:[^>]*>', path.read_text(encoding="utf-8")):
            assert 'rel="noreferrer noopener nofollow"' in tag
            seen += 1
    assert seen
    loaded = {
        value for page in pages.values() for tag, name, value in page.attributes
        if (name == "src" or (tag == "link" and name == "href")) and value
    }  # fmt: skip
    assert loaded and not [value for value in loaded if "//" in value]


def test_every_page_has_the_policy(dossier: Path) -> None:
    for path in dossier.rglob("*.html"):
        head = path.read_text(encoding="utf-8").split("</head>")[0]
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', head)
        assert policy and "default-src 'none'" in policy[1] and "connect-src 'none'" in policy[1]
        assert "unsafe" not in policy[1]


def test_marking_does_not_alter_the_text(pages: Mapping[str, Page]) -> None:
    assert pages[f"documents/{DOCUMENT}.html"].frozen == TEXT


def test_csv_files_hold_no_formula_and_lose_nothing(dossier: Path, tables: Mapping[str, pa.Table]) -> None:
    for path in sorted((dossier / "data").glob("*.csv")):
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        assert rows[0] == tables[path.stem].schema.names
        for row in rows[1:]:
            for cell in row:
                assert not cell.startswith(FORMULA_STARTS) or re.fullmatch(r"-?[\d.e+-]+", cell), (path, cell)
    text = (dossier / "data/records.csv").read_text(encoding="utf-8")
    titles = [row["title"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert "'=cmd|' /C calc'!A0" in titles and HOSTILE in titles
    assert len(titles) == 4


def test_safe_cells() -> None:
    assert [safe_cell(value) for value in ("@a", "\tb", True, 1.5, ["=x"])] == ["'@a", "'\tb", "true", "1.5", '["=x"]']


def test_geojson_and_json_are_whole(dossier: Path) -> None:
    incidents = json.loads((dossier / "incidents.geojson").read_text(encoding="utf-8"))
    assert {feature["properties"]["incident_id"] for feature in incidents["features"]} == {"I1", "I2", "I3"}
    assert [feature["geometry"] for feature in incidents["features"]].count(None) == 1
    holdings = json.loads((dossier / "holdings.geojson").read_text(encoding="utf-8"))
    assert len(holdings["features"]) == 7 and "geometry" not in holdings["features"][0]["properties"]
    whole = json.loads((dossier / "dossier.json").read_text(encoding="utf-8"))
    assert set(whole) == {*whole["about"], "about"}
    assert whole["counts"]["records"] == {"printed": 4, "withheld": 1}
    assert whole["findings"][0]["details"]["inside"] == 2


def test_a_stale_file_goes_and_a_strange_folder_is_refused(
    case: Case, tables: Mapping[str, pa.Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Figures take most of the time of a dossier and say nothing about which files stay.
    monkeypatch.setattr("contested.web.dossier.draw_figures", lambda edition, grounds, page: [])
    out = tmp_path / "out"
    write_dossier(case, tables, out)
    fewer = {**tables, "votes": tables["votes"].slice(0, 0)}
    write_dossier(case, fewer, out)
    assert not (out / "council.html").exists()
    assert "council.html" not in (out / "index.html").read_text(encoding="utf-8")
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(CaseError, match="the folder holds files"):
        write_dossier(case, tables, strange)
    (strange / "manifest.json").write_text('{"../precious.txt": "0"}', encoding="utf-8")
    (tmp_path / "precious.txt").write_text("keep", encoding="utf-8")
    write_dossier(case, tables, strange)
    assert (tmp_path / "precious.txt").exists() and (strange / "mine.txt").exists()


def test_a_case_with_nothing_in_it_still_has_pages(case: Case, tables: Mapping[str, pa.Table], tmp_path: Path) -> None:
    summary = write_dossier(case, {name: table.slice(0, 0) for name, table in tables.items()}, tmp_path / "empty")
    assert "index.html" in summary.pages and "map.html" not in summary.pages
    index = (tmp_path / "empty/index.html").read_text(encoding="utf-8")
    assert WORDS["no_accounts"] in index and "map.html" not in index


def test_every_word_is_used_and_known() -> None:
    sources = [
        *WEB.glob("templates/*.html"),
        *WEB.glob("templates/*.typ"),
        *(path for path in WEB.rglob("*.py") if path.name != "strings.py"),
        *(WEB.parent / "publish").glob("*.py"),
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    script = "\n".join(path.read_text(encoding="utf-8") for path in WEB.glob("static/map*.js"))
    named = set(re.findall(r"\bt\.(?!at\()(\w+)", text)) | set(re.findall(r"TEXT\[\"(\w+)\"\]", text))
    assert not named - WORDS.keys()
    stems = tuple(re.findall(r"(?:TEXT\[f\"|counted_word\(f\"|TEXT\[f'|t\['|TEXT\[')(\w+_)[{']", text))
    unused = []
    for word in WORDS:
        short = word.removeprefix("map_")
        used = word in named or word.startswith(stems) or f"text.{short}" in script or f'"{short}"' in script
        used = used or f'"{word}"' in text or f"'{word}'" in text
        if not used:
            unused.append(word)
    assert unused == []


def test_vendored_files_are_as_published() -> None:
    script = runpy.run_path(str(PROJECT / "scripts/vendor_static.py"))
    assert script["check_copies"]() == []


def test_a_figure_too_heavy_for_a_page_is_shown_as_png_and_linked_as_svg(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contested.web.figures.MOST_SHOWN_BYTES", 0)
    write_dossier(case, make_tables(), tmp_path / "out")
    for name in ("index.html", "figures.html", "map.html"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        shown = re.findall(r'<img src="(figures/[^"]+)"', text)
        assert shown and all(file.endswith(".png") and (tmp_path / "out" / file).is_file() for file in shown)
    assert '<a href="figures/attacks.svg">' in (tmp_path / "out/figures.html").read_text(encoding="utf-8")
