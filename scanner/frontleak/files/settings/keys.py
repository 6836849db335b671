"""Makes a tree of the values of a parser that tells no lines, and of the lines of the keys."""

import json
from collections.abc import Mapping
from typing import Any, Final

from frontleak.core.settings_tree import DEEPEST, MOST_NODES, MistakeError, Node

ITEM: Final = "[]"
"""Step of a path to a list's items: all of them."""

Lines = Mapping[tuple[str, ...], int]
"""Path of a key -> its 1-based line; that of the last one where items of a list have the same."""


def tree(value: Any, lines: Lines) -> Node:
    """Return a tree.

    Args:
        value: as a parser of JSON or TOML returns it.
        lines: a key that is not in it has the line of the table around it.

    Raises:
        MistakeError: it is too large or nested too deeply.
    """
    return _Tree(lines).node(value, (), 1)


class _Tree:
    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._left = MOST_NODES

    def node(self, value: Any, path: tuple[str, ...], around: int) -> Node:
        line = self._lines.get(path, around)
        self._left -= 1
        if self._left < 0:
            raise MistakeError(line, f"more than {MOST_NODES:,} values")
        if len(path) > DEEPEST:
            raise MistakeError(line, "nested too deeply")
        if isinstance(value, dict):
            return Node({name: self.node(inner, (*path, name), line) for name, inner in value.items()}, line)
        if isinstance(value, list):
            return Node(tuple(self.node(inner, (*path, ITEM), line) for inner in value), line)
        return Node(_scalar(value), line)


def _scalar(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, (bool, int, float)) else str(value)  # the rest are dates of TOML
