"""Reads YAML, as docker compose files have it: with anchors, merge keys and tags of their own."""

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from frontleak.core.settings_tree import DEEPEST, MOST_NODES, MistakeError, Node
from frontleak.rules.yaml_nesting import too_deep

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE: Final = "<<"
_QUOTED: Final = frozenset("'\"|>")
"""Styles of scalars that are texts whatever they look like."""
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})


def read_yaml(data: bytes) -> Node:
    """Return the tree of the first document of a file.

    Raises:
        MistakeError: it is not valid.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MistakeError(data.count(b"\n", 0, error.start) + 1, "not UTF-8") from None
    if line := too_deep(text):
        raise MistakeError(line, "nested too deeply")
    try:
        loader: Any = _Loader(text)
        node = loader.get_node() if loader.check_node() else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = int(mark.line) + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise MistakeError(line, f"not valid YAML: {_reason(error)}") from None
    except RecursionError:
        raise MistakeError(1, "nested too deeply") from None
    return Node(None, 1) if node is None else _Tree().node(node, node.start_mark.line + 1, 0)


def _reason(error: yaml.YAMLError) -> str:
    """Return what is wrong, without the characters that some messages show."""
    problem = str(getattr(error, "problem", None) or "a character that is not allowed")
    return re.sub(r"\s*['\"].*", "", problem) or "a syntax error"


class _Tree:
    def __init__(self) -> None:
        self._left = MOST_NODES

    def node(self, node: yaml.Node, line: int, depth: int) -> Node:
        self._left -= 1
        if self._left < 0:
            raise MistakeError(line, f"more than {MOST_NODES:,} values")
        if depth > DEEPEST:  # also an alias of a list inside of itself
            raise MistakeError(line, "nested too deeply")
        if isinstance(node, yaml.MappingNode):
            return Node(self._table(node, depth), line)
        if isinstance(node, yaml.SequenceNode):
            items = (self.node(item, item.start_mark.line + 1, depth + 1) for item in node.value)
            return Node(tuple(items), line)
        is_null = isinstance(node, yaml.ScalarNode) and node.style not in _QUOTED and node.value in _NULLS
        return Node(None if is_null else str(node.value), line)

    def _table(self, node: yaml.MappingNode, depth: int) -> Mapping[str, Node]:
        """Return the members of a mapping: its own ones, then what it merges, in this order."""
        own: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        for key, value in node.value:
            inner = self.node(value, key.start_mark.line + 1, depth + 1)
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value != _MERGE or key.style in _QUOTED:
                own[str(key.value)] = inner
                continue
            for each in inner.value if isinstance(inner.value, tuple) else (inner,):
                merged = {**each.value, **merged} if isinstance(each.value, Mapping) else merged
        return {**merged, **own}
