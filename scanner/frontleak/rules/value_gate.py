"""The value gate: a word for a secret, what separates it from a value, and the beginning of a value with a digit.

Hundreds of rules need the name of a vendor some way before the value, in any case of letters. Looked for everywhere,
these names slowed the pass over real code down by a third. Every match of such a rule holds what the gate looks for, so
their names are looked for only before the few places where the gate hits, about one in 40 kB.

`reach_of` decides by the parts of a pattern whether that holds; what it does not know is looked for everywhere.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Final

from frontleak.rules.macros import expand
from frontleak.rules.regex_ast import (
    Chars,
    Choice,
    RegexNode,
    Repeat,
    Seq,
    alphabet,
    group_node,
    node_before_group,
    parse,
    width,
)

_WORDS: Final = tuple(
    "access api auth bearer certificate code credential key passw pat private secret token".split()  # noqa: SIM905
)
"""In any case: the last word for a secret in its name; more letters, digits, `_` and `-` may follow."""
_SEPARATOR: Final = b" \t\n\r\f\v\"'`\\/])([:=,|?!<>&;%#+_-"
"""Bytes between a name and its value; the characters that they are escaped with are in `_BETWEEN`."""
_BETWEEN: Final = tuple(
    "api amp apos basic bearer bot content default key quot string token value".split()  # noqa: SIM905
)
"""In any case: words between a name and its value: a scheme, the name of an attribute, an escape."""
_ESCAPES: Final = "[nrt]|u00[0-9A-Fa-f]{2}|x[0-9A-Fa-f]{1,2}|0{0,3}[1-6][0-9A-Fa-f]|0[adAD]"
"""Rests of escaped quotes, colons and line breaks: `\\u003d`, `&#039;`, `%3D`."""
_TYPE: Final = r"[A-Za-z][A-Za-z0-9_.|\[\] ]*="
"""A type between a name and its value: `key: string = "…"`."""
_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_+/=.:|~-")
_DIGITS: Final = frozenset(b"0123456789")
LEAST_VALUE: Final = 16
"""Bytes of the shortest value."""
_SEEN: Final = 128
"""Most bytes of a value that the gate needs: one without a digit in all of them does not exist."""
_LONGEST: Final = 900
"""Bytes. Limit for `Prefilter.reach`: all gated prefilters are looked for that far before a hit."""
_MOST_STEPS: Final = 5000
"""Alternatives of a pattern that are tried; for one with more, the answer is that the gate may miss it."""
_WORD: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def _in_any_case(word: str) -> str:
    return "".join(f"[{letter}{letter.upper()}]" for letter in word)


def _class_of(members: bytes | frozenset[int]) -> str:
    return "[" + "".join(f"\\x{byte:02x}" for byte in sorted(members)) + "]"


def _gate() -> str:
    words = "|".join(map(_in_any_case, _WORDS))
    between = "|".join(map(_in_any_case, _BETWEEN))
    separator = _class_of(_SEPARATOR)
    letter, byte = _class_of(_LETTERS), _class_of(_LETTERS | _DIGITS)
    # a digit among the first bytes and more after it, or a digit further on
    value = f"{letter}{{0,8}}[0-9]{byte}{{7}}|{letter}{{9,}}[0-9]"
    return f"(?:{words}){_class_of(_WORD)}*{separator}(?:{separator}|{between}|{_ESCAPES}|{_TYPE})*(?:{value})"


GATE: Final = _gate()
"""In the syntax shared by `re`, `regex` and Hyperscan; a match has no longest length."""


class _TooManyError(Exception):
    """A pattern has more alternatives than are tried."""


def reach_of(pattern: str, require: Mapping[str, Any], macros: Mapping[str, str]) -> int:
    """Return `Prefilter.reach` for a rule: positive only if the gate hits in each of its matches.

    Args:
        pattern: the expanded pattern, valid, with a group `secret`.
        require: what the rule requires of its secret.
        macros: those that the pattern was expanded with.
    """
    secret, before = group_node(pattern, "secret"), node_before_group(pattern, "secret")
    if before is None or not require.get("digits") or require.get("assigned"):
        return 0
    reach = width(before)[1] + _SEEN
    if width(secret)[0] < LEAST_VALUE or not alphabet(secret) <= _LETTERS | _DIGITS or reach > _LONGEST:
        return 0
    try:
        return reach if _Walk(_separators(macros)).ends_in_separator([before], separated=False) else 0
    except _TooManyError:
        return 0


def _separators(macros: Mapping[str, str]) -> tuple[tuple[RegexNode, ...], ...]:
    """Return the macros for what is between a name and its value, as sequences of nodes."""
    known = [f"{{{{{name}}}}}" for name in ("given", "assign", "quote", "line-end") if name in macros]
    return tuple(_parts(expand(text, macros)) for text in known)


@functools.lru_cache
def _parts(expression: str) -> tuple[RegexNode, ...]:
    return tuple(_flat(parse(expression)))


def _flat(node: RegexNode) -> list[RegexNode]:
    return [part for item in node.items for part in _flat(item)] if isinstance(node, Seq) else [node]


class _Walk:
    """Walks over the part before a secret from its end to its beginning, in every alternative."""

    def __init__(self, separators: Sequence[tuple[RegexNode, ...]]) -> None:
        self._separators = separators
        self._steps = 0

    def ends_in_separator(self, items: Sequence[RegexNode], *, separated: bool) -> bool:
        """Return whether a sequence ends in a word for a secret and a separator.

        `separated` tells that what follows the sequence is a separator already.
        """
        self._step()
        items = list(items)
        while items:
            if separated and self._ends_in_word(items):
                return True
            last = items.pop()
            if isinstance(last, Seq):
                items += _flat(last)
                continue
            items.append(last)
            known = next((each for each in self._separators if tuple(items[-len(each) :]) == each), None)
            if known is not None:
                del items[-len(known) :]
                separated = separated or any(width(part)[0] for part in known)
            elif alphabet(last) <= frozenset(_SEPARATOR):
                items.pop()
                separated = separated or width(last)[0] > 0
            else:
                rests = _alternatives(items)
                return bool(rests) and all(self.ends_in_separator(rest, separated=separated) for rest in rests)
        return False

    def _ends_in_word(self, items: Sequence[RegexNode]) -> bool:
        """Return whether a sequence ends in a word for a secret, and perhaps more letters, digits, `_` and `-`."""
        self._step()
        items = list(items)
        while items:
            if any(map(functools.partial(_is_at_end, items), _EXACT_WORDS)):
                return True
            last = items[-1]
            if isinstance(last, Seq):
                items[-1:] = _flat(last)
            elif isinstance(last.item if isinstance(last, Repeat) else last, Chars) and alphabet(last) <= _WORD:
                items.pop()
            else:
                rests = _alternatives(items)
                return bool(rests) and all(map(self._ends_in_word, rests))
        return False

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise _TooManyError


_EXACT_WORDS: Final = tuple(tuple(frozenset({ord(c), ord(c.upper())}) for c in word) for word in _WORDS)


def _is_at_end(items: Sequence[RegexNode], word: Sequence[frozenset[int]]) -> bool:
    tail = items[-len(word) :]
    return len(tail) == len(word) and all(
        isinstance(item, Chars) and item.members <= letters for item, letters in zip(tail, word, strict=True)
    )


def _alternatives(items: Sequence[RegexNode]) -> list[list[RegexNode]]:
    """Return what a sequence may be, by the alternatives of its last item; empty if there are too many to tell."""
    *rest, last = items
    match last:
        case Choice(options):
            return [[*rest, *_flat(option)] for option in options]
        case Repeat(item, least, most) if most <= 2:
            return [[*rest, *_flat(item) * count] for count in range(least, most + 1)]
    return []
