"""Finds what was last assigned to a name before some place: the text alone is searched, no scopes are built."""

from collections.abc import Iterator
from re import VERBOSE
from typing import Final, NamedTuple

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding.lexer import bracket_end, expression_end, literal_end

REACH: Final = 64_000
"""Bytes before a place in which an assignment is looked for."""
_NEAR: Final = 8_000
_MOST_CANDIDATES: Final = 24
_LONGEST_NAME: Final = 80
"""Bytes of a name that is looked up; longer ones would make the search slow, and no minifier writes them."""
_NAME_BYTES: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
_NAME_PARTS: Final = frozenset(bytes((byte,)) for byte in _NAME_BYTES)
_MOST_USES: Final = 12
_MOST_PARAMETERS: Final = 60
_PARAMETER: Final = LazyRegex(rb"(\s*=>\s*\{?)|(?=\s*[,)=}\]])[^();]{0,300}\)\s*(?:=>\s*\{?|\{)")
"""From after a parameter's name to where the function's body begins."""
_LIST_BEFORE: Final = LazyRegex(rb"\s*(?:[,{\[][^();]*)?\((?!\s*(?:fi|elihw|rof|hctiws)\b)")
"""From before a parameter's name back to the bracket that opens the list, which is not that of a statement."""
_NO_BRACES: Final = bytes(set(range(256)) - set(b"{}"))
_MOST_BLOCKS: Final = 40
_DESTRUCTURED: Final = LazyRegex(rb"(?:const|let|var)\s*(\[[\w$,\s]{1,400}\]|\{[\w$,:\s]{1,400}\})\s*=(?!=)")


class Definition(NamedTuple):
    """A place where a name gets a value."""

    start: int
    """Byte offset of the value's expression, or of a whole `function` declaration."""
    appends: bool
    """True for `+=`."""
    key: str | int | None = None
    """Which part of the value the name gets, where several names share one."""


def assignments(text: bytes, name: bytes, place: int, budget: WorkBudget, reach: int = REACH) -> Iterator[Definition]:
    """Yield the assignments to a name before a place, the nearest first, those in blocks that ended before it last."""
    if len(name) > _LONGEST_NAME:
        return
    floor = max(0, place - reach)
    budget.spend(20 + (place - floor) // 400)
    every = sorted(_found(text, name, floor, place), reverse=True)
    budget.spend(3 * len(every))
    found = [candidate for candidate in every if _STARTS.match(text, candidate.start)][:_MOST_CANDIDATES]
    if not every and b"." not in name:
        budget.spend(30 + (place - floor) // 400)
        found = [*_declared(text, name, floor, place), *_shared(text, name, max(floor, place - _NEAR), place)]
    if len(found) > 1:
        hidden = []
        for candidate in found:
            if _visible(text, candidate.start, place, budget):
                yield candidate
            else:
                hidden.append(candidate)
        found = hidden
    yield from found


def coded(text: bytes, name: bytes, place: int, budget: WorkBudget) -> bool:
    """Say whether a list of numbers or a text without spaces is assigned to a name: what decoding functions take."""
    return _assigned(text, name, place, budget, _CODED)


def has_definition(text: bytes, name: bytes, place: int, budget: WorkBudget) -> bool:
    """Say whether a name looks like that of a constant: whether a piece of a secret is assigned to it."""
    if _assigned(text, name, place, budget, _PIECES):
        return True
    if len(name) > _LONGEST_NAME:
        return False
    budget.spend(10)
    floor = max(0, place - _NEAR)
    return any(_RETURNS.match(text, found.start) for found in _declared(text, name, floor, place))


def _assigned(text: bytes, name: bytes, place: int, budget: WorkBudget, form: LazyRegex) -> bool:
    if len(name) > _LONGEST_NAME:
        return False
    budget.spend(10)
    floor = max(0, place - _NEAR)
    for needle in (name + b"=", name + b" ="):
        at = min(place, len(text) - 1)
        for _ in range(_MOST_CANDIDATES):
            at = text.rfind(needle, floor, at)
            if at < 0:
                break
            end = at + len(needle)
            # a look at one byte spares most of the rest: a comparison, an arrow, another name
            if text[end] in _BEGINS_CONSTANT and _bounded(text, at):
                budget.spend(2)
                if form.match(text, end):
                    return True
    return False


def can_be_known(text: bytes, start: int) -> bool:
    """Say whether the expression that begins at an offset may be a constant, by how it begins."""
    return _STARTS.match(text, start) is not None


_BEGINS_CONSTANT: Final = frozenset(b"\"'`[{( \t\r\nnaBwgSud")
"""What `_CODED` and `_PIECES` begin with, and blanks."""
_CODED: Final = LazyRegex(
    rb"\s*(?:(?:new Uint8Array\()?\[\s*(?:\d{2,3}|0x[0-9a-fA-F]{2})\s*,"
    rb"|\[?\s*[\"'`][A-Za-z0-9+/=_%\-]{12}|(?:atob|Buffer\.from)\([\"'`])"
)
_PIECES: Final = LazyRegex(
    rb"""\s*(?: (?:\[\s*|\{\s*[\w$"']{1,20}\s*:\s*|\(\)\s*=>\s*)?
               (?: ["'`](?=[^"'`\n]{0,40}\d)[A-Za-z0-9+/=_.%\\\-]{3} | ["'`][A-Za-z0-9+/=_\-]{30}
                 | ["'`] (?:Bearer|Basic) )
        | (?:""|'')\s*[;,] | \[\s*(?:\d{2,3}|0x[0-9a-f]{2})\s*,
        | (?:window\.|globalThis\.)?(?:atob|String\.from|Buffer\.from|unescape|decodeURI)\w*\(["'`\[\d] )""",
    VERBOSE,
)
_RETURNS: Final = LazyRegex(rb"function [\w$]+\([^()]{0,40}\)\s*\{\s*return\s*[\"'`]")
_STARTS: Final = LazyRegex(
    rb"""\s*(?: ["'`] | \[\s*(?:["'`\d\]]|\.\.\.) | \{\s*["'`\w$}.] | \d | -\d | function\b
       | \([^()]{0,80}\)\s*=> | [\w$]{1,40}\s*(?:=>|\+|\.concat\() | \(\s*["'`\[(]
       | (?:window\.|globalThis\.|self\.)?(?:atob|String|Buffer|unescape|decodeURI|JSON|Array)\b
       | new\s+(?:Uint8Array|TextDecoder)\b
       | [\w$]{1,40}\(\)? \s* [;,\n+] | [\w$]{1,40} \s* [;,\n] | [\w$.]{1,60}\s*(?:\|\||\?\?)\s*["'`] )""",
    VERBOSE,
)


def _found(text: bytes, name: bytes, floor: int, place: int) -> Iterator[Definition]:
    yield from _set(text, name, floor, place)
    for needle in (name + b"+=", name + b" +="):
        for at in _rfind(text, needle, floor, place):
            if _bounded(text, at):
                yield Definition(at + len(needle), appends=True)


def _set(text: bytes, name: bytes, floor: int, place: int) -> Iterator[Definition]:
    for needle in (name + b"=", name + b" ="):
        for at in _rfind(text, needle, floor, place):
            end = at + len(needle)
            if _bounded(text, at) and text[end : end + 1] not in (b"=", b">"):
                yield Definition(end, appends=False)


def _declared(text: bytes, name: bytes, floor: int, place: int) -> Iterator[Definition]:
    for at in _rfind(text, b"function " + name + b"(", floor, min(len(text), place + _NEAR)):
        yield Definition(at, appends=False)


def _shared(text: bytes, name: bytes, floor: int, place: int) -> Iterator[Definition]:
    """Yield the assignments of the forms `const [a, b] = …` and `const {x: a} = …`."""
    for match in _DESTRUCTURED.finditer(text, floor, place):
        body = match.group(1)
        if name not in body:
            continue
        for index, part in enumerate(body[1:-1].split(b",")):
            key, _, target = (piece.strip() for piece in part.partition(b":"))
            if (target or key) == name:
                yield Definition(match.end(), appends=False, key=index if body[:1] == b"[" else key.decode())


def _rfind(text: bytes, needle: bytes, floor: int, place: int) -> Iterator[int]:
    at = place
    for _ in range(_MOST_CANDIDATES):
        at = text.rfind(needle, floor, at)
        if at < 0:
            return
        yield at


def _bounded(text: bytes, at: int) -> bool:
    if at == 0 or (text[at - 1] not in _NAME_BYTES and text[at - 1] != 46):
        return True
    return text[at - 2 : at - 1] == b"\\"  # after the end of a line of code inside a JSON string


def _visible(text: bytes, start: int, place: int, budget: WorkBudget) -> bool:
    """Say whether no block around the value that begins at `start` ends before `place`, by the braces between them."""
    if start > place:
        return True
    start += text[start : start + 1] == b" "
    if text[start] in b"\"'`":
        start = max(start, literal_end(text, start, place, budget))
    budget.spend(5 + (place - start) // 400)
    braces = text[start:place].translate(None, _NO_BRACES)
    for _ in range(_MOST_BLOCKS):
        fewer = braces.replace(b"{}", b"")
        if len(fewer) == len(braces):
            break
        budget.spend(1 + len(braces) // 2_000)
        braces = fewer
    return not braces.startswith(b"}")


def shadowed(text: bytes, name: bytes, start: int, place: int, budget: WorkBudget) -> bool:
    """Say whether a name is a parameter of a function that begins after `start` and that `place` is in."""
    name = name.partition(b".")[0]
    budget.spend(10 + max(0, place - start) // 1_000)
    at = place
    for _ in range(_MOST_PARAMETERS):
        at = text.rfind(name, start, at)
        if at < 0:
            return False
        budget.spend(2)
        end = at + len(name)
        rest = _PARAMETER.match(text, end, min(place, end + 400)) if _bounded(text, at) else None
        if rest is None or not (rest.group(1) or _LIST_BEFORE.match(text[max(0, at - 300) : at][::-1])):
            continue
        if text[rest.end() - 1] != 123:
            inside = expression_end(text, rest.end(), budget, place - rest.end()) >= place
        else:
            inside = bracket_end(text, rest.end() - 1, place, budget) < 0
        if inside:
            return True
    return False


def references(text: bytes, name: bytes, start: int, budget: WorkBudget) -> Iterator[int]:
    """Yield the offsets, after `start`, where a name is used in what may be a longer text, at most a few."""
    limit = min(len(text), start + REACH)
    budget.spend(20 + (limit - start) // 1_000)
    seen = 0
    at = text.find(name, start, limit) if len(name) <= _LONGEST_NAME else -1
    while at >= 0 and seen < _MOST_USES:
        budget.spend(1)
        end = at + len(name)
        if _bounded(text, at) and text[end : end + 1] not in _NAME_PARTS and _joins(text, at, end):
            yield at
            seen += 1
        at = text.find(name, end, limit)


_AFTER: Final = LazyRegex(
    rb"(?:\.[\w$]+|\[\d+\])*\s*(?:\+(?!\+)|\.(?:concat|join|map|reverse|replace|slice|split)\(|\}[^)\s;,}]|\}`|,)"
)


def _joins(text: bytes, start: int, end: int) -> bool:
    before = text[max(0, start - 12) : start].rstrip()
    return before[-1:] in (b"+", b"=") or before.endswith(b"${") or bool(_AFTER.match(text, end, end + 80))
