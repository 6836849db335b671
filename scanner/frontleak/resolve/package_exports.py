"""Package exports: the targets for a specifier in the `exports` and `imports` of a package.json."""

import itertools
from collections.abc import Mapping
from typing import Any, Final

_NON_BROWSER: Final = frozenset(
    {"node", "react-server", "worker", "workerd", "deno", "bun", "edge-light", "edge", "electron", "react-native"}
)
"""Conditions that no browser build uses."""
_BROWSER: Final = "browser"
_SERVER: Final = frozenset({"node", "react-server", "server", "edge-light", "workerd", "worker", "deno", "bun"})
"""Conditions of code that runs on a server."""
_TYPES: Final = "types"
_OWN, _ANY, _OTHER, _DECLARATIONS = range(4)
"""Ranks of a path: for the side of the importer, for both, for the other side, types only."""
_MOST_TARGETS: Final = 200
_LONGEST_TARGET: Final = 1_000
"""Characters per target."""
_MOST_STARS: Final = 5
_MOST_PATTERNS: Final = 1_000
"""Entries searched for a pattern with `*`."""
_FIELDS: Final = ("source", "module", "browser", "main", "types", "typings")
"""Fields with the entry of a package without `exports`, closest to the sources first."""


def import_targets(data: Mapping[str, Any], specifier: str) -> tuple[str, ...]:
    """Return the targets in `imports` for a specifier such as `#lib/x`, most likely first."""
    imports = data.get("imports")
    return _flat(_mapped(imports, specifier, for_server=False)) if isinstance(imports, dict) else ()


def export_targets(data: Mapping[str, Any], subpath: str, *, for_server: bool = False) -> tuple[tuple[str, ...], ...]:
    """Return the targets in a package.json for a subpath (`.`, or `./` and more), in groups, most likely first.

    Those for the other side, the browser or a server, are left out where others exist. Without `exports`, a subpath is
    its own target, and `.` has the targets of fields such as `main`.
    """
    exports = data.get("exports")
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        return _mapped(exports, subpath, for_server=for_server)
    if exports is not None and subpath == ".":
        return _paths_in(exports, "", for_server=for_server)
    if subpath == ".":
        return (tuple(value for field in _FIELDS if isinstance(value := data.get(field), str) and value),)
    return ((subpath,),)


def _flat(groups: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    return tuple(itertools.chain.from_iterable(groups))


def _mapped(table: Mapping[str, Any], name: str, *, for_server: bool) -> tuple[tuple[str, ...], ...]:
    """Return the targets of the best match for a name: an exact key, else the longest pattern."""
    if name in table and "*" not in name:
        return _paths_in(table[name], "", for_server=for_server)
    best: tuple[int, str, str] | None = None
    for key in itertools.islice(table, _MOST_PATTERNS):
        before, star, after = key.partition("*")
        if not star and not key.endswith("/"):
            continue
        fits = name.startswith(before) and name.endswith(after) and len(name) >= len(before) + len(after)
        if fits and (best is None or len(before) > best[0]):
            best = len(before), key, name[len(before) : len(name) - len(after)]
    if best is None:
        return ()
    _, key, rest = best
    groups = _paths_in(table[key], rest, for_server=for_server)
    return groups if "*" in key else tuple(tuple(f"{target}{rest}" for target in group) for group in groups)


def _paths_in(target: object, star: str, *, for_server: bool) -> tuple[tuple[str, ...], ...]:
    """Return the paths in a target, by how well their conditions fit a side; type declarations last."""
    found: dict[int, list[str]] = {}
    stack: list[tuple[object, int]] = [(target, _ANY)]
    looked_at = 0
    while stack and looked_at < _MOST_TARGETS:
        value, rank = stack.pop()
        looked_at += 1
        if isinstance(value, str) and len(value) <= _LONGEST_TARGET:
            found.setdefault(rank, []).append(value.replace("*", star, _MOST_STARS) if star else value)
        elif isinstance(value, list):
            stack += [(each, rank) for each in reversed(value[:_MOST_TARGETS])]
        elif isinstance(value, dict):
            inner = list(value.items())[:_MOST_TARGETS]
            stack += [
                (each, _joined(rank, _rank(condition, for_server=for_server))) for condition, each in reversed(inner)
            ]
    if _OTHER in found and (_OWN in found or _ANY in found):
        del found[_OTHER]
    return tuple(tuple(found[rank]) for rank in sorted(found))


def _rank(condition: str, *, for_server: bool) -> int:
    if condition.startswith(_TYPES):
        return _DECLARATIONS
    if for_server:
        return _OWN if condition in _SERVER else _OTHER if condition == _BROWSER else _ANY
    return _OWN if condition == _BROWSER else _OTHER if condition in _NON_BROWSER else _ANY


def _joined(outer: int, inner: int) -> int:
    """Return the rank of a condition below another: the one that says more."""
    return outer if inner == _ANY else inner if outer in {_ANY, _OWN} else max(outer, inner)
