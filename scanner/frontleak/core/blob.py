"""Bytes to scan, and the result of scanning them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from frontleak.core.detection import Detection, FileMatch
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import Origin
from frontleak.core.records import dataclass
from frontleak.core.vocabulary import Exposure


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes to scan, with their origin and exposure."""

    origin: Origin
    """Where the bytes came from."""
    data: bytes
    """The bytes; UTF-16 text has been rewritten as UTF-8."""
    exposure: Exposure = Exposure.SOURCE
    """Who can see these bytes."""
    kind: str = "text"
    """`text`, `utf-16` or `utf-32` (rewritten) or `binary`."""
    placed: bool = True
    """Whether it comes from a source tree or from recognised build output; otherwise it counts as served."""
    sent: tuple[str, ...] = ()
    """Of a file that stays on the server, the paths of the parts that are sent to browsers all the same."""

    @property
    def may_be_source(self) -> bool:
        """Whether it may be code before its build."""
        return self.exposure is Exposure.SOURCE or not self.placed


class BlobResult(NamedTuple):
    """Result of scanning one blob; a tuple because workers return thousands."""

    detections: tuple[Detection, ...] = ()
    """Sorted by offset."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Parts of this blob that were not scanned."""
    kind: str = ""
    """Kind of the blob; empty if it was unreadable."""
    size: int = 0
    """Bytes scanned."""
    views: Mapping[str, int] | None = None
    """View kind -> number of views; None if only the raw bytes were scanned."""
    map_found: bool | None = None
    """Whether the source map of a file with findings was usable; None if no map was needed."""
    values: Mapping[str, bytes] | None = None
    """Secret digest -> value, for the parent process; None unless `--reveal` or `--verify` is set."""
    file_matches: tuple[FileMatch, ...] = ()
    """Matches that become one finding per build."""
    has_code_trigger: bool = False
    """Whether a trigger for source analysis fired in a source file."""
    candidate: str = ""
    """Absolute path of the file if its code is to be analysed, else empty; set by the worker."""
    ignored: bool = False
    """Whether it is an `.env` file that git ignores and that has no public variables."""
    listed: tuple[str, Exposure] | None = None
    """Display path of the file and who can see it, if the scan lists what it reads; set by the worker."""

    def with_inner(self, inner: "Sequence[BlobResult]") -> "BlobResult":
        """Return the result of a file with those of its members."""
        every = [self, *inner]
        maps = {result.map_found for result in every} - {None}
        views: Counter[str] = Counter()
        for result in every:
            views.update(result.views or {})
        return self._replace(
            detections=tuple(each for result in every for each in result.detections),
            diagnostics=tuple(dict.fromkeys(each for result in every for each in result.diagnostics)),
            views=views or None,
            map_found=False not in maps if maps else None,
            file_matches=tuple(each for result in every for each in result.file_matches),
            values={digest: value for result in every for digest, value in (result.values or {}).items()} or None,
        )
