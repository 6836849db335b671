"""The module graph of a source tree, built from file summaries without parsing."""

import functools
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.js.embedded_scripts import ScriptSection, ending
from frontleak.modulegraph.file_summary import FileSummaries, FileSummary
from frontleak.modulegraph.import_scan import ImportKind, ImportSite

_MOST_IMPORTERS: Final = 3_000


class ModuleNode(NamedTuple):
    """A file, or a section of it that runs in its own place."""

    path: str
    section: ScriptSection = ScriptSection.ALL


class ImportEdge(NamedTuple):
    """An import of one file by another."""

    importer: ModuleNode
    target: ModuleNode
    site: ImportSite
    """The import in the importer."""


class ModuleGraph:
    """The imports of a tree, read once, on first use."""

    def __init__(
        self,
        paths: Callable[[], Iterable[str]],
        summaries: FileSummaries,
        resolve: Callable[[str, str], str | None],
        matching: Callable[[str, str], Iterable[str]] = lambda *_: (),
    ) -> None:
        """Set where files, summaries and resolved imports come from; nothing is read yet.

        Args:
            paths: returns the absolute paths of the source files; called on first use.
            summaries: the file summaries of the tree.
            resolve: (specifier, importer) -> absolute path; None for another package or when unresolved.
            matching: (pattern of an import of several files, importer) -> absolute paths.
        """
        self._list = paths
        self._summaries = summaries
        self._resolve = resolve
        self._matching = matching

    @functools.cached_property
    def paths(self) -> tuple[str, ...]:
        """Sorted absolute paths of the source files."""
        return tuple(sorted(self._list()))

    @functools.cached_property
    def marked(self) -> Mapping[str, str]:
        """Source files marked as client-side -> the mark; without files that are also kept out of bundles."""
        summaries = ((path, self._summaries.at(path)) for path in self.paths)
        return {
            path: f"'{summary.directive}'" if summary.runs_on("client") else f"import '{summary.client_only}'"
            for path, summary in summaries
            if (summary.runs_on("client") or summary.client_only) and not summary.guarded
        }

    def edges_to(self, node: ModuleNode) -> Sequence[ImportEdge]:
        """Return the edges from the importers of a module."""
        return self._edges[1].get(node, ())

    def edges_from(self, node: ModuleNode) -> Sequence[ImportEdge]:
        """Return the edges from a module to the modules of the tree that it imports."""
        return self._edges[0].get(node, ())

    def importers(self, paths: Iterable[str]) -> set[str]:
        """Return the given files and all files that import them, directly or indirectly."""
        found = set(paths)
        queue = deque(ModuleNode(path, section) for path in found for section in ScriptSection)
        while queue and len(found) < _MOST_IMPORTERS:
            for edge in self.edges_to(queue.popleft()):
                path = edge.importer.path
                if path not in found:
                    found.add(path)
                    queue += (ModuleNode(path, section) for section in ScriptSection)
        return found

    def leading_to(self, is_goal: Callable[[FileSummary], bool]) -> frozenset[str]:
        """Return the files with a summary, and all that import them, directly or indirectly.

        An import that leaves the listed files may lead anywhere, so it counts.
        """
        importers: dict[str, set[str]] = {}
        for target, edges in self._edges[1].items():
            importers.setdefault(target.path, set()).update(edge.importer.path for edge in edges)
        found = importers.keys() - set(self.paths)
        found |= {path for path in self.paths if is_goal(self._summaries.at(path))}
        pending = list(found)
        while pending:
            more = importers.get(pending.pop(), set()) - found
            found |= more
            pending += more
        return frozenset(found)

    def importers_of_package(self, specifier: str) -> list[ModuleNode]:
        """Return the modules that import an external package by a specifier, without type-only imports."""
        return [
            ModuleNode(path, section)
            for path in self.paths
            for section, site in self._summaries.at(path).imports
            if site.specifier == specifier and not site.type_only
        ]

    @functools.cached_property
    def _edges(self) -> tuple[Mapping[ModuleNode, list[ImportEdge]], Mapping[ModuleNode, list[ImportEdge]]]:
        """Edges by importer, and edges by target."""
        by_importer: dict[ModuleNode, list[ImportEdge]] = {}
        by_target: dict[ModuleNode, list[ImportEdge]] = {}
        nodes: dict[str, ModuleNode] = {}
        for path in self.paths:
            for section, site in self._summaries.at(path).imports:
                for target in self._targets(site, path):
                    node = nodes.get(target)
                    if node is None:
                        front = ScriptSection.FRONTMATTER if ending(target) == "astro" else ScriptSection.ALL
                        node = nodes[target] = ModuleNode(target, front)
                    edge = ImportEdge(ModuleNode(path, section), node, site)
                    by_importer.setdefault(edge.importer, []).append(edge)
                    by_target.setdefault(node, []).append(edge)
        return by_importer, by_target

    def _targets(self, site: ImportSite, importer: str) -> Sequence[str]:
        """Return the files that an import leads to, without the importer."""
        if site.kind is ImportKind.GLOB:
            return [path for path in self._matching(site.specifier, importer) if path != importer]
        target = None if site.type_only else self._resolve(site.specifier, importer)
        return [target] if target is not None and target != importer else []
