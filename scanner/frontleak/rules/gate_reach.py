"""Which rules are gated: those in whose every match the value gate hits, by the parts of their patterns.

What this does not know is looked for everywhere.
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
from frontleak.rules.value_gate import (
    COMMON_WORDS,
    DIGITS,
    ENDINGS,
    LEAST_VALUE,
    LETTERS,
    NAME,
    NEXT_PART,
    SEPARATOR,
    WORDS,
)

_SEEN: Final = 128
"""Most bytes of a value that the gate needs: one without a digit in all of them does not exist."""
_LONGEST: Final = 910
"""Bytes. Limit for `Prefilter.reach`: all gated prefilters are looked for that far before a hit."""
_MOST_STEPS: Final = 5000
"""Alternatives of a pattern that are tried; for one with more, the answer is that the gate may miss it."""
_SEPARATORS: Final = frozenset(SEPARATOR)


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
    if width(secret)[0] < LEAST_VALUE or not alphabet(secret) <= LETTERS | DIGITS or reach > _LONGEST:
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
            elif alphabet(last) <= _SEPARATORS:
                items.pop()
                separated = separated or width(last)[0] > 0
            else:
                rests = _alternatives(items)
                return bool(rests) and all(self.ends_in_separator(rest, separated=separated) for rest in rests)
        return False

    def _ends_in_word(self, items: Sequence[RegexNode]) -> bool:
        """Return whether a sequence ends in a word for a secret, and perhaps in what the gate lets follow it."""
        self._step()
        items = list(items)
        rest: list[RegexNode] = []
        while items:
            if _is_at_end(items, WORDS) or (_is_at_end(items, COMMON_WORDS) and _may_follow_common_word(rest)):
                return True
            last = items[-1]
            if isinstance(last, Seq):
                items[-1:] = _flat(last)
            elif options := _alternatives(items):
                return all(self._ends_in_word([*option, *rest]) for option in options)
            elif isinstance(last.item if isinstance(last, Repeat) else last, Chars) and alphabet(last) <= NAME:
                rest.insert(0, items.pop())
            else:
                return False
        return False

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise _TooManyError


def _is_at_end(items: Sequence[RegexNode], words: tuple[str, ...]) -> bool:
    """Return whether a sequence ends in one of some words."""
    last = items[-1]
    if not isinstance(last, Chars) or len(last.members) > 2:  # no letter of a word: so ends nearly every sequence
        return False
    letter = chr(min(last.members, default=0)).lower()
    return any(_is_word(items[-len(word) :], word) for word in _by_last_letter(words).get(letter, ()))


def _is_word(items: Sequence[RegexNode], word: str) -> bool:
    return len(items) == len(word) and all(
        isinstance(item, Chars) and item.members <= letter for item, letter in zip(items, _letters(word), strict=True)
    )


@functools.cache
def _by_last_letter(words: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    return {last: [word for word in words if word.endswith(last)] for last in {word[-1] for word in words}}


@functools.cache
def _letters(word: str) -> tuple[frozenset[int], ...]:
    """Return the bytes that each letter of a word may be."""
    return tuple(frozenset((letter + letter.upper()).encode()) for letter in word)


def _may_follow_common_word(rest: Sequence[RegexNode]) -> bool:
    """Return whether the gate lets something follow a common word: an ending, and further parts of a name."""
    for ending in ENDINGS:
        if _is_word(rest[: len(ending)], ending):
            rest = rest[len(ending) :]
            break
    for node in rest:
        if not alphabet(node) <= NEXT_PART:
            return False
        if width(node)[0]:
            return True
    return True


def _alternatives(items: Sequence[RegexNode]) -> list[list[RegexNode]]:
    """Return what a sequence may be, by the alternatives of its last item; empty if there are too many to tell."""
    *rest, last = items
    match last:
        case Choice(options):
            return [[*rest, *_flat(option)] for option in options]
        case Repeat(item, least, most) if most <= 2:
            return [[*rest, *_flat(item) * count] for count in range(least, most + 1)]
    return []
