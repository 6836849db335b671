"""The source files of a project, parsed on demand; of the trees, the latest few are kept."""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.js.embedded_scripts import embedded_scripts
from frontleak.js.module import Module
from frontleak.js.scopes import parse_module

_MOST_CACHED: Final = 2_500_000
"""Bytes of source with cached trees; a tree takes forty times its text in memory, sixty for dense code."""


class ParsedFiles:
    """The scripts of each file, and what was noticed while they were parsed."""

    def __init__(self, read: Callable[[str], bytes | None], dropped: Callable[[], object]) -> None:
        """Set how files are read.

        Args:
            read: absolute path -> bytes; None for a file that is unreadable or not source code.
            dropped: called when trees are dropped, so that nothing else keeps them alive.
        """
        self._read = read
        self._dropped = dropped
        self._modules: OrderedDict[str, tuple[Module, ...]] = OrderedDict()
        self._size = 0
        self._parsed: dict[str, None] = {}
        self.damaged: dict[str, int] = {}
        """Path of each file with syntax errors -> 1-based line of the first error."""
        self.unread: set[str] = set()
        """Paths of files that could not be read or parsed."""

    @property
    def count(self) -> int:
        """Number of parsed files."""
        return len(self._parsed)

    def parsed_after(self, count: int) -> tuple[str, ...]:
        """Return the paths of the parsed files, without the first `count`."""
        return tuple(itertools.islice(self._parsed, count, None))

    def parsed_elsewhere(self, paths: Iterable[str]) -> None:
        """Count files as parsed that another process parsed."""
        self._parsed.update(dict.fromkeys(paths))

    def may_have(self, path: str, text: str, other: LazyRegex) -> bool:
        """Return whether a file has a text, or what matches; true for one that is parsed or cannot be read."""
        if path in self._modules:
            return True
        data = self._read(path)
        return data is None or text.encode() in data or other.search(data) is not None

    def modules(self, path: str) -> tuple[Module, ...]:
        """Return the parsed scripts of a file, without those that cannot be parsed."""
        if path in self._modules:
            self._modules.move_to_end(path)
        else:
            self._load(path)
        return self._modules[path]

    def _load(self, path: str) -> None:
        data = self._read(path)
        parts = embedded_scripts(path, data) if data is not None else ()
        read = [parse_module(path, part) for part in parts]
        modules = self._modules[path] = tuple(module for module in read if module is not None)
        if data is None or len(modules) < len(read):
            self.unread.add(path)
        if modules:
            self._parsed[path] = None
        damage = [line for module in modules if (line := module.damage)]
        if damage:
            self.damaged[path] = min(damage)
        self._size += sum(len(module.source) for module in modules)
        while self._size > _MOST_CACHED and len(self._modules) > 1:
            _, oldest = self._modules.popitem(last=False)
            self._dropped()
            self._size -= sum(len(module.source) for module in oldest)
