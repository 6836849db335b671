"""The places in JavaScript where a text may be put together, and short looks that tell the ordinary ones apart.

Ordinary bundles hold thousands of calls of `atob`, `join` and `fromCharCode`; only those are taken further whose
arguments may be constants that a secret can be made of.
"""

from collections.abc import Callable
from re import VERBOSE, Match
from typing import Final, NamedTuple

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding.definitions import coded, has_definition


class FoldCandidate(NamedTuple):
    """A place where a text may be put together."""

    start: int
    """Byte offset of a quoted piece, of the value of a telling key, of a function's name, of the dot of a call."""
    end: int
    """Byte offset just after what was recognised."""
    kind: str
    """`piece`, `key`, `call`, `codes`, `text`, `list` or `turned`."""


CandidateFinder = Callable[[bytes, int, int], list[FoldCandidate]]
"""(text, offset of a trigger, where to begin) -> the places it may have meant, in order."""


_REACH_OF_PIECES: Final = 240
_REACH_OF_CALLS: Final = 70
"""Bytes after a trigger's first offset in which its place is looked for: more than the longest trigger."""
_SLACK: Final = 70
"""Bytes after a trigger's first offset in which the function's name that it saw ends."""
_SLIPPED: Final = 4
"""Bytes by which a place may have moved when backslashes are taken out."""
_MOST_NAMES: Final = 8
_BESIDE: Final = 2_000
"""Bytes before a place in which a quote tells whether the code stands in a string."""
_DIGITS: Final = b"0123456789"
_CAPITALS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# each expression begins with characters, or a word, that are looked for fast
_PIECES: Final = LazyRegex(
    rb"""["'`] (?: sk | s\\{0,3}["'`]\s*\+ | gh[opsur]_ | github_pat_ | A[KS]IA | eyJ | xox | AIza | npm_
                | glpat | SG\. | -----B | [rp]k_ | whsec | shp | Bearer | Basic | Token\ )""",
    VERBOSE,
)
_KEY_WORDS: Final = (b"token", b"secret", b"api", b"password", b"authorization")
_KEYS: Final = LazyRegex(
    rb"""(?i: token | secret | api_?key | password | authorization )
         ["']? \s{0,2} [:=] \s{0,2} (?= ["'`\[A-Za-z_$] )""",
    VERBOSE,
)
_CALL: Final = LazyRegex(
    rb"(?:fromC(?:harCode|odePoint)|atob(?<!\watob)|Buffer\.from(?<!\wBuffer\.from)|decodeURI(?:Component)?"
    rb"|unescape(?<!\wunescape))(?=\(|\.apply\(|\.call\()"
)
_CALLS: Final = LazyRegex(
    rb"""
      [\[(] (?P<codes> \s{0,8} (?: 115 | 0x73 ) , \s{0,8} (?: 107 | 0x6[bB] ) , )
    | ["'`] (?P<text> \s{0,9} \. (?: concat | replace(?:All)? | s(?:lice|ubstr(?:ing)?)
                                    | split\([^()]{1,12}\)\s{0,9}\.(?:join|reverse|map) ) \( )
    | \] (?P<list> \s{0,9} \. (?: join\(["'`][^"'`]?["'`] | map\( | reverse\(\) ) )
    | (?P<turned> \.reverse\(\)\s{0,20}\.join\( )
    """,
    VERBOSE,
)

_ORDINARY: Final = frozenset(
    {b"atob", b"String", b"Buffer", b"Array", b"window", b"globalThis", b"unescape", b"decodeURIComponent", b"this"}
)
_NUMBERS: Final = r"(?=(?:0x[0-9a-fA-F]{2}|\d{2,3})\s*,\s*(?:0x|\d))"
_NAME: Final = r"([A-Za-z_$][\w$]*)"
_ARGUMENT: Final = LazyRegex(
    rf"""(?<=[te]) \(\s* (?: (?:\.\.\.\s*)? (?=["'`\[]) | \.\.\.\s*{_NAME}\s*\) | {_NUMBERS} )
       | \.(?:apply|call)\( [\w$.]{{0,20}},\s* (?: (?=["'`\[]) | {_NAME}\s*\) | {_NUMBERS} )
       | (?<=[mb]) \(\s* (?: (?=["'`][A-Za-z0-9+/=_\-]{{2}}|\[) | {_NAME}\s*[),+.]
                          | (?=new\s+Uint8Array\(\[) )""".encode(),
    VERBOSE,
)
"""What may follow the name of a decoding function: a literal, a list, or a name. The letter before tells which."""
_CALLBACK: Final = LazyRegex(
    rb"(?:(?:[^{}();]|\([\w$,\s]{0,20}\)|\{\s*return){0,60}?(?:fromC|atob|charC|\^|decodeURI|unescape|reverse\()"
    rb"|(?:[\w$]+\.)?[\w$]{1,20}\))"
)
# what stands before a place is matched in reversed text: a search for an end is quadratic, a match from it is not
_RECEIVER: Final = LazyRegex(rb"(?:(?:\)[^()]{0,40}+\()?[\w$]++\.|\]\d++\[)*+([\w$]*[A-Za-z_$])(?![\w$.\])\"'`])")
_LITERAL: Final = LazyRegex(rb"[\"'`]([A-Za-z0-9+/=_.|,:;~*!#@%&\-]{4,300}+)")
_INDEX: Final = LazyRegex(rb"\]\s*+[\w$.\"']++\s*+\[[\w$)\]]")
_LAST_ITEM: Final = LazyRegex(
    rb"\]\s*+(?:,\s*+)?(?:([\w$]++)|[\"'`]([A-Za-z0-9+/=_.\-]{1,200}+)[\"'`]|[\"'`][^\"'`\s]*\\[\w+/=.\-]*[\"'`])"
)
_NAMES: Final = LazyRegex(rb"(?<![\w$\"'`\\])(?:(?<!\.)|(?<=\.\.\.))[A-Za-z_$][\w$]*(?![\w$\"'`]|\s*(?::|=>|\((?!\))))")
_WHOLE_VALUE: Final = LazyRegex(
    rb"(?:\"[^\"\\\n]*\"|'[^'\\\n]*'|`[^`\\\n$]*`)\s*[,;})\]\n]|[\w$]+(?:\.[\w$]+)*\s*[,;})\]]"
)
_PIECE: Final = LazyRegex(rb"[\"'`]([A-Za-z0-9_\-.+/=]++)[\"'`]\s*([^\s]?)")
_SPACED: Final = LazyRegex(rb"[\"'`](?:Bearer|Basic|Token|-----BEGIN [A-Z ]{1,30}-|([A-Za-z0-9_\-.]{1,120})(\$)\{)")
_CONSTANT: Final = LazyRegex(
    rb"""[\"'`}](?=[A-Za-z+/=_.\-]{0,300}\d)[A-Za-z0-9+/=_.\-]{4,}(?:[\"'`\\]|\$\{)
       | (?:\d{2,3}|0x[0-9a-fA-F]{2})\s*,\s*(?:\d{2,3}|0x[0-9a-fA-F]{2})\s*,\s*\d
       | %[2-7][0-9a-fA-F]%[2-7] | \\[xu]\{?[0-9a-fA-F]{2} | -----BEGIN\ [A-Z\ ]{1,30}-
       | [\"'`][A-Za-z0-9+/=_.|,:;~*!@\-]{30}""",
    VERBOSE,
)


def pieces(text: bytes, offset: int, seen: int) -> list[FoldCandidate]:
    """Return the quoted pieces and values of keys a trigger may have meant that begin at `seen` or later, in order."""
    first, limit = max(offset, seen), min(len(text), offset + _REACH_OF_PIECES)
    found = [FoldCandidate(match.start(), match.end(), "piece") for match in _PIECES.finditer(text, first, limit)]
    lowered = text[first:limit].lower()
    for word in _KEY_WORDS:
        at = lowered.find(word)
        while at >= 0:
            if key := _KEYS.match(text, first + at, limit):
                found.append(FoldCandidate(key.end(), key.end(), "key"))
            at = lowered.find(word, at + 1)
    return sorted(found)


def calls(text: bytes, offset: int, seen: int) -> list[FoldCandidate]:
    """Return the calls a trigger may have meant that begin at `seen` or later, in order."""
    first, limit = max(offset, seen), min(len(text), offset + _REACH_OF_CALLS)
    call = _CALL.search(text, first, min(len(text), offset + _SLACK))
    if call and call.start() == offset:
        return [FoldCandidate(offset, call.end(), "call")]
    found = [
        FoldCandidate(match.start(match.lastgroup or 0), match.end(), match.lastgroup or "")
        for match in _CALLS.finditer(text, max(0, first - 1), limit)
        if match.start(match.lastgroup or 0) >= first
    ]
    if call:
        found.append(FoldCandidate(call.start(), call.end(), "call"))
        found.sort()
    return found


def is_candidate(text: bytes, place: FoldCandidate, budget: WorkBudget) -> bool:
    """Say, after a short look, whether something may be put together at a place."""
    budget.spend(10)
    limit = min(len(text), place.end + 400)
    match place.kind:
        case "key":
            return _WHOLE_VALUE.match(text, place.start, limit) is None
        case "piece":
            piece = _PIECE.match(text, place.start, limit)
            if piece is None:
                template = _SPACED.match(text, place.start)
                return template is not None and (template.group(1) is None or _promising(template))
            return _promising(piece)
        case "call":
            return _decodes(text, place, limit, budget)
        case "text":
            literal = _LITERAL.match(_back(text, place.start, 300))
            return literal is not None and _mixed(literal.group(1))
        case "list":
            if text.endswith(b"map(", place.start, place.end) and not _CALLBACK.match(text, place.end, limit):
                return False
            return _joins(text, place.start, budget)
        case "turned":
            receiver = _RECEIVER.match(_back(text, place.start, 120))
            return receiver is None or _known(text, receiver.group(1)[::-1], place.start, budget)
        case _:
            return True


def is_worth_decoding(text: bytes, place: FoldCandidate, look: CandidateFinder, budget: WorkBudget) -> bool:
    """Say, after a short look, whether code in a string is worth reading as code, because of a place in it.

    Args:
        text: the text.
        place: the place, with escapes round it.
        look: `pieces` or `calls`, whichever found it.
        budget: for the look.
    """
    budget.spend(20)
    before = _bare(text[max(0, place.start - _BESIDE) : place.start])
    bare = before + _bare(text[place.start : place.start + _BESIDE])
    found = look(bare, max(0, len(before) - _SLIPPED), max(0, len(before) - _SLIPPED))
    return any(
        is_candidate(bare, one, budget)
        for one in found
        if one.kind == place.kind and one.start <= len(before) + _SLIPPED
    )


def _bare(code: bytes) -> bytes:
    """Return code from a string without its backslashes: near enough for a short look."""
    return code.replace(b"\\n", b"\n").replace(b"\\t", b"\t").replace(b"\\r", b"\r").replace(b"\\", b"")


def stands_alone(text: bytes, start: int) -> bool:
    """Say whether nothing is joined to the quoted piece that begins at an offset."""
    piece = _PIECE.match(text, start, min(len(text), start + 400))
    return piece is not None and piece.group(2) in (b",", b";", b"]", b"}", b")", b"", b"\\")


def is_escaped(text: bytes, place: FoldCandidate) -> bool:
    """Say whether a quote at a place is escaped, because the code is inside a string, as the sources of a map are."""
    match place.kind:
        case "piece":
            return text.startswith(b"\\", max(0, place.start - 1), place.start)
        case "call":
            return text.startswith(b"(\\", place.end)
        case "text":
            return b"\\" in text[max(0, place.start - 4) : place.start]
        case _:
            return False


def within_string(text: bytes, place: FoldCandidate) -> bool:
    """Say whether the code at a place that has no quote is itself inside a string, by the quote before it."""
    if place.kind in {"piece", "text", "key"}:
        return False
    before = text[max(0, place.start - _BESIDE) : place.start]
    quote = max(before.rfind(b'"'), before.rfind(b"'"), before.rfind(b"`"))
    return quote > 0 and before.startswith(b"\\", quote - 1)


def promises(text: bytes, start: int, end: int, budget: WorkBudget) -> bool:
    """Say whether an expression holds a piece of a secret, or the name of a constant that may hold one."""
    budget.spend(20 + (end - start) // 20)
    if _CONSTANT.search(text, start, end):
        return True
    names: dict[bytes, None] = {}
    for match in _NAMES.finditer(text, start, min(end, start + 2_000)):
        names[match.group()] = None
        if len(names) > _MOST_NAMES:
            return False
    return any(name not in _ORDINARY and has_definition(text, name, start, budget) for name in names)


def holds_piece(text: bytes, start: int) -> bool:
    """Say whether what begins at an offset holds a piece of a secret soon."""
    return _CONSTANT.search(text, start, min(len(text), start + 200)) is not None


def _decodes(text: bytes, place: FoldCandidate, limit: int, budget: WorkBudget) -> bool:
    argument = _ARGUMENT.match(text, place.end, limit)
    if argument is None:
        return False
    name = next((group for group in argument.groups() if group), None)
    return name is None or (name not in _ORDINARY and coded(text, name, place.start, budget))


def _known(text: bytes, name: bytes, place: int, budget: WorkBudget) -> bool:
    return name in _ORDINARY or has_definition(text, name, place, budget)


def _joins(text: bytes, end: int, budget: WorkBudget) -> bool:
    """Say whether the list that ends at an offset may hold pieces of a secret, by its last item."""
    before = _back(text, end, 300)
    last = _LAST_ITEM.match(before)
    if last is None or _INDEX.match(before):
        return False
    name, piece = last.groups()
    if name:
        name = name[::-1]
        return name.isdigit() or name[:2] == b"0x" or _known(text, name, end, budget)
    return piece is None or (len(piece) >= 2 and _count(piece, _DIGITS + _CAPITALS) > 0)


def _back(text: bytes, end: int, most: int) -> bytes:
    """Return the bytes before an offset, the last first."""
    return text[max(0, end - most) : end][::-1]


def _mixed(item: bytes) -> bool:
    """Say whether a text has what words do not: both digits and capitals, or many digits."""
    digits = _count(item, _DIGITS)
    return digits * 3 > len(item) > 7 or (digits > 0 and _count(item, _CAPITALS) > 0)


def _count(item: bytes, letters: bytes) -> int:
    return len(item) - len(item.translate(None, letters))


def _promising(piece: Match[bytes]) -> bool:
    """Say whether a quoted piece may be the beginning of a secret rather than a word."""
    body, after = piece.groups()
    if after in (b"+", b".", b"$"):
        return len(body) <= 3 or body in (b"Bearer", b"Basic") or _count(body, _DIGITS) > 0
    if body in (b"Bearer", b"Basic"):
        return False
    if not body.startswith(b"sk") or body.startswith((b"sk_", b"sk-")):
        return len(body) < 300
    return len(body) <= 177 and body.lower() != body and _count(body, _DIGITS) > 0
