"""Values that server-side code gives to functions of frameworks, which send them to the browser."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.js.call_results import functions_of
from frontleak.js.module import Expr, Module
from frontleak.js.referents import ExternalExport
from frontleak.js.syntax import FUNCTIONS, arguments_of, member_name, parameters_of, returns
from frontleak.misuse.handover.results import handler_functions, unwrapped_answer
from frontleak.misuse.handover.sent import Sent
from frontleak.misuse.project import AnalysedProject
from frontleak.rules.code_names import CodeNames, PublishedArgument, code_names, made_of_code_names

if TYPE_CHECKING:
    from tree_sitter import Node

_MARKS: Final = LazyTextRegex(r"[()?!]")
_NAMES: Final = frozenset({"identifier", "shorthand_property_identifier"})
_ADDS: Final = frozenset({"push", "unshift"})
_LONGEST_CALLEE: Final = 200
"""Bytes of the longest callee whose name is looked at."""


def in_calls(project: AnalysedProject, module: Module) -> Iterator[Sent]:
    """Yield what handlers answer, and what is given to functions of frameworks and bound to server actions."""
    for node in module.all("call_expression"):
        callee = node.child_by_field_name("function")
        arguments = arguments_of(module, node)
        if callee is None or not arguments:
            continue
        for function in handler_functions(module, node):
            for value in returns(function):
                yield Sent(unwrapped_answer(value), "the handler's response is sent to anyone who requests it")
        if callee.end_byte - callee.start_byte <= _LONGEST_CALLEE:
            yield from _published(project, module, callee, arguments)
            if callee.type == "member_expression" and member_name(module, callee) == "bind":
                yield from _bound(project, module, callee, arguments)


def _published(project: AnalysedProject, module: Module, callee: "Node", arguments: Sequence[Expr]) -> Iterator[Sent]:
    name = _MARKS.sub("", module.text(callee))
    for each in _published_by_name().get(name.rpartition(".")[2], ()):
        if not _is_function(project, module, callee, name, each) or len(arguments) <= each.argument:
            continue
        argument = arguments[each.argument]
        values = project.references.members(argument, each.member) if each.member else [argument]
        for value in (found for found in values if isinstance(found, Expr)):
            functions = [
                function
                for referent in (project.references.referents(value) if value.node.type in _NAMES else [value])
                for function in functions_of(project.references, referent)
            ]
            for function in functions:
                answers = map(unwrapped_answer, returns(function))
                yield from (Sent(answer, each.how, each.on_both_sides) for answer in answers)
                yield from _pushed(function, each)
            if not functions:
                yield Sent(value, each.how, each.on_both_sides)


def _pushed(function: Expr, each: PublishedArgument) -> Iterator[Sent]:
    """Yield what a hook adds to what it is given: `html.head.push(…)`, `response.headers["x"] = …`."""
    module = function.module
    names = tuple(f"{module.name(parameter)}{mark}" for parameter in parameters_of(function)[:1] for mark in ".[")
    for node in module.within(function.node, "assignment_expression"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and names and module.beginning(left, 100).startswith(names):
            yield Sent(Expr(module, right), each.how, each.on_both_sides)
    for node in module.within(function.node, "call_expression"):
        callee = node.child_by_field_name("function")
        if (
            callee is not None
            and callee.type == "member_expression"
            and member_name(module, callee) in {"push", "unshift"}
        ):
            yield from (Sent(value, each.how, each.on_both_sides) for value in arguments_of(module, node))


def _is_function(project: AnalysedProject, module: Module, callee: "Node", name: str, each: PublishedArgument) -> bool:
    """Return whether a callee is a function that publishes an argument; `name` is the callee without marks."""
    if each.file_names and each.file_names.encode() not in module.source:
        return False
    if each.module:
        referents = project.references.referents(Expr(module, callee)) if callee.type == "identifier" else []
        return any(isinstance(found, ExternalExport) and found.package == each.module for found in referents)
    if "." in each.function:
        return name.casefold().endswith(each.function.casefold())
    return True


@made_of_code_names
def _published_by_name(names: CodeNames) -> Mapping[str, tuple[PublishedArgument, ...]]:
    found: dict[str, tuple[PublishedArgument, ...]] = {}
    for each in names.published_arguments:
        last = each.function.rpartition(".")[2]
        found[last] = (*found.get(last, ()), each)
    return found


def _bound(project: AnalysedProject, module: Module, callee: "Node", arguments: Sequence[Expr]) -> Iterator[Sent]:
    """Yield what is bound to a server action: the arguments are written into the form."""
    owner = callee.child_by_field_name("object")
    referents = project.references.referents(Expr(module, owner)) if owner is not None else []
    if any(isinstance(found, Expr) and _is_action(project, found) for found in referents):
        for value in arguments[1:]:
            yield Sent(value, "what is bound to a server action is sent to the browser and back")


def _is_action(project: AnalysedProject, function: Expr) -> bool:
    if function.node.type not in FUNCTIONS:
        return False
    if project.reachability.holds_actions(function.module.path):
        return True
    body = function.node.child_by_field_name("body")
    start = function.module.beginning(body, 60).lstrip("{ \n\t") if body is not None else ""
    return any(start[1:].startswith(directive) for directive in code_names().directives_of("server"))
