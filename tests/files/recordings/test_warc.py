"""WARC files: what becomes of each record, and that no byte in one breaks the scan."""

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.run_budget import RunBudget
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.files.recordings.entries import WarcEntry
from frontleak.files.recordings.warc import WarcFile, warc_entries
from tests.support.warc import (
    PACKINGS,
    chunked,
    gzipped,
    gzipped_whole,
    plain,
    record,
    request,
    response,
    write_cdxj,
    zstandard,
)
from tests.support.zstd import compress

URL = "https://a.example/app.js"
FILE = FileEntry("site.warc", "/nowhere/site.warc", 0, Exposure.SERVED)
MOST = 100_000


def scanned(data: bytes, most: int = MOST, file: FileEntry = FILE) -> Iterator[Blob | Diagnostic]:
    """Yield what a listing and a worker make of an archive."""
    opened = partial(io.BytesIO, data)
    warc = WarcFile(opened, file.shown, most, RunBudget())
    for entry in warc_entries(file, most, lambda _: opened()):
        if isinstance(entry, Diagnostic):
            yield entry
        else:
            yield from warc.parts(entry)


def told(data: bytes) -> dict[str, tuple[Exposure, bytes]]:
    found = list(scanned(data))
    assert not [each.message for each in found if isinstance(each, Diagnostic)]
    return {each.origin.display: (each.exposure, each.data) for each in found if isinstance(each, Blob)}


def messages(data: bytes, most: int = MOST) -> list[tuple[str, bool]]:
    return [(each.message, each.incomplete) for each in scanned(data, most) if isinstance(each, Diagnostic)]


def body(*headers: str, data: bytes) -> bytes:
    return told(response(URL, data, *headers))[URL][1]


def test_what_a_record_without_content_gives_is_nothing() -> None:
    assert told(record("metadata", URL, b"") + record("resource", URL, b"") + record("revisit", URL, b"")) == {}


def test_body_headers_and_request_are_apart() -> None:
    data = response(URL, "body", "X-Key: k", "Set-Cookie: s=t") + request(URL, "Authorization: a", "Cookie: b=c")
    found = told(data)
    assert found.pop(URL) == (Exposure.SERVED, b"body")
    assert found.pop(f"{URL} (response headers)") == (Exposure.SERVED, b"X-Key: k")
    assert found.pop(f"{URL} (cookies set)") == (Exposure.REQUEST, b"Set-Cookie: s=t")
    sent = b"GET / HTTP/1.1\r\nAuthorization: a\r\nCookie: b=c\r\n\r\n"
    assert found.pop(f"{URL} (request)") == (Exposure.REQUEST, sent)
    assert not found


def test_other_types_of_records() -> None:
    found = told(
        record("warcinfo", "", b"software: wget")
        + record("metadata", URL, b"via: x")
        + record("resource", "metadata://gnu.org/software/wget/warc/wget_arguments.txt", b"--password x")
        + record("resource", "ftp://a.example/x", b"file")
        + record("conversion", URL, b"text")
        + record("revisit", "https://a.example/r", b"HTTP/1.1 200 OK\r\nX-Key: k\r\n\r\n")
    )
    exposures = {name: exposure for name, (exposure, _) in found.items()}
    assert exposures == {
        "about:record-at-0 (crawl)": Exposure.REQUEST,
        f"{URL} (metadata)": Exposure.REQUEST,
        "metadata://gnu.org/software/wget/warc/wget_arguments.txt (crawl)": Exposure.REQUEST,
        "ftp://a.example/x": Exposure.SERVED,
        URL: Exposure.SERVED,
        "https://a.example/r (response headers)": Exposure.SERVED,
    }


@pytest.mark.parametrize("kind", PACKINGS)
def test_every_packing_gives_the_same(kind: str) -> None:
    records = [response(f"{URL}?{number}", f"body {number}", f"X-N: {number}") for number in range(20)]
    ending, pack = PACKINGS[kind]
    file = FILE._replace(shown=f"site{ending}")
    found = [each for each in scanned(pack(records), file=file) if isinstance(each, Blob)]
    assert [each.data for each in found[::2]] == [f"body {number}".encode() for number in range(20)]
    assert [each.origin.number for each in found[::2]] == list(range(1, 21))  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", PACKINGS)
def test_large_bodies_of_every_kind(kind: str) -> None:
    import random

    chance = random.Random(kind)
    bodies = [bytes(3_000_000), chance.randbytes(1_000_000), b"ab" * 900_000, chance.randbytes(70_000) * 9, b"x"]
    data = PACKINGS[kind][1]([record("resource", URL, each) for each in bodies])
    assert [each.data for each in scanned(data, most=4_000_000) if isinstance(each, Blob)] == bodies


def test_members_with_several_records_each() -> None:
    records = [response(f"{URL}?{number}", "x" * 3000 + str(number)) for number in range(9)]
    data = b"".join(gzipped_whole(records[at : at + 3]) for at in (0, 3, 6))
    found = [each for each in scanned(data) if isinstance(each, Blob)]
    assert [each.data[3000:] for each in found] == [str(number).encode() for number in range(9)]


ENCODED = {
    "gzip": gzip.compress(b"body"),
    "x-gzip": gzip.compress(b"body"),
    "deflate": zlib.compress(b"body"),
    "Deflate": zlib.compress(b"body")[2:-4],
    "zstd": compress(b"body"),
    "gzip, zstd": compress(gzip.compress(b"body")),
    "identity": b"body",
}


@pytest.mark.parametrize("coding", ENCODED)
def test_encodings_are_undone(coding: str) -> None:
    assert body(f"Content-Encoding: {coding}", data=ENCODED[coding]) == b"body"
    assert body(f"Content-encoding:{coding}", "Transfer-Encoding: chunked", data=chunked(ENCODED[coding])) == b"body"


def test_brotli_is_undone() -> None:
    import brotli

    text = b"body of some length, in words that are compressed well: body body body body body body"
    assert body("Content-Encoding: br", data=brotli.compress(text)) == text
    assert body("Content-Encoding: br", data=text) == text


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd"])
def test_a_body_that_was_stored_without_its_encoding_is_taken_as_it_is(coding: str) -> None:
    text = b"const some = 'script that is long enough to be known as text, and is not compressed at all';"
    assert body(f"Content-Encoding: {coding}", "Transfer-Encoding: chunked", data=text) == text


def test_chunks_that_are_cut_off_are_told() -> None:
    assert messages(response(URL, b"5\r\nabcde\r\n9\r\nab", "Transfer-Encoding: chunked")) == [
        ("has chunks that are damaged or cut off", True)
    ]
    assert body("Transfer-Encoding: chunked", data=b"5\r\nabcde\r\n") == b"abcde"


def test_what_cannot_be_decoded_is_told() -> None:
    broken = gzip.compress(b"x" * 1000)[:-12]
    assert messages(response(URL, broken, "Content-Encoding: gzip"))[0][1]
    assert messages(response(URL, b"x", "Content-Encoding: compress"))[0][1]
    assert messages(response(URL, b"x", "Content-Encoding: " + "gzip," * 50)) == [
        ("has 50 encodings, of which none was undone", True)
    ]


def test_bombs_stay_under_the_cap() -> None:
    bomb = gzip.compress(bytes(3 * MOST))
    assert messages(response(URL, bomb, "Content-Encoding: gzip")) == [
        ("its body without encodings is over --max-file-size", False)
    ]
    nested = gzip.compress(gzip.compress(gzip.compress(bytes(3 * MOST))))
    assert len(messages(response(URL, nested, "Content-Encoding: gzip, gzip, gzip"))) == 1


def test_the_run_may_decode_no_more_than_its_budget() -> None:
    data = response(URL, gzip.compress(bytes(50_000)), "Content-Encoding: gzip")
    budget = RunBudget((100, 100, 100, 100, 1000))
    found = list(WarcFile(lambda: io.BytesIO(data), "a.warc", MOST, budget).all_parts())
    assert sum(len(each.data) for each in found if isinstance(each, Blob)) < 5000
    assert budget.refused()


def test_a_record_that_is_too_large_is_a_note() -> None:
    assert messages(record("resource", URL, bytes(MOST + 1))) == [("100,001 bytes, over --max-file-size", False)]
    huge = response(URL, bytes(MOST + (2 << 20)))
    assert [is_incomplete for _, is_incomplete in messages(huge)] == [False]


def test_what_the_crawler_cut_off_is_told_once() -> None:
    cut = record("response", URL, b"HTTP/1.1 200 OK\r\n\r\nbo", "WARC-Truncated: length")
    assert len(set(messages(cut + cut))) == 1
    assert not messages(cut)[0][1]


@pytest.mark.parametrize("length", [2**63, 2**63 - 1, 2**64, 2**70, -5, 10**9])
def test_a_false_length_is_damage(length: int) -> None:
    good = response(URL, "body")
    false = record("response", f"{URL}?2", b"HTTP/1.1 200 OK\r\n\r\nx", length=length)
    for data in (plain([good, false, good]), gzipped([good, false, good]), zstandard([good, false, good])):
        found = list(scanned(data))
        assert [each.data for each in found if isinstance(each, Blob)] == [b"body"]
        assert [each.incomplete for each in found if isinstance(each, Diagnostic)] == [True]


@pytest.mark.parametrize(
    "data", [b"", b"\n" * 10, b"text", bytes(100), b"\x1f\x8b", gzip.compress(b"", mtime=0), b"WARC/1.1"]
)
def test_what_is_no_archive_is_told(data: bytes) -> None:
    ((message, is_incomplete),) = messages(data)
    assert is_incomplete, message


def test_lz4_is_refused_with_the_way_out() -> None:
    ((message, is_incomplete),) = messages(b"\x04\x22\x4d\x18" + bytes(50))
    assert is_incomplete
    assert message.startswith("is compressed with lz4, which is not read: recompress it")


def test_a_header_of_megabytes_ends_the_reading() -> None:
    large = record("response", URL, b"", "X: " + "a" * 5_000_000)
    found = list(scanned(response(URL, "body") + large + response(URL, "more")))
    assert [each.data for each in found if isinstance(each, Blob)] == [b"body"]
    assert len(found) == 2


def test_no_url_and_hostile_urls() -> None:
    for url in ("", "<https://a.example/app.js>", "a\0\x1b[31m\u202e", "\udcff", "//[", "x" * 20_000):
        (blob,) = (each for each in scanned(record("resource", url, b"x")) if isinstance(each, Blob))
        assert "\x1b" not in blob.origin.display
        assert len(blob.origin.path) < 9000
    assert told(record("resource", "<https://a.example/app.js>", b"x")).keys() == {URL}


def test_lines_that_end_with_a_line_feed_alone() -> None:
    block = b"HTTP/1.1 200 OK\nX-Key: k\n folded\nContent-Encoding: gzip\n\n" + gzip.compress(b"body")
    found = told(record("response", URL, block))
    assert found[URL][1] == b"body"
    assert found[f"{URL} (response headers)"][1] == b"X-Key: k\n folded\nContent-Encoding: gzip"


RECORDS = (
    response(URL, "first body", "Content-Type: text/javascript"),
    request(URL, "Cookie: a=b"),
    response(f"{URL}?2", gzip.compress(b"second body"), "Content-Encoding: gzip", "Set-Cookie: c=d"),
    record("resource", "ftp://a.example/", b"third"),
)


@pytest.mark.parametrize("kind", PACKINGS)
def test_every_beginning_gives_a_part_of_the_whole_and_is_told(kind: str) -> None:
    """Cut off anywhere: what is found was in the whole, and silence means that records ended there."""
    _, pack = PACKINGS[kind]
    data = pack(RECORDS)
    whole = {(each.origin.display, each.data) for each in scanned(data) if isinstance(each, Blob)}
    silent: set[int] = set()
    for end in range(len(data)):
        found = list(scanned(data[:end]))
        assert {(each.origin.display, each.data) for each in found if isinstance(each, Blob)} <= whole
        if not [each for each in found if isinstance(each, Diagnostic) and each.incomplete]:
            silent.add(end)
    if kind == "gzip as a whole":
        assert not silent
        return
    ends = {sum(len(each) for each in _members(pack, count)) for count in range(1, len(RECORDS))}
    if kind == "zstd with a dictionary":
        assert len(silent) == len(RECORDS) - 1
    else:
        # the empty lines behind a record hold nothing
        assert {min(end for end in ends | {len(data)} if end >= at) - at < 5 for at in silent} == {True}


def _members(pack: object, count: int) -> Sequence[bytes]:
    assert callable(pack)
    return [pack([each]) for each in RECORDS[:count]]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_breaks_it(data: st.DataObject) -> None:
    _, pack = PACKINGS[data.draw(st.sampled_from(sorted(PACKINGS)))]
    made = bytearray(pack(RECORDS))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(made) - 1))
        made[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        made = made or bytearray(b"x")
    list(scanned(bytes(made)))


def test_after_damage_an_index_leads_to_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "site.warc.gz"
    data = bytearray(gzipped(RECORDS))
    second = len(gzipped(RECORDS[:1]))
    data[second + 40] ^= 255
    path.write_bytes(data)
    file = FileEntry("site.warc.gz", str(path), len(data), Exposure.SERVED)
    found = list(scanned(bytes(data), file=file))
    (problem,) = (each for each in found if isinstance(each, Diagnostic))
    assert "only the 1 record before it could be read; with a CDX index beside it" in problem.message
    write_cdxj(tmp_path / "site.cdxj", path, RECORDS, gzipped)
    found = list(scanned(bytes(data), file=file))
    bodies = [each.data for each in found if isinstance(each, Blob) and each.origin.display[-1] != ")"]
    assert bodies == [b"first body", b"second body", b"third"]
    problems = [each.message for each in found if isinstance(each, Diagnostic)]
    assert problems == [
        f"has a record at byte {second} that is damaged",
        "is damaged after byte 0: only the 1 record before it could be read; its index site.cdxj led to 3 more",
    ]


def test_indexes_of_columns_and_false_ones(tmp_path: Path) -> None:
    from frontleak.files.recordings.cdx import index_on_disk, offsets_in

    archive = tmp_path / "a.warc.gz"
    index = tmp_path / "a.warc.gz.cdx"
    assert index_on_disk(str(archive)) is None
    index.write_text(" CDX a V g\nhttps://x 20 a.warc.gz\nhttps://x 10 other.warc.gz\nhttps://x 5 /data/a.warc.gz\n")
    found = index_on_disk(str(archive))
    assert found is not None
    assert found.name == index.name
    assert offsets_in(found, str(archive), 7) == [20]
    index.write_text(
        'com 2026 {"offset": "x"}\ncom {"offset": 3}\ncom 2 {[}\n}\n{"offset": 99999999999999999999}\nx y\n'
    )
    assert offsets_in(found, str(archive), -1) == [3]


def test_a_body_is_found_by_its_url() -> None:
    data = gzipped(
        [
            response(f"{URL}.map", "not found", status="404 Not Found"),
            response(f"{URL}.map", gzip.compress(b"{}"), "Content-Encoding: gzip"),
            response(f"{URL}.map", "later"),
        ]
    )
    warc = WarcFile(lambda: io.BytesIO(data), "a.warc.gz", MOST, RunBudget())
    assert warc.body(f"{URL}.map") == b"{}"
    assert warc.body(URL) is None


@pytest.mark.parametrize("kind", PACKINGS)
def test_a_look_up_does_not_disturb_the_reading_in_order(kind: str) -> None:
    import random

    bodies = [random.Random(number).randbytes(300_000) for number in range(6)]
    data = PACKINGS[kind][1]([record("resource", f"{URL}?{number}", each) for number, each in enumerate(bodies)])
    warc = WarcFile(lambda: io.BytesIO(data), "a.warc", 10 * MOST, RunBudget())
    found = []
    for part in warc.all_parts():
        assert isinstance(part, Blob), part
        found.append(part.data)
        assert warc.body(f"{URL}?nothing") is None
    assert found == bodies


def test_an_entry_is_small_and_says_where() -> None:
    data = gzipped(RECORDS)
    entries = list(warc_entries(FILE, MOST, lambda _: io.BytesIO(data)))
    offsets = [each.offset for each in entries if isinstance(each, WarcEntry)]
    assert offsets == [len(gzipped(RECORDS[:count])) for count in range(len(RECORDS))]
