"""Which file of a tree imports which, seen at a glance: nothing is parsed for it."""

import functools
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.js.embedded_scripts import Side, ending
from frontleak.modulegraph.file_summary import Glances
from frontleak.modulegraph.import_scan import Edge

_MOST_IMPORTERS: Final = 3_000


class Node(NamedTuple):
    """A part of a file that runs in one place."""

    path: str
    side: Side = Side.ALL


class Step(NamedTuple):
    """An import of one file by another."""

    importer: Node
    target: Node
    edge: Edge
    """Where the importer names it."""


class Graph:
    """The imports of a tree, read when they are first asked for, and once."""

    def __init__(
        self, paths: Callable[[], Iterable[str]], glances: Glances, resolve: Callable[[str, str], str | None]
    ) -> None:
        """Keep the way to the files.

        Args:
            paths: gives the source files, absolute, when they are first needed.
            glances: looks at files.
            resolve: (specifier, importer) -> absolute path, None for another package or a gap.
        """
        self._list = paths
        self._glances = glances
        self._resolve = resolve

    @functools.cached_property
    def paths(self) -> tuple[str, ...]:
        """The source files, in order."""
        return tuple(sorted(self._list()))

    @functools.cached_property
    def marked(self) -> Mapping[str, str]:
        """Those of them that say they are for browsers, and how; not those that a build keeps from them."""
        glances = ((path, self._glances.at(path)) for path in self.paths)
        return {
            path: "'use client'" if glance.directive else "import 'client-only'"
            for path, glance in glances
            if (glance.directive == "client" or glance.client_only) and not glance.guarded
        }

    def steps_to(self, node: Node) -> Sequence[Step]:
        """Return the imports of a module."""
        return self._steps[1].get(node, ())

    def steps_from(self, node: Node) -> Sequence[Step]:
        """Return what a module imports, of the modules of the tree."""
        return self._steps[0].get(node, ())

    def importers(self, paths: Iterable[str]) -> set[str]:
        """Return the files that import some files, directly or through others; the files themselves included."""
        found = set(paths)
        queue = deque(Node(path, side) for path in found for side in Side)
        while queue and len(found) < _MOST_IMPORTERS:
            for step in self.steps_to(queue.popleft()):
                path = step.importer.path
                if path not in found:
                    found.add(path)
                    queue += (Node(path, side) for side in Side)
        return found

    def importers_of_package(self, specifier: str) -> list[Node]:
        """Return the modules that import another package by a specifier, those of its types left out."""
        return [
            Node(path, side)
            for path in self.paths
            for side, edge in self._glances.at(path).imports
            if edge.specifier == specifier and not edge.type_only
        ]

    @functools.cached_property
    def _steps(self) -> tuple[Mapping[Node, list[Step]], Mapping[Node, list[Step]]]:
        """By who imports, and by what is imported."""
        ahead: dict[Node, list[Step]] = {}
        back: dict[Node, list[Step]] = {}
        for path in self.paths:
            for side, edge in self._glances.at(path).imports:
                target = None if edge.type_only else self._resolve(edge.specifier, path)
                if target is not None and target != path:
                    node = Node(target, Side.FRONTMATTER if ending(target) == "astro" else Side.ALL)
                    step = Step(Node(path, side), node, edge)
                    ahead.setdefault(step.importer, []).append(step)
                    back.setdefault(node, []).append(step)
        return ahead, back
