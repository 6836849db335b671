"""Flat graphs: devalue (SvelteKit, Nuxt) and turbo-stream (Remix, React Router), which separate names from values.

Both serialise a graph as one array in which objects and lists hold the indexes of their members.
"""

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex

MOST_ELEMENTS: Final = 100_000
"""Elements read per graph."""
_ELEMENT: Final = LazyRegex(
    rb"""
      (?P<text> " (?:[^"\\]++|\\.)*+ " )
    | (?P<parts> [{\[] (?: [^"{}\[\]]++ | "(?:[^"\\]++|\\.)*+" )*+ [}\]] )
    | [^\s,"{}\[\]]++
    """,
    re.VERBOSE | re.DOTALL,
)
_GAP: Final = LazyRegex(rb"[\s,]*+")
_NEXT_LINE: Final = LazyRegex(rb"\]\s*+(?:[A-Z]\d{0,9}:)\[")
_TURBO_KEY: Final = LazyTextRegex(r"_(\d{1,9})")
_WRAPPERS: Final = frozenset({"Reactive", "ShallowReactive", "Ref", "ShallowRef", "EmptyRef", "EmptyShallowRef"})
Path = tuple[str | int, ...]


class GraphLeaf(NamedTuple):
    """A string of the graph that is reachable from its root."""

    path: Path
    start: int
    """Byte offset after its opening quote."""
    end: int
    """Byte offset of its closing quote."""


class FlatGraph:
    """One flat graph, read up to the first syntax error."""

    def __init__(self, data: bytes, start: int, limit: int) -> None:
        """Read the array at `start` and, for turbo-stream, the lines that follow it, up to `limit`."""
        self._spans: list[tuple[int, int]] = []
        self._parts: dict[int, Any] = {}
        self._texts: dict[int, str] = {}
        self._read(data, start + 1, min(limit, len(data)))
        self._paths: dict[int, Path] | None = None

    def _read(self, data: bytes, position: int, limit: int) -> None:
        while len(self._spans) < MOST_ELEMENTS:
            gap = _GAP.match(data, position, limit)
            position = gap.end() if gap else position
            element = _ELEMENT.match(data, position, limit)
            if element is None:
                line = _NEXT_LINE.match(data, position, limit)
                if line is None:
                    return
                position = line.end()
                continue
            if element.lastgroup:
                value = _json(element.group())
                if element.lastgroup == "parts":
                    self._parts[len(self._spans)] = value
                elif isinstance(value, str) and len(value) <= 200:
                    self._texts[len(self._spans)] = value
            self._spans.append(element.span())
            position = element.end()

    @property
    def end(self) -> int:
        """Byte offset after the last element read."""
        return self._spans[-1][1] if self._spans else 0

    def path_of(self, offset: int) -> Path | None:
        """Return the path from the root to the element at an offset; None if there is none."""
        low, high = 0, len(self._spans)
        while low < high:
            middle = (low + high) // 2
            if self._spans[middle][1] <= offset:
                low = middle + 1
            else:
                high = middle
        if low == len(self._spans) or self._spans[low][0] > offset:
            return None
        return self.paths().get(low)

    def leaves(self) -> Iterator[GraphLeaf]:
        """Yield the strings reachable from the root, in the order of the structures that hold them."""
        for index, path in self.paths().items():
            start, end = self._spans[index]
            if index in self._texts or (index not in self._parts and end - start > 202):
                yield GraphLeaf(path, start + 1, end - 1)

    def paths(self) -> dict[int, Path]:
        """Return the shortest path of every reachable element, by its index."""
        if self._paths is None:
            self._paths = {0: ()} if self._spans else {}
            queue = deque(self._paths)
            while queue:
                index = queue.popleft()
                path = self._paths[index]
                if len(path) > 60:
                    continue
                for name, member in self._members(index):
                    if member not in self._paths and 0 <= member < len(self._spans):
                        self._paths[member] = path if name is None else (*path, name)
                        queue.append(member)
        return self._paths

    def _members(self, index: int) -> Iterator[tuple[str | int | None, int]]:
        value = self._parts.get(index)
        if isinstance(value, dict):
            for key, member in value.items():
                if not _is_index(member):
                    continue
                turbo = _TURBO_KEY.fullmatch(key)
                yield (self._texts.get(int(turbo.group(1)), key) if turbo else key), member
        elif isinstance(value, list) and value and isinstance(value[0], str):
            yield from _wrapped(value)
        elif isinstance(value, list):
            yield from ((place, member) for place, member in enumerate(value) if _is_index(member))


def _wrapped(value: list[Any]) -> Iterator[tuple[str | int | None, int]]:
    """Yield the members of a typed value: `["Set", 4, 5]`, `["null", "key", 4]`, `["Reactive", 4]`."""
    kind, rest = value[0], value[1:]
    if kind == "null" or (kind == "N" and len(rest) > 1):
        yield from ((k, m) for k, m in zip(rest[::2], rest[1::2], strict=False) if isinstance(k, str) and _is_index(m))
        return
    alone = kind in _WRAPPERS or len(rest) == 1
    yield from ((None if alone else place, member) for place, member in enumerate(rest) if _is_index(member))


def _is_index(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
