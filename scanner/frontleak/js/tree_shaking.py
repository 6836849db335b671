"""Find the client-side part of a page module: without framework-stripped exports and the code that only they use."""

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from frontleak.js.conditions import is_dropped
from frontleak.js.module import Expr, Module
from frontleak.js.syntax import FUNCTIONS, declared_names, member_name, uncommented
from frontleak.rules.code_names import CodeNames, any_of, code_names, made_of_code_names

if TYPE_CHECKING:
    from tree_sitter import Node

_NAMES: Final = frozenset({"identifier", "shorthand_property_identifier", "type_identifier"})
_LONGEST_MAKER: Final = 40
_MOST_NESTED: Final = 12
"""Objects between a function and the call that it is passed to in them."""
_IN_OBJECT: Final = frozenset({"pair", "object", "method_definition"})
_CHAINED: Final = frozenset({"member_expression", "call_expression"})
"""Types of callees that begin with a call: `createServerFn().handler`, `createFileRoute("/")`."""
_DECLARES: Final = frozenset(
    {
        *("lexical_declaration", "variable_declaration", "function_declaration", "class_declaration"),
        "generator_function_declaration",
    }
)


class TreeShaking:
    """The shipped nodes and imports of one module. Does not keep a reference to the module."""

    def __init__(self, module: Module, stripped: frozenset[str]) -> None:
        """Find the code left after the exports named in `stripped` are removed; with no names, all code is shipped."""
        self._starts: list[int] = []
        self._removed: list[bool] = []
        self._used: set[str] | None = None
        if stripped and not stripped.isdisjoint(module.exports):
            self._strip(module, stripped)
        elif _server_markers().search(module.source):
            self._used = {export.local for export in module.exports.values()}.union(
                *(_used_names(module, statement) for statement in module.root.named_children)
            )

    def keeps(self, expr: Expr) -> bool:
        """Return whether an expression is in shipped code, not in a stripped export, a server function or branch."""
        module, node = expr
        statement = bisect_right(self._starts, node.start_byte) - 1
        if statement >= 0 and self._removed[statement]:
            return False
        return not any(
            _is_for_server(module, function) for function in module.functions_around(node)
        ) and not is_dropped(expr)

    def uses(self, name: str) -> bool:
        """Return whether shipped code uses an imported name; True when the whole module is shipped."""
        return self._used is None or name in self._used

    def _strip(self, module: Module, stripped: frozenset[str]) -> None:
        """Keep non-declarations except stripped exports, and every declaration that kept code reaches."""
        statements = module.root.named_children
        kept = {export.local for name, export in module.exports.items() if name not in stripped}
        declared: dict[str, list[int]] = {}
        pending: list[int] = []
        for number, statement in enumerate(statements):
            exported = statement.child_by_field_name("declaration") if statement.type == "export_statement" else None
            names = set(declared_names(module, exported or statement))
            if exported is not None:
                removed = bool(names) and stripped.issuperset(names)
            elif statement.type == "export_statement":
                removed = _is_list_only(module, statement, stripped)
            else:
                removed = statement.type in _DECLARES and bool(names) and kept.isdisjoint(names)
                for name in names if removed else ():
                    declared.setdefault(name, []).append(number)
            if not removed:
                pending.append(number)
        live = set(pending)
        self._used = set(kept)
        while pending:
            for name in _used_names(module, statements[pending.pop()]):
                self._used.add(name)
                more = set(declared.pop(name, ())) - live
                live |= more
                pending += more
        self._starts = [statement.start_byte for statement in statements]
        self._removed = [number not in live for number in range(len(statements))]


def exported_names(expr: Expr) -> frozenset[str]:
    """Return the export names of the function that encloses an expression.

    Empty without an enclosing function, or when other code of the module uses the function and can ship it.
    """
    module, node = expr
    functions = list(module.functions_around(node))
    statement = module.root.child_with_descendant(node) if functions else None
    if statement is None:
        return frozenset()
    declared = statement.child_by_field_name("declaration") if statement.type == "export_statement" else statement
    function = functions[-1]
    holder = function if function == declared else function.parent
    if declared is None or holder is None or declared.type not in _DECLARES or declared not in (holder, holder.parent):
        return frozenset()
    names = list(declared_names(module, declared))
    if len(names) != 1:
        return frozenset()
    name = names[0]
    if any(
        name in _used_names(module, other)
        for other in module.root.named_children
        if other != statement and not _is_list_only(module, other, frozenset())
    ):
        return frozenset()
    return frozenset(exported for exported, export in module.exports.items() if export.local == name)


def _is_list_only(module: Module, statement: "Node", stripped: frozenset[str]) -> bool:
    """Return whether an export statement is a list that keeps nothing: local names, or stripped re-exports.

    `export {loader}` keeps no more than `export function loader`; other kept exports are counted separately.
    """
    clause = next((child for child in statement.named_children if child.type == "export_clause"), None)
    if clause is None:
        return False
    exported = {
        module.text(name)
        for item in clause.named_children
        if (name := item.child_by_field_name("alias") or item.child_by_field_name("name"))
    }
    return stripped.issuperset(exported) or statement.child_by_field_name("source") is None


def _used_names(module: Module, statement: "Node") -> set[str]:
    """Return the names that a statement uses outside server functions; an import uses none."""
    found: set[str] = set()
    cursor = statement.walk()
    while statement.type != "import_statement":
        node = cursor.node
        if node is not None and node.type in _NAMES and not (cursor.field_name == "name" and _is_tag(module, node)):
            found.add(module.text(node))
        is_skipped = node is not None and node.type in FUNCTIONS and _is_for_server(module, node)
        if not is_skipped and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return found
    return found


def _is_tag(module: Module, node: "Node") -> bool:
    """Return whether a name is an HTML element such as `<form>`, not a component."""
    return node.parent is not None and node.parent.type.startswith("jsx_") and module.text(node)[:1].islower()


def _is_for_server(module: Module, function: "Node") -> bool:
    """Return whether a function stays on the server: it starts with `'use server'` or is passed to a server wrapper."""
    body = function.child_by_field_name("body")
    first = uncommented(body) if function.type in FUNCTIONS and body is not None else None
    inner = uncommented(first) if first is not None and first.type == "expression_statement" else None
    if inner is not None and inner.type == "string" and module.string(inner) in code_names().directives_of("server"):
        return True
    call, keys = _call_around(module, function)
    callee = call.child_by_field_name("function") if call is not None else None
    if callee is None:
        return False
    if module.name(callee) in code_names().server_functions:
        return True
    maker = module.beginning(callee, _LONGEST_MAKER).partition("(")[0] if callee.type in _CHAINED else ""
    if not maker:
        return False
    method = member_name(module, callee) if callee.type == "member_expression" else ""
    members = frozenset(code_names().server_members.get(maker, ()))
    return method in code_names().server_methods.get(maker, ()) or (not method and not members.isdisjoint(keys))


def _call_around(module: Module, function: "Node") -> tuple["Node | None", frozenset[str]]:
    """Return the call that a function is passed to, directly or in an object, and the keys above it in the object."""
    keys: set[str] = set()
    around = function if function.type == "method_definition" else function.parent
    for _ in range(_MOST_NESTED):
        if around is None or around.type not in _IN_OBJECT:
            break
        key = around.child_by_field_name("key") or around.child_by_field_name("name")
        if key is not None:
            keys.add(module.text(key))
        around = around.parent
    is_argument = around is not None and around.type == "arguments"
    return (around.parent if around is not None and is_argument else None), frozenset(keys)


@made_of_code_names
def _server_markers(names: CodeNames) -> re.Pattern[bytes]:
    """Return a regular expression that matches a module with server functions."""
    words = (*names.directives_of("server"), *names.server_functions, *names.server_methods, *names.server_members)
    return re.compile(any_of(words).encode())
