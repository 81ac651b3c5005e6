"""Adding documents from the browser: a file or pasted text, and what is known of it.

In: forms. Out: documents in the case, read in a thread while the page tells how far it is. Refuses: a second document
while one is read, and what :mod:`contested.review.adding` refuses, in its words.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from contested.base.errors import ContestedError, DocumentError
from contested.claims.documents.content import MAX_DOCUMENT_BYTES
from contested.claims.read import ARCHIVE_SUFFIXES, SUFFIXES
from contested.review.adding import MAX_WORDS, About, Added, add_document
from contested.review.desk import Asked, Desk, Page, Part
from contested.web.strings import TEXT

#: Documents that the page lists as added.
MOST_LISTED = 20


@dataclass
class Intake:
    """The document that is read, and those before it."""

    step: str = ""
    running: bool = False
    fault: str = ""
    number: int = 0
    added: list[Added] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, desk: Desk, name: str, raw: bytes, about: About) -> bool:
        """Add in a thread; ``False`` when a document is read already."""
        with self._lock:
            if self.running:
                return False
            self.running, self.fault, self.step = True, "", ""
            self.number += 1
        threading.Thread(target=self._run, args=(desk, name, raw, about), name="intake", daemon=True).start()
        return True

    def _run(self, desk: Desk, name: str, raw: bytes, about: About) -> None:
        def tell(step: str, detail: str) -> None:
            self.step = f"{step} {detail}"

        try:
            desk.case, added = add_document(desk.case, name, raw, about, tell)
            self.added = [added, *self.added][:MOST_LISTED]
        except ContestedError as fault:
            self.fault = str(fault)
        except Exception as fault:  # told on the page: a thread has nobody else to tell
            self.fault = f"{type(fault).__name__}: {fault}"
        finally:
            self.running = False

    def as_json(self) -> dict[str, Any]:
        """What the page asks for while it waits."""
        return {"running": self.running, "step": self.step, "fault": self.fault, "number": self.number}


def the_intake(desk: Desk) -> Intake:
    """The intake of the desk."""
    intake: Intake = desk.kept.setdefault("intake", Intake())
    return intake


def show_add(desk: Desk, asked: Asked) -> Response:
    """The form, and what became of the last documents."""
    return desk.show(
        "add", asked, intake=the_intake(desk), today=datetime.now(UTC).date(), suffixes=(*SUFFIXES, *ARCHIVE_SUFFIXES),
        most_mb=MAX_DOCUMENT_BYTES // 1024 // 1024, max_words=MAX_WORDS,
    )  # fmt: skip


def begin_add(desk: Desk, asked: Asked) -> Response:
    """Take the document of the form."""
    pasted = asked.form.get("text", "")
    if asked.upload is not None and pasted.strip():
        raise DocumentError("the form holds a file and pasted text; give one of the two")
    if asked.upload is None and not pasted.strip():
        raise DocumentError("the form holds no document; choose a file or paste text")
    # Browsers send the lines of a text field with CR LF, whatever was pasted.
    name, raw = asked.upload or ("", pasted.replace("\r\n", "\n").encode("utf-8", "replace"))
    if not the_intake(desk).begin(desk, name, raw, _about(asked)):
        asked.session.message = TEXT["find_add_runs"]
    return desk.go("/add")


def _about(asked: Asked) -> About:
    words = {
        name: " ".join(asked.form.get(name, "").split()) or None for name in ("title", "outlet", "address", "event")
    }
    for name, text in words.items():
        if text is not None and len(text) > MAX_WORDS:
            raise DocumentError(
                f"{name} has {len(text):,} characters, more than the {MAX_WORDS:,} that are taken; shorten it"
            )
    if words["address"] and not words["address"].lower().startswith(("http://", "https://")):
        raise DocumentError(
            f'the address "{words["address"][:80]}" begins with neither http:// nor https://; give it whole'
        )
    days = {name: _day(asked, name) for name in ("published", "collected")}
    return About(**words, **days)  # type: ignore[arg-type]


def _day(asked: Asked, name: str) -> date | None:
    text = asked.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DocumentError(f'{name} "{text[:40]}" is no day; expected YYYY-MM-DD') from None


def add_state(desk: Desk, asked: Asked) -> Response:
    """The same for the page's script."""
    return JSONResponse(the_intake(desk).as_json())


PART = Part(
    pages=(Page("/add", show_add), Page("/add", begin_add, "POST", upload=True), Page("/add/state", add_state)),
)
