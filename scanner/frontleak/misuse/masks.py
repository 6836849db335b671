"""Calls that take a secret out of a text or object before it is shown: `key.replace(/./g, "*")`, a replacer of JSON."""

import re
from typing import TYPE_CHECKING, Final

from frontleak.js.module import Expr, Module
from frontleak.js.syntax import arguments_of, callee_name, member_name, unwrapped

if TYPE_CHECKING:
    from tree_sitter import Node

REPLACES: Final = frozenset({"replace", "replaceAll"})
"""Methods whose result has the text and the second argument; what is looked for is not in it."""
_LONGEST: Final = 300
"""Bytes of the longest expression or replacement that is read."""
_STARS: Final = re.compile(r"[*•●█…#]|\.\.\.|(?i:x{3}|redact|hidden|mask|secret)")
"""Matches a replacement that shows nothing."""
_ESCAPED: Final = re.compile(r"\\[^wS]")
_CLASS: Final = re.compile(r"\[(\^?)([^\]]*)\]")
_LETTERS: Final = re.compile(r"[A-Za-z]-[A-Za-z]|\\[wS]")
_ANY: Final = re.compile(r"\.|\\[wS]")


def is_masked(call: Expr) -> bool:
    """Return whether a call of `replace` takes the letters of its text away, or puts stars in their place."""
    module, node = call
    callee = node.child_by_field_name("function")
    if callee is None or callee.type != "member_expression" or member_name(module, callee) not in REPLACES:
        return False
    arguments = arguments_of(module, node)
    shown = _short(module, unwrapped(arguments[1].node)) if len(arguments) > 1 else ""
    if _STARS.search(shown):
        return True
    pattern = unwrapped(arguments[0].node) if arguments else node
    is_kept = shown.strip("'\"`") == "$1"  # `/^"(.*)"$/` with this takes quotes away
    return pattern.type == "regex" and not is_kept and _matches_letters(_short(module, pattern))


def is_filtered(call: Expr) -> bool:
    """Return whether a call of `JSON.stringify` has a list of members or a function that decides what it writes."""
    arguments = arguments_of(*call)
    if len(arguments) < 2 or callee_name(*call) != "JSON.stringify":
        return False
    text = _short(call.module, arguments[1].node)
    return text not in {"null", "undefined"} and "bigint" not in text  # a function for bigint leaves nothing out


def _matches_letters(pattern: str) -> bool:
    """Return whether a regular expression matches any letters: `/./g`, `/[a-z0-9]/g`, `/:[^@]+@/`."""
    pattern = _ESCAPED.sub("", pattern)
    return _ANY.search(_CLASS.sub("", pattern)) is not None or any(
        bool(match[1]) != bool(_LETTERS.search(match[2])) for match in _CLASS.finditer(pattern)
    )


def _short(module: Module, node: "Node") -> str:
    return module.beginning(node, _LONGEST)
