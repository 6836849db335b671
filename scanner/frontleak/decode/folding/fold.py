"""Folds small expressions to constant strings: only a fixed set of pure functions is evaluated, nothing is run."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding import builtins as js_builtins
from frontleak.decode.folding.builtins import UNKNOWN, Unknown, Value, text_of
from frontleak.decode.folding.definitions import REACH, alias_of, assignments, can_be_known, shadowed
from frontleak.decode.folding.lexer import bracket_end, expression_end
from frontleak.decode.folding.operators import binary, unary
from frontleak.js.escapes import unescape
from frontleak.js.parse import parse

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_NODES: Final = 20_000
"""Nodes evaluated per expression."""
_MOST_INITIALIZER: Final = 8_000
_NEAR_START: Final = 100
"""Bytes after the start of an assigned expression in which it may name itself."""
_MOST_DEPTH: Final = 6
_MOST_LOOKUPS: Final = 40
_MOST_CALLS: Final = 2_000
_PREFIX: Final = b"x="  # so that an object literal does not parse as a block
_FUNCTIONS: Final = frozenset({"arrow_function", "function_expression", "function_declaration", "generator_function"})
_RUNTIME_NAMES: Final = frozenset(
    {"undefined", "window", "process", "globalThis", "this", "BigInt", "Math", "Object", "arguments"}
)
_INDIRECT: Final = frozenset({"apply", "call", "bind"})
_DOTTED: Final = LazyRegex(rb"[\w$]++(?:\.[\w$]++)*+\Z")
_WORDS: Final = LazyRegex(rb"[A-Za-z_$][\w$]*")
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


class _Code(NamedTuple):
    """The code of a parsed stretch of the text."""

    code: bytes
    offset: int
    """Offset of the code in the text."""

    def of(self, node: "Node") -> bytes:
        return self.code[node.start_byte : node.end_byte]


class _Lambda(NamedTuple):
    node: "Node"
    source: _Code


class _Named(NamedTuple):
    """A supported function by name, or a method of a value."""

    name: str
    of: Value = None


class _Spread(NamedTuple):
    items: Value


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
        root, source = self._parsed(start, end)
        if root is None:
            return []
        values: dict[int, Value] = {}
        self._evaluate(root, source, values, {})
        return list(self._longest(root, source, values))

    def _parsed(self, start: int, end: int) -> tuple["Node | None", _Code]:
        source = _Code(_PREFIX + self._text[start:end], start - len(_PREFIX))
        return parse(source.code, self._budget), source

    def _longest(self, root: "Node", source: _Code, values: dict[int, Value]) -> Iterator[Folded]:
        pending = [root]
        while pending:
            node = pending.pop()
            value = values.get(node.id)
            if node.type in _COMPUTED and isinstance(value, str | bytes):
                if text := text_of(value):
                    yield Folded(source.offset + node.start_byte, source.offset + node.end_byte, text)
                continue
            if node.id in values:
                pending += reversed(node.named_children)

    # --- nodes, children first, without recursion ---

    def _evaluate(self, root: "Node", source: _Code, values: dict[int, Value], names: dict[bytes, Value]) -> Value:
        count = 0
        cursor = root.walk()
        value: Value = UNKNOWN
        while True:
            node = cursor.node
            if node is not None and node.type not in _FUNCTIONS and node.type != "string" and cursor.goto_first_child():
                continue
            while True:
                node = cursor.node
                count += 1
                if node is not None and node.is_named:
                    value = values[node.id] = self._value(node, source, values, names)
                    self._budget.spend(3 + _weight(value))
                if count > MOST_NODES or node is None or node.id == root.id:
                    return value
                if cursor.goto_next_sibling():
                    break
                if not cursor.goto_parent():
                    return value

    def _value(self, node: "Node", source: _Code, values: dict[int, Value], names: dict[bytes, Value]) -> Value:
        match node.type:
            case "string":
                return unescape(source.of(node)[1:-1])
            case "regex":
                self._budget.spend(100)
                return js_builtins.regular_expression(source.of(node).decode("utf-8", "replace"))
            case "number":
                return _number(source.of(node))
            case "identifier":
                if node.start_byte == 0:
                    return UNKNOWN  # the name in `_PREFIX`
                return self._name(source.of(node), source.offset + node.start_byte, names)
            case "member_expression":
                return self._member(node, source, values, names)
            case "subscript_expression":
                return _part(_field(node, "object", values), _field(node, "index", values))
            case "template_string":
                return _template(node, source, values)
            case "binary_expression":
                operator = node.child_by_field_name("operator")
                left, right = _field(node, "left", values), _field(node, "right", values)
                return binary(operator.type if operator else "", left, right)
            case "call_expression" | "new_expression":
                callee = "function" if node.type == "call_expression" else "constructor"
                return self._call(_field(node, callee, values), _arguments(node, values))
            case "array":
                return _items(node.named_children, values)
            case "object":
                return self._object(node, source, values, names)
            case "ternary_expression":
                first = _field(node, "consequence", values)
                return first if not isinstance(first, Unknown) else _field(node, "alternative", values)
            case "unary_expression":
                operator = node.child_by_field_name("operator")
                return unary(operator.type if operator else "", _field(node, "argument", values))
            case "assignment_expression":
                return _field(node, "right", values)
            case "augmented_assignment_expression":
                left, right = _field(node, "left", values), _field(node, "right", values)
                return binary("+", left, right) if isinstance(left, str) else right
            case "spread_element":
                return _Spread(_only(node, values))
            case "parenthesized_expression" | "template_substitution" | "sequence_expression" | "await_expression":
                return _only(node, values)
            case "true" | "false":
                return node.type == "true"
            case "null":
                return None
            case kind if kind in _FUNCTIONS:
                return _Lambda(node, source)
            case _:
                return UNKNOWN

    def _object(self, node: "Node", source: _Code, values: dict[int, Value], names: dict[bytes, Value]) -> Value:
        made: dict[str, Value] = {}
        for child in node.named_children:
            if child.type == "pair":
                key = child.child_by_field_name("key")
                if key is not None:
                    key_text = values.get(key.id)
                    made[key_text if isinstance(key_text, str) else source.of(key).decode("utf-8", "replace")] = _field(
                        child, "value", values
                    )
            elif child.type == "shorthand_property_identifier":
                name = source.of(child)
                made[name.decode("utf-8", "replace")] = self._name(name, source.offset + child.start_byte, names)
            elif child.type == "spread_element":
                inner = values.get(child.id)
                if isinstance(inner, _Spread) and isinstance(inner.items, dict):
                    made |= inner.items
        return made

    def _member(self, node: "Node", source: _Code, values: dict[int, Value], names: dict[bytes, Value]) -> Value:
        prop = node.child_by_field_name("property")
        name = source.of(prop).decode("utf-8", "replace") if prop is not None else ""
        owner = _field(node, "object", values)
        if isinstance(owner, Unknown):
            written = source.of(node) if node.end_byte - node.start_byte <= 80 else b""
            full = _global(written.decode("utf-8", "replace"))
            if full in js_builtins.FUNCTIONS:
                return _Named(full)
            if written.partition(b".")[0] not in names and _DOTTED.match(written):
                return self._name(written, source.offset + node.start_byte, {})
            return UNKNOWN
        if owner is None:
            return UNKNOWN
        if isinstance(owner, dict):
            if name in owner:
                return owner[name]
            later = self._set_later(node, source, names)
            if not isinstance(later, Unknown):
                return later
        if name == "length" and isinstance(owner, str | list | bytes):
            return len(owner)
        if isinstance(owner, _Named) and owner.of is None and f"{owner.name}.{name}" in js_builtins.FUNCTIONS:
            return _Named(f"{owner.name}.{name}")
        return _Named(name, owner)

    def _set_later(self, node: "Node", source: _Code, names: dict[bytes, Value]) -> Value:
        """Return a member that is set after its object was made, also under the first name of the object."""
        written = source.of(node) if node.end_byte - node.start_byte <= 80 else b""
        owner, _, member = written.partition(b".")
        if not _DOTTED.match(written) or owner in names:
            return UNKNOWN
        offset = source.offset + node.start_byte
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
            return _Named(text)
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
            if self._is_within(offset, assignment.start):
                continue  # `t = t + "…"`: the earlier value counts
            value = self._assigned(assignment.start)
            if assignment.key is not None:
                value = _part(value, assignment.key)
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

    def _is_within(self, offset: int, start: int) -> bool:
        """Return whether an offset is in the expression that begins shortly before it."""
        return (
            start <= offset < start + _NEAR_START
            and not self._text.startswith(b"function ", start)
            and expression_end(self._text, start, self._budget, _NEAR_START) > offset
        )

    def _assigned(self, start: int) -> Value:
        """Return the value of the expression at an offset of the text; each is evaluated once."""
        if start in self._values:
            return self._values[start]
        if not can_be_known(self._text, start):
            return UNKNOWN
        self._values[start] = UNKNOWN  # self-references stay unknown
        if self._text.startswith(b"function ", start):
            end = self._declaration_end(start)
        else:
            end = expression_end(self._text, start, self._budget, _MOST_INITIALIZER)
        self._budget.spend(10 + (end - start) // 50)
        if not start < end < start + _MOST_INITIALIZER:
            return UNKNOWN
        root, source = self._parsed(start, end)
        if root is None:
            return UNKNOWN
        values: dict[int, Value] = {}
        self._depth += 1
        try:
            self._evaluate(root, source, values, {})
        finally:
            self._depth -= 1
        value = _first(root, values)
        self._values[start] = value
        return value

    def _declaration_end(self, start: int) -> int:
        limit = min(len(self._text), start + _MOST_INITIALIZER)
        opening = self._text.find(b"{", start, min(limit, start + 300))
        return bracket_end(self._text, opening, limit, self._budget) if opening >= 0 else start

    # --- calls ---

    def _call(self, callee: Value, args: Sequence[Value]) -> Value:
        while isinstance(callee, _Named) and isinstance(callee.of, _Named | _Lambda) and callee.name in _INDIRECT:
            self._budget.spend(1)
            if callee.name == "bind":
                return callee.of
            args = args[1:] if callee.name == "call" else _listed(args[1:])
            callee = callee.of
        if isinstance(callee, _Lambda):
            return self._apply(callee, args)
        if not isinstance(callee, _Named):
            return UNKNOWN
        self._budget.spend(2 + sum(map(_weight, args)))
        target, name = callee.of, callee.name
        if target is None and name == "Array.from" and len(args) > 1:
            target, name, args = js_builtins.call(name, args[:1]), "map", args[1:]
        if target is None:
            return js_builtins.call(name, args)
        if isinstance(target, list) and args and isinstance(args[0], _Named | _Lambda):
            return self._over(target, name, args)
        return js_builtins.method(target, name, args)

    def _over(self, items: Sequence[Value], name: str, args: Sequence[Value]) -> Value:
        """Apply a function to each item of a list."""
        function = args[0]
        if len(items) > _MOST_CALLS:
            return UNKNOWN
        if name in {"map", "flatMap"}:
            most = 1 if isinstance(function, _Named) and function.name != "parseInt" else 2
            made = [self._call(function, [item, index][:most]) for index, item in enumerate(items)]
            return js_builtins.flattened(made) if name == "flatMap" else made
        if name in {"reduce", "reduceRight"}:
            total: Value = args[1] if len(args) > 1 else UNKNOWN
            rest = list(items) if name == "reduce" else list(reversed(items))
            if len(args) < 2 and rest:
                total = rest.pop(0)
            for index, item in enumerate(rest):
                total = self._call(function, [total, item, index])
            return total
        return UNKNOWN

    def _apply(self, function: _Lambda, args: Sequence[Value]) -> Value:
        self._budget.spend(10)
        if self._depth >= _MOST_DEPTH:
            return UNKNOWN
        body = function.node.child_by_field_name("body")
        if body is not None and body.type == "statement_block":
            returned = [child for child in body.named_children if child.type == "return_statement"]
            body = returned[-1].named_children[0] if returned and returned[-1].named_children else None
        if body is None:
            return UNKNOWN
        names = _bound(function, args)
        self._depth += 1
        try:
            return self._evaluate(body, function.source, {}, names)
        finally:
            self._depth -= 1


def _bound(function: _Lambda, args: Sequence[Value]) -> dict[bytes, Value]:
    """Return the values of a function's parameters; destructured ones are `UNKNOWN`."""
    node = function.node.child_by_field_name("parameter")
    if node is not None:
        return {function.source.of(node): args[0] if args else UNKNOWN}
    node = function.node.child_by_field_name("parameters")
    names: dict[bytes, Value] = {}
    for index, child in enumerate(node.named_children if node is not None else ()):
        written = function.source.of(child).partition(b"=")[0].strip()
        if child.type in {"identifier", "assignment_pattern"} and _WORDS.fullmatch(written):
            names[written] = args[index] if index < len(args) else UNKNOWN
        else:
            names.update((word.group(), UNKNOWN) for word in _WORDS.finditer(function.source.of(child)))
    return names


def _listed(args: Sequence[Value]) -> Sequence[Value]:
    return args[0] if args and isinstance(args[0], list) else []


def _weight(value: Value) -> int:
    """Return the work of making a value in budget units, on top of the work for its node."""
    if isinstance(value, str | bytes):
        return len(value) >> 5
    return len(value) >> 2 if isinstance(value, list) else 0


def _global(name: str) -> str:
    for prefix in _GLOBALS:
        name = name.removeprefix(prefix)
    return name


def _first(root: "Node", values: dict[int, Value]) -> Value:
    """Return the value of the first statement of a tree."""
    node = root
    for _ in range(4):
        if not node.named_children:
            break
        node = next((child for child in node.named_children if child.type != "comment"), node)
        if node.type in {"assignment_expression", *_FUNCTIONS}:
            return values.get(node.id, UNKNOWN)
    return values.get(node.id, UNKNOWN)


def _field(node: "Node", name: str, values: dict[int, Value]) -> Value:
    child = node.child_by_field_name(name)
    return values.get(child.id, UNKNOWN) if child is not None else UNKNOWN


def _only(node: "Node", values: dict[int, Value]) -> Value:
    inner = [child for child in node.named_children if child.type != "comment"]
    return values.get(inner[-1].id, UNKNOWN) if inner else UNKNOWN


def _items(children: Sequence["Node"], values: dict[int, Value]) -> list[Value]:
    items: list[Value] = []
    for child in children:
        if child.type == "comment":
            continue
        value = values.get(child.id, UNKNOWN)
        if not isinstance(value, _Spread):
            items.append(value)
        elif isinstance(value.items, str | list | bytes) and len(items) + len(value.items) <= js_builtins.MOST_ITEMS:
            items += value.items
        else:
            items.append(UNKNOWN)
    return items


def _arguments(node: "Node", values: dict[int, Value]) -> list[Value]:
    arguments = node.child_by_field_name("arguments")
    return _items(arguments.named_children, values) if arguments is not None and arguments.type == "arguments" else []


def _template(node: "Node", source: _Code, values: dict[int, Value]) -> Value:
    def parts() -> Iterator[str]:
        position = node.start_byte + 1
        for child in node.named_children:
            if child.type == "template_substitution":
                yield unescape(source.code[position : child.start_byte])
                yield text_of(values.get(child.id, UNKNOWN))
                position = child.end_byte
        yield unescape(source.code[position : node.end_byte - 1])

    return js_builtins.gathered(parts())[: js_builtins.MOST_TEXT]


def _part(whole: Value, index: Value) -> Value:
    if isinstance(index, str) and isinstance(whole, str | list | bytes) and not index.isdecimal():
        return len(whole) if index == "length" else _Named(index, whole)
    try:
        if isinstance(whole, dict):
            return whole.get(index if isinstance(index, str) else text_of(index), UNKNOWN)
        return whole[int(index)] if isinstance(whole, str | list | bytes) and int(index) >= 0 else UNKNOWN
    except js_builtins.FAILURES:
        return UNKNOWN


def _number(written: bytes) -> Value:
    digits = written.replace(b"_", b"").lower()
    try:
        return int(digits, 0) if digits[:1] != b"0" or digits[1:2] in b"xob" else int(digits, 8)
    except ValueError:
        pass
    try:
        return float(digits)
    except ValueError:
        return UNKNOWN
