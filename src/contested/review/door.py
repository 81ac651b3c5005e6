"""Who may come in: only a browser on this machine that was given the printed address.

In: requests. Out: the same requests, each with its :class:`Session`, and answers with headers that keep pages apart.
Refuses: another Host or Origin than the app's own, a request without the cookie, and a form without its token.

The printed address holds a token that works once: it is swapped for a cookie that no script can read and no other site
can send. The checks do not rest on each other: a page on another site that has a name pointed at 127.0.0.1 (DNS
rebinding) fails at the Host, a form on it fails at the Origin, the cookie (SameSite) and the token of the form.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response

from contested.web.strings import TEXT, in_language

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: What pages of the app may load and do; the pages of the dossier may neither send forms nor fetch.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
DOSSIER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'none'; form-action 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
#: Longest address of a request, characters.
MAX_ADDRESS = 4_000
ENTRY = "/enter"
_HEADERS = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}  # fmt: skip


@dataclass
class Session:
    """One browser: its form token, who sits at it, and what it was told and shown."""

    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    reviewer: str | None = None
    help_seen: bool = False
    message: str = ""
    """What happened last, told on the next page."""
    skipped: set[tuple[str, str]] = field(default_factory=set)
    """(kind, key) of what was put off."""
    decided: list[int] = field(default_factory=list)
    """Numbers of the decisions made here, for undo."""


class Door:
    """The sessions of one running app."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self.cookie = f"contested_review_{port}"
        self._tokens: set[str] = set()
        self._sessions: dict[str, Session] = {}

    def new_address(self) -> str:
        """An address that lets one browser in, once."""
        token = secrets.token_urlsafe(32)
        self._tokens.add(token)
        return f"http://127.0.0.1:{self.port}{ENTRY}?token={token}"

    def swap(self, token: str) -> str | None:
        """The name of a new session for a token that was not used yet."""
        for known in list(self._tokens):
            if hmac.compare_digest(known.encode(), token.encode()):
                self._tokens.discard(known)
                name = secrets.token_urlsafe(32)
                self._sessions[name] = Session()
                return name
        return None

    def session(self, headers: Headers) -> Session | None:
        """The session that the request's cookie names."""
        for part in headers.get("cookie", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == self.cookie:
                return self._sessions.get(value)
        return None

    def fault(self, method: str, headers: Headers) -> str | None:
        """Why a request does not come from a page of this app, as a key of the catalogue; ``None`` when it does."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return "door_host"
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site")
        if site in ("cross-site", "same-site") and (method != "GET" or headers.get("sec-fetch-mode") != "navigate"):
            return "door_origin"
        # Under no-referrer browsers name no origin with a form; the Sec-Fetch-Site that no script can set must then.
        own = origin == f"http://{hosts[0]}" or (origin == "null" and site == "same-origin")
        if origin is None:
            return None if method in ("GET", "HEAD") else "door_origin"
        return None if own else "door_origin"


class DoorKeeper:
    """ASGI middleware: lets in what :class:`Door` lets in, and sets the headers of every answer."""

    def __init__(self, app: ASGIApp, door: Door, language: str) -> None:
        self.app = app
        self.door = door
        self.language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # websockets are not served

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", PAGE_POLICY)
            await send(message)

        answer = self._refusal(scope)
        await (answer or self.app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        fault, status = self.door.fault(scope["method"], headers), 403
        if fault is None and len(scope["path"]) + len(scope["query_string"]) > MAX_ADDRESS:
            fault, status = "door_address", 414
        if fault is None and scope["method"] not in ("GET", "HEAD", "POST"):
            fault, status = "door_method", 405
        if fault is None and scope["path"] != ENTRY:
            session = self.door.session(headers)
            if session is None:
                fault = "door_cookie"
            else:
                scope.setdefault("state", {})["session"] = session
        if fault is None:
            return None
        with in_language(self.language):
            return PlainTextResponse(TEXT[fault], status)


def set_cookie(response: Response, door: Door, name: str) -> None:
    """Give the browser its session: no script reads it, no other site sends it, and it dies with the browser."""
    response.set_cookie(door.cookie, name, httponly=True, samesite="strict", path="/")


def right_token(session: Session, given: str) -> bool:
    """Whether a form holds the token of its session."""
    return hmac.compare_digest(session.form_token.encode(), given.encode())
