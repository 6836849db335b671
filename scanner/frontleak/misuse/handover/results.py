"""Values that a framework sends to the browser: results of functions that it calls, settings of its configuration."""

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from frontleak.js.module import Expr, Module
from frontleak.js.syntax import (
    FUNCTIONS,
    arguments_of,
    callee_name,
    member_name,
    members_of_literal,
    property_name,
    returns,
)
from frontleak.misuse.handover.sent import Sent
from frontleak.misuse.handover.servers import is_answering
from frontleak.misuse.masks import is_filtered
from frontleak.misuse.project import AnalysedProject
from frontleak.modulegraph.config_objects import config_objects
from frontleak.rules.code_names import CodeNames, code_names, made_of_code_names
from frontleak.rules.globs import expression

if TYPE_CHECKING:
    from tree_sitter import Node

RESPONSES: Final = ("Response", "Response.json")
"""Functions of every runtime that send their first argument to the browser."""
WHOLE: Final = "."
"""Setting of a configuration that is sent as a whole."""
_WRAPS: Final = ("JSON.stringify", "Object.freeze")
"""Functions of JavaScript whose result is their argument in another form."""
_MOST_MEMBERS: Final = 60
_LONGEST_MAKER: Final = 40
"""Bytes of the name of a function such as `createServerFn`."""
_ACTION: Final = "anyone who can open the page can call the server action and read its result"


def in_results(project: AnalysedProject, module: Module) -> Iterator[Sent]:
    """Yield the results of exported functions, and exported values, that the framework sends to the browser."""
    if project.reachability.holds_actions(module.path):
        for name in module.exports:
            yield from _exported(project, module, name, _ACTION)
    yield from _in_inline_actions(module)
    relative = project.relative(module.path)
    for framework in project.frameworks:
        for glob, names in framework.code.returned.items():
            if _glob(glob).fullmatch(relative):
                for name in names:
                    how = f"the result of {name} is sent to the browser"
                    yield from _exported(project, module, name, how)
                    yield from _assigned(project, module, name, how)
        for glob, settings in framework.code.published_settings.items():
            if _glob(glob).fullmatch(relative):
                for setting in settings:
                    yield from _configured(project, module, setting)


def _in_inline_actions(module: Module) -> Iterator[Sent]:
    """Yield what functions return that begin with a directive such as `'use server'`."""
    directives = tuple(f"{quote}{each}" for each in code_names().directives_of("server") for quote in "'\"")
    for scope in module.scopes if any(each.encode() in module.source for each in directives) else ():
        function = scope.function
        body = function.child_by_field_name("body") if function is not None else None
        if function is None or body is None:
            continue
        if module.beginning(body, 80).lstrip("{ \t\r\n").startswith(directives):
            yield from (Sent(unwrapped_answer(value), _ACTION) for value in returns(Expr(module, function)))


def in_shared_state(project: AnalysedProject, module: Module) -> Iterator[Sent]:
    """Yield the values of state such as Nuxt's `useState`, which runs on both sides."""
    functions = frozenset(name for framework in project.frameworks for name in framework.code.shared_state)
    for node in module.all("call_expression") if functions else ():
        name = callee_name(module, node)
        if name not in functions:
            continue
        how = f"the server's {name} value is written into the page"
        for value in _set_later(module, node):
            yield Sent(value, how)
        for argument in arguments_of(module, node):
            if argument.node.type == "object":
                yield from _of_functions(argument, how, names=("state",))
            else:
                yield from of_function(project, argument, how)


def _set_later(module: Module, call: "Node") -> Iterator[Expr]:
    """Yield what is assigned to the value of the state that a call returns: `state.value = …`."""
    around = call.parent
    declared = (
        around.child_by_field_name("name") if around is not None and around.type == "variable_declarator" else None
    )
    if declared is not None and declared.type == "identifier":
        yield from (Expr(module, value) for value in module.assigned(f"{module.text(declared)}.value"))


def of_function(project: AnalysedProject, function: Expr, how: str) -> Iterator[Sent]:
    """Yield what a function, or the function that a name stands for, returns."""
    for referent in project.references.referents(function):
        if isinstance(referent, Expr) and referent.node.type in FUNCTIONS:
            yield from (Sent(unwrapped_answer(value), how) for value in returns(referent))


@functools.cache
def _glob(glob: str) -> re.Pattern[str]:
    return re.compile(expression(glob))


def _exported(project: AnalysedProject, module: Module, name: str, how: str) -> Iterator[Sent]:
    for referent in project.references.exported(module.path, name):
        if not isinstance(referent, Expr):
            continue
        if referent.node.type in FUNCTIONS:
            yield from (Sent(unwrapped_answer(value), how) for value in returns(referent))
        elif referent.node.type in {"object", "array"}:
            yield Sent(referent, how)
            yield from _of_functions(referent, how)
        elif referent.node.type == "call_expression":  # such as `cache(async () => …)`
            for argument in arguments_of(*referent):
                if argument.node.type in FUNCTIONS:
                    yield from (Sent(unwrapped_answer(value), how) for value in returns(argument))
                elif argument.node.type == "object":
                    yield from _of_functions(argument, how)


def _of_functions(value: Expr, how: str, names: tuple[str, ...] = ()) -> Iterator[Sent]:
    """Yield what the functions in an object return, all or those with some names."""
    members = members_of_literal(value).named
    for name, (_, node) in list(members.items())[:_MOST_MEMBERS]:
        if node.type in FUNCTIONS and (not names or name in names):
            yield from (Sent(unwrapped_answer(each), how) for each in returns(Expr(value.module, node)))


def _assigned(project: AnalysedProject, module: Module, name: str, how: str) -> Iterator[Sent]:
    """Yield the results of a function that is a member of a component: `Page.getInitialProps = …`, or static."""
    for node in module.all("assignment_expression"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and module.name(left).endswith(f".{name}"):
            yield from of_function(project, Expr(module, right), how)
    for scope in module.scopes:
        for value in (scope.fields or {}).get(name, ()):
            yield from of_function(project, Expr(module, value), how)
        function = scope.function
        if function is not None and function.type == "method_definition" and _is_static(module, function, name):
            yield from (Sent(unwrapped_answer(value), how) for value in returns(Expr(module, function)))


def _is_static(module: Module, method: "Node", name: str) -> bool:
    key = method.child_by_field_name("name")
    if key is None or property_name(module, key) != name:
        return False
    return any(child.type == "static" for child in method.children)


def _configured(project: AnalysedProject, module: Module, setting: str) -> Iterator[Sent]:
    how = f"{setting} of the configuration is sent to the browser"
    for holder in config_objects(project.references, module):
        if setting == WHOLE:
            yield Sent(holder, "all of the configuration is sent to the browser")
            continue
        found = project.references.at_path(holder, tuple(setting.split(".")))
        values = (each for value in found if isinstance(value, Expr) for each in project.references.referents(value))
        for referent in values:
            if not isinstance(referent, Expr):
                continue
            if referent.node.type in FUNCTIONS:
                yield from (Sent(value, how) for value in returns(referent))
            elif referent != holder:
                yield Sent(referent, how)


def unwrapped_answer(value: Expr) -> Expr:
    """Return the argument of `json(x)` and similar wrappers, unwrapped up to four times."""
    module, node = value
    for _ in range(4):
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        arguments = arguments_of(module, node) if callee is not None and module.name(callee) in _wraps() else []
        if not arguments or is_filtered(Expr(module, node)):
            break
        module, node = arguments[0]
    return Expr(module, node)


@made_of_code_names
def _wraps(names: CodeNames) -> frozenset[str]:
    """Return the functions whose argument is read in place of their result."""
    return frozenset({*_WRAPS, *RESPONSES, *names.responses})


def handler_functions(module: Module, call: "Node") -> Iterator[Expr]:
    """Yield the functions whose results a call sends to the browser: those of `handlers` and of server methods."""
    callee = call.child_by_field_name("function")
    if callee is None:
        return
    is_method = callee.type == "member_expression"
    maker = module.beginning(callee, _LONGEST_MAKER).partition("(")[0] if is_method else ""
    method = member_name(module, callee) if is_method else ""
    if (
        module.name(callee) not in code_names().handlers
        and (not maker or method not in code_names().server_methods.get(maker, ()))
        and (not method or not is_answering(module, callee, method))
    ):
        return
    for argument in arguments_of(module, call):
        if argument.node.type in FUNCTIONS:
            yield argument
        elif argument.node.type == "object":
            held = members_of_literal(argument).named.get("handler")
            if held is not None and held[1].type in FUNCTIONS:
                yield Expr(module, held[1])
