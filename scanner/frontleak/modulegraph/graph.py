"""The module graph of a source tree, built from file summaries without parsing."""

import functools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.js.embedded_scripts import MARKUP, SCRIPTS, ScriptSection, ending
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


def nodes_of(path: str) -> Iterable[ModuleNode]:
    """Return the modules that a file may consist of."""
    sections: Iterable[ScriptSection] = ScriptSection if ending(path) == "astro" else (ScriptSection.ALL,)
    return (ModuleNode(path, section) for section in sections)


def is_marked(file: FileSummary) -> bool:
    """Return whether a file is marked as client-side and not kept out of bundles."""
    return not file.guarded and (file.runs_on("client") or bool(file.client_only))


def imported_node(path: str) -> ModuleNode:
    """Return the module that an import of a file leads to."""
    return ModuleNode(path, ScriptSection.FRONTMATTER if ending(path) == "astro" else ScriptSection.ALL)


class ModuleGraph:
    """The imports of a tree, read once, on first use."""

    def __init__(
        self,
        paths: Callable[[], Iterable[str]],
        summaries: FileSummaries,
        resolve: Callable[[str, str], str | None],
        matching: Callable[[str, str], Iterable[str]] = lambda *_: (),
        is_goal: Callable[[FileSummary], bool] = lambda _: False,
    ) -> None:
        """Set where files, summaries and resolved imports come from; nothing is read yet.

        Args:
            paths: returns the absolute paths of the source files; called on first use.
            summaries: the file summaries of the tree.
            resolve: (specifier, importer) -> absolute path; None for another package or when unresolved.
            matching: (pattern of an import of several files, importer) -> absolute paths.
            is_goal: whether a file is one of those to which `leading` leads, by its summary.
        """
        self._list = paths
        self._summaries = summaries
        self._resolve = resolve
        self._matching = matching
        self.is_goal = is_goal
        self._leading: dict[Callable[[FileSummary], bool], frozenset[str]] = {}

    @functools.cached_property
    def paths(self) -> tuple[str, ...]:
        """Sorted absolute paths of the source files."""
        return tuple(sorted(self._list()))

    def __contains__(self, path: str) -> bool:
        return path in self._listed

    def leaves(self, path: str) -> bool:
        """Return whether a file is not listed and may have imports, which are not known; data has none."""
        return path not in self and ending(path) in SCRIPTS | MARKUP

    @functools.cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(self.paths)

    @property
    def marked(self) -> Iterable[str]:
        """The files that are marked as client-side and not kept out of bundles."""
        return (path for path in self.paths if is_marked(self._summaries.at(path)))

    @property
    def is_complete(self) -> bool:
        """Whether the imports of all its files were read."""
        return "_edges" in vars(self)

    @property
    def outside(self) -> Iterable[str]:
        """The files that are imported and not listed."""
        return {target.path for target in self._edges[1]}.difference(self._listed)

    @property
    def suspects(self) -> Sequence[str]:
        """The files that may have an import that leads nowhere, or could not be read."""
        return (*self.paths, *self.outside)

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

    @functools.cached_property
    def leading(self) -> frozenset[str]:
        """The files that are a goal, and all that import them; see `leading_to`."""
        return self.leading_to_such(self.is_goal)

    def leading_to_such(self, is_wanted: Callable[[FileSummary], bool]) -> frozenset[str]:
        """Return the files that have such a summary, and all that import them; see `leading_to`."""
        if is_wanted not in self._leading:
            self._leading[is_wanted] = self.leading_to(self.files(is_wanted))
        return self._leading[is_wanted]

    def summary(self, path: str) -> FileSummary:
        """Return the summary of a file."""
        return self._summaries.at(path)

    def files(self, is_wanted: Callable[[FileSummary], bool]) -> list[str]:
        """Return the listed files with such a summary."""
        return [path for path in self.paths if is_wanted(self._summaries.at(path))]

    def leading_to(self, paths: Iterable[str]) -> frozenset[str]:
        """Return some files and all that import them, directly or indirectly.

        An import of a script that is not listed may lead anywhere, so it counts.
        """
        importers = self._importing
        found = {*paths, *self._leaving}
        pending = list(found)
        while pending:
            more = importers.get(pending.pop(), set()) - found
            found |= more
            pending += more
        return frozenset(found)

    @functools.cached_property
    def _leaving(self) -> frozenset[str]:
        return frozenset(filter(self.leaves, self._importing))

    @functools.cached_property
    def _importing(self) -> Mapping[str, set[str]]:
        """Path -> the files that import it."""
        found: dict[str, set[str]] = {}
        for target, edges in self._edges[1].items():
            found.setdefault(target.path, set()).update(edge.importer.path for edge in edges)
        return found

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
                for target in self.targets(site, path):
                    node = nodes.get(target)
                    if node is None:
                        node = nodes[target] = imported_node(target)
                    edge = ImportEdge(ModuleNode(path, section), node, site)
                    by_importer.setdefault(edge.importer, []).append(edge)
                    by_target.setdefault(node, []).append(edge)
        return by_importer, by_target

    def targets_of(self, path: str) -> Iterator[tuple[int, str]]:
        """Yield (number of the import in the summary, target) for each edge from a file."""
        for number, (_, site) in enumerate(self._summaries.at(path).imports):
            for target in self.targets(site, path):
                yield number, target

    def targets(self, site: ImportSite, importer: str) -> Sequence[str]:
        """Return the files that an import leads to, without the importer."""
        if site.kind is ImportKind.GLOB:
            return [path for path in self._matching(site.specifier, importer) if path != importer]
        target = None if site.type_only else self._resolve(site.specifier, importer)
        return [target] if target is not None and target != importer else []
