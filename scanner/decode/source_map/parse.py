"""A source map as JSON -> its sections. The format is ECMA-426."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

MOST_MAP: Final = 128_000_000
"""Bytes of a map that is parsed."""
_MOST_CONTAINERS: Final = 1_000_000
_MOST_NESTED: Final = 4
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class SourceMapError(ValueError):
    """A source map that cannot be used; the text says why, without its name."""


@dataclass(frozen=True, slots=True)
class Section:
    """A map, or one of those in an index."""

    start: tuple[int, int]
    """0-based line and column of the generated code where it begins."""
    mappings: str
    root: str
    sources: tuple[str, ...]
    contents: tuple[str, ...]
    carries: bool
    """Whether it has a `sourcesContent`, be it empty."""


def parse(data: bytes) -> tuple[Section, ...]:
    """Return the sections of a map, in the order in which they stand.

    Raises:
        SourceMapError: it is no source map.
    """
    return tuple(_sections(_loaded(data), (0, 0), 0))


def looks_like_map(data: bytes, *, certain: bool = True) -> bool:
    """Say whether some bytes may be a source map: a JSON object and, to be certain, one with mappings or sections."""
    return data[:64].lstrip(b"\xef\xbb\xbf \t\r\n)]}'")[:1] == b"{" and (
        not certain or b'"mappings"' in data or (b'"sections"' in data and b'"version"' in data)
    )


def _loaded(data: bytes) -> Any:
    if len(data) > MOST_MAP:
        raise SourceMapError(f"{len(data):,} bytes are too many")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data[:16].lstrip().startswith((b")]}'", b")]}")):
        data = data.partition(b"\n")[2]
    if (data.count(b"[") + data.count(b"{")) * 8 > len(data) and _containers(data) > _MOST_CONTAINERS:
        raise SourceMapError("it is nested like no source map")
    try:
        return json.loads(data.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError) as error:
        where = f" at byte {error.pos:,}" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceMapError(f"it is not valid JSON{where}") from error


def _containers(data: bytes) -> int:
    bare = _STRING.sub(b"", data)
    return bare.count(b"[") + bare.count(b"{")


def _sections(loaded: Any, start: tuple[int, int], depth: int) -> Iterator[Section]:
    if not isinstance(loaded, dict):
        raise SourceMapError("it is not a JSON object")
    inner = loaded.get("sections")
    if isinstance(inner, list) and depth < _MOST_NESTED:
        parts = [
            (_moved(start, part.get("offset")), part["map"])
            for part in inner
            if isinstance(part, dict) and isinstance(part.get("map"), dict)
        ]
        for offset, part in parts:
            yield from _sections(part, offset, depth + 1)
        return
    mappings, sources = loaded.get("mappings"), loaded.get("sources")
    if not isinstance(mappings, str) or not isinstance(sources, list):
        raise SourceMapError("it has no mappings or no sources")
    yield Section(
        start=start,
        mappings=mappings,
        root=_text(loaded.get("sourceRoot")),
        sources=tuple(_text(source) for source in sources),
        contents=tuple(_text(content) for content in _list(loaded.get("sourcesContent"))),
        carries=isinstance(loaded.get("sourcesContent"), list),
    )


def _moved(start: tuple[int, int], offset: Any) -> tuple[int, int]:
    line, column = (offset.get(key, 0) if isinstance(offset, dict) else 0 for key in ("line", "column"))
    if not isinstance(line, int) or not isinstance(column, int) or min(line, column) < 0:
        raise SourceMapError("a section of it begins nowhere")
    return start[0] + line, column + (start[1] if line == 0 else 0)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
