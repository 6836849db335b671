"""Words in the names of variables and properties, and the expressions for them in the shipped data files."""

import functools
import re
from typing import Final

from frontleak.rules.load import load_data

_WORD_ENDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def words(name: str) -> str:
    """Return a name in upper-case words joined by underscores: `sanityApiToken` -> `SANITY_API_TOKEN`."""
    return _WORD_ENDS.sub("_", name).upper().strip("_")


@functools.cache
def name_expression(kind: str) -> re.Pattern[str]:
    """Return the expression for whole words of a name, of one list in rules/code/names.yaml.

    Raises:
        RuleError: the file is missing or invalid.
    """
    parts = load_data("code/names.yaml")[kind]
    numbers = "" if kind == "secret" else "0-9"  # SANITY_TOKEN2 is another token
    return re.compile(rf"(?<![A-Z0-9])(?:{any_part(parts)})(?![A-Z{numbers}])", re.VERBOSE)


def any_part(parts: list[str]) -> str:
    """Return an expression that matches what one of several does."""
    return "|".join(f"(?:{part})" for part in parts)
