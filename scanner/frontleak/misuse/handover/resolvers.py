"""Results of GraphQL resolvers, which are sent to anyone who asks for the field."""

import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from frontleak.js.module import Expr, Module
from frontleak.js.syntax import property_name, returns
from frontleak.misuse.handover.results import unwrapped_answer
from frontleak.misuse.handover.sent import Sent
from frontleak.rules.load import load_data

if TYPE_CHECKING:
    from tree_sitter import Node

_RESULT: Final = "the resolver's result is sent to anyone who asks for the field"
_RESOLVE: Final = frozenset({"resolve", "subscribe"})
"""Members that schemas in code have for the function of a field."""


@functools.cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = load_data("code/servers.yaml")["resolvers"]
    return found


@functools.cache
def _quoted_packages() -> tuple[bytes, ...]:
    """Return the packages as an import or `require` names them."""
    return tuple(f"{quote}{package}{quote}".encode() for package in _data()["packages"] for quote in "\"'")


def in_resolvers(module: Module) -> Iterator[Sent]:
    """Yield what the functions of fields return: those in `{Query: {…}}`, and `resolve` of a schema in code."""
    types = frozenset(_data()["types"])
    has_types = any(name.encode() in module.source for name in types)
    makes_schema = any(quoted in module.source for quoted in _quoted_packages())
    for scope in module.scopes if has_types or makes_schema else ():
        function = scope.function
        member = _member_of(function) if function is not None else None
        if function is None or member is None or member.parent is None:
            continue
        key = member.child_by_field_name("key") or member.child_by_field_name("name")
        name = property_name(module, key) if key is not None else ""
        if (makes_schema and name in _RESOLVE) or (has_types and _name_of(module, member.parent) in types):
            yield from (Sent(unwrapped_answer(value), _RESULT) for value in returns(Expr(module, function)))


def _member_of(function: "Node") -> "Node | None":
    """Return the member of an object literal that a function is, or is the value of."""
    member = function if function.type == "method_definition" else function.parent
    is_member = member is not None and member.type in {"pair", "method_definition"}
    return member if is_member and member is not None and member.parent and member.parent.type == "object" else None


def _name_of(module: Module, value: "Node") -> str:
    """Return the name of the member or constant that an object literal is the value of; empty without one."""
    around = value.parent
    while around is not None and around.type in {"satisfies_expression", "as_expression", "parenthesized_expression"}:
        around = around.parent
    match around.type if around is not None else "":
        case "pair":
            key = around.child_by_field_name("key") if around is not None else None
            return property_name(module, key) if key is not None else ""
        case "variable_declarator":
            return module.name(around.child_by_field_name("name") if around is not None else None)
        case "assignment_expression":
            left = around.child_by_field_name("left") if around is not None else None
            return module.name(left).rpartition(".")[2]
        case _:
            return ""
