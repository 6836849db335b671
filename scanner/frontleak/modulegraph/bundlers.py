"""Aliases (besides those of tsconfig.json) and entries in bundler configuration files."""

import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.records import dataclass
from frontleak.js.module import Expr, Module
from frontleak.js.references import References
from frontleak.js.syntax import accessed, arguments_of, callee_name, unwrapped
from frontleak.modulegraph.config_objects import NO_BROWSER, ConfigValue, config_objects, inside, leaves_at
from frontleak.rules.globs import expression
from frontleak.rules.load import load_data

_MOST_DEPTH: Final = 5
"""Nested calls and members, such as `fileURLToPath(new URL("./src", import.meta.url))`."""
_MOST_CHARACTERS: Final = 500
_MOST_JSON: Final = 200
"""Values at each step of a setting path in JSON."""
_EXPRESSION: Final = LazyTextRegex(r"\^([@\w~#$.\\-]+)/\(\.[*+]\)\$?")
"""Matches an alias that is a regular expression for everything below a prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundler:
    """Where a bundler's configuration sets aliases and entries, as setting paths."""

    files: re.Pattern[str]
    """Matches the names of its configuration files."""
    aliases: tuple[str, ...]
    bases: tuple[str, ...]
    """Settings with folders in which names are looked up."""
    changed: tuple[str, ...]
    """Members with aliases that functions of a configuration change."""
    calls: Mapping[str, str]
    """Function -> the setting with aliases in its argument; `.` for all of it."""
    entries: tuple[str, ...]
    entry: str
    """Default entry, relative to the folder of the configuration; may be empty."""


@functools.cache
def _bundlers() -> tuple[Bundler, ...]:
    return tuple(
        Bundler(
            files=re.compile(expression(data["files"])),
            aliases=tuple(data["aliases"]),
            bases=tuple(data.get("bases", ())),
            changed=tuple(data.get("changed", ())),
            calls=data.get("calls", {}),
            entries=tuple(data.get("entries", ())),
            entry=data.get("entry", ""),
        )
        for data in load_data("code/bundlers.yaml")
    )


def bundler_of(name: str) -> Bundler | None:
    """Return the bundler with a configuration file of this name; None when there is none."""
    return next((bundler for bundler in _bundlers() if bundler.files.fullmatch(name)), None)


def entries_in(references: References, module: Module, bundler: Bundler) -> Iterator[str]:
    """Yield the entries of client bundles in a configuration, as paths relative to its folder."""
    count = 0
    roots = config_objects(references, module)
    non_browser = [root for root in roots if _is_non_browser(references, root)]
    for root in (root for root in roots if root not in non_browser):
        for setting in bundler.entries:
            for leaf in leaves_at(references, [ConfigValue("", root)], [*setting.split("."), "**"]):
                if leaf.expr != root and (path := _path(references, leaf.expr)):
                    count += 1
                    yield path
    if roots and not non_browser and not count and bundler.entry:
        yield bundler.entry


def _is_non_browser(references: References, root: Expr) -> bool:
    """Return whether a configuration builds a non-browser bundle, by webpack's `target` or Vite's `build.ssr`."""
    targets = [found for found in references.members(root, "target") if isinstance(found, Expr)]
    ssr = leaves_at(references, [ConfigValue("", root)], ["build", "ssr"])
    return any(found.text.strip("\"'").startswith(NO_BROWSER) for found in targets) or any(
        leaf.expr.text != "false" for leaf in ssr
    )


def aliases_in(references: References, module: Module, bundler: Bundler) -> Mapping[str, str]:
    """Return the aliases of a configuration: specifier prefix -> path relative to the folder of the file.

    Only values that end in a literal count, such as `path.resolve(__dirname, "src")`. The path is assumed to be below
    that folder.
    """
    found: dict[str, str] = {}
    leaves = itertools.chain(
        (
            leaf
            for root in config_objects(references, module)
            for setting in bundler.aliases
            for leaf in leaves_at(references, [ConfigValue("", root)], [*setting.split("."), "*"])
        ),
        _changed(references, module, bundler),
    )
    for leaf in leaves:
        for name, value in _entry(references, leaf):
            path = _path(references, value)
            if name and path:
                found.setdefault(*prefix_of(name, path))
    return found


def bases_in(references: References, module: Module, bundler: Bundler) -> list[str]:
    """Return the folders in which a configuration looks names up, relative to the folder of the file."""
    leaves = (
        leaf
        for root in config_objects(references, module)
        for setting in bundler.bases
        for leaf in leaves_at(references, [ConfigValue("", root)], [*setting.split("."), "**"])
        if leaf.expr != root
    )
    paths = (_path(references, leaf.expr) if leaf.expr.node.type != "array" else None for leaf in leaves)
    return list(dict.fromkeys(path for path in paths if path is not None and path != "node_modules"))


def prefix_of(name: str, path: str) -> tuple[str, str]:
    """Return (specifier prefix, path) of an alias: `@/*`, `^@/(.+)$` and `@$` are `@`."""
    if matched := _EXPRESSION.fullmatch(name):
        return matched[1].replace("\\", ""), path.removesuffix("\\1").removesuffix("$1").rstrip("/")
    return name.removesuffix("/*").removesuffix("$").rstrip("/"), path.removesuffix("/*")


def _changed(references: References, module: Module, bundler: Bundler) -> Iterator[ConfigValue]:
    """Yield the aliases that functions of a configuration set: `config.resolve.alias.x = …`, `alias.set("x", …)`."""
    for node in module.all("assignment_expression") if bundler.changed else ():
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            continue
        if _is_changed(module.name(left), bundler):
            yield from _members_of(references, Expr(module, right))
        owner, _ = accessed(Expr(module, left)) or (None, None)
        if owner is not None and _is_changed(module.name(owner), bundler):
            yield from (ConfigValue(name, Expr(module, right)) for name in references.member_names(Expr(module, left)))
    for node in module.all("call_expression") if bundler.changed or bundler.calls else ():
        name, given = callee_name(module, node), arguments_of(module, node)
        if name == "Object.assign" and given and _is_changed(given[0].text, bundler):
            yield from (leaf for each in given[1:] for leaf in _members_of(references, each))
        elif name.endswith(".set") and len(given) > 1 and _is_changed(_beginning(name), bundler):
            yield from (ConfigValue(text, given[1]) for text in references.texts(given[0]))
        elif (setting := bundler.calls.get(name.rpartition(".")[2])) and given:
            steps = setting.strip(".").split(".") if setting != "." else []
            yield from leaves_at(references, [ConfigValue("", given[0])], [*steps, "*"])


def _members_of(references: References, expr: Expr) -> Iterator[ConfigValue]:
    yield from leaves_at(references, [ConfigValue("", expr)], ["*"])


def _is_changed(text: str, bundler: Bundler) -> bool:
    """Return whether code names a member with aliases, such as `config.resolve!.alias`."""
    plain = re.sub(r"[\s?!()]", "", text)
    return any(plain.endswith(f".{member}") for member in bundler.changed)


def _beginning(name: str) -> str:
    """Return the owner of a method at the end of a chain, `config.resolve.alias` of `config.resolve.alias.set`."""
    return re.sub(r"\.set\([^()]*\)", "", name).removesuffix(".set")


def json_aliases(data: object, bundler: Bundler) -> tuple[dict[str, str], list[str]]:
    """Return the aliases and the bases of a configuration that is JSON."""
    found: dict[str, str] = {}
    for setting in bundler.aliases:
        for value in _json_at(data, setting.split(".")):
            items = itertools.islice(value.items(), _MOST_JSON) if isinstance(value, dict) else ()
            found |= dict(prefix_of(name, _below(path)) for name, path in items if isinstance(path, str))
    roots = (value for setting in bundler.bases for value in _json_at(data, setting.split(".")))
    paths = (path for value in roots for path in (value if isinstance(value, list) else [value])[:_MOST_JSON])
    return found, [_below(path) for path in paths if isinstance(path, str)]


def json_entries(data: object, bundler: Bundler) -> list[str]:
    """Return the entries of client bundles in a configuration that is JSON."""
    found = (value for setting in bundler.entries for value in _json_at(data, setting.split(".")))
    return [_below(path) for path in found if isinstance(path, str)]


def _json_at(data: object, steps: list[str]) -> list[object]:
    """Return the values at a setting path in JSON; `*` matches every item, a number one item of a list."""
    found = [data]
    for step in steps:
        inner: list[object] = []
        for value in found[:_MOST_JSON]:
            if step == "*" and isinstance(value, (list, dict)):
                inner += list(value.values() if isinstance(value, dict) else value)[:_MOST_JSON]
            elif isinstance(value, dict) and step in value:
                inner.append(value[step])
            elif isinstance(value, list) and step.isdecimal() and int(step[:6]) < len(value):
                inner.append(value[int(step[:6])])
        found = inner
    return found


def _entry(references: References, leaf: ConfigValue) -> Iterator[tuple[str, Expr]]:
    if leaf.key:
        yield leaf.key, leaf.expr
        return
    yield from (part for part in inside(references, leaf, "*") if part.key not in {"", "find", "replacement"})  # spread
    names = [each for each in references.members(leaf.expr, "find") if isinstance(each, Expr)]
    values = [each for each in references.members(leaf.expr, "replacement") if isinstance(each, Expr)]
    for name, value in zip(names[:1], values[:1], strict=False):
        if name.node.type == "string":
            yield name.module.string(name.node), value


def _path(references: References, expr: Expr) -> str:
    """Return the literal end of a path expression, relative to the folder; empty when there is none."""
    at: Expr | None = expr
    for _ in range(_MOST_DEPTH):
        if at is None:
            break
        at = Expr(at.module, unwrapped(at.node))
        if at.node.type == "string":
            return _below(at.module.string(at.node))
        if at.node.type == "template_string":  # `${__dirname}/src`
            return _below(at.module.ending(at.node, _MOST_CHARACTERS).rpartition("}")[2].strip("`"))
        if at.node.type == "call_expression" and (
            parts := _last_strings(at)
        ):  # `path.resolve(__dirname, "src", "lib")`
            return _below("/".join(parts))
        at = _inner(references, at)
    return ""


def _last_strings(call: Expr) -> list[str]:
    """Return the trailing string arguments of a call."""
    literals = itertools.takewhile(lambda each: each.node.type == "string", reversed(arguments_of(*call)))
    return [each.module.string(each.node) for each in literals][::-1]


def _inner(references: References, expr: Expr) -> Expr | None:
    """Return the part of a path expression that contains most of the path."""
    module, node = expr
    match node.type:
        case "identifier":
            referents = [each for each in references.referents(expr) if isinstance(each, Expr) and each.node != node]
            return referents[0] if referents else None
        case "member_expression":  # `new URL("./src", import.meta.url).pathname`
            owner = node.child_by_field_name("object")
            return Expr(module, owner) if owner is not None else None
        case "call_expression":  # `fileURLToPath(new URL("./src", import.meta.url))`
            return next(reversed(arguments_of(module, node)), None)
        case "new_expression":
            return next(iter(arguments_of(module, node)), None)
        case _:
            return None


def _below(path: str) -> str:
    return path.lstrip("/").removeprefix("./").rstrip("/") if len(path) < _MOST_CHARACTERS else ""
