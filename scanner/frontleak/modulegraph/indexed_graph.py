"""A module graph of which an earlier scan wrote an index: only what is asked for is read."""

import functools
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from frontleak.modulegraph.file_summary import FileSummaries, FileSummary
from frontleak.modulegraph.graph import ImportEdge, ModuleGraph, ModuleNode, imported_node, is_marked
from frontleak.modulegraph.tree_parts import GraphIndex

_MOST_ANEW: Final = 50
"""Files that are read again before a new index is written."""


class IndexedGraph(ModuleGraph):
    """The graph of some files in a tree whose folders are as they were. Files that changed since are read again."""

    def __init__(
        self,
        index: GraphIndex,
        absolute: Callable[[str], str],
        more: Iterable[str],
        summaries: FileSummaries,
        resolve: Callable[[str, str], str | None],
        matching: Callable[[str, str], Iterable[str]],
        is_goal: Callable[[FileSummary], bool],
    ) -> None:
        """Set what was known.

        Args:
            index: of the graph.
            absolute: path in the index -> absolute path.
            more: absolute paths of files that the graph has besides.
            summaries: as in `ModuleGraph`.
            resolve: as in `ModuleGraph`.
            matching: as in `ModuleGraph`.
            is_goal: as in `ModuleGraph`.
        """
        super().__init__(lambda: self._all, summaries, resolve, matching, is_goal)
        self._index = index
        self._known = tuple(map(absolute, index.paths))
        self._number = {path: number for number, path in enumerate(self._known)}
        self._more = sorted(set(more).difference(self._number))
        self._all = sorted((*self._known, *self._more))
        self._others = {absolute(path): number for number, path in enumerate(index.others, start=len(self._known))}
        self._to: dict[ModuleNode, Sequence[ImportEdge]] = {}

    @property
    def is_complete(self) -> bool:
        """See `ModuleGraph`."""
        return False

    @property
    def is_outdated(self) -> bool:
        """Whether so many files changed that a new index is worth its time."""
        return "_anew" in vars(self) and len(self._anew) > _MOST_ANEW

    @property
    def indexed(self) -> Collection[str]:
        """The files whose imports were known, if the graph was asked for any."""
        return self._known if "_anew" in vars(self) else ()

    @functools.cached_property
    def _anew(self) -> Sequence[str]:
        """Files of which the index does not tell the imports, sorted."""
        version = self._summaries.version
        known = zip(self._known, self._index.each_facts(), strict=True)
        changed = [path for path, facts in known if version(path) != facts]
        return sorted((*changed, *self._more))

    @functools.cached_property
    def _edges_anew(self) -> dict[str, list[tuple[str, int]]]:
        """Target -> (importer, number of its import) among the files that are read again."""
        found: dict[str, list[tuple[str, int]]] = {}
        for path in self._anew:
            for number, target in self.targets_of(path):
                found.setdefault(target, []).append((path, number))
        return found

    @property
    def marked(self) -> Iterable[str]:
        """See `ModuleGraph`."""
        known = (self._known[number] for number in self._index.marked)
        anew = (path for path in self._anew if is_marked(self._summaries.at(path)))
        return dict.fromkeys((*known, *anew))

    @property
    def suspects(self) -> Sequence[str]:
        """See `ModuleGraph`."""
        paths = (*self._known, *self._others)
        return sorted({*(paths[number] for number in self._index.suspects), *self._anew, *self._edges_anew})

    def edges_to(self, node: ModuleNode) -> Sequence[ImportEdge]:
        """See `ModuleGraph`."""
        found = self._to.get(node)
        if found is None:
            found = self._to[node] = (
                [self._edge(node, *each) for each in self._importers(node.path)]
                if (node == imported_node(node.path))
                else ()
            )
        return found

    def edges_from(self, node: ModuleNode) -> Sequence[ImportEdge]:
        """See `ModuleGraph`."""
        return [
            ImportEdge(node, imported_node(target), site)
            for section, site in (self._summaries.at(node.path).imports if node.path in self else ())
            if section is node.section
            for target in self.targets(site, node.path)
        ]

    def _edge(self, node: ModuleNode, importer: str, number: int) -> ImportEdge:
        section, site = self._summaries.at(importer).imports[number]
        return ImportEdge(ModuleNode(importer, section), node, site)

    def _importers(self, path: str) -> Iterator[tuple[str, int]]:
        """Yield (importer, number of its import) in their order."""
        again = self._edges_anew.get(path, [])
        number = self._number.get(path, self._others.get(path))
        if number is None:
            return iter(again)
        start, end = self._index.starts[number : number + 2]
        pairs = zip(self._index.importers[start:end], self._index.sites[start:end], strict=True)
        known = ((self._known[importer], site) for importer, site in pairs)
        return iter(sorted((*(each for each in known if not self._is_anew(each[0])), *again)))

    def _is_anew(self, path: str) -> bool:
        at = bisect_left(self._anew, path)
        return at < len(self._anew) and self._anew[at] == path

    @functools.cached_property
    def leading(self) -> frozenset[str]:
        """See `ModuleGraph`."""
        goals = (self._known[number] for number in self._index.goals)
        found = {path for path in goals if not self._is_anew(path)}
        found |= {path for path in self._anew if self.is_goal(self._summaries.at(path))}
        found |= {
            path for path in (*self._others, *self._edges_anew) if self.leaves(path) and any(self._importers(path))
        }
        pending = list(found)
        while pending:
            more = {importer for importer, _ in self._importers(pending.pop())} - found
            found |= more
            pending += more
        return frozenset(found)
