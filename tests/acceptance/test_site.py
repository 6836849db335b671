"""`frontleak site URL`, as installed, against real servers."""

import functools
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import trustme

from tests.acceptance.support import Run, installed, token
from tests.fakes.web_site import WebSite, answers, ca_file, mapped, redirects, serving
from tests.support.paths import ROOT
from tests.support.seven_tokens import STATIC, TOKENS, shop, widget

FAST = ("--rate", "1000", "--i-own-this")


def site(url: str, folder: Path, *arguments: str, env: dict[str, str] | None = None) -> Run:
    done = installed("site", "--isolated", "--format", "json", *FAST, *arguments, url, cwd=folder, env=env)
    assert not any(each in done.out + done.err for each in TOKENS.values())
    return done


def found(report: dict[str, Any]) -> set[str]:
    """Return the names of the tokens in a report, by their beginnings."""
    shown = {each["secret"] for each in report["findings"] if each["rule"] == "sanity-token"}
    return {name for name, value in TOKENS.items() if any(value.startswith(each.partition("…")[0]) for each in shown)}


@pytest.fixture
def both() -> Iterator[tuple[WebSite, WebSite]]:
    with serving(widget()) as cdn, serving(shop(cdn.url)) as main:
        yield main, cdn


def test_five_of_seven_tokens_and_no_rude_request(both: tuple[WebSite, WebSite], tmp_path: Path) -> None:
    main, cdn = both
    done = site(main.url, tmp_path)
    report = done.json()
    assert (done.code, found(report)) == (1, set(STATIC))
    assert cdn.asked == []
    assert len(main.asked) == len(set(main.asked))
    assert not [path for path in main.asked if path.startswith(("/private", "/logout"))]
    assert [each["url"].removeprefix(main.url) for each in report["requests"]] == main.asked
    schema = json.loads((ROOT / "docs/report.schema.json").read_text("utf-8"))
    jsonschema.validate(report, schema)
    told = [each["reason"] for each in report["skipped"]]
    assert any("names 1 file of" in each and "--also-origin" in each for each in told)
    assert not any(each["incomplete"] for each in report["skipped"])


def test_a_place_is_a_url_and_no_folder_is_left(both: tuple[WebSite, WebSite], tmp_path: Path) -> None:
    main, _ = both
    done = site(main.url, tmp_path, env={"TMPDIR": str(tmp_path)})
    assert all(each["url"].startswith(main.url) for each in done.json()["findings"])
    assert str(tmp_path) not in done.out
    assert list(tmp_path.iterdir()) == []


def test_a_named_origin_is_asked_too(both: tuple[WebSite, WebSite], tmp_path: Path) -> None:
    main, cdn = both
    report = site(main.url, tmp_path, "--also-origin", cdn.url).json()
    assert found(report) == {*STATIC, "foreign"}
    assert "/widget.js" in cdn.asked


def test_requests_tell_who_asks_and_carry_nothing_else(both: tuple[WebSite, WebSite], tmp_path: Path) -> None:
    main, _ = both
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    site(main.url, tmp_path, env={"HOME": str(tmp_path)})
    assert {head["user-agent"].split("/")[0] for head in main.heads} == {"frontleak"}
    assert all("(+https://" in head["user-agent"] for head in main.heads)
    assert not [head for head in main.heads if head.keys() & {"cookie", "authorization", "referer"}]


def test_sources_are_named_where_they_are(tmp_path: Path) -> None:
    one = token("source")
    text = f'export const key = "{one}";\n'
    app = tmp_path / "shop" / "src"
    app.mkdir(parents=True)
    (app / "key.ts").write_text(text)
    files: dict[str, Any] = {"/": "<script src=a.js></script>", "/a.js": f'k="{one}"\n//# sourceMappingURL=a.js.map'}
    with serving(WebSite(files={**files, "/a.js.map": mapped("../src/key.ts", text)})) as main:
        report = site(main.url, tmp_path, "--source", "shop").json()
        originals = {each["original"]["path"] for each in report["findings"] if each["original"]}
        assert originals == {"shop/src/key.ts"}
        plain = installed("site", "--isolated", *FAST, "--source", "shop", main.url, cwd=tmp_path)
        elsewhere = site(main.url, tmp_path / "shop").json()
    assert plain.out.startswith("shop/src/key.ts:1:21  ")
    assert not any(each["original"]["exists"] for each in elsewhere["findings"] if each["original"])


def test_the_responses_are_kept_if_asked(both: tuple[WebSite, WebSite], tmp_path: Path) -> None:
    main, _ = both
    report = site(main.url, tmp_path, "--keep", "kept").json()
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700
    again = installed(
        "scan", "--isolated", "--format=json", "--url-manifest=kept/urls.jsonl", "kept/responses", cwd=tmp_path
    ).json()
    assert found(again) == found(report) == set(STATIC)
    assert {each["fingerprint"] for each in again["findings"]} == {each["fingerprint"] for each in report["findings"]}
    assert site(main.url, tmp_path, "--keep", "kept").code == 2


def test_options_of_reports_work(both: tuple[WebSite, WebSite], tmp_path: Path) -> None:
    main, _ = both
    done = site(main.url, tmp_path, "-o", "r.json", "--format", "sarif", "-o", "r.sarif", "--fail-on", "critical")
    assert (done.code, done.out) == (0, "")
    assert json.loads((tmp_path / "r.sarif").read_text())["runs"][0]["results"]
    assert installed("site", "--isolated", *FAST, "--select", "npm-*", main.url, cwd=tmp_path).code == 0


def test_what_goes_beyond_public_pages_needs_a_word(tmp_path: Path) -> None:
    with serving(WebSite(files={"/": "<p>"})) as main:
        for option in (["--probe"], ["--ignore-robots"], ["--rate", "3"]):
            done = installed("site", "--isolated", *option, main.url, cwd=tmp_path)
            assert done.code == 2
            assert "add --i-own-this if the site is yours" in done.err
        assert main.asked == []


def test_probes_only_if_asked_and_not_fooled_by_a_page_for_everything(tmp_path: Path) -> None:
    secret = f"SANITY_TOKEN={token('probe')}\n"
    page = answers("<!doctype html><p>app")
    with serving(WebSite(files={"/": "<p>", "/.env": answers(secret, media="text/plain")}, any_path=page)) as main:
        assert site(main.url, tmp_path).code == 0
        assert "/.env" not in main.asked
        report = site(main.url, tmp_path, "--probe").json()
    assert {each["url"] for each in report["findings"]} == {f"{main.url}/.env"}


def test_tls_is_verified(tmp_path: Path) -> None:
    authority = trustme.CA()
    page = f'<script>x="{TOKENS["inline"]}"</script>'
    trusted = {"REQUESTS_CA_BUNDLE": str(ca_file(tmp_path, authority))}
    with serving(WebSite(files={"/": page}), authority) as main:
        done = site(main.url, tmp_path)
        assert done.code == 3
        (skip,) = done.json()["skipped"]
        assert skip["reason"].startswith("its certificate is not valid for this host, or not trusted")
        assert site(main.url, tmp_path, env=trusted).code == 1
    with serving(WebSite(files={"/": page}), authority, "other.example") as main:
        done = site(main.url, tmp_path, env=trusted)
        assert done.code == 3
        assert "certificate" in done.json()["skipped"][0]["reason"]


def test_a_redirect_on_the_site_is_followed(tmp_path: Path) -> None:
    page = f'<script>x="{TOKENS["inline"]}"</script>'
    with serving(WebSite(files={"/": redirects("/en/", 307), "/en/": page})) as main:
        report = site(main.url, tmp_path).json()
    assert {each["url"] for each in report["findings"]} == {f"{main.url}/en/"}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.mark.parametrize(
    "build",
    [
        *("next-export/out", "next14-export/out", "sveltekit-static/build", "nuxt/.output/public"),
        *("vite-react/dist", "vite-env/dist", "react-router/build/client"),
    ],
)
def test_a_real_build_that_is_served_has_the_secrets_of_its_folder(build: str, tmp_path: Path) -> None:
    """Of the fetched files: what no page, script or manifest names is in the folder only."""
    folder = ROOT / "fixtures" / build
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        report = site(url, tmp_path).json()
        server.shutdown()
    names = {
        each["url"].removeprefix(f"{url}/").partition("?")[0] for each in report["requests"] if each["status"] == 200
    }
    files = [folder / (f"{name}index.html" if name.endswith("/") or not name else name) for name in names]
    fetched = [str(file) for file in files if file.is_file()]
    on_disk = installed("scan", "--isolated", "--format=json", *fetched, cwd=tmp_path).json()
    assert len(fetched) >= 3
    assert _secrets(report) == _secrets(on_disk) != set()


def _secrets(report: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["rule"], each["secret"]) for each in report["findings"] if each["secret"]}
