"""`frontleak.scan_site`, against a local server."""

import tempfile
from pathlib import Path
from typing import Any

import pytest

import frontleak
from tests.acceptance.support import token
from tests.acceptance.test_site import site
from tests.fakes.web_site import WebSite, serving
from tests.support.seven_tokens import shop, widget


def test_the_report_is_that_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with serving(widget()) as cdn, serving(shop(cdn.url)) as main:
        report = frontleak.scan_site(main.url, also_origins=[cdn.url], rate=1000, i_own_this=True)
        said = site(main.url, tmp_path, "--also-origin", cdn.url).json()
    assert {each.fingerprint for each in report.findings} == {each["fingerprint"] for each in said["findings"]}
    assert [each.url for each in report.requests or ()] == [each["url"] for each in said["requests"]]
    assert list(tmp_path.iterdir()) == []


def test_a_silent_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(WebSite(files={"/": "<p>hello"})) as main:
        report = frontleak.scan_site(main.url, pages=0)
    assert (report.findings, report.skipped) == ((), ())


def test_rules_are_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(WebSite(files={"/": f'<script>k="{token()}"</script>'})) as main:
        assert len(frontleak.scan_site(main.url).findings) == 1
        assert not frontleak.scan_site(main.url, ignore=["sanity-*"]).findings


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"rate": 3.0}, "more than 2 requests a second"),
        ({"rate": float("nan")}, "not a number of requests a second"),
        ({"rate": 0.0}, "not a number of requests a second"),
        ({"also_origins": ["cdn"]}, "not an origin"),
        ({"select": ["nothing-such"]}, "nothing-such"),
    ],
)
def test_what_is_refused_asks_nobody(arguments: dict[str, Any], said: str) -> None:
    with serving(WebSite(files={"/": "<p>"})) as main:
        with pytest.raises(frontleak.ConfigError, match=said):
            frontleak.scan_site(main.url, **arguments)
        assert main.asked == []
