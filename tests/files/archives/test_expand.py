"""Opening costs nothing for ordinary files, and no more than the limits for hostile ones."""

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import GeneratorType
from typing import Final

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import FileOrigin, MemberOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.files.archives.expand import UnpackLimits, expand
from tests.files.archives.test_png_texts import chunk, png
from tests.support import zstd

MEGABYTE: Final = 1 << 20


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def opened(name: str, data: bytes, limits: UnpackLimits | None = None) -> Iterator[Blob | Diagnostic]:
    return expand(Blob(origin=FileOrigin(path=name), data=data), limits or UnpackLimits())


def names(found: Iterator[Blob | Diagnostic]) -> list[str]:
    return [f"{type(one).__name__} {one.origin.path}" for one in found]


@pytest.mark.parametrize(
    "data", [b"", b"a", b"\x1f", b"const a = 1;" * 1000, b"\0asm\1\0\0\0", b"\x89PNG\r\n\x1a\n" + bytes(99)]
)
def test_an_ordinary_file_gives_nothing_and_starts_nothing(data: bytes) -> None:
    found = opened("dist/app.js", data)
    assert not isinstance(found, GeneratorType)
    assert list(found) == []


@pytest.mark.parametrize("data", [b"\x1f\x8b", b"PK", b"PKZIP", b"BZ 1", b"7z", b"Rar!", b"Cr24", b"Create a file"])
def test_two_bytes_of_an_archive_make_none(data: bytes) -> None:
    assert list(opened("dist/app.js", data)) == []


def test_nested_archives_are_named_from_the_outside_in() -> None:
    inner = gzip.compress(tarred({"package/x.js": b"x"}))
    outer = zipped({"b.js": b"b", "inner.tgz": inner, "c.js.gz": gzip.compress(b"c")})
    assert names(opened("a.zip", outer)) == [
        "Blob a.zip!/b.js",
        "Blob a.zip!/inner.tgz",
        "Blob a.zip!/inner.tgz!/package/x.js",
        "Blob a.zip!/c.js.gz",
        "Blob a.zip!/c.js.gz",
    ]


def test_a_compressed_archive_is_opened_too() -> None:
    assert names(opened("a.zip.gz", gzip.compress(zipped({"b.js": b"b"})))) == ["Blob a.zip.gz", "Blob a.zip.gz!/b.js"]


def test_members_have_the_exposure_of_the_archive_and_a_kind_of_their_own() -> None:
    files = {"a": b"text", "b": b"\0binary\1", "c": "utf-16".encode("utf-16")}
    blob = Blob(origin=FileOrigin(path="a.zip"), data=zipped(files), exposure=Exposure.SERVED)
    found = [one for one in expand(blob, UnpackLimits()) if isinstance(one, Blob)]
    assert [(one.kind, one.data, one.exposure) for one in found] == [
        ("text", b"text", Exposure.SERVED),
        ("binary", b"\0binary\1", Exposure.SERVED),
        ("utf-16", b"utf-16", Exposure.SERVED),
    ]


def test_a_blob_that_is_a_member_keeps_its_container() -> None:
    origin = MemberOrigin(container=FileOrigin(path="a.zip"), member="b.zip")
    (found,) = expand(Blob(origin=origin, data=zipped({"c": b"c"})), UnpackLimits())
    assert found.origin.path == "a.zip!/b.zip!/c"


def test_depth_is_limited() -> None:
    data = zipped({"x.js": b"x"})
    for level in range(4, 0, -1):
        data = zipped({f"{level}.zip": data})
    *blobs, skip = opened("a.zip", data)
    assert [blob.origin.path for blob in blobs][-1] == "a.zip!/1.zip!/2.zip!/3.zip"
    assert isinstance(skip, Diagnostic)
    assert not skip.incomplete
    assert skip.origin.path == "a.zip!/1.zip!/2.zip!/3.zip"


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
def test_the_number_of_members_is_limited(pack: Callable[[Mapping[str, bytes]], bytes]) -> None:
    data = pack({f"{at}": b"x" for at in range(30)})
    *blobs, skip = opened("a", data, UnpackLimits(members=20))
    assert len(blobs) == 20
    assert isinstance(skip, Diagnostic)
    assert (skip.message, skip.incomplete) == ("holds more than 20 members; the rest were not read", False)


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
def test_of_a_large_member_the_beginning_is_read(pack: Callable[[Mapping[str, bytes]], bytes]) -> None:
    data = pack({"large": random.Random(1).randbytes(3 * MEGABYTE), "small": b"small"})
    large, small, skip = opened("a", data, UnpackLimits(member_bytes=MEGABYTE + 7))
    assert isinstance(large, Blob)
    assert len(large.data) == MEGABYTE + 7
    assert isinstance(small, Blob)
    assert small.data == b"small"
    assert isinstance(skip, Diagnostic)
    assert (skip.origin.path, skip.incomplete) == ("a!/large", False)


def test_the_sum_of_all_members_is_limited() -> None:
    data = zipped({f"{at}": random.Random(at).randbytes(MEGABYTE) for at in range(9)})
    *blobs, skip = opened("a", data, UnpackLimits(total_bytes=5 * MEGABYTE))
    assert len(blobs) == 6
    assert isinstance(skip, Diagnostic)
    assert "5,242,880 bytes" in skip.message


def test_a_caller_may_stop_at_any_time() -> None:
    found = opened("a.zip", zipped({"a": b"a", "b": b"b"}))
    next(found)
    assert isinstance(found, GeneratorType)
    found.close()


@cache
def _gzip_of_zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + packer.flush()


def _nested_zips() -> bytes:
    data = zipped({"zeros": bytes(100 * MEGABYTE)})
    for _ in range(4):
        data = zipped({f"{at}.zip": data for at in range(16)})
    return data


def _overlapping(count: int, body: bytes, *, stored: bool) -> bytes:
    packed = body if stored else zlib.compress(body, 9)[2:-4]
    method, check = 0 if stored else 8, zlib.crc32(body)
    first = (
        struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 0, check, len(packed), len(body), 1, 0) + b"a" + packed
    )
    sizes = (len(packed), len(body), 4, 0, 0, 0, 0, 0, 0)
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, method, 0, 0, check, *sizes)
    entries = b"".join(entry + b"%04d" % (at % 10_000) for at in range(count))
    return first + entries + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0, 0, len(entries), len(first), 0)


def _quine() -> bytes:
    """Build a zip whose only member is, by its headers, the archive itself."""
    size = 30 + 5
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 8, 0, 0, 0, 0, 0, 0, 5, 0) + b"r.zip"
    end = size + 46 + 5
    central = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 8, 0, 0, 0, 0, end + 22, end + 22, 5, 0, 0, 0, 0, 0, 0)
    return local + central + b"r.zip" + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, end - size, size, 0)


def _tar_header(size: int, kind: bytes = b"0") -> bytes:
    entry = tarfile.TarInfo("x")
    entry.size, entry.type = size, kind
    return entry.tobuf(tarfile.GNU_FORMAT)


def _asar(header: bytes) -> bytes:
    return struct.pack("<4L", 4, len(header) + 8, len(header) + 4, len(header)) + header


def _hermes(strings: int, characters: int) -> bytes:
    counts = struct.pack("<6L", 0, 1, 0, strings, 1, characters)
    tables = struct.pack("<L", strings) + b"\0\0\0\xff" * strings + struct.pack("<2L", 0, characters)
    return b"\xc6\x1f\xbc\x03\xc1\x03\x19\x1f" + bytes(32) + counts + bytes(64) + tables + b"a" * characters


BOMBS: Final[Mapping[str, tuple[str, Callable[[], bytes]]]] = {
    "gzip of zeros": ("a.gz", lambda: _gzip_of_zeros(400)),
    "gzip of gzip of gzip": ("a.gz", lambda: gzip.compress(gzip.compress(_gzip_of_zeros(400)))),
    "gzip of a million streams": ("a.gz", lambda: gzip.compress(b"") * 1_000_000),
    "brotli of zeros": ("a.br", lambda: brotli.compress(bytes(300 * MEGABYTE), quality=1)),
    "zstd of zeros": ("a.zst", lambda: zstd.compress(bytes(300 * MEGABYTE))),
    "bzip2 of zeros": ("a.bz2", lambda: bz2.compress(bytes(100 * MEGABYTE))),
    "xz of zeros": ("a.xz", lambda: lzma.compress(bytes(200 * MEGABYTE), preset=0)),
    "zip of zeros": ("a.zip", lambda: zipped({"a": bytes(150 * MEGABYTE)})),
    "zip of zips of zips": ("a.zip", _nested_zips),
    "zip of itself": ("r.zip", _quine),
    "zip with overlapping members": ("a.zip", lambda: _overlapping(20_000, bytes(20 * MEGABYTE), stored=False)),
    "zip with overlapping stored members": ("a.zip", lambda: _overlapping(20_000, bytes(20 * MEGABYTE), stored=True)),
    "zip with a million entries": ("a.zip", lambda: _overlapping(1_000_000, b"", stored=True)),
    "tar of huge declared size": ("a.tar", lambda: _tar_header(1 << 62) + b"x"),
    "tar in gzip of huge declared size": ("a.tgz", lambda: gzip.compress(_tar_header(1 << 40)) + _gzip_of_zeros(400)),
    "tar in gzip of a long name": ("a.tgz", lambda: gzip.compress(_tar_header(1 << 40, b"L")) + _gzip_of_zeros(400)),
    "tar of long names": ("a.tar", lambda: _tar_header(0, b"L") * 200_000),
    "tar of empty files": ("a.tar", lambda: _tar_header(0) * 200_000),
    "Electron header of 4 MB of folders": ("a.asar", lambda: _asar(b'{"files":{"a":[' + b"{}," * 1_300_000 + b"{}]}}")),
    "Electron header of 8 MB": ("a.asar", lambda: _asar(b'{"files":{"a":[' + b"{}," * 2_600_000 + b"{}]}}")),
    "Hermes strings that overlap": ("a.hbc", lambda: _hermes(1_000_000, 5_000_000)),
}


@pytest.fixture(scope="module", params=BOMBS.values(), ids=list(BOMBS))
def bomb(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    """Return the name and content of a bomb, made once for the tests that follow."""
    name, make = request.param
    return name, make()


def test_bombs_are_cut_off_in_time(bomb: tuple[str, bytes]) -> None:
    name, data = bomb
    started = time.process_time()
    size = sum(len(one.data) for one in opened(name, data) if isinstance(one, Blob))
    assert time.process_time() - started < 2  # one second, doubled for a busy machine
    assert size <= 600 * MEGABYTE


def test_bombs_are_cut_off_in_memory(bomb: tuple[str, bytes]) -> None:
    name, data = bomb
    tracemalloc.start()
    try:
        for one in opened(name, data):
            assert not isinstance(one, Blob) or len(one.data) <= 80 * MEGABYTE
            del one
        assert tracemalloc.get_traced_memory()[1] < 150 * MEGABYTE
    finally:
        tracemalloc.stop()


VALID: Final = (
    ("a.gz", gzip.compress(b"some text " * 200)),
    ("a.br", brotli.compress(b"some text " * 200)),
    ("a.zst", zstd.compress(b"some text " * 200)),
    ("a.bz2", bz2.compress(b"some text " * 200)),
    ("a.xz", lzma.compress(b"some text " * 200)),
    ("a.zip", zipped({"a/b.js": b"some text " * 200, "c.js.gz": gzip.compress(b"c")})),
    ("b.zip", zipped({"a/b.js": b"some text " * 200}, zipfile.ZIP_BZIP2)),
    ("c.zip", zipped({"inner.zip": zipped({"x": b"x"})}, zipfile.ZIP_STORED)),
    ("a.tar", tarred({"a/b.js": b"some text " * 200, "ü" * 120: b"long"})),
    ("a.tgz", gzip.compress(tarred({"a/b.js": b"some text " * 200}))),
    ("a.asar", _asar(b'{"files":{"a":{"size":3,"offset":"0"},"b":{"files":{}}}}') + b"abc"),
    ("a.hbc", _hermes(9, 90)),
    ("a.png", png(chunk(b"zTXt", b"a\0\0" + zlib.compress(b"some text " * 200))).data),
)


@settings(max_examples=1500, deadline=2000)
@given(valid=st.sampled_from(VALID), seed=st.integers(0, 1 << 32), edits=st.integers(1, 6))
def test_mutated_input_never_raises(valid: tuple[str, bytes], seed: int, edits: int) -> None:
    name, intact = valid
    data, chance = bytearray(intact), random.Random(seed)
    for _ in range(edits):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0:
                del data[at:]
            case 1:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 2:
                data[at:at] = chance.randbytes(chance.randrange(9))
            case 3:
                data[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"])
            case _:
                data[at:at] = data[at : at + chance.randrange(200)]
    found = list(opened(name, bytes(data)))
    assert sum(len(one.data) for one in found if isinstance(one, Blob)) < 50 * MEGABYTE
    assert len([one for one in found if isinstance(one, Diagnostic)]) < 40
