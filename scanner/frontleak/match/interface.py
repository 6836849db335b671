"""The interface of a prefilter pass over the bytes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from frontleak.core.records import dataclass, replace

if TYPE_CHECKING:
    from array import array

MOST_HITS: Final = 1_000_000
"""Hits of one prefilter in one text that are kept. Large ordinary bundles have a few thousand, of all prefilters."""


def offsets_of(offsets: Iterable[int] = ()) -> "array[int]":
    """Return offsets as an array: four bytes each, where a tuple of integers would take two hundred."""
    from array import array  # noqa: PLC0415 - many files have no hits

    return array("I", offsets)


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits of one prefilter in a text: where a match of its rule or trigger may begin."""

    prefilter: int
    """Index of the prefilter in the sequence given to the pass."""
    offsets: "array[int]"
    """Ascending byte offsets, at most `MOST_HITS`."""
    most: int = 0
    """A match begins at most this many bytes before an offset."""
    least: int = 0
    """It begins at least this many bytes before an offset."""

    @property
    def is_cut(self) -> bool:
        """Whether there may be more hits."""
        return len(self.offsets) >= MOST_HITS

    def first_offsets(self) -> list[int]:
        """Return the first offset of each range of `ranges`."""
        most, least = self.most, self.least
        return [offset - most if offset > most else 0 for offset in self.offsets if offset >= least]

    def ranges(self) -> Iterator[tuple[int, int]]:
        """Yield the ranges where a match may begin, both ends included, in ascending order."""
        for offset in self.offsets:
            if offset >= self.least:
                yield max(0, offset - self.most), offset - self.least


class Pass(Protocol):
    """Finds every place where one of its prefilters may match.

    Implementations may report false hits. They miss none before the last of `MOST_HITS`.
    """

    def hits(self, text: bytes | memoryview) -> Sequence[Hits]:
        """Return the hits of each prefilter that has some, by index. `text` is at most 2 GiB."""
        ...


Spans = Iterable[tuple[int, int]]
"""Byte spans of a text, which ascend and do not overlap; none is empty."""


def hits_in(passed: Pass, text: memoryview, spans: Spans) -> list[Hits]:
    """Return the hits in some spans of a text, by prefilter.

    After a span with more hits of one than are kept, further ones of it are not: they would leave a gap.
    """
    found: dict[int, Hits] = {}
    for start, end in spans:
        for hits in passed.hits(text[start:end]):
            known = found.setdefault(hits.prefilter, replace(hits, offsets=offsets_of()))
            if not known.is_cut:
                known.offsets.extend(start + offset for offset in hits.offsets)
    return [found[prefilter] for prefilter in sorted(found)]
