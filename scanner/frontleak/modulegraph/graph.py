"""Which file of a tree imports which, seen at a glance: nothing is parsed for it."""

import functools
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.js.embedded_scripts import ScriptSection, ending
from frontleak.modulegraph.file_summary import FileSummaries
from frontleak.modulegraph.import_scan import ImportSite

_MOST_IMPORTERS: Final = 3_000


class ModuleNode(NamedTuple):
    """A part of a file that runs in one place."""

    path: str
    side: ScriptSection = ScriptSection.ALL


class ImportEdge(NamedTuple):
    """An import of one file by another."""

    importer: ModuleNode
    target: ModuleNode
    edge: ImportSite
    """Where the importer names it."""


class ModuleGraph:
    """The imports of a tree, read when they are first asked for, and once."""

    def __init__(
        self, paths: Callable[[], Iterable[str]], summaries: FileSummaries, resolve: Callable[[str, str], str | None]
    ) -> None:
        """Keep the way to the files.

        Args:
            paths: gives the source files, absolute, when they are first needed.
            summaries: what a quick look at a file tells.
            resolve: (specifier, importer) -> absolute path, None for another package or a gap.
        """
        self._list = paths
        self._summaries = summaries
        self._resolve = resolve

    @functools.cached_property
    def paths(self) -> tuple[str, ...]:
        """The source files, in order."""
        return tuple(sorted(self._list()))

    @functools.cached_property
    def marked(self) -> Mapping[str, str]:
        """Those of them that say they are for browsers, and how; not those that a build keeps from them."""
        summaries = ((path, self._summaries.at(path)) for path in self.paths)
        return {
            path: "'use client'" if summary.directive else "import 'client-only'"
            for path, summary in summaries
            if (summary.directive == "client" or summary.client_only) and not summary.guarded
        }

    def edges_to(self, node: ModuleNode) -> Sequence[ImportEdge]:
        """Return the imports of a module."""
        return self._edges[1].get(node, ())

    def edges_from(self, node: ModuleNode) -> Sequence[ImportEdge]:
        """Return what a module imports, of the modules of the tree."""
        return self._edges[0].get(node, ())

    def importers(self, paths: Iterable[str]) -> set[str]:
        """Return the files that import some files, directly or through others; the files themselves included."""
        found = set(paths)
        queue = deque(ModuleNode(path, side) for path in found for side in ScriptSection)
        while queue and len(found) < _MOST_IMPORTERS:
            for step in self.edges_to(queue.popleft()):
                path = step.importer.path
                if path not in found:
                    found.add(path)
                    queue += (ModuleNode(path, side) for side in ScriptSection)
        return found

    def importers_of_package(self, specifier: str) -> list[ModuleNode]:
        """Return the modules that import another package by a specifier, those of its types left out."""
        return [
            ModuleNode(path, side)
            for path in self.paths
            for side, edge in self._summaries.at(path).imports
            if edge.specifier == specifier and not edge.type_only
        ]

    @functools.cached_property
    def _edges(self) -> tuple[Mapping[ModuleNode, list[ImportEdge]], Mapping[ModuleNode, list[ImportEdge]]]:
        """By who imports, and by what is imported."""
        ahead: dict[ModuleNode, list[ImportEdge]] = {}
        back: dict[ModuleNode, list[ImportEdge]] = {}
        for path in self.paths:
            for side, edge in self._summaries.at(path).imports:
                target = None if edge.type_only else self._resolve(edge.specifier, path)
                if target is not None and target != path:
                    node = ModuleNode(
                        target, ScriptSection.FRONTMATTER if ending(target) == "astro" else ScriptSection.ALL
                    )
                    step = ImportEdge(ModuleNode(path, side), node, edge)
                    ahead.setdefault(step.importer, []).append(step)
                    back.setdefault(node, []).append(step)
        return ahead, back
