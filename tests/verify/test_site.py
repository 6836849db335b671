"""`frontleak site --verify`: the vendor is asked about what the site serves, and the site gets no secret."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frontleak.cli.main import main
from tests.fakes.sanity_api import SanityApi
from tests.fakes.web_site import WebSite, serving
from tests.support.shipped import fake

TOKEN = fake("sanity-token", "site verify")
Visit = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def visit(tmp_path: Path, api: SanityApi, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Visit:
    """Return a function that visits a site with a token, and returns exit code, report and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(site: WebSite, *arguments: str) -> tuple[int, dict[str, Any], str]:
        options = ["--isolated", "--format=json", "--rate=1000", "--i-own-this"]
        monkeypatch.setattr(sys, "argv", ["frontleak", "site", site.url, *options, *arguments])
        with pytest.raises(SystemExit) as end:
            main(api.resolver)
        out, err = capfdbinary.readouterr()
        assert TOKEN.encode() not in out + err
        return int(end.value.code or 0), json.loads(out) if out else {}, err.decode()

    return run


def site() -> WebSite:
    return WebSite(files={"/": "<script src=/a.js></script>", "/a.js": f'createClient({{token:"{TOKEN}"}})'})


def test_a_site_is_not_verified_unless_asked(visit: Visit, api: SanityApi) -> None:
    with serving(site()) as main_site:
        code, report, _ = visit(main_site)
    assert (code, api.calls()) == (1, [])
    assert not any(each.get("verdict") for each in report["findings"])


def test_what_a_site_serves_is_verified(visit: Visit, api: SanityApi) -> None:
    api.add(TOKEN, "editor")
    with serving(site()) as main_site:
        code, report, _ = visit(main_site, "--verify", "--project=abcd1234")
    (finding,) = report["findings"]
    assert (code, finding["verdict"]["status"], finding["severity"]) == (1, "active", "critical")
    assert api.calls()
    assert not any(TOKEN in str(head) for head in main_site.heads)
    assert [each["url"].removeprefix(main_site.url) for each in report["requests"]] == main_site.asked


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--verify-cache=c"], "--verify-cache requires --verify"),
        (["--project=abcd1234"], "--project requires --verify"),
        (["--verify", "--offline"], "which --offline (or FRONTLEAK_OFFLINE) forbids"),
    ],
)
def test_options_that_do_not_fit_ask_nobody(arguments: list[str], said: str, visit: Visit, api: SanityApi) -> None:
    with serving(site()) as main_site:
        code, _, err = visit(main_site, *arguments)
    assert (code, main_site.asked, api.calls()) == (2, [], [])
    assert said in err
