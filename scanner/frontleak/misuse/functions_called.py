"""The functions of a project that calls, `new` expressions and elements run, and what these give to them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.js.module import Expr, Module
from frontleak.js.references import References
from frontleak.js.referents import MemberOf, Parameter, Referent
from frontleak.js.syntax import FUNCTIONS, arguments_of, callee_name, members_of_literal, parameters_of, uncommented

if TYPE_CHECKING:
    from tree_sitter import Node

CALLS: Final = ("call_expression", "new_expression", "jsx_opening_element", "jsx_self_closing_element")
"""Node types that run a function."""
ELEMENTS: Final = CALLS[2:]
"""Those of them that are elements."""
CLASSES: Final = frozenset({"class_declaration", "class", "abstract_class_declaration"})
"""Node types of classes."""
_MOSTCLASSES: Final = 5
"""Classes between a class and the one that it extends in the end."""
_MOST_WRAPPERS: Final = 3
_MOST_ANCESTORS: Final = 60
"""Nodes from an expression to the class around it."""
_WRAPPERS: Final = frozenset(
    {"memo", "forwardRef", "useCallback", "useMemo", "cache", "once", "memoize", "observer", "markRaw", "debounce"}
)
"""Functions that return the function they are given, with the same parameters."""
_CONTEXT: Final = frozenset({"createContext"})
_READS_CONTEXT: Final = frozenset({"useContext", "use"})
PROVIDER: Final = "Provider"
"""The member of a context that is the component which sets its value ..."""
_VALUE: Final = "value"
"""... and the prop that becomes the value."""


class Slot(NamedTuple):
    """A parameter of a function, or the value of a React context."""

    owner: Expr
    """The function, or the call that creates the context."""
    position: int
    """Index of the parameter, from 0; 0 for a context."""
    path: tuple[str, ...]
    """Member path into the argument."""

    @property
    def key(self) -> tuple[str, int]:
        """Path of the file and byte offset of the owner."""
        return self.owner.module.path, self.owner.node.start_byte


def slot_of(parameter: Parameter) -> Slot | None:
    """Return the function of a parameter, with its place among the parameters."""
    module, node = parameter.expr
    for function in module.functions_around(node):
        for position, pattern in enumerate(parameters_of(Expr(module, function))):
            if pattern.start_byte <= parameter.place[0] < pattern.end_byte:
                return Slot(Expr(module, function), position, tuple(map(str, parameter.path)))
    return None


def contexts_read(references: References, expr: Expr) -> Iterator[Slot]:
    """Yield the React contexts whose value, or a member of it, an expression reads."""
    for referent in references.referents(expr):
        call, path = (referent.whole, referent.path) if isinstance(referent, MemberOf) else (referent, ())
        if isinstance(call, Expr) and _last_name(call) in _READS_CONTEXT:
            for context in arguments_of(*call)[:1]:
                for created in references.referents(context):
                    if isinstance(created, Expr) and _last_name(created) in _CONTEXT:
                        yield Slot(created, 0, path)


def is_context(slot: Slot) -> bool:
    """Return whether a slot is a React context."""
    return slot.owner.node.type == "call_expression"


def name_called(module: Module, node: "Node") -> str:
    """Return the name of the member that a call runs, `b` in `a.b()`; empty for a function that is no member."""
    callee = callee_of(node)
    key = callee.child_by_field_name("property") if callee is not None and callee.type == "member_expression" else None
    return module.text(key) if key is not None else ""


def functions_called(references: References, call: Expr) -> Iterator[Expr]:
    """Yield the functions of the project that a call may run, and the creation of a context for its provider."""
    module, node = call
    callee = callee_of(node)
    if callee is None:
        return
    if callee.type == "super":
        parent = _parent(references, class_around(call))
        yield from _constructors(references, parent)
        return
    owner = callee.child_by_field_name("object") if callee.type == "member_expression" else None
    if owner is not None and owner.type == "this":
        yield from _methods(references, class_around(call), name_called(module, node))
    for made in references.referents(Expr(module, owner)) if owner is not None else ():
        if isinstance(made, Expr) and made.node.type == "new_expression":  # a method of an instance
            for inner in references.referents(Expr(made.module, callee_of(made.node) or made.node)):
                yield from _methods(references, inner if isinstance(inner, Expr) else None, name_called(module, node))
    for referent in references.referents(Expr(module, callee)):
        yield from _functions(references, referent)


def given_to(references: References, call: Expr, slot: Slot) -> list[Referent]:
    """Return the values that a call gives to a parameter of the function that it runs."""
    module, node = call
    if node.type not in ELEMENTS:
        given = arguments_of(module, node)[slot.position : slot.position + 1]
        at = [each for each in given if each.node.type != "spread_element"]
        return [found for each in at for found in references.at_path(each, slot.path)]
    path = (_VALUE, *slot.path) if is_context(slot) else slot.path
    if slot.position > 0 or not path:
        return []
    return [found for each in props(references, call, path[0]) for found in _at_path(references, each, path[1:])]


def _at_path(references: References, found: Referent, path: tuple[str, ...]) -> list[Referent]:
    if isinstance(found, Parameter):
        return [found._replace(path=(*found.path, *path))]
    return references.at_path(found, path) if isinstance(found, Expr) else []


def props(references: References, element: Expr, name: str) -> Iterator[Referent]:
    """Yield the values of a prop of an element, also from attributes that are spread."""
    module, node = element
    for attribute in node.named_children:
        value = attribute.named_children[-1] if attribute.named_children else None
        if attribute.type == "jsx_attribute" and value is not None and module.text(attribute.named_children[0]) == name:
            inner = uncommented(value) if value.type == "jsx_expression" else value
            if inner is not None:
                yield Expr(module, inner)
        elif attribute.type == "jsx_expression" and value is not None and value.type == "spread_element":
            spread = uncommented(value)
            if spread is not None:
                yield from references.members(Expr(module, spread), name)


def callee_of(node: "Node") -> "Node | None":
    """Return the function, class or component that a call, a `new` expression or an element names."""
    return next(
        (found for field in ("function", "constructor", "name") if (found := node.child_by_field_name(field))), None
    )


def _last_name(call: Expr) -> str:
    if call.node.type != "call_expression":
        return ""
    return callee_name(*call).rpartition(".")[2]


def _functions(references: References, referent: Referent) -> Iterator[Expr]:
    if isinstance(referent, MemberOf):
        if referent.path == (PROVIDER,) and _last_name(referent.whole) in _CONTEXT:
            yield referent.whole
        return
    for _ in range(_MOST_WRAPPERS):
        if not isinstance(referent, Expr):
            return
        if referent.node.type in FUNCTIONS:
            yield referent
            return
        if referent.node.type in CLASSES:
            yield from _constructors(references, referent)
            return
        if _last_name(referent) in _CONTEXT:  # React 19: `<Context value={…}>`
            yield referent
            return
        given = arguments_of(*referent)[:1] if _last_name(referent) in _WRAPPERS else []
        referent = next((found for each in given for found in references.referents(each)), None)  # type: ignore[assignment]


def class_around(expr: Expr) -> Expr | None:
    """Return the class around an expression; None outside of one."""
    node: Node | None = expr.node
    for _ in range(_MOST_ANCESTORS):
        if node is None or node.type in CLASSES:
            break
        node = node.parent
    return Expr(expr.module, node) if node is not None and node.type in CLASSES else None


def _parent(references: References, inner: Expr | None) -> Expr | None:
    """Return the class that a class extends, if it is one of the project."""
    extended = extended_by(inner) if inner is not None else None
    found = references.referents(extended) if extended is not None else []
    return next((each for each in found if isinstance(each, Expr) and each.node.type in CLASSES), None)


def extended_by(inner: Expr) -> Expr | None:
    """Return the expression for the class that a class extends; None for one that extends none."""
    heritage = next((each for each in inner.node.children if each.type == "class_heritage"), None)
    clause = uncommented(heritage) if heritage is not None else None
    if clause is not None and clause.type == "extends_clause":  # TypeScript
        clause = clause.child_by_field_name("value")
    return Expr(inner.module, clause) if clause is not None else None


def _methods(references: References, made: Expr | None, name: str) -> Iterator[Expr]:
    """Yield the method of a name of a class, or of the class that it extends."""
    for _ in range(_MOSTCLASSES):
        if made is None or made.node.type not in CLASSES:
            return
        _, member = members_of_literal(made).named.get(name, (0, None))
        if member is not None:
            yield from (Expr(made.module, each) for each in (member,) if each.type in FUNCTIONS)
            return
        made = _parent(references, made)


def _constructors(references: References, made: Expr | None) -> Iterator[Expr]:
    return _methods(references, made, "constructor")
