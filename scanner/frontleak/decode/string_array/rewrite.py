"""Code in which the calls that name items of a string array are replaced by the items."""

import json
import math
from collections.abc import Sequence
from typing import Final

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import Piece, View
from frontleak.decode.string_array.arithmetic import ExpressionReader, UnreadableError, Value
from frontleak.decode.string_array.calls import Calls
from frontleak.decode.string_array.table import StringArray, string_arrays
from frontleak.decode.unescaped import LazySpans

ROTATION: Final = LazyRegex(
    rb"([\w$]{1,40})(?:\[[\"'](?:push|\\x70\\x75\\x73\\x68)[\"']\]|\.push)"
    rb"\(\1(?:\[[\"'](?:shift|\\x73\\x68\\x69\\x66\\x74)[\"']\]|\.shift)\(\)\)"
)
"""The call that rotates an array."""
GETTER: Final = LazyRegex(
    rb"([\w$]{1,60})\s*=\s*function\s*\(\)\s*\{\s*return\s+[\w$]{1,60};?\s*\};?\s*return\s+\1\(\)"
)
"""The end of the function that returns an array."""
_TRY: Final = LazyRegex(rb"try\s*\{\s*(?:const|let|var)\s+[\w$]{1,60}\s*=\s*")
_ROTATION_END: Final = LazyRegex(rb"\}\s*\(\s*([\w$]{1,60})\s*,\s*(?=[-(\d])")
_COUNTED: Final = LazyRegex(rb"while\s*\(\s*--\s*[\w$]{1,60}\s*\)")
_CALL: Final = LazyRegex(rb"(?<![\w$.'\"])(?<!function )([A-Za-z_$][\w$]{0,60})\(")
_MEMBER: Final = LazyRegex(rb"(?<=[\w$)\]'\"])\[\s*(?=['\"A-Za-z_$])")
_LITERAL: Final = LazyRegex(rb"'([\w$]{0,40})'|\"([\w$]{0,40})\"")
_PLUS: Final = LazyRegex(rb"\s*\+\s*")
_NAME: Final = LazyRegex(rb"[A-Za-z_$][\w$]{0,60}\Z")
_MOST_PARTS: Final = 12
_SUM: Final = LazyRegex(rb"(?<=[,(\[])[-+(]{0,3}0x[0-9a-f]{1,8}[*+\-]")
_MOST_SUMS: Final = 200_000
"""Units of work for sums that are written for numbers."""
_DIGITS: Final = LazyRegex(rb"\s*([+-]?\d{1,15})")
_LONGEST_CALL: Final = 1_000
_LONGEST_ROTATION: Final = 20_000


def unpacked(text: bytes, start: int, end: int, budget: WorkBudget) -> tuple[View | None, bool]:
    """Return the view of a stretch of code with its items in place, and whether every array in it was understood.

    The view is None where no array, or the order of none, is understood.

    Raises:
        ExhaustedError: the budget is used up.
    """
    made: list[tuple[int, int, bytes]] = []
    understood = 0
    for array in string_arrays(text, start, end, budget):
        calls = Calls(text, start, end, array, budget)
        if _is_turned(text, start, end, array, calls, budget):
            understood += 1
            made += _replacements(text, start, end, calls, budget)
            made.append((array.start, array.end, b""))
    if not made:
        return None, False
    getters = [found.span() for found in GETTER.finditer(text, start, end)]
    made += ((first, last, b"0") for first, last in getters)
    # without loops and functions of arrays the view is not read again
    made += ((found.start(), found.end(), b"0") for found in ROTATION.finditer(text, start, end))
    made += _sums(text, start, end)
    made += _members(text, start, end, made, budget)
    made.sort()
    parts: list[bytes] = []
    pieces: list[Piece] = []
    at, size = start, 0
    for first, last, value in made:
        if first < at:
            continue
        parts += (text[at:first], value)
        if first > at:
            pieces.append(Piece(size, at, first))
        # a value as long as its call maps to all of it
        half = len(value) // 2 if len(value) == last - first else len(value)
        pieces.append(Piece(size + first - at, first, last))
        if half < len(value):
            pieces.append(Piece(size + first - at + half, first, last))
        size += first - at + len(value)
        at = last
    parts.append(text[at:end])
    if at < end:
        pieces.append(Piece(size, at, end))
    code = b"".join(parts)
    view = View(kind="string-array", text=code, spans=LazySpans(lambda: iter(pieces), len(code)))
    return view, understood >= len(getters)


def _sums(text: bytes, start: int, end: int) -> list[tuple[int, int, bytes]]:
    """Return (start, end, number) of the sums written for numbers, as many as a budget of their own allows."""
    budget = WorkBudget(_MOST_SUMS)
    made: list[tuple[int, int, bytes]] = []
    at = start
    try:
        while (match := _SUM.search(text, at, end)) is not None:
            reader = ExpressionReader(
                text, match.start(), min(end, match.start() + _LONGEST_CALL), budget, _unknown, _no_call
            )
            at = match.end()
            try:
                value = reader.sum()
            except UnreadableError:
                continue
            if isinstance(value, int) and text[reader.at : reader.at + 1] in (b",", b")", b"]"):
                made.append((match.start(), reader.at, b"%d" % value))
                at = max(at, reader.at)
    except ExhaustedError:
        pass
    return made


def _unknown(_: str) -> Value:
    return None


def _no_call(_: str, __: object) -> Value:
    raise UnreadableError


def _members(
    text: bytes, start: int, end: int, made: Sequence[tuple[int, int, bytes]], budget: WorkBudget
) -> list[tuple[int, int, bytes]]:
    """Return (start, end, name) of the members named by a text in brackets: `a["b"+"c"]` becomes `a.bc`."""
    values = {first: (last, value) for first, last, value in made}
    found: list[tuple[int, int, bytes]] = []
    for match in _MEMBER.finditer(text, start, end):
        budget.spend(1)
        at, name = match.end(), b""
        for _ in range(_MOST_PARTS):
            if at in values:
                at, value = values[at]
                name += value.strip(b'"')
            elif literal := _LITERAL.match(text, at):
                at = literal.end()
                name += literal.group(1) or literal.group(2) or b""
            else:
                break
            plus = _PLUS.match(text, at)
            if plus is None:
                if text[at : at + 1] == b"]" and _NAME.match(name):
                    found.append((match.start(), at + 1, b"." + name))
                break
            at = plus.end()
    return found


def _replacements(text: bytes, start: int, end: int, calls: Calls, budget: WorkBudget) -> list[tuple[int, int, bytes]]:
    """Return (start, end, literal) of each call that reads an item."""
    made: list[tuple[int, int, bytes]] = []
    known: dict[bytes, bool] = {}
    for match in _CALL.finditer(text, start, end):
        name = match.group(1)
        if name not in known:
            budget.spend(1)
            known[name] = calls.known(name.decode())
        if not known[name]:
            continue
        reader = ExpressionReader(
            text, match.end(), min(end, match.end() + _LONGEST_CALL), budget, calls.constant, _nested(calls)
        )
        try:
            item = calls.item(name.decode(), reader.arguments())
        except UnreadableError:
            continue
        if item is not None:
            made.append((match.start(), reader.at, json.dumps(item, ensure_ascii=False).encode("utf-8", "replace")))
    return made


def _nested(calls: Calls) -> "_Nested":
    return _Nested(calls)


class _Nested:
    """Values of calls inside an expression: items, and the numbers that `parseInt` reads from them."""

    __slots__ = ("_calls",)

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def __call__(self, name: str, arguments: Sequence[Value]) -> Value:
        if name != "parseInt":
            return self._calls.item(name, arguments)
        text = arguments[0] if arguments else None
        digits = _DIGITS.match(text.encode("utf-8", "replace")) if isinstance(text, str) else None
        if digits is None:
            raise UnreadableError  # not a number: neither is the sum
        return int(digits.group(1))


def _is_turned(text: bytes, start: int, end: int, array: StringArray, calls: Calls, budget: WorkBudget) -> bool:
    """Find by how much the array is rotated; return whether that is known, which it is for an array without a loop."""
    loop = next(
        (found for found in _ROTATION_END.finditer(text, start, end) if found.group(1) == array.name.encode()), None
    )
    if loop is None:
        return True
    first = max(start, loop.start() - _LONGEST_ROTATION)
    reader = ExpressionReader(text, loop.end(), end, budget, calls.constant, _Nested(calls))
    try:
        target = reader.sum()
    except UnreadableError:
        return False
    if not isinstance(target, int | float):
        return False
    sums = [found.end() for found in _TRY.finditer(text, first, loop.start())]
    if not sums:
        counted = _COUNTED.search(text, first, loop.start())
        calls.turned = int(target) % len(array.items)
        return counted is not None
    for turned in range(len(array.items)):
        calls.turned = turned
        budget.spend(2)
        reader = ExpressionReader(text, sums[-1], loop.start(), budget, calls.constant, _Nested(calls))
        try:
            value = reader.sum()
        except UnreadableError:
            continue
        if isinstance(value, int | float) and math.isclose(value, target, abs_tol=1e-6):
            return True
    return False
