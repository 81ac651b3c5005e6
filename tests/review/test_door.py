"""Who is let in, and that no request reaches a file outside the case."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.review.conftest import HOST, PORT, Client

from contested.review.app import PARTS, make_app
from contested.review.desk import Desk

PATHS = [page.path for part in PARTS for page in part.pages]
READ = ["/", "/queue/claims", "/history", "/static/review.js", "/dossier/index.html", "/build/state"]


def test_the_printed_address_works_once(desk: Desk) -> None:
    address = desk.door.new_address()
    one, other = (TestClient(make_app(desk), base_url=HOST) for _ in range(2))
    assert one.get("/").status_code == 403
    answer = one.get(address)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert one.get("/").status_code == 200
    assert other.get(address).status_code == 403 and other.get("/").status_code == 403


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", f"127.0.0.1:{PORT + 1}", ""])
def test_another_host_is_refused_though_it_has_the_cookie(client: Client, host: str) -> None:
    for path in READ:
        assert client.http.get(path, headers={"Host": host}).status_code == 403, path


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": f"https://127.0.0.1:{PORT}"}, {},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": HOST},
        {"Origin": f"http://localhost:{PORT}"},
    ],
)  # fmt: skip
def test_a_form_from_elsewhere_is_refused(client: Client, desk: Desk, headers: dict[str, str]) -> None:
    form = {"form_token": client.token, "action": "accept", "key": "c01", "seen": "0"}
    assert client.http.post("/queue/claims", data=form, headers=headers).status_code == 403
    assert not (desk.case.folder / "decisions.jsonl").exists()


def test_a_form_without_the_token_of_its_session_is_refused(client: Client, desk: Desk) -> None:
    other = Client(desk, "Ben")
    for token in ("", "wrong", other.token):
        assert client.post("/queue/claims", action="accept", key="c01", form_token=token).status_code == 403
    assert not (desk.case.folder / "decisions.jsonl").exists()
    # Browsers that name no origin under no-referrer say with another header that the form is the app's own.
    form = {"form_token": client.token, "action": "accept", "key": "c01", "seen": "0"}
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert client.http.post("/queue/claims", data=form, headers=headers).status_code == 200


def test_forms_are_plain_and_small(client: Client) -> None:
    headers = {"Origin": HOST, "Content-Type": "application/x-www-form-urlencoded"}
    too_many = "&".join(f"a{n}=1" for n in range(3000))
    for content, kind, status in (
        (b"x=" + b"a" * 300_000, headers["Content-Type"], 413), (b"{}", "application/json", 415),
        (too_many.encode(), headers["Content-Type"], 400), (b"\xff\xfe=1", headers["Content-Type"], 400),
        (b"a=%ff", headers["Content-Type"], 400),
    ):  # fmt: skip
        answer = client.http.post("/queue/claims", content=content, headers={**headers, "Content-Type": kind})
        assert answer.status_code == status, kind
    assert client.get("/" + "a" * 5000).status_code == 414
    assert client.http.request("PUT", "/", headers=headers).status_code == 405


def test_every_answer_keeps_pages_apart(client: Client) -> None:
    for path in [*READ, "/nothing", "/enter?token=x"]:
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers
    assert "connect-src 'none'" in client.get("/dossier/index.html").headers["content-security-policy"]


@pytest.mark.parametrize(
    "name",
    ["secret.txt", "../case.toml", "..%2fcase.toml", "%2e%2e/case.toml", "//etc/passwd", "%2fetc%2fpasswd",
     "..\\case.toml", "index.html%00", "", "."],
)  # fmt: skip
def test_only_what_the_build_wrote_is_served(client: Client, name: str) -> None:
    for folder in ("dossier", "static"):
        answer = client.get(f"/{folder}/{name}")
        assert answer.status_code in (404, 400) or (name in ("", ".") and b"dossier" in answer.content), (folder, name)
        assert (
            b"purpose" not in answer.content and b"root:" not in answer.content and b"not listed" not in answer.content
        )


WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "..", "../../case.toml", "c01", "a:1|b:1|x", "records|c:1", "claims", "accept", "correct",
                     "undo", "1", "-1", "9" * 30, "'; DROP TABLE claims; --", "\x00", "\ud83d", "%s", "{0}", "{{1}}"]),
).filter(lambda text: text.isprintable() or text == "\x00")  # fmt: skip
NAMES = st.sampled_from(["action", "key", "seen", "reason", "short_reason", "by", "value", "page", "claim", "number",
                         "candidate", "stance", "killed_low", "speaker_party", "event_id", "name", "next"])  # fmt: skip


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(path=st.sampled_from(PATHS), part=WORDS, fields=st.dictionaries(NAMES, WORDS, max_size=6), post=st.booleans())
def test_no_request_breaks_the_app_or_leaves_it(
    client: Client, path: str, part: str, fields: dict[str, str], post: bool
) -> None:
    if path == "/build" and post:
        return  # a build of the invented tables is no matter of this test
    address = re.sub(r"\{\w+\}", quote(part.encode("utf-8", "surrogatepass"), safe=""), path)
    plain = {name: text.encode("utf-8", "replace").decode() for name, text in fields.items()}
    if post:
        headers = {"Origin": HOST}
        form = {"form_token": client.token, **plain}
        answer = client.http.post(address, data=form, headers=headers, follow_redirects=False)
    else:
        answer = client.http.get(address, params=plain, follow_redirects=False)
    assert answer.status_code < 500
    location = answer.headers.get("location", "/")
    assert location.startswith("/") and not location.startswith(("//", "/\\"))
