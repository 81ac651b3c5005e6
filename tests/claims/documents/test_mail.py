"""Mails: header, text or HTML part, attachments listed and not opened, nesting bounded."""

from __future__ import annotations

import time
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.claims.made import ARABIC, PARAGRAPH, write, zip_bytes

from contested.base.errors import DocumentError
from contested.claims.documents.mail import MAX_MAIL_PARTS, read_mail
from contested.claims.read import read_document


def make_mail(text: str | None = PARAGRAPH, page: str | None = None) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Zoë Müller <zoe@example.org>"
    mail["To"] = "desk@example.org"
    mail["Subject"] = "Statement on Norvik – “no strikes”"
    mail["Date"] = "Tue, 05 Mar 2019 23:30:00 -0500"
    if text is not None:
        mail.set_content(text)
    if page is not None:
        if text is None:
            mail.set_content(page, subtype="html")
        else:
            mail.add_alternative(page, subtype="html")
    return mail


def test_a_mail_gives_its_text_and_header(tmp_path: Path) -> None:
    document = read_document(write(tmp_path, "a.eml", bytes(make_mail(page="<p>Other</p>"))))
    assert document.text.strip() == PARAGRAPH.strip()
    assert (document.title, document.title_from) == ("Statement on Norvik – “no strikes”", "header")
    assert (document.author, document.author_from) == ("Zoë Müller", "header")
    # The sender's own day: in UTC it was the sixth.
    assert (document.published, document.published_from) == (date(2019, 3, 5), "header")
    assert document.media_type == "message/rfc822"


def test_a_mail_of_html_gives_what_is_seen() -> None:
    page = (
        f"<html><head><style>.h{{display:none}}</style></head><body><div>{PARAGRAPH}</div><blockquote>“No,” he wrote."
        "</blockquote><p class=h>hidden</p><script>evil()</script><img src='http://127.0.0.1:9/x'></body></html>"
    )
    assert read_mail(bytes(make_mail(None, page)), "a.eml").text == f"{PARAGRAPH.strip()}\n“No,” he wrote."


def test_attachments_are_listed_and_not_opened() -> None:
    mail = make_mail()
    mail.add_attachment(
        zip_bytes({"bomb.txt": "0" * 5_000_000}), maintype="application", subtype="zip", filename="b.zip"
    )
    mail.add_attachment("secret text", filename="note.txt")
    found = read_mail(bytes(mail), "a.eml")
    assert found.text.strip() == PARAGRAPH.strip()
    assert found.notes == ("2 attached and not opened: b.zip (application/zip), note.txt (text/plain)",)


def test_broken_lines_run_on() -> None:
    wrapped = (
        "The ministry said in a statement that no aircraft of the republic had\n"
        "flown over the town of Norvik on that day, and that it would not\nanswer again.\n\n"
        "- one point\n- another point\n\nShort line\nShort line\n"
        "> quoted line that is long enough to have been wrapped by\n> a program\n"
    )
    assert read_mail(bytes(make_mail(wrapped)), "a.eml").text.split("\n") == [
        "The ministry said in a statement that no aircraft of the republic had flown over the town of Norvik on that "
        "day, and that it would not answer again.",
        "", "- one point", "- another point", "", "Short line", "Short line",
        "> quoted line that is long enough to have been wrapped by", "> a program",
    ]  # fmt: skip
    flowed = b"From: a@example.org\nContent-Type: text/plain; format=flowed\n\nOne \nline.\nTwo.\n"
    assert read_mail(flowed, "a.eml").text == "One line.\nTwo."


def test_character_sets_and_encodings() -> None:
    mail = EmailMessage()
    mail["From"] = "a@example.org"
    mail.set_content(ARABIC, charset="windows-1256", cte="base64")
    assert read_mail(bytes(mail), "a.eml").text.strip() == ARABIC.strip()
    odd = b"From: a@example.org\nContent-Type: text/plain; charset=no-such\n\nSch\xc3\xb6n, he wrote.\n"
    assert read_mail(odd, "a.eml").text == "Schön, he wrote."


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"just words\n\nand more", "no mail header"),
        (b"\x00\x01From: x", "no mail header"),
        (b"From: a@example.org\n\n", "holds no text part"),
        (b"From: a@example.org\nContent-Type: application/pkcs7-mime\n\nMIIB", "the mail is encrypted"),
        (b"From: a@example.org\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA", "no text part"),
    ],
)
def test_what_is_no_mail_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_mail(raw, "a.eml")


def test_nesting_is_bounded() -> None:
    depth = 3000
    raw = b"From: a@example.org\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    begun = time.process_time()
    with pytest.raises(DocumentError, match="parts in each other"):
        read_mail(raw + b"\nhello\n", "a.eml")
    within = b"From: a@example.org\n" + b"Content-Type: message/rfc822\n\n" * (MAX_MAIL_PARTS - 10) + b"\nhello\n"
    with pytest.raises(DocumentError):
        read_mail(within, "a.eml")
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "header", [b"Date: yesterday", b"Date: Tue, 99 Mar 2019 10:00:00 +9999", b"From: =?x?q?=ff?=, <"]
)
def test_odd_headers_are_left_out(header: bytes) -> None:
    found = read_mail(b"To: b@example.org\n" + header + b"\n\nThe army said no.\n", "a.eml")
    assert found.text == "The army said no." and found.published is None
