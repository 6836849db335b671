"""Finds where an expression begins and ends in minified JavaScript, seen from a place inside it; stdlib only.

Nothing is read but a window round that place: bundles are never lexed whole. Where the place lies in a comment or a
regular expression the answer is wrong but still inside the window, and what is made of it folds to nothing.
"""

import re
from typing import Final

MOST_EXPRESSION: Final = 60_000
"""Bytes of the longest expression that is looked at."""
_NEAR: Final = 4_000
"""Bytes in which an expression's beginning is looked for first."""

_STRINGS: Final = {
    quote: re.compile(rb"%c(?>[^%c\\\n]+|\\.)*+%c" % (quote, quote, quote), re.DOTALL) for quote in b"\"'"
}
_TEMPLATE_STOP: Final = re.compile(rb"(?>[^`\\$]+|\\.|\$(?!\{))*+(?:`|\$\{)", re.DOTALL)
_REGEX: Final = re.compile(rb"/(?![*/])(?>[^/\\\[\n]|\\.|\[(?>[^\]\\\n]|\\.){0,100}+\]){1,2000}+/[a-z]{0,8}")
_FORWARD: Final = re.compile(rb"[\"'`/(){}\[\],;:?\n\\]")
_BACKWARD: Final = re.compile(rb"[\"'`(){}\[\],;:?=\n\\]")
_BLANKS: Final = re.compile(rb"(?:\s|\\[nrt])*+")
_OPENS: Final = {ord(")"): ord("("), ord("]"): ord("["), ord("}"): ord("{")}
_CLOSES: Final = {opening: closing for closing, opening in _OPENS.items()}
_TEMPLATE: Final = -1
_BEFORE_REGEX: Final = frozenset(b"(,=:[!&|?{};+-*%~^<>")
_GOES_ON: Final = frozenset(b"+-*/%.,&|?:=<>^([`)]}")
_WANTS_MORE: Final = frozenset(b"+-*/%.,&|?:=<>^([{!~")
_KEYWORDS: Final = re.compile(
    rb"\s*+(?:(?:return|throw|case|default|yield|await|typeof|void|const|let|var|else|in|of|export|do)"
    rb"(?![\w$]|\s*[:=,.(])\s*+)+"
)


def literal_end(text: bytes, start: int, limit: int) -> int:
    """Return the offset just after the string or template literal that opens at `start`, or -1 when it does not end."""
    if text[start] == 96:
        return _balanced(text, start, limit)
    match = _STRINGS[text[start]].match(text, start, limit)
    return match.end() if match else -1


def bracket_end(text: bytes, start: int, limit: int) -> int:
    """Return the offset just after the bracket that closes the one at `start`, or -1."""
    return _balanced(text, start, limit)


def _balanced(text: bytes, start: int, limit: int) -> int:
    end = _walk(text, start, limit, once=True)
    return end if end <= limit and end > start else -1


def expression_end(text: bytes, start: int, most: int = MOST_EXPRESSION) -> int:
    """Return the offset at which the expression that goes on at `start` ends, at most `most` bytes on."""
    limit = min(len(text), start + most)
    end = _walk(text, start, limit, once=False)
    return end if end >= 0 else limit


def _walk(text: bytes, start: int, limit: int, *, once: bool) -> int:
    """Walk forward over balanced brackets and literals to where the outermost level ends; -1 when it does not."""
    stack: list[int] = []
    position = start
    while True:
        match = _FORWARD.search(text, position, limit)
        if match is None:
            return -1
        at = match.start()
        c = text[at]
        position = at + 1
        if c in b"\"'":
            ended = _STRINGS[c].match(text, at, limit)
            if ended is None:
                return -1
            position = ended.end()
        elif c == 96 or (c == 125 and stack and stack[-1] == _TEMPLATE):
            stop = _TEMPLATE_STOP.match(text, at + 1, limit)
            if stop is None:
                return -1
            position = stop.end()
            if c == 125:
                stack.pop()
            if text[position - 1] == 123:
                stack.append(_TEMPLATE)
        elif c == 47:
            position = _after_slash(text, at, limit)
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


def _after_slash(text: bytes, at: int, limit: int) -> int:
    following = text[at + 1 : at + 2]
    if following == b"/":
        end = text.find(b"\n", at, limit)
        return end if end >= 0 else limit
    if following == b"*":
        end = text.find(b"*/", at + 2, limit)
        return end + 2 if end >= 0 else limit
    before = text[max(0, at - 40) : at].rstrip()
    if not before or before[-1] in _BEFORE_REGEX:
        match = _REGEX.match(text, at, limit)
        return match.end() if match else at + 1
    return at + 1


def _ends(text: bytes, at: int, c: int) -> bool:
    """Say whether a character ends an expression, seen from inside it at its outermost level."""
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


def expression_start(text: bytes, place: int, *, over_commas: bool = False) -> int:
    """Return where the expression that `place` is in begins; `place` must lie between two tokens or at a token.

    `over_commas` goes back to the bracket that holds the list the expression is in.
    """
    for reach in (_NEAR, MOST_EXPRESSION):
        floor = max(0, place - reach)
        start = _back(text, place, floor, over_commas=over_commas)
        if start > floor or floor == 0:
            break
    if start < 0:
        start = place
    keywords = _KEYWORDS.match(text, start, min(len(text), start + 200))
    start = keywords.end() if keywords and keywords.end() <= place else start
    blank = _BLANKS.match(text, start, place)
    return blank.end() if blank else start


def _back(text: bytes, place: int, floor: int, *, over_commas: bool) -> int:
    """Walk back to the beginning of the expression; the floor when it is not reached, -1 when it makes no sense."""
    window = text[floor:place][::-1]  # regular expressions run forward only
    stack: list[int] = []
    position = 0
    while match := _BACKWARD.search(window, position):
        at = match.start()
        c = window[at]
        position = at + 1
        if c in b"\"'`":
            opening = _opening(window, at, c)
            if opening < 0:
                return -1
            position = opening + 1
        elif c in _OPENS:
            if c == 125 and not stack:
                return place - at
            stack.append(_OPENS[c])
        elif c in _CLOSES:
            if not stack:
                return place - at
            if stack.pop() != c:
                return -1
        elif not stack and not (over_commas and c in b",:?=\n\\") and _begins(text, place - at - 1, c):
            return place - at + (c == 92)
    return floor


def _opening(window: bytes, at: int, quote: int) -> int:
    """Return where, in reversed text, the literal whose closing quote is at `at` opens, or -1."""
    needle = bytes((quote,))
    position = window.find(needle, at + 1)
    while position >= 0:
        rest = window[position + 1 : position + 65]
        if (len(rest) - len(rest.lstrip(b"\\"))) % 2 == 0:
            return position
        position = window.find(needle, position + 1)
    return -1


def _begins(text: bytes, at: int, c: int) -> bool:
    if c == 61:
        return text[at + 1 : at + 2] != b"=" and text[at - 1 : at] not in (b"=", b"!", b"<", b">")
    return _ends(text, at, c)
