"""The module graphs of a tree: of given files, and of all source files below a folder, which may have an index."""

import json
from collections.abc import Callable, Iterable, Sequence

from frontleak.js.embedded_scripts import ending
from frontleak.misuse.diagnostics import may_lead_nowhere
from frontleak.misuse.sanity_clients import names_client
from frontleak.misuse.source_resolver import SOURCES, SourceResolver
from frontleak.modulegraph.file_summary import FileSummaries
from frontleak.modulegraph.graph import ModuleGraph
from frontleak.modulegraph.indexed_graph import IndexedGraph
from frontleak.modulegraph.source_listing import SourceListings
from frontleak.modulegraph.tree_cache import TreeCache
from frontleak.resolve.projects import Project
from frontleak.rules.ruleset import digest_of


class FolderGraphs:
    """Makes module graphs, and keeps those of folders for later scans."""

    def __init__(
        self,
        resolver: SourceResolver,
        summaries: FileSummaries,
        cache: TreeCache | None,
        listings: SourceListings | None,
    ) -> None:
        """Set what graphs are made of.

        Args:
            resolver: resolves the imports of the tree.
            summaries: the file summaries of the tree.
            cache: of the tree; None for a tree in a commit.
            listings: what lists the files of folders; None if that is not known, and then no graph is kept.
        """
        self._resolver = resolver
        self._summaries = summaries
        self._cache = cache
        self._listings = listings
        self._projects: tuple[Project, ...] = ()
        self._made: dict[str, ModuleGraph] = {}
        self._listed: dict[str, Sequence[str]] = {}

    def of(self, paths: Callable[[], Iterable[str]]) -> ModuleGraph:
        """Return the graph of some files, which are listed when the graph is read."""

        def listed() -> set[str]:
            return {path for path in paths() if ending(path) in SOURCES}

        return ModuleGraph(listed, self._summaries, self._resolver.resolve, self._resolver.matching, names_client)

    def below(self, folder: str, more: Callable[[str], Iterable[str]], own: Sequence[str]) -> ModuleGraph:
        """Return the graph of all source files below an absolute folder.

        Args:
            folder: of a project.
            more: lists its files.
            own: files that the graph has besides.
        """
        listed: Sequence[str] | None = None

        def all_files() -> tuple[str, ...]:
            found = listed if listed is not None else tuple(more(folder))
            self._listed[folder] = found
            return (*found, *own)

        graph = self.of(all_files)
        index = self._cache.graph(folder, self._key(folder)) if self._cache is not None else None
        if index is not None and not index.has_same_ignores():
            listed = tuple(more(folder))
            index = index if {*map(self._resolver.absolute, index.paths)}.issubset(listed) else None
        if index is not None:
            given = (self._resolver.resolve, self._resolver.matching, names_client)
            more_files = (path for path in (*(listed or ()), *own) if ending(path) in SOURCES)
            graph = IndexedGraph(index, self._resolver.absolute, more_files, self._summaries, *given)
        self._made[folder] = graph
        return graph

    def keep(self, folder: str) -> None:
        """Keep the graph of a folder for later scans, if it was read and what it was made of is known."""
        graph = self._made.get(folder)
        if self._cache is None or self._listings is None or graph is None:
            return
        if isinstance(graph, IndexedGraph) and graph.is_outdated:
            found = tuple(self._listings.below(folder))
            graph = self.of(lambda: found)
        elif not isinstance(graph, IndexedGraph) and graph.is_complete:
            found = tuple(self._listed[folder])
            graph = self.of(lambda: found)  # without the files that this scan brought
        else:
            return
        listing = self._listings.listing(folder)
        if listing is not None:
            self._cache.keep_graph(folder, self._key(folder), graph, self._may_lead_nowhere, listing)

    def looked_at(self) -> int:
        """Return the number of files whose imports are known, from this scan or from an earlier one."""
        indexed = (graph.indexed for graph in self._made.values() if isinstance(graph, IndexedGraph))
        return len(set(self._summaries.paths()).union(*indexed))

    def use(self, projects: Iterable[Project]) -> None:
        """Set the projects whose settings the resolver uses."""
        self._projects = tuple(projects)

    def _key(self, folder: str) -> str:
        """Return what decides about the edges of a graph besides the files that imports resolve to."""
        inside = self._resolver.relative(folder)
        settings = [
            (project.folder, [each.id for each in project.frameworks], *self._resolver.aliases(project.folder))
            for project in self._projects
            if _are_related(project.folder, inside)
        ]
        return digest_of(self._listings.key if self._listings is not None else "", json.dumps(settings))

    def _may_lead_nowhere(self, path: str) -> bool:
        return may_lead_nowhere(path, self._summaries.at(path), self._resolver.why_unresolved)


def _are_related(folder: str, other: str) -> bool:
    """Return whether one of two folders is the other or in it; the root is empty."""
    folder, other = f"/{folder}".rstrip("/") + "/", f"/{other}".rstrip("/") + "/"
    return folder.startswith(other) or other.startswith(folder)
