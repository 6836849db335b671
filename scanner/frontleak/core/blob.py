"""Bytes to scan, and what scanning them gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from frontleak.core.diagnostic import Note, Skip
from frontleak.core.finding import Finding
from frontleak.core.origins import Origin
from frontleak.core.vocabulary import Exposure


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes to scan, and where they came from."""

    origin: Origin
    """Where the bytes came from."""
    data: bytes
    """The bytes; UTF-16 text has been rewritten as UTF-8."""
    exposure: Exposure = Exposure.SOURCE
    """Who gets to see these bytes."""
    kind: str = "text"
    """`text`, `utf-16` (rewritten) or `binary`."""


class BlobResult(NamedTuple):
    """What the scan of one blob gave; a tuple because thousands come back from workers."""

    findings: tuple[Finding, ...] = ()
    """In order of offset."""
    skips: tuple[Skip, ...] = ()
    """What could not be done in this blob."""
    kind: str = ""
    """Kind of the blob; empty when it could not be read."""
    size: int = 0
    """Bytes scanned."""
    views: Mapping[str, int] | None = None
    """Kind of reading -> how many were made; None when the bytes were only read as they stand."""
    map_found: bool | None = None
    """Whether the source map of a file with findings could be used; None when none was asked for."""
    values: Mapping[str, bytes] | None = None
    """Secret digest -> value, for the parent process; None unless secrets are to be revealed or verified."""
    notes: tuple[Note, ...] = ()
    """What becomes one finding a build."""
    code: str = ""
    """Absolute path of the file when it is source code that is worth analysing, else empty."""
