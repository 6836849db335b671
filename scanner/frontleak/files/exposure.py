"""Who gets to see a file: decided once a folder, from what marks the folders at and above it."""

import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from frontleak.core.vocabulary import Exposure
from frontleak.rules.frameworks import FileMark, OutputGlobs, load_frameworks
from frontleak.rules.globs import expression
from frontleak.rules.load import load_data

_PROJECT: Final = frozenset({".git", "package.json"})
"""What stands at the top of a source tree."""


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """The lines of one output folder."""

    start: int
    """Length of the folder's path with its slash."""
    match: "Callable[[str, int], re.Match[str] | None]"
    """(path, start) -> the line that fits first."""
    exposures: tuple[Exposure, ...]
    """Exposure of each line."""


@dataclass(frozen=True, slots=True)
class _FolderExposure:
    """What is known of a folder."""

    exposure: Exposure | None = None
    """Who sees its files when no line says otherwise; None outside source trees and build output."""
    build: str = ""
    """The outermost folder of the build it is in; empty outside build output."""
    verdicts: tuple[_Verdicts, ...] = ()
    """Of the outputs it is in, outermost first."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """The marks of all outputs, by what is cheap to look at first, and the usual names of output folders."""

    by_folder: Mapping[str, tuple[tuple[FileMark, OutputGlobs], ...]]
    """Last name of the folder -> marks."""
    by_entry: Mapping[str, tuple[tuple[FileMark, OutputGlobs], ...]]
    """First name of what the folder holds -> marks without a folder name."""
    entries: frozenset[str]
    """Names of entries that tell something about a folder."""
    usual_names: frozenset[str]
    usual_ends: tuple[str, ...]


class ExposureMap:
    """Says who gets to see each file at or below a folder that was named, from that folder and those above it.

    Frameworks' output is known by rules/frameworks; build output of an unknown layout counts as served, and so does a
    folder that is neither build output nor in a source tree (no `package.json` and no `.git` at or above the file).
    """

    def __init__(self, root: str) -> None:
        """Remember the folder that was named: absolute, with forward slashes."""
        self._root = root.rstrip("/")
        self._marks = _marks()
        self._places: dict[str, _FolderExposure] = {}

    def exposure(self, path: str) -> Exposure:
        """Return who gets to see a file or folder at an absolute path with forward slashes at or below the root."""
        folder = path.rpartition("/")[0]
        place = self._places.get(folder) or self._place(folder)
        if not place.verdicts:
            return place.exposure or Exposure.SERVED
        verdicts = {_verdict(lines, path) for lines in place.verdicts}
        return Exposure.SERVER if Exposure.SERVER in verdicts and Exposure.SERVED not in verdicts else Exposure.SERVED

    def build_of(self, path: str) -> str:
        """Return the outermost folder of the build a file is in; the root, when it is in a folder nothing is known of.

        Empty for a file of a source tree.
        """
        place = self._place(path.rpartition("/")[0])
        return place.build or ("" if place.exposure else self._root)

    def is_build_output(self, path: str) -> bool:
        """Say whether a file is in build output that is known by its marks or its usual name."""
        return bool(self._place(path.rpartition("/")[0]).build)

    def enter(self, folder: str, entries: Iterable[str]) -> None:
        """Note what a walk has listed, so that a folder at or below the root need not be listed again.

        Args:
            folder: absolute, with forward slashes; entered after the one it is in.
            entries: names of its files and folders.
        """
        above = folder.rpartition("/")[0]
        parent = self._places.get(above) or self._place(above)
        self._places[folder] = self._next(folder, self._marks.entries.intersection(entries), parent)

    def _place(self, folder: str) -> _FolderExposure:
        known = self._places.get(folder)
        if known is not None:
            return known
        unknown = [folder]
        above = folder
        while above:
            above = above.rpartition("/")[0]
            if above in self._places:
                break
            unknown.append(above)
        place = self._places.get(above, _FolderExposure())
        for each in reversed(unknown):
            place = self._places[each] = self._next(each, self._names(each), place)
        return place

    def _next(self, folder: str, names: frozenset[str], parent: _FolderExposure) -> _FolderExposure:
        """Return what is known of a folder inside one of which all is known."""
        usual = self._has_usual_name(folder)
        found = tuple(_outputs(folder, names, self._marks)) if folder else ()
        above = not folder.startswith(f"{self._root}/")
        if above and ".git" in names and not usual and not found:
            parent = _FolderExposure()  # the names of folders above a repository say nothing about it
        known_top = parent.exposure or not above or (folder == self._root and ".git" not in names)
        if found or (usual and not parent.build and known_top):
            verdicts = (_verdicts(folder, output) for output in found if output.reach)
            return _FolderExposure(Exposure.SERVED, parent.build or folder, (*parent.verdicts, *verdicts))
        if parent.exposure is None and not names.isdisjoint(_PROJECT):
            return _FolderExposure(Exposure.SOURCE)
        return parent

    def _names(self, folder: str) -> frozenset[str]:
        """Return the entries of a folder that tell something; above the root each is looked for by name."""
        if folder == self._root or folder.startswith(f"{self._root}/"):
            try:
                return self._marks.entries.intersection(os.listdir(folder or "/"))
            except (OSError, ValueError):
                return frozenset()
        return frozenset(name for name in self._marks.entries if os.path.lexists(f"{folder}/{name}"))

    def _has_usual_name(self, folder: str) -> bool:
        return folder.rpartition("/")[2] in self._marks.usual_names or folder.endswith(self._marks.usual_ends)


def _outputs(folder: str, names: frozenset[str], marks: _Marks) -> Iterator[OutputGlobs]:
    """Yield each output that a folder is recognised as."""
    seen: list[OutputGlobs] = []
    candidates = [*marks.by_folder.get(folder.rpartition("/")[2], ())]
    candidates += [pair for name in names for pair in marks.by_entry.get(name, ())]
    for mark, output in candidates:
        if output not in seen and _fits(mark, folder, names):
            seen.append(output)
            yield output


def _fits(mark: FileMark, folder: str, names: frozenset[str]) -> bool:
    if mark.folder:
        if not folder.endswith(f"/{mark.folder}"):
            return False
    elif not names.isdisjoint(_PROJECT.difference(mark.holds)):
        return False  # the top of a source tree may look like anything
    return all(_exists(f"{folder}/{path}") for path in mark.holds)


def _exists(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    if "*" not in name:
        return os.path.lexists(path)
    try:
        return any(fnmatchcase(entry, name) for entry in os.listdir(folder))
    except OSError:
        return False


def _verdict(lines: _Verdicts, path: str) -> Exposure | None:
    match = lines.match(path, lines.start)
    return lines.exposures[(match.lastindex or 1) - 1] if match else None


def _verdicts(folder: str, output: OutputGlobs) -> _Verdicts:
    return _Verdicts(len(folder) + 1, _expression(output).fullmatch, tuple(line.exposure for line in output.reach))


@functools.cache
def _expression(output: OutputGlobs) -> re.Pattern[str]:
    """Return one expression for the lines of an output; the number of its group is that of the line that fits."""
    return re.compile("|".join(f"({expression(line.glob)})" for line in output.reach), re.DOTALL)


@functools.cache
def _marks() -> _Marks:
    pairs = [
        (mark, output)
        for framework in load_frameworks()
        for output in framework.outputs
        for mark in output.recognised_by
    ]
    usual = load_data("walk.yaml")["build_output"]
    by_entry = _grouped((mark.holds[0].partition("/")[0], mark, output) for mark, output in pairs if not mark.folder)
    return _Marks(
        by_folder=_grouped((mark.folder.rpartition("/")[2], mark, output) for mark, output in pairs if mark.folder),
        by_entry=by_entry,
        entries=_PROJECT | by_entry.keys(),
        usual_names=frozenset(name for name in usual if "/" not in name),
        usual_ends=tuple(f"/{name}" for name in usual if "/" in name),
    )


def _grouped(rows: Iterable[tuple[str, FileMark, OutputGlobs]]) -> dict[str, tuple[tuple[FileMark, OutputGlobs], ...]]:
    grouped: dict[str, tuple[tuple[FileMark, OutputGlobs], ...]] = {}
    for key, mark, output in rows:
        grouped[key] = (*grouped.get(key, ()), (mark, output))
    return grouped
