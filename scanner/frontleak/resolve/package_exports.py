"""Package exports: the targets for a specifier in the `exports` and `imports` of a package.json."""

import itertools
from collections.abc import Mapping
from typing import Any, Final

_NON_BROWSER: Final = frozenset(
    {"node", "react-server", "worker", "workerd", "deno", "bun", "edge-light", "edge", "electron", "react-native"}
)
"""Conditions that no browser build uses."""
_TYPES: Final = "types"
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
    return _mapped(imports, specifier) if isinstance(imports, dict) else ()


def export_targets(data: Mapping[str, Any], subpath: str) -> tuple[str, ...]:
    """Return the targets in a package.json for a subpath (`.`, or `./` and more), most likely first.

    Without `exports`, a subpath is its own target, and `.` has the targets of fields such as `main`.
    """
    exports = data.get("exports")
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        return _mapped(exports, subpath)
    if exports is not None and subpath == ".":
        return _paths_in(exports, "")
    if subpath == ".":
        return tuple(value for field in _FIELDS if isinstance(value := data.get(field), str) and value)
    return (subpath,)


def _mapped(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the targets of the best match for a name: an exact key, else the longest pattern."""
    if name in table and "*" not in name:
        return _paths_in(table[name], "")
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
    targets = _paths_in(table[key], rest)
    return targets if "*" in key else tuple(f"{target}{rest}" for target in targets)


def _paths_in(target: object, star: str) -> tuple[str, ...]:
    """Return the paths in a target under all conditions: browser paths first, type declarations last."""
    found: list[tuple[int, str]] = []
    stack: list[tuple[object, int]] = [(target, 0)]
    looked_at = 0
    while stack and looked_at < _MOST_TARGETS:
        value, rank = stack.pop()
        looked_at += 1
        if isinstance(value, str) and len(value) <= _LONGEST_TARGET:
            found.append((rank, value.replace("*", star, _MOST_STARS) if star else value))
        elif isinstance(value, list):
            stack += [(each, rank) for each in reversed(value[:_MOST_TARGETS])]
        elif isinstance(value, dict):
            inner = list(value.items())[:_MOST_TARGETS]
            stack += [(each, max(rank, _rank(condition))) for condition, each in reversed(inner)]
    return tuple(path for _, path in sorted(found, key=lambda each: each[0]))


def _rank(condition: str) -> int:
    if condition.startswith(_TYPES):
        return 2
    return 1 if condition in _NON_BROWSER else 0
