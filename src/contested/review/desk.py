"""What every page of the app stands on: the case, its tables, the log of decisions, and how a page is shown.

In: a built case. Out: :class:`Desk`, :class:`Asked`, and :class:`Part`, by which a module adds pages. Refuses: forms
that are too large, not of the plain kind, or without the token of their session.

A module adds pages in a :class:`Part`: a tuple of :class:`Page` (path, function), entries of the menu, and what it
wants added to the tables at start-up. Its functions take the desk and what was asked, and run in a thread.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from contested.base.errors import ContestedError
from contested.review.deciding import DecisionLog
from contested.review.door import Door, Session, right_token
from contested.review.items import RECORD_COLUMNS
from contested.review.tables import CaseTables
from contested.review.uploads import read_upload
from contested.web.marks import Marks
from contested.web.page_environment import page_environment
from contested.web.strings import TEXT, current_direction, current_language, in_language

if TYPE_CHECKING:
    from contested.base.case import Case

#: Largest form, bytes, and most fields of one.
MAX_FORM_BYTES, MAX_FIELDS = 256 * 1024, 2_000


@dataclass(frozen=True)
class Asked:
    """One request, as a page's function sees it."""

    session: Session
    path: Mapping[str, str]
    """Parts of the address (``/claims/{claim_id}``)."""
    query: Mapping[str, str]
    form: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    """Fields of the form that came more than once, such as ticked boxes, with all their values."""
    url: str
    """The path asked for."""
    upload: tuple[str, bytes] | None = None
    """Name and bytes of the file that came with the form, if one did."""

    def number(self, name: str, default: int = 0) -> int:
        """A whole number of the query or form; the default where there is none."""
        text = self.form.get(name, self.query.get(name, ""))
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else default


Handler = Callable[["Desk", Asked], Response]


@dataclass(frozen=True)
class Page:
    """A page: the path in Starlette's notation, and the function that answers."""

    path: str
    answer: Handler
    method: str = "GET"
    upload: bool = False
    """Whether its form may bring a file."""


@dataclass(frozen=True)
class Part:
    """Pages of one kind."""

    pages: tuple[Page, ...]
    menu: tuple[tuple[str, str], ...] = ()
    """Path and key of the catalogue, in order."""
    prepare: Callable[[Desk, CaseTables], None] | None = None
    """Called with the tables of each new build before pages see them: tables and indexes of one's own."""


@dataclass
class Desk:
    """One running app."""

    case: Case
    door: Door
    log: DecisionLog
    parts: tuple[Part, ...]
    tables: CaseTables = field(init=False)
    kept: dict[str, Any] = field(default_factory=dict)
    """What parts keep from one build to the next, by a name of their own."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._environment = _environment()
        with in_language(self.case.file.language):
            self.marks = Marks(self.case)
        self.tables = self.open_tables()

    def open_tables(self) -> CaseTables:
        """The tables of the last build, with what the parts add."""
        tables = CaseTables(self.case)
        for part in self.parts:
            if part.prepare is not None:
                part.prepare(self, tables)
        return tables

    def take_build(self) -> None:
        """Show the tables of the build that has just ended."""
        with self._lock:
            # Pages that are being made keep the old tables until they are done.
            self.tables = self.open_tables()

    def show(self, template: str, asked: Asked, status: int = 200, **values: Any) -> HTMLResponse:
        """A page through its template, everything escaped; what happened last is told on it once."""
        message, asked.session.message = asked.session.message, ""
        menu = [(path, TEXT[key]) for part in self.parts for path, key in part.menu]
        content = self._environment.get_template(f"{template}.html").render(
            asked=asked, session=asked.session, message=message, menu=menu, template=template, desk=self,
            case=self.case.file, direction=current_direction(),
            language=current_language(), **values,
        )  # fmt: skip
        return HTMLResponse(content, status)

    def go(self, path: str) -> Response:
        """On to another page of the app, after a form."""
        if not path.startswith("/") or path.startswith(("//", "/\\")):
            path = "/"
        return RedirectResponse(path, 303)

    def party(self, party: str | None) -> str:
        """Name of a party."""
        return self.marks(party).name

    def read_change(self, text: str) -> list[tuple[str, Any]]:
        """Column and value of each change of a decision, parties and events by their names."""
        try:
            change = json.loads(text)
        except ValueError:
            change = {}
        rows = change.items() if isinstance(change, dict) else ()
        words = {"target_party": self.party, "speaker_party": self.party, "event_id": self.event}
        return [(name, words[name](value) if name in words and value else value) for name, value in rows]

    def event(self, event_id: str | None) -> str | None:
        """Title of an event of the case."""
        return {event.id: event.title for event in self.case.file.events}.get(event_id or "", event_id)


def endpoint(desk: Desk, page: Page) -> Callable[[Request], Any]:
    """The page's function as Starlette wants it: form read and checked, faults shown, in a thread."""

    async def answer(request: Request) -> Response:
        form: list[tuple[str, str]] = []
        upload = None
        if request.method == "POST" and page.upload:
            form, upload = await read_upload(request)
        elif request.method == "POST":
            form = await _read_form(request)
        lists: dict[str, list[str]] = {}
        for name, value in form:
            lists.setdefault(name, []).append(value)
        session: Session = request.state.session
        asked = Asked(
            session, dict(request.path_params), dict(request.query_params), dict(form),
            {name: tuple(values) for name, values in lists.items()}, request.url.path, upload,
        )  # fmt: skip
        return await run_in_threadpool(_answer, desk, page, asked, request.method)

    return answer


def _answer(desk: Desk, page: Page, asked: Asked, method: str) -> Response:
    with in_language(desk.case.file.language):
        if method == "POST" and not right_token(asked.session, asked.form.get("form_token", "")):
            return desk.show("fault", asked, 403, fault=TEXT["door_form"])
        try:
            return page.answer(desk, asked)
        except ContestedError as fault:
            return desk.show("fault", asked, 400, fault=str(fault))
        except HTTPException as fault:
            return desk.show("fault", asked, fault.status_code, fault=fault.detail)


async def _read_form(request: Request) -> list[tuple[str, str]]:
    """The fields of a plain form, those sent empty too."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_FORM_BYTES:
            raise HTTPException(413)
    try:
        text = body.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise HTTPException(400) from None


def _environment() -> jinja2.Environment:
    environment = page_environment("contested.review")
    environment.globals.update(cell=_cell, columns=RECORD_COLUMNS)
    return environment


def _cell(value: Any) -> str:
    """A value of a record, as text."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    return f"{value:g}" if isinstance(value, float) and abs(value) >= 1000 else str(value)
