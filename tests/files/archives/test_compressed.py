"""Single compressed files yield their content, or its readable part and the reason why the rest is missing."""

import bz2
import gzip
import lzma
import os
import sys
from collections.abc import Callable, Mapping
from typing import Final

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import FileOrigin, MemberOrigin, StdinOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.files.archives.expand import UnpackLimits, expand, twin_of
from tests.support import zstd
from tests.support.paths import FIXTURES

TEXT: Final = b"".join(b"export const name%d = 'value %d';\n" % (at, at * at) for at in range(20_000))


def unpack(name: str, data: bytes, limits: UnpackLimits | None = None) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """Open data under a name, and return the members by name and the skips."""
    out = list(expand(Blob(origin=FileOrigin(path=name), data=data), limits or UnpackLimits()))
    blobs = [found for found in out if isinstance(found, Blob)]
    found = {blob.origin.member if isinstance(blob.origin, MemberOrigin) else "?": blob.data for blob in blobs}
    assert len(found) == len(blobs)
    return found, [skip for skip in out if isinstance(skip, Diagnostic)]


def zstd_without_size(data: bytes) -> bytes:
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.content_size_flag: 0})
    return packer.compress(data) + packer.flush()


def packed_fast(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=4))


# Suffix -> compression function.
WAYS: Final[Mapping[str, tuple[str, Callable[[bytes], bytes]]]] = {
    "gzip": (".gz", gzip.compress),
    "brotli": (".br", packed_fast),
    "zstd": (".zst", zstd.compress),
    "zstd without a size": (".zst", zstd_without_size),
    "zstd with a checksum": (
        ".zst",
        lambda data: zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1}),
    ),
    "bzip2": (".bz2", bz2.compress),
    "xz": (".xz", lzma.compress),
}
each_way = pytest.mark.parametrize(("ending", "compress"), WAYS.values(), ids=WAYS)


@pytest.mark.parametrize(
    ("path", "twin"),
    [
        ("dist/app.js", None),
        ("dist/app.gz.js", None),
        ("dist/.gz", None),
        (".br", None),
        ("app.tgz", None),
        ("dist/app.js.gz", "dist/app.js"),
        ("dist/app.js.br", "dist/app.js"),
        ("app.js.zst", "app.js"),
        ("app.js.gz.br", "app.js.gz"),
    ],
)
def test_a_twin_is_told_by_its_ending(path: str, twin: str | None) -> None:
    assert twin_of(path) == twin


@pytest.mark.parametrize(
    ("name", "data"),
    {
        "text named like brotli": ("notes.br", TEXT),
        "text with letters of other scripts, named like brotli": ("notes.br", "Grüße 你好 ".encode() * 40),
        "text named like gzip": ("notes.gz", TEXT),
        "text named like zstd": ("notes.zst", TEXT),
        "nothing, named like gzip": ("a.gz", b""),
        "text that begins like bzip2": ("a.txt", b"BZh9 is how bzip2 begins"),
        "gzip of an unknown method": ("a.gz", b"\x1f\x8b\x07" + bytes(40)),
    }.values(),
)
def test_what_only_looks_compressed_is_left_alone(name: str, data: bytes) -> None:
    assert unpack(name, data) == ({}, [])


@each_way
@pytest.mark.parametrize("content", [b"x", TEXT, os.urandom(300_000), bytes(3_000_000)], ids=len)
def test_the_content_comes_out(ending: str, compress: Callable[[bytes], bytes], content: bytes) -> None:
    assert unpack("app.js" + ending, compress(content)) == ({"": content}, [])


@each_way
def test_no_content_is_no_blob(ending: str, compress: Callable[[bytes], bytes]) -> None:
    assert unpack("app.js" + ending, compress(b"")) == ({}, [])


@each_way
def test_the_blob_says_where_it_comes_from(ending: str, compress: Callable[[bytes], bytes]) -> None:
    origin = FileOrigin(path="dist/app.4f3c2a1b.js" + ending)
    (blob,) = expand(Blob(origin=origin, data=compress(TEXT), exposure=Exposure.SERVED), UnpackLimits())
    assert blob == Blob(origin=MemberOrigin(container=origin, member=""), data=TEXT, exposure=Exposure.SERVED)
    assert blob.origin.logical_path == "dist/app.[hash].js"


def test_standard_input_is_opened_too() -> None:
    (blob,) = expand(Blob(origin=StdinOrigin(), data=gzip.compress(TEXT)), UnpackLimits())
    assert isinstance(blob, Blob)
    assert (blob.origin.path, blob.data) == ("<stdin>", TEXT)


@pytest.mark.parametrize("how", ["gzip", "zstd", "zstd with a checksum", "bzip2", "xz"])
def test_several_streams_one_after_the_other_are_one_content(how: str) -> None:
    ending, compress = WAYS[how]
    assert unpack("a" + ending, compress(b"one ") + compress(b"") + compress(b"two")) == ({"": b"one two"}, [])


def test_a_skippable_frame_of_zstd_is_skipped() -> None:
    frame = zstd.compress(b"one")
    assert unpack("a.zst", frame + b"\x52\x2a\x4d\x18\x03\0\0\0abc" + frame) == ({"": b"oneone"}, [])


@pytest.mark.parametrize("how", ["gzip", "bzip2", "xz"])
def test_what_follows_the_last_stream_is_no_fault(how: str) -> None:
    ending, compress = WAYS[how]
    assert unpack("a" + ending, compress(TEXT) + bytes(700)) == ({"": TEXT}, [])


@each_way
def test_utf_16_inside_is_rewritten(ending: str, compress: Callable[[bytes], bytes]) -> None:
    (blob,) = expand(
        Blob(origin=FileOrigin(path="a.js" + ending), data=compress("token = 'ä'".encode("utf-16"))), UnpackLimits()
    )
    assert isinstance(blob, Blob)
    assert (blob.kind, blob.data) == ("utf-16", "token = 'ä'".encode())


CONTENTS: Final = (b"short text", TEXT[:100_000], os.urandom(40_000))
PACKED: Final = {(ending, compress): [compress(content) for content in CONTENTS] for ending, compress in WAYS.values()}


@each_way
@given(data=st.data(), which=st.integers(0, len(CONTENTS) - 1))
def test_cut_off_data_gives_its_beginning(
    ending: str, compress: Callable[[bytes], bytes], data: st.DataObject, which: int
) -> None:
    content, packed = CONTENTS[which], PACKED[ending, compress][which]
    cut = data.draw(st.integers(10, len(packed) - 1))
    found, skips = unpack("a.js" + ending, packed[:cut])
    assert content.startswith(found.get("", b""))
    assert len(skips) == 1
    assert skips[0].incomplete
    assert skips[0].origin.path == "a.js" + ending


def test_a_wrong_checksum_is_said() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-8] ^= 1
    found, (skip,) = unpack("a.gz", bytes(packed))
    assert TEXT.startswith(found[""])
    assert skip.incomplete
    assert "check" in skip.message


def test_zstd_that_needs_much_memory_is_refused() -> None:
    parameters = zstd.CompressionParameter
    packer = zstd.ZstdCompressor(options={parameters.window_log: 27, parameters.content_size_flag: 0})
    found, (skip,) = unpack("a.zst", packer.compress(TEXT) + packer.flush())
    assert found == {}
    assert skip.incomplete


ZSTD_ADVICE = "a Python built with zstd" if sys.version_info >= (3, 14) else 'pip install "backports.zstd"'


@pytest.mark.parametrize(
    ("how", "module", "advice"),
    [
        ("brotli", "brotli", 'pip install "brotli>=1.2"'),
        ("zstd", zstd.MODULE, ZSTD_ADVICE),
        ("bzip2", "bz2", "a Python built with bzip2"),
        ("xz", "lzma", "a Python built with xz"),
    ],
)
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, how: str, module: str, advice: str) -> None:
    ending, compress = WAYS[how]
    packed = compress(TEXT)
    monkeypatch.setitem(sys.modules, module, None)
    found, (skip,) = unpack("a" + ending, packed)
    assert found == {}
    assert skip.incomplete
    assert skip.message.endswith(advice)


def test_a_brotli_that_cannot_limit_its_output_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        def process(self, data: bytes) -> bytes:
            return data

        def can_accept_more_data(self) -> bool:
            return True

        def is_finished(self) -> bool:
            return False

    monkeypatch.setattr(brotli, "Decompressor", Old)
    found, (skip,) = unpack("a.br", b"\x0b\x05\x80hello world\x03")
    assert found == {}
    assert skip.message.endswith('pip install "brotli>=1.2"')


@pytest.mark.parametrize("name", ["gzip", "brotli", "zstd", "bzip2", "xz"])
def test_the_content_of_the_content_is_opened(name: str) -> None:
    ending, compress = WAYS[name]
    out = list(expand(Blob(origin=FileOrigin(path="a.br" + ending), data=compress(packed_fast(TEXT))), UnpackLimits()))
    assert [found.data for found in out if isinstance(found, Blob)] == [packed_fast(TEXT), TEXT]


def test_what_real_builds_compress_is_what_lies_beside_it() -> None:
    paths = [path for app in ("sveltekit", "sveltekit-static") for path in (FIXTURES / app / "build").rglob("*.*")]
    packed = [path for path in paths if path.suffix in {".gz", ".br"}]
    assert len(packed) > 50
    for path in packed:
        assert unpack(str(path), path.read_bytes()) == ({"": path.with_suffix("").read_bytes()}, []), path
