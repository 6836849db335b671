"""Literals without which an expression matches nowhere: looking for them is far cheaper than the expression."""

from collections.abc import Iterator, Sequence
from typing import Final

from frontleak.rules.regex_ast import Chars, Choice, RegexNode, Repeat, Seq

_SHORTEST: Final = 3
"""Bytes of the shortest literal worth looking for; shorter ones occur everywhere in code."""
_MOST: Final = 8
"""Literals that are looked for; a search for more costs as much as the expression."""
_WRITTEN_OUT: Final = 16
"""Bytes of a fixed repeat that are written out."""


def required_literals(node: RegexNode) -> tuple[str, ...]:
    """Return texts, in lower case, of which every match of a node holds at least one; empty where none is long enough.

    ASCII letters of both cases count as equal, as in `bytes.lower`. Bytes are characters of Latin-1.
    """
    found = all_required_literals(node)
    if found is None or len(found) > _MOST or min(map(len, found)) < _SHORTEST:
        return ()
    return tuple(sorted(found))


def all_required_literals(node: RegexNode) -> frozenset[str] | None:
    """Return the best such set, however many and short its members are; None if there is none."""
    match node:
        case Chars():
            return _best(_candidates((node,)))
        case Choice(options):
            sets = [all_required_literals(option) for option in options]
            return None if None in sets else frozenset(text for found in sets if found for text in found)
        case Repeat(item, least, _):
            return all_required_literals(Seq((item,) * min(least, _WRITTEN_OUT))) if least else None
        case Seq(items):
            return _best(_candidates(items))


def _best(candidates: Iterator[frozenset[str]]) -> frozenset[str] | None:
    """Return the set whose shortest member is longest, the smallest of equals."""
    return max(candidates, key=lambda found: (min(map(len, found)), -len(found)), default=None)


def _candidates(items: Sequence[RegexNode]) -> Iterator[frozenset[str]]:
    run = ""
    for part in _flat(items):
        spellings = {bytes((byte,)).lower() for byte in part.members} if isinstance(part, Chars) else set()
        if len(spellings) == 1:
            run += spellings.pop().decode("latin-1")
            continue
        if run:
            yield frozenset({run})
        run = ""
        if not isinstance(part, Chars) and (inner := all_required_literals(part)):
            yield inner
    if run:
        yield frozenset({run})


def _flat(items: Sequence[RegexNode]) -> Iterator[RegexNode]:
    for item in items:
        match item:
            case Seq(inner):
                yield from _flat(inner)
            case Repeat(Chars() as inner, least, most) if 0 < least == most <= _WRITTEN_OUT:
                yield from (inner,) * least
            case _:
                yield item
