"""Folds small expressions to constant strings: only a fixed set of pure functions is evaluated, nothing is run."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding import builtins as js_builtins
from frontleak.decode.folding.builtins import UNKNOWN, Unknown, Value, text_of
from frontleak.decode.folding.calls import bound, call, returned
from frontleak.decode.folding.definitions import REACH, alias_of, assignments, can_be_known, shadowed
from frontleak.decode.folding.initializers import initializer_end, is_in_initializer
from frontleak.decode.folding.nodes import FUNCTIONS, Code, Frame, Lambda, Named, Spread, number, part, weight
from frontleak.decode.folding.operators import binary, unary
from frontleak.js.escapes import unescape
from frontleak.js.parse import parse

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_NODES: Final = 20_000
"""Nodes evaluated per expression."""
_MOST_DEPTH: Final = 6
_MOST_LOOKUPS: Final = 40
_PREFIX: Final = b"x="  # so that an object literal does not parse as a block
_RUNTIME_NAMES: Final = frozenset(
    {"undefined", "window", "process", "globalThis", "this", "BigInt", "Math", "Object", "arguments"}
)
_DOTTED: Final = LazyRegex(rb"[\w$]++(?:\.[\w$]++)*+\Z")
_GLOBALS: Final = ("window.", "globalThis.", "self.", "global.")
_COMPUTED: Final = frozenset(
    {
        *("binary_expression", "call_expression", "template_string", "subscript_expression", "member_expression"),
        *("ternary_expression", "identifier", "new_expression", "augmented_assignment_expression"),
    }
)


class Folded(NamedTuple):
    """An expression and its string value."""

    start: int
    """Byte offset."""
    end: int
    """Byte offset just after."""
    value: str
    """With `builtins.HOLE` for each unknown part."""


class Folder:
    """Folds expressions of one text, under one budget."""

    def __init__(self, text: bytes, budget: WorkBudget) -> None:
        self._text = text
        self._budget = budget
        self._values: dict[int, Value] = {}
        self._names: dict[tuple[bytes, int], Value] = {}
        self._depth = self._lookups = 0

    def fold(self, start: int, end: int) -> list[Folded]:
        """Return the longest expressions in a stretch of code that compute a string.

        Raises:
            ExhaustedError: the budget is used up.
        """
        self._lookups = 0
        root, frame = self._parsed(start, end)
        if root is None:
            return []
        self._evaluate(root, frame)
        return list(_longest(root, frame))

    def _parsed(self, start: int, end: int) -> tuple["Node | None", Frame]:
        source = Code(_PREFIX + self._text[start:end], start - len(_PREFIX))
        return parse(source.code, self._budget), Frame(source, {}, {})

    # --- nodes, children first, without recursion ---

    def _evaluate(self, root: "Node", frame: Frame) -> Value:
        count = 0
        cursor = root.walk()
        value: Value = UNKNOWN
        while True:
            node = cursor.node
            if node is not None and node.type not in FUNCTIONS and node.type != "string" and cursor.goto_first_child():
                continue
            while True:
                node = cursor.node
                count += 1
                if node is not None and node.is_named:
                    value = frame.values[node.id] = self._value(node, frame)
                    self._budget.spend(3 + weight(value))
                if count > MOST_NODES or node is None or node.id == root.id:
                    return value
                if cursor.goto_next_sibling():
                    break
                if not cursor.goto_parent():
                    return value

    def _value(self, node: "Node", frame: Frame) -> Value:
        match node.type:
            case "string":
                return unescape(frame.text(node)[1:-1])
            case "regex":
                self._budget.spend(100)
                return js_builtins.regular_expression(frame.text(node).decode("utf-8", "replace"))
            case "number":
                return number(frame.text(node))
            case "identifier":
                if node.start_byte == 0:
                    return UNKNOWN  # the name in `_PREFIX`
                return self._name(frame.text(node), frame.offset(node), frame.names)
            case "member_expression":
                return self._member(node, frame)
            case "subscript_expression":
                return part(frame.field(node, "object"), frame.field(node, "index"))
            case "template_string":
                return frame.template(node)
            case "binary_expression":
                operator = node.child_by_field_name("operator")
                left, right = frame.field(node, "left"), frame.field(node, "right")
                return binary(operator.type if operator else "", left, right)
            case "call_expression" | "new_expression":
                callee = "function" if node.type == "call_expression" else "constructor"
                return call(frame.field(node, callee), frame.arguments(node), self._apply, self._budget)
            case "array":
                return frame.items(node.named_children)
            case "object":
                return self._object(node, frame)
            case "ternary_expression":
                first = frame.field(node, "consequence")
                return first if not isinstance(first, Unknown) else frame.field(node, "alternative")
            case "unary_expression":
                operator = node.child_by_field_name("operator")
                return unary(operator.type if operator else "", frame.field(node, "argument"))
            case "assignment_expression":
                return frame.field(node, "right")
            case "augmented_assignment_expression":
                left, right = frame.field(node, "left"), frame.field(node, "right")
                return binary("+", left, right) if isinstance(left, str) else right
            case "spread_element":
                return Spread(frame.last(node))
            case "parenthesized_expression" | "template_substitution" | "sequence_expression" | "await_expression":
                return frame.last(node)
            case "true" | "false":
                return node.type == "true"
            case "null":
                return None
            case kind if kind in FUNCTIONS:
                return Lambda(node, frame.source)
            case _:
                return UNKNOWN

    def _object(self, node: "Node", frame: Frame) -> Value:
        made: dict[str, Value] = {}
        for child in node.named_children:
            if child.type == "pair":
                key = child.child_by_field_name("key")
                if key is not None:
                    computed = frame.value(key)
                    name = computed if isinstance(computed, str) else frame.text(key).decode("utf-8", "replace")
                    made[name] = frame.field(child, "value")
            elif child.type == "shorthand_property_identifier":
                written = frame.text(child)
                made[written.decode("utf-8", "replace")] = self._name(written, frame.offset(child), frame.names)
            elif child.type == "spread_element":
                inner = frame.value(child)
                if isinstance(inner, Spread) and isinstance(inner.items, dict):
                    made |= inner.items
        return made

    def _member(self, node: "Node", frame: Frame) -> Value:
        prop = node.child_by_field_name("property")
        name = frame.text(prop).decode("utf-8", "replace") if prop is not None else ""
        owner = frame.field(node, "object")
        if isinstance(owner, Unknown):
            written = frame.text(node) if node.end_byte - node.start_byte <= 80 else b""
            full = _global(written.decode("utf-8", "replace"))
            if full in js_builtins.FUNCTIONS:
                return Named(full)
            if written.partition(b".")[0] not in frame.names and _DOTTED.match(written):
                return self._name(written, frame.offset(node), {})
            return UNKNOWN
        if owner is None:
            return UNKNOWN
        if isinstance(owner, dict):
            if name in owner:
                return owner[name]
            later = self._set_later(node, frame)
            if not isinstance(later, Unknown):
                return later
        if name == "length" and isinstance(owner, str | list | bytes):
            return len(owner)
        if isinstance(owner, Named) and owner.of is None and f"{owner.name}.{name}" in js_builtins.FUNCTIONS:
            return Named(f"{owner.name}.{name}")
        return Named(name, owner)

    def _set_later(self, node: "Node", frame: Frame) -> Value:
        """Return a member that is set after its object was made, also under the first name of the object."""
        written = frame.text(node) if node.end_byte - node.start_byte <= 80 else b""
        owner, _, member = written.partition(b".")
        if not _DOTTED.match(written) or owner in frame.names:
            return UNKNOWN
        offset = frame.offset(node)
        value = self._name(written, offset, {})
        if isinstance(value, Unknown) and (alias := alias_of(self._text, owner, offset, self._budget)):
            return self._name(alias + b"." + member, offset, {})
        return value

    # --- names ---

    def _name(self, name: bytes, offset: int, names: dict[bytes, Value]) -> Value:
        if name in names:
            return names[name]
        text = name.decode("utf-8", "replace")
        if text in js_builtins.FUNCTIONS:
            return Named(text)
        if self._depth >= _MOST_DEPTH or text in _RUNTIME_NAMES:
            return UNKNOWN
        if (name, offset) not in self._names:
            self._lookups += 1 if self._depth == 0 else 3  # indirect references are less likely to matter
            if self._lookups > _MOST_LOOKUPS:
                return UNKNOWN
            self._names[name, offset] = self._looked_up(name, offset)
        return self._names[name, offset]

    def _looked_up(self, name: bytes, offset: int) -> Value:
        tails: list[str] = []
        tried = 0
        for assignment in assignments(
            self._text, name, offset, self._budget, REACH if self._depth == 0 else REACH // 4
        ):
            if is_in_initializer(self._text, offset, assignment.start, self._budget):
                continue  # `t = t + "…"`: the earlier value counts
            value = self._assigned(assignment.start)
            if assignment.key is not None:
                value = part(value, assignment.key)
            if assignment.appends:
                tails.append(text_of(value))
                continue
            tried += 1
            if not isinstance(value, Unknown) and shadowed(self._text, name, assignment.start, offset, self._budget):
                return UNKNOWN
            if not isinstance(value, Unknown) or tried >= 3:
                head = "".join(reversed(tails))
                return value if not tails else binary("+", value, head)
        return UNKNOWN if not tails else binary("+", UNKNOWN, "".join(reversed(tails)))

    def _assigned(self, start: int) -> Value:
        """Return the value of the expression at an offset of the text; each is evaluated once."""
        if start in self._values:
            return self._values[start]
        if not can_be_known(self._text, start):
            return UNKNOWN
        self._values[start] = UNKNOWN  # self-references stay unknown
        end = initializer_end(self._text, start, self._budget)
        root, frame = self._parsed(start, end) if end is not None else (None, None)
        if root is None or frame is None:
            return UNKNOWN
        self._evaluate_inside(root, frame)
        value = self._values[start] = frame.first_statement(root)
        return value

    def _evaluate_inside(self, root: "Node", frame: Frame) -> Value:
        """Evaluate what an evaluation asks for."""
        self._depth += 1
        try:
            return self._evaluate(root, frame)
        finally:
            self._depth -= 1

    def _apply(self, function: Lambda, args: Sequence[Value]) -> Value:
        """Return what a function of the text returns for some arguments."""
        self._budget.spend(10)
        body = returned(function) if self._depth < _MOST_DEPTH else None
        return (
            UNKNOWN if body is None else self._evaluate_inside(body, Frame(function.source, {}, bound(function, args)))
        )


def _longest(root: "Node", frame: Frame) -> Iterator[Folded]:
    pending = [root]
    while pending:
        node = pending.pop()
        value = frame.values.get(node.id)
        if node.type in _COMPUTED and isinstance(value, str | bytes):
            if text := text_of(value):
                yield Folded(frame.offset(node), frame.source.offset + node.end_byte, text)
            continue
        if node.id in frame.values:
            pending += reversed(node.named_children)


def _global(name: str) -> str:
    for prefix in _GLOBALS:
        name = name.removeprefix(prefix)
    return name
