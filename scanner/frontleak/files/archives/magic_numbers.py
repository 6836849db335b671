"""Tells at a glance what cannot be packed; the code that opens containers is imported only for what may be."""

from typing import Final

from frontleak.core.blob import Blob

_OPENINGS: Final = frozenset(
    {b"\x04\x00", b"\x1f\x8b", b"(\xb5", b"7z", b"BZ", b"Cr", b"PK", b"Ra", b"\xc6\x1f", b"\xfd7"}
)
"""First two bytes of what can be opened; tests hold them to `archives.OPENINGS`."""


def may_be_archive(blob: Blob) -> bool:
    """Say whether a blob may be a compressed file or an archive."""
    data = blob.data
    return data[:2] in _OPENINGS or data.startswith(b"ustar", 257) or blob.origin.path.endswith(".br")
