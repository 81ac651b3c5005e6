"""A saved mail (``.eml``) → its text, with sender, day and subject.

In: the bytes of one message. Out: :class:`Content`. Refuses, with
:class:`~contested.base.errors.DocumentError`: what is no mail, encrypted, of more parts than any mail, or without text.

The text part is read, else the HTML part. Attachments are listed and not opened: save those that matter as
documents of their own. Pictures in HTML are not fetched. The day is that of the ``Date`` header in the
sender's own time zone, which a sender can set as he likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime

from contested.base.errors import DocumentError
from contested.claims.documents.content import Content, clean_field
from contested.claims.documents.page_quotations import visible_blocks
from contested.claims.documents.page_visibility import remove_hidden, write_out_quotes
from contested.claims.documents.web_pages import parse_page

#: Most parts of a mail, by the lines that declare a boundary: parsing takes time with the square of the depth.
MAX_MAIL_PARTS = 200
#: Attachments that are listed by name; more are counted.
MAX_LISTED_ATTACHMENTS = 20
#: Length from which a line was broken by the mail program and runs on in the next, characters.
WRAPPED_FROM_CHARACTERS = 55

_READER = "mail 1"


def read_mail(raw: bytes, shown: str) -> Content:
    """A mail: its text or HTML part, author, day and subject."""
    head = raw[:65536].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    if b"\x00" in raw[:4096] or not re.search(rb"^(?:from|date|subject|message-id|received|to):", head, re.I | re.M):
        raise DocumentError(f"{shown}: the file has no mail header (From, Date, Subject); check what the file is")
    parts = len(re.findall(rb"boundary\s*=|^content-type:\s*message/", raw, re.I | re.M))
    if parts > MAX_MAIL_PARTS:
        raise DocumentError(
            f"{shown}: {parts:,} parts in each other, more than the {MAX_MAIL_PARTS} of any mail; refused as unsafe"
        )
    try:
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
        text, attached = _text_of(message, shown)
        subject, sender, day = _header(message, "subject"), _header(message, "from"), _day(message)
    except DocumentError:
        raise
    except (MessageError, RecursionError, LookupError, ValueError, AttributeError, TypeError, IndexError) as fault:
        raise DocumentError(f"{shown}: the mail cannot be parsed: {fault}; save its text as .txt") from None
    name, address = parseaddr(sender or "")
    author = clean_field(name) or clean_field(address)
    return Content(
        text, _READER,
        title=subject, title_from="header" if subject else None,
        author=author, author_from="header" if author else None,
        published=day, published_from="header" if day else None,
        notes=_attachment_note(attached),
    )  # fmt: skip


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        return clean_field(message[name])
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return None


def _day(message: EmailMessage) -> date | None:
    try:
        return parsedate_to_datetime(str(message["date"])).date()
    except (ValueError, LookupError, AttributeError, TypeError, IndexError, OverflowError):
        return None


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Parts that hold something, without the inside of attached mails."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += [inner for inner in reversed(list(part.iter_parts())) if isinstance(inner, EmailMessage)]
        else:
            yield part


def _text_of(message: EmailMessage, shown: str) -> tuple[str, list[str]]:
    """The text, and a line for each attachment."""
    plain: list[str] = []
    pages: list[EmailMessage] = []
    attached = []
    kinds = set()
    for part in _leaves(message):
        kind = part.get_content_type()
        kinds.add(kind)
        if kind == "text/plain" and part.get_content_disposition() != "attachment":
            plain.append(_plain_text(part))
        elif kind == "text/html" and part.get_content_disposition() != "attachment":
            pages.append(part)
        elif kind not in ("application/pgp-signature", "application/pkcs7-signature"):
            name = clean_field(part.get_filename()) or "without name"
            attached.append(f"{name} ({kind})")
    if not any(text.strip() for text in plain):
        plain = [_page_text(part, shown) for part in pages]
    text = "\n\n".join(text for text in plain if text.strip())
    if not text.strip():
        if kinds & {"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}:
            raise DocumentError(f"{shown}: the mail is encrypted; save its text from your mail program as .txt")
        raise DocumentError(f"{shown}: the mail holds no text part; save what is attached as documents of their own")
    return text, attached


def _decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    for charset in (part.get_content_charset(), "utf-8"):
        try:
            return raw.decode(charset or "utf-8")
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _plain_text(part: EmailMessage) -> str:
    """The words of a text part; lines that a mail program broke are whole again."""
    text = _decoded(part).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    joined: list[str] = []
    runs_on = False
    for line in text.split("\n"):
        quoted = line.startswith(">")
        if runs_on and line.strip() and not quoted and not re.match(r"\s|[-*•–]\s|\d+[.)]\s", line):
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.rstrip())
        # In "format=flowed" a space at the end says that the line runs on (RFC 3676).
        long = len(line) >= WRAPPED_FROM_CHARACTERS
        runs_on = not quoted and (line.endswith(" ") if flowed else long) and line != "-- "
    return "\n".join(joined).strip("\n")


def _page_text(part: EmailMessage, shown: str) -> str:
    """The visible blocks of an HTML part, a line each."""
    page = _decoded(part)
    if "<html" not in page[:2000].lower():
        page = f"<html><body>{page}</body></html>"
    tree = parse_page(page.encode("utf-8", "replace"), shown)
    remove_hidden(tree)
    write_out_quotes(tree)
    return "\n".join(block.text for block in visible_blocks(tree))


def _attachment_note(attached: list[str]) -> tuple[str, ...]:
    if not attached:
        return ()
    named = ", ".join(attached[:MAX_LISTED_ATTACHMENTS])
    more = len(attached) - MAX_LISTED_ATTACHMENTS
    return (f"{len(attached)} attached and not opened: {named}" + (f" and {more} more" if more > 0 else ""),)
