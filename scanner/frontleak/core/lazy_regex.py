"""Regular expressions that are compiled when they are first used, since most scans need few of those they import."""

import re
from collections.abc import Callable, Iterator
from typing import Any


class LazyRegex:
    """An expression over bytes; its methods are those of `re.Pattern`, and cost the same from the second call on."""

    __slots__ = ("_flags", "_source", "finditer", "fullmatch", "match", "search", "sub")

    finditer: Callable[..., Iterator[re.Match[bytes]]]
    fullmatch: Callable[..., re.Match[bytes] | None]
    match: Callable[..., re.Match[bytes] | None]
    search: Callable[..., re.Match[bytes] | None]
    sub: Callable[..., bytes]

    def __init__(self, source: bytes, flags: int = 0) -> None:
        """Keep an expression; a mistake in it shows when it is first used."""
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Compile the expression, and answer for what was asked from then on."""
        if name not in LazyRegex.__slots__:
            raise AttributeError(name)
        compiled = re.compile(self._source, self._flags)
        self.finditer, self.fullmatch, self.match = compiled.finditer, compiled.fullmatch, compiled.match
        self.search, self.sub = compiled.search, compiled.sub
        return getattr(self, name)
