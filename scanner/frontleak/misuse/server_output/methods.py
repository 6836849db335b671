"""Methods that built code of a server calls on an answer, its headers or its cookies."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.js.module import Module
from frontleak.misuse.server_output.bundle import Bundle
from frontleak.misuse.server_output.steps import (
    CALLED,
    HEADER,
    RESPONSE,
    Given,
    Onward,
    Sent,
    arguments_in,
    facts,
    text_methods,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_COOKIE: Final = "the cookie is stored in the browser, where its user can read it"
_SETS: Final = frozenset({"set", "append", "serialize"})
_COOKIES: Final = LazyTextRegex(r"cookies?(?:\(\))?\)?$", re.IGNORECASE)
_HEADERS_OF_ANSWER: Final = LazyTextRegex(r"(?:^|\.)(?:res|resp|reply|response)\w*\.headers$")
_MOST_PARAMETERS: Final = 4
"""Parameters of a handler of Node.js: error, request, response, next."""


def of_method(bundle: Bundle, given: Given, callee: "Node", name: str) -> Iterator[Sent | Onward]:
    """Yield what becomes of an argument of a method."""
    module, call, position, path = given
    owner = callee.child_by_field_name("object")
    if owner is None or CALLED in path:
        return
    root = _root(owner)
    if name in text_methods() and not path:
        yield Onward(module, call, ())
    elif name in facts()["header_methods"]:
        if position >= facts()["header_methods"][name] and _sets_header(module, call, root):
            yield Sent(HEADER)
    elif name in _SETS and _COOKIES.search(module.name(owner)):
        yield Sent(_COOKIE)
    elif name in _SETS and _HEADERS_OF_ANSWER.search(module.name(owner)):
        yield Sent(HEADER)  # those of a response to the server itself cannot be set
    elif name in _SETS and position == 1:
        yield from _into_holder(bundle, given, owner)
    elif _is_answer(module, root, name):
        yield Sent(RESPONSE)


def _sets_header(module: Module, call: "Node", root: "Node") -> bool:
    is_answer = module.name(root) in facts()["responses"] or _parameter_position(module, root) is not None
    return is_answer and not is_for_a_request(module, call)


def _is_answer(module: Module, root: "Node", method: str) -> bool:
    """Return whether a method of a parameter answers a request; `(error, socket) => socket.write(…)` does not."""
    if method not in facts()["answer_methods"] and method not in facts()["node_methods"]:
        return False
    place = _parameter_position(module, root)
    if place is None or method in facts()["answer_methods"]:
        return place is not None
    first = next(module.functions_around(root)).child_by_field_name("parameters")
    is_callback = first is not None and re.match(r"\(\s*err", module.beginning(first, 20)) is not None
    return 0 < place[0] < place[1] <= _MOST_PARAMETERS and not is_callback


def is_for_a_request(module: Module, call: "Node") -> bool:
    """Return whether a call sets a header that only requests have."""
    names = (module.name(each).strip("\"'`").lower() for each in arguments_in(call)[:-1])
    return any(name in facts()["request_headers"] for name in names)


def _root(owner: "Node") -> "Node":
    """Return `res` of `res.status(200)`."""
    for _ in range(8):
        inner = owner.child_by_field_name("object") or owner.child_by_field_name("function")
        if owner.type not in {"member_expression", "call_expression"} or inner is None:
            break
        owner = inner
    return owner


def _parameter_position(module: Module, node: "Node") -> tuple[int, int] | None:
    """Return (position, number of parameters) of the parameter that a name stands for."""
    declaration = module.lookup(module.text(node), node) if node.type == "identifier" else None
    if declaration is None or not declaration.parameter or declaration.path:
        return None
    for function in module.functions_around(node):
        several = function.child_by_field_name("parameters")
        given = several.named_children if several is not None else []
        for position, each in enumerate(given):
            if each.start_byte <= declaration.place[0] < each.end_byte:
                return position, len(given)
        single = function.child_by_field_name("parameter")
        if single is not None and single.start_byte == declaration.place[0]:
            return 0, 1
    return None


def _into_holder(bundle: Bundle, given: Given, owner: "Node") -> Iterator[Sent | Onward]:
    """Follow `headers.set("name", value)` to the uses of what holds the headers."""
    module = given.module
    key = arguments_in(given.call)[0]
    name = module.string(key) if key.type == "string" else "*"
    root = _root(owner)
    if root.type != "identifier":
        return
    inner = module.name(owner)[len(module.name(root)) :].strip(".?")
    holder = inner.rpartition(".")[2] or module.name(root)
    if not holder.lower().endswith("headers"):
        return
    path = (*(inner.split(".") if inner else ()), name)
    for use in bundle.uses(module, module.text(root), root) if not is_for_a_request(module, given.call) else ():
        if use.start_byte != root.start_byte:
            yield Onward(module, use, path)


def answered_by_name(given: Given, callee: "Node") -> Iterator[Sent]:
    """Yield that a method answers which a handler takes out of its parameter: `({json}) => json(200, …)`."""
    declaration = given.module.lookup(given.module.text(callee), callee)
    if declaration is not None and declaration.parameter and declaration.path:
        method = str(declaration.path[-1])
        if method in {*facts()["answer_methods"], "redirect", "text"}:
            yield Sent(RESPONSE)
