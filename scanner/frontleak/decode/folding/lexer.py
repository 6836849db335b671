"""Finds the start and end of an expression in minified JavaScript from an offset inside it; stdlib only.

Only a window around the offset is read: bundles are never lexed whole. In a comment or a regular expression the result
is wrong, but it stays inside the window and folds to nothing.
"""

from re import DOTALL
from typing import Final

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex

MOST_EXPRESSION: Final = 32_000
"""Bytes of the longest expression."""
_NEAR: Final = 4_000
"""Bytes searched first for the start of an expression."""

_STRINGS: Final = {
    quote: LazyRegex(rb"%c(?>[^%c\\\n]+|\\.)*+(%c)?" % (quote, quote, quote), DOTALL) for quote in b"\"'"
}
"""The group matches only if the literal ends."""
_TEMPLATE_STOP: Final = LazyRegex(rb"(?>[^`\\$]+|\\.|\$(?!\{))*+(?:`|\$\{)", DOTALL)
_REGEX: Final = LazyRegex(rb"/(?![*/])(?>[^/\\\[\n]++|\\.|\[(?>[^\]\\\n]++|\\.)*+\])++/[a-z]{0,8}")
_LONGEST_REGEX: Final = 2_000
_FORWARD: Final = LazyRegex(rb"[\"'`/(){}\[\],;:?\n\\]")
_BACKWARD: Final = LazyRegex(rb"[\"'`(){}\[\],;:?=\n\\]")
_COMMA: Final = LazyRegex(rb"\s{0,20},")
_BLANKS: Final = LazyRegex(rb"(?:\s|\\[nrt])*+")
_OPENS: Final = {ord(")"): ord("("), ord("]"): ord("["), ord("}"): ord("{")}
_CLOSES: Final = {opening: closing for closing, opening in _OPENS.items()}
_TEMPLATE: Final = -1
_BACKTICK: Final = ord("`")
_BEFORE_REGEX: Final = frozenset(b"(,=:[!&|?{};+-*%~^<>")
_GOES_ON: Final = frozenset(b"+-*/%.,&|?:=<>^([`)]}")
_WANTS_MORE: Final = frozenset(b"+-*/%.,&|?:=<>^([{!~")
_KEYWORDS: Final = LazyRegex(
    rb"\s*+(?:(?:return|throw|case|default|yield|await|typeof|void|const|let|var|else|in|of|export|do)"
    rb"(?![\w$]|\s*[:=,.(])\s*+)+"
)


def literal_end(text: bytes, start: int, limit: int, budget: WorkBudget) -> int:
    """Return the offset just after the string or template literal at `start`, or -1 if it does not end.

    Raises:
        ExhaustedError: the budget is used up. The other functions here raise it too.
    """
    if text[start] == _BACKTICK:
        return _balanced(text, start, limit, budget)
    end, closed = _string_end(text, start, limit)
    budget.spend(1 + (end - start >> 5))
    return end if closed else -1


def bracket_end(text: bytes, start: int, limit: int, budget: WorkBudget) -> int:
    """Return the offset just after the closing bracket for the one at `start`, or -1."""
    return _balanced(text, start, limit, budget)


def _balanced(text: bytes, start: int, limit: int, budget: WorkBudget) -> int:
    end = _walk(text, start, limit, budget, once=True)
    return end if end <= limit and end > start else -1


def expression_end(text: bytes, start: int, budget: WorkBudget, most: int = MOST_EXPRESSION) -> int:
    """Return the end of the expression that continues at `start`, at most `most` bytes later."""
    limit = min(len(text), start + most)
    end = _walk(text, start, limit, budget, once=False)
    return end if end >= 0 else limit


def _string_end(text: bytes, start: int, limit: int) -> tuple[int, bool]:
    """Return the end of a string literal, and whether it has a closing quote there."""
    match = _STRINGS[text[start]].match(text, start, limit)
    return (match.end(), match.lastindex == 1) if match else (limit, False)


def _walk(text: bytes, start: int, limit: int, budget: WorkBudget, *, once: bool) -> int:
    """Return the end of the outermost level, skipping balanced brackets and literals; -1 if it does not end."""
    stack: list[int] = []
    position = start
    work = 4
    try:
        while True:
            work += 1
            match = _FORWARD.search(text, position, limit)
            if match is None:
                position = limit
                return -1
            at = match.start()
            c = text[at]
            position = at + 1
            if c in b"\"'":
                position, closed = _string_end(text, at, limit)
                work += position - at >> 5
                if not closed:
                    return -1
            elif c == _BACKTICK or (c == 125 and stack and stack[-1] == _TEMPLATE):
                stop = _TEMPLATE_STOP.match(text, at + 1, limit)
                if stop is None:
                    position = limit
                    work += limit - at >> 5
                    return -1
                position = stop.end()
                work += position - at >> 5
                if c == 125:
                    stack.pop()
                if text[position - 1] == 123:
                    stack.append(_TEMPLATE)
            elif c == 47:
                position, tried = _after_slash(text, at, limit)
                work += 2 + (tried >> 5)
            elif c in _CLOSES:
                stack.append(_CLOSES[c])
            elif c in _OPENS:
                if not stack:
                    return at
                if stack.pop() != c:
                    return -1
            elif not stack and _ends(text, at, c):
                return at
            if once and not stack:
                return position
    finally:
        budget.spend(work + (position - start >> 8))


def _after_slash(text: bytes, at: int, limit: int) -> tuple[int, int]:
    """Return the end of the token that begins with a slash, and the number of bytes read."""
    following = text[at + 1 : at + 2]
    if following == b"/":
        end = text.find(b"\n", at, limit)
    elif following == b"*":
        end = text.find(b"*/", at + 2, limit) + 2
        end = -1 if end < 2 else end
    elif (before := text[max(0, at - 40) : at].rstrip()) and before[-1] not in _BEFORE_REGEX:
        return at + 1, 0
    else:
        match = _REGEX.match(text, at, min(limit, at + _LONGEST_REGEX))
        return (match.end(), match.end() - at) if match else (at + 1, _LONGEST_REGEX // 4)
    end = end if end >= 0 else limit
    return end, end - at


def _ends(text: bytes, at: int, c: int) -> bool:
    """Return whether a character at the outermost level of an expression ends it."""
    if c == 63:
        return text[at + 1 : at + 2] not in (b"?", b".") and text[at - 1 : at] != b"?"
    if c == 92 and text[at + 1 : at + 2] not in (b"n", b"r"):
        return False
    if c in b"\n\\":  # code inside a JSON string ends its lines with an escape
        blank = _BLANKS.match(text, at, min(len(text), at + 200))
        after = text[blank.end() : blank.end() + 1] if blank else b""
        before = text[max(0, at - 200) : at].rstrip()[-1:]
        return not (after and after[0] in _GOES_ON) and not (before and before[0] in _WANTS_MORE)
    return True


def expression_start(text: bytes, offset: int, budget: WorkBudget, *, over_commas: bool = False) -> int:
    """Return the start of the expression around `offset`, which must be between two tokens or at a token.

    With `over_commas`, return the start of the list around the expression, just after its opening bracket.
    """
    for reach in (_NEAR, MOST_EXPRESSION):
        floor = max(0, offset - reach)
        start = _back(text, offset, floor, budget, over_commas=over_commas)
        if start > floor or floor == 0:
            break
    if start < 0:
        start = offset
    keywords = _KEYWORDS.match(text, start, min(len(text), start + 200))
    start = keywords.end() if keywords and keywords.end() <= offset else start
    blank = _BLANKS.match(text, start, offset)
    end = blank.end() if blank else start
    budget.spend(4 + (end - start >> 4))
    return end


def _back(text: bytes, offset: int, floor: int, budget: WorkBudget, *, over_commas: bool) -> int:
    """Return the start of the expression before `offset`; the floor if it is not reached, -1 for unbalanced code."""
    window = text[floor:offset][::-1]  # regular expressions search forward only
    stack: list[int] = []
    position = 0
    work = 4 + (offset - floor >> 10)
    try:
        while match := _BACKWARD.search(window, position):
            work += 1
            at = match.start()
            c = window[at]
            position = at + 1
            if c in b"\"'`":
                opening, tries = _opening(window, at, c)
                work += tries
                if opening < 0:
                    return -1
                position = opening + 1
            elif c in _OPENS:
                if c == 125 and not stack and not (over_commas and _COMMA.match(text, offset - at)):
                    return offset - at
                stack.append(_OPENS[c])
            elif c in _CLOSES:
                if not stack:
                    return offset - at
                if stack.pop() != c:
                    return -1
            elif not stack and not (over_commas and c in b",:?=\n\\") and _begins(text, offset - at - 1, c):
                return offset - at + (c == 92 or (c == 61 and window[at - 1 : at] == b">"))
        return floor
    finally:
        budget.spend(work + (position >> 8))


def _opening(window: bytes, at: int, quote: int) -> tuple[int, int]:
    """Return the opening quote of the literal that closes at `at` in reversed text, or -1, and the quotes tried."""
    needle = bytes((quote,))
    position = window.find(needle, at + 1)
    tries = 1
    while position >= 0:
        rest = window[position + 1 : position + 65]
        if (len(rest) - len(rest.lstrip(b"\\"))) % 2 == 0:
            break
        tries += 1
        position = window.find(needle, position + 1)
    return position, tries


def _begins(text: bytes, at: int, c: int) -> bool:
    if c == 61:
        return text[at + 1 : at + 2] != b"=" and text[at - 1 : at] not in (b"=", b"!", b"<", b">")
    return _ends(text, at, c)
