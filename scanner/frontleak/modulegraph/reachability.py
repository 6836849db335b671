"""Which modules reach the client bundle, and by which import path. Framework facts are in rules/frameworks."""

import functools
import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

from frontleak.js.embedded_scripts import ScriptSection
from frontleak.js.module import EVERYTHING, Expr, Module
from frontleak.js.references import References
from frontleak.js.referents import Namespace
from frontleak.js.tree_shaking import TreeShaking, exported_names
from frontleak.modulegraph.bundle_entries import BundleEntries
from frontleak.modulegraph.file_summary import FileSummaries
from frontleak.modulegraph.graph import ImportEdge, ModuleGraph, ModuleNode, nodes_of
from frontleak.modulegraph.import_scan import ImportKind, ImportSite
from frontleak.modulegraph.runtime_zones import RuntimeZones

_MOST_UNSHIPPED: Final = 300
"""Unshipped imports tried per module before the search for its import path stops."""
_LONGEST_PATH: Final = 100
"""Imports per import path."""
_MOST_MEASURED: Final = 300
"""Modules of an indexed graph whose distance is found one by one; for more, a search from all entries is cheaper."""


class ModuleHop(NamedTuple):
    """One module on an import path."""

    node: ModuleNode
    why: str = ""
    """Why the first hop is an entry: `'use client'`, a page, an island; empty for the others."""
    offset: int = 0
    """Byte offset of the import of the next hop; 0 for the last."""


class ImportPath(NamedTuple):
    """The imports by which a module reaches the browser."""

    hops: tuple[ModuleHop, ...]
    """From the entry to the module, inclusive."""
    certain: bool
    """False when the path has a file with syntax errors, or a barrel that a bundler may tree-shake."""


def handover_path(handed: Expr, held: Expr) -> ImportPath | None:
    """Return the import path from a sink that sends a value to the browser to the value; None within one file."""
    if handed.module.path == held.module.path:
        return None
    first = ModuleHop(ModuleNode(handed.module.path, handed.module.section), offset=handed.node.start_byte)
    return ImportPath((first, ModuleHop(ModuleNode(held.module.path, held.module.section))), certain=True)


class Reachability:
    """The modules that the entries of a tree reach. Only modules on import paths are parsed."""

    def __init__(
        self,
        references: References,
        zones: RuntimeZones,
        graph: ModuleGraph,
        *,
        summaries: FileSummaries,
        resolve: Callable[[str, str], str | None],
    ) -> None:
        """Set the inputs; nothing is read yet.

        Args:
            references: parses modules on demand.
            zones: the projects of the tree.
            graph: the module graph of the tree.
            summaries: the file summaries of the tree.
            resolve: (specifier, importer) -> absolute path; None for another package or when unresolved.
        """
        self._references = references
        self._zones = zones
        self._graph = graph
        self._summaries = summaries
        self._resolve = resolve
        self._entries = BundleEntries(references, zones, graph, summaries, resolve)
        self._asked = False
        """Whether an import path was asked for."""
        self._distances: dict[ModuleNode, int | None] = {}
        self._all_distances = False
        self._shipping: dict[tuple[ModuleNode, int], bool] = {}
        self._stopping: dict[ModuleNode, bool] = {}
        self._import_paths: dict[ModuleNode, ImportPath | None] = {}
        self._tree_shakings: dict[tuple[str, ScriptSection], TreeShaking] = {}

    def prepare(self) -> None:
        """Read the graph and its entries, so that processes that are forked from this one need not."""
        self._asked = True
        self._measure_all()

    # --- queries -----------------------------------------------------------------------------------------------------

    def import_path(self, module: Module) -> ImportPath | None:
        """Return the shortest import path from an entry to a module; None when it is not reachable."""
        return self._import_path(ModuleNode(module.path, module.section))

    def import_path_to_package(self, specifier: str, project_of: str) -> ImportPath | None:
        """Return the import path to a package's first reachable importer in the project of a file; None without one."""
        zone = self._zones.at(project_of)
        for node in self._graph.importers_of_package(specifier):
            import_path = self._import_path(node) if self._zones.at(node.path) is zone else None
            if import_path is not None:
                last = import_path.hops[-1]._replace(offset=self._offset(node, specifier))
                return import_path._replace(hops=(*import_path.hops[:-1], last))
        return None

    def may_be_reachable(self, path: str) -> bool:
        """Return whether a module of a file may be reachable, by imports alone; true while not all of them are read."""
        return not self._graph.is_complete or any(self._distance(node) is not None for node in nodes_of(path))

    def _offset(self, node: ModuleNode, specifier: str) -> int:
        imports = self._summaries.at(node.path).imports
        return next(site.offset for section, site in imports if section is node.section and site.specifier == specifier)

    def _import_path(self, node: ModuleNode) -> ImportPath | None:
        if node not in self._import_paths:
            self._import_paths[node] = self._find(node)
        return self._import_paths[node]

    def is_reachable(self, expr: Expr) -> bool:
        """Return whether an expression in a reachable module is shipped."""
        return self._tree_shaking(expr.module).keeps(expr) and self._is_imported(expr)

    def _is_imported(self, expr: Expr) -> bool:
        """Return whether code is imported; bundlers drop an exported function that no import names."""
        node = ModuleNode(expr.module.path, expr.module.section)
        self._asked = True
        names = exported_names(expr) if self._entries.why(node) is None else frozenset()
        return not names or any(
            self._may_use(edge, names)
            for edge in self._graph.edges_to(node)
            if self._import_path(edge.importer) is not None and self.is_shipped(edge)
        )

    def _may_use(self, edge: ImportEdge, names: frozenset[str]) -> bool:
        """Return whether an import may use one of some names; a barrel or a dynamic import may use any."""
        specifier = edge.site.specifier
        for module in self._references.modules(edge.importer.path):
            imports = [item for item in module.imports.get(specifier, ()) if not item.type_only]
            is_reexport = specifier in module.stars or any(
                export.source and export.source.specifier == specifier for export in module.exports.values()
            )
            shaken = self._tree_shaking(module)
            used = (item.name in {EVERYTHING, *names} and shaken.uses(item.local) for item in imports)
            if is_reexport or not imports or any(used):
                return True
        return False

    def is_server(self, path: str) -> bool:
        """Return whether a file is server-side by its path, its directive or `server-only`."""
        return self._entries.is_server(path)

    def holds_actions(self, path: str) -> bool:
        """Return whether the functions of a file are server actions, which client-side code calls on the server."""
        return self._summaries.at(path).runs_on("server")

    def unread(self, folder: str) -> set[str]:
        """Return the unreadable or generated files of a project that may reach the browser; see `client_imports`."""
        return {node.path for node in self._may_reach_browser(folder) if self._summaries.at(node.path).unread}

    def client_imports(self, folder: str) -> Iterator[ImportEdge]:
        """Yield the value imports of a project's possibly reachable modules; none before the first import path query.

        Imports are not resolved: the target of each edge is its importer.
        """
        return (
            ImportEdge(node, node, site)
            for node in self._may_reach_browser(folder)
            if not self._stops(node)
            for section, site in self._summaries.at(node.path).imports
            if section is node.section and not site.type_only
        )

    def _may_reach_browser(self, folder: str) -> Sequence[ModuleNode]:
        """Return the suspects among the possibly reachable modules of a project, the nearest to an entry first.

        Empty before the first import path query.
        """
        return self._possibly_reachable.get(folder, ()) if self._asked else ()

    @functools.cached_property
    def _possibly_reachable(self) -> Mapping[str, list[ModuleNode]]:
        """Folder of a project -> its possibly reachable modules that are suspects, the nearest to an entry first."""
        suspects = self._graph.suspects
        if len(suspects) > _MOST_MEASURED:
            self._measure_all()
        nodes = (node for path in suspects for node in nodes_of(path))
        measured = ((distance, node) for node in nodes if (distance := self._distance(node)) is not None)
        found: dict[str, list[ModuleNode]] = {}
        for _, node in sorted(measured):
            found.setdefault(self._zones.at(node.path).folder, []).append(node)
        return found

    def target(self, specifier: str, importer: str) -> str | None:
        """Return the file that an import resolves to; None for another package or when unresolved."""
        return self._resolve(specifier, importer)

    # --- import paths ------------------------------------------------------------------------------------------------

    def _find(self, target: ModuleNode) -> ImportPath | None:
        self._asked = True
        if (why := self._entries.why(target)) is not None:
            return ImportPath((ModuleHop(target, why),), certain=True)
        if self._stops(target):
            return None
        closed: dict[ModuleNode, ImportEdge] = {}
        # edges back towards an entry, shortest path first; ties go to the first path in order
        pending = sorted(self._edges_back(target, 0, ()))
        unshipped = 0
        while pending and unshipped < _MOST_UNSHIPPED:
            _, order, edge = heappop(pending)
            node = edge.importer
            if node in closed:
                continue
            if not self.is_shipped(edge):
                unshipped += 1
                continue
            closed[node] = edge
            if self._entries.why(node) is not None:
                return self._path_between(node, target, closed)
            for item in self._edges_back(node, len(order), order):
                heappush(pending, item)
        if not pending:  # modules whose only paths were closed here are not shipped either
            self._import_paths.update(dict.fromkeys(closed))
        return None

    def _edges_back(
        self, node: ModuleNode, length: int, order: tuple[int, ...]
    ) -> Iterator[tuple[int, tuple[int, ...], ImportEdge]]:
        """Yield (imports to an entry, tie-break order, edge) for the possibly reachable importers of a module."""
        for number, edge in enumerate(self._graph.edges_to(node)):
            distance = self._distance(edge.importer)
            cached = self._import_paths.get(edge.importer, True)
            if distance is not None and cached is not None and not self._stops(edge.importer):
                yield length + distance + 1, (*order, number), edge

    def _path_between(
        self, entry: ModuleNode, target: ModuleNode, following: Mapping[ModuleNode, ImportEdge]
    ) -> ImportPath:
        edges = [following[entry]]
        while edges[-1].target != target:
            edges.append(following[edges[-1].target])
        hops = (ModuleHop(edge.importer, self._entries.why(edge.importer) or "", edge.site.offset) for edge in edges)
        return ImportPath((*hops, ModuleHop(target)), certain=self._is_certain(edges))

    def _distance(self, node: ModuleNode) -> int | None:
        """Return the number of imports from the nearest entry to a module, if each ships; None if there is none."""
        if not self._all_distances and node not in self._distances:
            if not self._graph.is_complete and len(self._distances) < _MOST_MEASURED:
                self._measure(node)
            else:
                self._measure_all()
        return self._distances.get(node)

    def _measure(self, node: ModuleNode) -> None:
        """Find the distance of a module by a search through its importers."""
        seen, layer, distance = {node}, [node], 0
        while layer and distance <= _LONGEST_PATH:
            if any(self._entries.why(each) is not None for each in layer):
                self._distances[node] = distance
                return
            importers = (edge.importer for each in layer for edge in self._graph.edges_to(each))
            layer = [each for each in dict.fromkeys(importers) if each not in seen and not self._stops(each)]
            seen.update(layer)
            distance += 1
        if not layer:  # what leads to it is not reachable either
            self._distances.update(dict.fromkeys(seen))
        self._distances.setdefault(node, None)

    def _measure_all(self) -> None:
        """Find all distances by a search from the entries."""
        if self._all_distances:
            return
        found = dict.fromkeys(self._entries.all(), 0)
        queue = deque(found)
        while queue:
            node = queue.popleft()
            if found[node] < _LONGEST_PATH and not self._stops(node):
                for edge in self._graph.edges_from(node):
                    if edge.target not in found:
                        found[edge.target] = found[node] + 1
                        queue.append(edge.target)
        self._distances, self._all_distances = {**found}, True

    def _stops(self, node: ModuleNode) -> bool:
        """Return whether import paths end at a module because it is server-side."""
        if node not in self._stopping:
            file = self._summaries.at(node.path)
            is_entry = self._entries.why(node) is not None
            self._stopping[node] = (
                (not is_entry and self.is_server(node.path)) or file.guarded or file.runs_on("server")
            )
        return self._stopping[node]

    def is_shipped(self, edge: ImportEdge) -> bool:
        """Return whether an import is a value import in shipped code; parses the importer."""
        importer = edge.importer
        key = (importer, edge.site.offset)
        if key not in self._shipping:
            modules = [
                module for module in self._references.modules(importer.path) if module.section is importer.section
            ]
            self._shipping[key] = not modules or any(self._is_import_shipped(module, edge.site) for module in modules)
        return self._shipping[key]

    def _is_import_shipped(self, module: Module, site: ImportSite) -> bool:
        shaken = self._tree_shaking(module)
        imports = module.imports.get(site.specifier, ()) if site.kind is ImportKind.STATIC else ()
        if imports:  # a side-effect import, or a name that shipped code uses
            return any(not item.type_only and (not item.name or shaken.uses(item.local)) for item in imports)
        at = module.root.named_descendant_for_byte_range(site.offset, site.offset + 1)
        if at is None:
            return True
        # otherwise a comment, or text that looks like code
        is_string = at.type in {"string", "template_string"} and at.start_byte == site.offset
        return is_string and shaken.keeps(Expr(module, at))

    def _is_certain(self, edges: Sequence[ImportEdge]) -> bool:
        """Return whether all importers parsed without errors and all barrels re-export a name their importer uses."""
        if any(edge.importer.path in self._references.files.damaged for edge in edges):
            return False
        nodes = {edge.target.path for edge in edges}
        for first, second in itertools.pairwise(edges):
            barrel, specifier = second.importer, second.site.specifier
            for module in self._references.modules(barrel.path):
                is_reexport = specifier in module.stars or any(
                    export.source and export.source.specifier == specifier for export in module.exports.values()
                )
                if is_reexport and not self._uses_reexport(first.importer, first.site.specifier, barrel, nodes):
                    return False
        return True

    def _uses_reexport(self, importer: ModuleNode, specifier: str, barrel: ModuleNode, nodes: set[str]) -> bool:
        for module in self._references.modules(importer.path):
            names = [item.name for item in module.imports.get(specifier, ()) if not item.type_only]
            if not names or EVERYTHING in names or "" in names:
                return True
            for name in names:
                for referent in self._references.exported(barrel.path, name):
                    if isinstance(referent, Expr) and referent.module.path in nodes - {barrel.path}:
                        return True
                    if isinstance(referent, Namespace) and referent.path in nodes:
                        return True
        return False

    def _tree_shaking(self, module: Module) -> TreeShaking:
        key = (module.path, module.section)
        if key not in self._tree_shakings:
            self._tree_shakings[key] = TreeShaking(module, self._zones.stripped(module.path))
        return self._tree_shakings[key]
