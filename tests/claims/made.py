"""Documents made in code: PDFs letter by letter, Word files, mails and web archives, whole or broken."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import docx

PARAGRAPH = (
    "The army said on Tuesday that rebels had shelled the town of Norvik and that three rockets hit the hospital. "
)
ARABIC = "قال الجيش إن المتمردين قصفوا المدينة يوم الثلاثاء وأصيب المستشفى بثلاثة صواريخ. "
#: A line of a page: left edge and base line in points, letters' size, text.
Line = tuple[float, float, float, str]


def paragraphs(*numbers: int) -> list[str]:
    """Different sentences, since extraction drops what is said twice."""
    return [
        f"Witness number {n} told this paper that the army had shelled street {n} of Norvik and that {n} rockets fell."
        for n in numbers
    ]


def make_page(body: str, head: str = "") -> str:
    return (
        f'<html lang="en"><head><title>Nine killed - The Test Times</title>{head}</head>'
        f'<body><nav><a href="/">Home</a></nav><article><h1>Nine killed</h1>{body}</article></body></html>'
    )


def article(*inserted: str, head: str = "") -> str:
    """A page of four paragraphs with the inserted blocks after the second."""
    first, second, third, fourth = (f"<p>{text}</p>" for text in paragraphs(1, 2, 3, 4))
    return make_page(first + second + "".join(inserted) + third + fourth, head)


def write(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- PDF -----------------------------------------------------------------------------------------


def pdf_of_objects(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def pdf_of_pages(pages: Sequence[Sequence[Line]]) -> bytes:
    """A PDF whose pages hold the lines where they are put."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = [
            b"BT /F1 %.1f Tf %.1f %.1f Td (%s) Tj ET"
            % (size, x, y, text.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)"))
            for x, y, size, text in lines
        ]
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * number),
            stream(b"\n".join(shown)),
        ]
    return pdf_of_objects(objects)


def block(x: float, top: float, texts: Iterable[str], size: float = 10.0) -> list[Line]:
    """Lines under each other."""
    return [(x, top - 12 * number, size, text) for number, text in enumerate(texts)]


def deflate_bomb(megabytes: int) -> bytes:
    """A page whose content unpacks to so many megabytes of text."""
    packer = zlib.compressobj(9)
    data = packer.compress(b"BT /F1 12 Tf 72 720 Td ")
    for _ in range(megabytes):
        data += packer.compress(b"(aaaaaaaaaaaaaaaa) Tj 0 -1 Td " * 34_000)
    data += packer.compress(b" ET") + packer.flush()
    return pdf_of_objects([
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        stream(data, b"/Filter /FlateDecode"), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ])  # fmt: skip


def laughing_pdf(depth: int = 12, width: int = 10) -> bytes:
    """A page that draws a form that draws a form ten times, and so on."""
    font = b"/Font << /F1 5 0 R >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << %s /XObject << /X 6 0 R >> >> >>" % font,
        stream(b"/X Do"), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    for level in range(depth):
        last = level == depth - 1
        resources = b"<< %s >>" % (font if last else b"/XObject << /X %d 0 R >>" % (7 + level))
        body = b"BT /F1 12 Tf 72 720 Td (ha) Tj ET" if last else b"/X Do " * width
        objects.append(stream(body, b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources " + resources))
    return pdf_of_objects(objects)


# --- Word ----------------------------------------------------------------------------------------


def word_bytes(*texts: str) -> bytes:
    word = docx.Document()
    for text in texts:
        word.add_paragraph(text)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def patch_word(raw: bytes, change: Callable[[bytes], bytes], name: str = "word/document.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            data = old.read(member)
            new.writestr(member.filename, change(data) if member.filename == name else data)
    return out.getvalue()


# --- archives ------------------------------------------------------------------------------------


def zip_bytes(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tar_bytes(members: dict[str, str | bytes], links: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return out.getvalue()


def warc_record(kind: str, address: str, payload: bytes, media_type: str = "application/http; msgtype=response",
                more: str = "") -> bytes:  # fmt: skip
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2019-03-04T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{abs(hash(address)) % 10**12:012}>\r\n"
        f"Content-Type: {media_type}\r\n{more}Content-Length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload + b"\r\n\r\n"


def answer(body: bytes, media_type: str = "text/html; charset=utf-8", status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{more}\r\n".encode() + body


def warc_bytes(*records: bytes, packed: bool = False) -> bytes:
    return b"".join(gzip.compress(record) if packed else record for record in records)
