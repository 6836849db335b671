"""Who can see a file: decided once per folder, from the marks of that folder and its parents."""

import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final, Protocol

from frontleak.core.records import dataclass
from frontleak.core.vocabulary import Exposure
from frontleak.files.source_folder import holds_source
from frontleak.rules.frameworks import FileMark, Framework, OutputGlobs, made_of_frameworks
from frontleak.rules.globs import expression
from frontleak.rules.load import load_data

_PROJECT: Final = frozenset({".git", "package.json"})
"""Entries at the top of a source tree."""


_SentGlob = tuple[Callable[[str, int], "re.Match[str] | None"], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _ExposureLines:
    """The exposure lines of one output folder."""

    start: int
    """Length of the folder's path including the trailing slash."""
    match: "Callable[[str, int], re.Match[str] | None]"
    """(path, start) -> the first line that matches."""
    exposures: tuple[Exposure, ...]
    """Exposure of each line."""
    sent: "tuple[_SentGlob, ...]"
    """(path, start) -> whether parts of the file are sent; the paths of these parts."""


@dataclass(frozen=True, slots=True)
class _FolderExposure:
    """The classification of one folder."""

    exposure: Exposure | None = None
    """Who can see its files unless a line overrides it; None outside source trees and build output."""
    build: str = ""
    """Outermost folder of the build it is in; empty outside build output."""
    lines: tuple[_ExposureLines, ...] = ()
    """Exposure lines of the outputs it is in, outermost first."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """The marks of all outputs, indexed by the cheapest check, and the usual names of output folders."""

    by_folder: Mapping[str, tuple[tuple[FileMark, OutputGlobs], ...]]
    """Last component of the folder's path -> marks."""
    by_entry: Mapping[str, tuple[tuple[FileMark, OutputGlobs], ...]]
    """First component of a path the folder holds -> marks without a folder name."""
    entries: frozenset[str]
    """Names of entries that help to classify a folder."""
    usual_names: frozenset[str]
    usual_ends: tuple[str, ...]


class Tree(Protocol):
    """Where folders are looked at; paths are absolute, with forward slashes."""

    def listdir(self, folder: str, /) -> list[str]:
        """Return the names in a folder.

        Raises:
            OSError: it cannot be listed.
        """
        ...

    def lexists(self, path: str, /) -> bool:
        """Return whether there is a file or folder."""
        ...

    def holds_source(self, folder: str, /) -> bool:
        """Return whether a folder with the usual name of build output holds source code."""
        ...


class _Disk:
    """The disk."""

    listdir = staticmethod(os.listdir)
    lexists = staticmethod(os.path.lexists)
    holds_source = staticmethod(holds_source)


_DISK: Final[Tree] = _Disk()


class ExposureMap:
    """Decides who can see each file at or below a named folder, from that folder and its parents.

    Framework output is recognised by rules/frameworks. Build output of an unknown layout counts as served, and so does
    a folder that is neither build output nor in a source tree (no `package.json` and no `.git` at or above the file).
    """

    def __init__(self, root: str, tree: Tree = _DISK) -> None:
        """Store the named folder, absolute, with forward slashes, and what is asked for files."""
        self._root = root.rstrip("/")
        self._tree = tree
        self._marks = _marks()
        self._folders: dict[str, _FolderExposure] = {}

    def exposure(self, path: str) -> Exposure:
        """Return who can see a file or folder; `path` is absolute, with forward slashes, at or below the root."""
        folder = path.rpartition("/")[0]
        status = self._folders.get(folder) or self._classified(folder)
        if not status.lines:
            return status.exposure or Exposure.SERVED
        verdicts = {_verdict(lines, path) for lines in status.lines}
        return Exposure.SERVER if Exposure.SERVER in verdicts and Exposure.SERVED not in verdicts else Exposure.SERVED

    def of_file(self, path: str) -> tuple[Exposure, bool, tuple[str, ...]]:
        """Return `exposure`, `is_placed` and, of a file that stays on the server, `sent_parts`; a walk asks for all."""
        folder = path.rpartition("/")[0]
        status = self._folders.get(folder) or self._classified(folder)
        if not status.lines:
            return status.exposure or Exposure.SERVED, status.exposure is not None, ()
        exposure = self.exposure(path)
        return exposure, True, self.sent_parts(path) if exposure is Exposure.SERVER else ()

    def sent_parts(self, path: str) -> tuple[str, ...]:
        """Return the parts of a file in server output that are sent to browsers all the same, as paths of keys."""
        status = self._classified(path.rpartition("/")[0])
        found = (parts for lines in status.lines for matches, parts in lines.sent if matches(path, lines.start))
        return tuple(dict.fromkeys(part for parts in found for part in parts))

    def build_of(self, path: str) -> str:
        """Return the outermost folder of the build that a file is in; empty for a file in a source tree.

        A file in neither build output nor a source tree belongs to the root.
        """
        status = self._classified(path.rpartition("/")[0])
        return status.build or ("" if status.exposure else self._root)

    def is_build_output(self, path: str) -> bool:
        """Return whether a file is in build output that is recognised by its marks or usual name."""
        return bool(self._classified(path.rpartition("/")[0]).build)

    def is_placed(self, path: str) -> bool:
        """Return whether a file is in a source tree or build output; otherwise it counts as served without a mark."""
        status = self._classified(path.rpartition("/")[0])
        return status.exposure is not None or bool(status.lines)

    def enter(self, folder: str, entries: Iterable[str]) -> None:
        """Record a folder that a walk has listed, so that it is not listed again.

        Args:
            folder: absolute, with forward slashes, at or below the root; entered after its parent.
            entries: names of its files and folders.
        """
        above = folder.rpartition("/")[0]
        parent = self._folders.get(above) or self._classified(above)
        self._folders[folder] = self._classify(folder, self._marks.entries.intersection(entries), parent)

    def _classified(self, folder: str) -> _FolderExposure:
        cached = self._folders.get(folder)
        if cached is not None:
            return cached
        missing = [folder]
        above = folder
        while above:
            above = above.rpartition("/")[0]
            if above in self._folders:
                break
            missing.append(above)
        status = self._folders.get(above, _FolderExposure())
        for each in reversed(missing):
            status = self._folders[each] = self._classify(each, self._names(each), status)
        return status

    def _classify(self, folder: str, names: frozenset[str], parent: _FolderExposure) -> _FolderExposure:
        """Classify a folder, given the classification of its parent."""
        usual = self._has_usual_name(folder) and not (
            parent.exposure is Exposure.SOURCE and not parent.build and self._tree.holds_source(folder)
        )
        found = tuple(_outputs(folder, names, self._marks, self._tree)) if folder else ()
        above = not folder.startswith(f"{self._root}/")
        if above and ".git" in names and not usual and not found:
            parent = _FolderExposure()  # folder names above a repository do not classify it
        can_be_top = parent.exposure or not above or (folder == self._root and ".git" not in names)
        if found or (usual and not parent.build and can_be_top):
            lines = (_exposure_lines(folder, output) for output in found if output.reach or output.sent)
            return _FolderExposure(Exposure.SERVED, parent.build or folder, (*parent.lines, *lines))
        if parent.exposure is None and not names.isdisjoint(_PROJECT):
            return _FolderExposure(Exposure.SOURCE)
        return parent

    def _names(self, folder: str) -> frozenset[str]:
        """Return the entries that help to classify a folder; a folder above the root is probed by name, not listed."""
        if folder == self._root or folder.startswith(f"{self._root}/"):
            try:
                return self._marks.entries.intersection(self._tree.listdir(folder or "/"))
            except (OSError, ValueError):
                return frozenset()
        return frozenset(name for name in self._marks.entries if self._tree.lexists(f"{folder}/{name}"))

    def _has_usual_name(self, folder: str) -> bool:
        return folder.rpartition("/")[2] in self._marks.usual_names or folder.endswith(self._marks.usual_ends)


def _outputs(folder: str, names: frozenset[str], marks: _Marks, tree: Tree) -> Iterator[OutputGlobs]:
    """Yield each framework output that a folder is recognised as."""
    seen: list[OutputGlobs] = []
    candidates = [*marks.by_folder.get(folder.rpartition("/")[2], ())]
    candidates += [pair for name in names for pair in marks.by_entry.get(name, ())]
    for mark, output in candidates:
        if output not in seen and _matches(mark, folder, names, tree):
            seen.append(output)
            yield output


def _matches(mark: FileMark, folder: str, names: frozenset[str], tree: Tree) -> bool:
    if mark.folder:
        if not folder.endswith(f"/{mark.folder}"):
            return False
    elif not names.isdisjoint(_PROJECT.difference(mark.holds)):
        return False  # the top of a source tree may look like any output
    return all(_exists(f"{folder}/{path}", tree) for path in mark.holds)


def _exists(path: str, tree: Tree) -> bool:
    folder, _, name = path.rpartition("/")
    if "*" not in name:
        return tree.lexists(path)
    try:
        return any(fnmatchcase(entry, name) for entry in tree.listdir(folder))
    except OSError:
        return False


def _verdict(lines: _ExposureLines, path: str) -> Exposure | None:
    match = lines.match(path, lines.start)
    return lines.exposures[(match.lastindex or 1) - 1] if match else None


def _exposure_lines(folder: str, output: OutputGlobs) -> _ExposureLines:
    exposures = tuple(line.exposure for line in output.reach)
    return _ExposureLines(len(folder) + 1, _expression(output).fullmatch, exposures, _sent(output))


@functools.cache
def _sent(output: OutputGlobs) -> tuple[_SentGlob, ...]:
    parts: dict[str, tuple[str, ...]] = {}
    for part in output.sent:
        parts[part.glob] = (*parts.get(part.glob, ()), part.path)
    return tuple((re.compile(expression(glob), re.DOTALL).fullmatch, paths) for glob, paths in parts.items())


@functools.cache
def _expression(output: OutputGlobs) -> re.Pattern[str]:
    """Return one regex for the lines of an output; the number of the matched group is the number of the line."""
    return re.compile("|".join(f"({expression(line.glob)})" for line in output.reach), re.DOTALL)


@made_of_frameworks
def _marks(frameworks: tuple[Framework, ...]) -> _Marks:
    pairs = [
        (mark, output) for framework in frameworks for output in framework.outputs for mark in output.recognised_by
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
