"""Where the expression ends that a name is assigned, or the function that a declaration names."""

from typing import Final

from frontleak.core.budget import WorkBudget
from frontleak.decode.folding.lexer import bracket_end, expression_end

_MOST_INITIALIZER: Final = 8_000
"""Bytes of an expression that is read."""
_MOST_HEAD: Final = 300
"""Bytes of a function before its body."""
_NEAR_START: Final = 100
"""Bytes after the start of an assigned expression in which it may name itself."""
_FUNCTION: Final = b"function "


def initializer_end(text: bytes, start: int, budget: WorkBudget) -> int | None:
    """Return where the expression or function at an offset ends; None if that is not found or too far away.

    Raises:
        ExhaustedError: the budget is used up.
    """
    if text.startswith(_FUNCTION, start):
        end = _declaration_end(text, start, budget)
    else:
        end = expression_end(text, start, budget, _MOST_INITIALIZER)
    budget.spend(10 + (end - start) // 50)
    return end if start < end < start + _MOST_INITIALIZER else None


def _declaration_end(text: bytes, start: int, budget: WorkBudget) -> int:
    limit = min(len(text), start + _MOST_INITIALIZER)
    opening = text.find(b"{", start, min(limit, start + _MOST_HEAD))
    return bracket_end(text, opening, limit, budget) if opening >= 0 else start


def is_in_initializer(text: bytes, offset: int, start: int, budget: WorkBudget) -> bool:
    """Return whether an offset is in the expression that begins shortly before it.

    Raises:
        ExhaustedError: the budget is used up.
    """
    return (
        start <= offset < start + _NEAR_START
        and not text.startswith(_FUNCTION, start)
        and expression_end(text, start, budget, _NEAR_START) > offset
    )
