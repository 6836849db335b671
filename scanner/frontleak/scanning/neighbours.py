"""Files next to a blob: its source map, and what it is a compressed copy of.

They are where the blob is: on disk, in the same commit, or among the responses of a recording.
"""

import os
from collections.abc import Callable
from typing import Final

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import Origin
from frontleak.core.records import dataclass, replace
from frontleak.files.archives.twins import twin_of
from frontleak.files.interface import FileEntry
from frontleak.files.read import read_item, to_blob
from frontleak.scanning.options import WorkerOptions
from frontleak.sourcemaps.find import load_map

_STALE: Final = "differs from the file next to it"
"""Label of a finding in a compressed copy whose content differs from its uncompressed sibling."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Finds the files next to a blob."""

    path: str
    """Where the file of the blob can be opened; empty for what is not on disk or in a commit."""
    options: WorkerOptions
    beside: Callable[[str, int], bytes | None] | None
    """Absolute path, most bytes -> bytes of a file in the commit of the blob; None for a file on disk."""
    body_of: Callable[[str], bytes | None] | None
    """URL without fragment -> body of another response; None unless the blob is one."""

    def source_map(self, origin: Origin, named: str | None) -> bytes | Diagnostic | None:
        """Return the map of a script, or why it was not read; None if there is none.

        Args:
            origin: where the script comes from.
            named: the map URL in the script; None if there is none.
        """
        if self.body_of is not None:
            from frontleak.sourcemaps.by_url import load_map_by_url  # noqa: PLC0415 - few scans read recordings

            return load_map_by_url(origin, named, self.body_of)
        if not self.path:
            return None
        return load_map(self.path, named, self._root(), self.options.max_file_size, origin, self.beside)

    def _root(self) -> str:
        holders = [root for root in self.options.roots if self.path.startswith(f"{root.rstrip('/')}/")]
        return max(holders, key=len, default=os.path.dirname(self.path))

    def marked_if_stale(self, result: BlobResult, copy: Blob) -> BlobResult:
        """Mark the findings of a compressed copy whose content differs from its sibling."""
        original = self._twin(copy)
        if original is None or original == copy.data:
            return result
        return result._replace(detections=tuple(map(_stale, result.detections)))

    def _twin(self, copy: Blob) -> bytes | None:
        """Return the bytes of what a file is a compressed copy of, by its name; None if that is not there."""
        sibling = twin_of(self.path if self.body_of is None else copy.origin.path)
        if sibling is None:
            return None
        if self.body_of is not None:
            return _as_read(self.body_of(sibling), copy)
        if self.beside is not None:
            return _as_read(self.beside(sibling, self.options.max_file_size), copy)
        if not os.path.isfile(sibling):
            return None
        original = read_item(FileEntry(sibling, sibling, 0, copy.exposure, is_link=True), self.options.max_file_size)
        return None if isinstance(original, Diagnostic) else original.data


def _as_read(data: bytes | None, copy: Blob) -> bytes | None:
    """Return bytes as they are scanned: UTF-16 as UTF-8."""
    return None if data is None else to_blob(copy.origin, data, copy.exposure).data


def _stale(detection: Detection) -> Detection:
    label = "; ".join(part for part in (detection.place.label, _STALE) if part)
    return replace(detection, place=replace(detection.place, stale_twin=True, label=label))
