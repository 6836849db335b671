"""Reads JSON in place: a large map is walked by offsets, and only requested values are decoded."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

_MOST_CONTAINERS: Final = 500_000
_BLANKS: Final = rb"[ \t\r\n]*+"
_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SPACE: Final = re.compile(_BLANKS)
_KEY: Final = re.compile(b"(" + _STRING + b")" + _BLANKS + b":" + _BLANKS, re.DOTALL)
_SEPARATOR: Final = re.compile(_BLANKS + rb"([,\]}])" + _BLANKS)
_SCALAR: Final = re.compile(rb"[-+.0-9A-Za-z]++")
_BRACKET: Final = re.compile(rb'[^"\[\]{}]*+(?:' + _STRING + rb'[^"\[\]{}]*+)*+([\[\]{}])', re.DOTALL)
# Three times as fast because it does not match each escape; ends too early at a quote after several backslashes.
_TO_QUOTE: Final = re.compile(rb'[^"]*+(?:(?<=[^\\]\\)"[^"]*+)*+"')
_REST: Final = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_DECODER: Final = json.JSONDecoder(strict=False)
_CLOSING: Final = {b"[": b"]", b"{": b"}"}


class JsonError(ValueError):
    """Text that is invalid or too large as JSON; the message gives the reason."""


class JsonString(NamedTuple):
    """The raw inside of a string."""

    text: bytes
    """The text that holds it."""
    start: int
    """Byte offset after the opening quote."""
    end: int
    """Byte offset of the closing quote."""


class JsonCursor:
    """A forward-only position in JSON text.

    Skipped values are only scanned for their end; only decoded values are certain to be valid JSON.
    """

    def __init__(self, text: bytes, at: int = 0) -> None:
        """Start before the blanks or the value at an offset."""
        self._text = text
        self._at = at
        self._containers = 0
        self._pass(_SPACE)

    @property
    def next(self) -> bytes:
        """First byte of the next value, which determines its type; empty at the end."""
        return self._text[self._at : self._at + 1]

    def members(self) -> Iterator[bytes]:
        """Yield the raw keys of an object; a value may be read before the next key, otherwise it is skipped."""
        for _ in self._parts(b"{"):
            key = self._pass(_KEY)[1]
            value = self._at
            yield key[1:-1]
            if self._at == value:
                self.skip()

    def elements(self) -> Iterator[None]:
        """Step through an array; an element may be read before the next step, otherwise it is skipped."""
        for _ in self._parts(b"["):
            element = self._at
            yield
            if self._at == element:
                self.skip()

    def string(self) -> JsonString:
        """Read a string without decoding it."""
        start = self._at + 1
        match = _TO_QUOTE.match(self._text, start) if self.next == b'"' else None
        if match and _is_escaped(self._text, start, match.end() - 1):
            match = _REST.match(self._text, match.end())
        if match is None:
            raise self._error()
        self._at = match.end()
        return JsonString(self._text, start, self._at - 1)

    def value(self) -> Any:
        """Read and decode a value."""
        start = self._at
        self.skip()
        try:
            return _DECODER.decode(self._text[start : self._at].decode("utf-8", "surrogateescape"))
        except (ValueError, RecursionError) as error:
            raise self._error(start) from error

    def skip(self) -> None:
        """Skip a value."""
        if self.next == b'"':
            self.string()
        elif self.next in _CLOSING:
            self._skip_container()
        else:
            self._pass(_SCALAR)

    def end(self) -> None:
        """Check that only blanks are left."""
        self._pass(_SPACE)
        if self.next:
            raise self._error()

    def _parts(self, opening: bytes) -> Iterator[None]:
        if self.next != opening:
            raise self._error()
        self._count()
        self._at += 1
        self._pass(_SPACE)
        last = self.next == _CLOSING[opening]
        if last:
            self._at += 1
        while not last:
            yield
            separator = self._pass(_SEPARATOR)
            last = separator[1] == _CLOSING[opening]
            if not last and separator[1] != b",":
                raise self._error(separator.start(1))

    def _skip_container(self) -> None:
        at, depth = self._at, 0
        while bracket := _BRACKET.match(self._text, at):
            at = bracket.end()
            if bracket[1] in _CLOSING:
                self._count()
                depth += 1
            elif depth > 1:
                depth -= 1
            else:
                self._at = at
                return
        raise self._error()

    def _count(self) -> None:
        self._containers += 1
        if self._containers > _MOST_CONTAINERS:
            raise JsonError(f"it holds more than {_MOST_CONTAINERS:,} arrays and objects")

    def _pass(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise self._error()
        self._at = match.end()
        return match

    def _error(self, at: int | None = None) -> JsonError:
        return JsonError(f"it is not valid JSON at byte {self._at if at is None else at:,}")


def in_escape(text: bytes, start: int, offset: int) -> bool:
    """Return whether an offset is inside an escape, after its backslash, in a string that begins at `start`."""
    digits_of = text.rfind(b"u", max(start, offset - 4), offset)
    return _is_escaped(text, start, offset) or (digits_of >= 0 and _is_escaped(text, start, digits_of))


def _is_escaped(text: bytes, start: int, offset: int) -> bool:
    """Return whether an odd number of backslashes precedes an offset in a string that begins at `start`."""
    width = 16
    while True:
        before = text[max(start, offset - width) : offset]
        run = len(before) - len(before.rstrip(b"\\"))
        if run < width:
            return run % 2 == 1
        width *= 16


def json_string_value(raw: bytes) -> str | None:
    """Return the value of the inside of a JSON string, invalid UTF-8 as surrogates; None if it is not one."""
    try:
        return str(_DECODER.decode(f'"{raw.decode("utf-8", "surrogateescape")}"'))
    except ValueError:
        return None
