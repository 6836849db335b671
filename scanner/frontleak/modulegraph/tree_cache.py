"""What an earlier scan saw in a large source tree, in the user's cache: summaries of files, resolved imports, graphs.

A summary counts while size, time and inode of its file are the same; resolutions and graphs count while every folder
that was listed for them has the same entries, and every settings file that was read is the same. Nothing is kept about
what changed within the last seconds, because it may change again within the same tick of the clock. Specifiers that
could hold a secret are not kept. Of the cached file, only the parts that a scan asks for are decoded.
"""

import functools
import json
import os
import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from frontleak.core import cache
from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.shown_names import shown_name
from frontleak.core.version import VERSION
from frontleak.modulegraph.file_summary import FileFacts, FileSummaries, FileSummary, facts_of, is_settled
from frontleak.modulegraph.graph import ModuleGraph
from frontleak.modulegraph.source_listing import SourceListing
from frontleak.modulegraph.tree_parts import (
    GraphIndex,
    graph_bytes,
    graph_index,
    json_bytes,
    packed,
    read_resolution,
    read_summary,
    unpacked,
    written_resolution,
    written_summary,
)
from frontleak.resolve.file_tree import TreeState, WatchedTree
from frontleak.resolve.packages import upwards
from frontleak.resolve.resolver import ImportResolver, Resolution
from frontleak.rules.frameworks import Framework, made_of_frameworks
from frontleak.rules.ruleset import digest_of

LARGE: Final = 200
"""Files of a tree from which on it is worth a cached file."""
_RECENT: Final = 2_000_000_000
"""Nanoseconds within which a file may change twice at the same time of change."""
_MOST_CHANGED: Final = 50
"""Files that each scan looks at anew before the cached file is written again."""
_LARGEST: Final = 30_000_000
"""Bytes of the largest file that is written."""
_RUN: Final = LazyTextRegex(r"[A-Za-z0-9_+=-]{24,}")
"""A part of a path that is as long as a secret."""
_MOST_NAMES: Final = 5_000
"""Specifiers that are judged once; most are imported by many files."""
_LONGEST_NAME: Final = 48
"""Characters of the longest name of a file without two digits in it."""
_FILES, _CLIENT, _SERVER, _GRAPH = "files:", "client:", "server:", "graph:"
"""Beginnings of the names of parts; a folder follows."""


class TreeCache:
    """The cached file of one tree."""

    def __init__(
        self, root: str, files: WatchedTree, resolver: ImportResolver, summaries: FileSummaries, rules: str = ""
    ) -> None:
        """Set the tree; nothing is read yet.

        Args:
            root: absolute path of the tree.
            files: its files.
            resolver: resolves its imports.
            summaries: its file summaries.
            rules: digest of the rules and frameworks in use; empty to make one of the frameworks.
        """
        self._root = root
        self._rules = rules
        self._above = f"{root.rstrip('/')}/"
        self._files = files
        self._resolver = resolver
        self._summaries = summaries
        self._parts: dict[str, bytes] | None = None
        self._decoded: dict[str, dict[str, list[Any]]] = {}
        self._state: TreeState | None = None
        """The state in which resolutions and graphs were written, if the tree is in it."""
        self._new_graphs: dict[str, bytes] = {}

    @property
    def _name(self) -> str:
        made_by = VERSION, self._files.kind, self._rules or _frameworks_digest(), *_code()
        return f"tree-{digest_of(self._root, *made_by)}.bin"

    def load(self) -> None:
        """Use what is known about the tree."""
        if self._parts is not None:
            return
        self._parts = {}
        try:
            state, self._parts = unpacked(cache.read(self._name) or b"")
        except (ValueError, TypeError, AttributeError):
            state, self._parts = None, {}
        self._summaries.remember(self._earlier)
        if state and self._files.is_in(written := _state_of(state)):
            self._state = written
            self._resolver.remember(self._resolution)

    def graph(self, folder: str, key: str) -> GraphIndex | None:
        """Return the graph of the files of an absolute folder; None if none is known of the tree as it is now.

        `key` stands for the options that decide which files it has.
        """
        self.load()
        if self._state is None or self._parts is None:
            return None
        try:
            return graph_index(self._parts[self._graph_name(folder, key)])
        except (KeyError, ValueError, TypeError):
            return None

    def keep_graph(
        self, folder: str, key: str, graph: ModuleGraph, is_suspect: Callable[[str], bool], listing: SourceListing
    ) -> None:
        """Keep a graph for later scans.

        Args:
            folder: absolute, whose files the graph has, and no others.
            key: as in `graph`.
            graph: the graph.
            is_suspect: whether an import of a file leads nowhere, or it could not be read.
            listing: what the list of its files was made of.
        """
        index = self._index(graph, is_suspect, self._ignores(folder, listing))
        if index is not None:
            self._new_graphs[self._graph_name(folder, key)] = graph_bytes(index)

    def _graph_name(self, folder: str, key: str) -> str:
        return f"{_GRAPH}{key} {self._relative(folder)}"

    def _ignores(self, folder: str, listing: SourceListing) -> list[tuple[str, FileFacts | None]]:
        """Make what a list of files was made of part of the state of the tree; return what is outside of it."""
        from frontleak.files.git.index_file import git_folder  # noqa: PLC0415 - few scans write an index

        inside = (self._relative(each) for each in listing.folders)
        for each in dict.fromkeys((*inside, *upwards(self._relative(folder)))):
            if ".gitignore" in self._files.names(each):
                self._files.read(f"{each}/.gitignore".lstrip("/"))
        of_git = (f"{git}/index" for top in listing.tracked_in if (git := git_folder(top)))
        return [(path, facts_of(path)) for path in (f"{self._above}.git/info/exclude", *of_git)]

    def save(self) -> None:
        """Write what was seen, if that is much more than was known."""
        if self._parts is None or (not self._parts and len(self._summaries) < LARGE):
            return
        changed, new = len(self._summaries.computed), len(self._resolver.computed)
        if changed <= _MOST_CHANGED and new <= _MOST_CHANGED and not self._new_graphs:
            return
        before = time.time_ns() - _RECENT
        parts = {name: part for name, part in self._parts.items() if name.startswith(_FILES)}
        for folder, files in self._new_files(before).items():
            parts[folder] = json_bytes(self._part(folder) | files)
        state = None if self._resolver.diagnostics else self._new_state(before)
        if state is not None and not all(map(is_plain, (*state.folders, *state.files))):
            state = None
        if state is not None:
            if self._state is not None:
                parts = {**self._parts, **parts}
            for folder, resolutions in _grouped(self._resolver.computed).items():
                earlier = self._part(folder) if self._state is not None else {}
                parts[folder] = json_bytes(earlier | resolutions)
            parts |= self._new_graphs
        data = packed(state, parts)
        if len(data) <= _LARGEST:
            cache.write(self._name, data)

    def _new_state(self, before: int) -> TreeState | None:
        """Return what all answers were made of, with those before this scan; None when that is not certain."""
        state = self._files.state(before)
        if state is None or self._state is None:
            return state
        folders, files, _ = self._state
        return TreeState({**folders, **state.folders}, {**files, **state.files}, state.tracked)

    def _new_files(self, before: int) -> dict[str, dict[str, list[Any]]]:
        found: dict[str, dict[str, list[Any]]] = {}
        for path, facts in self._summaries.computed.items():
            folder, _, name = path.rpartition("/")
            if is_settled(facts, before) and self._is_plain(path) and _is_harmless(summary := self._summaries.at(path)):
                found.setdefault(_FILES + self._relative(folder), {})[name] = [*facts, *written_summary(summary)]
        return found

    def _index(
        self,
        graph: ModuleGraph,
        is_suspect: Callable[[str], bool],
        ignores: Sequence[tuple[str, FileFacts | None]],
    ) -> GraphIndex | None:
        """Return the index of a graph; None if one of its files just changed or may not be named."""
        before = time.time_ns() - _RECENT
        facts = array("q")
        for path in graph.paths:
            found = self._summaries.facts(path)
            if found is None or not is_settled(found, before) or not self._is_plain(path):
                return None
            facts.extend(found)
        numbers = {path: number for number, path in enumerate(graph.paths)}
        by_target: dict[int, list[tuple[int, int]]] = {}
        others: list[str] = []
        for number, path in enumerate(graph.paths):
            for site, target in graph.targets_of(path):
                if target not in numbers:
                    numbers[target] = len(numbers)
                    others.append(target)
                by_target.setdefault(numbers[target], []).append((number, site))
        if not all(map(self._is_plain, others)):
            return None
        starts, importers, sites = array("I", [0]), array("I"), array("I")
        for number in range(len(numbers)):
            for importer, site in by_target.get(number, ()):
                importers.append(importer)
                sites.append(site)
            starts.append(len(importers))
        suspects = [number for path, number in numbers.items() if is_suspect(path)]
        return GraphIndex(
            paths=[self._relative(path) for path in graph.paths],
            others=[self._relative(path) for path in others],
            facts=facts,
            starts=starts,
            importers=importers,
            sites=sites,
            goals=[number for number, path in enumerate(graph.paths) if graph.is_goal(self._summaries.at(path))],
            marked=[numbers[path] for path in graph.marked],
            suspects=suspects,
            ignores=ignores,
        )

    def _earlier(self, path: str, facts: FileFacts) -> FileSummary | None:
        if not path.startswith(self._above):
            return None
        folder, _, name = path.rpartition("/")
        found = self._part(_FILES + self._relative(folder)).get(name)
        return read_summary(found[3:]) if found is not None and tuple(found[:3]) == facts else None

    def _resolution(self, specifier: str, folder: str, for_server: bool) -> Resolution | None:
        found = self._part((_SERVER if for_server else _CLIENT) + folder).get(specifier)
        return read_resolution(found) if found is not None else None

    def _part(self, name: str) -> dict[str, list[Any]]:
        found = self._decoded.get(name)
        if found is None:
            data = self._parts.get(name) if self._parts else None
            found = self._decoded[name] = json.loads(data) if data else {}
        return found

    def _is_plain(self, path: str) -> bool:
        """Return whether an absolute path is in the tree, and no name in it could be a secret."""
        return path.startswith(self._above) and is_plain(path[len(self._above) :])

    def _relative(self, path: str) -> str:
        return path[len(self._above) :] if path != self._root.rstrip("/") else ""


def _is_harmless(summary: FileSummary) -> bool:
    texts = (*(site.specifier for _, site in summary.imports), *summary.page_scripts, *summary.islands)
    return not any(map(may_hold_secret, texts))


def is_plain(path: str) -> bool:
    """Return whether no name in a path could be a secret."""
    return shown_name(path) == path


@functools.lru_cache(_MOST_NAMES)
def may_hold_secret(text: str) -> bool:
    """Return whether a specifier is no plain path or name of a package."""
    return (
        "://" in text
        or text.startswith("data:")
        or any(len(run) > _LONGEST_NAME or sum(map(str.isdigit, run)) > 1 for run in _RUN.findall(text))
    )


def _grouped(resolutions: Mapping[tuple[str, str, bool], Resolution]) -> dict[str, dict[str, list[str]]]:
    """Return name of a part -> specifier -> kind and fields of its resolution."""
    found: dict[str, dict[str, list[str]]] = {}
    for (specifier, folder, for_server), resolution in resolutions.items():
        written = written_resolution(resolution)
        if is_plain(folder) and not any(map(may_hold_secret, (specifier, *written[1:]))):
            found.setdefault((_SERVER if for_server else _CLIENT) + folder, {})[specifier] = written
    return found


def _state_of(state: list[Any]) -> TreeState:
    folders, files, tracked = state
    return TreeState(
        {path: (changed, inode, digest) for path, (changed, inode, digest) in folders.items()},
        {path: (size, changed, inode) for path, (size, changed, inode) in files.items()},
        tracked,
    )


@made_of_frameworks
def _frameworks_digest(frameworks: tuple[Framework, ...]) -> str:
    return digest_of(repr([_plain(framework) for framework in frameworks]))


def _plain(value: Any) -> Any:
    """Return a value whose `repr` is the same in every process."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return [(key, _plain(value[key])) for key in sorted(value)]
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    names = getattr(type(value), "__slots__", ())  # of a record
    return [_plain(getattr(value, name)) for name in names] if names else value


def _code() -> Iterator[str]:
    """Yield the state of the code that makes what is cached, so that a file written by other code is not used."""
    here = os.path.dirname(__file__)
    above = os.path.dirname(here)
    for folder in (here, os.path.join(above, "resolve"), os.path.join(above, "misuse")):
        with os.scandir(folder) as entries:
            stats = [(entry.name, entry.stat()) for entry in entries if entry.name.endswith(".py")]
        yield from (f"{name} {found.st_size} {found.st_mtime_ns}" for name, found in sorted(stats))
