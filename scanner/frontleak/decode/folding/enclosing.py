"""Enclosing expressions in JavaScript: from the innermost outwards, as long as the outer one may change the string."""

from typing import Final

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding.lexer import MOST_EXPRESSION, bracket_end, expression_end, expression_start, literal_end

_MOST_LEVELS: Final = 8
_CALLEE: Final = LazyRegex(
    rb"(?:fromC(?:harCode|odePoint)(?:\.apply|\.call)?|atob|Buffer\.from|decodeURI(?:Component)?|unescape|JSON\.parse"
    rb"|Array\.from|String|Uint8Array|TextDecoder\(\)\.decode|\.(?:concat|decode|join|replace|split)"
    rb"|(?<![\w$)\]\"'`])|\breturn|\btypeof)\s*$"
)


def enclosing_expression(text: bytes, offset: int, budget: WorkBudget) -> tuple[int, int]:
    """Return the span of the expression around an offset, with the decoding calls around it.

    Raises:
        ExhaustedError: the budget is used up.
    """
    start = expression_start(text, offset, budget)
    end = expression_end(text, offset, budget)
    for _ in range(_MOST_LEVELS):
        opening = _outer(text, start, budget)
        if opening < 0:
            break
        closing = (literal_end if text[opening] == 96 else bracket_end)(
            text, opening, min(len(text), opening + MOST_EXPRESSION), budget
        )
        if closing < end:
            break
        outer_start = expression_start(text, opening, budget)
        outer_end = expression_end(text, closing, budget)
        if outer_end - outer_start > MOST_EXPRESSION or outer_start > start or outer_end < end:
            break
        start, end = outer_start, outer_end
    return start, end


def _outer(text: bytes, start: int, budget: WorkBudget) -> int:
    """Return the bracket or backtick around an expression if the outer expression uses it in a string, else -1."""
    opening = list_opening(text, start, budget)
    budget.spend(5)
    if opening < 0:
        return -1
    if text[opening] == 123:
        return _template_start(text, opening, budget) if text[opening - 1 : opening] == b"$" else -1
    if text[opening] == 91:
        return opening
    return opening if _CALLEE.search(text[max(0, opening - 40) : opening]) else -1


def list_opening(text: bytes, offset: int, budget: WorkBudget) -> int:
    """Return the opening bracket of the list that holds the expression at `offset`, or -1."""
    start = expression_start(text, offset, budget, over_commas=True)
    before = start - 1
    while before >= 0 and text[before] in b" \t\r\n":
        budget.spend(1)
        before -= 1
    return before if before >= 0 and text[before] in b"([{" else -1


def inside_list(text: bytes, opening: int, budget: WorkBudget) -> tuple[int, int]:
    """Return the span of the expression around the list that opens at an offset."""
    closing = bracket_end(text, opening, min(len(text), opening + MOST_EXPRESSION), budget)
    if closing < 0:
        return opening, opening
    return enclosing_expression(text, opening, budget)


def _template_start(text: bytes, substitution: int, budget: WorkBudget) -> int:
    """Return the opening backtick of the template literal around a `${`, or -1."""
    floor = max(0, substitution - 4_000)
    at = substitution
    for _ in range(6):
        at = text.rfind(b"`", floor, at)
        if at < 0:
            return -1
        end = literal_end(text, at, min(len(text), at + MOST_EXPRESSION), budget)
        if end > substitution:
            return at
    return -1
