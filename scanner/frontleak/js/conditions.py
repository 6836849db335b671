"""Which branches of a condition are in client-side code: checks for the browser or the server, constants, tests."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.js.module import Expr
from frontleak.js.syntax import ancestors, unwrapped
from frontleak.rules.code_names import CodeNames, any_of, made_of_code_names

_LONGEST: Final = 400
"""Bytes of a condition that are looked at."""
_MOST_DEPTH: Final = 8
"""Conditions within conditions that are looked at."""
_GLOBALS: Final = r"(?:globalThis\.|global\.|self\.)?(?:window|document|navigator|self)\b(?:\.\w+)*"
"""Matches an object that only browsers have."""
_BROWSER: Final = (
    rf"typeof\s+{_GLOBALS}\s*(?:!==?\s*[\"'`]undefined|={{2,3}}\s*[\"'`]object)"
    r"|^(?:window|document)$|\b[iI]s(?:Browser|Client)\b"
)
"""Matches a condition that is true in the browser only, with or without a framework."""
_SERVER: Final = rf"typeof\s+{_GLOBALS}\s*={{2,3}}\s*[\"'`]undefined|\b[iI]s(?:Server|SSR)\b"
"""Matches one that is true on the server only."""
_ALWAYS: Final = LazyTextRegex(r"^(?:true|1)$")
_NEVER: Final = LazyTextRegex(
    r"^(?:false|0|null|undefined|import\.meta\.vitest)$|\.(?:NODE_ENV|MODE)\s*={2,3}\s*[\"'`]test[\"'`]"
)
"""Matches a condition that is false in every build, such as one of a test."""


class Sides(NamedTuple):
    """Which branches of a condition are in client-side code."""

    then: bool
    otherwise: bool


_BOTH: Final = Sides(then=True, otherwise=True)
_THEN: Final = Sides(then=True, otherwise=False)
_OTHERWISE: Final = Sides(then=False, otherwise=True)


def either_side(expr: Expr) -> list[Expr] | None:
    """Return both sides of `a || b` and `a ?? b`, and `b` of `a && b` unless client-side code lacks it."""
    module, node = expr
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None or operator.type not in {"||", "??", "&&"}:
        return None
    if operator.type == "&&":
        return [Expr(module, right)] if client_sides(Expr(module, left)).then else []
    return [Expr(module, left), Expr(module, right)]


def branches(expr: Expr) -> list[Expr]:
    """Return the branches of `a ? b : c` that are in client-side code."""
    module, node = expr
    condition = node.child_by_field_name("condition")
    sides = client_sides(Expr(module, condition)) if condition is not None else _BOTH
    found = (node.child_by_field_name("consequence"), node.child_by_field_name("alternative"))
    kept = (branch for branch, is_kept in zip(found, sides, strict=True) if is_kept)
    return [Expr(module, branch) for branch in kept if branch is not None]


def client_sides(condition: Expr, depth: int = 0) -> Sides:
    """Return which branches of a condition are in client-side code; both, when it says nothing of sides."""
    module, node = condition[0], unwrapped(condition[1])
    operator = node.child_by_field_name("operator")
    if operator is not None and operator.type in {"!", "&&", "||"}:
        parts = [node.child_by_field_name(name) for name in ("left", "right", "argument")]
        sides = [client_sides(Expr(module, part), depth + 1) for part in parts if part and depth < _MOST_DEPTH]
        match operator.type, sides:
            case "!", [side]:
                return Sides(side.otherwise, side.then)
            case "&&", [left, right]:
                return Sides(left.then and right.then, left.otherwise or right.otherwise)
            case "||", [left, right]:
                return Sides(left.then or right.then, left.otherwise and right.otherwise)
            case _:
                return _BOTH
    text = module.beginning(node, _LONGEST)
    for check, found in ((_NEVER, _OTHERWISE), (_ALWAYS, _THEN), (_server(), _OTHERWISE), (_browser(), _THEN)):
        if check.search(text):
            return found
    return _BOTH


def is_dropped(expr: Expr) -> bool:
    """Return whether an expression is in a branch that client-side code lacks: `if (import.meta.env.SSR) {…}`."""
    module, node = expr
    for around in ancestors(expr):
        match around.type:
            case "if_statement" | "ternary_expression":
                condition = around.child_by_field_name("condition")
                then, otherwise = around.child_by_field_name("consequence"), around.child_by_field_name("alternative")
            case "binary_expression":
                operator = around.child_by_field_name("operator")
                condition = around.child_by_field_name("left") if operator and operator.type == "&&" else None
                then, otherwise = around.child_by_field_name("right"), None
            case _:
                continue
        if condition is None:
            continue
        for branch, is_kept in zip((then, otherwise), client_sides(Expr(module, condition)), strict=True):
            if branch is not None and not is_kept and branch.start_byte <= node.start_byte < branch.end_byte:
                return True
    return False


@made_of_code_names
def _browser(names: CodeNames) -> re.Pattern[str]:
    return _condition(_BROWSER, names.browser_checks)


@made_of_code_names
def _server(names: CodeNames) -> re.Pattern[str]:
    return _condition(_SERVER, names.server_checks)


def _condition(general: str, checks: Sequence[str]) -> re.Pattern[str]:
    """Return a regular expression for general conditions and those of frameworks.

    A member such as `import.meta.client` counts by its last name, wherever it is read from; a plain name only as the
    whole condition.
    """
    members = any_of(dict.fromkeys(check.rpartition(".")[2] for check in checks if "." in check))
    names = any_of(check for check in checks if "." not in check)
    return re.compile(rf"{general}|\.{members}\b|^{names}$")
