"""How often an expression matches: in the worst text for it, in ordinary code, by the literal in it."""

import functools
import string
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import prod
from typing import Final

from frontleak.rules.byte_frequencies import BYTE_RATES
from frontleak.rules.regex_ast import KEPT, Chars, Choice, RegexNode, Repeat, Seq, alphabet

HOSTILE_RATE: Final = 1 / 200
"""Limit for hits of a prefilter per byte of its worst-case text."""
LITERAL_RATE: Final = 1 / 1000
"""Limit for the literal of a prefilter per byte of ordinary code: about three letters, two rare ones, or an `@`.

Two rules without such a literal took half of the time of the pass over all 126 prefilters, on 110 MB of real bundles.
"""
ORDINARY_RATE: Final = 1e-7
"""A prefilter ends as soon as it hits less often than this per byte of ordinary minified code.

Longer prefilters hit less often but slow the pass: 1e-11 took 1.6 times as long, more than the confirmations it saved.
"""
_WORD_RATE: Final = 1e-5
"""Least rate of a word: 50 vendors' names occurred 10 to 80 times per MB of real bundles, whatever their length, as
`canva` is in `canvas` and `linear` is a word; `standard`, of a key `standard_…`, occurred 36 times."""
MOST_VARIANTS: Final = 16
"""Spellings of one literal, apart from case: a pass tries them all."""
FEW: Final = 4
"""Spellings of one byte up to which it counts as part of a literal; more only make it rarer."""
_LONGEST_LITERAL: Final = 8
"""Bytes of a literal that a pass looks at."""
_NO_LITERAL: Final = (0, 1.0)


def hostile_rate(node: RegexNode) -> float:
    """Return the matches of a node per byte of random text over its own alphabet, at most 1."""
    return _rate(node, max(1, len(alphabet(node))))


def _rate(node: RegexNode, letters: int) -> float:
    """Return the matches of a node per byte of random text over some letters, those of the node among them."""
    match node:
        case Chars(members):
            return len(members) / letters
        case Seq(items):
            return prod(_rate(item, letters) for item in items)
        case Choice(options):
            return min(1.0, sum(_rate(option, letters) for option in options))
        case Repeat(item, least, _):
            return float(_rate(item, letters) ** least)


@functools.lru_cache(maxsize=KEPT)
def _rate_of_byte(members: frozenset[int]) -> float:
    """Return how often one of some bytes occurs per byte of ordinary code."""
    return min(1.0, sum(BYTE_RATES[c] for c in members))


@functools.lru_cache(maxsize=KEPT)
def code_rate(node: RegexNode) -> float:
    """Return the matches of a node per byte of ordinary code, in which words are frequent; at most 1."""
    match node:
        case Chars(members):
            return _rate_of_byte(members)
        case Seq(items):
            product = 1.0
            parts = (part for item in items for part in (item.items if isinstance(item, Seq) else (item,)))
            for is_word, run in groupby(parts, key=_is_one_letter):
                rates = prod(map(code_rate, run))
                product *= max(rates, _WORD_RATE) if is_word else rates
            return product
        case Choice(options):
            return min(1.0, sum(map(code_rate, options)))
        case Repeat(item, least, _):
            return float(code_rate(item) ** least)


def _is_one_letter(node: RegexNode) -> bool:
    """Return whether a node is one letter, in one case or in either."""
    return isinstance(node, Chars) and node.members <= _LETTERS and len(set(map(lowered, node.members))) == 1


def literal_rate(node: RegexNode) -> float:
    """Return how often the literal that a pass looks for occurs in ordinary code, per byte; 1 without one."""
    return longest_literal(node)[1]


@functools.lru_cache(maxsize=KEPT)
def longest_literal(node: RegexNode) -> tuple[int, float]:
    """Return length and rate of the literal that a pass looks for: the longest that every match holds, or the first.

    Alternatives need a literal each; it may vary a little, as in `gh[opsu]_`, of length 4.
    """
    match node:
        case Chars():
            return _literal_of_run((node,))
        case Choice(options):
            found = [longest_literal(option) for option in options]
            return min(length for length, _ in found), min(1.0, sum(rate for _, rate in found))
        case Repeat(item, least, _):
            return longest_literal(Seq((item,) * min(least, _LONGEST_LITERAL))) if least else _NO_LITERAL
        case Seq(items):
            found = [_NO_LITERAL]
            run: list[Chars] = []
            for part in _flat(items):
                if isinstance(part, Chars):
                    run.append(part)
                    continue
                found += (_literal_of_run(run), longest_literal(part))
                run = []
            return max((*found, _literal_of_run(run)), key=_length)


def _flat(items: Sequence[RegexNode]) -> Iterator[RegexNode]:
    """Yield the parts of a sequence, with inner sequences and fixed repeats of one byte written out."""
    for item in items:
        match item:
            case Seq(inner):
                yield from _flat(inner)
            case Repeat(Chars() as inner, least, most) if least == most:
                yield from (inner,) * min(least, _LONGEST_LITERAL)
            case _:
                yield item


def _literal_of_run(run: Sequence[Chars]) -> tuple[int, float]:
    """Return length and rate of the longest literal in consecutive bytes, the rarest of equals."""
    best = _NO_LITERAL
    for start in range(len(run)):
        variants, length, rate = 1, 0, 1.0
        for chars in run[start : start + _LONGEST_LITERAL]:
            spellings = len({lowered(c) for c in chars.members})
            variants *= spellings
            if variants > MOST_VARIANTS:
                break
            length += spellings <= FEW
            rate *= _rate_of_byte(chars.members)
        best = max(best, (length, rate), key=lambda found: (found[0], -found[1]))
    return best


def _length(literal: tuple[int, float]) -> int:
    return literal[0]


def lowered(byte: int) -> str:
    """Return a byte as a character, with ASCII letters in lower case, like `bytes.lower`."""
    return _LOWERED[byte]


_LOWERED: Final = bytes(range(256)).lower().decode("latin-1")
_LETTERS: Final = frozenset(string.ascii_letters.encode())
