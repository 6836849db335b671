"""The web archives that the sources are measured with."""

from pathlib import Path

from bench.sources import check, files_of, places, record, url_of, write_archive
from frontleak.core.run_budget import RunBudget
from frontleak.files.recordings.warc import warc_of_bytes
from tests.support.shipped import fake


def test_a_record_is_read_as_it_was(tmp_path: Path) -> None:
    text = b"const a = 1;\n" * 3000
    for encoded in (False, True):
        for chunked in (False, True):
            data = record("https://site.example/a.js", text, encoded=encoded, chunked=chunked)
            first = next(iter(warc_of_bytes(data, "a.warc", 10**6, RunBudget()).all_parts()))
            assert getattr(first, "data", b"") == text


def test_places_have_no_paths() -> None:
    place = {"path": "a", "line": 1, "column": 2, "via": [], "label": ""}
    finding = {"rule": "r", "secret": "s", **place, "also_at": [place | {"path": "b"}]}
    assert places({"findings": [finding]}) == {("r", "s", 1, 2, (), ""): 2}


def test_an_archive_without_a_file_is_noticed(tmp_path: Path) -> None:
    top = tmp_path / "view"
    top.mkdir()
    (top / "a.js").write_text(f'x="{fake("sanity-token")}"')
    whole = write_archive(tmp_path / "whole.warc", top, lambda data: data)
    (tmp_path / "empty.warc").write_bytes(record(url_of(files_of(top)[0], top), b"x", encoded=False, chunked=False))
    assert check(top, tmp_path, [whole])
    assert not check(top, tmp_path, [tmp_path / "empty.warc"])
