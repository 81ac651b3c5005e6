"""The app itself: routes, what it serves beside pages, and how it runs.

In: a built case. Out: a server on 127.0.0.1 until it is stopped. Refuses: a port that is taken.

Modules add pages through :data:`PARTS`.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from importlib.resources import files as package_files
from mimetypes import guess_type

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from contested.base.case import Case
from contested.base.errors import CaseError
from contested.flow import read_manifest
from contested.review import (
    adding_pages,
    build_pages,
    bulk_pages,
    change_pages,
    history_pages,
    list_pages,
    name_pages,
    overview_pages,
    queue_pages,
    row_pages,
    search_pages,
    side_pages,
)
from contested.review.deciding import DecisionLog
from contested.review.desk import Desk, Part, endpoint
from contested.review.door import DOSSIER_POLICY, ENTRY, Door, DoorKeeper, set_cookie
from contested.review.tables import remove_left_tables
from contested.web.strings import TEXT, in_language

#: The parts of the app, in the order of its menu. Another kind of page is one more entry.
PARTS: tuple[Part, ...] = (
    overview_pages.PART, search_pages.PART, list_pages.PART, row_pages.PART, side_pages.PART, adding_pages.PART,
    queue_pages.PART, bulk_pages.PART, name_pages.PART, history_pages.PART, build_pages.PART, change_pages.PART,
)  # fmt: skip
#: Files that pages may load: name → package that holds it.
STATIC = {
    "dossier.css": "contested.web", "dossier.js": "contested.web", "review.css": "contested.review",
    "review.js": "contested.review", "find.css": "contested.review",
}  # fmt: skip


def make_app(desk: Desk) -> Starlette:
    """The app over a desk; nobody comes in but through its door."""
    routes = [
        Route(page.path, endpoint(desk, page), methods=[page.method]) for part in desk.parts for page in part.pages
    ]
    routes += [
        Route(ENTRY, _enter(desk)),
        Route("/static/{name}", _static(desk)),
        Route("/dossier/{path:path}", _dossier(desk)),
    ]
    keeper = Middleware(DoorKeeper, door=desk.door, language=desk.case.file.language)
    return Starlette(routes=routes, middleware=[keeper])


def open_desk(case: Case, port: int, parts: tuple[Part, ...] = PARTS) -> Desk:
    """A desk over a built case.

    Raises
    ------
    CaseError
        When the case was never built.
    RecordError
        When its log is damaged.
    """
    log = DecisionLog(case.folder)
    log.state()
    return Desk(case, Door(port), log, parts)


def serve_review(case: Case, port: int, tell: Callable[[str], None]) -> None:
    """Serve the app until it is stopped; ``tell`` is given the address that lets the browser in.

    Raises
    ------
    CaseError
        As :func:`open_desk`, and when the port is taken.
    """
    import uvicorn

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as fault:
            raise CaseError(f"port {port}: {fault.strerror}; choose another with --port, or 0 for any") from None
        remove_left_tables(case)
        desk = open_desk(case, listener.getsockname()[1])
        try:
            # No access log: the address of entry would stand in it.
            config = uvicorn.Config(
                make_app(desk), access_log=False, log_level="error", server_header=False, date_header=False,
                proxy_headers=False, timeout_keep_alive=5, timeout_graceful_shutdown=3, ws="none", http="h11",
                loop="asyncio",
            )  # fmt: skip
            tell(desk.door.new_address())
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            desk.tables.close()


def _enter(desk: Desk) -> Callable[[Request], Response]:
    def enter(request: Request) -> Response:
        with in_language(desk.case.file.language):
            name = desk.door.swap(request.query_params.get("token", ""))
            if name is None:
                return PlainTextResponse(TEXT["door_token"], 403)
            # The page goes on by itself: a redirect from another program would not carry the strict cookie.
            page = HTMLResponse(
                f'<!doctype html><html lang="{desk.case.file.language}"><head><meta charset="utf-8">'
                '<link rel="icon" href="data:,">'
                f'<title>{TEXT["review_title"]}</title><meta http-equiv="refresh" content="0;url=/"></head>'
                f'<body><p><a href="/">{TEXT["door_go_on"]}</a></p></body></html>'
            )
            set_cookie(page, desk.door, name)
            return page

    return enter


def _static(desk: Desk) -> Callable[[Request], Response]:
    def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name == "parties.css":
            return Response(desk.marks.style_sheet(), media_type="text/css")
        if name not in STATIC:
            raise HTTPException(404)
        content = (package_files(STATIC[name]) / "static").joinpath(name).read_bytes()
        return Response(content, media_type=guess_type(name)[0])

    return static


def _dossier(desk: Desk) -> Callable[[Request], Response]:
    def dossier(request: Request) -> Response:
        """A file of the dossier, only one that the build wrote: the path asked for never reaches the disk itself."""
        asked = request.path_params["path"] or "index.html"
        listed: dict[str, str] = (read_manifest(desk.case) or {}).get("dossier", {})
        if asked not in listed:
            raise HTTPException(404)
        path = desk.case.dossier / asked
        if not path.resolve().is_relative_to(desk.case.dossier.resolve()) or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, headers={"Content-Security-Policy": DOSSIER_POLICY})

    return dossier
