"""Scans a response: all parts of its record, with maps and uncompressed twins found by URL."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.diagnostic import Diagnostic
from frontleak.files.recordings.entries import HarEntry
from frontleak.files.recordings.har import HarFile

if TYPE_CHECKING:
    from frontleak.scanning.worker import Worker

BodyOf = Callable[[str], bytes | None]
"""URL without fragment -> the body of its response, or None."""


class Recordings:
    """The recordings that a worker has open: one at a time, because entries come in their order."""

    def __init__(self, max_size: int) -> None:
        """Open nothing yet; `max_size` is in bytes, of a body."""
        self._max_size = max_size
        self._path = ""
        self._har: HarFile | None = None

    def open(self, entry: HarEntry) -> tuple[Iterator[Blob | Diagnostic], BodyOf]:
        """Return the blobs of an entry, and what finds the bodies of others."""
        if self._har is None or entry.path != self._path:
            self.close()
            self._har, self._path = HarFile(entry.path, entry.shown, self._max_size), entry.path
        return self._har.parts(entry), self._har.body

    def close(self) -> None:
        """Close the recording at hand."""
        if self._har is not None:
            self._har.close()


def scan_parts(worker: "Worker", parts: Iterator[Blob | Diagnostic]) -> list[BlobResult]:
    """Return the result of each part, the body first."""
    return [worker.scan(part) for part in parts]
