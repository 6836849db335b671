"""The options that code gives to functions of packages, such as the build function of a bundler."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from frontleak.js.global_names import global_name
from frontleak.js.module import DEFAULT, EVERYTHING, Expr, Module
from frontleak.js.references import References
from frontleak.js.referents import ExternalExport
from frontleak.js.syntax import arguments_of, callee_name, members_of_literal, parameters_of
from frontleak.modulegraph.config_objects import has_server_target, is_for_server
from frontleak.rules.misuse_rule import Options

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_ARGUMENTS: Final = 4


def options_given(references: References, module: Module, options: Options) -> Iterator[Expr]:
    """Yield the arguments of calls of such functions in a module, without those for a bundle that no browser runs.

    For a function of the module that passes its parameter on, the arguments of its calls are included.
    """
    for node in module.all("call_expression", "new_expression"):
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        if callee is None or not _is_function(references, Expr(module, callee), options):
            continue
        given = arguments_of(module, node)[:_MOST_ARGUMENTS]
        for argument in (*given, *(inner for each in given for inner in _given_to_wrapper(module, each))):
            if not is_for_server(references, Expr(module, node)) and not has_server_target(references, argument):
                yield argument


def _is_function(references: References, callee: Expr, options: Options) -> bool:
    """Return whether a callee is one of the functions of a package, or of a global object."""
    for referent in references.referents(callee):
        if isinstance(referent, ExternalExport):
            name = referent.name if referent.name != EVERYTHING else DEFAULT  # `require("x")()`
            if referent.package == options.of and name in options.functions:
                return True
        else:
            owner, _, name = global_name(references, referent).rpartition(".")
            if owner == options.of and name in options.functions:
                return True
    return False


def _given_to_wrapper(module: Module, argument: Expr) -> Iterator[Expr]:
    """Yield the options that calls give to the function around an argument that is or spreads its parameter."""
    spread = members_of_literal(argument).spread if argument.node.type == "object" else ()
    names = {
        module.name(node) for node in (argument.node, *(value for _, value in spread)) if node.type == "identifier"
    }
    function = next(module.functions_around(argument.node), None) if names else None
    if function is None:
        return
    parameters = parameters_of(Expr(module, function))
    positions = [index for index, node in enumerate(parameters) if module.name(node) in names]
    wrapper = _declared_name(module, function)
    for call in module.all("call_expression") if positions and wrapper else ():
        if callee_name(module, call) == wrapper:
            found = arguments_of(module, call)
            yield from (found[index] for index in positions if index < len(found))


def _declared_name(module: Module, function: "Node") -> str:
    """Return the name of a function, or of the constant that it is the value of; empty without one."""
    named = function.child_by_field_name("name")
    if named is None and (around := function.parent) is not None and around.type == "variable_declarator":
        named = around.child_by_field_name("name")
    return module.name(named)
