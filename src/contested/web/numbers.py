"""Printed numbers, and the proof that they follow from their rows.

In: the printed rows of a case. Out: :class:`Number`, which prints itself as a link to its rows, and
``numbers.json``, from which :func:`derive_number` computes every text again. Refuses: a number over
a row that is not printed, and a number whose rows are no longer those recorded.

A number is one aggregate over one table: ``count``, ``sum``, ``min``, ``max``, ``value`` (one cell)
or ``share`` (rows out of the rows ``of``). Its rows are listed by key; where a condition chose
them, the condition stands beside the keys and both must agree on the day of the proof.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from contested.base.errors import RecordError, VerifyError
from contested.web.public import PublicRows, Row, project_public
from contested.web.strings import counted_word

if TYPE_CHECKING:
    import pyarrow as pa

Aggregate = Literal["count", "sum", "min", "max", "value", "share"]
Style = Literal["int", "real", "percent", "probability", "text"]
Scope = Literal["public", "withheld"]
#: Column → value, or a list of values of which one must be met.
Where = Mapping[str, Any]

#: Keys listed per number; a number over more rows must be chosen by a condition, which is then the
#: whole of its derivation. Bounds numbers.json for datasets of many thousand rows.
MAX_LISTED_KEYS = 1_000
#: Rows shown per number on the page of rows; the rest stands in the CSV file of the table.
MAX_SHOWN_ROWS = 100


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a number follows from its rows; the entry of ``numbers.json`` holds the same fields.

    ``keys`` may be empty where ``where`` chooses the rows; ``of`` are the rows that a share is out of.
    """

    aggregate: Aggregate
    table: str
    keys: tuple[str, ...] = ()
    column: str | None = None
    where: Where | None = None
    of: tuple[str, ...] = ()
    style: Style = "int"
    scope: Scope = "public"

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Derivation:
        """The derivation in an entry of ``numbers.json``."""
        return cls(
            entry["aggregate"], entry["table"], tuple(entry["keys"]), entry.get("column"), entry.get("where"),
            tuple(entry.get("of", ())), entry["style"], entry.get("scope", "public"),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """One printed number (or a text taken from a cell) with what it was derived from.

    ``href`` leads to the row, or to the list of rows; ``None`` for texts that stand in their own row.
    ``n`` counts the rows.
    """

    id: str
    text: str
    label: str
    page: str
    href: str | None
    derivation: Derivation
    n: int

    def __html__(self) -> Markup:
        """The number as a link to its rows."""
        if self.href is None:
            return Markup('<span data-number="{}">{}</span>').format(self.id, self.text)
        # Addresses count from the root of the dossier; a page may stand in a folder of it.
        href = "../" * self.page.count("/") + self.href
        return Markup('<a class="number" data-number="{}" href="{}">{}</a>').format(self.id, href, self.text)

    def __str__(self) -> str:
        return self.text

    def entry(self) -> dict[str, Any]:
        """The entry of ``numbers.json``."""
        how = self.derivation
        entry: dict[str, Any] = {
            "text": self.text, "aggregate": how.aggregate, "table": how.table, "keys": list(how.keys),
            "page": self.page, "style": how.style, "label": self.label,
        }  # fmt: skip
        if how.column is not None:
            entry["column"] = how.column
        if how.where is not None:
            entry["where"] = dict(how.where)
        if how.of:
            entry["of"] = list(how.of)
        if how.scope != "public":
            entry["scope"] = how.scope
        return entry


def number_word(number: Number, table: str) -> str:
    """The word for what a number counts, in the form that goes with it."""
    digits = number.text.replace(",", "")
    return counted_word(f"counted_{table}", int(digits) if digits.isdecimal() else number.n)


def counted(number: Number, table: str) -> Markup:
    """A number with the word for what it counts."""
    return Markup("{} {}").format(number, number_word(number, table))


def format_number(value: Any, style: Style) -> str:
    """The text of a value.

    >>> format_number(12345, "int"), format_number(0.0142857, "real"), format_number(0.5, "percent")
    ('12,345', '0.0143', '50 %')
    >>> format_number(0.99996, "probability")
    '0.999'
    """
    if value is None:
        return "—"
    if style == "text":
        return str(value)
    if style == "probability":
        # Cut, not rounded: nothing less than certain reads 1.
        return f"{int(value * 1000 + 1e-9) / 1000:g}"
    if style == "percent":
        return f"{100 * value:.0f} %"
    if style == "int" or (isinstance(value, int) and not isinstance(value, bool)):
        return f"{round(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def cell_value(row: Row, column: str) -> Any:
    """The value of a cell; ``details/a/b`` reaches into a column that holds a JSON object."""
    name, *path = column.split("/")
    value = row[name]
    if path:
        value = json.loads(value)
        for part in path:
            value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def matches(row: Row, where: Where) -> bool:
    """Whether a row meets every condition; dates are compared as ISO texts."""
    for column, wanted in where.items():
        value = row[column]
        value = value.isoformat() if hasattr(value, "isoformat") else value
        if value not in wanted if isinstance(wanted, list) else value != wanted:
            return False
    return True


def _chosen(how: Derivation, rows: Mapping[str, Row]) -> list[Row]:
    if how.where is None:
        missing = [key for key in how.keys if key not in rows]
        if missing:
            raise RecordError(f"table {how.table}: the row {missing[0]} is not there, or is withheld now")
        return [rows[key] for key in how.keys]
    chosen = {key: row for key, row in rows.items() if matches(row, how.where)}
    if how.keys and sorted(chosen) != sorted(how.keys):
        differing = sorted(set(chosen) ^ set(how.keys))[0]
        raise RecordError(
            f"table {how.table}: the rows where {dict(how.where)} are not those recorded; the row {differing} differs"
        )
    return list(chosen.values())


def _derive(how: Derivation, public: PublicRows) -> str:
    scope = public.withheld if how.scope == "withheld" else public.rows
    chosen = _chosen(how, scope[how.table])
    if how.aggregate == "count":
        return format_number(len(chosen), how.style)
    if how.aggregate == "share":
        if not how.of:
            raise RecordError(f"table {how.table}: a share of no rows cannot be derived")
        return format_number(len(set(how.of) & set(how.keys)) / len(set(how.of)), how.style)
    if how.aggregate == "value" and len(chosen) != 1:
        raise RecordError(f"table {how.table}: a value needs one row, {len(chosen)} are there")
    try:
        values = [value for row in chosen if (value := cell_value(row, str(how.column))) is not None]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise RecordError(f"table {how.table}: no value at {how.column}: {error}") from None
    if not values:
        return format_number(None, how.style)
    if how.aggregate == "sum":
        return format_number(sum(values), how.style)
    return format_number(max(values) if how.aggregate == "max" else min(values), how.style)


def derive_number(spec: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> str:
    """The text of an entry of ``numbers.json``, computed again from the tables of the case.

    Raises
    ------
    RecordError
        When a row is gone, is withheld now, or a condition meets other rows than those recorded.
    """
    return _derive(Derivation.from_entry(spec), project_public(tables))


class _PrintedNumbers(HTMLParser):
    """Text of every element with ``data-number`` on a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self._open: str | None = None
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        number = dict(attrs).get("data-number")
        if number:
            self._open, self._tag = number, tag
            self.found[number] = ""

    def handle_endtag(self, tag: str) -> None:
        if self._open is not None and tag == self._tag:
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.found[self._open] += data


def check_numbers(dossier: Path, tables: Mapping[str, pa.Table]) -> list[str]:
    """Faults between the numbers printed in a dossier and the rows of its case; empty when all hold.

    Every entry of ``numbers.json`` must stand on its page, every number on a page must have an
    entry, and the printed text must be the one that the rows give.

    Raises
    ------
    VerifyError
        When ``numbers.json`` is missing or cannot be read.
    """
    path = dossier / "numbers.json"
    try:
        specs: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VerifyError(f"{path}: cannot be read: {error}; publish the case again") from None
    public = project_public(tables)
    printed: dict[str, tuple[str, str]] = {}
    faults: list[str] = []
    text: str | None
    for page in sorted(dossier.rglob("*.html")):
        parser = _PrintedNumbers()
        parser.feed(page.read_text(encoding="utf-8"))
        name = page.relative_to(dossier).as_posix()
        for number, text in parser.found.items():
            if number in printed:
                faults.append(f"{name}: number {number} is printed on {printed[number][0]} too")
            printed[number] = (name, text)
            if number not in specs:
                faults.append(f'{name}: number {number} ("{text}") has no entry in numbers.json')
    for number, spec in specs.items():
        page_name, text = printed.get(number, (spec["page"], None))
        if text is None or page_name != spec["page"]:
            faults.append(f"{spec['page']}: number {number} ({spec['label']}) is not printed there")
            continue
        try:
            derived = _derive(Derivation.from_entry(spec), public)
        except (RecordError, KeyError) as error:
            faults.append(f"{page_name}: number {number} ({spec['label']}): {error}")
            continue
        if " ".join(text.split()) != " ".join(derived.split()):
            faults.append(f'{page_name}: number {number} ({spec["label"]}) reads "{text}"; the rows give "{derived}"')
    return faults


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of some rows of a table."""

    table: str
    column: str
    keys: tuple[str, ...]


@dataclass
class NumberBook:
    """The numbers of one dossier, in the order of printing.

    ``address`` gives the page and anchor of a row by its table and key.
    """

    public: PublicRows
    address: Callable[[str, str], str]
    numbers: list[Number] = field(default_factory=list)

    def count(self, page: str, label: str, table: str, keys: Iterable[str]) -> Number:
        """How many rows there are of those keys."""
        return self._add(page, label, Derivation("count", table, tuple(keys)))

    def count_where(
        self, page: str, label: str, table: str, where: Where | None = None, scope: Scope = "public"
    ) -> Number:
        """How many rows of a table meet the condition; all of them without one."""
        where = where or {}
        rows = (self.public.withheld if scope == "withheld" else self.public.rows)[table]
        keys = tuple(key for key, row in rows.items() if matches(row, where))
        # Keys of withheld rows would show what is withheld; long lists are given by their condition.
        listed = keys if scope == "public" and len(keys) <= MAX_LISTED_KEYS else ()
        how = Derivation("count", table, listed, where=where, scope=scope)
        return self._add(page, label, how, n=len(keys))

    def over(self, page: str, label: str, aggregate: Aggregate, cells: Cells) -> Number:
        """The sum, smallest or largest value of a column over rows."""
        return self._add(page, label, Derivation(aggregate, cells.table, cells.keys, cells.column))

    def value(self, page: str, label: str, cells: Cells, style: Style = "int") -> Number | None:
        """One cell; ``None`` when it is empty."""
        if cell_value(self.public.rows[cells.table][cells.keys[0]], cells.column) is None:
            return None
        return self._add(page, label, Derivation("value", cells.table, cells.keys, cells.column, style=style))

    def quote(self, page: str, label: str, cells: Cells) -> Number | None:
        """The text of a cell, printed in place; proven like a number."""
        if cell_value(self.public.rows[cells.table][cells.keys[0]], cells.column) is None:
            return None
        how = Derivation("value", cells.table, cells.keys, cells.column, style="text")
        return self._add(page, label, how, link=False)

    def share(self, page: str, label: str, table: str, keys: Iterable[str], of: Iterable[str]) -> Number:
        """Rows out of the rows ``of``, in percent."""
        how = Derivation("share", table, tuple(keys), of=tuple(of), style="percent")
        return self._add(page, label, how)

    def _add(self, page: str, label: str, how: Derivation, *, n: int | None = None, link: bool = True) -> Number:
        name = f"N{len(self.numbers) + 1}"
        n = len(how.keys) if n is None else n
        href = None
        if link:
            alone = n == 1 and len(how.keys) == 1
            href = self.address(how.table, how.keys[0]) if alone else f"rows.html#{name}"
        number = Number(name, _derive(how, self.public), label, page, href, how, n)
        self.numbers.append(number)
        return number

    def listed(self) -> list[Number]:
        """The numbers whose rows stand on the page of rows."""
        return [number for number in self.numbers if number.href == f"rows.html#{number.id}"]

    def json_bytes(self) -> bytes:
        """``numbers.json``, one entry a line."""
        lines = (
            f"{json.dumps(number.id)}: {json.dumps(number.entry(), ensure_ascii=False, separators=(',', ':'))}"
            for number in self.numbers
        )
        return ("{\n" + ",\n".join(lines) + "\n}\n").encode()
