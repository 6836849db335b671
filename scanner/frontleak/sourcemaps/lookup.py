"""Source map lookups: the origin of generated code, and positions of a secret in the embedded sources.

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
"""Matches checked per secret."""


class Found(NamedTuple):
    """A position in an original source."""

    source: str
    """Name in the map; empty if there is none."""
    source_root: str
    """The map's `sourceRoot`; empty if there is none."""
    line: int
    """1-based."""
    column: int
    """1-based, in UTF-16 code units."""


class SourceMap:
    """A source map, or an index of several. Embedded sources are searched raw, in the JSON text."""

    def __init__(self, data: bytes) -> None:
        """Parse a map from its bytes.

        Raises:
            SourceMapError: the data is not a valid source map.
        """
        in_order = parse(data)
        self.data = data
        """The bytes it was parsed from."""
        self._sections = sorted(in_order, key=lambda section: section.start)
        self._contents = [(content, section) for section in in_order for content in section.contents]
        self._starts = [content.start for content, _ in self._contents]
        self._lines = EscapedLines(data)

    def occurrences(self, secret: bytes) -> Iterator[Found]:
        """Yield the positions of some bytes in the embedded sources, in order of the sources.

        The JSON text must escape only required characters, or all non-ASCII characters too.
        """
        for spelling in _json_spellings(secret.decode("utf-8", "surrogateescape")):
            yield from self._occurrences_of(spelling.encode("utf-8", "surrogateescape"))

    def find(self, secret: bytes) -> Found | None:
        """Return the first position of some bytes in the embedded sources."""
        return next(self.occurrences(secret), None)

    def held(self, offset: int) -> Found | None:
        """Return the source position of a byte offset in the map, or None outside of the embedded sources."""
        index = self._index(offset)
        if index < 0 or offset >= self._contents[index][0].end:
            return None
        return self._found(index, offset)

    def at(self, line: int, column: int) -> Found | None:
        """Return the source position of a position in the generated code, or None if it is not mapped.

        Raises:
            SourceMapError: the mappings are broken.
        """
        return self.at_many([(line, column)])[0]

    def at_many(self, places: Sequence[tuple[int, int]]) -> list[Found | None]:
        """Return the source positions of several positions in the generated code, in one pass up to the last one.

        Raises:
            SourceMapError: the mappings are broken.
        """
        results: list[Found | None] = [None] * len(places)
        starts = [section.start for section in self._sections]
        pending = [(bisect_right(starts, (line - 1, column - 1)) - 1, line - 1, column - 1, index)
                 for index, (line, column) in enumerate(places)]  # fmt: skip
        for _ in range(_MOST_ROUNDS):
            unmapped: list[tuple[int, int, int, int]] = []
            for number, group in groupby(
                sorted(lookup for lookup in pending if lookup[0] >= 0), key=lambda lookup: lookup[0]
            ):
                section, lookups = self._sections[number], list(group)
                local = [_local(section.start, line, column) for _, line, column, _ in lookups]
                for lookup, step in zip(lookups, trace(section.mappings, local), strict=True):
                    if step is None:
                        unmapped.append(lookup)
                    elif 0 <= step[0] < len(section.sources) and min(step) >= 0:
                        results[lookup[3]] = _found(section, step[0], step[1] + 1, step[2] + 1)
            pending = [
                (number - 1, line, starts[number][1] - 1, index)
                for number, line, _, index in unmapped
                if starts[number][0] == line
            ]
        return results

    def _occurrences_of(self, text: bytes) -> Iterator[Found]:
        """Yield the positions of some JSON text in the embedded sources."""
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
        """Return the index of the last embedded source that begins at or before a byte offset, or -1."""
        return bisect_right(self._starts, offset) - 1

    def _found(self, index: int, offset: int) -> Found | None:
        content, section = self._contents[index]
        place = self._lines.place(content.start, offset)
        return _found(section, content.source, *place) if place else None


def _json_spellings(text: str) -> Iterable[str]:
    """Return the JSON spellings of a non-empty text; tools differ in the case of hex digits."""
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    upper = _BEYOND_ASCII.sub(lambda match: json.dumps(match[0])[1:-1].upper().replace("U", "u"), plain)
    return dict.fromkeys((plain, json.dumps(text)[1:-1], upper)) if text else ()


def _found(section: Section, index: int, line: int, column: int) -> Found:
    source = section.sources[index] if index < len(section.sources) else ""
    return Found(source, section.root, line, column)


def _local(start: tuple[int, int], line: int, column: int) -> tuple[int, int]:
    return line - start[0], column - start[1] if line == start[0] else column
