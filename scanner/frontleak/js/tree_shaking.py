"""What the browser gets of a page's module: without the exports that the framework strips, and what only they use."""

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from frontleak.js.module import Expr, Module
from frontleak.js.syntax import FUNCTIONS, declared_names, member_name, uncommented

if TYPE_CHECKING:
    from tree_sitter import Node

_NAMES: Final = frozenset({"identifier", "shorthand_property_identifier", "type_identifier"})
_MARKS: Final = re.compile(rb"use server|createServerFn|createServerOnlyFn|createMiddleware|(?:server|route\w+)\$\(")
"""What a module holds that has functions for the server among others."""
_SERVER_CALLS: Final = frozenset({"server$", "routeLoader$", "routeAction$", "createServerOnlyFn"})
"""Functions of Qwik and TanStack Start that keep the one they are given on the server."""
_MAKERS: Final = frozenset({"createServerFn", "createMiddleware"})
"""Functions of TanStack Start on whose result `.handler(…)` or `.server(…)` is called with such a one."""
_LONGEST_MAKER: Final = 40
_DECLARES: Final = frozenset(
    {
        *("lexical_declaration", "variable_declaration", "function_declaration", "class_declaration"),
        "generator_function_declaration",
    }
)


class TreeShaking:
    """Says of the nodes and imports of one module whether they are shipped. It does not keep the module."""

    def __init__(self, module: Module, stripped: frozenset[str]) -> None:
        """Work out what is left without some exports, by name; without names, everything is shipped."""
        self._starts: list[int] = []
        self._gone: list[bool] = []
        self._used: set[str] | None = None
        if stripped and not stripped.isdisjoint(module.exports):
            self._strip(module, stripped)
        elif _MARKS.search(module.source):
            self._used = {export.local for export in module.exports.values()}.union(
                *(_names(module, statement) for statement in module.root.named_children)
            )

    def keeps(self, expr: Expr) -> bool:
        """Say whether an expression stands in code that is shipped, not in a stripped export or a server function."""
        module, node = expr
        statement = bisect_right(self._starts, node.start_byte) - 1
        if statement >= 0 and self._gone[statement]:
            return False
        return not any(_is_for_server(module, function) for function in module.functions_around(node))

    def uses(self, name: str) -> bool:
        """Say whether shipped code uses an imported name; True when the module ships whole."""
        return self._used is None or name in self._used

    def _strip(self, module: Module, stripped: frozenset[str]) -> None:
        """Keep the statements that are no declarations, but for stripped exports, and each declaration they lead to."""
        statements = module.root.named_children
        kept = {export.local for name, export in module.exports.items() if name not in stripped}
        declared: dict[str, list[int]] = {}
        pending: list[int] = []
        for number, statement in enumerate(statements):
            exported = statement.child_by_field_name("declaration") if statement.type == "export_statement" else None
            names = set(declared_names(module, exported or statement))
            if exported is not None:
                goes = bool(names) and stripped.issuperset(names)
            elif statement.type == "export_statement":
                goes = _lists_only(module, statement, stripped)
            else:
                goes = statement.type in _DECLARES and bool(names) and kept.isdisjoint(names)
                for name in names if goes else ():
                    declared.setdefault(name, []).append(number)
            if not goes:
                pending.append(number)
        live = set(pending)
        self._used = set(kept)
        while pending:
            for name in _names(module, statements[pending.pop()]):
                self._used.add(name)
                more = set(declared.pop(name, ())) - live
                live |= more
                pending += more
        self._starts = [statement.start_byte for statement in statements]
        self._gone = [number not in live for number in range(len(statements))]


def exported_names(expr: Expr) -> frozenset[str]:
    """Return the names under which a module exports the function that an expression is in.

    Empty when the expression is in none, or when the module uses the function itself, which may ship for that then.
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
        name in _names(module, other)
        for other in module.root.named_children
        if other != statement and not _lists_only(module, other, frozenset())
    ):
        return frozenset()
    return frozenset(exported for exported, export in module.exports.items() if export.local == name)


def _lists_only(module: Module, statement: "Node", stripped: frozenset[str]) -> bool:
    """Say whether an export statement is a list that keeps nothing: of names of the module, or stripped ones of others.

    `export {loader}` keeps no more of it than `export function loader` does; what is kept beside it counts by itself.
    """
    clause = next((child for child in statement.named_children if child.type == "export_clause"), None)
    if clause is None:
        return False
    shown = {
        module.text(name)
        for item in clause.named_children
        if (name := item.child_by_field_name("alias") or item.child_by_field_name("name"))
    }
    return stripped.issuperset(shown) or statement.child_by_field_name("source") is None


def _names(module: Module, statement: "Node") -> set[str]:
    """Return the names that a statement uses, those in functions for the server left out; an import uses none."""
    found: set[str] = set()
    cursor = statement.walk()
    while statement.type != "import_statement":
        node = cursor.node
        if node is not None and node.type in _NAMES and not (cursor.field_name == "name" and _is_tag(module, node)):
            found.add(module.text(node))
        is_left_out = node is not None and node.type in FUNCTIONS and _is_for_server(module, node)
        if not is_left_out and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return found
    return found


def _is_tag(module: Module, node: "Node") -> bool:
    """Say whether a name is that of an element of HTML, such as `<form>`, and no component's."""
    return node.parent is not None and node.parent.type.startswith("jsx_") and module.text(node)[:1].islower()


def _is_for_server(module: Module, function: "Node") -> bool:
    """Say whether a function stays on the server: it begins with `'use server'`, or is given to what sees to that."""
    body = function.child_by_field_name("body")
    first = uncommented(body) if function.type in FUNCTIONS and body is not None else None
    inner = uncommented(first) if first is not None and first.type == "expression_statement" else None
    if inner is not None and inner.type == "string" and module.string(inner) == "use server":
        return True
    call = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
    callee = call.child_by_field_name("function") if call is not None else None
    if callee is None:
        return False
    is_handler = callee.type == "member_expression" and member_name(module, callee) in {"handler", "server"}
    maker = module.beginning(callee, _LONGEST_MAKER).partition("(")[0]
    return maker in _MAKERS if is_handler else module.name(callee) in _SERVER_CALLS
