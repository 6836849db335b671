"""`frontleak site` scans the headers of every answer: what is in them is served like the body."""

import json
from pathlib import Path
from typing import Any

from tests.acceptance.support import installed
from tests.acceptance.test_site import FAST
from tests.fakes.web_site import Handler, Reply, WebSite, answers, serving
from tests.support.shipped import fake

USUAL = {
    "ETag": 'W/"65f1c2ab-1f4e3d2c1b0a99887766554433221100"',
    "Content-Security-Policy": "script-src 'nonce-r4nd0mN0nc3Va1ueThatIsLong==' 'strict-dynamic'",
    "X-Request-Id": "0af7651916cd43dd8448eb211c80319c",
    "CF-Ray": "8a1b2c3d4e5f6071-FRA",
    "Report-To": '{"endpoints":[{"url":"https:\\/\\/a.nel.cloudflare.com\\/report\\/v4?s=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789%3D"}]}',
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}
"""Headers that many sites send; none is a secret."""


def two_cookies(one: str, other: str) -> Reply:
    def reply(handler: Handler) -> None:
        handler.send_response(200)
        for name, value in (("Content-Type", "text/html"), ("Set-Cookie", f"a={one}"), ("Set-Cookie", f"b={other}")):
            handler.send_header(name, value)
        handler.send_header("Content-Length", "3")
        handler.end_headers()
        handler.wfile.write(b"<p>")

    return reply


def visited(site: WebSite, folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    with serving(site) as main:
        done = installed("site", "--isolated", "--format", "json", *FAST, *arguments, main.url, cwd=folder)
        assert done.stdout, done.err
        return done.code, json.loads(done.stdout.replace(main.url.encode(), b"https://site"))


def test_usual_headers_are_silent(tmp_path: Path) -> None:
    named: dict[str, Any] = {name.replace("-", "_"): value for name, value in USUAL.items()}
    code, report = visited(WebSite(files={"/": answers("<p>hello", **named)}), tmp_path)
    assert (code, report["findings"], report["skipped"]) == (0, [], [])


def test_headers_of_every_answer_are_scanned(tmp_path: Path) -> None:
    names = ("first", "second", "script", "moved", "missing", "image", "robots", "empty")
    tokens = {name: fake("sanity-token", f"header-{name}") for name in names}
    page = two_cookies(tokens["first"], tokens["second"])
    files: dict[str, Any] = {
        "/robots.txt": answers("User-agent: *\nAllow: /", media="text/plain", X_Key=tokens["robots"]),
        "/": page,
        "/a.js": answers("k=1", media="text/javascript", Link=f"</b.js?t={tokens['script']}>; rel=next"),
        "/moved.js": answers("", 302, Location=f"/a.js?token={tokens['moved']}"),
        "/none.js": answers("no", 404, X_Debug=tokens["missing"]),
        "/b.css": answers("", media="image/png", X_Api_Key=tokens["image"]),
        "/c.js": answers("", media="text/javascript", X_Api_Key=tokens["empty"]),
    }
    start = "".join(f"<script src={name}></script>" for name in ("/a.js", "/moved.js", "/none.js", "/c.js"))
    files["/start"] = answers(f"<link rel=stylesheet href=/b.css>{start}<a href=/>home</a>")
    with serving(WebSite(files=files)) as main:
        arguments = ("site", "--isolated", "--format", "json", *FAST, "--keep", "kept", f"{main.url}/start")
        done = installed(*arguments, cwd=tmp_path)
        again = installed(
            *("scan", "--isolated", "--format=json", "--url-manifest=kept/urls.jsonl", "kept/responses"), cwd=tmp_path
        )
    assert not any(value in done.out + again.out for value in tokens.values())
    report = done.json()
    every = [each for each in report["findings"] if each["rule"] == "sanity-token"]
    shown = {each["secret"].partition("…")[0] for each in every}
    assert {name for name, value in tokens.items() if any(value.startswith(each) for each in shown)} == set(names)
    assert {each["exposure"] for each in every} == {"served"}
    assert done.code == 1
    assert all(each["path"].endswith(" (response headers)") or each["part"] == "response headers" for each in every)
    assert {each["fingerprint"] for each in again.json()["findings"]} == {each["fingerprint"] for each in every}


def test_headers_count_towards_the_limit_of_bytes(tmp_path: Path) -> None:
    """A site that answers with megabytes of headers cannot fill the disk."""
    many: dict[str, Any] = {f"X_{number}": "v" * 60_000 for number in range(60)}
    scripts = "".join(f"<script src=/{number}.js></script>" for number in range(20))
    site = WebSite(files={"/": scripts}, any_path=answers("k=1", media="text/javascript", **many))
    code, report = visited(site, tmp_path, "--max-bytes", "10000000")
    assert code == 3
    assert "the limit of 10,000,000 bytes is reached (--max-bytes)" in str(report["skipped"])
    assert len(report["requests"]) < 8
