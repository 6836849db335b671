"""The sources in the bytes of a map: where they stand, and what they say."""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from scanner.decode.interface import Piece, SpanMap, View, whole
from scanner.decode.source_map.escaped_spans import EscapedSpans
from scanner.decode.source_map.inline import KIND, MOST_INLINE

_CONTENTS: Final = re.compile(rb'"sourcesContent"\s*:\s*\[')
_ELEMENT: Final = re.compile(rb'\s*(?:null|("[^"\\]*+(?:\\.[^"\\]*+)*+"))\s*[,\]]', re.DOTALL)
_JSON_ESCAPE: Final = re.compile(rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.", re.DOTALL)


class Content(NamedTuple):
    """A source in the bytes of a map, as JSON text."""

    section: int
    """Which of the map's sections that carry sources it belongs to, in the order in which they stand."""
    source: int
    """Which of its section's sources it is."""
    start: int
    """Byte offset after the opening quote."""
    end: int
    """Byte offset of the closing quote."""


def content_spans(data: bytes) -> Iterator[Content]:
    """Yield where the sources stand in the bytes of a map."""
    for section, opening in enumerate(_CONTENTS.finditer(data)):
        at, index = opening.end(), 0
        while element := _ELEMENT.match(data, at):
            if element[1] is not None:
                yield Content(section, index, element.start(1) + 1, element.end(1) - 1)
            if data[element.end() - 1] == ord("]"):
                break
            at, index = element.end(), index + 1


def contents(data: bytes, offsets: Sequence[int] | None = None) -> Iterator[View]:
    """Yield the sources that the bytes of a map hold, unescaped, as views of them.

    Args:
        data: the bytes of a map.
        offsets: ascending; only the sources in which one of them lies are given. All when it is None.
    """
    left = MOST_INLINE
    for content in content_spans(data):
        if offsets is not None:
            at = bisect_left(offsets, content.start)
            if at == len(offsets):
                return
            if offsets[at] >= content.end:
                continue
        if content.end - content.start > left:
            return
        left -= content.end - content.start
        view = _content_view(data, content)
        if view is not None:
            yield view


def _content_view(data: bytes, content: Content) -> View | None:
    raw = data[content.start : content.end]
    text = _unescaped(raw)
    if not text:
        return None
    decoded = text.encode("utf-8", "surrogatepass")
    if len(decoded) == len(raw):
        return View(kind=KIND, text=raw, spans=SpanMap((Piece(0, content.start, content.end),), len(raw)))
    try:
        raw.decode()
    except UnicodeDecodeError:
        return View(kind=KIND, text=decoded, spans=whole(len(decoded), content.start, content.end))

    def escapes() -> Iterator[tuple[int, int, int]]:
        for escape in _JSON_ESCAPE.finditer(raw):
            yield escape.start(), len(escape[0]), _decoded_size(escape[0])

    return View(kind=KIND, text=decoded, spans=EscapedSpans(content.start, escapes))


def _decoded_size(escape: bytes) -> int:
    """Return the bytes of UTF-8 that an escape in a JSON string stands for."""
    if len(escape) != len(rb"\u0000"):
        return 1 if len(escape) == len(rb"\n") else 4
    code = int(escape.removeprefix(rb"\u"), 16)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3


def _unescaped(raw: bytes) -> str | None:
    """Return what the inside of a JSON string says, or None when it is none."""
    text = raw.decode("utf-8", "surrogateescape")
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return None


def before(data: bytes, content: Content, offset: int) -> str:
    """Return what a source in the bytes of a map says up to an offset in them."""
    raw = data[content.start : offset]
    for cut in range(min(len(raw), 12) + 1):  # the offset may lie in an escape
        text = _unescaped(raw[: len(raw) - cut])
        if text is not None:
            return text
    return ""
