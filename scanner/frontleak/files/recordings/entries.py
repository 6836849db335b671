"""Responses to scan: a record of a recording, or a saved response with its URL."""

import os
from typing import Final, NamedTuple

from frontleak.core.origins import FileOrigin
from frontleak.core.url_origin import UrlOrigin, url_origin
from frontleak.files.interface import FileEntry
from frontleak.files.stores.entries import StoreEntry

HEADERS: Final = "response headers"
"""The part of a response that its headers are, in reports and in a manifest."""
_MEDIA: Final = {".htm": "text/html", ".html": "text/html", ".js": "text/javascript", ".json": "application/json"}
"""End of the name of a saved file -> media type, for URLs whose path ends without one."""


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
    file: StoreEntry | None = None
    """The object that holds it; None for a file on disk."""

    @property
    def origin(self) -> FileOrigin:
        """The file: its URL is known once the record is read."""
        return FileOrigin(path=self.shown)


class WarcEntry(NamedTuple):
    """A record of a WARC, or all from one on; a tuple, because thousands are sent to workers."""

    file: FileEntry | StoreEntry
    """The archive."""
    offset: int
    """Byte offset of the record; of a compressed archive, of the member that holds it."""
    size: int
    """Bytes of its content, or about so many."""
    number: int
    """From 1; 0 if an index told of the record."""
    to_end: bool = False
    """Whether it stands for all records from there on: those behind it are compressed with it and have no offset."""

    @property
    def path(self) -> str:
        """Path to open."""
        return self.file.path

    @property
    def origin(self) -> FileOrigin:
        """The archive: the URL is known once the record is read."""
        return self.file.origin


class SavedEntry(NamedTuple):
    """A file that holds the body of a response; a tuple, because thousands are sent to workers."""

    file: FileEntry
    """The file."""
    url: str
    """What the manifest says it came from."""
    manifest: str
    """Absolute path of the manifest."""
    source_map: str = ""
    """What the header `SourceMap` named; empty without one."""
    part: str = ""
    """What of the response it is; empty for its body."""

    @property
    def path(self) -> str:
        """Path to open."""
        return self.file.path

    @property
    def size(self) -> int:
        """Size in bytes when it was listed."""
        return self.file.size

    @property
    def origin(self) -> UrlOrigin:
        """The URL, with the file as its recording."""
        ending = os.path.splitext(self.file.shown)[1].lower()
        media = _MEDIA.get(ending, "")
        return url_origin(self.url, recording=self.file.shown, part=self.part, media=media, source_map=self.source_map)


def stored(entry: object) -> StoreEntry | None:
    """Return the object that is read for an entry; None for a file on disk."""
    if isinstance(entry, StoreEntry):
        return entry
    file = entry.file if isinstance(entry, HarEntry | WarcEntry) else None
    return file if isinstance(file, StoreEntry) else None


ResponseEntry = HarEntry | SavedEntry | WarcEntry | StoreEntry
"""What holds a response, or an object of a store."""
