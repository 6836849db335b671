"""`frontleak scan site.har`, as installed and in forked processes."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from frontleak.report.registry import REPORTERS
from tests.acceptance.support import Run, frontleak, in_formats, installed
from tests.support.har import har_text, header, record, write_har
from tests.support.paths import ROOT
from tests.support.shipped import fake

TOKEN = fake("sanity-token")
SITE = "https://shop.example"


def scan(folder: Path, *arguments: str, start: Callable[..., Run] = frontleak) -> tuple[int, dict[str, Any]]:
    done = start("scan", "--isolated", "--format", "json", *arguments, cwd=folder)
    assert done.out, done.err
    assert TOKEN not in done.out + done.err
    return done.code, done.json()


def test_what_the_browser_sent_never_fails(tmp_path: Path) -> None:
    sent = {
        "headers": [header("Authorization", f"Bearer {TOKEN}"), header("Cookie", f"t={TOKEN}")],
        "postData": {"text": json.dumps({"token": TOKEN})},
    }
    frames = [{"type": "send", "opcode": 1, "data": TOKEN}]
    write_har(tmp_path, record(f"{SITE}/?token={TOKEN}", "<p>", request=sent, _webSocketMessages=frames))
    code, report = scan(tmp_path, "site.har", start=installed)
    assert code == 0
    assert {each["exposure"] for each in report["findings"]} == {"request"}
    assert report["summary"]["sent_by_browser"] == len(report["findings"]) > 0


def test_a_response_fails_even_if_the_browser_sent_the_same(tmp_path: Path) -> None:
    sent = {"headers": [header("Authorization", TOKEN)]}
    write_har(tmp_path, record(f"{SITE}/app-DiwrgTda.js", f'x="{TOKEN}"', request=sent))
    code, report = scan(tmp_path, "site.har")
    (finding,) = report["findings"]
    assert (code, finding["exposure"], finding["path"]) == (1, "served", f"{SITE}/app-DiwrgTda.js")
    assert (finding["recording"], finding["record"]) == ("site.har", 1)
    assert [each["exposure"] for each in finding["also_at"]] == ["request"]


def test_frames_and_headers_of_the_server_fail(tmp_path: Path) -> None:
    write_har(tmp_path, record("wss://a.example/", _webSocketMessages=[{"type": "receive", "data": TOKEN}]))
    assert scan(tmp_path, "site.har")[0] == 1
    write_har(tmp_path, record(SITE, response={"headers": [header("X-Key", TOKEN)]}))
    assert scan(tmp_path, "site.har")[0] == 1


def test_what_is_whole_of_a_cut_recording_is_scanned(tmp_path: Path) -> None:
    text = har_text(record(f"{SITE}/a.js", f'x="{TOKEN}"'), record(f"{SITE}/b.js", "x" * 100))
    (tmp_path / "site.har").write_text(text[: text.index("xxxx") + 10])
    code, report = scan(tmp_path, "site.har", "--exit-zero")
    assert code == 3
    assert [each["path"] for each in report["findings"]] == [f"{SITE}/a.js"]
    (skip,) = report["skipped"]
    assert skip["code"] == "recording"
    assert skip["incomplete"]
    assert skip["reason"].endswith("only the 1 record before it could be read; record the site again")


def test_a_redeploy_is_no_new_finding(tmp_path: Path) -> None:
    reports = []
    for host, name in (("shop.example", "app-DiwrgTda.js"), ("new.example", "app-BmRVJDgz.js")):
        write_har(tmp_path, record(f"https://{host}/assets/{name}?v={host}", f'x="{TOKEN}"'))
        reports.append(scan(tmp_path, "site.har")[1])
    assert len({report["findings"][0]["fingerprint"] for report in reports}) == 1


def test_a_map_is_found_by_its_url(tmp_path: Path) -> None:
    content = f'export const key = "{TOKEN}";\n'
    mapped = {"version": 3, "sources": ["../src/key.ts"], "sourcesContent": [content], "mappings": "AAAA", "names": []}
    script = f'const k="{TOKEN}"'
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "app.js.map").write_text("not the one of the site")
    for reference, headers, at in (
        ("\n//# sourceMappingURL=maps/app.js.map?v=2", [], f"{SITE}/a/maps/app.js.map?v=2"),
        ("", [header("SourceMap", "/maps/app.js.map")], f"{SITE}/maps/app.js.map"),
        ("", [], f"{SITE}/a/app.js.map"),
    ):
        records = [
            record(f"{SITE}/a/app.js?v=1", script + reference, response={"headers": headers}),
            record(at, json.dumps(mapped), "application/json"),
        ]
        write_har(tmp_path, *records)
        _, report = scan(tmp_path, "site.har")
        finding, maps = report["findings"]
        assert (maps["rule"], maps["path"], maps["snippet"]) == ("served-source-maps", SITE, at.partition("?")[0])
        assert finding["original"]["path"].endswith("src/key.ts")
        assert not finding["original"]["exists"]
        assert report["coverage"]["maps"]["used"] >= 1


def test_a_source_is_looked_for_in_the_working_directory(tmp_path: Path) -> None:
    content = f'export const key = "{TOKEN}";\n'
    mapped = {"version": 3, "sources": ["../src/key.ts"], "sourcesContent": [content], "mappings": "AAAA", "names": []}
    records = [
        record(f"{SITE}/a/app.js", f'const k="{TOKEN}"'),
        record(f"{SITE}/a/app.js.map", json.dumps(mapped), "application/json"),
    ]
    for folder, there in ((tmp_path / "a", True), (tmp_path / "b", False)):
        (folder / "src").mkdir(parents=True)
        write_har(folder, *records)
        if there:
            (folder / "src" / "key.ts").write_text(content)
        originals = [each["original"] for each in scan(folder, "site.har")[1]["findings"] if each["original"]]
        assert [(each["path"], each["exists"]) for each in originals] == [("src/key.ts", there)]


def test_a_map_that_was_not_recorded_is_told_and_not_read_from_disk(tmp_path: Path) -> None:
    (tmp_path / "app.js.map").write_text("{}")
    write_har(tmp_path, record(f"{SITE}/app.js", f'k="{TOKEN}"\n//# sourceMappingURL=app.js.map'))
    _, report = scan(tmp_path, "site.har")
    assert [each["reason"] for each in report["skipped"]] == ["its source map app.js.map is not among the responses"]


def test_two_recordings_and_a_folder_are_one_scan(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "app.js").write_text(f'x="{TOKEN}"')
    write_har(tmp_path, record(f"{SITE}/a.js", f'x="{TOKEN}"'))
    write_har(tmp_path, record(f"{SITE}/b.js", f'x="{TOKEN}"'), name="two.HAR")
    _, report = scan(tmp_path, "site.har", "two.HAR", "dist")
    (finding,) = report["findings"]
    places = {finding["path"], *(each["path"] for each in finding["also_at"])}
    assert places == {f"{SITE}/a.js", f"{SITE}/b.js", "dist/app.js"}


def test_a_recording_in_a_folder_is_a_file(tmp_path: Path) -> None:
    """What somebody committed is a leak of the repository, request or not."""
    write_har(tmp_path, record(SITE, "", request={"headers": [header("Authorization", TOKEN)]}))
    code, report = scan(tmp_path, ".")
    assert (code, report["findings"][0]["path"]) == (1, "site.har")


def test_a_file_that_is_no_recording_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "site.har").write_text(f'x="{TOKEN}"')
    code, report = scan(tmp_path, "site.har")
    assert (code, report["findings"][0]["path"]) == (1, "site.har")


def test_a_recording_without_bodies_is_incomplete(tmp_path: Path) -> None:
    write_har(tmp_path, *(record(f"{SITE}/{name}.js", content={"text": None, "size": 9}) for name in "abc"))
    code, report = scan(tmp_path, "site.har")
    assert code == 3
    assert len(report["skipped"]) == 1


def test_processes_and_one_process_find_the_same(tmp_path: Path) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.fail("needs two CPUs")
    filler = "y" * 3_000_000
    records = [record(f"{SITE}/{number}.js", f'{filler}\nx="{TOKEN}"') for number in range(15)]
    write_har(tmp_path, *records)
    first, second = (scan(tmp_path, "site.har", "--jobs", jobs, start=installed)[1] for jobs in "12")
    assert first["findings"] == second["findings"]
    assert len(first["findings"][0]["also_at"]) == 14


def test_the_report_follows_the_schema(tmp_path: Path) -> None:
    sent = {"headers": [header("Authorization", fake("github-token"))]}
    text = har_text(record(f"{SITE}/a.js", f'x="{TOKEN}"\n//# sourceMappingURL=a.map', request=sent))
    (tmp_path / "site.har").write_text(text[:-4])
    _, report = scan(tmp_path, "site.har")
    assert {each["exposure"] for each in report["findings"]} == {"served", "request"}
    assert {"url", "recording", "record"} <= report["skipped"][-1].keys() | report["skipped"][0].keys()
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(report)


HOSTILE = (
    f"{SITE}/\ud800\udc80\u202e\x1b[31m.js?q=\udfff",
    f"{SITE}/a\n::error::x.js",
    f"{SITE}/../../../../etc/<script>&'\"](x).js",
    "https://[::1/\0.js",
    "no url",
    "",
)


@pytest.mark.parametrize("url", HOSTILE)
def test_hostile_urls_break_no_format(tmp_path: Path, url: str) -> None:
    text = json.dumps(record(url, f'x="{TOKEN}"\n//# sourceMappingURL=http://[', request={"method": "\ud800"}))
    (tmp_path / "site.har").write_text(f'{{"log": {{"entries": [{text}]}}}}')
    formats = [each.name for each in REPORTERS]
    for done in in_formats("scan", "--isolated", "site.har", formats=formats, cwd=tmp_path).values():
        assert done.code == 1, done.err
        assert TOKEN.encode() not in done.stdout
        assert not {b"\x1b", b"\0", "\u202e".encode()} & {bytes([each]) for each in done.stdout}
        assert b"\n::error::x" not in done.stdout
