r"""Expands references to other variables in values, as dotenv-expand does, which the frameworks use.

`$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}` and `\$` for a dollar sign
(https://github.com/motdotla/dotenv-expand, version 12).
"""

import re
from collections.abc import Mapping
from typing import Final

_REFERENCE: Final = re.compile(r"(?<!\\)\$\{([^{}]+)\}|(?<!\\)\$([A-Za-z_][A-Za-z0-9_]*)")
_OPERATOR: Final = re.compile(r":\+|\+|:-|-")
_MOST_STEPS: Final = 100
"""References that are expanded in one value; a value that refers to itself has no end."""
_LONGEST: Final = 100_000
"""Characters of an expanded value."""


def expanded(value: str, variables: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return a value with its references replaced, and the names it refers to that are not set and have no default.

    Args:
        value: as written, without quotes.
        variables: the values of others, expanded.
    """
    unknown: dict[str, None] = {}
    seen: set[str] = set()
    for _ in range(_MOST_STEPS):
        match = _REFERENCE.search(value) if len(value) <= _LONGEST else None
        if match is None:
            break
        seen.add(value)
        name, operator, rest = _parts(match.group(match.lastindex or 0))
        own = variables.get(name)
        if own is None and not operator:
            unknown[name] = None
        is_usable = bool(own) and own not in seen
        new = (rest if own else "") if operator.endswith("+") else (own or "") if is_usable else rest
        value = value.replace(match.group(), new, 1)
    return value.replace("\\$", "$"), tuple(unknown)


def _parts(expression: str) -> tuple[str, str, str]:
    """Return the name of a reference, its operator and what follows it."""
    operator = _OPERATOR.search(expression)
    if operator is None:
        return expression, "", ""
    return expression[: operator.start()], operator.group(), expression[operator.end() :]
