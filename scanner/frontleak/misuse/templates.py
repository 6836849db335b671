"""Calls that write values into a text by a template: `ejs.render(page, data)`, `Handlebars.compile(page)(data)`."""

import functools
from collections.abc import Mapping
from typing import Final

from frontleak.js.module import DEFAULT, EVERYTHING, Expr
from frontleak.js.references import References
from frontleak.js.referents import ExternalExport, Referent
from frontleak.js.syntax import arguments_of, member_name
from frontleak.rules.load import load_data

_MOST_STEPS: Final = 3


@functools.cache
def _templates() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return `render` and `compile` -> function -> packages that export it."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for kind, packages in load_data("code/servers.yaml")["templates"].items():
        names = {name for functions in packages.values() for name in functions}
        found[kind] = {name: frozenset(p for p, functions in packages.items() if name in functions) for name in names}
    return found


def written_by_template(references: References, call: Expr) -> list[Expr]:
    """Return the arguments of a call that writes them into a text by a template; empty for any other call."""
    callee = call.node.child_by_field_name("function")
    if callee is None:
        return []
    if callee.type == "member_expression" and member_name(call.module, callee) in _templates()["render"]:
        if _is_exported(references, Expr(call.module, callee), _templates()["render"]):
            return arguments_of(*call)
    elif callee.type in {"identifier", "call_expression"} and _names_compiler(call):
        made = references.referents(Expr(call.module, callee)) if callee.type == "identifier" else []
        for each in [*made, *([Expr(call.module, callee)] if callee.type == "call_expression" else [])]:
            if isinstance(each, Expr) and each.node.type == "call_expression":
                function = each.node.child_by_field_name("function")
                if function and _is_exported(references, Expr(each.module, function), _templates()["compile"]):
                    return arguments_of(*call)
    return []


def _names_compiler(call: Expr) -> bool:
    return any(f"{name}(".encode() in call.module.source for name in _templates()["compile"])


def _is_exported(references: References, callee: Expr, functions: Mapping[str, frozenset[str]]) -> bool:
    """Return whether a callee is a function of a package, a method of what it exports, or of an instance of that."""
    module, node = callee
    if node.type == "identifier":
        return any(_is_of(found, functions, "") for found in references.referents(callee))
    owner, name = (
        node.child_by_field_name("object"),
        member_name(module, node) if node.type == "member_expression" else "",
    )
    if owner is None or name not in functions:
        return False
    pending: list[Referent] = references.referents(Expr(module, owner))
    for _ in range(_MOST_STEPS):
        if any(_is_of(found, functions, name) for found in pending):
            return True
        made = [found for found in pending if isinstance(found, Expr)]
        makers = [
            Expr(found.module, maker)
            for found in made
            if (maker := found.node.child_by_field_name("constructor") or found.node.child_by_field_name("function"))
        ]
        pending = [inner for maker in makers for inner in references.referents(maker)]
    return False


def _is_of(found: Referent, functions: Mapping[str, frozenset[str]], method: str) -> bool:
    if not isinstance(found, ExternalExport):
        return False
    name = method or found.name
    return found.package in functions.get(name if name not in {DEFAULT, EVERYTHING} else "", ())
