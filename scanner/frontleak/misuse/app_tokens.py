"""Fixed tokens in the configuration of a Sanity app: `auth.token` of the App SDK, as an argument or a prop."""

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from frontleak.js.module import Expr, Module
from frontleak.js.references import References
from frontleak.js.referents import ExternalExport
from frontleak.js.syntax import arguments_of
from frontleak.misuse.functions_called import CALLS, ELEMENTS, callee_of, props
from frontleak.misuse.sanity_clients import any_name, facts
from frontleak.modulegraph.config_objects import ConfigValue, leaves_at

if TYPE_CHECKING:
    from tree_sitter import Node


@functools.cache
def token_packages() -> re.Pattern[bytes]:
    """Return a regular expression for a package of such settings."""
    return any_name(facts()["token_settings"])


def app_tokens(references: References, module: Module) -> Iterator[tuple[Expr, Expr]]:
    """Yield (call or element, token) for each token in a setting of the data, `token_settings`."""
    if token_packages().search(module.source) is None:
        return
    for node in module.all(*CALLS):
        for setting in _settings(references, module, node):
            yield from ((Expr(module, node), token) for token in _tokens(references, Expr(module, node), setting))


def _settings(references: References, module: Module, node: "Node") -> list[str]:
    callee = callee_of(node)
    found = references.referents(Expr(module, callee)) if callee is not None else []
    return [
        setting
        for each in found
        if isinstance(each, ExternalExport)
        for setting in facts()["token_settings"].get(each.package, {}).get(each.name, ())
    ]


def _tokens(references: References, call: Expr, setting: str) -> Iterator[Expr]:
    first, *rest = setting.split(".")
    if call.node.type in ELEMENTS:
        roots = [found for found in props(references, call, first) if isinstance(found, Expr)]
    else:
        roots, rest = arguments_of(*call)[:1], [first, *rest]
    for leaf in leaves_at(references, [ConfigValue("", root) for root in roots], rest):
        yield leaf.expr
