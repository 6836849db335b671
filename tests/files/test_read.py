"""Bytes become a blob: the encoding is detected from the content, for any content."""

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import FileOrigin, StdinOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.files.read import read_item, read_stdin, to_blob
from tests.support import zstd

TEXT: Final = 'const a = "ä€🔑";\nconst b = 1;\n'
LONG: Final = "const name = 'value';\n" * 500

RUNS: Final = zstd.compress(bytes(50_000_000))

# Bytes of the file, bytes to scan, kind.
CONTENTS: Final[Mapping[str, tuple[bytes, bytes, str]]] = {
    "nothing": (b"", b"", "text"),
    "ASCII": (b"const a = 1", b"const a = 1", "text"),
    "UTF-8": (TEXT.encode(), TEXT.encode(), "text"),
    "Latin-1 stays as it is": ("é = 1".encode("latin-1"), b"\xe9 = 1", "text"),
    "control characters stay as they are": (b"\x1b[31m\x07\x08", b"\x1b[31m\x07\x08", "text"),
    "UTF-16 with a mark, low byte first": (b"\xff\xfe" + TEXT.encode("utf-16-le"), TEXT.encode(), "utf-16"),
    "UTF-16 with a mark, high byte first": (b"\xfe\xff" + TEXT.encode("utf-16-be"), TEXT.encode(), "utf-16"),
    "UTF-16 without a mark, low byte first": (TEXT.encode("utf-16-le"), TEXT.encode(), "utf-16"),
    "UTF-16 without a mark, high byte first": (TEXT.encode("utf-16-be"), TEXT.encode(), "utf-16"),
    "long UTF-16 without a mark": (LONG.encode("utf-16-le"), LONG.encode(), "utf-16"),
    "a mark alone": (b"\xff\xfe", b"", "utf-16"),
    "UTF-16 that is cut in the middle of a character": (b"\xff\xfea\0b", "a\ufffd".encode(), "utf-16"),
    "UTF-16 with half a pair": (b"\xff\xfea\0\x3d\xd8b\0", "a\ufffdb".encode(), "utf-16"),
    "UTF-16 with a zero in the text": (b"\xff\xfea\0\0\0b\0", b"a\0b", "utf-16"),
    "UTF-32 with a mark, low byte first": (b"\xff\xfe\0\0" + TEXT.encode("utf-32-le"), TEXT.encode(), "utf-32"),
    "UTF-32 with a mark, high byte first": (b"\0\0\xfe\xff" + TEXT.encode("utf-32-be"), TEXT.encode(), "utf-32"),
    "UTF-32 without a mark, low byte first": (TEXT.encode("utf-32-le"), TEXT.encode(), "utf-32"),
    "UTF-32 without a mark, high byte first": (TEXT.encode("utf-32-be"), TEXT.encode(), "utf-32"),
    "long UTF-32 without a mark": (LONG.encode("utf-32-be"), LONG.encode(), "utf-32"),
    "a mark of UTF-32 alone": (b"\0\0\xfe\xff", b"", "utf-32"),
    "UTF-32 with no character": (b"\0\0\xfe\xffa\0\0\0\0\0\0b", "\ufffdb".encode(), "utf-32"),
    "UTF-16 that begins with a zero": (b"\xff\xfe\0\0a\0", b"\0a", "utf-16"),
    "numbers of four bytes": (b"\x05\0\0\0\x07\0\0\0" * 2_000, b"\x05\0\0\0\x07\0\0\0" * 2_000, "binary"),
    "numbers of four bytes, some like letters": (
        b"\x05\0\0\0\x41\0\0\0\xff\xff\xff\xff" * 999,
        b"\x05\0\0\0\x41\0\0\0\xff\xff\xff\xff" * 999,
        "binary",
    ),
    "a zero byte": (b"\0", b"\0", "binary"),
    "two zero bytes": (b"\0\0", b"\0\0", "binary"),
    "zeros": (bytes(10_000), bytes(10_000), "binary"),
    "a zero byte in text": (b"const a = 1\0const b = 2", b"const a = 1\0const b = 2", "binary"),
    "every byte": (bytes(range(256)) * 20, bytes(range(256)) * 20, "binary"),
    "WebAssembly": (b"\0asm\x01\0\0\0" + b"\x07code", b"\0asm\x01\0\0\0\x07code", "binary"),
    "numbers of two bytes": (b"\x05\0\x07\0" * 2_000, b"\x05\0\x07\0" * 2_000, "binary"),
    "zstd of zeros, which is lengths of runs": (RUNS, RUNS, "binary"),
    "a zero byte far from the beginning": (b"x" * 9000 + b"\0", b"x" * 9000 + b"\0", "text"),
}


@pytest.mark.parametrize(("data", "expected", "kind"), CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("way", ["a file", "standard input"])
def test_content_is_told_by_its_bytes(tmp_path: Path, data: bytes, expected: bytes, kind: str, way: str) -> None:
    if way == "a file":
        file = tmp_path / "name.js"
        file.write_bytes(data)
        item = FileEntry("name.js", str(file), len(data), Exposure.SERVED)
        assert read_item(item, 1 << 20) == Blob(
            origin=FileOrigin(path="name.js"), data=expected, exposure=Exposure.SERVED, kind=kind
        )
    else:
        assert read_stdin(io.BytesIO(data), 1 << 20) == Blob(
            origin=StdinOrigin(), data=expected, exposure=Exposure.SERVED, kind=kind
        )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("length", [2, 3, 10, 2047, 2048, 2049, 5000])
def test_text_of_any_length_survives_utf_16(encoding: str, length: int) -> None:
    text = "abc;\n" * length
    blob = to_blob(StdinOrigin(), text[:length].encode(encoding), Exposure.SERVED)
    assert (blob.data.decode(), blob.kind) == (text[:length], "utf-16")


def test_a_file_is_read_whole_when_it_has_grown_since_it_was_listed(tmp_path: Path) -> None:
    file = tmp_path / "a.js"
    file.write_bytes(b"x" * 3_000_000)
    blob = read_item(FileEntry("a.js", str(file), 5, Exposure.SOURCE), 1 << 30)
    assert isinstance(blob, Blob)
    assert len(blob.data) == 3_000_000


def test_standard_input_over_the_limit_is_a_failure_and_is_not_read_to_its_end() -> None:
    stream = io.BytesIO(b"x" * 5_000_000)
    skip = read_stdin(stream, 1000)
    assert isinstance(skip, Diagnostic)
    assert skip.incomplete
    assert "over --max-file-size" in skip.message
    assert stream.tell() < 5_000_000


def test_standard_input_at_the_limit_is_read() -> None:
    blob = read_stdin(io.BytesIO(b"x" * 1000), 1000)
    assert isinstance(blob, Blob)
    assert len(blob.data) == 1000


def test_a_file_that_grows_while_it_is_read_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a log is: the size is asked for before reading, and reading must end all the same."""
    (tmp_path / "a.log").write_bytes(b"x" * 100)
    read = 0

    def endless(descriptor: int, length: int) -> bytes:
        nonlocal read
        read += length
        return b"x" * length

    monkeypatch.setattr(os, "read", endless)
    found = read_item(FileEntry("a.log", str(tmp_path / "a.log"), 100, Exposure.SOURCE), 3_000_000)
    assert isinstance(found, Diagnostic)
    assert found.message.startswith("grew while it was read: over 3,")
    assert read < 5_000_000
