"""Parses a source map (ECMA-426) into its sections; embedded sources stay in the JSON text."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from frontleak.core.records import dataclass, replace
from frontleak.decode.maps.json_cursor import JsonCursor, JsonError, JsonString, json_string_value

MOST_MAP: Final = 128_000_000
"""Bytes of the largest map that is parsed."""
_MOST_SOURCES: Final = 300_000
_MOST_NESTED: Final = 4
_Position = tuple[int, int]


class SourceMapError(ValueError):
    """An unusable source map; the message gives the reason without the map's name."""


class SourceContent(NamedTuple):
    """A source embedded in a map, as JSON text."""

    source: int
    """Index among its section's sources."""
    start: int
    """Byte offset after the opening quote."""
    end: int
    """Byte offset of the closing quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A map, or one map of an index."""

    start: _Position
    """0-based line and column of its start in the generated code."""
    mappings: JsonString
    """The mappings, without escapes."""
    root: str
    """The `sourceRoot`; empty if there is none."""
    sources: tuple[str, ...]
    """Names of the sources."""
    contents: tuple[SourceContent, ...]
    """The embedded sources, in order."""


def parse(data: bytes) -> tuple[Section, ...]:
    """Return the sections of a map, in file order.

    Raises:
        SourceMapError: the data is not a valid source map.
    """
    if len(data) > MOST_MAP:
        raise SourceMapError(f"it has {len(data):,} bytes; the limit is {MOST_MAP:,}")
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
    """Return the start of the JSON: after a byte order mark and a `)]}` line that prevents execution."""
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    if data[at : at + 16].lstrip().startswith(b")]}"):
        return data.find(b"\n", at) + 1 or len(data)
    return at


def _map(cursor: JsonCursor, depth: int) -> list[Section]:
    """Read a map; its sections have positions relative to it."""
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
    """Read an element of `sections`; skip one without an embedded map, for example with only a URL."""
    sections: list[Section] = []
    offset: Any = None
    for key in cursor.members() if cursor.next == b"{" else ():
        match key, cursor.next:
            case b"offset", _:
                offset = cursor.value()
            case b"map", b"{":
                sections = _map(cursor, depth + 1)
    return [replace(section, start=_moved(section.start, offset)) for section in sections]


def _moved(start: _Position, offset: Any) -> _Position:
    line, column = (offset.get(key, 0) if isinstance(offset, dict) else 0 for key in ("line", "column"))
    if not isinstance(line, int) or not isinstance(column, int) or min(line, column) < 0:
        raise SourceMapError("one of its sections has no valid offset")
    return line + start[0], start[1] + (column if start[0] == 0 else 0)


def _contents(cursor: JsonCursor) -> Iterator[SourceContent]:
    for index, _ in enumerate(cursor.elements()):
        if index == _MOST_SOURCES:
            raise SourceMapError(f"it holds more than {_MOST_SOURCES:,} sources")
        if cursor.next == b'"':
            _, start, end = cursor.string()
            yield SourceContent(index, start, end)


def _plain(mappings: JsonString) -> JsonString:
    """Return mappings without escapes; no known tool writes any."""
    text, start, end = mappings
    if text.find(b"\\", start, end) < 0:
        return mappings
    plain = (json_string_value(text[start:end]) or "").encode("utf-8", "surrogatepass")
    return JsonString(plain, 0, len(plain))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
