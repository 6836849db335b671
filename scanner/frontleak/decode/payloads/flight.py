"""React flight payloads of Next.js: the rows of a rendered page, split in HTML into chunks passed to `push` calls."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import Request, View
from frontleak.decode.payloads.json_path import PathCursor, PathStep, opening, shown
from frontleak.decode.unescaped import OriginLabels, Rewritten, escape_start, unescaped_segments

PUSH: Final = b'self.__next_f.push([1,"'
"""Start of a chunk of text."""
SEAM: Final = 2_048
"""Bytes joined on each side of a cut: more than a secret and its required context."""
_MOST_TEXT: Final = 2_000_000
MOST_CHUNKS: Final = 20_000
"""Chunks read per page."""
_MOST_ROWS: Final = 20_000
_MOST_CURSORS: Final = 1_000
_BUDGET: Final = 16_000_000
_ROW: Final = LazyRegex(rb"([0-9a-f]{0,8}):(?:T([0-9a-f]{1,8}),|[A-SU-Z]?)")
_FILE: Final = LazyRegex(rb'[0-9a-f]{0,4}:(?:"\$|I\[|HL\[|N\d|\{"|\["|null\n)')
_ELEMENT: Final = LazyRegex(rb'\["\$","([^"\\]{1,80})",')
_EXPORT: Final = LazyRegex(rb'I\[.*,"([\w$.-]{1,80})"(?:,1)?\]\n?', re.DOTALL)
_REFERENCE: Final = LazyRegex(rb"\$L?([0-9a-f]{1,8})")
_QUOTED: Final = LazyRegex(rb'"([\w$.-]{1,80})"\n?')


def is_flight(data: bytes) -> bool:
    """Return whether some bytes are a file of rows (`.rsc`, `.segment.rsc`, an exported `.txt`)."""
    return _FILE.match(data) is not None


def chunks(data: bytes, offsets: Sequence[int], call: bytes = PUSH, close: bytes = b'"])') -> list[tuple[int, int]]:
    """Return the spans of the texts in the calls at some of the offsets.

    Args:
        data: HTML.
        offsets: ascending offsets where calls may begin.
        call: start of a call, up to the opening quote of its text.
        close: end of a call, from the closing quote on.
    """
    starts = [offset for offset in offsets if data.startswith(call, offset)][:MOST_CHUNKS]
    found: list[tuple[int, int]] = []
    script_end = -1
    for index, offset in enumerate(starts):
        start = offset + len(call)
        if script_end < start:
            script_end = data.find(b"</script", start)
            script_end = len(data) if script_end < 0 else script_end
        limit = starts[index + 1] if index + 1 < len(starts) else len(data)
        end = data.rfind(close, start, min(limit, script_end))
        if end >= 0:
            found.append((start, end))
    return found


def decode(request: Request) -> Iterator[View | str]:
    """Yield the text across the cuts between chunks; all other text is found in the raw bytes."""
    text = request.text
    found = chunks(text, request.offsets)
    whole = FlightText(text, found)
    for run in _seams(text, found):
        joined = unescaped_segments(text, run)
        spans = joined.spans
        yield View(kind="flight", text=joined.text, spans=spans, labels=OriginLabels(whole.label, spans))


def _seams(text: bytes, found: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Yield runs of stretches of neighbouring chunks at each cut that is not between two rows."""
    run: list[tuple[int, int]] = []
    for (start, end), (next_start, next_end) in pairwise(found):
        if start == end or text.endswith(b"\\n", start, end):
            if run:
                yield run
            run = []
            continue
        if not run:
            run = [(max(start, escape_start(text, max(start, end - SEAM))), end)]
        if next_end - next_start <= 2 * SEAM:
            run.append((next_start, next_end))
            continue
        run.append((next_start, max(next_start, escape_start(text, next_start + SEAM))))
        yield run
        run = []
    if run:
        yield run


class _Row(NamedTuple):
    start: int
    """Offset of the row's value in the text of the payload."""
    end: int
    name: str
    """Id, in hexadecimal digits."""
    plain: bool
    """Whether the value is plain text, not JSON."""


class FlightText:
    """The rows of a payload, read on first use."""

    def __init__(self, data: bytes, found: Sequence[tuple[int, int]] | None = None) -> None:
        """Keep a file of rows, or HTML with the spans of its chunks."""
        self._data = data
        self._chunks = found
        self._joined: Rewritten | None = None
        self._rows: list[_Row] = []
        self._starts: list[int] = []
        self._by_name: dict[str, _Row] = {}
        self._cursors: dict[int, PathCursor] = {}
        self._references: dict[str, int] = {}
        self._budget = _BUDGET

    def label(self, offset: int) -> str:
        """Return the row and path of a byte of the data; empty when it is beyond the caps."""
        if self._budget <= 0:
            return ""
        text = self._text()
        place = self._joined.offset_of(offset) if self._joined else offset if self._chunks is None else None
        row = self._row(place) if place is not None else None
        if place is None or row is None:
            return ""
        label = f"row {row.name}"
        if row.plain:
            place = self._reference_to(text, row.name)
            row = self._row(place) if place >= 0 else None
            if row is None or row.plain:
                return label
            label += f", used in row {row.name}"
        path = self._path(text, row, place)
        return f"{label}: {path}" if path else label

    def _reference_to(self, text: bytes, name: str) -> int:
        if name not in self._references:
            self._budget -= min(len(text), _MOST_TEXT) // 8
            self._references[name] = text.find(f'"${name}"'.encode(), 0, _MOST_TEXT)
        return self._references[name]

    def _text(self) -> bytes:
        if self._chunks is None:
            text = self._data
        else:
            if self._joined is None:
                kept: list[tuple[int, int]] = []
                size = 0
                for start, end in self._chunks:
                    size += end - start
                    if size > _MOST_TEXT:
                        break
                    kept.append((start, end))
                self._joined = unescaped_segments(self._data, kept)
            text = self._joined.text
        if not self._rows:
            self._rows = list(_rows(text))
            self._starts = [row.start for row in self._rows]
            self._by_name = {row.name: row for row in self._rows}
        return text

    def _row(self, place: int) -> _Row | None:
        index = bisect_right(self._starts, place) - 1
        return self._rows[index] if index >= 0 and place < self._rows[index].end else None

    def _path(self, text: bytes, row: _Row, place: int) -> str:
        cursor = self._cursors.get(row.start)
        if cursor is None:
            if len(self._cursors) >= _MOST_CURSORS:
                self._cursors.clear()
            start = opening(text, row.start, row.end)
            cursor = self._cursors[row.start] = PathCursor(text, start, row.end)
        before = cursor.spent
        steps = cursor.steps(place)
        self._budget -= 200 + cursor.spent - before
        return self._display(text, steps) if steps else ""

    def _display(self, text: bytes, steps: Sequence[PathStep]) -> str:
        """Return a path relative to the innermost element whose props hold it: `<Editor> config.token`."""
        for index in range(len(steps) - 1, -1, -1):
            element = _ELEMENT.match(text, steps[index].start) if steps[index].name == 3 else None
            if element:
                return f"<{self._component(text, element.group(1))}> {shown(step.name for step in steps[index + 1 :])}"
        return shown(step.name for step in steps)

    def _component(self, text: bytes, name: bytes) -> str:
        """Return the name of an element; follow `$L4` to the name that row 4 imports."""
        for pattern in (_EXPORT, _QUOTED):
            reference = _REFERENCE.fullmatch(name)
            row = self._by_name.get(reference.group(1).decode()) if reference else None
            value = pattern.fullmatch(text[row.start : min(row.end, row.start + 20_000)]) if row else None
            if value:
                name = value.group(1)
        return shown((name.decode("utf-8", "replace"),)).strip('[]"')


def _rows(text: bytes) -> Iterator[_Row]:
    position = 0
    for _ in range(_MOST_ROWS):
        if position >= min(len(text), _MOST_TEXT):
            return
        row = _ROW.match(text, position)
        if row is None:
            position = text.find(b"\n", position) + 1 or len(text)
            continue
        name = row.group(1).decode()
        if row.group(2):
            position = min(len(text), row.end() + int(row.group(2), 16))
            yield _Row(row.end(), position, name, plain=True)
            continue
        position = text.find(b"\n", row.end()) + 1 or len(text)
        yield _Row(row.end(1) + 1, position, name, plain=False)
