"""A settings file as a tree: texts, lists and tables, each with its line."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

MOST_NODES: Final = 50_000
"""Values of one file: aliases in YAML can multiply them without end."""
DEEPEST: Final = 50
"""Tables and lists inside of each other."""
ANY: Final = "*"
"""Step of a path that stands for every key of a table, or every item of a list."""


class Node(NamedTuple):
    """A value."""

    value: "str | tuple[Node, ...] | Mapping[str, Node] | None"
    """A scalar as text, such as `true`; None for null."""
    line: int
    """1-based line of its key, or of itself where it has none."""


class MistakeError(ValueError):
    """A file, or a part of it, is not valid."""

    def __init__(self, line: int, reason: str) -> None:
        """Store the 1-based line and the reason, which shows nothing of the file."""
        super().__init__(reason)
        self.line = line
        self.reason = reason


def nodes_at(root: Node, path: str) -> Iterator[Node]:
    """Yield the values at a path such as `context.*.environment`, in the order of the file."""
    found = [root]
    for step in path.split("."):
        found = [inner for node in found for inner in _inside(node, step)]
    yield from found


def _inside(node: Node, step: str) -> Iterator[Node]:
    if isinstance(node.value, Mapping):
        if step == ANY:
            yield from node.value.values()
        elif step in node.value:
            yield node.value[step]
    elif isinstance(node.value, tuple) and step == ANY:
        yield from node.value


def text_of(node: Node) -> str | None:
    """Return a scalar as it is, a table or list as JSON, None for null."""
    if node.value is None or isinstance(node.value, str):
        return node.value
    return json.dumps(_plain(node), ensure_ascii=False)


def _plain(node: Node) -> Any:
    if isinstance(node.value, Mapping):
        return {name: _plain(inner) for name, inner in node.value.items()}
    return [_plain(inner) for inner in node.value] if isinstance(node.value, tuple) else node.value
