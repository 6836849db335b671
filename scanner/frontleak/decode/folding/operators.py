"""JavaScript operators on constants."""

from typing import Final

from frontleak.decode.folding.builtins import MOST_TEXT, UNKNOWN, RegexValue, Unknown, Value, text_of

_MOST: Final = 2**53


def binary(operator: str, left: Value, right: Value) -> Value:
    """Return the value of a binary operator, else `UNKNOWN`; a string may have unknown parts."""
    if operator == "+":
        return _sum(left, right)
    if operator in {"||", "??"}:
        return left if not isinstance(left, Unknown) and left else right
    if operator in {"&&", ","}:
        return right
    if _integer(left) and _integer(right):
        return _arithmetic(operator, left, right)
    return UNKNOWN


def _sum(left: Value, right: Value) -> Value:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left + right if max(abs(left), abs(right)) < _MOST else UNKNOWN
    if not isinstance(left, str | list | bytes) and not isinstance(right, str | list | bytes):
        return UNKNOWN
    if not isinstance(left, str) and not isinstance(right, str) and (_has_no_text(left) or _has_no_text(right)):
        return UNKNOWN
    total = text_of(left) + text_of(right)
    return total if len(total) <= MOST_TEXT else UNKNOWN


def _has_no_text(value: Value) -> bool:
    return isinstance(value, Unknown | RegexValue)


def _integer(value: Value) -> bool:
    return isinstance(value, int) and abs(value) < _MOST


def _arithmetic(operator: str, left: int, right: int) -> Value:
    match operator:
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left // right if right and left % right == 0 else (left / right if right else UNKNOWN)
        case "%":
            return left % right if right > 0 and left >= 0 else UNKNOWN
        case "^":
            return _signed(left ^ right)
        case "&":
            return _signed(left & right)
        case "|":
            return _signed(left | right)
        case "<<":
            return _signed(left << (right & 31))
        case ">>":
            return _signed(left) >> (right & 31)
        case ">>>":
            return (left & 0xFFFFFFFF) >> (right & 31)
        case _:
            return UNKNOWN


def _signed(value: int) -> int:
    value &= 0xFFFFFFFF
    return value - 2**32 if value >= 2**31 else value


def unary(operator: str, value: Value) -> Value:
    """Return the value of a unary operator, else `UNKNOWN`."""
    if isinstance(value, Unknown) or not isinstance(value, int | float):
        return UNKNOWN
    match operator:
        case "-":
            return -value
        case "+":
            return value
        case "~":
            return ~value if isinstance(value, int) else UNKNOWN
        case "!":
            return not value
        case _:
            return UNKNOWN
