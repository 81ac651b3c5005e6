"""Building the case from the app, so that decisions are carried out.

In: the case folder as it stands. Out: new tables and dossier, shown as soon as they stand. Refuses: a second build
while one runs.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse, Response

from contested.base.case import open_case
from contested.base.errors import ContestedError
from contested.base.originals import file_sha256
from contested.flow import build_case, read_manifest
from contested.review.deciding import LOG
from contested.review.desk import Asked, Desk, Page, Part
from contested.web.strings import TEXT


@dataclass
class Builder:
    """The build that runs, or the last one."""

    step: str = ""
    running: bool = False
    fault: str = ""
    seconds: float | None = None
    number: int = 0
    """How many were begun."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, desk: Desk) -> bool:
        """Build in a thread; ``False`` when a build runs already."""
        with self._lock:
            if self.running:
                return False
            self.running, self.fault, self.step, self.seconds = True, "", "", None
            self.number += 1
        threading.Thread(target=self._run, args=(desk,), name="build", daemon=True).start()
        return True

    def _run(self, desk: Desk) -> None:
        began = time.monotonic()

        def tell(step: str, detail: str) -> None:
            self.step = f"{step} {detail}".strip()

        try:
            case = open_case(desk.case.folder, desk.case.out, extractor=desk.case.extractor)
            build_case(case, tell)
            desk.case = case
            desk.take_build()
        except ContestedError as fault:
            self.fault = str(fault)
        except Exception as fault:  # told on the page: a thread has nobody else to tell
            self.fault = f"{type(fault).__name__}: {fault}"
        finally:
            self.seconds = time.monotonic() - began
            self.running = False

    def as_json(self) -> dict[str, Any]:
        """What the page asks for while it waits."""
        return {"running": self.running, "step": self.step, "fault": self.fault, "number": self.number}


def waiting_decisions(desk: Desk) -> bool:
    """Whether decisions, documents or parties came after the last build."""
    built = (read_manifest(desk.case) or {}).get("originals", {})
    paths = {name: desk.case.folder / name for name in (LOG, "case.toml")}
    return any(built.get(name) != (file_sha256(path) if path.is_file() else None) for name, path in paths.items())


def the_builder(desk: Desk) -> Builder:
    """The builder of the desk."""
    builder: Builder = desk.kept.setdefault("builder", Builder())
    return builder


def show_build(desk: Desk, asked: Asked) -> Response:
    """What the build is at."""
    return desk.show("build", asked, builder=the_builder(desk), waiting=waiting_decisions(desk))


def begin_build(desk: Desk, asked: Asked) -> Response:
    """Build now."""
    if not the_builder(desk).begin(desk):
        asked.session.message = TEXT["review_build_runs"]
    return desk.go("/build")


def build_state(desk: Desk, asked: Asked) -> Response:
    """The same for the page's script."""
    return JSONResponse(the_builder(desk).as_json())


PART = Part(
    pages=(Page("/build", show_build), Page("/build", begin_build, "POST"), Page("/build/state", build_state)),
    menu=(("/build", "review_build"),),
)
