"""Word files: all that a reader sees, nothing that he does not, nothing fetched, nothing expanded."""

from __future__ import annotations

import socket
import zipfile

import pytest
from tests.claims.made import patch_word, word_bytes

from contested.base.errors import DocumentError
from contested.claims.documents.word_files import read_docx

RUN = b"<w:r><w:t>hello</w:t></w:r>"


def with_body(inner: str) -> bytes:
    return patch_word(word_bytes("hello"), lambda data: data.replace(RUN, inner.encode()))


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_inserted_text_is_read_and_deleted_or_hidden_text_is_not() -> None:
    raw = with_body(
        run("“We saw ")
        + f'<w:ins w:id="1" w:author="x">{run("them,")}</w:ins>'
        + '<w:del w:id="2" w:author="x"><w:r><w:delText>nothing</w:delText></w:r></w:del>'
        + run("SECRET", "<w:vanish/>")
        + run("” he", '<w:vanish w:val="0"/>')
        + f"<w:smartTag>{run(' said')}</w:smartTag><w:sdt><w:sdtContent>{run(' twice')}</w:sdtContent></w:sdt>"
        + '<w:r><w:instrText>HYPERLINK "x"</w:instrText><w:noBreakHyphen/><w:tab/><w:br/><w:t>end</w:t></w:r>'
    )
    assert read_docx(raw, "a.docx").text == "“We saw them,” he said twice-\t\nend"


def test_tables_in_tables_and_merged_cells_are_read_once() -> None:
    import io

    import docx

    word = docx.Document()
    table = word.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "“Both,” he said"
    table.cell(1, 0).text = "left"
    inner = table.cell(1, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "“inner,” she said", "9"
    out = io.BytesIO()
    word.save(out)
    assert read_docx(out.getvalue(), "a.docx").text.splitlines() == ["“Both,” he said", "left | “inner,” she said 9"]


def test_entities_are_not_expanded() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]>'.encode()

    def laughing(name: bytes):
        return lambda data: data.replace(b"?>", b"?>" + doctype, 1).replace(b"hello", name)

    for name in (b"&l9;", b"&l1;", b"hello"):
        with pytest.raises(DocumentError, match=r"damaged|entities"):
            read_docx(patch_word(word_bytes("hello"), laughing(name)), "a.docx")
    outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(DocumentError, match=r"damaged|entities"):
        read_docx(
            patch_word(word_bytes("hello"), lambda d: d.replace(b"?>", b"?>" + outside, 1).replace(b"hello", b"&e;")),
            "a.docx",
        )


def test_what_lies_outside_is_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    added = "".join(
        f'<Relationship Id="x{n}" Type="{kind}{name}" Target="http://127.0.0.1:9/{name}" TargetMode="External"/>'
        for n, name in enumerate(("attachedTemplate", "image", "footnotes", "subDocument", "oleObject"))
    )
    raw = patch_word(
        word_bytes("The army said that nothing had happened."),
        lambda data: data.replace(b"</Relationships>", added.encode() + b"</Relationships>"),
        "word/_rels/document.xml.rels",
    )
    assert read_docx(raw, "a.docx").text == "The army said that nothing had happened."


def test_footnotes_follow_the_body() -> None:
    import io

    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    notes = (
        f'<?xml version="1.0"?><w:footnotes xmlns:w="{space}"><w:footnote w:type="separator" w:id="0"><w:p><w:r><w:t>--'
        '</w:t></w:r></w:p></w:footnote><w:footnote w:id="1"><w:p><w:r><w:t>“I was there,” he wrote.</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    raw = patch_word(
        word_bytes("Body."),
        lambda data: data.replace(
            b"</Relationships>",
            f'<Relationship Id="n1" Type="{kind}" Target="footnotes.xml"/></Relationships>'.encode(),
        ),
        "word/_rels/document.xml.rels",
    )
    raw = patch_word(
        raw,
        lambda data: data.replace(
            b"</Types>",
            b'<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            b'wordprocessingml.footnotes+xml"/></Types>',
        ),
        "[Content_Types].xml",
    )
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/footnotes.xml", notes)
    assert read_docx(out.getvalue(), "a.docx").text == "Body.\n“I was there,” he wrote."


def test_deep_xml_is_refused_or_read() -> None:
    try:
        text = read_docx(with_body("<w:smartTag>" * 100_000 + run("deep") + "</w:smartTag>" * 100_000), "a.docx").text
    except DocumentError as fault:
        assert "damaged" in str(fault)
    else:
        assert text == "deep"
