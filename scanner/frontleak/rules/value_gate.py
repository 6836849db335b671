"""The value gate: a word for a secret, what separates it from a value, and the beginning of a value with a digit.

Hundreds of rules need the name of a vendor some way before the value, in any case of letters. Looked for everywhere,
these names slowed the pass over real code down by a third. Every match of such a rule holds what the gate looks for, so
their names are looked for only before the few places where the gate hits, about one in 40 kB.

Every scan imports this; `frontleak.rules.gate_reach` decides which rules are gated.
"""

from typing import Final

WORDS: Final = tuple(
    "access api auth bearer certificate code credential key passw pat private secret token".split()  # noqa: SIM905
)
"""In any case: the last word for a secret in its name; more letters, digits, `_` and `-` may follow."""
SEPARATOR: Final = b" \t\n\r\f\v\"'`\\/])([:=,|?!<>&;%#+_-"
"""Bytes between a name and its value; the characters that they are escaped with are in `_BETWEEN`."""
_BETWEEN: Final = tuple(
    "api amp apos basic bearer bot content default key quot string token value".split()  # noqa: SIM905
)
"""In any case: words between a name and its value: a scheme, the name of an attribute, an escape."""
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


def _gate() -> str:
    words = "|".join(map(_in_any_case, WORDS))
    between = "|".join(map(_in_any_case, _BETWEEN))
    separator = _class_of(SEPARATOR)
    letter, byte = _class_of(LETTERS), _class_of(LETTERS | DIGITS)
    # a digit among the first bytes and more after it, or a digit further on
    value = f"{letter}{{0,8}}[0-9]{byte}{{7}}|{letter}{{9,}}[0-9]"
    return f"(?:{words}){_class_of(NAME)}*{separator}(?:{separator}|{between}|{_ESCAPES}|{_TYPE})*(?:{value})"


GATE: Final = _gate()
"""In the syntax shared by `re`, `regex` and Hyperscan; a match has no longest length."""
