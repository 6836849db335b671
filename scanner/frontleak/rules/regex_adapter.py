"""Adapt regular expressions from other tools: bound their length and name the secret group."""

import re
from collections.abc import Iterable
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any, Final

from frontleak.rules.regex_ast import RegexError, render_chars_of

LONGEST_REPEAT: Final = 512
"""Upper bound for an open repeat (`*`, `+`)."""
LONGEST_INNER_REPEAT: Final = 32
"""Upper bound for an open repeat inside another repeat."""
_LEAST_SECRET: Final = 16
"""Characters. A narrower first group is not the secret but a bracketed alternation."""
_LINE_EDGES: Final = {
    sre.AT_BEGINNING: r"(?<![^\n])",
    sre.AT_BEGINNING_STRING: r"(?<![^\n])",
    sre.AT_END: r"(?![^\n])",
    sre.AT_END_STRING: r"(?![^\n])",
    sre.AT_BOUNDARY: r"\b",
    sre.AT_NON_BOUNDARY: r"\B",
}


def adapt(pattern: str, flags: int = 0) -> str:
    """Rewrite an expression for single lines as one for whole files.

    Open repeats are bounded, and `^` and `$` match the edges of a line. The first group is the secret if it is wide
    enough, else the whole match; all other groups become non-capturing.

    Raises:
        RegexError: the expression uses an unsupported construct.
    """
    tree = sre_parser.parse(pattern, flags & (re.IGNORECASE | re.VERBOSE | re.DOTALL))
    parsed_flags = tree.state.flags
    first = next((value for op, value in tree if op is sre.SUBPATTERN and value[0] == 1), None)
    secret = 1 if first is not None and first[3].getwidth()[1] >= _LEAST_SECRET else None
    text = _Writer(secret).write(tree, parsed_flags)
    return text if secret else f"(?P<secret>{text})"


class _Writer:
    def __init__(self, secret: int | None) -> None:
        self._secret = secret
        self._depth = 0

    def write(self, tree: Iterable[tuple[Any, Any]], flags: int) -> str:
        return "".join(self._part(op, value, flags) for op, value in tree)

    def _part(self, op: Any, value: Any, flags: int) -> str:
        match op:
            case sre.LITERAL | sre.NOT_LITERAL | sre.ANY | sre.IN:
                return render_chars_of(op, value, flags)
            case sre.BRANCH:
                return f"(?:{'|'.join(self.write(option, flags) for option in value[1])})"
            case sre.SUBPATTERN:
                number, add, remove, inner = value
                opening = "(?P<secret>" if number is not None and number == self._secret else "(?:"
                return f"{opening}{self.write(inner, (flags | add) & ~remove)})"
            case sre.MAX_REPEAT | sre.MIN_REPEAT:
                least, most, inner = value
                self._depth += 1
                body = self.write(inner, flags)
                self._depth -= 1
                limit = LONGEST_INNER_REPEAT if self._depth or len(list(inner)) > 1 else LONGEST_REPEAT
                lazy = "?" if op is sre.MIN_REPEAT else ""
                return f"(?:{body}){{{least},{max(int(least), min(int(most), limit))}}}{lazy}"
            case sre.AT:
                return _LINE_EDGES[value]
            case sre.ASSERT | sre.ASSERT_NOT:
                direction, inner = value
                sign = "=" if op is sre.ASSERT else "!"
                return f"(?{'<' if direction < 0 else ''}{sign}{self.write(inner, flags)})"
            case _:
                raise RegexError(f"unsupported construct {str(op).lower()}")
