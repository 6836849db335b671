"""Static analysis of a rule's regular expression: its AST, match length and alphabet.

The parser of the standard library's `re` reads patterns as ASCII and free-spacing.
"""

import functools
import re
import string
from collections.abc import Iterable
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any, Final

from frontleak.core.records import dataclass

_PARSED: Final = 4096
"""Patterns whose trees are kept: compiling a rule asks for its pattern several times."""
KEPT: Final = 1 << 16
"""Nodes of which a result is kept: looking for the place to cut a pattern asks for the same ones again and again."""
_SYNTAX: Final = int(re.VERBOSE | re.ASCII)
"""Of all patterns; as a plain number, because operators of `re.RegexFlag` took a tenth of the time of a compilation."""
_DOT_ALL: Final = int(re.DOTALL)
_ANY_CASE: Final = int(re.IGNORECASE)
MAX_LENGTH: Final = 32_768
"""Limit for the longest match of a rule, in bytes."""

ALL_BYTES: Final = frozenset(range(256))
_DIGITS: Final = frozenset(string.digits.encode())
_SPACES: Final = frozenset(b" \t\n\r\f\v")
_WORDS: Final = frozenset((string.ascii_letters + string.digits + "_").encode())
_CATEGORIES: Final = {
    sre.CATEGORY_DIGIT: _DIGITS,
    sre.CATEGORY_SPACE: _SPACES,
    sre.CATEGORY_WORD: _WORDS,
    sre.CATEGORY_NOT_DIGIT: ALL_BYTES - _DIGITS,
    sre.CATEGORY_NOT_SPACE: ALL_BYTES - _SPACES,
    sre.CATEGORY_NOT_WORD: ALL_BYTES - _WORDS,
}


class RegexError(ValueError):
    """A pattern uses an unsupported construct, or has no bound or no prefilter; the message says which."""


class _Hashed:
    """Keeps the hash of a node: what is computed of a node is kept by node, and a tree has thousands of them."""

    __slots__ = ("kept_hash",)
    kept_hash: int

    def hash_of(self, *fields: object) -> int:
        """Return the hash of the fields of a node."""
        try:
            return self.kept_hash
        except AttributeError:
            object.__setattr__(self, "kept_hash", hash(fields))
            return self.kept_hash


@dataclass(frozen=True, slots=True)
class Chars:
    """One byte from a set."""

    members: frozenset[int]

    def __hash__(self) -> int:
        return hash(self.members)


@dataclass(frozen=True, slots=True)
class Seq(_Hashed):
    """A sequence of nodes."""

    items: tuple["RegexNode", ...]

    def __hash__(self) -> int:
        return self.hash_of("seq", self.items)


@dataclass(frozen=True, slots=True)
class Choice(_Hashed):
    """One of several alternatives."""

    options: tuple["RegexNode", ...]

    def __hash__(self) -> int:
        return self.hash_of("choice", self.options)


@dataclass(frozen=True, slots=True)
class Repeat(_Hashed):
    """A node repeated from `least` to `most` times."""

    item: "RegexNode"
    least: int
    most: int

    def __hash__(self) -> int:
        return self.hash_of("repeat", self.item, self.least, self.most)


RegexNode = Chars | Seq | Choice | Repeat


@functools.lru_cache(maxsize=_PARSED)
def parse(pattern: str) -> RegexNode:
    """Parse a free-spacing pattern, dropping look-arounds and anchors.

    Raises:
        RegexError: the pattern is invalid, is not ASCII, has a back-reference, or has no upper bound on its length.
    """
    if not pattern.isascii():
        raise RegexError("the pattern is not ASCII; write other bytes as \\x escapes")
    try:
        node = _joined(node for _, node in _parts(pattern))
        longest = width(node)[1]
    except (re.error, OverflowError) as error:
        raise RegexError(f"not a valid regular expression: {error}") from error
    except RecursionError as error:
        raise RegexError("the pattern is nested too deeply") from error
    if longest > MAX_LENGTH:
        raise RegexError(
            f"a match can exceed {MAX_LENGTH} bytes; write {{0,200}} instead of * and {{1,200}} instead of +"
        )
    return node


def least_width_of_group(pattern: str, name: str) -> int:
    """Return the minimum length in bytes of a named group; 0 also if a match may not use the group."""
    tree = _tree(pattern)
    return _least_width(tree, tree.state.groupdict[name]) or 0


def _least_width(tree: Iterable[tuple[Any, Any]], number: int) -> int | None:
    """Return the minimum length of a group in a tree; None if the tree does not contain the group."""
    for op, value in tree:
        found: int | None = None
        match op:
            case sre.SUBPATTERN:
                found = int(value[3].getwidth()[0]) if value[0] == number else _least_width(value[3], number)
            case sre.BRANCH:
                options = [_least_width(option, number) for option in value[1]]
                if any(option is not None for option in options):
                    found = min(option or 0 for option in options)
            case sre.MAX_REPEAT | sre.MIN_REPEAT | sre.POSSESSIVE_REPEAT:
                found = _least_width(value[2], number)
                if found is not None and value[0] == 0:
                    found = 0
            case sre.ATOMIC_GROUP:
                found = _least_width(value, number)
            case _:
                pass
        if found is not None:
            return found
    return None


@functools.lru_cache(maxsize=_PARSED)
def group_node(pattern: str, name: str) -> RegexNode:
    """Return the named group of a valid pattern.

    Raises:
        KeyError: there is no such group.
    """
    tree = _tree(pattern)
    found = _group(tree, tree.state.groupdict[name], tree.state.flags)
    if found is None:
        raise KeyError(name)
    return found


def node_before_group(pattern: str, name: str) -> RegexNode | None:
    """Return what a valid pattern has before a named group; None if that group is inside another or in a choice."""
    parts, wanted = _parts(pattern), _tree(pattern).state.groupdict[name]
    for index, (group, _) in enumerate(parts):
        if group == wanted:
            return _joined(node for _, node in parts[:index])
    return None


def _group(tree: Iterable[tuple[Any, Any]], number: int, flags: int) -> RegexNode | None:
    for op, value in tree:
        inner: list[tuple[Iterable[tuple[Any, Any]], int]] = []
        match op:
            case sre.SUBPATTERN:
                group, add, remove, items = value
                own = (flags | add) & ~remove
                if group == number:
                    return _convert(items, own)
                inner = [(items, own)]
            case sre.BRANCH:
                inner = [(option, flags) for option in value[1]]
            case sre.MAX_REPEAT | sre.MIN_REPEAT | sre.POSSESSIVE_REPEAT:
                inner = [(value[2], flags)]
            case sre.ATOMIC_GROUP:
                inner = [(value, flags)]
            case _:
                pass
        for items, own in inner:
            if (found := _group(items, number, own)) is not None:
                return found
    return None


def group_names(pattern: str) -> tuple[str, ...]:
    """Return the names of the groups in a valid pattern."""
    return tuple(_tree(pattern).state.groupdict)


@functools.lru_cache(maxsize=_PARSED)
def _tree(pattern: str) -> Any:
    return sre_parser.parse(pattern, _SYNTAX)


@functools.lru_cache(maxsize=_PARSED)
def _parts(pattern: str) -> tuple[tuple[int | None, RegexNode], ...]:
    """Return (number of the group, node) for each part of a pattern; a part that is no group has no number."""
    tree = _tree(pattern)
    return tuple(
        (value[0] if op is sre.SUBPATTERN else None, _convert([(op, value)], tree.state.flags)) for op, value in tree
    )


def _convert(tree: Iterable[tuple[Any, Any]], flags: int) -> RegexNode:
    items: list[RegexNode] = []
    for op, value in tree:
        match op:
            case sre.LITERAL | sre.NOT_LITERAL | sre.ANY | sre.IN:
                items.append(_chars(op, tuple(value) if op is sre.IN else value, flags))
            case sre.BRANCH:
                items.append(Choice(tuple(_same(_convert(option, flags)) for option in value[1])))
            case sre.SUBPATTERN:
                _, add, remove, inner = value
                items.append(_convert(inner, (flags | add) & ~remove))
            case sre.ATOMIC_GROUP:
                items.append(_convert(value, flags))
            case sre.MAX_REPEAT | sre.MIN_REPEAT | sre.POSSESSIVE_REPEAT:
                least, most, inner = value
                items.append(Repeat(_same(_convert(inner, flags)), int(least), int(min(most, 10**9))))
            case sre.AT | sre.ASSERT | sre.ASSERT_NOT:
                pass
            case _:
                raise RegexError(f"unsupported construct {str(op).lower().replace('_', ' ')}")
    return _joined(items)


def _joined(nodes: Iterable[RegexNode]) -> RegexNode:
    """Return the sequence of some nodes, without what look-arounds leave empty."""
    items = [
        node if isinstance(node, Chars) else _same(node) for node in nodes if isinstance(node, Chars) or width(node)[1]
    ]
    return items[0] if len(items) == 1 else _same(Seq(tuple(items)))


@functools.lru_cache(maxsize=KEPT)
def _same(node: RegexNode) -> RegexNode:
    """Return the first node that was equal: rules share macros, and equal parts that are one are compared at once."""
    return node


@functools.lru_cache(maxsize=_PARSED)
def _chars(op: Any, value: Any, flags: int) -> Chars:
    """Return a parsed character or class as a node; equal ones are one: patterns are made of the same few."""
    return Chars(_members(op, value, flags))


def _members(op: Any, value: Any, flags: int) -> frozenset[int]:
    if op is sre.ANY:
        members = ALL_BYTES if flags & _DOT_ALL else ALL_BYTES - {10}
    elif op is sre.IN:
        members = frozenset[int]()
        for kind, item in value:
            if kind is sre.RANGE:
                members |= frozenset(range(item[0], item[1] + 1))
            elif kind is sre.CATEGORY:
                members |= _CATEGORIES[item]
            elif kind is sre.LITERAL:
                members |= {item}
        if flags & _ANY_CASE:
            members |= _swapped(members)
        return ALL_BYTES - members if value[0][0] is sre.NEGATE else members
    else:
        members = frozenset({value})
    if flags & _ANY_CASE:
        members |= _swapped(members)
    return ALL_BYTES - members if op is sre.NOT_LITERAL else members


def _swapped(members: frozenset[int]) -> frozenset[int]:
    return frozenset(chr(c).swapcase().encode()[0] for c in members if chr(c) in string.ascii_letters)


@functools.lru_cache(maxsize=KEPT)
def width(node: RegexNode) -> tuple[int, int]:
    """Return the minimum and maximum number of bytes a node matches."""
    match node:
        case Chars():
            return 1, 1
        case Seq(items):
            widths = [width(item) for item in items]
            return sum(w[0] for w in widths), sum(w[1] for w in widths)
        case Choice(options):
            widths = [width(option) for option in options]
            return min(w[0] for w in widths), max(w[1] for w in widths)
        case Repeat(item, least, most):
            low, high = width(item)
            return low * least, high * most


@functools.lru_cache(maxsize=KEPT)
def alphabet(node: RegexNode) -> frozenset[int]:
    """Return every byte that can occur in a match."""
    match node:
        case Chars(members):
            return members
        case Seq(parts) | Choice(parts):
            return frozenset[int]().union(*map(alphabet, parts))
        case Repeat(item, _, _):
            return alphabet(item)


def render(node: RegexNode) -> str:
    """Return a node as a regular expression over bytes, in the syntax shared by `re`, `regex` and Hyperscan."""
    match node:
        case Chars(members):
            return _render_chars(members)
        case Seq(items):
            return "".join(render(item) for item in items)
        case Choice(options):
            return f"(?:{'|'.join(render(option) for option in options)})"
        case Repeat(item, least, most):
            inner = render(item) if isinstance(item, Chars) else f"(?:{render(item)})"
            return f"{inner}{{{least}}}" if least == most else f"{inner}{{{least},{most}}}"


def render_chars_of(op: Any, value: Any, flags: int) -> str:
    """Return a parsed character or class as a regular expression, with case folding applied."""
    return _render_chars(_members(op, value, flags))


def _render_chars(members: frozenset[int]) -> str:
    if len(members) == 1:
        return _escaped(next(iter(members)))
    negated = len(members) > 128
    ordered = sorted(ALL_BYTES - members if negated else members)
    ranges: list[list[int]] = []
    for c in ordered:
        if ranges and ranges[-1][1] == c - 1:
            ranges[-1][1] = c
        else:
            ranges.append([c, c])
    if not ranges:
        return r"[\x00-\xff]"
    body = "".join(_escaped(a) if a == b else f"{_escaped(a)}-{_escaped(b)}" for a, b in ranges)
    return f"[{'^' if negated else ''}{body}]"


def _escaped(c: int) -> str:
    return chr(c) if chr(c).isascii() and chr(c).isalnum() else f"\\x{c:02x}"
