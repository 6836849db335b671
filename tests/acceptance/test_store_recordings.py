"""Recordings in stores are read as those on disk are: a HAR that is named, a ZIP of one, an index beside an archive."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import frontleak, installed
from tests.acceptance.test_har_packed import attached
from tests.acceptance.test_stores import SCRIPT, TOKEN, put, scan, scanned
from tests.fakes.web_site import mapped
from tests.support.har import har_text, header, record
from tests.support.listing_server import listing
from tests.support.warc import gzipped, response, write_cdxj

SITE = "https://shop.example"
SOURCE = f'export const key = "{TOKEN}";\n'
RECORDS = [
    record(f"{SITE}/a.js", f"{SCRIPT}\n//# sourceMappingURL=a.js.map"),
    record(f"{SITE}/a.js.map", mapped("src/key.ts", SOURCE)),
    record(f"{SITE}/b", "x", request={"headers": [header("Authorization", f"Bearer {TOKEN}")]}),
]


def files(text: str) -> dict[str, bytes]:
    """Return a HAR, and one with its bodies beside it."""
    script, bodies = attached(f"{SITE}/beside.js", SCRIPT)
    return {
        "site.har": text.encode(),
        "apart/site.har": har_text(script).encode(),
        **{f"apart/{name}": body.encode() for name, body in bodies.items()},
    }


def written(folder: Path) -> Path:
    """Write the files, and a ZIP of Playwright, to a folder."""
    for name, data in files(har_text(*RECORDS)).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    script, bodies = attached(f"{SITE}/zipped.js", SCRIPT)
    with zipfile.ZipFile(folder / "site.zip", "w") as archive:
        archive.writestr("har.har", har_text(script))
        for name, body in bodies.items():
            archive.writestr(name, body)
    return folder


def told(report: dict[str, Any], recording: str) -> object:
    """Return what a report says, without where the recording is."""
    for finding in report["findings"]:
        del finding["fingerprint"]
    found = {name: report[name] for name in ("summary", "findings", "skipped")} | {"read": report["coverage"]["files"]}
    return json.loads(json.dumps(found).replace(recording, "the recording"))


NAMED = ("site.har", "apart/site.har", "site.zip")


@pytest.mark.parametrize("name", NAMED)
def test_a_named_har_in_memory_is_read_as_on_disk(name: str, memory: Any, tmp_path: Path) -> None:
    folder = written(tmp_path)
    put(memory, {f"b/{each.relative_to(folder)}": each.read_bytes() for each in folder.rglob("*") if each.is_file()})
    here, there = scanned(str(folder / name)), scanned(f"memory://b/{name}")
    assert here["findings"][0]["url"].startswith(SITE)
    assert told(there, f"memory://b/{name}") == told(here, here["findings"][0]["recording"])


@pytest.mark.parametrize("ranges", [True, False], ids=["with ranges", "without ranges"])
@pytest.mark.parametrize("name", NAMED)
def test_a_named_har_of_a_web_server_is_read_as_on_disk(name: str, ranges: bool, tmp_path: Path) -> None:
    folder = written(tmp_path)
    code, here = scan(tmp_path, name)
    with listing(folder, ranges=ranges) as server:
        other, there = scan(tmp_path, f"{server.address}{name}", "--jobs", "2")
    assert code == other == 1
    assert told(there, f"{server.address}{name}") == told(here, name)


@pytest.mark.parametrize("named", ["memory://b", "memory://b/plain.har"])
def test_a_har_in_a_folder_and_a_file_that_only_has_the_name_are_files(named: str, memory: Any) -> None:
    put(memory, {"b/plain.har": b"just text with " + SCRIPT.encode()})
    if named == "memory://b":
        put(memory, {"b/site.har": har_text(*RECORDS).encode()})
    paths = {each["path"] for finding in scanned(named)["findings"] for each in (finding, *finding["also_at"])}
    assert paths - {"memory://b/site.har"} == {"memory://b/plain.har"}
    assert len(paths) == (2 if named == "memory://b" else 1)


def test_a_har_of_a_store_is_divided_into_shards(tmp_path: Path) -> None:
    written(tmp_path)
    with listing(tmp_path) as server:
        address = f"{server.address}site.har"
        made = frontleak("shard", "plan", address, "--isolated", "-n", "2", "-o", "../plan", cwd=tmp_path)
        assert made.code == 0, made.err
        for number in ("0", "1"):
            done = frontleak("shard", "run", "../plan", "--shard", number, cwd=tmp_path)
            assert (done.code, done.err) == (0, "")
        merged = frontleak("shard", "merge", "../plan.done", "--isolated", "--format", "json", cwd=tmp_path)
        whole = frontleak("scan", address, "--isolated", "--format", "json", cwd=tmp_path)
    assert merged.code == whole.code == 1
    assert told(merged.json(), address) == told(whole.json(), address)


def test_a_har_that_is_cut_off_is_told(tmp_path: Path) -> None:
    text = har_text(*RECORDS)
    (tmp_path / "site.har").write_text(text[: len(text) - 200])
    with listing(tmp_path) as server:
        code, report = scan(tmp_path, f"{server.address}site.har", "--exit-zero")
    assert code == 3
    (problem,) = report["skipped"]
    assert problem["path"] == f"{server.address}site.har"
    assert "could be read; record the site again" in problem["reason"]


def test_a_har_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with listing(tmp_path) as server:
        code, report = scan(tmp_path, f"{server.address}site.har")
        done = installed("scan", "--isolated", f"{server.address}site.har", cwd=tmp_path)
    assert code == 3
    assert [each["reason"] for each in report["skipped"]] == ["is not there: check the spelling"]
    assert "Traceback" not in done.err


@pytest.mark.parametrize("index", ["site.cdxj", "site.warc.gz.cdxj"])
def test_an_index_beside_a_damaged_archive_in_a_store_is_used(index: str, memory: Any, tmp_path: Path) -> None:
    records = [response(f"{SITE}/{number}.js", f"{SCRIPT}//{number}") for number in range(4)]
    data = bytearray(gzipped(records))
    second = len(gzipped(records[:1]))
    data[second + 20 : second + 40] = bytes(20)
    (tmp_path / "site.warc.gz").write_bytes(data)
    write_cdxj(tmp_path / index, tmp_path / "site.warc.gz", records, gzipped)
    put(memory, {f"b/{each.name}": each.read_bytes() for each in tmp_path.iterdir()})
    here, there = scanned(str(tmp_path / "site.warc.gz")), scanned("memory://b/site.warc.gz")
    assert f"its index {index} led to " in str(here["skipped"])
    assert told(there, "memory://b/site.warc.gz") == told(here, here["findings"][0]["recording"])
    in_folder = scanned("memory://b")
    assert f"its index {index} led to " in str(in_folder["skipped"])
