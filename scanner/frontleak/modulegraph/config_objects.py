"""Objects that configuration files export, and the values that paths of settings lead to in them."""

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.js.module import DEFAULT, Module, Spot
from frontleak.js.references import Program
from frontleak.js.syntax import FUNCTIONS, ancestors, arguments_of, returns, table_of

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_DEPTH: Final = 5
_MOST_LEAVES: Final = 300
_MOST_OBJECTS: Final = 20
NO_BROWSER: Final = ("node", "async-node", "electron-main")
"""What the `target` of a bundler begins with when its bundle is for no browser."""

_ON_SERVER: Final = frozenset({"(isServer)", "(options.isServer)"})
"""What the function that changes webpack's configuration in Next.js asks, for a bundle of the server."""


class Leaf(NamedTuple):
    """A value in a configuration."""

    key: str
    """The name it stands under; empty for an item of a list."""
    spot: Spot


def config_objects(program: Program, module: Module) -> list[Spot]:
    """Return the objects that a file may export, through functions and wrappers such as `defineConfig`."""
    export = module.exports.get(DEFAULT)
    pending = [(Spot(module, export.value), 0)] if export is not None and export.value is not None else []
    pending += [
        (Spot(module, item.value), 0)
        for name, item in module.exports.items()
        if name != DEFAULT and item.value is not None
    ]
    pending += [
        (Spot(module, declaration.value), 0)
        for name, item in module.exports.items()
        if name != DEFAULT and item.local and (declaration := module.top(item.local)) and declaration.value is not None
    ]
    found: list[Spot] = []
    seen: set[tuple[str, int, int]] = set()
    while pending and len(found) < _MOST_OBJECTS and len(seen) < _MOST_LEAVES:
        spot, depth = pending.pop(0)
        for definition in program.definitions(spot):
            if not isinstance(definition, Spot) or depth > _MOST_DEPTH or definition.place in seen:
                continue
            seen.add(definition.place)
            if definition.node.type == "object":
                found.append(definition)
            elif definition.node.type in FUNCTIONS:
                pending += ((inner, depth + 1) for inner in returns(definition))
            elif definition.node.type in {"call_expression", "new_expression"}:
                callee = definition.node.child_by_field_name("function")
                pending += ((item, depth + 1) for item in arguments_of(*definition)[:_MOST_OBJECTS])
                if callee is not None and callee.type == "call_expression":  # `withPlugin(options)(config)`
                    pending.append((Spot(definition.module, callee), depth + 1))
    return found


def leaves_at(program: Program, found: list[Leaf], steps: list[str]) -> Iterator[Leaf]:
    """Yield the values that a path of settings leads to; `*` is any member, `**` at the end all that is inside."""
    for step in steps:
        if step == "**":
            break
        found = [inner for leaf in found for inner in inside(program, leaf, step)]
    else:
        yield from found
        return
    count = 0
    pending = [(leaf, 0) for leaf in found]
    while pending and count < _MOST_LEAVES:
        leaf, depth = pending.pop(0)
        inner = inside(program, leaf, "*") if depth < _MOST_DEPTH else []
        pending += ((part, depth + 1) for part in inner)
        if not inner:
            count += 1
            yield leaf


def inside(program: Program, leaf: Leaf, name: str) -> list[Leaf]:
    """Return the members of a value by name, or all of them for `*`; a function stands for what it returns."""
    found: list[Leaf] = []
    pending = [leaf.spot]
    for _ in range(_MOST_DEPTH):
        functions = [
            definition
            for spot in pending
            for definition in program.definitions(spot)
            if isinstance(definition, Spot) and definition.node.type in FUNCTIONS
        ]
        for spot in pending:
            found += _members(program, spot, name)
        pending = [returned for function in functions for returned in returns(function)]
        if not pending:
            break
    return found


def _members(program: Program, spot: Spot, name: str) -> list[Leaf]:
    if name != "*":
        return [Leaf(name, member) for member in program.members(spot, name) if isinstance(member, Spot)]
    found: list[Leaf] = []
    for definition in program.definitions(spot):
        if not isinstance(definition, Spot) or definition.node.type not in {"object", "array"}:
            continue
        module, node = definition
        table = table_of(definition)
        members = itertools.islice(table.named.items(), _MOST_LEAVES)
        found += (Leaf(key if node.type == "object" else "", Spot(module, value)) for key, (_, value) in members)
        found += (Leaf("", Spot(module, value)) for _, value in table.spread[:_MOST_LEAVES])
    return found


def is_for_server(program: Program, spot: Spot) -> bool:
    """Say whether a place in a bundler's configuration is in one whose `target` is no browser, or under `isServer`."""
    if any(
        node.type == "if_statement"
        and (condition := node.child_by_field_name("condition")) is not None
        and spot.module.text(condition) in _ON_SERVER
        and _is_in(spot, node.child_by_field_name("consequence"))
        for node in ancestors(spot)
    ):
        return True
    targets = [
        target.module.string(target.node)
        for node in ancestors(spot)
        if node.type == "object"
        for target in program.members(Spot(spot.module, node), "target")
        if isinstance(target, Spot) and target.node.type == "string"
    ]
    return bool(targets) and targets[-1].startswith(NO_BROWSER)


def _is_in(spot: Spot, node: "Node | None") -> bool:
    return node is not None and node.start_byte <= spot.node.start_byte < node.end_byte
