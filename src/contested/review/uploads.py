"""A form that brings a file.

In: a request with ``multipart/form-data``. Out: its fields, and name and bytes of its file. Refuses: a form that does
not say how long it is or is too long, and more than one file; nothing of it is then read.
"""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from contested.claims.documents.content import MAX_DOCUMENT_BYTES

#: Longest field beside the file, such as pasted text, bytes; most fields.
MAX_FIELD_BYTES, MAX_FIELDS = 16 * 1024 * 1024, 40
#: What a form takes beside its file and its longest field.
_ROOM = 256 * 1024


async def read_upload(request: Request) -> tuple[list[tuple[str, str]], tuple[str, bytes] | None]:
    """Fields of the form, and its file: the name that it came with and its bytes; ``None`` when none was chosen."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise HTTPException(415)
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdecimal()):
        raise HTTPException(411)
    if len(length) > 12 or int(length) > MAX_DOCUMENT_BYTES + MAX_FIELD_BYTES + _ROOM:
        raise HTTPException(413)
    try:
        form = await request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
    except (MultiPartException, ValueError):
        raise HTTPException(400) from None
    fields: list[tuple[str, str]] = []
    upload = None
    try:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                fields.append((name, value))
            elif value.filename:
                upload = (value.filename, await value.read())
    finally:
        await form.close()
    return fields, upload
