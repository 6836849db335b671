"""Triggers for encoded secrets, derived from rules by encoding the literal beginnings of their secrets."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Final

from frontleak.rules.beginnings import beginnings
from frontleak.rules.pattern_rule import PatternRule, Prefilter, Trigger
from frontleak.rules.regex_ast import Chars, Choice, RegexNode, Repeat, Seq, parse, render, width

_MIN_LENGTH: Final = 3
"""Bytes. Shorter beginnings are not distinctive."""
_MAX_LENGTH: Final = 6
"""Bytes. Longer beginnings are cut."""
_MAX_BEGINNINGS: Final = 7
"""Beginnings per pattern."""
_LONGEST_LINE: Final = 76
"""Letters of a line of base64 (RFC 2045)."""
_PER_TRIGGER: Final = 40
"""Encoded beginnings per trigger."""

_BASE64: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
_HEX: Final = frozenset(b"0123456789abcdefABCDEF")
_URLSAFE: Final = {ord("+"): frozenset(b"+-"), ord("/"): frozenset(b"/_")}


def encoded_triggers(rules: Iterable[PatternRule]) -> tuple[Trigger, ...]:
    """Return the triggers of `base64`, `base64-lines`, `hex`, `utf-16`, `utf-32` for secrets that begin with a literal.

    Rules without a literal beginning add no trigger: their encoded secrets are found only where another trigger hits.
    """
    every = sorted({beginning for rule in rules for beginning in _beginnings_of(rule)})
    found = [text for text in every if not any(text.startswith(other) for other in every if other != text)]
    in_base64 = [form for beginning in found for form in _in_base64(beginning)]
    return (
        *_triggers("base64", in_base64, Chars(_BASE64), 24),
        *_triggers("base64-lines", in_base64, Chars(_BASE64), 16, between=(_LINE_END,)),
        *_triggers("hex", map(_in_hex, found), Chars(_HEX), 30),
        *_triggers("utf-16", map(_in_utf16, found), Seq((Chars(frozenset(range(32, 127))), _NUL)), 3),
        *_triggers("utf-32", map(_in_utf32, found), Seq((Chars(frozenset(range(32, 127))), _NUL, _NUL, _NUL)), 3),
    )


def _beginnings_of(rule: PatternRule) -> tuple[bytes, ...]:
    found = beginnings(parse(rule.pattern), longest=_MAX_LENGTH, most=_MAX_BEGINNINGS)
    return found if all(len(text) >= _MIN_LENGTH for text in found) else ()


_LINE_END: Final = Seq(
    (
        Repeat(Chars(_BASE64), 0, _LONGEST_LINE),
        Choice((Chars(frozenset(b"\r\n")), Seq((Chars(frozenset(b"\\")), Chars(frozenset(b"nr")))))),
        Repeat(Chars(frozenset(b" \t\r\n*#/>\"'`+,|\\")), 0, 24),
    )
)
"""The rest of a line of base64, and what may stand before the next."""

# --- encodings -------------------------------------------------------------------------------------------------------

_NUL: Final = Chars(frozenset({0}))


def _in_base64(text: bytes) -> Iterator[RegexNode]:
    """Yield the base64 form of a text at all three alignments, without characters shared with other bytes."""
    for before in range(3):
        letters = b64encode(bytes(before) + text)[(before * 8 + 5) // 6 : (before + len(text)) * 8 // 6]
        if len(letters) >= _MIN_LENGTH:
            yield Seq(tuple(Chars(_URLSAFE.get(letter, frozenset({letter}))) for letter in letters))


def _in_hex(text: bytes) -> RegexNode:
    return Seq(tuple(Chars(frozenset(digit.encode() + digit.upper().encode())) for digit in text.hex()))


def _in_utf16(text: bytes) -> RegexNode:
    return Seq(tuple(part for letter in text for part in (Chars(frozenset({letter})), _NUL)))


def _in_utf32(text: bytes) -> RegexNode:
    return Seq(tuple(part for letter in text for part in (Chars(frozenset({letter})), _NUL, _NUL, _NUL)))


def _triggers(
    name: str, forms: Iterable[RegexNode], letter: RegexNode, following: int, between: tuple[RegexNode, ...] = ()
) -> Iterator[Trigger]:
    """Yield triggers for forms followed by `following` more letters of the encoding, grouped by the form's length."""
    by_length: dict[int, list[RegexNode]] = {}
    for form in forms:
        by_length.setdefault(width(form)[0], []).append(form)
    for same in by_length.values():
        for start in range(0, len(same), _PER_TRIGGER):
            node = Seq(
                (Choice(tuple(same[start : start + _PER_TRIGGER])), *between, Repeat(letter, following, following))
            )
            least, most = width(node)
            yield Trigger(name=name, prefilter=Prefilter(expression=render(node), least=least, most=most, literal=""))
