"""Finds the elements of an array deep in a JSON file, in memory for one of them.

A HAR file is one JSON value. What is needed of a streaming parser is only where each element of one array begins and
ends: the standard library decodes it then, with the numbers, escapes and lone surrogates that browsers write.
"""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from frontleak.core.records import dataclass

_CHUNK: Final = 1 << 20
_LONGEST_KEY: Final = 1 << 16
_BLANKS: Final = re.compile(rb"[ \t\r\n]*+")
_KEY: Final = re.compile(rb'"((?:[^"\\]|\\.)*+)"[ \t\r\n]*+:[ \t\r\n]*+', re.DOTALL)
_SCALAR: Final = re.compile(rb"[-+.0-9A-Za-z]++")
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACKET: Final = re.compile(rb'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+([\[\]{}])', re.DOTALL)
_BROKEN: Final = "is cut off or not valid JSON"
_MARK: Final = b"\xef\xbb\xbf"


class JsonStreamError(ValueError):
    """The text ends too early, is not JSON, or has an element that is too large."""

    def __init__(self, message: str, at: int) -> None:
        """Keep the reason and the byte offset where it was noticed."""
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the array."""

    start: int
    """Byte offset in the file."""
    data: bytes
    """Its JSON text; that its brackets are balanced is all that is known of it."""


class JsonStream:
    """Reads a file once, from its beginning."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        """Store the stream and the most bytes of one value; a larger one ends the reading."""
        self._stream = stream
        self._most = most
        self._buffer = b""
        self._at = 0
        self._keep = 0
        """Where the value at hand begins in the buffer; what is before it is forgotten at the next reading."""
        self._base = 0
        self._ended = False
        self.found = False
        """Whether the array was found."""

    def elements(self, path: Sequence[bytes]) -> Iterator[Element]:
        """Yield the objects and arrays in the array that a path of keys leads to, in order.

        Raises:
            JsonStreamError: the text is cut off or not JSON; all elements before were yielded.
        """
        self._fill()
        self._at += len(_MARK) if self._buffer.startswith(_MARK) else 0
        self._pass(_BLANKS)
        yield from self._inside(path)
        self._pass(_BLANKS)
        if self._next():
            raise self._error("has more text after its end")

    def _inside(self, path: Sequence[bytes]) -> Iterator[Element]:
        if not path:
            self.found = True
            for _ in self._parts(b"[", b"]"):
                start = self._base + self._at  # stays the same when the buffer moves
                yield Element(start, self._value())
            return
        for _ in self._parts(b"{", b"}"):
            key = self._pass(_KEY)[1]
            if key == path[0] and self._next() == (b"{" if len(path) > 1 else b"["):
                yield from self._inside(path[1:])
            else:
                self._value()

    def _parts(self, opening: bytes, closing: bytes) -> Iterator[None]:
        """Step through the parts of a container; each step has to read its part."""
        if self._next() != opening:
            raise self._error("is not a recording")
        self._at += 1
        self._pass(_BLANKS)
        if self._next() == closing:
            self._at += 1
            return
        while True:
            yield
            self._pass(_BLANKS)
            after = self._next()
            if after not in {b",", closing} or not after:
                raise self._error(_BROKEN)
            self._at += 1
            if after == closing:
                return
            self._pass(_BLANKS)

    def _value(self) -> bytes:
        """Read a value and return its text."""
        self._keep = self._at
        first = self._next()
        if first == b'"':
            self._pass(_STRING)
        elif first in {b"{", b"["}:
            depth = 0
            while True:
                depth += 1 if self._pass(_BRACKET)[1] in b"{[" else -1
                if not depth:
                    break
        else:
            self._pass(_SCALAR)
        text = self._buffer[self._keep : self._at]
        self._keep = self._at
        return text

    def _next(self) -> bytes:
        if self._at == len(self._buffer):
            self._fill()
        return self._buffer[self._at : self._at + 1]

    def _pass(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        """Step over what a pattern matches, and read on while the end of the buffer may have cut the match."""
        while True:
            match = pattern.match(self._buffer, self._at)
            if match and (match.end() < len(self._buffer) or self._ended or pattern in {_STRING, _BRACKET}):
                self._at = match.end()
                return match
            if self._ended:
                raise self._error(_BROKEN)
            if len(self._buffer) - self._at > _LONGEST_KEY and pattern in {_BLANKS, _KEY, _SCALAR}:
                raise self._error(_BROKEN)
            if len(self._buffer) - self._keep > self._most:
                raise self._error(f"has a record of more than {self._most:,} bytes")
            self._fill()

    def _fill(self) -> None:
        """Read as much as is at hand already, so that a long string is not searched too often."""
        more = self._stream.read(max(_CHUNK, len(self._buffer) - self._keep))
        self._ended = not more
        self._base += self._keep
        self._buffer = self._buffer[self._keep :] + more
        self._at -= self._keep
        self._keep = 0

    def _error(self, message: str) -> JsonStreamError:
        return JsonStreamError(message, self._base + self._at)
