"""Regular expressions compiled on first use: most scans need only a few of them."""

import re
from collections.abc import Callable, Iterator
from typing import Any


class LazyRegex:
    """A bytes pattern with the methods of `re.Pattern`, at the same cost from the second call on."""

    __slots__ = ("_flags", "_source", "finditer", "fullmatch", "match", "search", "sub")

    finditer: Callable[..., Iterator[re.Match[bytes]]]
    fullmatch: Callable[..., re.Match[bytes] | None]
    match: Callable[..., re.Match[bytes] | None]
    search: Callable[..., re.Match[bytes] | None]
    sub: Callable[..., bytes]

    def __init__(self, source: bytes, flags: int = 0) -> None:
        """Store the expression; an invalid one raises on first use."""
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Compile the expression and bind its methods to this object."""
        if name not in LazyRegex.__slots__:
            raise AttributeError(name)
        compiled = re.compile(self._source, self._flags)
        self.finditer, self.fullmatch, self.match = compiled.finditer, compiled.fullmatch, compiled.match
        self.search, self.sub = compiled.search, compiled.sub
        return getattr(self, name)
