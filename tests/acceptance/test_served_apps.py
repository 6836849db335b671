"""The recorded comparison of built apps with what browsers receive, and the crawler that made it."""

import http.server
import re
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from docs.served_table import SAYS, results
from tests.support.paths import ROOT

sys.path.insert(0, str(ROOT / "fixtures"))  # its modules import each other by plain names

from fixtures.serve_and_compare import crawl, is_wrong

APPS: Final = ROOT / "fixtures/apps"
ROWS: Final = [
    pytest.param(row, id=f"{app}: {name}") for app, result in results().items() for name, row in result["rows"].items()
]
PAGES: Final[Mapping[str, tuple[str, str]]] = {
    "/": ("text/html", '<a href="about/"><script src="/a.js"></script><div q:base="/lazy/" on:click="q-1.js#s_1">'),
    "/about/": ("text/html", r'about <script>window.chunks="{\"page\":[\"/c.js\"]}"</script>'),
    "/c.js": ("text/javascript", "c"),
    "/a.js": ("text/javascript", 'import("./b.js");fetch("data.json")\n//# sourceMappingURL=named.map'),
    "/a.js.map": ("application/json", "unnamed map"),
    "/named.map": ("application/json", "named map"),
    "/b.js": ("text/javascript", "b"),
    "/data.json": ("application/json", '{"next": "/never.json"}'),
    "/never.json": ("application/json", "never"),
    "/lazy/q-1.js": ("text/javascript", "lazy"),
}


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, body = PAGES.get(self.path, ("", ""))
        self.send_response(200 if kind else 404)
        self.send_header("content-type", kind)
        self.send_header("x-path", self.path)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_crawl_fetches_what_a_browser_may_fetch_and_maps(port: int) -> None:
    found = {(kind, body) for kind, _, body in crawl(port, ["/"]) if body}
    bodies = {body for _, (_, body) in PAGES.items()} - {"never"}
    assert {body for _, body in found} == bodies
    assert ("source map", "unnamed map") in found
    assert ("script", "c") in found
    assert ("script", "lazy") in found
    assert all("x-path" in headers for _, headers, _ in crawl(port, ["/"]))


@pytest.mark.parametrize("row", ROWS)
def test_a_scan_is_right_about_what_browsers_receive(row: Mapping[str, Any]) -> None:
    assert not is_wrong(row)


@pytest.mark.parametrize("scan", ["server", "source", "nobody"])
def test_the_comparison_tells_a_scan_that_is_wrong(scan: str) -> None:
    assert is_wrong({"received": ["page"], "scan": scan})
    assert not is_wrong({"received": [], "scan": scan})
    assert is_wrong({"received": [], "scan": "served"})


def test_the_table_never_says_that_a_secret_stays_on_the_server() -> None:
    assert "may send it" in SAYS["server"]


@pytest.mark.parametrize("file", sorted(APPS.glob("*/app.toml")), ids=lambda file: file.parent.name)
def test_each_app_has_a_result_for_each_fake_or_the_error_of_its_build(file: Any) -> None:
    app, result = tomllib.loads(file.read_text("utf-8")), results()[file.parent.name]
    assert result["name"] == app["name"]
    if "error" not in result:
        assert {name: row["how"] for name, row in result["rows"].items()} == app["plants"]
        assert any(row["received"] for row in result["rows"].values())
        assert any(not row["received"] for row in result["rows"].values())


def test_no_result_contains_a_value() -> None:
    assert re.search(r"sk[A-Za-z0-9]{40}", (APPS / "results.json").read_text("utf-8")) is None
