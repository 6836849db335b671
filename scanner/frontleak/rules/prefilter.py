"""Derive the prefilter of a pattern: the short expression that the engine's pass looks for.

A prefilter is the beginning of the pattern, up to where it is distinctive. Its end has a fixed length, because an open
tail produces one event for every byte it covers. A pass is fast only if it can look for literals: where the beginning
holds no literal that is rare in code, the prefilter is taken from further inside the pattern, with the distance to the
beginning of the match.
"""

from collections.abc import Iterator
from typing import Final

from frontleak.core.records import replace
from frontleak.rules.match_rates import HOSTILE_RATE, LITERAL_RATE, hostile_rate, literal_rate, lowered
from frontleak.rules.pattern_rule import Prefilter
from frontleak.rules.prefilter_cut import cut_of, is_distinctive, spelled_out, without_long_gaps
from frontleak.rules.regex_ast import Chars, RegexError, RegexNode, Seq, parse, render, width

NO_RARE_LITERAL: Final = (
    "no literal that is rare in code (three letters, or a byte such as @) in every alternative,"
    " so it slows down the search for all rules"
)
"""What is wrong with a prefilter above `LITERAL_RATE`."""
_MOST_STARTS: Final = 256
"""Bytes. Limit for the range in which a match may begin before an inner prefilter: each is tried."""


def prefilter_of(node: RegexNode, *, whole: bool = False) -> Prefilter:
    """Return the shortest distinctive part of a pattern that holds a rare literal.

    The beginning is preferred, then the first part inside that will do. If there is none with a rare literal, the
    beginning is returned without; `literal_rate` tells.

    Args:
        node: a parsed pattern.
        whole: take all of the pattern, from its beginning up to an open end.

    Raises:
        RegexError: no beginning is distinctive: even the whole pattern would hit too often on its worst-case text.
    """
    beginning: Prefilter | RegexError
    try:
        cut = cut_of(node, whole=True) if whole else without_long_gaps(cut_of(node))
        beginning = _prefilter(cut)
        if whole or literal_rate(cut) <= LITERAL_RATE:
            return beginning
    except RegexError as error:
        if whole:
            raise
        beginning = error
    for before, rest in _inner(node):
        least, most = width(before)
        if (
            most - least <= _MOST_STARTS
            and literal_rate(cut := without_long_gaps(cut_of(rest))) <= LITERAL_RATE
            and is_distinctive(cut)
        ):
            return replace(_prefilter(cut), before_least=least, before_most=most)
    if isinstance(beginning, RegexError):
        raise beginning
    return beginning


def has_rare_literal(prefilter: Prefilter, rate: float = LITERAL_RATE) -> bool:
    """Return whether every match of a prefilter holds a literal that is rare in code, so that the pass stays fast.

    `rate` is the highest number of times that such a literal may be expected at each byte.
    """
    return literal_rate(parse(prefilter.expression)) <= rate


def _prefilter(cut: RegexNode) -> Prefilter:
    worst = hostile_rate(cut)
    least, most = width(cut)
    if worst > HOSTILE_RATE or least < 2:
        raise RegexError(
            f"no distinctive beginning: in the worst case it matches at 1 in {max(1, round(1 / max(worst, 1e-9)))}"
            " bytes; begin with a literal, or add a `near` with a distinctive pattern"
        )
    return Prefilter(expression=render(spelled_out(cut)), least=least, most=most, literal=_literal(cut))


def _inner(node: RegexNode) -> Iterator[tuple[RegexNode, RegexNode]]:
    """Yield each way to divide a sequence in two, without those where the second part may begin with nothing."""
    if isinstance(node, Seq):
        items = [part for item in node.items for part in (item.items if isinstance(item, Seq) else (item,))]
        for index in range(1, len(items)):
            if width(items[index])[0]:
                yield Seq(tuple(items[:index])), Seq(tuple(items[index:]))


def _literal(node: RegexNode) -> str:
    """Return the longest text, in lower case, that every match of a node contains."""
    best, run = "", ""
    for item in node.items if isinstance(node, Seq) else (node,):
        folded = {lowered(c) for c in item.members} if isinstance(item, Chars) else set()
        if len(folded) == 1:
            run += folded.pop()
        else:
            run = ""
            if isinstance(item, Seq) and len(inner := _literal(item)) > len(best):
                best = inner
        best = max(best, run, key=len)
    return best
