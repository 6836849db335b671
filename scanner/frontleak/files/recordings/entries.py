"""Responses to scan: a record of a recording, or a saved response with its URL."""

from typing import NamedTuple

from frontleak.core.origins import FileOrigin


class HarEntry(NamedTuple):
    """One record of a HAR file; a tuple, because thousands are sent to workers."""

    shown: str
    """Displayed path of the file."""
    path: str
    """Path to open."""
    start: int
    """Byte offset of the record."""
    size: int
    """Its size in bytes."""
    number: int
    """From 1."""

    @property
    def origin(self) -> FileOrigin:
        """The file: its URL is known once the record is read."""
        return FileOrigin(path=self.shown)
