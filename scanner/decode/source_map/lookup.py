"""A source map that is asked: where generated code comes from, and where a secret stands in the sources it carries.

Lines and columns are 1-based, columns in UTF-16 code units.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from scanner.decode.source_map.contents import Content
from scanner.decode.source_map.mappings import trace
from scanner.decode.source_map.parse import Section, parse

_MOST_ROUNDS: Final = 8


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
    """A parsed source map, or an index of several."""

    def __init__(self, data: bytes) -> None:
        """Parse a map from its bytes.

        Raises:
            SourceMapError: it is no source map.
        """
        in_order = parse(data)
        self._sections = tuple(sorted(in_order, key=lambda section: section.start))
        self._carrying = tuple(section for section in in_order if section.carries)

    def occurrences(self, secret: bytes) -> Iterator[Found]:
        """Yield the places where some bytes stand in the sources the map carries, in order of the sources."""
        text = secret.decode("utf-8", "surrogateescape")
        for section in self._sections if text else ():
            for index, content in enumerate(section.contents):
                at = content.find(text)
                while at >= 0:
                    yield _found(section, index, *_place(content, at))
                    at = content.find(text, at + len(text))

    def find(self, secret: bytes) -> Found | None:
        """Return the first place where some bytes stand in the sources the map carries."""
        return next(self.occurrences(secret), None)

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

    def held(self, content: "Content", prefix: str) -> Found | None:
        """Return the place just after a beginning of one of the sources the map carries."""
        section = self._carrying[content.section] if content.section < len(self._carrying) else None
        return _found(section, content.source, *_place(prefix, len(prefix))) if section else None


def _found(section: Section, index: int, line: int, column: int) -> Found:
    source = section.sources[index] if index < len(section.sources) else ""
    return Found(source, section.root, line, column)


def _place(text: str, at: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, at) + 1
    return text.count("\n", 0, at) + 1, _utf16(text[start:at]) + 1


def _utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(c > "\uffff" for c in text)


def _local(start: tuple[int, int], line: int, column: int) -> tuple[int, int]:
    return line - start[0], column - start[1] if line == start[0] else column
