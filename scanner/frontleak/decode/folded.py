"""Runs of base64 letters that are folded: broken into lines, quoted pieces or items of a list."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex

_TOKEN: Final = LazyRegex(
    rb"""(?P<joint>(?:
           [\s"'`,>|*\#\[\](){}] | \+(?![A-Za-z0-9+/=]) | //(?=[\s"'`]) | --(?=\s)
         | \\{1,8}(?:[nrt"'`\s]|u00(?:0[aAdD9]|2[27])|x(?:0[aAdD9]|2[27]))
         | %(?:0[aAdD9]|2[027]) | &(?:\#0{0,4}(?:9|10|13|32|34|39)|\#[xX]0{0,4}(?:9|[aAdD]|20|22|27)|quot|apos|NewLine);
         | </?[a-z]{1,10}\s?/?> | ;\s{0,20}(?:[\w$.]{1,40}\s?\+=)? | \.concat\( | [\w$.]{1,40}\s\+=
         )++)
       | (?P<header>(?:Proc-Type|DEK-Info|Version|Comment|Content-Domain|Key-Info):[A-Za-z0-9 ,.:/()+_\-]{1,80})
       | (?P<chunk>[A-Za-z0-9+/]++={0,2})
       | (?P<other>.)""",
    re.DOTALL | re.VERBOSE,
)
_BREAK: Final = LazyRegex(
    rb"\n|\r|\\[nr]|%0[aAdD]|\\u000[aAdD]|\\x0[aAdD]|&(?:#0{0,4}1[03]|#[xX]0{0,4}[aAdD]|NewLine);|<br"
)


class Chunk(NamedTuple):
    """Some base64 letters without a joint in them."""

    start: int
    """Byte offset in the text."""
    end: int
    """Byte offset just after."""
    breaks: bool
    """Whether the joint before it holds a line break."""


def chunks(text: bytes, start: int, limit: int) -> Iterator[Chunk | int]:
    """Yield the chunks between two offsets, and the offset of each byte that is neither in one nor part of a joint."""
    breaks = False
    for match in _TOKEN.finditer(text, start, limit):
        match match.lastgroup:
            case "chunk":
                yield Chunk(match.start(), match.end(), breaks)
                breaks = False
            case "joint":
                breaks = breaks or _BREAK.search(match.group()) is not None
            case "header":
                breaks = True
            case _:
                yield match.start()
                breaks = False


def chunks_after(text: bytes, start: int, limit: int) -> Iterator[Chunk]:
    """Yield the chunks from an offset up to the first byte that is neither a base64 letter nor part of a joint."""
    for found in chunks(text, start, limit):
        if isinstance(found, int):
            return
        yield found


def chunks_before(text: bytes, floor: int, end: int) -> list[Chunk]:
    """Return the chunks that end at an offset, back to the last byte that is neither a letter nor part of a joint."""
    kept: list[Chunk] = []
    for found in chunks(text, floor, end):
        if isinstance(found, int):
            kept.clear()
        else:
            kept.append(found)
    return kept


def letters_of(text: bytes, chunks: Sequence[Chunk]) -> bytes:
    """Return the letters of some chunks, joined."""
    return b"".join(text[chunk.start : chunk.end] for chunk in chunks)


class Letters:
    """Positions in the text of the letters of joined chunks."""

    __slots__ = ("_chunks", "_starts")

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        """Keep the chunks, in order."""
        self._chunks = tuple(chunks)
        self._starts = [0]
        for chunk in chunks[:-1]:
            self._starts.append(self._starts[-1] + chunk.end - chunk.start)

    def at(self, index: int) -> int:
        """Return the byte offset in the text of a letter; an index past the end is that of the last letter."""
        number = bisect_right(self._starts, index) - 1
        chunk = self._chunks[number]
        return min(chunk.end - 1, chunk.start + index - self._starts[number])

    def index_of(self, offset: int) -> int:
        """Return the index of the first letter at a byte offset or after it."""
        for start, chunk in zip(self._starts, self._chunks, strict=True):
            if offset < chunk.end:
                return start + max(0, offset - chunk.start)
        return self._starts[-1] + self._chunks[-1].end - self._chunks[-1].start
