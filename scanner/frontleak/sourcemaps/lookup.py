"""A source map that is asked: where generated code comes from, and where a secret stands in the sources it carries.

Lines and columns are 1-based, columns in UTF-16 code units.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from frontleak.decode.maps.escaped_lines import EscapedLines
from frontleak.decode.maps.json_cursor import in_escape
from frontleak.decode.maps.mappings import trace
from frontleak.decode.maps.parse import Section, parse

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]++")
_MOST_ROUNDS: Final = 8
_MOST_HITS: Final = 1000
"""Places that are looked at for one secret."""


class Found(NamedTuple):
    """A place in an original source."""

    source: str
    """As the map names it; empty when it has no name."""
    source_root: str
    """The map's `sourceRoot`; empty when it has none."""
    line: int
    """1-based."""
    column: int
    """1-based, in UTF-16 code units."""


class SourceMap:
    """A source map, or an index of several. The sources it carries are searched as they stand, in its JSON."""

    def __init__(self, data: bytes) -> None:
        """Parse a map from its bytes.

        Raises:
            SourceMapError: it is no source map.
        """
        in_order = parse(data)
        self.data = data
        """The bytes it was parsed from."""
        self._sections = sorted(in_order, key=lambda section: section.start)
        self._contents = [(content, section) for section in in_order for content in section.contents]
        self._starts = [content.start for content, _ in self._contents]
        self._lines = EscapedLines(data)

    def occurrences(self, secret: bytes) -> Iterator[Found]:
        """Yield the places where some bytes stand in the sources the map carries, in order of the sources.

        They are found where JSON writes them with no more escapes than it has to, or with one for each letter beyond
        ASCII.
        """
        for written in _written(secret.decode("utf-8", "surrogateescape")):
            yield from self._standing(written.encode("utf-8", "surrogateescape"))

    def find(self, secret: bytes) -> Found | None:
        """Return the first place where some bytes stand in the sources the map carries."""
        return next(self.occurrences(secret), None)

    def held(self, offset: int) -> Found | None:
        """Return the place in a source that a byte offset in the map stands for, or None outside of them."""
        index = self._index(offset)
        if index < 0 or offset >= self._contents[index][0].end:
            return None
        return self._found(index, offset)

    def at(self, line: int, column: int) -> Found | None:
        """Return where the mappings lead from a place in the generated code, or None when they say nothing.

        Raises:
            SourceMapError: the mappings are broken.
        """
        return self.at_many([(line, column)])[0]

    def at_many(self, places: Sequence[tuple[int, int]]) -> list[Found | None]:
        """Return where the mappings lead from several places, read in one pass that ends at the last of them.

        Raises:
            SourceMapError: the mappings are broken.
        """
        results: list[Found | None] = [None] * len(places)
        starts = [section.start for section in self._sections]
        asked = [(bisect_right(starts, (line - 1, column - 1)) - 1, line - 1, column - 1, index)
                 for index, (line, column) in enumerate(places)]  # fmt: skip
        for _ in range(_MOST_ROUNDS):
            open_still: list[tuple[int, int, int, int]] = []
            for number, group in groupby(sorted(item for item in asked if item[0] >= 0), key=lambda item: item[0]):
                section, items = self._sections[number], list(group)
                local = [_local(section.start, line, column) for _, line, column, _ in items]
                for item, step in zip(items, trace(section.mappings, local), strict=True):
                    if step is None:
                        open_still.append(item)
                    elif 0 <= step[0] < len(section.sources) and min(step) >= 0:
                        results[item[3]] = _found(section, step[0], step[1] + 1, step[2] + 1)
            asked = [
                (number - 1, line, starts[number][1] - 1, index)
                for number, line, _, index in open_still
                if starts[number][0] == line
            ]
        return results

    def _standing(self, text: bytes) -> Iterator[Found]:
        """Yield the places where some JSON text stands in the sources."""
        at = 0
        for _ in range(_MOST_HITS):
            at = self.data.find(text, at)
            if at < 0:
                return
            index = self._index(at)
            if index < 0 or at >= self._contents[index][0].end:
                if index + 1 == len(self._starts):
                    return
                at = self._starts[index + 1]
            elif in_escape(self.data, self._starts[index], at):
                at += 1
            else:
                if found := self._found(index, at):
                    yield found
                at += len(text)

    def _index(self, offset: int) -> int:
        """Return which of the carried sources begins last before a byte offset, or -1."""
        return bisect_right(self._starts, offset) - 1

    def _found(self, index: int, offset: int) -> Found | None:
        content, section = self._contents[index]
        place = self._lines.place(content.start, offset)
        return _found(section, content.source, *place) if place else None


def _written(text: str) -> Iterable[str]:
    """Return how JSON writes a text that is not empty; tools differ in the case of hex digits."""
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    upper = _BEYOND_ASCII.sub(lambda match: json.dumps(match[0])[1:-1].upper().replace("U", "u"), plain)
    return dict.fromkeys((plain, json.dumps(text)[1:-1], upper)) if text else ()


def _found(section: Section, index: int, line: int, column: int) -> Found:
    source = section.sources[index] if index < len(section.sources) else ""
    return Found(source, section.root, line, column)


def _local(start: tuple[int, int], line: int, column: int) -> tuple[int, int]:
    return line - start[0], column - start[1] if line == start[0] else column
