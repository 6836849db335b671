"""Static analysis of a rule's regular expression: match length, prefilter, alphabet.

The parser of the standard library's `re` reads patterns as ASCII and free-spacing. `prefilter_of()` derives the
expression for the engine's pass over the bytes: the beginning of the pattern, up to where it is distinctive. Its end
has a fixed length, because an open tail produces one event for every byte it covers.
"""

import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any, Final

from frontleak.rules.pattern_rule import Prefilter

MAX_LENGTH: Final = 32_768
"""Limit for the longest match of a rule, in bytes."""
HOSTILE_RATE: Final = 1 / 200
"""Limit for hits of a prefilter per byte of its worst-case text."""
_ORDINARY_RATE: Final = 1e-7
"""A prefilter ends as soon as it hits less often than this per byte of ordinary minified code.

Longer prefilters hit less often but slow the pass: 1e-11 took 1.6 times as long, more than the confirmations it saved.
"""

_ALL: Final = frozenset(range(256))
_DIGITS: Final = frozenset(string.digits.encode())
_SPACES: Final = frozenset(b" \t\n\r\f\v")
_WORDS: Final = frozenset((string.ascii_letters + string.digits + "_").encode())
_CATEGORIES: Final = {
    sre.CATEGORY_DIGIT: _DIGITS,
    sre.CATEGORY_SPACE: _SPACES,
    sre.CATEGORY_WORD: _WORDS,
    sre.CATEGORY_NOT_DIGIT: _ALL - _DIGITS,
    sre.CATEGORY_NOT_SPACE: _ALL - _SPACES,
    sre.CATEGORY_NOT_WORD: _ALL - _WORDS,
}


class RegexError(ValueError):
    """A pattern uses an unsupported construct, or has no bound or no prefilter; the message says which."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One byte from a set."""

    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class Seq:
    """A sequence of nodes."""

    items: tuple["RegexNode", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several alternatives."""

    options: tuple["RegexNode", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node repeated from `least` to `most` times."""

    item: "RegexNode"
    least: int
    most: int


RegexNode = Chars | Seq | Choice | Repeat


def parse(pattern: str) -> RegexNode:
    """Parse a free-spacing pattern, dropping look-arounds and anchors.

    Raises:
        RegexError: the pattern is invalid, is not ASCII, has a back-reference, or has no upper bound on its length.
    """
    if not pattern.isascii():
        raise RegexError("the pattern is not ASCII; write other bytes as \\x escapes")
    try:
        tree = sre_parser.parse(pattern, re.VERBOSE | re.ASCII)
        node = _convert(tree, tree.state.flags)
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
    tree = sre_parser.parse(pattern, re.VERBOSE | re.ASCII)
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


def group_node(pattern: str, name: str) -> RegexNode:
    """Return the named group of a valid pattern.

    Raises:
        KeyError: there is no such group.
    """
    tree = sre_parser.parse(pattern, re.VERBOSE | re.ASCII)
    found = _group(tree, tree.state.groupdict[name], tree.state.flags)
    if found is None:
        raise KeyError(name)
    return found


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
    return tuple(sre_parser.parse(pattern, re.VERBOSE | re.ASCII).state.groupdict)


def _convert(tree: Iterable[tuple[Any, Any]], flags: int) -> RegexNode:
    items: list[RegexNode] = []
    for op, value in tree:
        match op:
            case sre.LITERAL | sre.NOT_LITERAL | sre.ANY | sre.IN:
                items.append(Chars(_members(op, value, flags)))
            case sre.BRANCH:
                items.append(Choice(tuple(_convert(option, flags) for option in value[1])))
            case sre.SUBPATTERN:
                _, add, remove, inner = value
                items.append(_convert(inner, (flags | add) & ~remove))
            case sre.ATOMIC_GROUP:
                items.append(_convert(value, flags))
            case sre.MAX_REPEAT | sre.MIN_REPEAT | sre.POSSESSIVE_REPEAT:
                least, most, inner = value
                items.append(Repeat(_convert(inner, flags), int(least), int(min(most, 10**9))))
            case sre.AT | sre.ASSERT | sre.ASSERT_NOT:
                pass
            case _:
                raise RegexError(f"unsupported construct {str(op).lower().replace('_', ' ')}")
    items = [item for item in items if width(item)[1]]  # drop the empty rest of look-arounds
    return items[0] if len(items) == 1 else Seq(tuple(items))


def _members(op: Any, value: Any, flags: int) -> frozenset[int]:
    if op is sre.ANY:
        members = _ALL if flags & re.DOTALL else _ALL - {10}
    elif op is sre.IN:
        members = frozenset[int]()
        for kind, item in value:
            if kind is sre.RANGE:
                members |= frozenset(range(item[0], item[1] + 1))
            elif kind is sre.CATEGORY:
                members |= _CATEGORIES[item]
            elif kind is sre.LITERAL:
                members |= {item}
        if flags & re.IGNORECASE:
            members |= _swapped(members)
        return _ALL - members if value[0][0] is sre.NEGATE else members
    else:
        members = frozenset({value})
    if flags & re.IGNORECASE:
        members |= _swapped(members)
    return _ALL - members if op is sre.NOT_LITERAL else members


def _swapped(members: frozenset[int]) -> frozenset[int]:
    return frozenset(chr(c).swapcase().encode()[0] for c in members if chr(c) in string.ascii_letters)


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


# --- prefilters ------------------------------------------------------------------------------------------------------


def prefilter_of(node: RegexNode, *, whole: bool = False) -> Prefilter:
    """Return the shortest distinctive beginning of a pattern, or with `whole` all of it up to an open end.

    Raises:
        RegexError: no beginning is distinctive: even the whole pattern would hit too often on its worst-case text.
    """
    cut = _cut(node, whole=whole)
    worst = _rate(cut, _hostile_text(cut))
    if worst > HOSTILE_RATE or width(cut)[0] < 2:
        raise RegexError(
            f"no distinctive beginning: in the worst case it matches at 1 in {max(1, round(1 / max(worst, 1e-9)))}"
            " bytes; begin with a literal, or add a `near` with a distinctive pattern"
        )
    least, most = width(cut)
    return Prefilter(expression=render(cut), least=least, most=most, literal=_literal(cut))


def _distinctive(node: RegexNode) -> bool:
    return _rate(node, _hostile_text(node)) <= HOSTILE_RATE and _rate(node, _ORDINARY) <= _ORDINARY_RATE


def _cut(node: RegexNode, *, whole: bool = False) -> RegexNode:
    """Cut a node after its first distinctive part (unless `whole`), and cut an end of variable length."""
    match node:
        case Chars():
            return node
        case Choice(options):
            return Choice(tuple(_cut(option) for option in options))
        case Repeat(item, least, _):
            return Seq(()) if least == 0 else Repeat(item, least, least) if _fixed(item) else _cut(item)
        case Seq(items):
            taken: list[RegexNode] = []
            for item in items:
                if not whole and not _fixed(item):
                    stopped = Seq((*taken, _cut(item)))
                    if _distinctive(stopped):
                        return stopped
                taken.append(item)
            while taken and not _fixed(taken[-1]):
                last = _cut(taken.pop())
                if width(last)[1]:
                    taken.append(last)
                    break
            return Seq(tuple(taken))


def _fixed(node: RegexNode) -> bool:
    least, most = width(node)
    return least == most


def _hostile_text(node: RegexNode) -> dict[int, float]:
    """Return the byte frequencies of random text over the pattern's alphabet."""
    letters = alphabet(node)
    return dict.fromkeys(letters, 1 / max(1, len(letters)))


def alphabet(node: RegexNode) -> frozenset[int]:
    """Return every byte that can occur in a match."""
    return frozenset[int]().union(*(chars.members for chars in _leaves(node)))


_ORDINARY: Final = (
    dict.fromkeys(_ALL, 0.0005)
    | dict.fromkeys(b"!\"'()*+,-./:;<=>?[]{}|&_$", 0.012)
    | dict.fromkeys(string.ascii_lowercase.encode(), 0.025)
    | dict.fromkeys(string.ascii_uppercase.encode(), 0.004)
    | dict.fromkeys(string.digits.encode(), 0.006)
    | {32: 0.03}
)


def ordinary_rate(text: bytes) -> float:
    """Return how often a literal occurs per byte of random text with the frequencies of minified code."""
    return _rate(Seq(tuple(Chars(frozenset({c})) for c in text)), _ORDINARY)


def _rate(node: RegexNode, text: dict[int, float]) -> float:
    """Return the matches of a node per byte of random text with the given byte frequencies, at most 1."""
    match node:
        case Chars(members):
            return min(1.0, sum(text.get(c, 0.0) for c in members))
        case Seq(items):
            product = 1.0
            for item in items:
                product *= _rate(item, text)
            return product
        case Choice(options):
            return min(1.0, sum(_rate(option, text) for option in options))
        case Repeat(item, least, _):
            return float(_rate(item, text) ** least)


def _leaves(node: RegexNode) -> Iterator[Chars]:
    match node:
        case Chars():
            yield node
        case Seq(parts) | Choice(parts):
            for part in parts:
                yield from _leaves(part)
        case Repeat(item, _, _):
            yield from _leaves(item)


def _lowered(byte: int) -> str:
    """Return a byte as a character, with ASCII letters in lower case, like `bytes.lower`."""
    return bytes((byte,)).lower().decode("latin-1")


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
    ordered = sorted(_ALL - members if negated else members)
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
