"""The mappings of a source map: generated position -> source position."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from frontleak.decode.maps.json_cursor import JsonString
from frontleak.decode.maps.parse import SourceMapError

_CHUNK: Final = 1 << 16
_MOST_DECODED: Final = 2_000_000
_MOST_KEPT: Final = 200_000
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_DIGITS: Final = {digit: value for value, digit in enumerate(_BASE64)}
_NUMBER: Final = rb"([g-z0-9+/]{0,7}[A-Za-f])"
_MAPPED: Final = re.compile(_NUMBER * 4 + b"(?:" + _NUMBER + b")?")
_SHORT: Final = re.compile(b"(?:" + _NUMBER + b")?")
_SEPARATOR: Final = re.compile(b"[,;]")
UNMAPPED: Final = (-1, -1, -1)
_Fields = tuple[int, ...]


class _Numbers(dict[bytes, int]):
    """Base-64 digits, least significant first -> number; a map has a few thousand distinct ones."""

    def __missing__(self, digits: bytes) -> int:
        value = sum((_DIGITS[digit] & 31) << 5 * place for place, digit in enumerate(digits))
        number = self[digits] = -(value >> 1) if value & 1 else value >> 1
        return number


class _Steps(dict[bytes, int]):
    """Segment -> step of the generated column; also sums the other steps of skipped segments.

    Only the generated column restarts on each line: all other fields are running sums over the whole map. A sum does
    not depend on order, so skipped segments are counted by distinct segment, of which there are few.
    """

    def __init__(self) -> None:
        super().__init__()
        self.backwards = False
        self._numbers = _Numbers()
        self._decoded = 0
        self._skipped: Counter[bytes] = Counter()
        self._source = self._line = self._column = 0

    def __missing__(self, segment: bytes) -> int:
        fields = self.fields(segment)
        step = self[segment] = fields[0] if fields else 0
        self.backwards |= step < 0
        return step

    def fields(self, segment: bytes) -> _Fields:
        """Return the 0, 1, 4 or 5 numbers of a segment: steps of generated column, source, line, column and name."""
        self._count(1)
        match = _MAPPED.fullmatch(segment) or _SHORT.fullmatch(segment)
        if match is None:
            raise SourceMapError("its mappings hold an invalid segment")
        return tuple(self._numbers[digits] for digits in match.groups() if digits is not None)

    def _count(self, decoded: int) -> None:
        self._decoded += decoded
        if self._decoded > _MOST_DECODED:
            raise SourceMapError("its mappings hold too many distinct segments")

    def skip(self, segments: Iterable[bytes]) -> None:
        """Skip some segments without decoding each."""
        self._skipped.update(segments)
        if len(self._skipped) > _MOST_KEPT:
            self._settle()
        if len(self) > _MOST_KEPT:
            self.clear()

    def place(self) -> tuple[int, int, int]:
        """Return (source, line, column), 0-based, after the skipped segments."""
        self._settle()
        return self._source, self._line, self._column

    def _settle(self) -> None:
        numbers, mapped = self._numbers, _MAPPED.fullmatch
        source = line = column = 0
        for segment, count in self._skipped.items():
            match = mapped(segment)
            if match is None:
                self.fields(segment)  # raises for an invalid segment
                continue
            _, by_source, by_line, by_column, _ = match.groups()
            source += numbers[by_source] * count
            line += numbers[by_line] * count
            column += numbers[by_column] * count
        self._count(len(self._skipped))
        self._skipped.clear()
        if len(numbers) > _MOST_KEPT:
            numbers.clear()
        self._source += source
        self._line += line
        self._column += column


def trace(mappings: JsonString, targets: Sequence[tuple[int, int]]) -> list[tuple[int, int, int] | None]:
    """Return (source, line, column), all 0-based, for generated positions in ascending order.

    None means that no segment precedes the position on its line, `UNMAPPED` that the segment has no source.
    """
    steps = _Steps()
    results: list[tuple[int, int, int] | None] = []
    rest, last = mappings, targets[-1][0]
    done = 0
    for number, group in groupby(targets, key=lambda target: target[0]):
        columns = [column for _, column in group]
        begin = _begin(rest, number - done)
        if begin is None:
            results += [None] * (len(targets) - len(results))
            break
        for chunk in _chunks(rest._replace(end=begin)):
            steps.skip(chunk)
        end = rest.text.find(b";", begin, rest.end)
        line = rest._replace(start=begin, end=rest.end if end < 0 else end)
        results += _trace_line(line, columns, steps, to_end=number != last)
        rest, done = rest._replace(start=line.end), number
    return results


def _begin(mappings: JsonString, lines: int) -> int | None:
    """Return the start of the line `lines` lines ahead, or None if there are fewer."""
    text, at, end = mappings
    while lines:
        stop = min(at + _CHUNK, end)
        passed = text.count(b";", at, stop)
        if passed >= lines:
            for _ in range(lines):
                at = text.index(b";", at) + 1
            return at
        if stop == end:
            return None
        lines -= passed
        at = stop
    return at


def _trace_line(
    line: JsonString, columns: Sequence[int], steps: _Steps, *, to_end: bool
) -> list[tuple[int, int, int] | None]:
    results: list[tuple[int, int, int] | None] = []
    column, last = 0, b""

    def settle_before(limit: int) -> None:
        while len(results) < len(columns) and columns[len(results)] < limit:
            results.append(None if not last else steps.place() if len(steps.fields(last)) > 1 else UNMAPPED)

    for chunk in _chunks(line):
        width = sum(map(steps.__getitem__, chunk))
        reach = _reach(chunk, steps) if steps.backwards else width
        done = len(results) == len(columns)
        if done and not to_end:
            break
        if done or column + reach <= columns[len(results)]:
            column += width
            last = next(filter(None, reversed(chunk)), last)
            steps.skip(chunk)
            continue
        passed = 0
        for index, segment in enumerate(chunk):
            if segment:
                column += steps[segment]
                if len(results) < len(columns) and columns[len(results)] < column:
                    steps.skip(chunk[passed:index])
                    passed = index
                    settle_before(column)
                last = segment
        steps.skip(chunk[passed:])
    settle_before(1 << 62)
    return results


def _reach(chunk: Sequence[bytes], steps: _Steps) -> int:
    """Return the largest column offset that some segments reach when columns also step back."""
    reach = at = 0
    for segment in chunk:
        at += steps[segment]
        reach = max(reach, at)
    return reach


def _chunks(mappings: JsonString) -> Iterator[list[bytes]]:
    """Yield the segments of some lines in lists of some thousands."""
    text, start, end = mappings
    while start < end:
        separator = _SEPARATOR.search(text, min(start + _CHUNK, end), end)
        stop = separator.start() if separator else end
        yield text[start:stop].replace(b";", b",").split(b",")
        start = stop + 1
