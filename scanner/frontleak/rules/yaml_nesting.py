"""A check of the nesting of a YAML text that runs before it is parsed."""

from typing import Final

MOST_NESTED: Final = 100
"""Limit for open brackets, and for list items begun in one line: deep nesting overflows the C loader's stack."""


def too_deep(text: str) -> int | None:
    """Return the 1-based line where a YAML text is nested too deeply, or None."""
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
