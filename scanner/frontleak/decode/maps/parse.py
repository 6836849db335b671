"""A source map as JSON -> its sections, with the sources they carry left where they stand. The format is ECMA-426."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from frontleak.decode.maps.json_cursor import JsonCursor, JsonError, JsonString, json_string_value

MOST_MAP: Final = 128_000_000
"""Bytes of a map that is parsed."""
_MOST_SOURCES: Final = 300_000
_MOST_NESTED: Final = 4
_Place = tuple[int, int]


class SourceMapError(ValueError):
    """A source map that cannot be used; the text says why, without its name."""


class SourceContent(NamedTuple):
    """A source in the bytes of a map, as JSON text."""

    source: int
    """Which of its section's sources it is."""
    start: int
    """Byte offset after the opening quote."""
    end: int
    """Byte offset of the closing quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A map, or one of those in an index."""

    start: _Place
    """0-based line and column of the generated code where it begins."""
    mappings: JsonString
    """Without escapes."""
    root: str
    """Its `sourceRoot`; empty when it has none."""
    sources: tuple[str, ...]
    """The names of its sources."""
    contents: tuple[SourceContent, ...]
    """The sources it carries, in order."""


def parse(data: bytes) -> tuple[Section, ...]:
    """Return the sections of a map, in the order in which they stand.

    Raises:
        SourceMapError: it is no source map.
    """
    if len(data) > MOST_MAP:
        raise SourceMapError(f"{len(data):,} bytes are too many")
    cursor = JsonCursor(data, _beginning(data))
    try:
        if cursor.next != b"{":
            cursor.skip()
            raise SourceMapError("it is not a JSON object")
        sections = _map(cursor, 0)
        cursor.end()
    except JsonError as error:
        raise SourceMapError(str(error)) from error
    return tuple(sections)


def _beginning(data: bytes) -> int:
    """Return where the JSON begins: after a byte order mark and a line that keeps browsers from running it."""
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    if data[at : at + 16].lstrip().startswith(b")]}"):
        return data.find(b"\n", at) + 1 or len(data)
    return at


def _map(cursor: JsonCursor, depth: int) -> list[Section]:
    """Read a map; its sections begin at places relative to it."""
    inner: list[Section] | None = None
    mappings: JsonString | None = None
    sources: list[Any] | None = None
    contents: tuple[SourceContent, ...] = ()
    root = ""
    for key in cursor.members():
        match key, cursor.next:
            case b"mappings", b'"':
                mappings = cursor.string()
            case b"sources", b"[":
                sources = cursor.value()
            case b"sourceRoot", b'"':
                root = _text(cursor.value())
            case b"sourcesContent", b"[":
                contents = tuple(_contents(cursor))
            case b"sections", b"[" if depth < _MOST_NESTED:
                inner = [section for _ in cursor.elements() for section in _section(cursor, depth)]
    if inner is not None:
        return inner
    if mappings is None or sources is None:
        raise SourceMapError("it has no mappings or no sources")
    names = tuple(map(_text, sources))
    return [Section(start=(0, 0), mappings=_plain(mappings), root=root, sources=names, contents=contents)]


def _section(cursor: JsonCursor, depth: int) -> list[Section]:
    """Read an element of `sections`; one without a map, such as one with the map's address, is passed."""
    sections: list[Section] = []
    offset: Any = None
    for key in cursor.members() if cursor.next == b"{" else ():
        match key, cursor.next:
            case b"offset", _:
                offset = cursor.value()
            case b"map", b"{":
                sections = _map(cursor, depth + 1)
    return [replace(section, start=_moved(section.start, offset)) for section in sections]


def _moved(start: _Place, offset: Any) -> _Place:
    line, column = (offset.get(key, 0) if isinstance(offset, dict) else 0 for key in ("line", "column"))
    if not isinstance(line, int) or not isinstance(column, int) or min(line, column) < 0:
        raise SourceMapError("a section of it begins nowhere")
    return line + start[0], start[1] + (column if start[0] == 0 else 0)


def _contents(cursor: JsonCursor) -> Iterator[SourceContent]:
    for index, _ in enumerate(cursor.elements()):
        if index == _MOST_SOURCES:
            raise SourceMapError(f"it carries more than {_MOST_SOURCES:,} sources")
        if cursor.next == b'"':
            _, start, end = cursor.string()
            yield SourceContent(index, start, end)


def _plain(mappings: JsonString) -> JsonString:
    """Return mappings without escapes; no tool writes any."""
    text, start, end = mappings
    if text.find(b"\\", start, end) < 0:
        return mappings
    plain = (json_string_value(text[start:end]) or "").encode("utf-8", "surrogatepass")
    return JsonString(plain, 0, len(plain))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
