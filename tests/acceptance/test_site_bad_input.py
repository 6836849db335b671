"""Sites that misbehave, and sites that cannot be asked: each is told in one line, and ends the visit in time."""

import gzip
import json
import os
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from frontleak.core.errors import InputError
from frontleak.files.web.store import ResponseFolder
from tests.acceptance.support import COMMAND, PATIENCE, Run, environment, frontleak, installed, interruptible, token
from tests.fakes.web_site import Handler, WebSite, answers, redirects, serving

FAST = ("--rate", "1000", "--i-own-this")
TOKEN = token("bad-site")
LEAK = f'x="{TOKEN}"'


def site(url: str, folder: Path, *arguments: str) -> Run:
    return frontleak("site", "--isolated", "--format", "json", *FAST, *arguments, url, cwd=folder)


def told(done: Run) -> list[str]:
    """Return the reasons that make a scan incomplete."""
    return [each["reason"] for each in done.json()["skipped"] if each["incomplete"]]


def test_a_site_that_never_ends(tmp_path: Path) -> None:
    def next_chunk(handler: Handler) -> None:
        number = int(handler.path.strip("/c.js") or 0)
        handler.give(f'import("/c{number + 1}.js");{LEAK}', media="text/javascript")

    with serving(WebSite(files={"/": "<script src=/c1.js></script>", "/robots.txt": ""}, any_path=next_chunk)) as main:
        done = site(main.url, tmp_path, "--max-requests", "12")
    assert done.code == 1
    (reason,) = told(done)
    assert reason.startswith("the limit of 12 requests is reached (--max-requests); ")
    assert len(main.asked) == len(done.json()["requests"]) == 12
    assert site_code_without_findings(done) == 3


def site_code_without_findings(done: Run) -> int:
    """Return the exit code that a report would have without its findings."""
    return 3 if not done.json()["summary"]["complete"] else 0


def test_pages_that_never_end(tmp_path: Path) -> None:
    def next_page(handler: Handler) -> None:
        number = int(handler.path.strip("/p") or 0)
        handler.give(f"<a href=/p{number + 1}>next</a>")

    with serving(WebSite(files={"/robots.txt": ""}, any_path=next_page)) as main:
        done = site(main.url, tmp_path, "--pages", "3")
    assert done.code == 0
    assert main.pages() == ["/", "/p1", "/p2", "/p3"]
    assert [each["reason"] for each in done.json()["skipped"]] == ["1 link was not followed to further pages (--pages)"]


@pytest.mark.parametrize("circle", [True, False])
def test_endless_redirects(tmp_path: Path, circle: bool) -> None:
    def further(handler: Handler) -> None:
        number = int(handler.path.strip("/r") or 0)
        redirects(f"/r{(number + 1) % 3 if circle else number + 1}")(handler)

    with serving(WebSite(files={"/robots.txt": ""}, any_path=further)) as main:
        done = site(f"{main.url}/r0", tmp_path)
    assert done.code == 3
    expected = "redirects in a circle" if circle else "redirects more than 10 times"
    assert told(done) == [f"{expected}, so nothing of it was scanned"]
    assert len(main.asked) == len(set(main.asked)) <= 12


def test_a_redirect_to_another_origin(tmp_path: Path) -> None:
    with serving(WebSite(files={"/": LEAK})) as other, serving(WebSite(files={"/": redirects(other.url)})) as main:
        done = site(main.url, tmp_path)
        assert (done.code, other.asked) == (3, [])
        assert told(done) == [
            f"redirects to {other.url}, which is another origin: start there, or add --also-origin {other.url}"
        ]
        assert site(main.url, tmp_path, "--also-origin", other.url).code == 1


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/", "http://10.0.0.1/", "http://[::1]:1/", "file:///etc/passwd"]
)
def test_a_redirect_to_a_private_address(tmp_path: Path, target: str) -> None:
    with serving(WebSite(files={"/": redirects(target)})) as main:
        done = site(main.url, tmp_path)
    assert done.code == 3
    assert told(done)[0].startswith(("redirects to http", "redirects to what is not an http"))
    assert all(each["url"].startswith(main.url) for each in done.json()["requests"])


def test_a_name_that_leads_into_the_own_network_is_refused(tmp_path: Path) -> None:
    """The system resolves `ip6-localhost` and the name of this machine to addresses that are not public."""
    name = subprocess.run(["hostname"], capture_output=True, check=True, encoding="utf-8").stdout.strip()
    done = installed("site", "--isolated", "--format", "json", f"http://{name}:9/", cwd=tmp_path)
    assert done.code == 3
    (reason,) = told(done)
    assert reason.startswith("not asked: the host resolves to ") or reason == "the host name cannot be resolved"
    assert "resolves to" not in reason or reason.endswith("which is not a public address")


def test_a_bomb(tmp_path: Path) -> None:
    inner = gzip.compress(b"/*" + b"x" * 200_000_000, 9)
    bomb = answers(inner, media="text/javascript", Content_Encoding="gzip")
    with serving(WebSite(files={"/": "<script src=/b.js></script>", "/b.js": bomb, "/robots.txt": ""})) as main:
        done = site(main.url, tmp_path)
    assert done.code == 3
    assert told(done) == ["unpacks to more than 67,108,864 bytes; only the beginning was scanned"]


def test_the_bytes_of_all_answers_are_limited(tmp_path: Path) -> None:
    page = "".join(f"<script src=/{number}.js></script>" for number in range(9))
    big = answers("x" * 100_000, media="text/javascript")
    with serving(WebSite(files={"/": page, "/robots.txt": ""}, any_path=big)) as main:
        done = site(main.url, tmp_path, "--max-bytes", "250000")
    assert done.code == 3
    assert any("the limit of 250,000 bytes is reached (--max-bytes)" in each for each in told(done))


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "strange"])
def test_an_encoding_that_is_none(tmp_path: Path, encoding: str) -> None:
    lie = answers(LEAK, media="text/javascript", Content_Encoding=encoding)
    with serving(WebSite(files={"/": "<script src=/a.js></script>", "/a.js": lie})) as main:
        done = site(main.url, tmp_path)
    assert done.code == 1
    assert done.json()["findings"][0]["url"] == f"{main.url}/a.js"
    (reason,) = told(done)
    assert reason.endswith("so it was scanned as it was sent")


def test_an_encoding_that_is_cut_off(tmp_path: Path) -> None:
    data = gzip.compress(f"{LEAK};{'/*x*/' * 1000}".encode(), 0)
    cut = answers(data[:1000], media="text/javascript", Content_Encoding="gzip")
    with serving(WebSite(files={"/": "<script src=/a.js></script>", "/a.js": cut})) as main:
        done = site(main.url, tmp_path)
    assert done.code == 1
    assert told(done) == ["ends in the middle of its gzip data; only the beginning was scanned"]


def test_ten_thousand_chunks(tmp_path: Path) -> None:
    names = ",".join(f'{number}:"h{number}"' for number in range(10_000))
    runtime = f'r.u=e=>"c/"+e+"."+{{{names}}}[e]+".js";r.p="/"'
    with serving(WebSite(files={"/": "<script src=/r.js></script>", "/r.js": runtime, "/robots.txt": ""})) as main:
        done = site(main.url, tmp_path, "--max-requests", "50")
    assert done.code == 3
    (reason,) = [each for each in told(done) if "limit" in each]
    assert reason == "the limit of 50 requests is reached (--max-requests); 9,954 URLs were not asked for"


@pytest.mark.parametrize("piece", [b"x", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_server_that_drips_bytes(tmp_path: Path, piece: bytes) -> None:
    head = b"" if piece.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + LEAK.encode()
    drips: Any = {"/": lambda handler: handler.pour(head, piece, 0.02), "/robots.txt": ""}
    with serving(WebSite(files=drips)) as main:
        done = site(main.url, tmp_path, "--max-time", "2")
    assert done.code == (1 if head else 3)
    assert any("the answer took longer than" in each for each in told(done))


def test_a_server_that_says_nothing_is_left_in_time(tmp_path: Path) -> None:
    silent: Any = {"/robots.txt": lambda handler: handler.server.site.over.wait(60)}
    with serving(WebSite(files=silent)) as main:
        done = site(main.url, tmp_path, "--max-time", "2")
    assert (done.code, len(told(done))) == (3, 1)


def test_a_body_that_is_cut_off(tmp_path: Path) -> None:
    def cut(handler: Handler) -> None:
        handler.close_connection = True
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nContent-Length: 5000\r\n\r\n" + LEAK.encode()
        )

    with serving(WebSite(files={"/": "<script src=/a.js></script>", "/a.js": cut})) as main:
        done = site(main.url, tmp_path)
    assert done.code == 1
    assert told(done)[0].startswith("was not read to its end: ")


def test_a_host_that_does_not_resolve(tmp_path: Path) -> None:
    done = installed("site", "--isolated", "https://no-such-host.invalid/x", cwd=tmp_path)
    assert done.code == 3
    assert "https://no-such-host.invalid/x: the host name cannot be resolved\n" in done.out
    assert done.out.count("no-such-host") == 1
    assert "Nothing was scanned." in done.out


def test_nobody_listens(tmp_path: Path) -> None:
    with serving(WebSite()) as gone:
        pass
    done = site(gone.url, tmp_path)
    assert (done.code, told(done)) == (3, ["the host cannot be reached"])


@pytest.mark.parametrize("status", [404, 500, 403])
def test_a_start_page_that_fails(tmp_path: Path, status: int) -> None:
    page = answers(f"<script>{LEAK}</script>", status)
    with serving(WebSite(files={"/": page, "/robots.txt": ""})) as main:
        done = site(main.url, tmp_path)
    assert told(done) == [f"answered with status {status}"]
    assert done.code == 1  # the page of an error is served too


def test_nothing_but_an_error(tmp_path: Path) -> None:
    with serving(WebSite(files={"/robots.txt": ""})) as main:
        done = site(main.url, tmp_path)
    assert (done.code, told(done)) == (3, ["answered with status 404"])


@pytest.mark.parametrize("robots", ["User-agent: *\nDisallow: /\n", answers("", 503)])
def test_a_robots_txt_that_forbids_all(tmp_path: Path, robots: Any) -> None:
    with serving(WebSite(files={"/": f"<script>{LEAK}</script>", "/robots.txt": robots})) as main:
        done = site(main.url, tmp_path)
        assert (done.code, main.asked) == (3, ["/robots.txt"])
        assert told(done) == [
            f"forbids 1 URL, such as {main.url}/; for a site of your own, add --ignore-robots --i-own-this"
        ]
        assert site(main.url, tmp_path, "--ignore-robots").code == 1
        assert main.asked[1:] == ["/"]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("when", ["/robots.txt", "/"])
def test_ctrl_c_leaves_nothing(tmp_path: Path, sent: signal.Signals, when: str) -> None:
    slow: dict[str, Any] = {"/robots.txt": "", "/": "<p>"}
    slow[when] = lambda handler: handler.pour(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x", 0.02)
    with serving(WebSite(files=slow)) as main:
        run = subprocess.Popen(
            interruptible(COMMAND, "site", "--isolated", *FAST, main.url),
            cwd=tmp_path,
            env=environment(TMPDIR=str(tmp_path)),
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        while when not in main.asked:
            assert run.poll() is None
            time.sleep(0.01)
        assert [each.name.startswith("frontleak-site-") for each in tmp_path.iterdir()] == [True]
        run.send_signal(sent)
        _, err = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130
    assert err.decode().splitlines()[-1] == "interrupted"
    assert list(tmp_path.iterdir()) == []


def test_names_on_a_site_give_no_commands(tmp_path: Path) -> None:
    """Escapes for a terminal, lines of a CI log and secrets in URLs."""
    hostile = f"<script src='/a.js?token={TOKEN}'></script><script src='/%1b[2J::error::x{TOKEN}.js'></script>"
    with serving(WebSite(files={"/": hostile}, any_path=redirects(f"https://evil.example/{TOKEN}\x1b[2J"))) as main:
        done = installed("site", "--isolated", *FAST, "--verbose", main.url, cwd=tmp_path)
        jsons = site(main.url, tmp_path)
    for text in (done.out, done.err, jsons.out):
        assert TOKEN not in text
        assert "\x1b" not in text
    assert json.loads(jsons.out)["requests"]


@pytest.mark.parametrize("option", ["--rate", "--max-time"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "0", "x"])
def test_a_number_that_is_none(tmp_path: Path, option: str, value: str) -> None:
    with serving(WebSite(files={"/": "<p>"})) as main:
        done = installed("site", "--isolated", option, value, main.url, cwd=tmp_path)
    assert (done.code, main.asked) == (2, [])
    assert f"Invalid value for '{option}'" in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """The list of URLs is a link to a device that is always full."""
    folder = ResponseFolder(str(tmp_path))
    (tmp_path / "urls.jsonl").symlink_to("/dev/full")
    with pytest.raises(InputError, match="the responses cannot be kept: No space left on device"):
        folder.add("https://shop.example/a.js", "text/javascript", b"x")


def test_offline_asks_nobody(tmp_path: Path) -> None:
    with serving(WebSite(files={"/": "<p>"})) as main:
        done = installed("site", "--isolated", main.url, cwd=tmp_path, env={"FRONTLEAK_OFFLINE": "1"})
    assert (done.code, main.asked) == (2, [])
    assert "(or FRONTLEAK_OFFLINE) forbids" in done.err


def test_a_wrong_url(tmp_path: Path) -> None:
    for url, why in (
        ("ftp://a.example", "not a URL"),
        ("https://me:secret@a.example", "never sent"),
        ("", "not a URL"),
    ):
        done = installed("site", "--isolated", "--", url, cwd=tmp_path)
        assert done.code == 2
        assert why in done.err
        assert "secret" not in done.err


def test_a_browser_without_its_extra(tmp_path: Path) -> None:
    (tmp_path / "hidden" / "playwright").mkdir(parents=True)
    (tmp_path / "hidden" / "playwright" / "__init__.py").touch()
    path = os.pathsep.join([str(tmp_path / "hidden"), os.environ.get("PYTHONPATH", "")])
    with serving(WebSite(files={"/": "<p>"})) as main:
        done = installed("site", "--isolated", "--browser", main.url, cwd=tmp_path, env={"PYTHONPATH": path})
    assert (done.code, done.out, main.asked) == (2, "", [])
    assert done.problems == ["error: --browser needs playwright, which is not installed"]
    assert 'pip install "frontleak[site-browser]"' in done.err


@pytest.mark.skipif(find_spec("playwright") is None, reason="playwright is not installed; then the test above holds")
def test_a_browser_that_is_not_there(tmp_path: Path) -> None:
    env = {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    with serving(WebSite(files={"/": "<p>"})) as main:
        done = installed("site", "--isolated", "--browser", main.url, cwd=tmp_path, env=env)
    assert (done.code, done.out, main.asked) == (2, "", [])
    assert done.problems == ["error: --browser needs Chromium, which was not found"]
    assert "playwright install chromium" in done.err
