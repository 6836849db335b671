"""Conversion of globs in rules and framework files to regular expressions over paths with forward slashes."""

import re
from typing import Final

_TOKENS: Final = re.compile(
    r"(?P<deep>\*\*/)|(?P<rest>\*\*)|(?P<some>\*)|(?P<one>\?)|(?P<words>\{[^{}]*\})|(?P<text>.)", re.DOTALL
)


def expression(glob: str) -> str:
    """Return a regular expression for a whole relative path.

    `**/` matches any number of folders, `**` anything, `*` and `?` within a name, `{a,b*}` one of the alternatives.
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
