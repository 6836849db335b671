"""Paths in JSON texts and JavaScript literals: a tolerant reader that moves forward once."""

import functools
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex
from frontleak.core.randomness import RANDOM, bits_per_letter
from frontleak.decode.unescaped import escaped_text

MOST_DEPTH: Final = 400
"""Maximum nesting depth; deeper structures have no path."""
MOST_LABEL: Final = 160
"""Characters of the longest displayed path; longer ones lose their beginning."""
_MOST_KEY: Final = 200
_TOKEN_COST: Final = 8

_TOKEN: Final = LazyRegex(
    rb"""
      (?P<key> (?: "(?:[^"\\]++|\\.)*+" | '(?:[^'\\]++|\\.)*+' | [\w$]++ ) ) \s*+ :
    | (?P<mark> [{}\[\](),;] )
    | "(?:[^"\\]++|\\.)*+(?:"|\\?\Z) | '(?:[^'\\]++|\\.)*+(?:'|\\?\Z) | `(?:[^`\\]++|\\.)*+(?:`|\\?\Z)
    | //[^\n]*+ | /\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)
    | [\w$]++ | [^"'`{}\[\](),;\w$/]++ | /
    """,
    re.VERBOSE | re.DOTALL,
)
_CLOSES: Final = {ord("}"): ord("{"), ord("]"): ord("["), ord(")"): ord("(")}
_OBJECT, _ARRAY, _CALL, _COMMA, _SEMICOLON = b"{[(,;"


class PathStep(NamedTuple):
    """One structure around a byte, and the member with the byte."""

    name: str | int | None
    """Key or index; None between keys and in parentheses, which are not part of a path."""
    commas: int
    """Commas of this structure before the byte."""
    start: int
    """Byte offset of the opening bracket."""


class PathCursor:
    """Reads one literal from its opening bracket; for ascending offsets it reads every byte once."""

    __slots__ = ("_data", "_frames", "_limit", "_start", "_token", "_tokens", "dead", "position", "spent")

    def __init__(self, data: bytes, start: int, limit: int) -> None:
        """Start before the bracket at `start`; nothing at or after `limit` is read."""
        self._data = data
        self._limit = min(limit, len(data))
        self._start = start
        self.spent = 0
        """Work done so far: bytes, and an extra cost per token."""
        self._rewind()

    def _rewind(self) -> None:
        self.position = self._start
        self.dead = False
        self._tokens = _TOKEN.finditer(self._data, self._start, self._limit)
        self._token: re.Match[bytes] | None = None
        """The next token, which ends after the last offset."""
        # opening bracket, its offset, commas, span of the current key (None between keys), whether it holds statements
        self._frames: list[tuple[int, int, int, tuple[int, int] | None, bool]] = []

    def steps(self, offset: int) -> tuple[PathStep, ...] | None:
        """Return the path to the byte at an offset, outermost first; None after the literal or if it is malformed."""
        if not self._start <= offset < self._limit:
            return None
        if offset < self.position:
            self._rewind()
        frames, data, token = self._frames, self._data, self._token
        while not self.dead:
            if token is None and (token := next(self._tokens, None)) is None:
                self.dead = True
                break
            start, end = token.span()
            if start != self.position:  # the reader passed something that is no token
                self.dead = True
                break
            if end > offset:
                break
            self.spent += _TOKEN_COST + end - start
            self.position = end
            kind = token.lastgroup
            if kind == "mark":
                self._mark(data[start], start)
            elif kind:
                self._key(token.span("key"))
            token = None
        self._token = token
        if self.dead or not frames or any(frame[4] for frame in frames):
            return None
        return tuple(PathStep(self._name(frame), frame[2], frame[1]) for frame in frames)

    def _key(self, span: tuple[int, int]) -> None:
        if self._frames and self._frames[-1][0] == _OBJECT and self._frames[-1][3] is None:
            kind, start, index, _, code = self._frames[-1]
            self._frames[-1] = (kind, start, index, span, code)

    def _mark(self, mark: int, offset: int) -> None:
        frames = self._frames
        if not frames and (mark in (_COMMA, _SEMICOLON) or mark in _CLOSES):
            self.dead = True
        elif mark in (_COMMA, _SEMICOLON):
            kind, start, index, _, code = frames[-1]
            frames[-1] = (kind, start, index + (mark == _COMMA), None, code or mark == _SEMICOLON)
        elif mark in _CLOSES:
            self.dead = frames.pop()[0] != _CLOSES[mark] or not frames
        else:
            frames.append((mark, offset, 0, None, mark == _OBJECT and self._is_body(offset)))
            self.dead = len(frames) > MOST_DEPTH
        # `dead` also marks a closed literal, which has no more bytes

    def _is_body(self, offset: int) -> bool:
        before = self._data[max(self._start, offset - 8) : offset].rstrip()
        return before.endswith((b")", b"=>"))

    def _name(self, frame: tuple[int, int, int, tuple[int, int] | None, bool]) -> str | int | None:
        kind, _, index, span, _ = frame
        if kind == _ARRAY:
            return index
        if kind == _CALL or span is None:
            return None
        key = self._data[span[0] : min(span[1], span[0] + _MOST_KEY)]
        return escaped_text(key[1:-1] if key[:1] in {b'"', b"'"} and span[1] - span[0] <= _MOST_KEY else key)


_PLAIN_KEY: Final = LazyTextRegex(r"[A-Za-z_$][\w$-]*")
_SECRET_LIKE: Final = LazyTextRegex(
    r"(?=[A-Za-z+=]*[0-9])[A-Za-z0-9+=]{16,}|[A-Za-z0-9+=]{32,}"
    r"|(?![A-Z0-9_]{24,}(?![A-Za-z0-9+/=_-]))(?=[A-Za-z+/=_-]*[0-9])[A-Za-z0-9+/=_-]{24,}"
)
_LONG_KEY: Final = 12
_MOST_KEYS: Final = 4096
"""Keys that are kept as they are shown: those of a list repeat."""
_BRACKET: Final = LazyRegex(rb"[{\[]")
_UNPRINTABLE: Final = LazyTextRegex(r"[^\x20-\x7e]")


def shown(names: Iterable[str | int | None]) -> str:
    """Return a path as `props.list[0]["a b"]` in printable ASCII, with secret-like keys masked."""
    parts: list[str] = []
    for name in names:
        if name is None:
            continue
        if isinstance(name, int):
            parts.append(f"[{name}]")
            continue
        parts.append(_shown_key(name))
    path = "".join(parts).removeprefix(".")
    return path if len(path) <= MOST_LABEL else f"...{path[3 - MOST_LABEL :]}"


@functools.lru_cache(_MOST_KEYS)
def _shown_key(name: str) -> str:
    """Return a key as a part of a path: `.list`, or `["a b"]`."""
    key = "..." if _is_value(name) else _UNPRINTABLE.sub("?", _SECRET_LIKE.sub("...", name))[:60]
    return f".{key}" if _PLAIN_KEY.fullmatch(key) else '["{}"]'.format(key.replace("\\", "?").replace('"', "'"))


def _is_value(key: str) -> bool:
    """Return whether a key of twelve characters or more is not made of words: maps may have secrets as keys."""
    if len(key) < _LONG_KEY:
        return False
    return bits_per_letter(key) >= RANDOM - 0.2 or sum(map(str.isdigit, key)) * 4 > len(key)


def path_at(data: bytes, offset: int, start: int) -> str:
    """Return the path of the byte at an offset in the literal at `start`; empty if there is none."""
    steps = PathCursor(data, start, len(data)).steps(offset)
    return shown(step.name for step in steps) if steps else ""


def opening(data: bytes, start: int, end: int) -> int:
    """Return the offset of the first bracket in a stretch, or the end of the stretch."""
    found = _BRACKET.search(data, start, end)
    return found.start() if found else end
