"""Scans a response: all parts of its record, with maps and uncompressed twins found by URL."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.diagnostic import Diagnostic
from frontleak.files.recordings.entries import HarEntry, ResponseEntry, SavedEntry
from frontleak.files.recordings.har import HarFile, begins_har, har_entries
from frontleak.files.recordings.har_home import HarInMemory
from frontleak.files.recordings.manifest import SavedResponses

if TYPE_CHECKING:
    from frontleak.scanning.worker import Worker

BodyOf = Callable[[str], bytes | None]
"""URL without fragment -> the body of its response, or None."""


class Recordings:
    """The recordings that a worker has open: one at a time, because entries come in their order."""

    def __init__(self, roots: Sequence[str], max_size: int) -> None:
        """Open nothing yet.

        Args:
            roots: absolute scanned folders, the only ones in which saved responses are read.
            max_size: bytes of the largest body.
        """
        self._roots, self._max_size = roots, max_size
        self._saved: SavedResponses | None = None
        self._path = ""
        self._har: HarFile | None = None

    def open(self, entry: ResponseEntry) -> tuple[Iterator[Blob | Diagnostic], BodyOf]:
        """Return the blobs of an entry, and what finds the bodies of others."""
        if isinstance(entry, SavedEntry):
            if self._saved is None:
                self._saved = SavedResponses(entry.manifest, self._roots, self._max_size)
            return self._saved.parts(entry), self._saved.body
        return self._open_har(entry)

    def _open_har(self, entry: HarEntry) -> tuple[Iterator[Blob | Diagnostic], BodyOf]:
        if self._har is None or entry.path != self._path:
            self.close()
            self._har, self._path = HarFile(entry.path, entry.shown, self._max_size), entry.path
        return self._har.parts(entry), self._har.body

    def close(self) -> None:
        """Close the recording at hand."""
        if self._har is not None:
            self._har.close()


def scan_given(worker: "Worker", blob: Blob, max_size: int) -> list[BlobResult]:
    """Return the results of a HAR on standard input, part by part; nothing if it is none."""
    if not begins_har(blob.data):
        return []
    home = HarInMemory(blob.data)
    har = HarFile("", blob.origin.display, max_size, home)
    results: list[BlobResult] = []
    for entry in har_entries("", blob.origin.display, max_size, home):
        found = [entry] if isinstance(entry, Diagnostic) else har.parts(entry)
        results += worker.scan_responses(iter(found), har.body)
    har.close()
    return results or [BlobResult()]
