"""The places in JavaScript where a text may be put together, and short looks that tell the ordinary ones apart.

Ordinary bundles hold thousands of calls of `atob`, `join` and `fromCharCode`; only those are taken further whose
arguments may be constants that a secret can be made of.
"""

import re
from collections.abc import Iterator
from typing import Final

from scanner.javascript.budget import Budget
from scanner.javascript.constants import coded, constant

_REACH_OF_PIECES: Final = 240
_REACH_OF_CALLS: Final = 70
"""Bytes after a trigger's first offset in which its place is looked for: more than the longest trigger."""
_SLACK: Final = 40
"""Bytes after a trigger's first offset in which the function's name that it saw ends."""
_MOST_NAMES: Final = 8
_BESIDE: Final = 2_000
"""Bytes before a place in which a quote tells whether the code stands in a string."""

_PIECES: Final = re.compile(
    rb"""
      (?P<piece> ["'`] (?: sk | s["'`]\s*\+ | gh[opsur]_ | github_pat_ | A[KS]IA | eyJ | xox | AIza | npm_ | glpat
                         | SG\. | -----B | [rp]k_ | whsec | shp | Bearer | Basic | Token\ ) )
    | (?i: token | secret | api_?key | password | authorization )
      ["']? \s{0,2} [:=] \s{0,2} (?P<key> (?= ["'`\[A-Za-z_$] ) )
    """,
    re.VERBOSE,
)
_CALL: Final = re.compile(
    rb"(?P<call>fromC(?:harCode|odePoint)|\batob|\bBuffer\.from|decodeURI(?:Component)?|\bunescape)"
    rb"(?=\(|\.apply\(|\.call\()"
)
_CALLS: Final = re.compile(
    rb"""
      (?P<codes> (?<= [\[(] ) \s{0,8} (?: 115 | 0x73 ) , \s{0,8} (?: 107 | 0x6[bB] ) , )
    | (?P<text> (?<= ["'`] ) \s{0,9} \. (?: concat | replace(?:All)? | s(?:lice|ubstr(?:ing)?)
                                         | split\([^()]{1,12}\)\s{0,9}\.(?:join|reverse|map) ) \( )
    | (?P<list> (?<= \] ) \s{0,9} \. (?: join\(["'`][^"'`]?["'`] | map\( | reverse\(\) ) )
    | (?P<turned> \.reverse\(\)\s{0,20}\.join\( )
    """,
    re.VERBOSE,
)

_ORDINARY: Final = frozenset(
    {b"atob", b"String", b"Buffer", b"Array", b"window", b"globalThis", b"unescape", b"decodeURIComponent", b"this"}
)
_NUMBERS: Final = r"(?=(?:0x[0-9a-fA-F]{2}|\d{2,3})\s*,\s*(?:0x|\d))"
_NAME: Final = r"([A-Za-z_$][\w$]*)"
_ARGUMENT: Final = re.compile(
    rf"""(?<=[te]) \(\s* (?: (?:\.\.\.\s*)? (?=["'`\[]) | \.\.\.\s*{_NAME}\s*\) | {_NUMBERS} )
       | \.(?:apply|call)\( [\w$.]{{0,20}},\s* (?: (?=["'`\[]) | {_NAME}\s*\) | {_NUMBERS} )
       | (?<=[mb]) \(\s* (?: (?=["'`][A-Za-z0-9+/=_\-]{{2}}|\[) | {_NAME}\s*[),+.]
                          | (?=new\s+Uint8Array\(\[) )""".encode(),
    re.VERBOSE,
)
"""What may follow the name of a decoding function: a literal, a list, or a name. The letter before tells which."""
_CALLBACK: Final = re.compile(
    rb"(?:(?:[^{}();]|\([\w$,\s]{0,20}\)|\{\s*return){0,60}?(?:fromC|atob|charC|\^|decodeURI|unescape|reverse\()"
    rb"|(?:[\w$]+\.)?[\w$]{1,20}\))"
)
_RECEIVER: Final = re.compile(rb"(?<![\w$.\])\"'`])([A-Za-z_$][\w$]*)(?:\.[\w$]+(?:\([^()]{0,40}\))?|\[\d+\])*$")
_LITERAL_BEFORE: Final = re.compile(rb"([A-Za-z0-9+/=_.|,:;~*!#@%&\-]{4,300})[\"'`]$")
_INDEX: Final = re.compile(rb"[\w$)\]]\[\s*[\w$.\"']+\s*\]$")
_LAST_ITEM: Final = re.compile(
    rb"(?:([A-Za-z_$0-9][\w$]*)|[\"'`]([A-Za-z0-9+/=_.\-]{1,200})[\"'`]|[\"'`][\w+/=.\-]*\\[^\"'`\s]*[\"'`])\s*,?\s*\]$"
)
_NAMES: Final = re.compile(
    rb"(?<![\w$\"'`\\])(?:(?<!\.)|(?<=\.\.\.))[A-Za-z_$][\w$]*(?![\w$\"'`]|\s*(?::|=>|\((?!\))))"
)
_WHOLE_VALUE: Final = re.compile(
    rb"(?:\"[^\"\\\n]*\"|'[^'\\\n]*'|`[^`\\\n$]*`)\s*[,;})\]\n]|[\w$]+(?:\.[\w$]+)*\s*[,;})\]]"
)
_PIECE: Final = re.compile(rb"[\"'`]([A-Za-z0-9_\-.+/=]{2,})[\"'`]\s*([^\s]?)")
_SPACED: Final = re.compile(rb"[\"'`](?:Bearer|Basic|Token|-----BEGIN [A-Z ]{1,30}-|([A-Za-z0-9_\-.]{1,120})(\$)\{)")
_CONSTANT: Final = re.compile(
    rb"""[\"'`}](?=[A-Za-z+/=_.\-]{0,300}\d)[A-Za-z0-9+/=_.\-]{4,}(?:[\"'`\\]|\$\{)
       | (?:\d{2,3}|0x[0-9a-fA-F]{2})\s*,\s*(?:\d{2,3}|0x[0-9a-fA-F]{2})\s*,\s*\d
       | %[2-7][0-9a-fA-F]%[2-7] | \\[xu]\{?[0-9a-fA-F]{2} | -----BEGIN\ [A-Z\ ]{1,30}-
       | [\"'`][A-Za-z0-9+/=_.|,:;~*!@\-]{30}""",
    re.VERBOSE,
)


def pieces(text: bytes, offset: int, seen: int) -> Iterator["re.Match[bytes]"]:
    """Yield the quoted pieces and names of secrets a trigger may have meant that begin at `seen` or later."""
    return _PIECES.finditer(text, max(offset, seen), min(len(text), offset + _REACH_OF_PIECES))


def calls(text: bytes, offset: int, seen: int) -> Iterator["re.Match[bytes]"]:
    """Yield the calls a trigger may have meant that begin at `seen` or later."""
    found = list(_CALLS.finditer(text, max(offset, seen), min(len(text), offset + _REACH_OF_CALLS)))
    call = _CALL.search(text, max(offset, seen), min(len(text), offset + _SLACK))
    yield from sorted([*found, *([call] if call else [])], key=lambda match: match.start())


def worth(text: bytes, place: "re.Match[bytes]", budget: Budget) -> bool:
    """Say, after a short look, whether something may be put together at a place."""
    limit = min(len(text), place.end() + 400)
    match place.lastgroup:
        case "key":
            return _WHOLE_VALUE.match(text, place.start("key"), limit) is None
        case "piece":
            piece = _PIECE.match(text, place.start(), limit)
            if piece is None:
                template = _SPACED.match(text, place.start())
                return template is not None and (template.group(1) is None or _promising(template))
            return _promising(piece)
        case "call":
            return _decodes(text, place, limit, budget)
        case "text":
            literal = _LITERAL_BEFORE.search(text, max(0, place.start() - 300), place.start())
            return literal is not None and _mixed(literal.group(1))
        case "list":
            if place.group().endswith(b"map(") and not _CALLBACK.match(text, place.end(), limit):
                return False
            return _joins(text, place.start(), budget)
        case "turned":
            receiver = _RECEIVER.search(text, max(0, place.start() - 120), place.start())
            return receiver is None or _known(text, receiver.group(1), place.start(), budget)
        case _:
            return True


def stands_alone(text: bytes, start: int) -> bool:
    """Say whether nothing is joined to the quoted piece that begins at an offset."""
    piece = _PIECE.match(text, start, min(len(text), start + 400))
    return piece is not None and piece.group(2) in (b",", b";", b"]", b"}", b")", b"", b"\\")


def within_string(text: bytes, place: "re.Match[bytes]") -> bool:
    """Say whether the code at a place is itself inside a string, its quotes escaped, as the sources of a map are."""
    match place.lastgroup:
        case "piece":
            return text[place.start() - 1 : place.start()] == b"\\"
        case "call" if text[place.end() : place.end() + 2] == b"(\\":
            return True
        case "text":
            return b"\\" in text[max(0, place.start() - 4) : place.start()]
        case "key":
            return False
        case _:
            before = text[max(0, place.start() - _BESIDE) : place.start()]
            quote = max(before.rfind(b'"'), before.rfind(b"'"), before.rfind(b"`"))
            return before[quote - 1 : quote] == b"\\" if quote > 0 else False


def promises(text: bytes, start: int, end: int, budget: Budget) -> bool:
    """Say whether an expression holds a piece of a secret, or the name of a constant that may hold one."""
    budget.spend(2 + (end - start) // 100)
    if _CONSTANT.search(text, start, end):
        return True
    names: dict[bytes, None] = {}
    for match in _NAMES.finditer(text, start, min(end, start + 2_000)):
        names[match.group()] = None
        if len(names) > _MOST_NAMES:
            return False
    return any(name not in _ORDINARY and constant(text, name, start, budget) for name in names)


def _decodes(text: bytes, place: "re.Match[bytes]", limit: int, budget: Budget) -> bool:
    argument = _ARGUMENT.match(text, place.end(), limit)
    if argument is None:
        return False
    name = next((group for group in argument.groups() if group), None)
    return name is None or (name not in _ORDINARY and coded(text, name, place.start(), budget))


def _known(text: bytes, name: bytes, place: int, budget: Budget) -> bool:
    return name in _ORDINARY or constant(text, name, place, budget)


def _joins(text: bytes, end: int, budget: Budget) -> bool:
    """Say whether the list that ends at an offset may hold pieces of a secret, by its last item."""
    last = _LAST_ITEM.search(text, max(0, end - 300), end)
    if last is None or _INDEX.search(text, max(0, end - 40), end):
        return False
    name, piece = last.groups()
    if name:
        return name.isdigit() or name[:2] == b"0x" or _known(text, name, end, budget)
    return piece is None or (len(piece) >= 2 and any(c in b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" for c in piece))


def _mixed(item: bytes) -> bool:
    """Say whether a text has what words do not: both digits and capitals, or many digits."""
    digits = sum(c in b"0123456789" for c in item)
    return digits * 3 > len(item) > 7 or (digits > 0 and any(c in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ" for c in item))


def _promising(piece: "re.Match[bytes]") -> bool:
    """Say whether a quoted piece may be the beginning of a secret rather than a word."""
    body, after = piece.groups()
    if after in (b"+", b".", b"$"):
        return len(body) <= 3 or body in (b"Bearer", b"Basic") or any(c in b"0123456789" for c in body)
    if body in (b"Bearer", b"Basic"):
        return False
    if not body.startswith(b"sk") or body.startswith((b"sk_", b"sk-")):
        return len(body) < 300
    return len(body) <= 177 and body.lower() != body and any(c in b"0123456789" for c in body)
