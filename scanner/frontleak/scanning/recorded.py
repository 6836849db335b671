"""Scans a response: all parts of its record, with maps and uncompressed twins found by URL."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.run_budget import RunBudget
from frontleak.files.interface import FileEntry
from frontleak.files.recordings.entries import HarEntry, ResponseEntry, SavedEntry, WarcEntry
from frontleak.files.recordings.har import HarFile, begins_har, har_entries
from frontleak.files.recordings.har_home import HarInMemory
from frontleak.files.recordings.manifest import SavedResponses
from frontleak.files.stores.entries import StoreEntry

if TYPE_CHECKING:
    from frontleak.files.recordings.warc import WarcFile
    from frontleak.files.stores.reader import StoreReader
    from frontleak.scanning.worker import Worker

BodyOf = Callable[[str], bytes | None]
"""URL without fragment -> the body of its response, or None."""


class Recordings:
    """The recordings that a worker has open: one at a time, because entries come in their order."""

    def __init__(
        self, roots: Sequence[str], max_size: int, budget: RunBudget, stores: "Callable[[], StoreReader]"
    ) -> None:
        """Open nothing yet.

        Args:
            roots: absolute scanned folders, the only ones in which saved responses are read.
            max_size: bytes of the largest body.
            budget: of the run, for what is decoded.
            stores: returns what reads stores.
        """
        self._stores = stores
        self._roots, self._max_size, self._budget = roots, max_size, budget
        self._saved: SavedResponses | None = None
        self._shown = ""
        self._file: HarFile | WarcFile | None = None

    def open(self, entry: ResponseEntry) -> tuple[Iterator[Blob | Diagnostic], BodyOf]:
        """Return the blobs of an entry, and what finds the bodies of others."""
        if isinstance(entry, SavedEntry):
            if self._saved is None:
                self._saved = SavedResponses(entry.manifest, self._roots, self._max_size)
            return self._saved.parts(entry), self._saved.body
        if isinstance(entry, StoreEntry):
            reader = self._stores()
            return iter((reader.read(entry),)), partial(reader.body, entry)
        if isinstance(entry, WarcEntry):
            warc = self._warc(entry)
            return warc.parts(entry), warc.body
        har = self._har(entry)
        return har.parts(entry), har.body

    def _har(self, entry: HarEntry) -> HarFile:
        if not isinstance(self._file, HarFile) or entry.shown != self._shown:
            self.close()
            home = None
            if entry.file is not None:
                from frontleak.files.stores.har import har_home  # noqa: PLC0415 - few scans read stores

                home = har_home(self._stores(), entry.file)
            self._file, self._shown = HarFile(entry.path, entry.shown, self._max_size, home), entry.shown
        return self._file

    def _warc(self, entry: WarcEntry) -> "WarcFile":
        from frontleak.files.recordings.warc import WarcFile, open_file  # noqa: PLC0415 - an extra

        if not isinstance(self._file, WarcFile) or entry.file.shown != self._shown:
            self.close()
            file, self._shown = entry.file, entry.file.shown
            opened = partial(open_file, file) if isinstance(file, FileEntry) else partial(self._stores().open, file)
            self._file = WarcFile(opened, file.shown, self._max_size, self._budget)
        return self._file

    def close(self) -> None:
        """Close the recording at hand."""
        if self._file is not None:
            self._file.close()
            self._file = None


def warc_in(blob: Blob, max_size: int, budget: RunBudget) -> tuple[Iterator[Blob | Diagnostic], BodyOf]:
    """Return the blobs of a WARC that is not a file of its own, and what finds bodies in it."""
    from frontleak.files.recordings.warc import missing, warc_of_bytes  # noqa: PLC0415 - few scans read web archives
    from frontleak.files.recordings.warc_stream import has_fastwarc  # noqa: PLC0415 - as above

    shown = blob.origin.path
    if not has_fastwarc():
        return iter((missing(shown),)), _no_body
    warc = warc_of_bytes(blob.data, shown, max_size, budget)
    return warc.all_parts(), warc.body


def _no_body(_url: str) -> None:
    return None


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
