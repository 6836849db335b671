"""Regular expressions compiled on first use: most scans need only a few of them."""

import re
from collections.abc import Callable, Iterator
from typing import Any, AnyStr, Generic


class _Lazy(Generic[AnyStr]):
    """A pattern with the methods of `re.Pattern`, at the same cost from the second call on."""

    __slots__ = ("_flags", "_source", "findall", "finditer", "fullmatch", "match", "search", "sub")

    findall: Callable[..., list[AnyStr]]
    finditer: Callable[..., Iterator[re.Match[AnyStr]]]
    fullmatch: Callable[..., re.Match[AnyStr] | None]
    match: Callable[..., re.Match[AnyStr] | None]
    search: Callable[..., re.Match[AnyStr] | None]
    sub: Callable[..., AnyStr]

    def __init__(self, source: AnyStr, flags: int = 0) -> None:
        """Store the expression; an invalid one raises on first use."""
        self._source: AnyStr = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Compile the expression and bind its methods to this object."""
        if name not in _Lazy.__slots__:
            raise AttributeError(name)
        compiled = re.compile(self._source, self._flags)
        self.finditer, self.fullmatch, self.match = compiled.finditer, compiled.fullmatch, compiled.match
        self.findall, self.search, self.sub = compiled.findall, compiled.search, compiled.sub
        return getattr(self, name)


class LazyRegex(_Lazy[bytes]):
    """A pattern over bytes."""

    __slots__ = ()


class LazyTextRegex(_Lazy[str]):
    """A pattern over text."""

    __slots__ = ()
