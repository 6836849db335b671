"""A source that opens the named recordings, and leaves everything else to a walk."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.paths import display_path, slashes
from frontleak.files.interface import BlobEntry, Cause, FileEntry, FileSource
from frontleak.files.recordings.entries import ResponseEntry
from frontleak.files.recordings.har import har_entries


class RecordingSource:
    """Yields the records of recordings, then what a walk of the other paths yields."""

    def __init__(self, recordings: Sequence[str], others: FileSource | None, max_size: int) -> None:
        """Store what to read; `max_size` is in bytes, of a body."""
        self._recordings = tuple(dict.fromkeys(slashes(os.path.abspath(path)) for path in recordings))
        self._others = others
        self._max_size = max_size

    @property
    def left_out(self) -> Counter[Cause]:
        """What the walk left out."""
        return Counter() if self._others is None else self._others.left_out

    def entries(self) -> Iterator[FileEntry | BlobEntry | ResponseEntry | Diagnostic]:
        """Yield the records in their order, recording by recording, then the files."""
        here = slashes(os.getcwd())
        for path in self._recordings:
            yield from har_entries(path, display_path(here, path), self._max_size)
        if self._others is not None:
            yield from self._others.entries()
