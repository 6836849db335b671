"""The decoder interface: bytes and trigger offsets in, views out."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from frontleak.core.budget import WorkBudget


class Piece(NamedTuple):
    """A stretch of a view and its origin in the parent's text.

    When both have the same length, byte n of one is byte n of the other; else every byte maps to the whole origin.
    """

    start: int
    """Byte offset in the view."""
    origin_start: int
    """Byte offset in the parent's text."""
    origin_end: int
    """Byte offset just after, in the parent's text."""


class SpanMap:
    """Maps spans of a view back to the parent's text."""

    __slots__ = ("_ends", "_length", "_origins", "_starts")

    def __init__(self, pieces: Iterable[Piece], length: int) -> None:
        """Keep the pieces, ordered by `start` and without gaps from 0 to `length`, the bytes of the view."""
        from array import array  # noqa: PLC0415 - many files have no views

        # arrays: there may be a piece for each byte, and a tuple takes twenty times the memory
        self._starts, self._origins, self._ends = array("q"), array("q"), array("q")
        for start, origin_start, origin_end in pieces:
            self._starts.append(start)
            self._origins.append(origin_start)
            self._ends.append(origin_end)
        self._length = length

    def origin_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the parent's text for a half-open, non-empty span of the view.

        When the view reorders the text, the result covers the origins of both ends.
        """
        first, first_end = self._at(self._index(start), start)
        last, last_end = self._at(self._index(end - 1), end - 1)
        return min(first, last), max(first_end, last_end)

    def _index(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1

    def _at(self, index: int, offset: int) -> tuple[int, int]:
        start, origin_start, origin_end = self._starts[index], self._origins[index], self._ends[index]
        end = self._starts[index + 1] if index + 1 < len(self._starts) else self._length
        if end - start == origin_end - origin_start:
            origin = origin_start + offset - start
            return origin, origin + 1
        return origin_start, origin_end


def whole(length: int, origin_start: int, origin_end: int) -> SpanMap:
    """Return a map from every byte of a view to one whole stretch of the parent's text."""
    return SpanMap((Piece(0, origin_start, origin_end),), length)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Text decoded from some bytes."""

    kind: str
    """The encoding: `base64`, `js-string`, `flight` …, as named in docs/limitations.md."""
    text: bytes
    """The decoded bytes; UTF-8 where they are text."""
    spans: SpanMap
    """The origin of each byte."""
    label: str = ""
    """Position in a structure, such as the JSON path `props.pageProps.token` or a source's name; may be empty."""
    labels: Callable[[int], str] | None = None
    """Byte offset in the view -> label, when one view holds a whole structure; called only for findings."""


class DecodeProblem(NamedTuple):
    """Bytes that could not be decoded; the scan continues without them."""

    offset: int
    """Byte offset in the text that was decoded."""
    reason: str
    """The end of a sentence that begins with the path."""


DecodeFunction = Callable[[bytes, Sequence[int], WorkBudget], Iterator[View | DecodeProblem]]
"""(text, ascending offsets where a trigger may begin, work budget of the file) -> views. Never raises; bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """A decode function and its name."""

    name: str
    """Name of its triggers in rules/triggers.yaml."""
    decode: DecodeFunction


MOST_DECODED: Final = 8_000_000
"""Bytes one decoder may produce from one text."""
