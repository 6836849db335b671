"""The steps of a way: an argument of a call, where a value is passed on to, and the end."""

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from frontleak.js.module import Module
from frontleak.js.syntax import member_name
from frontleak.rules.load import load_data

if TYPE_CHECKING:
    from tree_sitter import Node

CALLED: Final = "()"
"""Step in a path: the result of calling the value."""
RESPONSE: Final = "the response is sent to anyone who requests it"
HEADER: Final = "the header is sent with the response to anyone who requests it"


class Sent(NamedTuple):
    """The end of a way to the browser."""

    how: str
    """A sentence without its full stop."""


class Onward(NamedTuple):
    """Where a value is passed on to."""

    module: Module
    node: "Node"
    path: tuple[str, ...]
    """Members that lead from the value of the node to the secret."""
    name: str = ""
    """The name by which it is passed on, for reports."""


class Given(NamedTuple):
    """An argument of a call."""

    module: Module
    call: "Node"
    position: int
    path: tuple[str, ...]


@functools.cache
def facts() -> Mapping[str, Any]:
    """Return what built code does with values, as in its data file."""
    read: Mapping[str, Any] = load_data("code/server-output.yaml")
    return read


def text_methods() -> frozenset[str]:
    """Return the methods of a text whose result has all of it."""
    return frozenset(facts()["text_methods"])


def last_name(module: Module, callee: "Node") -> str:
    """Return the name of a function without its owner: `jsx` of `(0, react.jsx)`; empty for other expressions."""
    for _ in range(4):
        if callee.type in {"parenthesized_expression", "sequence_expression"} and callee.named_children:
            callee = callee.named_children[-1]
    if callee.type in {"member_expression", "subscript_expression"}:
        return member_name(module, callee)
    return module.text(callee) if callee.type == "identifier" else ""


def arguments_in(call: "Node") -> "list[Node]":
    """Return the arguments of a call, without comments."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "arguments":
        return []
    return [child for child in arguments.named_children if child.type != "comment"]
