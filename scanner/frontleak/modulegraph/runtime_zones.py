"""The projects of a tree as zones: where the frameworks of each run code. Globs count from the folder of a zone."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from frontleak.rules.frameworks import CodeFacts
from frontleak.rules.globs import expression

ZoneKind = Literal["server", "client", "pages"]
"""What globs of a framework say of a file."""


class RuntimeZone(NamedTuple):
    """One project of a tree."""

    folder: str
    """Absolute."""
    code: tuple[CodeFacts, ...] = ()
    """Where its frameworks run code."""
    begins: bool = True
    """Whether bundles begin with files of it; none does with those of a library."""
    more_entries: Callable[[], Iterable[tuple[str, str]]] = tuple
    """Gives entries that its settings name, absolute, each with why it is one."""


class RuntimeZones:
    """The zones of a tree; a file is in the nearest, or in none."""

    def __init__(self, zones: Iterable[RuntimeZone]) -> None:
        """Take them in any order."""
        self._zones = {zone.folder: zone for zone in zones}
        self._known: dict[str, RuntimeZone] = {}

    def __iter__(self) -> Iterator[RuntimeZone]:
        return iter(self._zones.values())

    def at(self, path: str) -> RuntimeZone:
        """Return the zone of a file, by its absolute path; one without frameworks when it is in none."""
        folder = path.rpartition("/")[0]
        zone = self._known.get(folder)
        if zone is None:
            nearest = folder
            while nearest and nearest not in self._zones:
                nearest = nearest.rpartition("/")[0]
            zone = self._known[folder] = self._zones.get(nearest) or RuntimeZone(folder, begins=False)
        return zone

    def is_kind(self, path: str, kind: ZoneKind) -> bool:
        """Say whether a framework of its project says of a file what it is."""
        zone = self.at(path)
        relative = path.removeprefix(f"{zone.folder}/")
        return any(_fits(getattr(code, kind), relative) for code in zone.code)

    def stripped(self, path: str) -> frozenset[str]:
        """Return the exports that frameworks take out of a page before the browser gets it."""
        zone = self.at(path)
        relative = path.removeprefix(f"{zone.folder}/")
        return frozenset[str]().union(*(code.stripped for code in zone.code if _fits(code.pages, relative)))


def _fits(globs: tuple[str, ...], relative: str) -> bool:
    return bool(globs) and _compiled(globs).fullmatch(relative) is not None


@functools.cache
def _compiled(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(expression, globs)))
