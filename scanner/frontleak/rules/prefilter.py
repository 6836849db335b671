"""Derive the prefilter of a pattern: the short expression that the engine's pass looks for.

A prefilter is the beginning of the pattern, up to where it is distinctive. Its end has a fixed length, because an open
tail produces one event for every byte it covers. A pass is fast only if it can look for literals: where the beginning
holds no literal that is rare in code, the prefilter is taken from further inside the pattern, with the distance to the
beginning of the match.
"""

import functools
import string
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, product
from math import log2, prod
from typing import Final

from frontleak.core.records import replace
from frontleak.rules.pattern_rule import Prefilter
from frontleak.rules.regex_ast import (
    ALL_BYTES,
    KEPT,
    Chars,
    Choice,
    RegexError,
    RegexNode,
    Repeat,
    Seq,
    alphabet,
    parse,
    render,
    width,
)

HOSTILE_RATE: Final = 1 / 200
"""Limit for hits of a prefilter per byte of its worst-case text."""
LITERAL_RATE: Final = 1 / 1000
"""Limit for the literal of a prefilter per byte of ordinary code: about three letters, two rare ones, or an `@`.

Two rules without such a literal took half of the time of the pass over all 126 prefilters, on 110 MB of real bundles.
"""
NO_RARE_LITERAL: Final = (
    "no literal that is rare in code (three letters, or a byte such as @) in every alternative,"
    " so it slows down the search for all rules"
)
"""What is wrong with a prefilter above that limit."""
_ORDINARY_RATE: Final = 1e-7
"""A prefilter ends as soon as it hits less often than this per byte of ordinary minified code.

Longer prefilters hit less often but slow the pass: 1e-11 took 1.6 times as long, more than the confirmations it saved.
"""
_WORD_RATE: Final = 1e-5
"""Least rate of a word: 50 vendors' names occurred 10 to 80 times per MB of real bundles, whatever their length, as
`canva` is in `canvas` and `linear` is a word; `standard`, of a key `standard_…`, occurred 36 times."""
_MOST_VARIANTS: Final = 16
"""Spellings of one literal, apart from case: a pass tries them all."""
_FEW: Final = 4
"""Spellings of one byte up to which it counts as part of a literal; more only make it rarer."""
_SPELLED: Final = 3
"""Bytes at the beginning that are written out."""
_MOST_SPELLED: Final = 128
_MOST_REPEATS: Final = 8
"""Repeats of a part that varies in length; more make an expression that Hyperscan refuses as too large."""
_LONGEST_LITERAL: Final = 8
"""Bytes of a literal that a pass looks at."""
_NO_LITERAL: Final = (0, 1.0)
_LARGEST: Final = 600
"""Characters of the expression of what follows a name; above that, the pass looks for the name alone."""
_STRETCH: Final = 64
"""Bytes that such a gap may have; a list of words has less."""
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
        cut = _cut(node, whole=True) if whole else _without_long_gaps(_cut(node))
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
            and literal_rate(cut := _without_long_gaps(_cut(rest))) <= LITERAL_RATE
            and _is_distinctive(cut)
        ):
            return replace(_prefilter(cut), before_least=least, before_most=most)
    if isinstance(beginning, RegexError):
        raise beginning
    return beginning


def has_rare_literal(prefilter: Prefilter) -> bool:
    """Return whether every match of a prefilter holds a literal that is rare in code, so that the pass stays fast."""
    return literal_rate(parse(prefilter.expression)) <= LITERAL_RATE


def _prefilter(cut: RegexNode) -> Prefilter:
    worst = _hostile_rate(cut)
    least, most = width(cut)
    if worst > HOSTILE_RATE or least < 2:
        raise RegexError(
            f"no distinctive beginning: in the worst case it matches at 1 in {max(1, round(1 / max(worst, 1e-9)))}"
            " bytes; begin with a literal, or add a `near` with a distinctive pattern"
        )
    return Prefilter(expression=render(_spelled_out(cut)), least=least, most=most, literal=_literal(cut))


def _inner(node: RegexNode) -> Iterator[tuple[RegexNode, RegexNode]]:
    """Yield each way to divide a sequence in two, without those where the second part may begin with nothing."""
    if isinstance(node, Seq):
        items = [part for item in node.items for part in (item.items if isinstance(item, Seq) else (item,))]
        for index in range(1, len(items)):
            if width(items[index])[0]:
                yield Seq(tuple(items[:index])), Seq(tuple(items[index:]))


# --- where to cut ----------------------------------------------------------------------------------------------------


def _is_distinctive(node: RegexNode) -> bool:
    """Return whether a part hits rarely enough to end there; a name alone does not, if more follows."""
    return _code_rate(node) <= _ORDINARY_RATE and _hostile_rate(node) <= HOSTILE_RATE and not _is_lone_name(node)


def _has_rare_literal(node: RegexNode) -> bool:
    return literal_rate(node) <= LITERAL_RATE and _hostile_rate(node) <= HOSTILE_RATE


def _is_small(node: RegexNode) -> bool:
    return len(render(_without_long_gaps(node))) <= _LARGEST


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
            return len({_lowered(c) for c in members}) == 1 < len(members)
        case Seq(items) | Choice(items):
            return all(map(_is_name, items))
        case Repeat(item):
            return _is_name(item)


def _cut(node: RegexNode, *, whole: bool = False) -> RegexNode:
    """Cut a node after its first distinctive part (unless `whole`), and cut an end of variable length."""
    match node:
        case Chars():
            return node
        case Choice(options):
            return Choice(tuple(_cut(option) for option in options))
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
            stopped = Seq((*taken, _cut(item)))
            if _is_distinctive(stopped):
                return stopped if name is None or _is_small(stopped) else name
        taken.append(item)
    if name is not None and not _is_small(Seq(tuple(taken))):
        return name
    while taken and not _fixed(taken[-1]):
        last = _cut(taken.pop())
        if width(last)[1]:
            taken.append(last)
            break
    return Seq(tuple(taken))


def _without_long_gaps(node: RegexNode) -> RegexNode:
    """Replace each long gap by the bytes that it may hold, as many as it may have.

    The pass looks for what is before and after it. Spelled out, the text between a name and its value (`{{key}}`) is
    too large for a pass in which a hundred rules have it.
    """
    least, most = width(node)
    if least == 0 and most > _STRETCH and not (isinstance(node, Repeat) and isinstance(node.item, Chars)):
        return Repeat(Chars(alphabet(node)), least, most)
    match node:
        case Seq(items):
            return Seq(tuple(map(_without_long_gaps, items)))
        case Choice(options):
            return Choice(tuple(map(_without_long_gaps, options)))
    return node


def _spelled_out(node: RegexNode) -> RegexNode:
    """Write out a beginning whose literal is too short, so that every alternative holds one of three bytes.

    `AC[0-9a-f]{32}` as sixteen alternatives took a third of the time in the pass over 110 MB of real bundles. The four
    classes that begin a token of Discord, as 120 alternatives, spared the pass over all rules a fifth.
    """
    if _longest_literal(node)[0] >= _SPELLED:
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
    if len(sizes) < _SPELLED or max(sizes) > _MOST_VARIANTS or not _FEW < prod(sizes) <= _MOST_SPELLED:
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
    return Seq((Repeat(item, before, before), _cut(item))) if before else _cut(item)


def _fixed(node: RegexNode) -> bool:
    least, most = width(node)
    return least == most


# --- how often a node matches ----------------------------------------------------------------------------------------

_ORDINARY: Final = (
    dict.fromkeys(ALL_BYTES, 0.0005)
    | dict.fromkeys(b"!\"'()*+,-./:;<=>?[]{}|&_$", 0.012)
    | dict.fromkeys(string.ascii_lowercase.encode(), 0.025)
    | dict.fromkeys(string.ascii_uppercase.encode(), 0.004)
    | dict.fromkeys(string.digits.encode(), 0.006)
    | {32: 0.03}
)
"""Byte frequencies of ordinary minified code."""


def _hostile_rate(node: RegexNode) -> float:
    """Return the matches of a node per byte of random text over its own alphabet, at most 1."""
    return _rate(node, max(1, len(alphabet(node))))


_PLACES: Final = 6
"""Parts of a text that are compared."""


@functools.cache
def _bits() -> tuple[float, ...]:
    """Return how rare each byte is in ordinary code, in bits."""
    return tuple(-log2(rate) if rate else 16.0 for rate in _ORDINARY)


def ordinary_rate(text: bytes) -> float:
    """Return how often a literal occurs per byte of random text with the frequencies of minified code."""
    return prod(_ORDINARY[c] for c in text)


def rarest_part(text: bytes, length: int) -> int:
    """Return where a part of some length begins that is rare in ordinary code; 0 for a shorter text."""
    if len(text) <= length:
        return 0
    sums = list(accumulate(map(_bits().__getitem__, text), initial=0.0))
    rest = len(text) - length
    return max(range(0, rest + 1, max(1, rest // _PLACES)), key=lambda start: sums[start + length] - sums[start])


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
    return min(1.0, sum(_ORDINARY[c] for c in members))


@functools.lru_cache(maxsize=KEPT)
def _code_rate(node: RegexNode) -> float:
    """Return the matches of a node per byte of ordinary code, in which words are frequent; at most 1."""
    match node:
        case Chars(members):
            return _rate_of_byte(members)
        case Seq(items):
            product = 1.0
            parts = (part for item in items for part in (item.items if isinstance(item, Seq) else (item,)))
            for is_word, run in groupby(parts, key=_is_one_letter):
                rates = prod(map(_code_rate, run))
                product *= max(rates, _WORD_RATE) if is_word else rates
            return product
        case Choice(options):
            return min(1.0, sum(map(_code_rate, options)))
        case Repeat(item, least, _):
            return float(_code_rate(item) ** least)


def _is_one_letter(node: RegexNode) -> bool:
    """Return whether a node is one letter, in one case or in either."""
    return isinstance(node, Chars) and node.members <= _LETTERS and len(set(map(_lowered, node.members))) == 1


def literal_rate(node: RegexNode) -> float:
    """Return how often the literal that a pass looks for occurs in ordinary code, per byte; 1 without one."""
    return _longest_literal(node)[1]


@functools.lru_cache(maxsize=KEPT)
def _longest_literal(node: RegexNode) -> tuple[int, float]:
    """Return length and rate of the literal that a pass looks for: the longest that every match holds, or the first.

    Alternatives need a literal each; it may vary a little, as in `gh[opsu]_`, of length 4.
    """
    match node:
        case Chars():
            return _literal_of_run((node,))
        case Choice(options):
            found = [_longest_literal(option) for option in options]
            return min(length for length, _ in found), min(1.0, sum(rate for _, rate in found))
        case Repeat(item, least, _):
            return _longest_literal(Seq((item,) * min(least, _LONGEST_LITERAL))) if least else _NO_LITERAL
        case Seq(items):
            found = [_NO_LITERAL]
            run: list[Chars] = []
            for part in _flat(items):
                if isinstance(part, Chars):
                    run.append(part)
                    continue
                found += (_literal_of_run(run), _longest_literal(part))
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
            spellings = len({_lowered(c) for c in chars.members})
            variants *= spellings
            if variants > _MOST_VARIANTS:
                break
            length += spellings <= _FEW
            rate *= _rate_of_byte(chars.members)
        best = max(best, (length, rate), key=lambda found: (found[0], -found[1]))
    return best


def _length(literal: tuple[int, float]) -> int:
    return literal[0]


def _lowered(byte: int) -> str:
    """Return a byte as a character, with ASCII letters in lower case, like `bytes.lower`."""
    return _LOWERED[byte]


_LOWERED: Final = bytes(range(256)).lower().decode("latin-1")
_LETTERS: Final = frozenset(string.ascii_letters.encode())


def _literal(node: RegexNode) -> str:
    """Return the longest text, in lower case, that every match of a node contains."""
    best, run = "", ""
    for item in node.items if isinstance(node, Seq) else (node,):
        folded = {_lowered(c) for c in item.members} if isinstance(item, Chars) else set()
        if len(folded) == 1:
            run += folded.pop()
        else:
            run = ""
            if isinstance(item, Seq) and len(inner := _literal(item)) > len(best):
                best = inner
        best = max(best, run, key=len)
    return best
