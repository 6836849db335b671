"""How many steps a query for references may take: by itself, and together with all others from one file."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from frontleak.js.module import Module

T = TypeVar("T")
MOST_DEPTH: Final = 25
"""Steps from a name to its definition."""
_MOST_NESTED: Final = 16
"""Nested queries, such as the owner of a member or the exports of a module."""
_MOST_STEPS: Final = 1_000
"""Steps per outermost query, nested queries included."""
_STEPS_OF_FILE: Final = 20_000
"""Steps for all queries from one file, plus one step per five bytes of the file."""


class StepBudget:
    """Counts the steps and the depth of the query that runs."""

    __slots__ = ("_depth", "_of_files", "given_up", "left")

    def __init__(self) -> None:
        self._depth = 0
        self._of_files: dict[str, int] = {}
        self.left = 0
        """Steps that are left to the outermost query that runs; each step takes one."""
        self.given_up: set[str] = set()
        """Paths of files that used up their steps."""

    @property
    def room(self) -> int:
        """How many more queries may be nested."""
        return _MOST_NESTED - self._depth

    def admit(self, path: str, modules: Sequence[Module]) -> None:
        """Give a file its steps, by the size of its scripts; once."""
        if modules and path not in self._of_files:
            self._of_files[path] = _STEPS_OF_FILE + sum(len(module.source) for module in modules) // 5

    def run(self, path: str, query: Callable[..., list[T]], *arguments: object) -> list[T]:
        """Run a query; return nothing when too many are nested. The outermost query gets the full budget.

        Args:
            path: the file that the query begins in.
            query: what runs.
            arguments: its arguments.
        """
        if not self._depth:
            return self._run_outermost(path, query, *arguments)
        if self._depth >= _MOST_NESTED or self.left <= 0:
            return []
        self.left -= 1
        self._depth += 1
        try:
            return query(*arguments)
        finally:
            self._depth -= 1

    def _run_outermost(self, path: str, query: Callable[..., list[T]], *arguments: object) -> list[T]:
        """Run an outermost query within the remaining steps of its file."""
        of_file = self._of_files.get(path, _STEPS_OF_FILE)
        granted = self.left = min(_MOST_STEPS, of_file)
        if not granted:
            self.given_up.add(path)
            return []
        self._depth = 1
        try:
            return query(*arguments)
        finally:
            self._depth = 0
            self._of_files[path] = of_file - (granted - self.left)
