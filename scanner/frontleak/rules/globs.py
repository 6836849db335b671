"""Globs of frameworks and file rules as regular expressions over paths with forward slashes."""

import re
from typing import Final

_TOKENS: Final = re.compile(
    r"(?P<deep>\*\*/)|(?P<rest>\*\*)|(?P<some>\*)|(?P<one>\?)|(?P<words>\{[^{}]*\})|(?P<text>.)", re.DOTALL
)


def expression(glob: str) -> str:
    """Return a regular expression for a whole relative path.

    `**/` stands for any folders or none, `**` for anything, `*` and `?` stay within a name, `{a,b*}` is either.
    """
    parts: list[str] = []
    for token in _TOKENS.finditer(glob):
        text = token.group()
        if token.lastgroup == "deep":
            parts.append("(?:.*/)?")
        elif token.lastgroup == "rest":
            parts.append(".*")
        elif token.lastgroup == "some":
            parts.append("[^/]*")
        elif token.lastgroup == "one":
            parts.append("[^/]")
        elif token.lastgroup == "words":
            parts.append(f"(?:{'|'.join(map(expression, text[1:-1].split(',')))})")
        else:
            parts.append(re.escape(text))
    return "".join(parts)
