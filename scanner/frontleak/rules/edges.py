"""The left edge of a secret or of a name: which macros `{{edge}}` and `{{word}}` stand for in a rule.

Base64 data holds `/`, so a slash before a secret tells nothing, unless the secret cannot be part of such data. A rule
need not say so: its own beginning does.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from frontleak.rules.macros import expand
from frontleak.rules.regex_ast import Chars, Choice, RegexError, RegexNode, Repeat, Seq, group_node

MACRO: Final = "edge"
"""Name by which rules ask for the edge."""
_WORD: Final = "{{word}}"
_KEY: Final = "{{key}}"
_NAME_PART: Final = "name-part"
_SEPARATORS: Final = frozenset(b"-_.:~@$")
"""Bytes that standard base64 does not have, and that vendors put after the name of a token."""
_DIGITS: Final = frozenset(b"0123456789")
_FEW: Final = 10
"""Members of a class that still counts as part of a beginning, such as `gh[oprsu]_`."""
_LONGEST: Final = 24
"""Bytes in which the separator of a distinctive beginning stands."""
_LEAST_LITERAL: Final = 2
"""Bytes of a literal beginning."""


class Edge(StrEnum):
    """What may stand before a secret; the values are names of macros."""

    TEXT = "edge"
    """No slash: the secret has no beginning, as 32 hex digits, which addresses hold for many other purposes."""
    ADDRESS = "address-edge"
    """`://`, and a slash in the path of an address with a scheme: no base64 has those."""
    PATH = "path-edge"
    """Any slash, unless a file name follows."""


def edge_of(secret: RegexNode, *, has_checksum: bool) -> Edge:
    """Return the edge of a rule by the expression of its secret.

    A beginning with a separator (`ghp_`, `sk-ant-`, `SG.`, `110201543:`) or a checksum cannot be base64 by chance; a
    beginning of letters alone (`AKIA`) may.
    """
    if has_checksum or _is_marked(secret):
        return Edge.PATH
    return Edge.ADDRESS if _literal_length(secret)[0] >= _LEAST_LITERAL else Edge.TEXT


def own_macros(pattern: str, macros: Mapping[str, str], *, has_checksum: bool) -> Mapping[str, str]:
    """Return the macros for a rule's pattern, in which `edge` and `word` are those that its beginning allows.

    The macros are returned unchanged for a pattern that does not use them, or cannot be read.
    """
    if pattern.lstrip().startswith(_WORD) and _KEY in pattern and _NAME_PART in macros:
        macros = {**macros, "word": macros[_NAME_PART]}
    if f"{{{{{MACRO}}}}}" not in pattern:
        return macros
    try:
        edge = edge_of(group_node(expand(pattern, macros), "secret"), has_checksum=has_checksum)
    except (KeyError, RegexError, ValueError, RecursionError, OverflowError):  # reported where the pattern is compiled
        return macros
    return {**macros, MACRO: macros[edge]} if edge in macros else macros


def edge_in(pattern: str, secret: RegexNode, *, has_checksum: bool) -> Edge:
    """Return the edge that a rule's pattern has, as written: `TEXT` if it asks for none, or not as its beginning."""
    begins = pattern.lstrip().startswith(f"{{{{{MACRO}}}}}")
    return edge_of(secret, has_checksum=has_checksum) if begins else Edge.TEXT


def _is_marked(node: RegexNode) -> bool:
    """Return whether every match begins with letters of few kinds or digits, and then a separator."""
    return _marked_in(node, _LONGEST)[0]


def _marked_in(node: RegexNode, room: int) -> tuple[bool, int]:
    """Return whether every match has a separator within its first `room` bytes, and the room left if it has none.

    No room is left after a class with many members: what follows is not the beginning.
    """
    is_marked = False
    match node:
        case Chars(members) if members <= _SEPARATORS:
            is_marked = room < _LONGEST
        case Chars(members):
            room = room - 1 if len(members) <= _FEW else 0
        case Choice(options):
            found = [_marked_in(option, room) for option in options]
            is_marked, room = all(marked for marked, _ in found), min(left for _, left in found)
        case Repeat(Chars(members), _, most) if members <= _DIGITS:
            room = max(0, room - most)
        case Repeat(item, least, most):
            marked, left = _marked_in(item, room)
            is_marked, room = marked and least == most == 1, left if most == 1 else 0
        case Seq(items):
            for item in items:
                is_marked, room = _marked_in(item, room)
                if is_marked or room <= 0:
                    break
    return is_marked, room


def _literal_length(node: RegexNode) -> tuple[int, bool]:
    """Return the bytes of the literal that every match begins with, and whether the whole node is literal."""
    match node:
        case Chars(members):
            return (1, True) if len(members) <= _FEW and not members <= _DIGITS else (0, False)
        case Choice(options):
            found = [_literal_length(option) for option in options]
            return min(length for length, _ in found), all(whole for _, whole in found)
        case Repeat(item, least, most):
            length, whole = _literal_length(item)
            return (length * least, True) if whole and least == most else (length if least else 0, False)
        case Seq(items):
            total = 0
            for item in items:
                length, whole = _literal_length(item)
                total += length
                if not whole:
                    return total, False
            return total, True
