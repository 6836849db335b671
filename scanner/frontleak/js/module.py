"""A parsed script: syntax tree, scopes, imports, exports and an index of the nodes that rules query."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.core.records import dataclass, field
from frontleak.js.embedded_scripts import ScriptSection
from frontleak.js.escapes import unescape

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST_NAME: Final = 200
"""Bytes. Longer expressions are not compared with function names, `owner.member` names or `process.env`."""
DEFAULT: Final = "default"
"""Export name of `export default`."""
EVERYTHING: Final = "*"
"""Imported name of `import * as x`."""


class Import(NamedTuple):
    """One imported name."""

    specifier: str
    name: str
    """Name in the exporting module: an identifier, `default`, or `*` for the namespace."""
    type_only: bool
    local: str = ""
    """Name in the importing module."""


class Declaration(NamedTuple):
    """The declaration of a name."""

    value: "Node | None"
    """The expression or function, or the default of a parameter; None for a name without an initial value."""
    path: tuple[str | int, ...] = ()
    """Member path into the value for a destructured name."""
    imported: Import | None = None
    parameter: bool = False
    place: tuple[int, int] = (0, 0)
    """Byte offsets of the name in its declaration."""


class Export(NamedTuple):
    """One export of a module."""

    value: "Node | None" = None
    """The expression of an unnamed `export default`."""
    local: str = ""
    """Name inside the module, for an export declared there."""
    source: Import | None = None
    """The original export, for a re-export."""


@dataclass(slots=True, eq=False)
class NameScope:
    """A lexical scope."""

    start: int
    """Byte offset of its start."""
    end: int
    """Byte offset of its end, exclusive."""
    outer: "NameScope | None"
    function: "Node | None" = None
    """The function that owns the scope."""
    names: dict[str, Declaration] = field(default_factory=dict)
    fields: "dict[str, list[Node]] | None" = None
    """For a class body: field name -> assigned values; None for any other scope."""
    returned: "list[Node]" = field(default_factory=list)
    """For a function: its returned expressions, without those of nested functions."""


class ObjectMembers(NamedTuple):
    """The members of an object or array literal."""

    named: "Mapping[str, tuple[int, Node]]"
    """Name or array index -> (position among the members, value); the last member wins."""
    spread: "Sequence[tuple[int, Node]]"
    """(Position among the members, expression) of each spread in an object."""


@dataclass(slots=True, repr=False, eq=False)
class Module:
    """A parsed script. Name lookup goes from the innermost scope outwards."""

    path: str
    """Absolute, with forward slashes."""
    section: ScriptSection
    source: bytes
    """The file with everything but the script blanked."""
    root: "Node"
    directives: frozenset[str] = frozenset()
    """Directives at the start of the script, such as `use client`."""
    imports: dict[str, list[Import]] = field(default_factory=dict)
    """Specifier -> imported names; the name of a side-effect import is empty."""
    exports: dict[str, Export] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    """Specifiers of `export * from`."""
    nodes: dict[str, list["Node"]] = field(default_factory=dict)
    """Node type -> nodes in source order, for the types that rules query."""
    statements: set[int] = field(default_factory=set)
    """Ids of expressions that are whole statements, so their value is unused."""
    damage: int = 0
    """1-based line of the first syntax error, 0 when there is none. The rest of the script is still used."""
    tables: "dict[int, ObjectMembers]" = field(default_factory=dict)
    """Cache: node id of an object or array literal -> its members."""
    scopes: list[NameScope] = field(default_factory=list)
    """Sorted by start, outer before inner; the first is the whole script."""
    _assigned: dict[str, list["Node"]] | None = None
    _owners: dict[str, list[str]] = field(default_factory=dict)
    _later: dict[str, list["Node"]] | None = None

    def __repr__(self) -> str:
        return f"Module({self.path!r}, {self.section!r})"

    def text(self, node: "Node") -> str:
        """Return the source of a node."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def name(self, node: "Node | None") -> str:
        """Return the source of a node, or an empty string when it is too long for a name; call chains can be long."""
        return "" if node is None or node.end_byte - node.start_byte > _LONGEST_NAME else self.text(node)

    def beginning(self, node: "Node", size: int) -> str:
        """Return the first `size` bytes of the source of a node."""
        return self.source[node.start_byte : min(node.end_byte, node.start_byte + size)].decode("utf-8", "replace")

    def ending(self, node: "Node", size: int) -> str:
        """Return the last `size` bytes of the source of a node."""
        return self.source[max(node.start_byte, node.end_byte - size) : node.end_byte].decode("utf-8", "replace")

    def string(self, node: "Node") -> str:
        """Return the value of a string literal."""
        return unescape(self.source[node.start_byte + 1 : node.end_byte - 1])

    def all(self, *kinds: str) -> Iterator["Node"]:
        """Yield the indexed nodes of the given types."""
        for kind in kinds:
            yield from self.nodes.get(kind, ())

    def within(self, node: "Node", *kinds: str) -> Iterator["Node"]:
        """Yield the indexed nodes of the given types that begin inside a node."""
        for kind in kinds:
            nodes = self.nodes.get(kind, [])
            for index in range(bisect_left(nodes, node.start_byte, key=_start), len(nodes)):
                if nodes[index].start_byte >= node.end_byte:
                    break
                yield nodes[index]

    def top(self, name: str) -> Declaration | None:
        """Return the top-level declaration of a name."""
        return self.scopes[0].names.get(name) if self.scopes else None

    def lookup(self, name: str, at: "Node") -> Declaration | None:
        """Return the declaration of a name as seen from a node; None for a global."""
        scope = self._scope_of(at)
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.outer
        return None

    def functions_around(self, node: "Node") -> Iterator["Node"]:
        """Yield the functions that enclose a node, innermost first, without the node itself."""
        scope = self._scope_of(node)
        while scope is not None:
            if scope.function is not None and scope.function.id != node.id:
                yield scope.function
            scope = scope.outer

    def returned(self, function: "Node") -> Sequence["Node"]:
        """Return the expressions in the return statements of a function."""
        scope = self._scope_of(function)
        return scope.returned if scope is not None and scope.function == function else ()

    def field(self, name: str, at: "Node") -> Sequence["Node"]:
        """Return the values assigned to a field of the enclosing class, in its declaration or by `this.name = …`."""
        scope = self._scope_of(at)
        while scope is not None and scope.fields is None:
            scope = scope.outer
        return scope.fields.get(name, ()) if scope is not None and scope.fields is not None else ()

    def _scope_of(self, node: "Node") -> NameScope | None:
        """Return the innermost scope that contains a node or starts at it."""
        start, end = node.start_byte, node.end_byte
        index = bisect_right(self.scopes, start, key=lambda scope: scope.start) - 1
        scope = self.scopes[index] if index >= 0 else None
        while scope is not None and (scope.end < end or scope.end <= start):
            scope = scope.outer
        return scope

    def assigned(self, name: str) -> list["Node"]:
        """Return the values that `x.y = …` and `x.set("y", …)` assign anywhere in the script; `name` is `x.y`."""
        if self._assigned is None:
            self._assigned = {}
            for left, right in (*self._assignments(), *self._setters()):
                if left not in self._assigned:
                    self._owners.setdefault(left.partition(".")[0], []).append(left)
                self._assigned.setdefault(left, []).append(right)
        return self._assigned.get(name, [])

    def assigned_below(self, name: str) -> "list[tuple[str, Node]]":
        """Return (member, value) of each value that `name.member = …` and `name.set("member", …)` assign."""
        self.assigned(name)
        lefts = self._owners.get(name, ())
        return [(left[len(name) + 1 :], value) for left in lefts for value in self.assigned(left)]

    def later(self, name: str, declaration: Declaration) -> list["Node"]:
        """Return the values assigned to a variable after its declaration, `x = …`, anywhere in the script."""
        if self._later is None:
            self._later = {}
            for node in self.all("assignment_expression", "augmented_assignment_expression"):
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
            elif left.type == "subscript_expression":
                owner, key = left.child_by_field_name("object"), left.child_by_field_name("index")
                if owner is not None and key is not None and key.type == "string":
                    yield f"{self.text(owner)}.{self.string(key)}", right

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
        """Path of the file, and start and end byte offset of the expression."""
        return self.module.path, self.node.start_byte, self.node.end_byte

    @property
    def text(self) -> str:
        """The source of the expression."""
        return self.module.text(self.node)
