"""A cheap check by magic number; the code that opens containers is imported only for blobs that pass it."""

from typing import Final

from frontleak.core.blob import Blob

_MAGIC_NUMBERS: Final = frozenset(
    {b"\x04\x00", b"\x1f\x8b", b"(\xb5", b"7z", b"BZ", b"Cr", b"PK", b"Ra", b"\xc6\x1f", b"\xfd7"}
)
"""First two bytes of the formats that can be opened; a test compares them with `containers.MAGIC_NUMBERS`."""

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


def may_be_archive(blob: Blob) -> bool:
    """Return whether a blob may be a compressed file or an archive."""
    data = blob.data
    return data[:2] in _MAGIC_NUMBERS or data.startswith(b"ustar", 257) or blob.origin.path.endswith(".br")
