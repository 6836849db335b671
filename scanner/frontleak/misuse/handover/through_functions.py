"""Values that code gives to a function or component of the project, which sends its parameter to the browser."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.js.call_results import functions_of
from frontleak.js.module import Expr, Module
from frontleak.js.referents import Parameter
from frontleak.js.syntax import FUNCTIONS, arguments_of, parameters_of
from frontleak.misuse.handover.elements import props
from frontleak.misuse.handover.sent import Sent, secrets_in
from frontleak.misuse.leaf_values import leaf_values
from frontleak.misuse.project import AnalysedProject

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_DEPTH: Final = 3
"""Functions between a secret and the place that sends it."""
_MOST_LEAVES: Final = 200
_HARMLESS: Final = frozenset({"string", "number", "true", "false", "null", "undefined", "regex", *FUNCTIONS})
Sinks = Callable[[AnalysedProject, Module], Iterator[Sent]]
"""Yields what the code of a module sends by itself."""


class _SentParameter(NamedTuple):
    """A parameter of a function, or a member of one, that the function sends to the browser."""

    position: int
    path: tuple[str, ...]
    how: str


def through_functions(project: AnalysedProject, module: Module, sinks: Sinks) -> Iterator[Sent]:
    """Yield the arguments and props that the functions and components of the project send to the browser.

    Props go through up to three components: `<Shell token={…}/>`, which renders `<Editor token={token}/>`.
    """
    return _FunctionSinks(project, sinks).at_uses_in(module, 0)


class _FunctionSinks:
    """The parameters that functions send, each file looked at once."""

    def __init__(self, project: AnalysedProject, sinks: Sinks) -> None:
        self._project = project
        self._sinks = sinks
        self._found: dict[tuple[str, int], list[_SentParameter]] = {}
        self._sent: dict[Module, list[Sent]] = {}

    def at_uses_in(self, module: Module, depth: int) -> Iterator[Sent]:
        for node in module.all("jsx_opening_element", "jsx_self_closing_element"):
            name = node.child_by_field_name("name")
            if name is None or module.name(name)[:1].islower() or not self._may_be_of_project(module, name):
                continue
            given = list(props(module, node))
            if self._matters([value for _, value in given], depth):
                for sent in self._of_callee(Expr(module, name), depth):
                    yield from self._from_props(given, sent)
        for node in module.all("call_expression"):
            callee = node.child_by_field_name("function")
            if callee is None or callee.type != "identifier" or not self._is_of_project(module, callee):
                continue
            arguments = arguments_of(module, node)
            if self._matters(arguments, depth):
                for sent in self._of_callee(Expr(module, callee), depth):
                    for value in arguments[sent.position : sent.position + 1]:
                        yield from self._at_path(value, sent.path, sent.how)

    def _matters(self, values: Sequence[Expr], depth: int) -> bool:
        """Return whether one of some values may have a secret; in a function, a parameter may."""
        kept = [value for value in values if value.node.type not in _HARMLESS]
        return any(depth or next(secrets_in(self._project, Sent(value, "")), None) is not None for value in kept)

    def _may_be_of_project(self, module: Module, name: "Node") -> bool:
        """Return whether a component may be one of the project, by where the first part of its name is declared."""
        declaration = module.lookup(module.name(name).partition(".")[0].strip(), name)
        if declaration is None:
            return False
        imported = declaration.imported
        return imported is None or self._project.reachability.target(imported.specifier, module.path) is not None

    def _is_of_project(self, module: Module, callee: "Node") -> bool:
        declaration = module.lookup(module.text(callee), callee)
        if declaration is None or declaration.parameter:
            return False
        imported = declaration.imported
        return imported is None or self._project.reachability.target(imported.specifier, module.path) is not None

    def _of_callee(self, callee: Expr, depth: int) -> Iterator[_SentParameter]:
        if depth < _MOST_DEPTH:
            for referent in self._project.references.referents(callee):
                for function in functions_of(self._project.references, referent):
                    yield from self._of_function(function, depth)

    def _of_function(self, function: Expr, depth: int) -> Sequence[_SentParameter]:
        key = (function.module.path, function.node.start_byte)
        if key not in self._found:
            self._found[key] = []  # a function that calls itself
            if self._project.reachability.import_path(function.module) is None:
                self._found[key] = list(dict.fromkeys(self._parameters(function, depth)))
        return self._found[key]

    def _parameters(self, function: Expr, depth: int) -> Iterator[_SentParameter]:
        module, node = function
        if module not in self._sent:
            self._sent[module] = list(self._sinks(self._project, module))
        for sent in (*self._sent[module], *self.at_uses_in(module, depth + 1)):
            if not node.start_byte <= sent.value.node.start_byte < node.end_byte or sent.value.module is not module:
                continue
            for _, leaf in leaf_values(self._project.references, sent.value)[:_MOST_LEAVES]:
                for referent in self._project.references.referents(leaf):
                    if isinstance(referent, Parameter) and sent.counts():
                        yield from _at_place(function, referent, sent.how)

    def _from_props(self, given: Sequence[tuple[str, Expr]], sent: _SentParameter) -> Iterator[Sent]:
        for name, value in given if not sent.position else ():
            if not name:  # a spread
                yield from self._at_path(value, sent.path, sent.how)
            elif not sent.path:
                yield Sent(value, sent.how)
            elif name == sent.path[0]:
                yield from self._at_path(value, sent.path[1:], sent.how)

    def _at_path(self, value: Expr, path: tuple[str, ...], how: str) -> Iterator[Sent]:
        values = [value]
        for name in path:
            members = [inner for each in values for inner in self._project.references.members(each, name)]
            values = [inner for inner in members if isinstance(inner, Expr)]
        if values or not path:
            yield from (Sent(each, how) for each in values)
        elif any(isinstance(found, Parameter) for found in self._project.references.referents(value)):
            yield Sent(value, how)  # a parameter that is passed on as a whole


def _at_place(function: Expr, parameter: Parameter, how: str) -> Iterator[_SentParameter]:
    if parameter.expr.module is not function.module:
        return
    for position, node in enumerate(parameters_of(function)):
        if node.start_byte <= parameter.place[0] < node.end_byte:
            yield _SentParameter(position, tuple(map(str, parameter.path)), how)
