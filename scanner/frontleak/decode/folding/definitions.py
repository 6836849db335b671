"""Finds the last assignments to a name before an offset by searching the text; no scopes are built."""

from collections.abc import Iterator
from re import VERBOSE
from typing import Final, NamedTuple

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding.lexer import bracket_end, expression_end, literal_end

REACH: Final = 64_000
"""Bytes searched for an assignment before an offset."""
_NEAR: Final = 8_000
"""Bytes searched for a function, for a destructured name, and to tell whether a name is a constant."""
_MOST_CANDIDATES: Final = 24
"""Places that are looked at of one form of an assignment, such as `name=`."""
_LONGEST_NAME: Final = 80
"""Bytes of the longest name looked up; longer names slow down the search, and minifiers do not write them."""
_NAME_BYTES: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
_NAME_PARTS: Final = frozenset(bytes((byte,)) for byte in _NAME_BYTES)
"""The same as slices of a text, which are empty at its end."""
_DOT: Final = ord(".")
_BRACE: Final = ord("{")
_MOST_REFERENCES: Final = 12
_MOST_PARAMETERS: Final = 60
"""Places of a name that are looked at for a parameter."""
_PARAMETER: Final = LazyRegex(rb"(\s*=>\s*\{?)|(?=\s*[,)=}\]])[^();]{0,300}\)\s*(?:=>\s*\{?|\{)")
"""From the end of a parameter's name to the start of the function's body."""
_LIST_BEFORE: Final = LazyRegex(rb"\s*(?:[,{\[][^();]*)?\((?!\s*(?:fi|elihw|rof|hctiws)\b)")
"""From a parameter's name back to the opening bracket of the parameter list; brackets of statements do not match."""
_NO_BRACES: Final = bytes(set(range(256)) - set(b"{}"))
_MOST_BLOCKS: Final = 40
"""Depth of nested blocks that are told to be closed."""
_DESTRUCTURED: Final = LazyRegex(rb"(?:const|let|var)\s*(\[[\w$,\s]{1,400}\]|\{[\w$,:\s]{1,400}\})\s*=(?!=)")


class Definition(NamedTuple):
    """An assignment of a value to a name."""

    start: int
    """Byte offset of the value's expression, or of a whole `function` declaration."""
    appends: bool
    """True for `+=`."""
    key: str | int | None = None
    """The part of the value that the name gets, when several names share the value."""


def assignments(text: bytes, name: bytes, offset: int, budget: WorkBudget, reach: int = REACH) -> Iterator[Definition]:
    """Yield the assignments to a name before an offset, nearest first; those in closed blocks come last."""
    if len(name) > _LONGEST_NAME:
        return
    floor = max(0, offset - reach)
    budget.spend(20 + (offset - floor) // 400)
    every = sorted(_found(text, name, floor, offset), reverse=True)
    budget.spend(3 * len(every))
    found = [candidate for candidate in every if _STARTS.match(text, candidate.start)][:_MOST_CANDIDATES]
    if not every and b"." not in name:
        budget.spend(30 + (offset - floor) // 400)
        found = [*_declared(text, name, floor, offset), *_destructured(text, name, max(floor, offset - _NEAR), offset)]
    if len(found) > 1:
        hidden = []
        for candidate in found:
            if _visible(text, candidate.start, offset, budget):
                yield candidate
            else:
                hidden.append(candidate)
        found = hidden
    yield from found


def coded(text: bytes, name: bytes, offset: int, budget: WorkBudget) -> bool:
    """Return whether a name is assigned a list of numbers or a text without spaces, as decoding functions take."""
    return _assigned(text, name, offset, budget, _CODED)


def has_definition(text: bytes, name: bytes, offset: int, budget: WorkBudget) -> bool:
    """Return whether a name looks like a constant: whether it is assigned a piece of a secret."""
    if _assigned(text, name, offset, budget, _PIECES):
        return True
    if len(name) > _LONGEST_NAME:
        return False
    budget.spend(10)
    floor = max(0, offset - _NEAR)
    return any(_RETURNS.match(text, found.start) for found in _declared(text, name, floor, offset))


def _assigned(text: bytes, name: bytes, offset: int, budget: WorkBudget, form: LazyRegex) -> bool:
    if len(name) > _LONGEST_NAME:
        return False
    budget.spend(10)
    floor = max(0, offset - _NEAR)
    for needle in (name + b"=", name + b" ="):
        at = min(offset, len(text) - 1)
        for _ in range(_MOST_CANDIDATES):
            at = text.rfind(needle, floor, at)
            if at < 0:
                break
            end = at + len(needle)
            # one byte rules out most other matches: comparisons, arrows, longer names
            if text[end] in _BEGINS_CONSTANT and _is_whole_name(text, at):
                budget.spend(2)
                if form.match(text, end):
                    return True
    return False


def can_be_known(text: bytes, start: int) -> bool:
    """Return whether the expression at an offset may be a constant, judging by its beginning."""
    return _STARTS.match(text, start) is not None


_BEGINS_CONSTANT: Final = frozenset(b"\"'`[{( \t\r\nnaBwgSud")
"""First bytes of `_CODED` and `_PIECES`, and blanks."""
_CODED: Final = LazyRegex(  # lists of numbers, long words in quotes, and calls that decode
    rb"\s*(?:(?:new Uint8Array\()?\[\s*(?:\d{2,3}|0x[0-9a-fA-F]{2})\s*,"
    rb"|\[?\s*[\"'`][A-Za-z0-9+/=_%\-]{12}|(?:atob|Buffer\.from)\([\"'`])"
)
_PIECES: Final = LazyRegex(  # text with a digit, long words and schemes in quotes, empty text, numbers, calls
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
       | \([^()]{0,80}\)\s*=> | (?:this\.)?[\w$]{1,40}\s*(?:=>|\+|\.concat\() | \(\s*["'`\[(]
       | (?:window\.|globalThis\.|self\.)?(?:atob|String|Buffer|unescape|decodeURI|JSON|Array)\b
       | new\s+(?:Uint8Array|TextDecoder)\b
       | [\w$]{1,40}\(\)? \s* [;,\n+] | [\w$]{1,40} \s* [;,\n] | [\w$.]{1,60}\s*(?:\|\||\?\?)\s*["'`] )""",
    VERBOSE,
)


def _found(text: bytes, name: bytes, floor: int, offset: int) -> Iterator[Definition]:
    yield from _by_equals(text, name, floor, offset)
    for needle in (name + b"+=", name + b" +="):
        for at in _rfind(text, needle, floor, offset):
            if _is_whole_name(text, at):
                yield Definition(at + len(needle), appends=True)


def _by_equals(text: bytes, name: bytes, floor: int, offset: int) -> Iterator[Definition]:
    """Yield the assignments by `=`; `==` and `=>` are none."""
    for needle in (name + b"=", name + b" =", name + b": string ="):
        for at in _rfind(text, needle, floor, offset):
            end = at + len(needle)
            if _is_whole_name(text, at) and text[end : end + 1] not in (b"=", b">"):
                yield Definition(end, appends=False)


def _declared(text: bytes, name: bytes, floor: int, offset: int) -> Iterator[Definition]:
    """Yield the declarations of a function, also some bytes after the offset: JavaScript hoists them."""
    for at in _rfind(text, b"function " + name + b"(", floor, min(len(text), offset + _NEAR)):
        yield Definition(at, appends=False)


def _destructured(text: bytes, name: bytes, floor: int, offset: int) -> Iterator[Definition]:
    """Yield the assignments in `const [a, b] = …` and `const {x: a} = …`."""
    for match in _DESTRUCTURED.finditer(text, floor, offset):
        body = match.group(1)
        if name not in body:
            continue
        for index, part in enumerate(body[1:-1].split(b",")):
            key, _, target = (piece.strip() for piece in part.partition(b":"))
            if (target or key) == name:
                yield Definition(match.end(), appends=False, key=index if body[:1] == b"[" else key.decode())


def _rfind(text: bytes, needle: bytes, floor: int, offset: int) -> Iterator[int]:
    """Yield the offsets of a text before an offset, nearest first, at most `_MOST_CANDIDATES`."""
    at = offset
    for _ in range(_MOST_CANDIDATES):
        at = text.rfind(needle, floor, at)
        if at < 0:
            return
        yield at


def _is_whole_name(text: bytes, at: int) -> bool:
    if at == 0 or (text[at - 1] not in _NAME_BYTES and text[at - 1] != _DOT):
        return True
    return text[at - 2 : at - 1] == b"\\"  # after an escaped line break, in code inside a JSON string


def _visible(text: bytes, start: int, offset: int, budget: WorkBudget) -> bool:
    """Return whether no block around the value at `start` ends before `offset`, judging by the braces between them."""
    if start > offset:
        return True
    start += text[start : start + 1] == b" "
    if text[start] in b"\"'`":
        start = max(start, literal_end(text, start, offset, budget))
    budget.spend(5 + (offset - start) // 400)
    braces = text[start:offset].translate(None, _NO_BRACES)
    for _ in range(_MOST_BLOCKS):
        fewer = braces.replace(b"{}", b"")
        if len(fewer) == len(braces):
            break
        budget.spend(1 + len(braces) // 2_000)
        braces = fewer
    return not braces.startswith(b"}")


def shadowed(text: bytes, name: bytes, start: int, offset: int, budget: WorkBudget) -> bool:
    """Return whether a name is a parameter of a function that begins after `start` and contains `offset`."""
    name = name.partition(b".")[0]
    budget.spend(10 + max(0, offset - start) // 1_000)
    at = offset
    for _ in range(_MOST_PARAMETERS):
        at = text.rfind(name, start, at)
        if at < 0:
            return False
        budget.spend(2)
        end = at + len(name)
        rest = _PARAMETER.match(text, end, min(offset, end + 400)) if _is_whole_name(text, at) else None
        if rest is None or not (rest.group(1) or _LIST_BEFORE.match(text[max(0, at - 300) : at][::-1])):
            continue
        if text[rest.end() - 1] != _BRACE:
            inside = expression_end(text, rest.end(), budget, offset - rest.end()) >= offset
        else:
            inside = bracket_end(text, rest.end() - 1, offset, budget) < 0
        if inside:
            return True
    return False


def references(text: bytes, name: bytes, start: int, budget: WorkBudget) -> Iterator[int]:
    """Yield offsets after `start` where a name may be part of a longer string, at most `_MOST_REFERENCES`."""
    limit = min(len(text), start + REACH)
    budget.spend(20 + (limit - start) // 1_000)
    seen = 0
    at = text.find(name, start, limit) if len(name) <= _LONGEST_NAME else -1
    while at >= 0 and seen < _MOST_REFERENCES:
        budget.spend(1)
        end = at + len(name)
        if _is_whole_name(text, at) and text[end : end + 1] not in _NAME_PARTS and _joins(text, at, end):
            yield at
            seen += 1
        at = text.find(name, end, limit)


def aliases(text: bytes, name: bytes, start: int, budget: WorkBudget) -> Iterator[bytes]:
    """Yield what a member such as `a.token` is called after `start` through another name of its object, `b = a`."""
    owner, dot, member = name.partition(b".")
    if not dot or len(name) > _LONGEST_NAME:
        return
    limit = min(len(text), start + REACH)
    budget.spend(20 + (limit - start) // 1_000)
    at = text.find(b"=" + owner, start, limit)
    for _ in range(_MOST_REFERENCES):
        if at < 0:
            return
        found = _ALIAS.search(text[max(0, at - _LONGEST_NAME) : at])
        if found and text[at + 1 + len(owner) : at + 2 + len(owner)] in (b",", b";", b"\n"):
            yield found.group(1) + dot + member
        at = text.find(b"=" + owner, at + 1, limit)


def alias_of(text: bytes, name: bytes, offset: int, budget: WorkBudget) -> bytes:
    """Return the name whose value a name is assigned before an offset, as in `b = a`; empty if there is none."""
    first = next(assignments(text, name, offset, budget, REACH // 4), None)
    found = _PLAIN.match(text, first.start) if first is not None and not first.appends else None
    return found.group(1) if found else b""


_ALIAS: Final = LazyRegex(rb"([A-Za-z_$][\w$]*)\s?$")
_PLAIN: Final = LazyRegex(rb"\s?([A-Za-z_$][\w$]{0,79})[,;\n]")
_AFTER: Final = LazyRegex(
    rb"(?:\.[\w$]+|\[\d+\])*\s*(?:\+(?!\+)|\.(?:concat|join|map|reverse|replace|slice|split)\(|\}[^)\s;,}]|\}`|,)"
)


def _joins(text: bytes, start: int, end: int) -> bool:
    before = text[max(0, start - 12) : start].rstrip()
    return before[-1:] in (b"+", b"=") or before.endswith(b"${") or bool(_AFTER.match(text, end, end + 80))
