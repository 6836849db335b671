"""Decoder for base64 in lines, as MIME, `base64` and templates write it; `atob()` and YAML read it as one text."""

from binascii import Error, a2b_base64
from collections.abc import Sequence
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folded import Chunk, Letters, chunks, chunks_before, letters_of
from frontleak.decode.groups import readable
from frontleak.decode.interface import SpanMap, View
from frontleak.decode.kit import Run, Window, runs

_LEAST_LINE: Final = 16
"""Letters of the shortest line but the last."""
_FEWEST: Final = 2
"""Lines."""
_FEWEST_LETTERS: Final = 40
_BEFORE: Final = 16_000
_AFTER: Final = 64_000
"""Bytes in which lines are read before and after a trigger."""
_SAMPLE: Final = 80
_LINE: Final = LazyRegex(rb"[A-Za-z0-9+/]{16}={0,2}[\s\"'`,+%\\]")
"""The end of a line that is long enough."""
_AROUND: Final = (2_048, 8_192)
"""Letters decoded before and after a text inside other data; whole groups."""


class LetterSpans(SpanMap):
    """Span map of a view that is decoded from letters on several lines."""

    __slots__ = ("_first", "_letters")

    def __init__(self, letters: Letters, first: int) -> None:
        """Keep the place of the letters, and the index of the first one decoded."""
        self._letters = letters
        self._first = first

    def origin_span(self, start: int, end: int) -> tuple[int, int]:
        """See `SpanMap.origin_span`."""
        first = self._first + start // 3 * 4
        last = self._first + (end - 1) // 3 * 4 + 3
        return self._letters.at(first), self._letters.at(last) + 1


def _read(text: bytes, window: Window) -> Run | None:
    if not _LINE.search(text, window.start, min(len(text), window.stop + _SAMPLE)):
        return None
    lines = _lines(text, window)
    if len(lines) < _FEWEST:
        return Run(window.stop)
    lines = _with_lines_before(text, max(window.floor, window.start - _BEFORE), lines)
    window.budget.spend(len(lines))
    return Run(lines[-1].end, _part(text, lines, window.start))


def _lines(text: bytes, window: Window) -> list[Chunk]:
    """Return the first lines that begin in the window; each but the last is long enough."""
    lines: list[Chunk] = []
    for found in chunks(text, window.start, min(len(text), window.start + _AFTER)):
        if isinstance(found, int) or not found.breaks or (lines and _is_short(lines[-1])):
            if len(lines) >= _FEWEST:
                break
            lines.clear()
        if not lines and (found if isinstance(found, int) else found.start) >= window.stop:
            break
        if not isinstance(found, int):
            lines.append(found)
    return lines


def _with_lines_before(text: bytes, floor: int, lines: list[Chunk]) -> list[Chunk]:
    """Return the lines with those before the first one, which an offset may have cut."""
    before = chunks_before(text, floor, lines[0].start)
    if before and before[-1].end == lines[0].start:
        cut = before.pop()
        lines = [lines[0]._replace(start=cut.start, breaks=cut.breaks), *lines[1:]]
    kept: list[Chunk] = []
    breaks = lines[0].breaks
    while before and breaks and not _is_short(before[-1]):
        kept.append(before.pop())
        breaks = kept[-1].breaks
    return [*reversed(kept), *lines]


def _is_short(line: Chunk) -> bool:
    return line.end - line.start < _LEAST_LINE


def _part(text: bytes, lines: Sequence[Chunk], offset: int) -> View | None:
    """Return the view of the lines, or of the text around an offset in them; None where it is no text."""
    body = letters_of(text, lines).rstrip(b"=")
    if len(body) < _FEWEST_LETTERS:
        return None
    letters = Letters(lines)
    near = letters.index_of(offset)
    for first in (0, 1, 2, 3):
        if readable(_decoded(body[first : first + _SAMPLE])):
            return _view(letters, body, first, len(body))
    for first in range(near, near + 4):
        if readable(_decoded(body[first : first + _SAMPLE])):
            low = max(first % 4, first - _AROUND[0])
            return _view(letters, body, low, first + _AROUND[1])
    return None


def _view(letters: Letters, body: bytes, first: int, end: int) -> View:
    return View(kind="base64-lines", text=_decoded(body[first:end]), spans=LetterSpans(letters, first))


def _decoded(letters: bytes) -> bytes:
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    try:
        return a2b_base64(letters + b"=" * (-len(letters) % 4))
    except Error:
        return b""


decode: Final = runs(_read)
