"""One script as a tree with its names bound: imports, exports, scopes, and the nodes that rules ask about."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.js.embedded_scripts import ScriptSection
from frontleak.js.escapes import unescape

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST_NAME: Final = 200
"""Bytes of what is compared with names of functions, of a name with its owner, or of what looks like `process.env`."""
DEFAULT: Final = "default"
"""Name under which `export default` is exported."""
EVERYTHING: Final = "*"
"""Name under which `import * as x` imports."""


class Import(NamedTuple):
    """A name that an import brings."""

    specifier: str
    name: str
    """As exported there: a name, `default`, or `*` for everything."""
    type_only: bool
    local: str = ""
    """The name it has here."""


class Declaration(NamedTuple):
    """Where a name gets its value."""

    value: "Node | None"
    """The expression or function; None for a parameter or a name without a value."""
    path: tuple[str | int, ...] = ()
    """Members of the value that the name stands for, when it was destructured."""
    imported: Import | None = None
    parameter: bool = False
    place: tuple[int, int] = (0, 0)
    """Byte offsets of the name where it is declared."""


class Export(NamedTuple):
    """What a module offers under one name."""

    value: "Node | None" = None
    """The expression of `export default`, when it has no name."""
    local: str = ""
    """The name inside the module, when it is one of its own."""
    source: Import | None = None
    """Where it comes from, when it is exported on."""


@dataclass(slots=True, eq=False)
class NameScope:
    """A stretch of a script in which names are declared."""

    start: int
    """Byte offset of its first character."""
    end: int
    """Byte offset just after its last."""
    outer: "NameScope | None"
    function: "Node | None" = None
    """The function whose scope it is."""
    names: dict[str, Declaration] = field(default_factory=dict)
    fields: "dict[str, list[Node]] | None" = None
    """Of the body of a class: name of a field -> what it is set to; None for any other scope."""
    returned: "list[Node]" = field(default_factory=list)
    """Of a function: the expressions that it returns, those of functions inside it left out."""


class ObjectMembers(NamedTuple):
    """The members of an object or array literal."""

    named: "Mapping[str, tuple[int, Node]]"
    """Name or number -> place among the members, and value; the last that has the name."""
    spread: "Sequence[tuple[int, Node]]"
    """Place among the members, and expression, of what is spread into an object."""


@dataclass(slots=True, repr=False, eq=False)
class Module:
    """A parsed script. Names are looked up from the innermost scope outwards."""

    path: str
    """Absolute, with forward slashes."""
    side: ScriptSection
    source: bytes
    """The text, with everything but the script blanked."""
    root: "Node"
    directives: frozenset[str] = frozenset()
    """Such as `use client`; only those at the very beginning count."""
    imports: dict[str, list[Import]] = field(default_factory=dict)
    """Specifier -> the names that import statements bring from there; a side-effect import has the name ``."""
    exports: dict[str, Export] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    """Specifiers of `export * from`."""
    nodes: dict[str, list["Node"]] = field(default_factory=dict)
    """Kind -> nodes of the kinds that rules ask about, in order."""
    statements: set[int] = field(default_factory=set)
    """Ids of the expressions that are statements of their own, so that nothing is done with their value."""
    damage: int = 0
    """Line of the first part that could not be parsed, 1-based; the rest is read all the same. 0 when it is whole."""
    tables: "dict[int, ObjectMembers]" = field(default_factory=dict)
    """Id of an object or array that was looked into -> its members."""
    scopes: list[NameScope] = field(default_factory=list)
    """In the order in which they begin, an outer one before those inside it; the first is the whole script."""
    _assigned: dict[str, list["Node"]] | None = None
    _later: dict[str, list["Node"]] | None = None

    def __repr__(self) -> str:
        return f"Module({self.path!r}, {self.side!r})"

    def text(self, node: "Node") -> str:
        """Return the source of a node."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def name(self, node: "Node | None") -> str:
        """Return the source of a node when it is short enough to name something, else nothing: chains may be long."""
        return "" if node is None or node.end_byte - node.start_byte > _LONGEST_NAME else self.text(node)

    def beginning(self, node: "Node", size: int) -> str:
        """Return the first bytes of the source of a node, which may be long."""
        return self.source[node.start_byte : min(node.end_byte, node.start_byte + size)].decode("utf-8", "replace")

    def ending(self, node: "Node", size: int) -> str:
        """Return the last bytes of the source of a node, which may be long."""
        return self.source[max(node.start_byte, node.end_byte - size) : node.end_byte].decode("utf-8", "replace")

    def string(self, node: "Node") -> str:
        """Return what a string literal stands for."""
        return unescape(self.source[node.start_byte + 1 : node.end_byte - 1])

    def all(self, *kinds: str) -> Iterator["Node"]:
        """Yield the nodes of some kinds, of those that are kept."""
        for kind in kinds:
            yield from self.nodes.get(kind, ())

    def within(self, node: "Node", *kinds: str) -> Iterator["Node"]:
        """Yield the nodes of some kinds that begin in a node."""
        for kind in kinds:
            known = self.nodes.get(kind, [])
            for index in range(bisect_left(known, node.start_byte, key=_start), len(known)):
                if known[index].start_byte >= node.end_byte:
                    break
                yield known[index]

    def top(self, name: str) -> Declaration | None:
        """Return what a name means at the top of the script."""
        return self.scopes[0].names.get(name) if self.scopes else None

    def lookup(self, name: str, at: "Node") -> Declaration | None:
        """Return the declaration that a name means at a node; None for a global name."""
        scope = self._scope_of(at)
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.outer
        return None

    def functions_around(self, node: "Node") -> Iterator["Node"]:
        """Yield the functions that a node is in, the innermost first; it itself is none of them."""
        scope = self._scope_of(node)
        while scope is not None:
            if scope.function is not None and scope.function.id != node.id:
                yield scope.function
            scope = scope.outer

    def returned(self, function: "Node") -> Sequence["Node"]:
        """Return the expressions of the return statements of a function."""
        scope = self._scope_of(function)
        return scope.returned if scope is not None and scope.function == function else ()

    def field(self, name: str, at: "Node") -> Sequence["Node"]:
        """Return what a field of the class round a node is set to, where it is declared or by `this.name = …`."""
        scope = self._scope_of(at)
        while scope is not None and scope.fields is None:
            scope = scope.outer
        return scope.fields.get(name, ()) if scope is not None and scope.fields is not None else ()

    def _scope_of(self, node: "Node") -> NameScope | None:
        """Return the innermost scope that a node is in, or is."""
        start, end = node.start_byte, node.end_byte
        index = bisect_right(self.scopes, start, key=lambda scope: scope.start) - 1
        scope = self.scopes[index] if index >= 0 else None
        while scope is not None and (scope.end < end or scope.end <= start):
            scope = scope.outer
        return scope

    def assigned(self, name: str) -> list["Node"]:
        """Return what `x.y = …` and `x.set("y", …)` put into a member, anywhere in the script; `name` is `x.y`."""
        if self._assigned is None:
            self._assigned = {}
            for left, right in (*self._assignments(), *self._setters()):
                self._assigned.setdefault(left, []).append(right)
        return self._assigned.get(name, [])

    def later(self, name: str, declaration: Declaration) -> list["Node"]:
        """Return what a variable is set to after its declaration, `x = …`, anywhere in the script."""
        if self._later is None:
            self._later = {}
            for node in self.all("assignment_expression"):
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left is not None and right is not None and left.type == "identifier":
                    self._later.setdefault(self.text(left), []).append(right)
        return [value for value in self._later.get(name, ()) if self.lookup(name, value) is declaration]

    def _assignments(self) -> Iterator[tuple[str, "Node"]]:
        for node in self.all("assignment_expression"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None or left.end_byte - left.start_byte > _LONGEST_NAME:
                continue
            if left.type == "member_expression":
                yield self.text(left), right

    def _setters(self) -> Iterator[tuple[str, "Node"]]:
        for node in self.all("call_expression"):
            callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if callee is None or arguments is None or callee.end_byte - callee.start_byte > _LONGEST_NAME:
                continue
            given = arguments.named_children if self.ending(callee, 7).endswith((".set", ".append")) else []
            if len(given) == 2 and given[0].type == "string":
                yield f"{self.text(callee).rpartition('.')[0]}.{self.string(given[0])}", given[1]

    def declarations(self) -> Iterator[Declaration]:
        """Yield the declarations of all scopes."""
        for scope in self.scopes:
            yield from scope.names.values()


def _start(node: "Node") -> int:
    return node.start_byte


class Expr(NamedTuple):
    """An expression in a module."""

    module: Module
    node: "Node"

    @property
    def place(self) -> tuple[str, int, int]:
        """Path of the file, and byte offsets of the expression in it."""
        return self.module.path, self.node.start_byte, self.node.end_byte

    @property
    def text(self) -> str:
        """The source of the expression."""
        return self.module.text(self.node)
