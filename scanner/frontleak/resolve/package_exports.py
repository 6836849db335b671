"""Which files the `exports` and `imports` of a package.json name for a specifier."""

import itertools
from collections.abc import Mapping
from typing import Any, Final

_ELSEWHERE: Final = frozenset(
    {"node", "react-server", "worker", "workerd", "deno", "bun", "edge-light", "edge", "electron", "react-native"}
)
"""Conditions under which no browser asks."""
_TYPES: Final = "types"
_MOST_TARGETS: Final = 200
_MOST_LENGTH: Final = 1_000
"""Characters of a target."""
_MOST_STARS: Final = 5
_MOST_PATTERNS: Final = 1_000
"""Entries among which is looked for one with a `*`."""
_FIELDS: Final = ("source", "module", "browser", "main", "types", "typings")
"""Fields that name the entry of a package without `exports`, the one nearest to its sources first."""


def import_targets(data: Mapping[str, Any], specifier: str) -> tuple[str, ...]:
    """Return what the `imports` of a package.json say of a specifier such as `#lib/x`, most likely first."""
    imports = data.get("imports")
    return _mapped(imports, specifier) if isinstance(imports, dict) else ()


def export_targets(data: Mapping[str, Any], subpath: str) -> tuple[str, ...]:
    """Return what a package.json names for a part of the package (`.`, or `./` and more), most likely first.

    Without `exports` a part is the path itself, and `.` what fields such as `main` name.
    """
    exports = data.get("exports")
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        return _mapped(exports, subpath)
    if exports is not None and subpath == ".":
        return _under_conditions(exports, "")
    if subpath == ".":
        return tuple(value for field in _FIELDS if isinstance(value := data.get(field), str) and value)
    return (subpath,)


def _mapped(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the targets of the entry that fits a name best: the name itself, else the longest pattern."""
    if name in table and "*" not in name:
        return _under_conditions(table[name], "")
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
    targets = _under_conditions(table[key], rest)
    return targets if "*" in key else tuple(f"{target}{rest}" for target in targets)


def _under_conditions(target: object, star: str) -> tuple[str, ...]:
    """Return the paths in a target under any condition: those for browsers first, those of types last."""
    found: list[tuple[int, str]] = []
    stack: list[tuple[object, int]] = [(target, 0)]
    looked_at = 0
    while stack and looked_at < _MOST_TARGETS:
        value, rank = stack.pop()
        looked_at += 1
        if isinstance(value, str) and len(value) <= _MOST_LENGTH:
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
    return 1 if condition in _ELSEWHERE else 0
