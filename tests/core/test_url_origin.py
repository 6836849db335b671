"""Responses of a site: what reports call them, and what identifies a finding in one."""

import json
import re
from typing import Any

import pytest

from frontleak.api.running import Scan
from frontleak.core.blob import Blob
from frontleak.core.fingerprint import fingerprint
from frontleak.core.origins import FileOrigin, MemberOrigin, relocated
from frontleak.core.report import Report
from frontleak.core.url_origin import UrlOrigin, url_origin
from frontleak.core.vocabulary import Exposure
from frontleak.report.registry import REPORTERS
from frontleak.scanning.options import ScanOptions
from tests.support.made import rendered
from tests.support.shipped import fake, full_set

TOKEN = fake("sanity-token")
URL = "https://shop.example/assets/index-DiwrgTda.js"


def origin(url: str, **more: Any) -> UrlOrigin:
    return url_origin(url, recording="site.har", number=3, **more)


def report_of(*urls: str, exposure: Exposure = Exposure.SERVED) -> Report:
    blobs = [Blob(origin=origin(url), data=f'\n x="{TOKEN}"'.encode(), exposure=exposure) for url in urls]
    return Scan(full_set(), ScanOptions(paths=(), jobs=1), blobs).report()


def key(url: str) -> str:
    return fingerprint("rule", "identity", origin(url))


SAME = {
    "another host": (URL, "https://preview-17.example/assets/index-DiwrgTda.js"),
    "another hash": (URL, "https://shop.example/assets/index-BmRVJDgz.js"),
    "another query": (URL, f"{URL}?v=1700000000"),
    "a name that is a hash": ("https://a.example/js/1f3c2a9b.js", "https://a.example/js/9b1d2e00.js"),
    "another build id": (
        "https://a.example/_next/data/Kx9LpZ2mQ4vT7wY1aB3cD/index.json",
        "https://a.example/_next/data/pQ8rS5tU2vW9xY6zA3bC0/index.json",
    ),
}


@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME)
def test_a_redeploy_is_no_new_finding_with(before: str, after: str) -> None:
    assert key(before) == key(after)


OTHER = {
    "another path": (URL, "https://shop.example/static/index-DiwrgTda.js"),
    "words": ("https://a.example/decade/x.js", "https://a.example/facade/x.js"),
    "numbers of pages": ("https://a.example/posts/12/x.json", "https://a.example/posts/13/x.json"),
}


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER)
def test_another_place_is_another_finding_with(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_a_request_is_not_its_response() -> None:
    request = fingerprint("rule", "identity", origin(URL, part="request"))
    assert request != key(URL)


def test_no_path_on_disk_stands_for_a_url() -> None:
    found = origin(URL)
    assert relocated(found, lambda _: "elsewhere") is found
    packed = MemberOrigin(container=found, member="a.js")
    assert relocated(packed, lambda _: "elsewhere") is packed
    assert packed.logical_path == "/assets/index-[hash].js!/a.js"
    assert FileOrigin(path="app.js").url == ""


def test_user_and_query_are_cut() -> None:
    found = origin("https://me:secret@a.example/x.js?token=abcdefgh#part")
    assert found.display == "https://…@a.example/x.js?token=…"
    assert found.url.endswith("?token=abcdefgh")
    assert "secret" not in found.uri
    assert "abcdefgh" not in found.uri


def test_the_media_type_gives_the_ending() -> None:
    assert origin("https://a.example", media="text/html").known_as == "index.html"
    assert origin("https://a.example/about", media="text/html").known_as == "about.html"
    assert origin("https://a.example/app.js", media="text/html").known_as == "app.js"
    assert origin("https://a.example/.env").known_as == ".env"


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda each: each.name)
def test_every_format_names_the_url(reporter: object) -> None:
    text = rendered(report_of(URL), reporter).replace("&#58;", ":")  # type: ignore[arg-type]
    assert "https://shop.example/assets/index-DiwrgTda.js" in re.sub(r"%3A", ":", text)
    assert "https:/shop" not in text


def test_text_has_line_and_column_and_json_the_record() -> None:
    report = report_of(URL)
    text, plain = (rendered(report, each) for each in REPORTERS if each.name in {"text", "json"})
    assert f"{URL}:2:5  " in text
    place = json.loads(plain)["findings"][0]
    assert (place["path"], place["url"], place["recording"], place["record"]) == (URL, URL, "site.har", 3)


def test_what_the_browser_sent_is_apart_and_never_fails() -> None:
    (finding,) = report_of(URL, exposure=Exposure.REQUEST).findings
    assert finding.exposure is Exposure.REQUEST
    text = next(rendered(report_of(URL, exposure=Exposure.REQUEST), each) for each in REPORTERS if each.name == "text")
    assert "Sent by the browser that was recorded" in text
    assert "No secrets found. " in text
    assert TOKEN not in text
