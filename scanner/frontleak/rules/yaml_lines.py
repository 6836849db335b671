"""The name under which a YAML document carries the lines of its fields."""

from typing import Final

LINES: Final = "__line__"
"""Not a field anybody writes: fields are words."""
MOST_NESTED: Final = 100
"""Brackets open at one time, or list items begun in one line; the C loader overflows its stack on very many."""


def too_deep(text: str) -> int | None:
    """Return the 1-based line in which a YAML text nests deeper than anybody writes by hand; None when it does not."""
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.count("- ") > MOST_NESTED and line.lstrip().startswith("- - "):
            return number
        if len(line) - len(line.lstrip(" ")) > 20 * MOST_NESTED:
            return number
        for char in line:
            if char in "[{":
                depth += 1
                if depth > MOST_NESTED:
                    return number
            elif char in "]}":
                depth = max(0, depth - 1)
    return None
