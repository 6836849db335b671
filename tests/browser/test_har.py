"""HAR files that a real browser recorded: the findings of the same files on disk, with URLs."""

import base64
import functools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser

from frontleak.core.finding import Place
from frontleak.core.report import Report
from frontleak.core.vocabulary import Exposure
from tests.support.made import scan_paths
from tests.support.shipped import fake

pytestmark = pytest.mark.browser
TOKEN: Final = fake("sanity-token")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site: inline script, entry, lazy chunk with a map, JSON by fetch, text beyond ASCII."""
    top = tmp_path_factory.mktemp("site") / "dist"
    (top / "assets").mkdir(parents=True)
    one = TOKEN
    source = f'// é😀\nexport const lazy = "{one}";\n'
    mapped = {"version": 3, "sources": ["../src/lazy.ts"], "sourcesContent": [source], "mappings": "AAAA", "names": []}
    files = {
        "index.html": f'<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><p>é😀</p>\n'
        f'<script>const inline = "{one}"</script>\n<script type=module src="assets/index-DiwrgTda.js"></script>',
        "assets/index-DiwrgTda.js": 'const é = "é😀"; import("./lazy-BmRVJDgz.js");\n'
        f'const b = atob("{_base64(one)}");\n'
        "const all = [fetch('/api.json'), fetch('/assets/lazy-BmRVJDgz.js.map')];\n"
        "Promise.all(all.map(async (each) => (await each).text())).then(() => { document.title = 'done' });",
        "assets/lazy-BmRVJDgz.js": f'export const lazy="{one}";\n//# sourceMappingURL=lazy-BmRVJDgz.js.map\n',
        "assets/lazy-BmRVJDgz.js.map": json.dumps(mapped),
        "api.json": json.dumps({"props": {"token": one}}),
    }
    for name, text in files.items():
        (top / name).write_text(text, "utf-8")
    return top


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    with _served(folder) as address:
        yield address


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _recorded(browser: Browser, site: str, file: Path, content: Any, **options: Any) -> Report:
    context = browser.new_context(record_har_path=file, record_har_content=content, **options)
    page = context.new_page()
    page.goto(site)
    page.wait_for_function("document.title === 'done'")
    page.wait_for_load_state("networkidle")
    context.close()
    return scan_paths(str(file))


def _places(report: Report, top: str) -> set[tuple[object, ...]]:
    every = [(each.rule_id, place) for each in report.findings for place in (each.place, *each.also_at)]
    return {(rule, *_facts(place, top)) for rule, place in every if place.exposure is Exposure.SERVED}


def _facts(place: Place, top: str) -> tuple[object, ...]:
    path = place.origin.path.removeprefix(top).strip("/")
    original = None if place.original is None else (place.original.line, place.original.column)
    span = (place.line, place.column, place.end_line, place.end_column, place.offset, place.length)
    return (path or "index.html" if place.length else path, *span, place.via, place.label, original)


@pytest.mark.parametrize(
    ("content", "name"), [("embed", "site.har"), ("attach", "site.har"), ("attach", "site.zip"), ("embed", "site.zip")]
)
def test_a_recording_has_the_findings_of_the_files(
    browser: Browser, site: str, folder: Path, tmp_path: Path, content: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    on_disk = scan_paths(".")
    monkeypatch.chdir(tmp_path)
    report = _recorded(browser, site, tmp_path / name, content)
    assert not report.skipped
    assert len(on_disk.findings) == len(report.findings) == 2
    expected = {(rule, "" if path == "." else path, *rest) for rule, path, *rest in _places(on_disk, ".")}
    assert _places(report, site) == expected
    assert len(expected) >= 6
    assert all(place.origin.url.startswith(site) for each in report.findings for place in (each.place, *each.also_at))


def test_headers_of_the_browser_never_fail(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>done</title><link rel=icon href='data:,'>")
    sent = {"Authorization": f"Bearer {TOKEN}", "Cookie": f"session={TOKEN}"}
    with _served(tmp_path) as site:
        report = _recorded(browser, site, tmp_path / "site.har", "embed", extra_http_headers=sent)
    assert [each.exposure for each in report.findings] == [Exposure.REQUEST]
    assert report.findings[0].place.origin.display == f"{site}/ (request)"
