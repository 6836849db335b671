"""`frontleak scan` of web archives, as installed and in forked processes."""

import gzip
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from frontleak.report.registry import REPORTERS
from tests.acceptance.support import Run, frontleak, git, in_formats, installed, repository
from tests.support.paths import ROOT
from tests.support.shipped import fake
from tests.support.warc import PACKINGS, chunked, gzipped, plain, record, request, response

TOKEN = fake("sanity-token")
SITE = "https://shop.example"
SCRIPT = f'x="{TOKEN}"'
ENCODED = response(f"{SITE}/app.js", gzip.compress(SCRIPT.encode()), "Content-Encoding: gzip")


def scan(
    folder: Path, *arguments: str, stdin: bytes = b"", start: Callable[..., Run] = frontleak
) -> tuple[int, dict[str, Any]]:
    done = start("scan", "--isolated", "--format", "json", *arguments, cwd=folder, stdin=stdin)
    assert done.stdout, done.err
    assert TOKEN not in done.out + done.err
    return done.code, done.json()


@pytest.fixture
def without_extra(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command run as if fastwarc were not installed."""
    folder = tmp_path_factory.mktemp("hidden")
    (folder / "fastwarc.py").write_text("raise ImportError('not installed')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", ""))))


def test_what_the_crawler_sent_never_fails(tmp_path: Path) -> None:
    sent = request(f"{SITE}/?q=1", f"Authorization: Bearer {TOKEN}", f"Cookie: t={TOKEN}")
    set_for_it = response(f"{SITE}/", "<p>", f"Set-Cookie: t={TOKEN}")
    (tmp_path / "site.warc").write_bytes(sent + set_for_it + record("warcinfo", "", TOKEN.encode()))
    code, report = scan(tmp_path, "site.warc", start=installed)
    assert code == 0
    assert {each["exposure"] for each in report["findings"]} == {"request"}


@pytest.mark.parametrize("kind", PACKINGS)
def test_a_response_fails_and_has_its_url_and_offset(tmp_path: Path, kind: str) -> None:
    ending, pack = PACKINGS[kind]
    records = [record("warcinfo", "", b"x"), request(f"{SITE}/app.js", f"A: {TOKEN}"), ENCODED, ENCODED]
    (tmp_path / f"site{ending}").write_bytes(pack(records))
    code, report = scan(tmp_path, f"site{ending}")
    (finding,) = report["findings"]
    assert (code, finding["path"], finding["exposure"]) == (1, f"{SITE}/app.js", "served")
    assert (finding["recording"], finding["record"]) == (f"site{ending}", 3)
    if kind in {"plain", "gzip"}:
        assert finding["record_offset"] == len(pack(records[:2]))
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(report)


PLACES = ("path", "folder", "zip", "other name", "stdin", "git")


def placed(folder: Path, place: str) -> tuple[list[str], bytes]:
    """Put an archive somewhere, and return the arguments and the standard input of a scan that meets it."""
    data = gzipped([ENCODED])
    match place:
        case "path" | "folder":
            (folder / "site.warc.gz").write_bytes(data)
            return ["site.warc.gz" if place == "path" else "."], b""
        case "zip":
            with zipfile.ZipFile(folder / "crawl.wacz", "w") as file:
                file.writestr("archive/data.warc.gz", data)
            return ["."], b""
        case "other name":
            (folder / "crawl.gz").write_bytes(data)
            return ["crawl.gz"], b""
        case "stdin":
            return ["-"], data
        case _:
            repository(folder)
            (folder / "site.warc").write_bytes(plain([ENCODED]))
            git(folder, "add", "-A")
            return ["--staged"], b""


@pytest.mark.parametrize("place", PLACES)
def test_an_archive_is_read_wherever_it_is(tmp_path: Path, place: str) -> None:
    arguments, stdin = placed(tmp_path, place)
    code, report = scan(tmp_path, *arguments, stdin=stdin)
    assert code == 1
    assert [each["path"] for each in report["findings"]] == [f"{SITE}/app.js"]
    assert report["skipped"] == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.usefixtures("without_extra")
def test_without_the_extra_it_is_named_as_not_scanned(tmp_path: Path, place: str) -> None:
    """Half of it must not be read: a plain response next to the encoded one would be found."""
    arguments, stdin = placed(tmp_path, place)
    code, report = scan(tmp_path, *arguments, stdin=stdin, start=installed)
    assert (code, report["findings"]) == (3, [])
    (skipped,) = report["skipped"]
    assert skipped["incomplete"]
    assert skipped["reason"].endswith('which was not scanned: pip install "frontleak[warc]"')


def test_other_files_of_the_folder_are_scanned_too(tmp_path: Path) -> None:
    (tmp_path / "site.warc").write_bytes(ENCODED)
    (tmp_path / "app.js").write_text(SCRIPT)
    _, report = scan(tmp_path, ".")
    (finding,) = report["findings"]
    assert {finding["path"], finding["also_at"][0]["path"]} == {"app.js", f"{SITE}/app.js"}
    code, report = scan(tmp_path, ".", "--exclude", "*.warc", "--exclude", "app.js")
    assert code == 3
    assert report["coverage"]["excluded"] == 2


def test_what_is_whole_of_a_cut_archive_is_scanned(tmp_path: Path) -> None:
    data = gzipped([ENCODED, response(f"{SITE}/b.js", "x" * 5000)])
    (tmp_path / "site.warc.gz").write_bytes(data[:-20])
    code, report = scan(tmp_path, "site.warc.gz", "--exit-zero")
    assert code == 3
    assert [each["path"] for each in report["findings"]] == [f"{SITE}/app.js"]
    (skip,) = report["skipped"]
    assert (skip["code"], skip["path"], skip["incomplete"]) == ("recording", "site.warc.gz", True)


def test_a_map_is_found_by_its_url(tmp_path: Path) -> None:
    content = f'export const key = "{TOKEN}";\n'
    mapped = {"version": 3, "sources": ["../src/key.ts"], "sourcesContent": [content], "mappings": "AAAA", "names": []}
    data = gzip.compress(json.dumps(mapped).encode())
    records = [
        response(f"{SITE}/a/app.js?v=1", f'const k="{TOKEN}"', "SourceMap: /maps/app.js.map"),
        response(f"{SITE}/maps/app.js.map", chunked(data), "Content-Encoding: gzip", "Transfer-Encoding: chunked"),
    ]
    (tmp_path / "site.warc.gz").write_bytes(gzipped(records))
    _, report = scan(tmp_path, "site.warc.gz")
    finding = next(each for each in report["findings"] if each["rule"] == "sanity-token")
    assert finding["original"]["path"].endswith("src/key.ts")
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        file.writestr("site.warc.gz", gzipped(records))
    _, inside = scan(tmp_path, "in.zip")
    assert (
        next(each for each in inside["findings"] if each["rule"] == "sanity-token")["original"] == finding["original"]
    )


def test_user_and_password_of_an_address_are_cut(tmp_path: Path) -> None:
    url = "https://someone:p4ssw0rd-of-theirs@shop.example/app.js?key=p4ssw0rd-of-theirs"
    (tmp_path / "site.warc").write_bytes(response(url, SCRIPT) + response(url, b"x", "Content-Encoding: compress"))
    formats = [each.name for each in REPORTERS]
    for done in in_formats("scan", "--isolated", "site.warc", formats=formats, cwd=tmp_path).values():
        assert done.code == 1
        assert "p4ssw0rd" not in done.out + done.err


def test_archives_in_archives_end(tmp_path: Path) -> None:
    data = ENCODED
    for _ in range(50):
        data = response(f"{SITE}/site.warc", data)
    (tmp_path / "site.warc").write_bytes(data)
    code, report = scan(tmp_path, "site.warc")
    assert code == 3
    assert "web archives deep" in report["skipped"][0]["reason"]


def test_processes_and_one_process_find_the_same(tmp_path: Path) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.fail("needs two CPUs")
    filler = "y" * 3_000_000
    (tmp_path / "site.warc.gz").write_bytes(
        gzipped(response(f"{SITE}/{n}.js", f"{filler}\n{SCRIPT}") for n in range(15))
    )
    first, second = (scan(tmp_path, "site.warc.gz", "--jobs", jobs, start=installed)[1] for jobs in "12")
    assert first["findings"] == second["findings"]
    assert first["coverage"] == second["coverage"]
    assert len(first["findings"][0]["also_at"]) == 14


FOLDERS = ("vite-react/dist", "webpack5/dist", "esbuild/dist", "rollup-terser/dist", "astro/dist")


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("ending", [".warc", ".warc.gz", ".warc.zst"])
def test_an_archive_of_a_build_has_the_findings_of_its_files(tmp_path: Path, name: str, ending: str) -> None:
    """Apart from where they are: whatever encoding each response has."""
    top = ROOT / "fixtures" / name
    files = sorted(each for each in top.rglob("*") if each.is_file())
    assert files
    records, lines = [], []
    for number, file in enumerate(files):
        url = f"{SITE}/{file.relative_to(top).as_posix()}"
        lines.append(json.dumps({"path": str(file), "url": url}))
        data, headers = file.read_bytes(), ["Content-Type: application/octet-stream"]
        if number % 2:
            data, headers = gzip.compress(data), [*headers, "Content-Encoding: gzip"]
        if number % 3:
            data, headers = chunked(data, 1000), [*headers, "Transfer-Encoding: chunked"]
        records.append(response(url, data, *headers))
    pack = next(pack for end, pack in PACKINGS.values() if end == ending)
    (tmp_path / f"site{ending}").write_bytes(pack(records))
    (tmp_path / "urls.jsonl").write_text("\n".join(lines))
    code, report = scan(tmp_path, f"site{ending}")
    saved_code, saved = scan(tmp_path, str(top), "--url-manifest", "urls.jsonl")
    assert (code, _bare(report)) == (saved_code, _bare(saved))
    assert report["findings"] or name.startswith("astro")


def _bare(report: dict[str, Any]) -> object:
    """Return the findings and skips without what names the recording."""
    text = json.dumps([report["findings"], report["skipped"], report["coverage"]["maps"]])

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(each) for key, each in value.items() if key not in _OF_RECORDING}
        return [without(each) for each in value] if isinstance(value, list) else value

    return without(json.loads(text))


_OF_RECORDING = frozenset({"recording", "record", "record_offset"})
