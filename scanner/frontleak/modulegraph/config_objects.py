"""Objects exported by configuration files, and the values at setting paths in them."""

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.js.module import DEFAULT, Expr, Module
from frontleak.js.references import References
from frontleak.js.syntax import (
    FUNCTIONS,
    ancestors,
    arguments_of,
    items,
    members_of_literal,
    parameters_of,
    returns,
    unwrapped,
)
from frontleak.rules.code_names import code_names

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_DEPTH: Final = 5
_MOST_LEAVES: Final = 300
_MOST_OBJECTS: Final = 20
NO_BROWSER: Final = ("node", "async-node", "electron-main", "bun")
"""Prefixes of a bundler's `target` for non-browser bundles."""


class ConfigValue(NamedTuple):
    """A value in a configuration."""

    key: str
    """Property name; empty for a list item."""
    expr: Expr


def config_objects(references: References, module: Module) -> list[Expr]:
    """Return the objects that a file may export, through functions and wrappers such as `defineConfig`."""
    export = module.exports.get(DEFAULT)
    pending = [(Expr(module, export.value), 0)] if export is not None and export.value is not None else []
    pending += [
        (Expr(module, item.value), 0)
        for name, item in module.exports.items()
        if name != DEFAULT and item.value is not None
    ]
    pending += [
        (Expr(module, declaration.value), 0)
        for name, item in module.exports.items()
        if name != DEFAULT and item.local and (declaration := module.top(item.local)) and declaration.value is not None
    ]
    found: list[Expr] = []
    seen: set[tuple[str, int, int]] = set()
    while pending and len(found) < _MOST_OBJECTS and len(seen) < _MOST_LEAVES:
        expr, depth = pending.pop(0)
        for referent in references.referents(expr):
            if not isinstance(referent, Expr) or depth > _MOST_DEPTH or referent.place in seen:
                continue
            seen.add(referent.place)
            if referent.node.type == "object":
                # the variable has the settings that are added later too: `config.env = …`
                found.append(expr if _is_added_to(expr) else referent)
            elif referent.node.type in FUNCTIONS:
                pending += ((inner, depth + 1) for inner in returns(referent))
            elif referent.node.type == "array":
                pending += ((Expr(referent.module, item), depth + 1) for _, item in items(referent.node))
            elif referent.node.type in {"call_expression", "new_expression"}:
                callee = referent.node.child_by_field_name("function")
                pending += ((item, depth + 1) for item in arguments_of(*referent)[:_MOST_OBJECTS])
                if callee is not None and callee.type == "call_expression":  # `withPlugin(options)(config)`
                    pending.append((Expr(referent.module, callee), depth + 1))
    return found


def _is_added_to(expr: Expr) -> bool:
    """Return whether an expression is a variable to whose members the script assigns values."""
    module, node = expr.module, unwrapped(expr.node)
    return node.type == "identifier" and bool(module.assigned_below(module.text(node)))


def leaves_at(references: References, found: list[ConfigValue], steps: list[str]) -> Iterator[ConfigValue]:
    """Yield the values at a setting path; `*` matches any member, a final `**` all nested values."""
    for step in steps:
        if step == "**":
            break
        found = [inner for leaf in found for inner in inside(references, leaf, step)]
    else:
        yield from found
        return
    count = 0
    pending = [(leaf, 0) for leaf in found]
    while pending and count < _MOST_LEAVES:
        leaf, depth = pending.pop(0)
        inner = inside(references, leaf, "*") if depth < _MOST_DEPTH else []
        pending += ((part, depth + 1) for part in inner)
        if not inner:
            count += 1
            yield leaf


def inside(references: References, leaf: ConfigValue, name: str) -> list[ConfigValue]:
    """Return the members of a value by name, or all for `*`; a function counts as its returned values."""
    found: list[ConfigValue] = []
    pending = [leaf.expr]
    for _ in range(_MOST_DEPTH):
        functions = [
            referent
            for expr in pending
            for referent in references.referents(expr)
            if isinstance(referent, Expr) and referent.node.type in FUNCTIONS
        ]
        for expr in pending:
            found += _members(references, expr, name)
        for function in functions:
            found += _set_in(function, name)
        pending = [returned for function in functions for returned in returns(function)]
        if not pending:
            break
    return found


def _options_of(references: References, expr: Expr, name: str) -> list[ConfigValue]:
    """Return the options of a plugin in a list, `["transform-define", {…}]`, as Babel has them."""
    found: list[ConfigValue] = []
    for each in references.referents(expr):
        if not isinstance(each, Expr) or each.node.type != "array":
            continue
        for _, held in itertools.islice(items(each.node), _MOST_LEAVES):
            pair = [part for _, part in items(held)] if held.type == "array" else []
            if len(pair) > 1 and pair[0].type == "string" and each.module.string(pair[0]) == name:
                found.append(ConfigValue(name, Expr(each.module, pair[1])))
    return found


def _set_in(function: Expr, name: str) -> Iterator[ConfigValue]:
    """Yield what a function assigns to a member of the configuration that it is given: `config.define.X = …`."""
    module, node = function
    for parameter in parameters_of(function)[:1] if f".{name}".encode() in module.source else ():
        for path, value in module.assigned_below(module.name(parameter))[:_MOST_LEAVES]:
            if path.partition(".")[0] == name and node.start_byte <= value.start_byte < node.end_byte:
                yield ConfigValue(path.rpartition(".")[2], Expr(module, value))


def _members(references: References, expr: Expr, name: str) -> list[ConfigValue]:
    if name != "*":
        named = [ConfigValue(name, member) for member in references.members(expr, name) if isinstance(member, Expr)]
        return named if named or "-" not in name else _options_of(references, expr, name)
    found: list[ConfigValue] = []
    for referent in references.referents(expr):
        if not isinstance(referent, Expr) or referent.node.type not in {"object", "array"}:
            continue
        module, node = referent
        literal = members_of_literal(referent)
        members = itertools.islice(literal.named.items(), _MOST_LEAVES)
        found += (ConfigValue(key if node.type == "object" else "", Expr(module, value)) for key, (_, value) in members)
        found += (ConfigValue("", Expr(module, value)) for _, value in literal.spread[:_MOST_LEAVES])
    return found


def is_for_server(references: References, expr: Expr) -> bool:
    """Return whether a configuration expression is for a non-browser bundle, by `target` or an `isServer` condition."""
    if any(
        node.type == "if_statement"
        and (condition := node.child_by_field_name("condition")) is not None
        and expr.module.text(condition)[1:-1] in code_names().server_bundle_checks
        and _is_in(expr, node.child_by_field_name("consequence"))
        for node in ancestors(expr)
    ):
        return True
    targets = [
        target.module.string(target.node)
        for node in ancestors(expr)
        if node.type == "object"
        for target in references.members(Expr(expr.module, node), "target")
        if isinstance(target, Expr) and target.node.type == "string"
    ]
    return bool(targets) and targets[-1].startswith(NO_BROWSER)


def has_server_target(references: References, options: Expr) -> bool:
    """Return whether the options of a bundler are for a non-browser bundle, by `platform`, `target` or `ssr`."""
    return any(
        text.startswith(NO_BROWSER)
        for name in ("platform", "target")
        for value in references.members(options, name)
        if isinstance(value, Expr)
        for text in references.texts(value)
    )


def _is_in(expr: Expr, node: "Node | None") -> bool:
    return node is not None and node.start_byte <= expr.node.start_byte < node.end_byte
