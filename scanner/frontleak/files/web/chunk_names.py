"""Computes the names of webpack's chunks: a runtime has a function from the id of a chunk to the name of its file.

    r.u = e => "static/chunks/" + ({12: "cart"}[e] || e) + "." + {12: "4f3c2a", 34: "9d8e7f"}[e] + ".js"

The expression is read and computed for each id that it or the script names; nothing is executed. What it has besides
strings, numbers, objects, `+`, `||`, `===` and `?:` ends the reading.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

_TOKEN: Final = re.compile(
    r"\s*+(?:(?P<text>\"(?:[^\"\\\n]|\\.){0,2000}+\"|'(?:[^'\\\n]|\\.){0,2000}+'|`[^`\\]{0,2000}+`)"
    r"|(?P<number>[0-9]{1,15}(?:e[0-9]{1,2})?+)|(?P<name>[A-Za-z_$][\w$]{0,100}+)|(?P<sign>===|==|\|\||[-+?:()\[\]{},.;]))"
)
_LONGEST: Final = 2_000_000
"""Characters of one expression."""
_DEEPEST: Final = 40
_MOST_NAMES: Final = 20_000
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_HOLE: Final = re.compile(r"\$\{[A-Za-z_$][\w$]*+\}")

_Node = tuple[Any, ...]


class _UnknownError(ValueError):
    """The expression has something that is not read."""


class _Reader:
    """Reads one expression into nested tuples."""

    def __init__(self, text: str, at: int) -> None:
        self._text, self._at, self._end = text, at, min(len(text), at + _LONGEST)
        self._depth = 0
        self.keys: dict[str, None] = {}
        """Ids that the expression names, in order."""
        self.kind = self.value = ""
        self.advance()

    def advance(self) -> None:
        found = _TOKEN.match(self._text, self._at, self._end)
        if found is None:
            self.kind = self.value = ""
            return
        self.kind, self._at = str(found.lastgroup), found.end()
        self.value = found[self.kind]

    def take(self, sign: str) -> bool:
        if self.kind != "sign" or self.value != sign:
            return False
        self.advance()
        return True

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise _UnknownError

    def choice(self) -> _Node:
        """Read `a ? b : c ? d : e`; a runtime may have thousands of them in a row."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _UnknownError
        branches: list[tuple[_Node, _Node]] = []
        while True:
            node = self.either()
            if not self.take("?"):
                break
            branches.append((node, self.choice()))
            self.expect(":")
        self._depth -= 1
        table: dict[str, _Node] = {}
        for count, (condition, then) in enumerate(branches):
            if (identity := _compared(condition)) is None:
                return ("table", table, ("choice", branches[count:], node))
            table.setdefault(identity, then)
        return ("table", table, node) if table else node

    def either(self) -> _Node:
        nodes = [self.equal()]
        while self.take("||"):
            nodes.append(self.equal())
        return nodes[0] if len(nodes) == 1 else ("either", nodes)

    def equal(self) -> _Node:
        left = self.sum()
        if not (self.take("===") or self.take("==")):
            return left
        right = self.sum()
        self.keys.update({node[1]: None for node in (left, right) if node[0] == "text"})
        return ("equal", left, right)

    def sum(self) -> _Node:
        nodes = [self.member()]
        while self.take("+"):
            nodes.append(self.member())
        return nodes[0] if len(nodes) == 1 else ("sum", nodes)

    def member(self) -> _Node:
        node = self.primary()
        while self.take("["):
            node = ("member", node, self.choice())
            self.expect("]")
        return node

    def primary(self) -> _Node:
        kind, value = self.kind, self.value
        if self.take("("):
            node = self.choice()
            self.expect(")")
            return node
        if self.take("{"):
            return self.object()
        self.advance()
        match kind:
            case "text" if value[0] == "`":
                parts = _HOLE.split(value[1:-1])
                holes: list[_Node] = [("text", parts[0])]
                for part in parts[1:]:
                    holes += [("id",), ("text", part)]
                return ("sum", holes)
            case "text":
                return ("text", _ESCAPE.sub(r"\1", value[1:-1]))
            case "number":
                return ("text", str(int(float(value))))
            case "name":
                return ("id",)
        raise _UnknownError

    def object(self) -> _Node:
        pairs: dict[str, _Node] = {}
        while not self.take("}"):
            kind, value = self.kind, self.value
            self.advance()
            if kind not in {"text", "number", "name"} or len(pairs) > _MOST_NAMES:
                raise _UnknownError
            key = value[1:-1] if kind == "text" else str(int(float(value))) if kind == "number" else value
            self.expect(":")
            pairs[key] = self.choice()
            if not self.take(","):
                self.expect("}")
                break
        self.keys.update(dict.fromkeys(pairs))
        return ("object", pairs)


def _compared(condition: _Node) -> str | None:
    """Return the id that a condition such as `12 === e` compares with; None for any other."""
    match condition:
        case ("equal", ("text", text), ("id",)) | ("equal", ("id",), ("text", text)):
            return str(text)
    return None


def _computed(node: _Node, key: str) -> str | dict[str, _Node] | None:  # noqa: PLR0911 - one branch a kind of node
    """Return the value for one id; None for `undefined`."""
    match node:
        case ("text", text):
            return str(text)
        case ("id",):
            return key
        case ("object", pairs):
            found: dict[str, _Node] = pairs
            return found
        case ("member", holder, index):
            values, name = _computed(holder, key), _computed(index, key)
            inner = values.get(name) if isinstance(values, dict) and isinstance(name, str) else None
            return None if inner is None else _computed(inner, key)
        case ("either", nodes):
            return next((value for each in nodes if (value := _computed(each, key))), None)
        case ("sum", nodes):
            parts = [_computed(each, key) for each in nodes]
            return "".join(map(str, parts)) if all(isinstance(part, str) for part in parts) else None
        case ("equal", left, right):
            return "true" if _computed(left, key) == _computed(right, key) else ""
        case ("table", table, other):
            return _computed(table.get(key, other), key)
        case ("choice", branches, other):
            taken = next((then for condition, then in branches if _computed(condition, key)), other)
            return _computed(taken, key)
    return None


def chunk_names(text: str, at: int, ids: Iterator[str]) -> Iterator[str]:
    """Yield the names that the expression at an offset gives to chunks.

    Args:
        text: of a script.
        at: where the expression begins.
        ids: of chunks that the script names elsewhere.
    """
    reader = _Reader(text, at)
    try:
        node = reader.choice()
    except (_UnknownError, RecursionError, OverflowError):
        return
    known = dict.fromkeys([*reader.keys, *ids])
    for number, key in enumerate(known):
        if number >= _MOST_NAMES:
            return
        name = _computed(node, key)
        if isinstance(name, str) and name.strip() and "undefined" not in name:
            yield name
