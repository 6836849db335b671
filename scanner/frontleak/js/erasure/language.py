"""What a script is written in."""

from enum import StrEnum


class Language(StrEnum):
    """What a script is written in, with JavaScript."""

    TYPESCRIPT = "typescript"
    TSX = "tsx"
    FLOW = "flow"
    """JSX, and types if there are any."""
