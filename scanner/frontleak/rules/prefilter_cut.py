"""Where a prefilter ends: after the first distinctive part of an expression, so that its length is fixed.

What a pass could not look for fast is rewritten: long gaps are shortened, and short literals are spelled out.
"""

import functools
from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Final

from frontleak.rules.match_rates import (
    FEW,
    HOSTILE_RATE,
    LITERAL_RATE,
    MOST_VARIANTS,
    ORDINARY_RATE,
    code_rate,
    hostile_rate,
    literal_rate,
    longest_literal,
    lowered,
)
from frontleak.rules.regex_ast import KEPT, Chars, Choice, RegexNode, Repeat, Seq, alphabet, render, width

_SPELLED: Final = 3
"""Bytes at the beginning that are written out."""
_MOST_SPELLED: Final = 128
_MOST_REPEATS: Final = 8
"""Repeats of a part that varies in length; more make an expression that Hyperscan refuses as too large."""
_LARGEST: Final = 600
"""Characters of the expression of what follows a name; above that, the pass looks for the name alone."""
_STRETCH: Final = 64
"""Bytes that such a gap may have; a list of words has less."""


def is_distinctive(node: RegexNode) -> bool:
    """Return whether a part hits rarely enough to end there; a name alone does not, if more follows."""
    return code_rate(node) <= ORDINARY_RATE and hostile_rate(node) <= HOSTILE_RATE and not _is_lone_name(node)


def _has_rare_literal(node: RegexNode) -> bool:
    return literal_rate(node) <= LITERAL_RATE and hostile_rate(node) <= HOSTILE_RATE


def _is_small(node: RegexNode) -> bool:
    return len(render(without_long_gaps(node))) <= _LARGEST


@functools.lru_cache(maxsize=KEPT)
def _is_lone_name(node: RegexNode) -> bool:
    """Return whether a node is no more than a word in any case (or one of several), and gaps that may be empty.

    A word is more frequent in code than its letters: `stream` is in half of all files.
    """
    parts = list(node.items if isinstance(node, Seq) else (node,))
    while parts and not width(parts[-1])[0]:
        parts.pop()
    return bool(parts) and all(map(_is_name, parts))


def _is_name(node: RegexNode) -> bool:
    match node:
        case Chars(members):
            return len({lowered(c) for c in members}) == 1 < len(members)
        case Seq(items) | Choice(items):
            return all(map(_is_name, items))
        case Repeat(item):
            return _is_name(item)


def cut_of(node: RegexNode, *, whole: bool = False) -> RegexNode:
    """Cut a node after its first distinctive part (unless `whole`), and cut an end of variable length."""
    match node:
        case Chars():
            return node
        case Choice(options):
            return Choice(tuple(cut_of(option) for option in options))
        case Repeat(item, least, _):
            return _least_repeats(item, least)
        case Seq(items):
            return _cut_sequence(items, whole=whole)


def _cut_sequence(items: Sequence[RegexNode], *, whole: bool) -> RegexNode:
    """Cut a sequence; where much that varies follows a name, after the name."""
    taken: list[RegexNode] = []
    name: RegexNode | None = None
    for item in items:
        if not whole and not _fixed(item):
            if name is None and _is_lone_name(found := Seq(tuple(taken))) and _has_rare_literal(found):
                name = found
            stopped = Seq((*taken, cut_of(item)))
            if is_distinctive(stopped):
                return stopped if name is None or _is_small(stopped) else name
        taken.append(item)
    if name is not None and not _is_small(Seq(tuple(taken))):
        return name
    while taken and not _fixed(taken[-1]):
        last = cut_of(taken.pop())
        if width(last)[1]:
            taken.append(last)
            break
    return Seq(tuple(taken))


def without_long_gaps(node: RegexNode) -> RegexNode:
    """Replace each long gap by the bytes that it may hold, as many as it may have.

    The pass looks for what is before and after it. Spelled out, the text between a name and its value (`{{key}}`) is
    too large for a pass in which a hundred rules have it.
    """
    least, most = width(node)
    if least == 0 and most > _STRETCH and not (isinstance(node, Repeat) and isinstance(node.item, Chars)):
        return Repeat(Chars(alphabet(node)), least, most)
    match node:
        case Seq(items):
            return Seq(tuple(map(without_long_gaps, items)))
        case Choice(options):
            return Choice(tuple(map(without_long_gaps, options)))
    return node


def spelled_out(node: RegexNode) -> RegexNode:
    """Write out a beginning whose literal is too short, so that every alternative holds one of three bytes.

    `AC[0-9a-f]{32}` as sixteen alternatives took a third of the time in the pass over 110 MB of real bundles. The four
    classes that begin a token of Discord, as 120 alternatives, spared the pass over all rules a fifth.
    """
    if longest_literal(node)[0] >= _SPELLED:
        return node
    first: list[frozenset[int]] = []
    rest = [node]
    while len(first) < _SPELLED and rest:
        match rest.pop(0):
            case Chars(members):
                first.append(members)
            case Seq(items):
                rest[:0] = items
            case Repeat(item, least, most) if 0 < least == most:
                rest[:0] = (item, Repeat(item, least - 1, most - 1)) if least > 1 else (item,)
            case _:
                return node
    sizes = [len(members) for members in first]
    if len(sizes) < _SPELLED or max(sizes) > MOST_VARIANTS or not FEW < prod(sizes) <= _MOST_SPELLED:
        return node
    return Choice(tuple(Seq((*map(_exactly, text), *rest)) for text in product(*map(sorted, first))))


def _exactly(byte: int) -> Chars:
    return Chars(frozenset({byte}))


def _least_repeats(item: RegexNode, least: int) -> RegexNode:
    """Return a repeat with nothing after the last required one, which is cut where it varies in length."""
    if not least:
        return Seq(())
    if _fixed(item):
        return Repeat(item, least, least)
    before = min(least, _MOST_REPEATS) - 1
    return Seq((Repeat(item, before, before), cut_of(item))) if before else cut_of(item)


def _fixed(node: RegexNode) -> bool:
    least, most = width(node)
    return least == most
