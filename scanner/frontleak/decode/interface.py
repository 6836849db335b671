"""What a decoder is: it gets some bytes and the places where its trigger fired, and gives views of them."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from frontleak.core.budget import WorkBudget


class Piece(NamedTuple):
    """A stretch of a view and the stretch of the parent's text it was made from.

    When both are equally long, byte n of one is byte n of the other; else the stretch stands for the whole.
    """

    start: int
    """Byte offset in the view."""
    origin_start: int
    """Byte offset in the parent's text."""
    origin_end: int
    """Byte offset just after, in the parent's text."""


class SpanMap:
    """Leads spans of a view home to the text it was made from."""

    __slots__ = ("_length", "_pieces", "_starts")

    def __init__(self, pieces: Iterable[Piece], length: int) -> None:
        """Keep the pieces, in order of `start` and without gaps from 0 to `length`, the length of the view in bytes."""
        self._pieces = tuple(pieces)
        self._starts = [piece.start for piece in self._pieces]
        self._length = length

    def origin_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the parent's text that a half-open, non-empty span of the view was made from.

        Where the view has another order than the text, it is the stretch that holds what both ends were made from.
        """
        first, first_end = self._at(self._index(start), start)
        last, last_end = self._at(self._index(end - 1), end - 1)
        return min(first, last), max(first_end, last_end)

    def _index(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1

    def _at(self, index: int, offset: int) -> tuple[int, int]:
        piece = self._pieces[index]
        end = self._starts[index + 1] if index + 1 < len(self._starts) else self._length
        if end - piece.start == piece.origin_end - piece.origin_start:
            origin_span = piece.origin_start + offset - piece.start
            return origin_span, origin_span + 1
        return piece.origin_start, piece.origin_end


def whole(length: int, origin_start: int, origin_end: int) -> SpanMap:
    """Return the map of a view that is one indivisible reading of a stretch of its parent."""
    return SpanMap((Piece(0, origin_start, origin_end),), length)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One more reading of some bytes."""

    kind: str
    """What it reads: `base64`, `js-string`, `flight` … the words of docs/limitations.md."""
    text: bytes
    """What it says, as UTF-8 where it is text."""
    spans: SpanMap
    """Where each byte of it comes from."""
    label: str = ""
    """Where in a structure it stands, such as a JSON path `props.pageProps.token` or a source's name; may be empty."""
    labels: Callable[[int], str] | None = None
    """Byte offset in the view -> label, when one view holds a whole structure; asked only for a finding."""


class DecodeProblem(NamedTuple):
    """Something in the bytes that could not be read; the scan goes on without it."""

    offset: int
    """Byte offset in the text that was decoded."""
    reason: str
    """As the end of a sentence that begins with the path."""


DecodeFunction = Callable[[bytes, Sequence[int], WorkBudget], Iterator[View | DecodeProblem]]
"""(text, offsets at which a trigger may begin, ascending, work left for the file) -> views. Never raises; bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """One kind of reading."""

    name: str
    """Name of its triggers in rules/triggers.yaml."""
    decode: DecodeFunction


MOST_DECODED: Final = 8_000_000
"""Bytes one decoder may make of one text."""
