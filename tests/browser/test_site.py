"""`frontleak site --browser`, as installed: Chromium loads the page, and asks nobody but through the visit."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import COMMAND, PATIENCE, Run, environment, installed, interruptible
from tests.acceptance.test_site import FAST, found
from tests.fakes.web_site import WebSite, redirects, serving
from tests.support.seven_tokens import BROWSER, TOKENS, shop, widget

pytestmark = pytest.mark.browser


def site(url: str, folder: Path, *arguments: str) -> Run:
    done = installed("site", "--isolated", "--format", "json", "--browser", *FAST, *arguments, url, cwd=folder)
    assert not any(each in done.out + done.err for each in TOKENS.values())
    return done


def of_browser(report: dict[str, Any]) -> set[str]:
    """Return the names of the tokens in what the start page is and what the browser has loaded."""
    urls = {each["url"] for each in report["requests"] if each["why"] in {"start", "browser"}}
    findings = [each for each in report["findings"] if each["url"] in urls]
    return found({"findings": findings})


def test_seven_tokens_together_and_five_of_them_by_the_browser(tmp_path: Path) -> None:
    with serving(widget()) as cdn, serving(shop(cdn.url)) as main:
        done = site(main.url, tmp_path, "--also-origin", cdn.url)
    report = done.json()
    assert done.code == 1
    assert found(report) == set(TOKENS)
    assert of_browser(report) == set(BROWSER)
    for each in (main, cdn):
        assert len(each.asked) == len(set(each.asked))
        assert not [path for path in each.asked if path.startswith(("/private", "/logout", "POST"))]
    listed = [each["url"] for each in report["requests"]]
    assert len(listed) == len(main.asked) + len(cdn.asked)
    assert not [each for each in report["skipped"] if each["incomplete"]]


def test_another_origin_gets_no_request(tmp_path: Path) -> None:
    with serving(widget()) as cdn, serving(shop(cdn.url)) as main:
        report = site(main.url, tmp_path).json()
    assert cdn.asked == []
    assert found(report) == set(TOKENS) - {"foreign"}


def test_what_a_page_tries_is_blocked_and_told(tmp_path: Path) -> None:
    with serving(WebSite(any_path=lambda handler: handler.give("x"))) as other:
        script = f"""
        navigator.sendBeacon('{other.url}/beacon', 'x'); fetch('{other.url}/f').catch(() => 0); new Image().src = '{other.url}/i';
        fetch('/own', {{method: 'POST', body: 'x'}}).catch(() => 0); new WebSocket('{other.url.replace("http", "ws")}/w');
        window.open('{other.url}/open'); navigator.serviceWorker?.register('/sw.js').catch(() => 0); alert('a'); confirm('b');
        new EventSource('/events'); const a = document.createElement('a'); a.href = '{other.url}/d'; a.download = 'd'; a.click();
        location.href = '{other.url}/gone'; fetch('http://169.254.169.254/latest').catch(() => 0);
        fetch('http://localhost:1/').catch(() => 0);
        """
        with serving(
            WebSite(files={"/": f"<script>{script}</script><link rel=icon href=/icon.png>", "/robots.txt": ""})
        ) as main:
            done = site(main.url, tmp_path)
        assert other.asked == []
    assert set(main.asked) <= {"/", "/robots.txt", "/sw.js"}
    assert any(each["reason"].startswith("the browser was kept from ") for each in done.json()["skipped"])
    assert {each["url"].removeprefix(main.url) for each in done.json()["requests"]} == set(main.asked)


def test_robots_txt_holds_for_the_browser(tmp_path: Path) -> None:
    page = "<script>fetch('/secret.json')</script>"
    with serving(
        WebSite(files={"/": page, "/robots.txt": "User-agent: *\nDisallow: /secret"}, any_path=redirects("/"))
    ) as main:
        done = site(main.url, tmp_path)
    assert "/secret.json" not in main.asked
    assert done.code == 3


def test_a_page_that_never_comes_to_rest(tmp_path: Path) -> None:
    page = "<script>let n = 0; setInterval(() => fetch('/poll?' + n++), 20)</script>"
    with serving(
        WebSite(
            files={"/": page, "/robots.txt": ""}, any_path=lambda handler: handler.give("{}", media="application/json")
        )
    ) as main:
        done = site(main.url, tmp_path, "--max-requests", "30")
    assert done.code == 3
    assert len(main.asked) == 30
    assert any("--max-requests" in each["reason"] for each in done.json()["skipped"])


def test_a_script_that_never_ends_does_not_hold_the_visit(tmp_path: Path) -> None:
    page = "<script src=/a.js></script><script>while (true) {}</script>"
    with serving(WebSite(files={"/": page, "/robots.txt": "", "/a.js": f'x="{TOKENS["entry"]}"'})) as main:
        done = site(main.url, tmp_path)
    assert done.code == 1
    reasons = [each["reason"] for each in done.json()["skipped"] if each["incomplete"]]
    assert reasons == ["did not load to its end in the browser: it asked for nothing for 20 seconds"]


def test_a_page_that_polls_is_complete(tmp_path: Path) -> None:
    page = "<script>setInterval(() => fetch('/poll.json'), 50)</script>"
    with serving(WebSite(files={"/": page, "/robots.txt": "", "/poll.json": "{}"})) as main:
        done = site(main.url, tmp_path)
    assert (done.code, main.asked.count("/poll.json")) == (0, 1)


def test_a_start_page_elsewhere_on_the_site(tmp_path: Path) -> None:
    page = '<script src="a.js"></script><script>fetch("b.json?" + location.pathname)</script>'
    files: Any = {
        "/": redirects("/en/"),
        "/en/": page,
        "/en/a.js": "1",
        "/en/b.json?/en/": json.dumps({"a": TOKENS["fetched"]}),
    }
    with serving(WebSite(files=files)) as main:
        assert site(main.url, tmp_path).code == 1


@pytest.mark.parametrize("group", [True, False], ids=["a terminal", "kill"])
def test_ctrl_c_leaves_no_file_and_no_process(tmp_path: Path, group: bool) -> None:
    temporary = Path(tempfile.mkdtemp(prefix="t"))  # short: the path of a socket has a limit
    slow: Any = {
        "/": "<script src=/s.js></script>",
        "/robots.txt": "",
        "/s.js": lambda handler: handler.pour(b"HTTP/1.1 200 OK\r\n\r\n", b"x", 0.02),
    }
    with serving(WebSite(files=slow)) as main:
        run = subprocess.Popen(
            interruptible(COMMAND, "site", "--isolated", "--browser", *FAST, main.url),
            cwd=tmp_path,
            env=environment(TMPDIR=str(temporary)),
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        while "/s.js" not in main.asked:
            assert run.poll() is None, run.communicate()
            time.sleep(0.01)
        (os.killpg if group else os.kill)(run.pid, signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130, (out, err)
    assert err.decode().splitlines()[-1] == "interrupted"
    left = [each.name for each in temporary.iterdir()]
    shutil.rmtree(temporary)
    assert left == []
    listed = subprocess.run(["ps", "-eo", "sid,args"], capture_output=True, check=True, encoding="utf-8").stdout
    assert not [line for line in listed.splitlines() if line.split()[0] == str(run.pid) and "defunct" not in line]
