"""The decoder interface: bytes and trigger offsets in, views out."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from typing import Final, NamedTuple

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.core.records import dataclass, replace
from frontleak.rules.pattern_rule import NO_BEGINNINGS, Beginnings


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
    claims: tuple[int, int] | None = None
    """Half-open span of the parent's text that the view decodes as a whole: no other decoder reads it."""


REACH: Final = 200
"""Bytes from the offset of a trigger to where its match begins, at most: triggers vary in length."""


class Request(NamedTuple):
    """What a decoder is asked to read."""

    text: bytes
    offsets: Sequence[int]
    """Where a trigger may begin, ascending; it does so at most `REACH` bytes later."""
    budget: WorkBudget
    """Work budget of the file."""
    claims: Sequence[tuple[int, int]] = ()
    """Half-open spans of the text that another decoder has read as a whole, ascending."""
    beginnings: Beginnings = NO_BEGINNINGS
    """Literals with which secrets begin."""


DecodeFunction = Callable[[Request], Iterator[View | str]]
"""Yields views of a text.

A text in place of a view is the message of a diagnostic: why some bytes were not decoded. `ExhaustedError` ends the
work on this text. Other exceptions are mistakes: they end the scan of the file.
"""


class Decoder(NamedTuple):
    """A decode function, its name and its caps, which hold whatever the function does."""

    name: str
    """Name of its triggers in rules/triggers.yaml."""
    function: str | DecodeFunction
    """`module:name`, imported on first use; or the function itself."""
    noun: str
    """What it decodes, as in `holds more than … bytes of {noun}`."""
    most: int = 8_000_000
    """Bytes it may produce from one text."""

    def load(self) -> DecodeFunction:
        """Return the decode function."""
        if not isinstance(self.function, str):
            return self.function
        module, _, name = self.function.partition(":")
        function: DecodeFunction = getattr(import_module(module), name)
        return function

    def read(self, request: Request) -> Iterator[View | str]:
        """Yield what the function yields, up to the caps; the view that exceeds `most` is cut. A message says so."""
        left = self.most
        try:
            for number, found in enumerate(self.load()(request)):
                if number >= MOST_RESULTS:
                    raise ExhaustedError  # noqa: TRY301 - one message for all work
                if isinstance(found, View):
                    if len(found.text) > left:
                        yield replace(found, text=found.text[:left])
                        yield f"holds more than {self.most:,} bytes of {self.noun}; the rest was not decoded"
                        return
                    left -= len(found.text)
                yield found
        except ExhaustedError:
            yield f"holds more {self.noun} than the work budget covers; the rest was not decoded"


MOST_RESULTS: Final = 10_000
"""Views and messages one decoder may yield for one text, including empty and repeated ones."""
