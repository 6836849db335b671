"""Triggers for encoded secrets, derived from rules by encoding the literal beginnings of their secrets."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Final

from frontleak.rules.pattern_rule import PatternRule, Prefilter, Trigger
from frontleak.rules.regex_ast import Chars, Choice, RegexNode, Repeat, Seq, parse, render, width

_MIN_LENGTH: Final = 3
"""Bytes. Shorter beginnings are not distinctive."""
_MAX_LENGTH: Final = 6
"""Bytes. Longer beginnings are cut."""
_MAX_BEGINNINGS: Final = 7
"""Beginnings per pattern; more than this come from case-insensitive words."""
_PER_TRIGGER: Final = 40
"""Encoded beginnings per trigger."""

_BASE64: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
_HEX: Final = frozenset(b"0123456789abcdefABCDEF")
_URLSAFE: Final = {ord("+"): frozenset(b"+-"), ord("/"): frozenset(b"/_")}


def encoded_triggers(rules: Iterable[PatternRule]) -> tuple[Trigger, ...]:
    """Return the triggers of the decoders `base64`, `hex` and `utf-16` for secrets that begin with a literal.

    Rules without a literal beginning add no trigger: their encoded secrets are found only where another trigger hits.
    """
    every = sorted({beginning for rule in rules for beginning in beginnings(parse(rule.pattern))})
    found = [text for text in every if not any(text.startswith(other) for other in every if other != text)]
    return (
        *_triggers("base64", (form for beginning in found for form in _in_base64(beginning)), Chars(_BASE64), 24),
        *_triggers("hex", map(_in_hex, found), Chars(_HEX), 30),
        *_triggers("utf-16", map(_in_utf16, found), Seq((Chars(frozenset(range(32, 127))), _NUL)), 3),
    )


def beginnings(node: RegexNode) -> tuple[bytes, ...]:
    """Return the beginnings (3 to 6 bytes) of all matches of a node; empty if one is shorter or they are too many."""
    texts = {text for text, _ in _extended([(b"", True)], node)}
    return tuple(sorted(texts)) if all(len(text) >= _MIN_LENGTH for text in texts) else ()


_Beginning = tuple[bytes, bool]
"""A literal text, and whether it is open: can be extended by the next node."""


def _extended(texts: list[_Beginning], node: RegexNode) -> list[_Beginning]:
    """Extend the open texts by a node; close them where it varies in length or allows too many continuations."""
    if not any(is_open for _, is_open in texts):
        return texts
    match node:
        case Chars(members):
            longer = [(text + bytes((c,)), True) for text, is_open in texts if is_open for c in sorted(members)]
        case Choice(options):
            longer = [found for option in options for found in _extended(_open(texts), option)]
        case Repeat(item, least, most):
            longer = _open(texts)
            for _ in range(min(least, _MAX_LENGTH)):
                longer = _extended(longer, item)
            if least != most:
                longer = [(text, False) for text, _ in longer]
        case Seq(items):
            longer = _open(texts)
            for item in items:
                longer = _extended(longer, item)
    closed = [found for found in texts if not found[1]]
    if len(closed) + len(longer) > _MAX_BEGINNINGS:
        return [(text, False) for text, _ in texts]
    return [*closed, *((text[:_MAX_LENGTH], is_open and len(text) < _MAX_LENGTH) for text, is_open in longer)]


def _open(texts: list[_Beginning]) -> list[_Beginning]:
    return [found for found in texts if found[1]]


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


def _triggers(name: str, forms: Iterable[RegexNode], letter: RegexNode, following: int) -> Iterator[Trigger]:
    """Yield triggers for forms followed by `following` more letters of the encoding, grouped by the form's length."""
    by_length: dict[int, list[RegexNode]] = {}
    for form in forms:
        by_length.setdefault(width(form)[0], []).append(form)
    for same in by_length.values():
        for start in range(0, len(same), _PER_TRIGGER):
            node = Seq((Choice(tuple(same[start : start + _PER_TRIGGER])), Repeat(letter, following, following)))
            size = width(node)[0]
            yield Trigger(name=name, prefilter=Prefilter(expression=render(node), least=size, most=size, literal=""))
