"""Runtime zones: one per project, with where its frameworks run code. Globs are relative to the zone's folder."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from frontleak.rules.frameworks import CodeFacts
from frontleak.rules.globs import expression

ZoneKind = Literal["server", "client", "pages"]
"""Kinds of files that a framework's globs classify."""


class RuntimeZone(NamedTuple):
    """One project of a tree."""

    folder: str
    """Absolute."""
    code: tuple[CodeFacts, ...] = ()
    """Where its frameworks run code."""
    begins: bool = True
    """Whether bundles can start in its files; False for a library."""
    more_entries: Callable[[], Iterable[tuple[str, str]]] = tuple
    """Returns the entries from its settings: (absolute path, reason)."""


class RuntimeZones:
    """The zones of a tree; each file is in the nearest zone above it, or in none."""

    def __init__(self, zones: Iterable[RuntimeZone]) -> None:
        """Index the zones by folder."""
        self._zones = {zone.folder: zone for zone in zones}
        self._by_folder: dict[str, RuntimeZone] = {}
        self._globs: dict[tuple[str, tuple[ZoneKind, ...]], tuple[str, ...]] = {}
        """Folder of a zone and kinds -> the globs of all its frameworks."""

    def __iter__(self) -> Iterator[RuntimeZone]:
        return iter(self._zones.values())

    def at(self, path: str) -> RuntimeZone:
        """Return the zone of an absolute path; one without frameworks when the file is in none."""
        folder = path.rpartition("/")[0]
        zone = self._by_folder.get(folder)
        if zone is None:
            nearest = folder
            while nearest and nearest not in self._zones:
                nearest = nearest.rpartition("/")[0]
            zone = self._by_folder[folder] = self._zones.get(nearest) or RuntimeZone(folder, begins=False)
        return zone

    def is_kind(self, path: str, kind: ZoneKind) -> bool:
        """Return whether a framework of its project classifies a file as `kind`."""
        zone = self.at(path)
        return _fits(self._globs_of(zone, (kind,)), path.removeprefix(f"{zone.folder}/"))

    def may_begin(self, path: str) -> bool:
        """Return whether a bundle may begin in a file because of its path."""
        zone = self.at(path)
        globs = self._globs_of(zone, ("client", "pages")) if zone.begins else ()
        return bool(globs) and _fits(globs, path[len(zone.folder) + 1 :])

    def _globs_of(self, zone: RuntimeZone, kinds: tuple[ZoneKind, ...]) -> tuple[str, ...]:
        key = zone.folder, kinds
        found = self._globs.get(key)
        if found is None:
            globs = (glob for kind in kinds for code in zone.code for glob in getattr(code, kind))
            found = self._globs[key] = tuple(globs)
        return found

    def stripped(self, path: str) -> frozenset[str]:
        """Return the exports that frameworks strip from a page before it reaches the client bundle."""
        zone = self.at(path)
        relative = path.removeprefix(f"{zone.folder}/")
        return frozenset[str]().union(*(code.stripped for code in zone.code if _fits(code.pages, relative)))


def _fits(globs: tuple[str, ...], relative: str) -> bool:
    return bool(globs) and _compiled(globs).fullmatch(relative) is not None


@functools.cache
def _compiled(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(expression, globs)))
