"""What a call in built code of a server does with what it is given: sends it, or passes it on."""

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from frontleak.js.module import Module
from frontleak.misuse.server_output.bundle import Bundle
from frontleak.misuse.server_output.methods import answered_by_name, is_for_a_request, of_method
from frontleak.misuse.server_output.steps import (
    CALLED,
    HEADER,
    RESPONSE,
    Given,
    Onward,
    Sent,
    arguments_in,
    facts,
    last_name,
)
from frontleak.rules.code_names import CodeNames, code_names, made_of_code_names
from frontleak.rules.frameworks import Framework, made_of_frameworks

if TYPE_CHECKING:
    from tree_sitter import Node

_HANDLER: Final = "the handler's response is sent to anyone who requests it"
_PAGE: Final = "it is written into the page"
_STATE: Final = "the state is written into the page"
_SERVER_FUNCTION: Final = "the result of the server function is sent to the browser"
_ISLAND: Final = "client:"
_LONGEST: Final = 200
"""Bytes of a callee or argument that is looked at."""
_LONGEST_FUNCTION: Final = 40_000
"""Bytes of a function in which a mark is looked for."""


def through_call(bundle: Bundle, given: Given) -> Iterator[Sent | Onward]:
    """Yield what becomes of an argument."""
    module, call, position, path = given
    callee = call.child_by_field_name("function") or call.child_by_field_name("constructor")
    if callee is None:
        return
    name = last_name(module, callee)
    known = list(_through_known(bundle, given, callee, name))
    yield from known
    if not known and name not in _ends_here():
        for other, function in bundle.functions(module, callee):
            for use, inner in bundle.parameter_uses(function, other, position, path):
                yield Onward(other, use, inner, name)


@functools.cache
def _ends_here() -> frozenset[str]:
    """Return the functions of frameworks that are not looked into."""
    return frozenset({*facts()["page_writers"], *facts()["component_renderers"], *facts()["elements"]})


def _through_known(bundle: Bundle, given: Given, callee: "Node", name: str) -> Iterator[Sent | Onward]:
    """Yield what becomes of an argument of a function that is known by its name."""
    if given.path[:1] == (CALLED,):
        yield from _of_function(bundle, given, callee, name)
    yield from _answered(given, callee, name)
    same = list(_same(given, callee, name))
    if same:
        yield from same
    elif name in facts()["elements"]:
        yield from _in_element(bundle, given)
    elif name in facts()["component_renderers"]:
        yield from _in_component(given)
    elif callee.type == "member_expression":
        yield from of_method(bundle, given, callee, name)
    elif callee.type == "identifier":
        yield from answered_by_name(given, callee)
    yield from _published(given, name)


def _answered(given: Given, callee: "Node", name: str) -> Iterator[Sent]:
    """Yield that a function makes an answer, sets a header of one or writes into the page."""
    module, call, position, path = given
    answers, dotted = facts()["answers"], module.name(callee)
    if CALLED in path:  # a function is not sent
        return
    if dotted in answers or (name in code_names().responses and _is_external(module, callee)):
        if position == answers.get(dotted, 0):
            yield Sent(RESPONSE)
        elif dotted in answers and path[:1] in {("headers",), ("*",)}:
            yield Sent(HEADER)
    elif name in facts()["page_writers"]:
        yield Sent(_PAGE)
    elif name in code_names().cookie_functions and position and callee.type != "member_expression":
        yield from () if is_for_a_request(module, call) else (Sent(HEADER),)


def _same(given: Given, callee: "Node", name: str) -> Iterator[Onward]:
    """Yield that the result of a call has the argument, as it is or as text."""
    names = {name, given.module.name(callee)}
    if names & set(facts()["same_value"]):
        if given.position == 0 or name == "assign":
            yield Onward(given.module, given.call, given.path)
    elif names & set(facts()["same_text"]):
        yield Onward(given.module, given.call, ())


def _is_external(module: Module, callee: "Node") -> bool:
    """Return whether a name is global or imported from a package: bundled functions have any name."""
    declaration = module.lookup(module.text(callee), callee) if callee.type == "identifier" else None
    if declaration is None:
        return False
    return declaration.imported is not None and not declaration.imported.specifier.startswith(".")


def _of_function(bundle: Bundle, given: Given, callee: "Node", name: str) -> Iterator[Sent | Onward]:
    """Yield what becomes of the result of a function that a call is given."""
    module, call, position, path = given
    if name in code_names().handlers:
        yield Sent(_HANDLER)
    elif name in _state_functions():
        yield Sent(_STATE)
    elif callee.type == "member_expression" and _is_server_method(module, callee, name):
        yield Sent(_SERVER_FUNCTION)
    elif name in facts()["callbacks"]:
        yield Onward(module, call, path[1:])
    elif name in code_names().function_wrappers:
        yield Onward(module, call, path)
    else:
        texts = [module.name(each) for each in arguments_in(call) if each.type == "string"]
        if position == 0 and any(_wrapper().fullmatch(text[1:-1]) for text in texts):
            yield Onward(module, call, path)
        elif any(mark in text for mark in code_names().sender_marks for text in texts) or _is_marked(
            bundle, module, callee
        ):
            yield Sent(_SERVER_FUNCTION)


def _is_server_method(module: Module, callee: "Node", name: str) -> bool:
    maker = module.beginning(callee, 60).partition("(")[0].rpartition(".")[2]
    return name in code_names().server_methods.get(maker, ())


def _is_marked(bundle: Bundle, module: Module, callee: "Node") -> bool:
    """Return whether a function has a text that only the functions of a framework have."""
    for other, function in bundle.functions(module, callee):
        text = other.beginning(function, _LONGEST_FUNCTION)
        if any(mark in text for mark in code_names().sender_marks):
            return True
    return False


@made_of_code_names
def _wrapper(names: CodeNames) -> re.Pattern[str]:
    return re.compile("|".join(names.wrapper_marks) or "(?!)")


@made_of_frameworks
def _state_functions(frameworks: tuple[Framework, ...]) -> frozenset[str]:
    return frozenset(name for framework in frameworks for name in framework.code.shared_state)


def _in_element(bundle: Bundle, given: Given) -> Iterator[Sent | Onward]:
    """Yield what becomes of the attributes and the contents of an element or a component."""
    module, call, position, path = given
    arguments = arguments_in(call)
    if not position or len(arguments) < 2 or CALLED in path:  # a function is not sent
        return
    tag = arguments[0]
    if tag.type in {"string", "template_string"} or _is_client_reference(module, last_name(module, tag)):
        yield Sent(_PAGE)
    for other, function in bundle.functions(module, tag):
        inner = path if position == 1 else ("children", *path)
        for use, left in bundle.parameter_uses(function, other, 0, inner):
            yield Onward(other, use, left, module.name(tag))


def _is_client_reference(module: Module, name: str) -> bool:
    """Return whether a script marks an export of a name as a component of the browser."""
    if len(name) < 2 and name != "default":
        return False
    for node in module.all("call_expression"):
        callee = node.child_by_field_name("function")
        if callee is not None and last_name(module, callee) in facts()["client_references"]:
            texts = [module.name(each)[1:-1] for each in arguments_in(node) if each.type == "string"]
            if name in texts[-1:]:
                return True
    return False


def _in_component(given: Given) -> Iterator[Sent]:
    value = arguments_in(given.call)[given.position]
    if (
        CALLED not in given.path
        and value.type == "object"
        and f'"{_ISLAND}' in given.module.text(value).replace("'", '"')
    ):
        yield Sent(_PAGE)


def _published(given: Given, name: str) -> Iterator[Sent]:
    """Yield that a function of a framework publishes its argument, where its name tells it."""
    for each in code_names().published_arguments:
        if each.module or each.argument != given.position or each.function.rpartition(".")[2] != name:
            continue
        if each.file_names and each.file_names.encode() not in given.module.source:
            continue
        callee = given.call.child_by_field_name("function")
        if "." in each.function and (callee is None or not given.module.name(callee).endswith(each.function)):
            continue
        if not each.member or given.path[:1] == (each.member,):
            yield Sent(each.how)
