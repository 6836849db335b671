"""Source maps in `data:` URLs: one per bundle, or one per module with `eval-source-map`."""

import binascii
import re
from array import array
from bisect import bisect_left
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from frontleak.decode.interface import SpanMap, View
from frontleak.decode.kit import Run, Window, runs

KIND: Final = "source-map"
"""Kind of the views."""
MOST_INLINE: Final = 24_000_000
"""Bytes decoded from one inline map; mapbox-gl ships one of 11 million bytes."""
_HEADER: Final = re.compile(
    rb"(?:sourceMappingURL=)?data:application/json((?:;[A-Za-z0-9=._-]{1,40}+){0,4}+),", re.IGNORECASE
)
_COMMENT: Final = b"sourceMappingURL="
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_PERCENT_ENCODED: Final = re.compile(rb"[!#-;=?-\[\]_a-~^]*+")
_STEP: Final = 4_096
_LARGEST_STEP: Final = 1 << 18
_ESCAPED: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")


class InlineMap(NamedTuple):
    """A source map inside a `data:` URL."""

    start: int
    """Byte offset of the encoded map."""
    end: int
    """Byte offset just after."""
    base64: bool
    """True for base64, False for percent-encoding."""

    def decode(self, text: bytes, most: int = MOST_INLINE) -> bytes:
        """Return the decoded map, cut off at about `most` bytes."""
        if not self.base64:
            return unquote_to_bytes(text[self.start : min(self.end, self.start + most * 3)])[:most]
        payload = text[self.start : min(self.end, self.start + most // 3 * 4)].rstrip(b"=")
        if b"-" in payload or b"_" in payload:
            payload = payload.translate(_URL_SAFE)
        payload = payload[:-1] if len(payload) % 4 == 1 else payload
        return binascii.a2b_base64(payload + b"=" * (-len(payload) % 4))

    def inside(self, text: bytes, offset: int) -> int:
        """Return the offset in the decoded map for an offset in the text."""
        if self.base64:
            return (offset - self.start) // 4 * 3
        return offset - self.start - 2 * len(_ESCAPED.findall(text, self.start, offset))


def inline_map(text: bytes, offset: int) -> InlineMap | None:
    """Return the map in the `data:` URL, or the comment with one, at an offset; None if there is none."""
    header = _HEADER.match(text, offset)
    if header is None:
        return None
    base64 = b";base64" in header[1].lower()
    start = header.end()
    end = _base64_end(text, start) if base64 else _PERCENT_ENCODED.match(text, start).end()  # type: ignore[union-attr]
    if not base64 and text[end - 2 : end] == b"*/":
        end -= 2
    return InlineMap(start, end, base64) if end > start else None


def _base64_end(text: bytes, start: int) -> int:
    """Return the end of base64 and its padding. Looks at few bytes beyond; ten times as fast as an expression."""
    step = _STEP
    while True:
        part = text[start : start + step]
        if other := part.translate(None, _LETTERS):
            end = start + part.index(other[0])
            padding = text[end : end + 2]
            return end + len(padding) - len(padding.lstrip(b"="))
        start += len(part)
        if len(part) < step:
            return start
        step = min(step * 4, _LARGEST_STEP)


class _Base64Spans(SpanMap):
    """Span map of decoded base64: four characters became three bytes."""

    __slots__ = ("_end", "_start")

    def __init__(self, start: int, end: int) -> None:
        super().__init__((), 0)
        self._start, self._end = start, end

    def origin_span(self, start: int, end: int) -> tuple[int, int]:
        return self._start + start // 3 * 4, min(self._end, self._start + (end - 1) // 3 * 4 + 4)


class _PercentSpans(SpanMap):
    """Span map of decoded percent-encoding; escapes are located on first use."""

    __slots__ = ("_end", "_escapes", "_start", "_text")

    def __init__(self, text: bytes, start: int, end: int) -> None:
        super().__init__((), 0)
        self._text, self._start, self._end = text, start, end
        self._escapes: array[int] | None = None

    def origin_span(self, start: int, end: int) -> tuple[int, int]:
        return self._origin(start)[0], self._origin(end - 1)[1]

    def _origin(self, offset: int) -> tuple[int, int]:
        if self._escapes is None:
            found = _ESCAPED.finditer(self._text, self._start, self._end)
            self._escapes = array("q", (escape.start() - 2 * n - self._start for n, escape in enumerate(found)))
        before = bisect_left(self._escapes, offset)
        origin = self._start + offset + 2 * before
        escaped = before < len(self._escapes) and self._escapes[before] == offset
        return origin, origin + (3 if escaped else 1)


def _read(text: bytes, window: Window) -> Run | None:
    found = inline_map(text, window.start)
    if found is None:
        return None
    # a few bytes too many, so that a cut is reported
    spans = _Base64Spans(found.start, found.end) if found.base64 else _PercentSpans(text, found.start, found.end)
    comment = text[window.start : window.start + 5].lower() != b"data:"
    claims = (window.start + comment * len(_COMMENT), found.end)
    return Run(found.end, View(kind=KIND, text=found.decode(text, MOST_INLINE + 3), spans=spans, claims=claims))


decode: Final = runs(_read, reach=1)
