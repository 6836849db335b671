"""What a configuration gives to plugins by webpack-chain: `plugin("define").tap(…)`, `.use(DefinePlugin, […])`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.js.module import Expr, Module
from frontleak.js.syntax import FUNCTIONS, arguments_of, member_name, returns
from frontleak.modulegraph.config_objects import ConfigValue

if TYPE_CHECKING:
    from tree_sitter import Node

_PLUGIN: Final = "plugin"
_MOST_VALUES: Final = 300


def chained_options(
    module: Module, plugins: Sequence[str], classes: Sequence[str]
) -> Iterator[tuple["Node", ConfigValue]]:
    """Yield (call, value) of what a file gives to plugins by webpack-chain.

    Args:
        module: a configuration.
        plugins: names that the tools that build on webpack-chain give to plugins: `define`.
        classes: classes of such plugins, whose names in a chain may be any: `DefinePlugin`.
    """
    for node in module.all("call_expression") if plugins else ():
        callee = node.child_by_field_name("function")
        if callee is None or callee.type != "member_expression":
            continue
        given, plugin = arguments_of(module, node), _plugin_of(module, callee)
        if plugin is None or not given:
            continue
        method = member_name(module, callee)
        if method == "tap" and plugin in plugins and given[0].node.type in FUNCTIONS:
            yield from ((node, each) for each in _made_by(given[0]))
        elif method == "use" and module.name(given[0].node).rpartition(".")[2] in classes:
            yield from ((node, ConfigValue("", value)) for value in given[1:2])


def _plugin_of(module: Module, callee: "Node") -> str | None:
    """Return `define` for the callee `config.plugin("define").tap`; None for any other."""
    owner = callee.child_by_field_name("object")
    inner = owner.child_by_field_name("function") if owner is not None and owner.type == "call_expression" else None
    if owner is None or inner is None or inner.type != "member_expression" or member_name(module, inner) != _PLUGIN:
        return None
    given = arguments_of(module, owner)
    return module.string(given[0].node) if given and given[0].node.type == "string" else None


def _made_by(function: Expr) -> Iterator[ConfigValue]:
    """Yield what a function makes of the options that it is given: what it assigns to their members, and returns."""
    module, node = function
    for assignment in module.within(node, "assignment_expression"):
        left, right = assignment.child_by_field_name("left"), assignment.child_by_field_name("right")
        if left is not None and right is not None and left.type in {"member_expression", "subscript_expression"}:
            yield ConfigValue(_key(module, left), Expr(module, right))
    for call in module.within(node, "call_expression"):
        if module.name(call.child_by_field_name("function")) == "Object.assign":
            yield from (ConfigValue("", value) for value in arguments_of(module, call)[1:][:_MOST_VALUES])
    yield from (ConfigValue("", value) for value in returns(function))


def _key(module: Module, left: "Node") -> str:
    if left.type == "member_expression":
        return member_name(module, left)
    index = left.child_by_field_name("index")
    return module.string(index) if index is not None and index.type == "string" else ""
