"""The value gate: a word for a secret, what separates it from a value, and the beginning of a value with a digit.

Hundreds of rules need the name of a vendor some way before the value, in any case of letters. Looked for everywhere,
these names slowed the pass over real code down by a third. Every match of such a rule holds what the gate looks for, so
their names are looked for only before the few places where the gate hits, about one in 50 kB.

Every scan imports this; `frontleak.rules.gate_reach` decides which rules are gated.
"""

from collections.abc import Sequence
from typing import Final

WORDS: Final = tuple(
    "api auth authorization bearer certificate credential passwd password private secret".split()  # noqa: SIM905
)
"""In any case: the last word for a secret in its name; more letters, digits, `_` and `-` may follow."""
COMMON_WORDS: Final = tuple("access code key pat token".split())  # noqa: SIM905
"""As `WORDS`, but only one of `ENDINGS` and parts of the name may follow: `path` and `keyboard` are common."""
ENDINGS: Final = ("s", "id")
"""In any case: what may follow a common word without a break: `keys`, `keyid`."""
NEXT_PART: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
"""With what a further part of a name begins."""
SEPARATOR: Final = b" \t\n\r\f\v\"'`\\/])([:=,|?!<>&;%#+_-"
"""Bytes between a name and its value; what they are escaped with is in `_BETWEEN` and `_ESCAPES`."""
_BETWEEN: Final = tuple("amp apos quot basic bot content default json.stringify string value".split())  # noqa: SIM905
"""In any case: words between a name and its value, no words for a secret: an entity, an attribute, a scheme, a call."""
_ESCAPES: Final = "[nrt]|u00[0-9A-Fa-f]{2}|x[0-9A-Fa-f]{1,2}|0{0,3}[1-6][0-9A-Fa-f]|0[adAD]"
"""Rests of escaped quotes, colons and line breaks: `\\u003d`, `&#039;`, `%3D`."""
_TYPE: Final = r"[A-Za-z][A-Za-z0-9_.|\[\] ]*="
"""A type between a name and its value: `key: string = "…"`."""
LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_+/=.:|~-")
DIGITS: Final = frozenset(b"0123456789")
"""A value is made of `LETTERS` and these, with at least one of these."""
LEAST_VALUE: Final = 16
"""Bytes of the shortest value."""
NAME: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
"""Bytes of a name."""


def _in_any_case(word: str) -> str:
    return "".join(f"[{letter}{letter.upper()}]" for letter in word)


def _class_of(members: bytes | frozenset[int]) -> str:
    return "[" + "".join(f"\\x{byte:02x}" for byte in sorted(members)) + "]"


def _any_of(words: Sequence[str]) -> str:
    """Return an expression for some words, and for others with letters of them at the same places.

    It needs a state for each place, not for each letter of each word: the fewer states, the faster the gate.
    """
    expression = ""
    for place in reversed(range(max(map(len, words)))):
        letters = {letter for word in words for letter in word[place : place + 1]}
        may_end = place in map(len, words)
        expression = _class_of("".join(letters | {letter.upper() for letter in letters}).encode()) + expression
        if may_end:
            expression = f"(?:{expression})?"
    return expression


def _gate() -> str:
    between = _any_of(_BETWEEN)
    separator = _class_of(SEPARATOR)
    letter, byte = _class_of(LETTERS), _class_of(LETTERS | DIGITS)
    # a digit among the first bytes and more after it, or a digit further on
    value = f"{letter}{{0,8}}[0-9]{byte}{{7}}|{letter}{{9,}}[0-9]"
    more = f"{_class_of(NAME)}*"
    words = f"(?:{'|'.join(map(_in_any_case, WORDS))}){more}"
    endings = f"(?:{'|'.join(map(_in_any_case, ENDINGS))})?"
    common = f"(?:{'|'.join(map(_in_any_case, COMMON_WORDS))}){endings}(?:{_class_of(NEXT_PART)}{more})?"
    return f"(?:{words}|{common}){separator}(?:{separator}|{between}|{_ESCAPES}|{_TYPE})*(?:{value})"


GATE: Final = _gate()
"""In the syntax shared by `re`, `regex` and Hyperscan; a match has no longest length."""
