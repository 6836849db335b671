"""Handlers of server libraries whose results are the response: of routes, procedures and decorated methods."""

import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.js.module import Expr, Module
from frontleak.js.syntax import arguments_of, returns, uncommented
from frontleak.rules.load import load_data

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST_OWNER: Final = 200
"""Bytes at the start of a callee that are searched for the name of a procedure."""


@functools.cache
def _data(kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = load_data("code/servers.yaml")[kind]
    return found


@functools.cache
def _procedure() -> LazyTextRegex:
    return LazyTextRegex(_data("procedures")["owner"])


def is_answering(module: Module, callee: "Node", method: str) -> bool:
    """Return whether a method gets a handler whose result is sent to the client: `app.get(…)`, `procedure.query(…)`."""
    if method in _data("procedures")["methods"]:
        return _procedure().search(module.beginning(callee, _LONGEST_OWNER)) is not None
    owner = callee.child_by_field_name("object")
    return _has_route(module, callee) and any(
        method in methods and (package in module.imports or module.name(owner) == package)
        for package, methods in _data("returning").items()
    )


def _has_route(module: Module, callee: "Node") -> bool:
    """Return whether the first argument of a call is the path of a route, or an object that describes one."""
    given = arguments_of(module, callee.parent)[:1] if callee.parent is not None else []
    return any(
        each.node.type == "object" or (each.text[1:2] in {"/", "*"} and each.node.type in {"string", "template_string"})
        for each in given
    )


def decorated_results(module: Module) -> Iterator[Expr]:
    """Yield what methods return that have a decorator such as `@Get()` of a server library."""
    names = {
        imported.local
        for package, decorators in _data("decorators").items()
        for imported in module.imports.get(package, ())
        if imported.name in decorators
    }
    for scope in module.scopes if names else ():
        method = scope.function
        if (
            method is not None
            and method.type == "method_definition"
            and not names.isdisjoint(_decorators(module, method))
        ):
            yield from returns(Expr(module, method))


def _decorators(module: Module, method: "Node") -> Iterator[str]:
    """Yield the names of the decorators of a method."""
    before = method.prev_named_sibling
    while before is not None and before.type in {"decorator", "comment"}:
        inner = uncommented(before) if before.type == "decorator" else None
        if inner is not None:
            yield module.name(inner.child_by_field_name("function") or inner)
        before = before.prev_named_sibling
