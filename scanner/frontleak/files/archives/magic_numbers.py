"""A cheap check by magic number; the code that opens containers is imported only for blobs that pass it."""

from typing import Final

from frontleak.core.blob import Blob

_MAGIC_NUMBERS: Final = frozenset(
    {b"\x04\x00", b"\x1f\x8b", b"(\xb5", b"7z", b"BZ", b"Cr", b"PK", b"Ra", b"\xc6\x1f", b"\xfd7"}
)
"""First two bytes of the formats that can be opened; a test compares them with `containers.MAGIC_NUMBERS`."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PACKED_TEXTS: Final = (b"zTXt", b"iTXt")
"""Types of the chunks of a PNG that may hold compressed text."""
_WEB_ARCHIVE: Final = b"WARC/"
"""Begins the first line of a WARC that is not compressed, which has only its version besides."""
_WEB_ARCHIVES: Final = (".warc", ".warc.gz", ".warc.zst", ".warc.lz4")


def is_web_archive(path: str) -> bool:
    """Return whether a file is a WARC, by its name."""
    return path.lower().endswith(_WEB_ARCHIVES)


def holds_web_archive(blob: Blob) -> bool:
    """Return whether a blob is a WARC, by its first line."""
    data = blob.data
    return data.startswith(_WEB_ARCHIVE) and data[5:9].replace(b".", b"0").rstrip(b"\r\n").isdigit()


def holds_packed_text(data: bytes) -> bool:
    """Return whether data is a PNG image that may hold compressed text."""
    return data.startswith(_PNG) and any(kind in data for kind in _PACKED_TEXTS)


def may_be_archive(blob: Blob) -> bool:
    """Return whether a blob may be a compressed file, an archive, or an image with compressed text."""
    data = blob.data
    return (
        data[:2] in _MAGIC_NUMBERS
        or data.startswith(b"ustar", 257)
        or blob.origin.path.endswith(".br")
        or holds_packed_text(data)
    )
