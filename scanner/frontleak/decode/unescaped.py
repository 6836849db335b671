"""Text with its escapes decoded, made from one or several stretches of some bytes, and the map back to them."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import Piece, SpanMap

Read = Callable[["re.Match[bytes]"], bytes]
"""One escape -> its value in UTF-8."""

_JSON_ESCAPE: Final = LazyRegex(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[^ux])", re.DOTALL
)
_SHORT: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"v": b"\v", b"0": b"\0", b"\n": b""}


class LazySpans(SpanMap):
    """A span map that builds its pieces on first use."""

    __slots__ = ("_make", "_size")

    def __init__(self, make: Callable[[], Iterator[Piece]], length: int) -> None:
        """Keep the function that makes the pieces, and the length of the view in bytes."""
        self._make: Callable[[], Iterator[Piece]] | None = make
        self._size = length

    def origin_span(self, start: int, end: int) -> tuple[int, int]:
        """See `SpanMap.origin_span`."""
        if self._make is not None:
            super().__init__(self._make(), self._size)
            self._make = None
        return super().origin_span(start, end)


_MOST_SUBSTITUTED: Final = 500_000
"""Bytes that are decoded with one substitution, which takes up to twenty times as much memory."""


class Rewritten:
    """Joined stretches of some bytes, with every escape replaced by its value."""

    __slots__ = ("_data", "_origins", "_pattern", "_pieces", "_read", "_segments", "text")

    def __init__(
        self, data: bytes, segments: Sequence[tuple[int, int]], pattern: LazyRegex | re.Pattern[bytes], read: Read
    ) -> None:
        """Join the stretches and replace the escapes.

        Args:
            data: the bytes.
            segments: half-open spans of `data`, ascending.
            pattern: matches an escape.
            read: returns the value of an escape.
        """
        self._data = data
        self._segments = segments
        self._pattern = pattern
        self._read = read
        self._pieces: list[Piece] = []
        self._origins: list[int] = []
        self.text: bytes = b"".join(self._decoded(start, end) for start, end in segments)

    def _decoded(self, start: int, end: int) -> bytes | bytearray:
        """Return a stretch with its escapes replaced."""
        if end - start <= _MOST_SUBSTITUTED:
            return self._pattern.sub(self._read, self._data[start:end])
        text = bytearray()  # `sub` would keep an object of its own for every escape
        position = start
        for match in self._pattern.finditer(self._data, start, end):
            text += self._data[position : match.start()]
            text += self._read(match)
            position = match.end()
        text += self._data[position:end]
        return text

    @property
    def spans(self) -> SpanMap:
        """The span map, built on first use."""
        return LazySpans(self.pieces, len(self.text))

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces of the text: plain runs map byte by byte, escapes as a whole."""
        at = 0
        for start, end in self._segments:
            position = start
            for match in self._pattern.finditer(self._data, start, end):
                if match.start() > position:
                    yield Piece(at, position, match.start())
                    at += match.start() - position
                position = match.end()
                if made := len(self._read(match)):
                    yield Piece(at, match.start(), position)
                    at += made
            if end > position:
                yield Piece(at, position, end)
                at += end - position

    def offset_of(self, origin: int) -> int | None:
        """Return the offset in the text of a byte of the data; None outside of the stretches."""
        if not self._pieces:
            self._pieces = list(self.pieces())
            self._origins = [piece.origin_start for piece in self._pieces]
        index = bisect_right(self._origins, origin) - 1
        if index < 0 or origin >= self._pieces[index].origin_end:
            return None
        piece = self._pieces[index]
        end = self._pieces[index + 1].start if index + 1 < len(self._pieces) else len(self.text)
        exact = end - piece.start == piece.origin_end - piece.origin_start
        return piece.start + (origin - piece.origin_start if exact else 0)


class OriginLabels:
    """Labels of a view, looked up by the origin of each byte."""

    __slots__ = ("_at", "_spans")

    def __init__(self, at: Callable[[int], str], spans: SpanMap) -> None:
        """Keep the labels of the original offsets, and the span map to them."""
        self._at = at
        self._spans = spans

    def __call__(self, offset: int) -> str:
        return self._at(self._spans.origin_span(offset, offset + 1)[0])


def unescaped_segments(data: bytes, segments: Sequence[tuple[int, int]]) -> Rewritten:
    """Return the insides of JSON or JavaScript strings, joined, with their escapes decoded."""
    return Rewritten(data, segments, _JSON_ESCAPE, _read_json_escape)


def escaped_text(body: bytes) -> str:
    """Return the inside of one JSON or JavaScript string as text; invalid UTF-8 is replaced."""
    return _JSON_ESCAPE.sub(_read_json_escape, body).decode("utf-8", "replace")


def escape_start(data: bytes, offset: int) -> int:
    """Return the start of the escape or run of backslashes that an offset in a string may cut; else the offset."""
    last = data.rfind(b"\\", max(0, offset - 12), offset)
    if last < 0:
        return offset
    before = data[max(0, last - 64) : last + 1]
    return last + 1 - (len(before) - len(before.rstrip(b"\\")))


def _read_json_escape(match: "re.Match[bytes]") -> bytes:
    escape = match.group()
    if len(escape) == 2:
        return _SHORT.get(escape[1:], escape[1:])
    if len(escape) == 12:
        high, low = int(escape[3:6], 16) & 0x3FF, int(escape[9:12], 16) & 0x3FF
        return chr(0x10000 + (high << 10) + low).encode()
    return chr(int(escape[2:].decode(), 16)).encode("utf-8", "replace")
