"""Aliases that the code of a bundler's configuration sets; those of tsconfig.json are known to `javascript.resolve`."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scanner.javascript.module import Module, Spot
from scanner.javascript.program import Program
from scanner.javascript.syntax import arguments_of, unwrapped
from scanner.rules.globs import expression
from scanner.rules.load import load_data
from scanner.usage.configs import Leaf, config_objects, inside, leaves_at

_MOST_DEPTH: Final = 5
"""Calls and members inside each other, such as `fileURLToPath(new URL("./src", import.meta.url))`."""
_MOST_CHARACTERS: Final = 500


def settings_of(name: str) -> Sequence[str]:
    """Return the settings in which a file with some name keeps aliases; empty for most files."""
    return next((settings for pattern, settings in _files() if pattern.fullmatch(name)), ())


@functools.cache
def _files() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple(
        (re.compile(expression(glob)), tuple(settings)) for glob, settings in load_data("code/aliases.yaml").items()
    )


def aliases_in(program: Program, module: Module, settings: Sequence[str]) -> Mapping[str, str]:
    """Return the aliases that a configuration sets: what a specifier begins with -> path from the folder of the file.

    Only what ends in a text that is written out counts, as `path.resolve(__dirname, "src")` does; the path is taken for
    one below the folder.
    """
    found: dict[str, str] = {}
    for root in config_objects(program, module):
        for setting in settings:
            for leaf in leaves_at(program, [Leaf("", root)], [*setting.split("."), "*"]):
                for name, value in _entry(program, leaf):
                    path = _path(program, value)
                    if name and path:
                        found.setdefault(name.removesuffix("/*"), path.removesuffix("/*"))
    return found


def _entry(program: Program, leaf: Leaf) -> Iterator[tuple[str, Spot]]:
    if leaf.key:
        yield leaf.key, leaf.spot
        return
    yield from (part for part in inside(program, leaf, "*") if part.key not in {"", "find", "replacement"})  # spread
    names = [each for each in program.members(leaf.spot, "find") if isinstance(each, Spot)]
    values = [each for each in program.members(leaf.spot, "replacement") if isinstance(each, Spot)]
    for name, value in zip(names[:1], values[:1], strict=False):
        if name.node.type == "string":
            yield name.module.string(name.node), value


def _path(program: Program, spot: Spot) -> str:
    """Return the text that an expression for a path ends with, from the folder on; empty when there is none."""
    at: Spot | None = spot
    for _ in range(_MOST_DEPTH):
        if at is None:
            break
        at = Spot(at.module, unwrapped(at.node))
        if at.node.type == "string":
            return _below(at.module.string(at.node))
        if at.node.type == "template_string":  # `${__dirname}/src`
            return _below(at.module.ending(at.node, _MOST_CHARACTERS).rpartition("}")[2].strip("`"))
        at = _inner(program, at)
    return ""


def _inner(program: Program, spot: Spot) -> Spot | None:
    """Return the part of an expression for a path that says most of it."""
    module, node = spot
    match node.type:
        case "identifier":
            known = [each for each in program.definitions(spot) if isinstance(each, Spot) and each.node != node]
            return known[0] if known else None
        case "member_expression":  # `new URL("./src", import.meta.url).pathname`
            owner = node.child_by_field_name("object")
            return Spot(module, owner) if owner is not None else None
        case "call_expression":  # `path.resolve(__dirname, "src")`
            return next(reversed(arguments_of(module, node)), None)
        case "new_expression":
            return next(iter(arguments_of(module, node)), None)
        case _:
            return None


def _below(path: str) -> str:
    return path.lstrip("/").removeprefix("./").rstrip("/") if len(path) < _MOST_CHARACTERS else ""
