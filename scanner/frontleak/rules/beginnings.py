"""The literal texts with which the matches of an expression begin."""

from typing import Final

from frontleak.rules.regex_ast import Chars, Choice, RegexNode, Repeat, Seq

_MOST_MEMBERS: Final = 9
"""Members of a set that is part of a beginning; a digit is not."""


def beginnings(node: RegexNode, *, longest: int, most: int) -> tuple[bytes, ...]:
    """Return texts, sorted, with one of which each match of a node begins.

    A beginning ends where the node varies in length, or would give more than `most` texts, as case-insensitive words
    do. One is empty if some match begins with no literal.

    Args:
        node: the node.
        longest: bytes of the longest beginning; longer ones are cut.
        most: maximum number of beginnings.
    """
    return tuple(sorted({text for text, _ in _extended([(b"", True)], node, longest, most)}))


_Beginning = tuple[bytes, bool]
"""A literal text, and whether it is open: can be extended by the next node."""


def _extended(texts: list[_Beginning], node: RegexNode, longest: int, most: int) -> list[_Beginning]:
    """Extend the open texts by a node; close them where it varies in length or allows too many continuations."""
    if not any(is_open for _, is_open in texts):
        return texts
    match node:
        case Chars(members):
            longer = _with_letters(_open(texts), members)
        case Choice(options):
            longer = [found for option in options for found in _extended(_open(texts), option, longest, most)]
        case Repeat(item, least, greatest):
            longer = _open(texts)
            for _ in range(min(least, longest)):
                longer = _extended(longer, item, longest, most)
            if least != greatest:
                longer = [(text, False) for text, _ in longer]
        case Seq(items):
            longer = _open(texts)
            for item in items:
                longer = _extended(longer, item, longest, most)
    closed = [found for found in texts if not found[1]]
    if len(closed) + len(longer) > most:
        return [(text, False) for text, _ in texts]
    return [*closed, *((text[:longest], is_open and len(text) < longest) for text, is_open in longer)]


def _with_letters(texts: list[_Beginning], members: frozenset[int]) -> list[_Beginning]:
    if len(members) > _MOST_MEMBERS:
        return [(text, False) for text, _ in texts]
    return [(text + bytes((c,)), True) for text, _ in texts for c in sorted(members)]


def _open(texts: list[_Beginning]) -> list[_Beginning]:
    return [found for found in texts if found[1]]
