"""Fold candidates: offsets in JavaScript where a string may be computed, and prefilters against ordinary code.

Ordinary bundles hold thousands of calls of `atob`, `join` and `fromCharCode`. Only those with arguments that may be
constant parts of a secret are folded.
"""

from collections.abc import Callable
from re import VERBOSE, Match
from typing import Final, NamedTuple

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding.beginnings import PieceForms
from frontleak.decode.folding.definitions import coded, has_definition


class FoldCandidate(NamedTuple):
    """A span of code where a string may be computed."""

    start: int
    """Byte offset of a quoted piece, of a secret-like key's value, of a function's name or of a method call's dot.

    For a sum, the offset just after its first literal.
    """
    end: int
    """Byte offset just after the match."""
    kind: str
    """`piece`, `sum`, `key`, `call`, `codes`, `text`, `list` or `turned`."""


CandidateFinder = Callable[[bytes, int, int], list[FoldCandidate]]
"""(text, offset of a trigger, first offset to search) -> the trigger's candidates, in order."""


_REACH_OF_PIECES: Final = 240
_REACH_OF_CALLS: Final = 70
"""Bytes searched for candidates after a trigger's first offset; more than the longest trigger."""
_SLACK: Final = 70
"""Bytes after a trigger's first offset within which its function name ends."""
_SLIPPED: Final = 4
"""Bytes by which removed backslashes may move a candidate."""
_MOST_NAMES: Final = 8
_CONTEXT: Final = 2_000
"""Bytes around a candidate that are checked for an enclosing string."""
_DIGITS: Final = b"0123456789"
_CAPITALS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# each pattern begins with literal characters or words, for a fast search
_SUM: Final = LazyRegex(
    rb"""(?<=[A-Za-z0-9_\-.+/=:@\\])["'`]
         (?= [\s\\nrt]{0,8} (?: \+ | \.concat\( ) [\s\\nrt]{0,8} \\{0,3} ["'`] [A-Za-z0-9_\-.+/=@] )""",
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
      [\[(] (?P<codes> (?: \s{0,8} (?: \d{2,3} | 0x[0-9a-fA-F]{2} ) , ){2}
                       (?: \s{0,8} (?: \d{2,3} | 0x[0-9a-fA-F]{2} ) , )? )
    | ["'`] (?P<text> \s{0,9} \. (?: concat | replace(?:All)? | s(?:lice|ubstr(?:ing)?)
                                    | split\([^()]{1,12}\)\s{0,9}\.(?:join|reverse|map) ) \( )
    | \] (?P<list> \s{0,9} \. (?: join\(["'`][^"'`]?["'`] | map\( | reverse\(\) ) )
    | (?P<turned> \.reverse\(\)\s{0,20}\.join\( )
    """,
    VERBOSE,
)

_BUFFER: Final = LazyRegex(rb"Buffer\\{0,3}\"\s{0,12},\s{0,12}\\{0,3}\"data\\{0,3}\"\s{0,2}:\s{0,2}\Z")
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
"""Arguments of a decoding function: a literal, a list or a name, by the last letter of the function's name."""
_CALLBACK: Final = LazyRegex(
    rb"(?:(?:[^{}();]|\([\w$,\s]{0,20}\)|\{\s*return){0,60}?(?:fromC|atob|charC|\^|decodeURI|unescape|reverse\()"
    rb"|(?:[\w$]+\.)?[\w$]{1,20}\))"
)
# text before a candidate is matched in reverse: searching for an end is quadratic, matching from it is not
_RECEIVER: Final = LazyRegex(rb"(?:(?:\)[^()]{0,40}+\()?[\w$]++\.|\]\d++\[)*+([\w$]*[A-Za-z_$])(?![\w$.\])\"'`])")
_LITERAL: Final = LazyRegex(rb"[\"'`]([A-Za-z0-9+/=_.|,:;~*!#@%&\-]{4,300}+)")
_INDEX: Final = LazyRegex(rb"\]\s*+[\w$.\"']++\s*+\[[\w$)\]]")
_LAST_ITEM: Final = LazyRegex(
    rb"\]\s*+(?:,\s*+)?(?:([\w$]++)|[\"'`]([A-Za-z0-9+/=_.%\-]{1,200}+)[\"'`]|[\"'`][^\"'`\s]*\\[\w+/=.\-]*[\"'`])"
)
_NAMES: Final = LazyRegex(rb"(?<![\w$\"'`\\])(?:(?<!\.)|(?<=\.\.\.))[A-Za-z_$][\w$]*(?![\w$\"'`]|\s*(?::|=>|\((?!\))))")
_WHOLE_VALUE: Final = LazyRegex(
    rb"(?:\"[^\"\\\n]*\"|'[^'\\\n]*'|`[^`\\\n$]*`)\s*[,;})\]\n]|[\w$]+(?:\.[\w$]+)*\s*[,;})\]]"
)
_PIECE: Final = LazyRegex(rb"[\"'`]([A-Za-z0-9_\-.+/=]++)[\"'`]\s*([^\s]?)")
# libraries wrap an argument in the lines of a key: "-----BEGIN PRIVATE KEY-----\\n" + e
_SPACED: Final = LazyRegex(
    rb"[\"'`](?:Bearer|Basic|[Tt]oken |-----BEGIN [A-Z ]{1,30}-[A-Za-z0-9_\-.+/= ]{0,100}[\"'`]\s{0,8}(?:\+|\.[a-z])"
    rb"|([A-Za-z0-9_\-.]{1,120})(\$)\{)"
)
_CONSTANT: Final = LazyRegex(
    rb"""[\"'`}](?=[A-Za-z+/=_.\-]{0,300}\d)[A-Za-z0-9+/=_.\-]{4,}(?:[\"'`\\]|\$\{)
       | (?:\d{2,3}|0x[0-9a-fA-F]{2})\s*,\s*(?:\d{2,3}|0x[0-9a-fA-F]{2})\s*,\s*\d
       | %[2-7][0-9a-fA-F]%[2-7u] | %u00[2-7] | \\[xu]\{?[0-9a-fA-F]{2} | -----BEGIN\ [A-Z\ ]{1,30}-
       | [\"'`][A-Za-z0-9+/=_.|,:;~*!@%\-]{30}""",
    VERBOSE,
)


LEAST_SUM: Final = 16
"""Bytes of the shortest secret that a sum of literals is searched for."""
_LONGEST_PIECE: Final = 1_000
_LITERAL_BEFORE: Final = LazyRegex(rb"([\"'`])([A-Za-z0-9_\-.+/=:@%?&#~<>\\ ]++)(?:\1|\Z)")
_LITERALS_AFTER: Final = LazyRegex(
    rb"(?:\s{0,20}(?:\+|\.concat\(|,)\s{0,20}(?:\"[^\"\n]{0,500}\"?|'[^'\n]{0,500}'?|`[^`$]{0,500}`?))++"
)
_BODIES: Final = LazyRegex(rb"[\"'`]([^\"'`]*+)[\"'`]?")


def pieces(forms: PieceForms, text: bytes, offset: int, seen: int) -> list[FoldCandidate]:
    """Return a trigger's quoted pieces, sums of literals and key values that begin at `seen` or later, in order."""
    first, limit = max(offset, seen), min(len(text), offset + _REACH_OF_PIECES)
    found = [FoldCandidate(match.start(), match.end(), "piece") for match in forms.begins.finditer(text, first, limit)]
    found += (FoldCandidate(match.end(), match.end(), "sum") for match in _SUM.finditer(text, first, limit))
    lowered = text[first:limit].lower()
    for word in _KEY_WORDS:
        at = lowered.find(word)
        while at >= 0:
            if key := _KEYS.match(text, first + at, limit):
                found.append(FoldCandidate(key.end(), key.end(), "key"))
            at = lowered.find(word, at + 1)
    return sorted(found)


def calls(forms: PieceForms, text: bytes, offset: int, seen: int) -> list[FoldCandidate]:
    """Return a trigger's calls that begin at `seen` or later, in order."""
    first, limit = max(offset, seen), min(len(text), offset + _REACH_OF_CALLS)
    call = _CALL.search(text, first, min(len(text), offset + _SLACK))
    if call and call.start() == offset:
        return [FoldCandidate(offset, call.end(), "call")]
    found = [
        FoldCandidate(match.start(match.lastgroup or 0), match.end(), match.lastgroup or "")
        for match in _CALLS.finditer(text, max(0, first - 1), limit)
        if match.start(match.lastgroup or 0) >= first
        and (match.lastgroup != "codes" or _are_worth_reading(text, match, forms))
    ]
    if call:
        found.append(FoldCandidate(call.start(), call.end(), "call"))
        found.sort()
    return found


def _are_worth_reading(text: bytes, match: Match[bytes], forms: PieceForms) -> bool:
    """Return whether a list of codes begins like a secret, or is the content of a Buffer in JSON."""
    begins_secret = forms.has_codes(_characters(match.group("codes")))
    return begins_secret or _BUFFER.search(text, max(0, match.start() - 60), match.start()) is not None


def _characters(codes: bytes) -> bytes:
    """Return the characters of a list of codes."""
    return bytes(_code(code) & 127 for code in map(bytes.strip, codes.split(b",")) if code)


def _code(written: bytes) -> int:
    """Return a number as JavaScript reads it: `057` is octal, `089` is decimal."""
    if not written.isdigit() or written[:1] != b"0":
        return int(written, 0)
    return int(written) if b"8" in written or b"9" in written else int(written, 8)


def is_candidate(text: bytes, candidate: FoldCandidate, forms: PieceForms, budget: WorkBudget) -> bool:
    """Return whether a string may be computed at a candidate; a cheap prefilter."""
    budget.spend(10)
    limit = min(len(text), candidate.end + _LONGEST_PIECE)
    match candidate.kind:
        case "key":
            return _WHOLE_VALUE.match(text, candidate.start, limit) is None
        case "piece":
            piece = _PIECE.match(text, candidate.start, limit)
            if piece is None:
                template = _SPACED.match(text, candidate.start)
                return template is not None and (template.group(1) is None or _may_begin_secret(template, forms))
            return _may_begin_secret(piece, forms)
        case "sum":
            return _sums_secret(text, candidate.start, forms)
        case "call":
            return _has_decodable_argument(text, candidate, limit, budget)
        case "text":
            literal = _LITERAL.match(_back(text, candidate.start, 300))
            return literal is not None and _is_unlike_word(literal.group(1))
        case "list":
            if text.endswith(b"map(", candidate.start, candidate.end) and not _CALLBACK.match(
                text, candidate.end, limit
            ):
                return False
            return _joins(text, candidate.start, budget)
        case "turned":
            receiver = _RECEIVER.match(_back(text, candidate.start, 120))
            return receiver is None or _may_be_constant(text, receiver.group(1)[::-1], candidate.start, budget)
        case _:
            return True


def is_worth_decoding(
    text: bytes, candidate: FoldCandidate, finder: CandidateFinder, forms: PieceForms, budget: WorkBudget
) -> bool:
    """Return whether a candidate justifies decoding the string around it as code; a cheap prefilter.

    Args:
        text: the text.
        candidate: the candidate, with escapes around it.
        finder: `pieces` or `calls` for the forms: the function that found the candidate.
        forms: the forms of a secret's beginning.
        budget: the work budget.
    """
    budget.spend(20)
    before = _without_backslashes(text[max(0, candidate.start - _CONTEXT) : candidate.start])
    bare = before + _without_backslashes(text[candidate.start : candidate.start + _CONTEXT])
    found = finder(bare, max(0, len(before) - _SLIPPED), max(0, len(before) - _SLIPPED))
    return any(
        is_candidate(bare, other, forms, budget)
        for other in found
        if other.kind == candidate.kind and other.start <= len(before) + _SLIPPED
    )


def _without_backslashes(code: bytes) -> bytes:
    """Return code from a string without its backslashes: exact enough for a prefilter."""
    return code.replace(b"\\n", b"\n").replace(b"\\t", b"\t").replace(b"\\r", b"\r").replace(b"\\", b"")


def stands_alone(text: bytes, start: int) -> bool:
    """Return whether nothing is joined to the quoted piece at an offset."""
    piece = _PIECE.match(text, start, min(len(text), start + 400))
    return piece is not None and piece.group(2) in (b",", b";", b"]", b"}", b")", b"", b"\\")


def is_escaped(text: bytes, candidate: FoldCandidate) -> bool:
    """Return whether a candidate's quote is escaped: its code is inside a string, as in a source map."""
    match candidate.kind:
        case "piece":
            return text.startswith(b"\\", max(0, candidate.start - 1), candidate.start)
        case "call":
            return text.startswith(b"(\\", candidate.end)
        case "sum":
            return text.startswith(b"\\", max(0, candidate.start - 2), candidate.start)
        case "text":
            return b"\\" in text[max(0, candidate.start - 4) : candidate.start]
        case _:
            return False


def within_string(text: bytes, candidate: FoldCandidate) -> bool:
    """Return whether a candidate without a quote is inside a string, judging by the quote before it."""
    if candidate.kind in {"piece", "sum", "text", "key"}:
        return False
    before = text[max(0, candidate.start - _CONTEXT) : candidate.start]
    quote = max(before.rfind(b'"'), before.rfind(b"'"), before.rfind(b"`"))
    return quote > 0 and before.startswith(b"\\", quote - 1)


def promises(text: bytes, start: int, end: int, budget: WorkBudget) -> bool:
    """Return whether an expression holds a piece of a secret, or the name of a constant that may hold one."""
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
    """Return whether a piece of a secret follows shortly after an offset."""
    return _CONSTANT.search(text, start, min(len(text), start + 200)) is not None


def _has_decodable_argument(text: bytes, candidate: FoldCandidate, limit: int, budget: WorkBudget) -> bool:
    argument = _ARGUMENT.match(text, candidate.end, limit)
    if argument is None:
        return False
    name = next((group for group in argument.groups() if group), None)
    return name is None or (name not in _ORDINARY and coded(text, name, candidate.start, budget))


def _may_be_constant(text: bytes, name: bytes, offset: int, budget: WorkBudget) -> bool:
    return name in _ORDINARY or has_definition(text, name, offset, budget)


def _joins(text: bytes, end: int, budget: WorkBudget) -> bool:
    """Return whether the list that ends at an offset may hold pieces of a secret, judging by its last item."""
    before = _back(text, end, 300)
    last = _LAST_ITEM.match(before)
    if last is None or _INDEX.match(before):
        return False
    name, piece = last.groups()
    if name:
        name = name[::-1]
        return name.isdigit() or name[:2] == b"0x" or _may_be_constant(text, name, end, budget)
    return piece is None or (len(piece) >= 2 and _count(piece, _DIGITS + _CAPITALS) > 0)


def _back(text: bytes, end: int, most: int) -> bytes:
    """Return the bytes before an offset, in reverse order."""
    return text[max(0, end - most) : end][::-1]


def _is_unlike_word(item: bytes) -> bool:
    """Return whether a text is unlike a word: it has both digits and capitals, or many digits."""
    digits = _count(item, _DIGITS)
    return digits * 3 > len(item) > 7 or (digits > 0 and _count(item, _CAPITALS) > 0)


def _count(item: bytes, letters: bytes) -> int:
    return len(item) - len(item.translate(None, letters))


def _may_begin_secret(piece: Match[bytes], forms: PieceForms) -> bool:
    """Return whether a quoted piece may begin a secret; words do not."""
    body, after = piece.groups()
    if body.startswith(forms.sure):
        return len(body) < _LONGEST_PIECE
    if after in (b"+", b".", b"$"):
        return len(body) <= 3 or body in (b"Bearer", b"Basic") or _count(body, _DIGITS) > 0
    if body in (b"Bearer", b"Basic"):
        return False
    return len(body) <= 177 and body.lower() != body and _count(body, _DIGITS) > 0


def _sums_secret(text: bytes, end: int, forms: PieceForms) -> bool:
    """Return whether the literal that ends at an offset and those joined to it are long, and unlike words."""
    before, after = _LITERAL_BEFORE.match(_back(text, end, 400)), _LITERALS_AFTER.match(text, end, end + 600)
    if before is None or after is None:
        return False
    bodies = (body.group(1) for body in _BODIES.finditer(after.group()))
    letters = max(b"".join((before.group(2)[::-1], *bodies)).split(b" "), key=len)
    return len(letters) >= LEAST_SUM and (_count(letters, _DIGITS) > 0 or letters.startswith(forms.sure))
