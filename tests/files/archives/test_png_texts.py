"""Compressed texts of PNG images are members; other images are not opened."""

import struct
import zlib
from typing import Final

import pytest

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Diagnostic, Level
from frontleak.core.origins import FileOrigin
from frontleak.files.archives.expand import UnpackLimits, expand
from frontleak.files.archives.magic_numbers import may_be_archive

LIMITS: Final = UnpackLimits()
TEXT: Final = b'{"type":"excalidraw","token":"fake"}' * 40


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> Blob:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    data = (
        b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", zlib.compress(bytes(4))) + chunk(b"IEND", b"")
    )
    return Blob(origin=FileOrigin(path="a.png"), data=data)


def opened(blob: Blob, limits: UnpackLimits = LIMITS) -> list[tuple[str, bytes] | tuple[str, Level]]:
    found = list(expand(blob, limits))
    return [
        (each.message, each.level) if isinstance(each, Diagnostic) else (each.origin.display, each.data)
        for each in found
    ]


SILENT: Final = {
    "an image without texts": (),
    "a plain text": (chunk(b"tEXt", b"Comment\0" + TEXT),),
    "a plain international text": (chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + TEXT),),
    "the name of a chunk in pixels": (chunk(b"IDAT", b"zTXt" + TEXT),),
    "a keyword that does not end": (chunk(b"iTXt", b"x" * 90),),
    "a language that does not end": (chunk(b"iTXt", b"a\0\1\0de"),),
}


@pytest.mark.parametrize("chunks", SILENT.values(), ids=SILENT)
def test_nothing_is_opened(chunks: tuple[bytes, ...]) -> None:
    assert [each for each in opened(png(*chunks)) if each[1] != b""] == []


def test_an_image_without_texts_costs_no_import() -> None:
    assert not may_be_archive(png())
    assert may_be_archive(png(chunk(b"zTXt", b"a\0\0" + zlib.compress(TEXT))))


def test_compressed_texts_are_members() -> None:
    packed = zlib.compress(TEXT)
    image = png(chunk(b"zTXt", b"mxfile\0\0" + packed), chunk(b"iTXt", b"note\0\1\0de\0Notiz\0" + packed))
    assert opened(image) == [("a.png!/mxfile", TEXT), ("a.png!/note", TEXT)]


def test_a_broken_text_is_a_note() -> None:
    (problem,) = opened(png(chunk(b"zTXt", b"a\0\0x\x9c" + b"\xff" * 60)))
    assert problem[1] is Level.NOTE


def test_a_bomb_is_cut() -> None:
    image = png(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(4_000_000))))
    found = opened(image, UnpackLimits(total_bytes=1_000_000, ratio_free=100_000))
    assert isinstance(found[-1][1], Level)
    assert sum(len(each[1]) for each in found if isinstance(each[1], bytes)) < 3_000_000


def test_a_length_beyond_the_end_is_no_error() -> None:
    data = png(chunk(b"zTXt", b"a\0\0" + zlib.compress(TEXT))).data
    for end in range(8, len(data)):
        list(expand(Blob(origin=FileOrigin(path="a.png"), data=data[:end] + b"\xff" * 9), LIMITS))
