"""Undoes the content encodings of a body, up to a size: a bomb is noticed before it fills memory."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Final

from frontleak.files.archives.limits import UnpackError
from frontleak.files.archives.streams import Compression, decompressed

_KNOWN: Final = {
    "gzip": Compression.GZIP,
    "x-gzip": Compression.GZIP,
    "br": Compression.BROTLI,
    "zstd": Compression.ZSTD,
}
_MOST: Final = 3
"""Encodings of one body."""


def accepted() -> str:
    """Return the header `Accept-Encoding`: what browsers send, as far as it can be read here."""
    return "gzip, br" if find_spec("brotli") else "gzip"


def decoded(data: bytes, header: str, most: int, spend: Callable[[int], None]) -> tuple[bytes, str]:
    """Return a body without its encodings, and why not or not to its end; the reason is empty if it is whole.

    Args:
        data: as received.
        header: `Content-Encoding`.
        most: bytes that it may have in the end.
        spend: told how many bytes were made.
    """
    names = [name for each in header.lower().split(",") if (name := each.strip()) not in {"", "identity"}]
    if len(names) > _MOST:
        return data, f"has {len(names)} content encodings, so it was scanned as it was sent"
    for name in reversed(names):
        if name not in _KNOWN:
            return data, f"has the content encoding {name[:40]!r}, so it was scanned as it was sent"
        data, problem = _undone(data, _KNOWN[name], most, spend)
        if problem:
            return data, problem
    return data, ""


def _undone(data: bytes, how: Compression, most: int, spend: Callable[[int], None]) -> tuple[bytes, str]:
    made = bytearray()
    try:
        for chunk in decompressed(data, how):
            made += chunk.data
            spend(len(chunk.data))
            if len(made) > most:
                return bytes(made[:most]), f"unpacks to more than {most:,} bytes; only the beginning was scanned"
    except UnpackError as error:
        if made:
            return bytes(made), f"{error}; only the beginning was scanned"
        return data, f"says that it is {how}, which it is not, so it was scanned as it was sent"
    return bytes(made), ""
