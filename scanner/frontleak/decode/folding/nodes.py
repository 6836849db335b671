"""Values of the nodes of a tree, from the values of their children."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.decode.folding.builtins import (
    FAILURES,
    MOST_ITEMS,
    MOST_TEXT,
    UNKNOWN,
    Value,
    gathered,
    text_of,
)
from frontleak.js.escapes import unescape

if TYPE_CHECKING:
    from tree_sitter import Node

FUNCTIONS: Final = frozenset({"arrow_function", "function_expression", "function_declaration", "generator_function"})
"""Types of nodes that are functions."""


class Code(NamedTuple):
    """The code of a parsed stretch of the text."""

    code: bytes
    offset: int
    """Offset of the code in the text."""

    def text(self, node: "Node") -> bytes:
        """Return the code of a node."""
        return self.code[node.start_byte : node.end_byte]


class Lambda(NamedTuple):
    """A function of the text."""

    node: "Node"
    source: Code


class Named(NamedTuple):
    """A supported function by name, or a method of a value."""

    name: str
    of: Value = None


class Spread(NamedTuple):
    """What `...` puts into a list or an object."""

    items: Value


class Frame(NamedTuple):
    """One evaluation of a parsed stretch: of an expression, or of the body of a function for some arguments."""

    source: Code
    values: dict[int, Value]
    """Values of the nodes that are evaluated so far, by the ids of the nodes."""
    names: dict[bytes, Value]
    """Values of the parameters."""

    def text(self, node: "Node") -> bytes:
        """Return the code of a node."""
        return self.source.text(node)

    def offset(self, node: "Node") -> int:
        """Return where a node begins in the whole text."""
        return self.source.offset + node.start_byte

    def value(self, node: "Node | None") -> Value:
        """Return the value of a node; `UNKNOWN` without one."""
        return UNKNOWN if node is None else self.values.get(node.id, UNKNOWN)

    def field(self, node: "Node", name: str) -> Value:
        """Return the value of a field of a node."""
        return self.value(node.child_by_field_name(name))

    def last(self, node: "Node") -> Value:
        """Return the value of the last child of a node, as of a sequence or of what is in parentheses."""
        inner = [child for child in node.named_children if child.type != "comment"]
        return self.value(inner[-1]) if inner else UNKNOWN

    def items(self, children: Sequence["Node"]) -> list[Value]:
        """Return the values of the items of a list."""
        items: list[Value] = []
        for child in children:
            if child.type == "comment":
                continue
            value = self.value(child)
            if not isinstance(value, Spread):
                items.append(value)
            elif isinstance(value.items, str | list | bytes) and len(items) + len(value.items) <= MOST_ITEMS:
                items += value.items
            else:
                items.append(UNKNOWN)
        return items

    def arguments(self, call: "Node") -> list[Value]:
        """Return the values of the arguments of a call."""
        arguments = call.child_by_field_name("arguments")
        return self.items(arguments.named_children) if arguments is not None and arguments.type == "arguments" else []

    def template(self, node: "Node") -> Value:
        """Return the text of a template."""
        return gathered(self._template_parts(node))[:MOST_TEXT]

    def _template_parts(self, node: "Node") -> Iterator[str]:
        position = node.start_byte + 1
        for child in node.named_children:
            if child.type == "template_substitution":
                yield unescape(self.source.code[position : child.start_byte])
                yield text_of(self.value(child))
                position = child.end_byte
        yield unescape(self.source.code[position : node.end_byte - 1])

    def first_statement(self, root: "Node") -> Value:
        """Return the value of the first statement of a tree."""
        node = root
        for _ in range(4):
            if not node.named_children:
                break
            node = next((child for child in node.named_children if child.type != "comment"), node)
            if node.type in {"assignment_expression", *FUNCTIONS}:
                break
        return self.value(node)


def weight(value: Value) -> int:
    """Return the work of making a value in budget units, on top of the work for its node."""
    if isinstance(value, str | bytes):
        return len(value) >> 5
    return len(value) >> 2 if isinstance(value, list) else 0


def part(whole: Value, index: Value) -> Value:
    """Return the item or member of a value at an index."""
    if isinstance(index, str) and isinstance(whole, str | list | bytes) and not index.isdecimal():
        return len(whole) if index == "length" else Named(index, whole)
    try:
        if isinstance(whole, dict):
            return whole.get(index if isinstance(index, str) else text_of(index), UNKNOWN)
        return whole[int(index)] if isinstance(whole, str | list | bytes) and int(index) >= 0 else UNKNOWN
    except FAILURES:
        return UNKNOWN


def number(written: bytes) -> Value:
    """Return the value of a number literal."""
    digits = written.replace(b"_", b"").lower()
    try:
        return int(digits, 0) if digits[:1] != b"0" or digits[1:2] in b"xob" else int(digits, 8)
    except ValueError:
        pass
    try:
        return float(digits)
    except ValueError:
        return UNKNOWN
