"""Client or server: which modules the browser gets, and through which imports. The facts are in rules/frameworks."""

import functools
import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

from frontleak.js.embedded_scripts import ScriptSection, ending
from frontleak.js.module import EVERYTHING, Expr, Module
from frontleak.js.references import Namespace, References
from frontleak.js.tree_shaking import TreeShaking, exported_names
from frontleak.modulegraph.file_summary import FileSummaries
from frontleak.modulegraph.graph import ImportEdge, ModuleGraph, ModuleNode
from frontleak.modulegraph.import_scan import ImportKind, ImportSite
from frontleak.modulegraph.runtime_zones import RuntimeZones
from frontleak.rules.load import load_data

_MOST_TRIES: Final = 300
"""Imports on the way to a module that turn out not to ship, before its chain is called unknown."""
_LONGEST: Final = 100
"""Imports of a chain."""


class ModuleHop(NamedTuple):
    """One step from an entry to a module."""

    node: ModuleNode
    why: str = ""
    """Why the first one is an entry: `'use client'`, a page, an island; empty for the others."""
    offset: int = 0
    """Byte offset of the import that leads on; 0 for the last."""


class ImportPath(NamedTuple):
    """How the browser gets a module."""

    hops: tuple[ModuleHop, ...]
    """From the entry to the module, both included."""
    certain: bool
    """False when a barrel stands between, which a bundler may see through, or a file that was parsed only in part."""


def handover_path(handed: Expr, held: Expr) -> ImportPath | None:
    """Return the way from where a value is handed to the browser to what it holds; None within one file."""
    if handed.module.path == held.module.path:
        return None
    first = ModuleHop(ModuleNode(handed.module.path, handed.module.side), offset=handed.node.start_byte)
    return ImportPath((first, ModuleHop(ModuleNode(held.module.path, held.module.side))), certain=True)


class Reachability:
    """What the entries of a tree reach; modules are parsed only along chains."""

    def __init__(
        self,
        references: References,
        zones: RuntimeZones,
        graph: ModuleGraph,
        *,
        summaries: FileSummaries,
        resolve: Callable[[str, str], str | None],
    ) -> None:
        """Keep the tree; nothing is read yet.

        Args:
            references: parses modules on demand.
            zones: the projects of the tree.
            graph: of the tree.
            summaries: what a quick look at a file tells.
            resolve: (specifier, importer) -> absolute path, None for another package or a gap.
        """
        self._references = references
        self._zones = zones
        self._graph = graph
        self._summaries = summaries
        self._resolve = resolve
        self._shipping: dict[tuple[ModuleNode, int], bool] = {}
        self._stopping: dict[ModuleNode, bool] = {}
        self._chains: dict[ModuleNode, ImportPath | None] = {}
        self._lives: dict[tuple[str, ScriptSection], TreeShaking] = {}

    # --- questions ---------------------------------------------------------------------------------------------------

    def import_path(self, module: Module) -> ImportPath | None:
        """Return the shortest way from an entry to a module; None when the browser does not get it."""
        return self._import_path(ModuleNode(module.path, module.side))

    def import_path_to_package(self, specifier: str, project_of: str) -> ImportPath | None:
        """Return the way to the first module of a file's project that the browser gets and that imports a package."""
        zone = self._zones.at(project_of)
        for node in self._graph.importers_of_package(specifier):
            import_path = self._import_path(node) if self._zones.at(node.path) is zone else None
            if import_path is not None:
                last = import_path.hops[-1]._replace(offset=self._offset(node, specifier))
                return import_path._replace(hops=(*import_path.hops[:-1], last))
        return None

    def _offset(self, node: ModuleNode, specifier: str) -> int:
        imports = self._summaries.at(node.path).imports
        return next(edge.offset for side, edge in imports if side is node.side and edge.specifier == specifier)

    def _import_path(self, node: ModuleNode) -> ImportPath | None:
        if node not in self._chains:
            self._chains[node] = self._find(node)
        return self._chains[node]

    def is_reachable(self, expr: Expr) -> bool:
        """Say whether code in a module that the browser gets is part of what it gets."""
        return self._tree_shaking(expr.module).keeps(expr) and self._is_asked_for(expr)

    def _is_asked_for(self, expr: Expr) -> bool:
        """Say whether code is shipped: bundlers leave out an exported function that no import names."""
        node = ModuleNode(expr.module.path, expr.module.side)
        names = exported_names(expr) if node not in self._entries else frozenset()
        return not names or any(
            self._names_one(step, names)
            for step in self._graph.edges_to(node)
            if self._import_path(step.importer) is not None and self.is_shipped(step)
        )

    def _names_one(self, step: ImportEdge, names: frozenset[str]) -> bool:
        """Say whether an import may ask for one of some names: a barrel and a dynamic import may for all."""
        specifier = step.edge.specifier
        for module in self._references.modules(step.importer.path):
            imports = [item for item in module.imports.get(specifier, ()) if not item.type_only]
            hands_on = specifier in module.stars or any(
                export.source and export.source.specifier == specifier for export in module.exports.values()
            )
            live = self._tree_shaking(module)
            asked = (item.name in {EVERYTHING, *names} and live.uses(item.local) for item in imports)
            if hands_on or not imports or any(asked):
                return True
        return False

    def is_server(self, path: str) -> bool:
        """Say whether no browser gets a file for its own sake: by its place, its directive, or `server-only`."""
        file = self._summaries.at(path)
        return self._zones.is_kind(path, "server") or file.directive == "server" or file.guarded

    def holds_actions(self, path: str) -> bool:
        """Say whether the functions of a file are server actions: browser code that imports one calls the server."""
        return self._summaries.at(path).directive == "server"

    def unread(self, folder: str) -> set[str]:
        """Return the files of a project that the browser may get and that cannot be read; see `client_imports`."""
        return {node.path for node in self._known_ahead(folder) if self._summaries.at(node.path).unread}

    def client_imports(self, folder: str) -> Iterator[ImportEdge]:
        """Yield the imports of values in what the browser may get of a project, once somebody has asked for a chain.

        They may lead anywhere: the target is the importer.
        """
        return (
            ImportEdge(node, node, edge)
            for node in self._known_ahead(folder)
            if not self._stops(node)
            for side, edge in self._summaries.at(node.path).imports
            if side is node.side and not edge.type_only
        )

    def _known_ahead(self, folder: str) -> Sequence[ModuleNode]:
        """Return what the browser may get of a project; nothing before somebody asked, for then it does not matter."""
        return self._ahead.get(folder, ()) if "_entries" in vars(self) else ()

    @functools.cached_property
    def _ahead(self) -> Mapping[str, list[ModuleNode]]:
        """Folder of a project -> what the browser may get of it."""
        found: dict[str, list[ModuleNode]] = {}
        for node in self._distances:
            found.setdefault(self._zones.at(node.path).folder, []).append(node)
        return found

    def target(self, specifier: str, importer: str) -> str | None:
        """Return the file that an import leads to; None for another package or a gap."""
        return self._resolve(specifier, importer)

    # --- chains ------------------------------------------------------------------------------------------------------

    def _find(self, target: ModuleNode) -> ImportPath | None:
        if target in self._entries:
            return ImportPath((ModuleHop(target, self._entries[target]),), certain=True)
        if self._stops(target):
            return None
        closed: dict[ModuleNode, ImportEdge] = {}
        # the imports that lead back to an entry, those of the shortest way first; among equals that of the first path
        pending = sorted(self._back(target, 0, ()))
        bad = 0
        while pending and bad < _MOST_TRIES:
            _, order, step = heappop(pending)
            node = step.importer
            if node in closed:
                continue
            if not self.is_shipped(step):
                bad += 1
                continue
            closed[node] = step
            if node in self._entries:
                return self._chained(node, target, closed)
            for way in self._back(node, len(order), order):
                heappush(pending, way)
        if not pending:  # what could only lead here is not shipped either
            self._chains.update(dict.fromkeys(closed))
        return None

    def _back(
        self, node: ModuleNode, length: int, order: tuple[int, ...]
    ) -> Iterator[tuple[int, tuple[int, ...], ImportEdge]]:
        """Yield the imports of a module that the browser may get: imports up to an entry, what goes first, import."""
        for number, step in enumerate(self._graph.edges_to(node)):
            away = self._distances.get(step.importer)
            known = self._chains.get(step.importer, True)
            if away is not None and known is not None and not self._stops(step.importer):
                yield length + away + 1, (*order, number), step

    def _chained(self, entry: ModuleNode, target: ModuleNode, following: Mapping[ModuleNode, ImportEdge]) -> ImportPath:
        steps = [following[entry]]
        while steps[-1].target != target:
            steps.append(following[steps[-1].target])
        hops = (ModuleHop(step.importer, self._entries.get(step.importer, ""), step.edge.offset) for step in steps)
        return ImportPath((*hops, ModuleHop(target)), certain=self._is_certain(steps))

    @functools.cached_property
    def _distances(self) -> Mapping[ModuleNode, int]:
        """How many imports away from an entry each module is that the browser may get, if each import ships."""
        found = dict.fromkeys(self._entries, 0)
        queue = deque(self._entries)
        while queue:
            node = queue.popleft()
            if found[node] < _LONGEST and not self._stops(node):
                for step in self._graph.edges_from(node):
                    if step.target not in found:
                        found[step.target] = found[node] + 1
                        queue.append(step.target)
        return found

    def _stops(self, node: ModuleNode) -> bool:
        """Say whether what a module imports is not shipped for its sake."""
        if node not in self._stopping:
            file = self._summaries.at(node.path)
            is_entry = node in self._entries
            self._stopping[node] = (
                (not is_entry and self.is_server(node.path)) or file.guarded or file.directive == "server"
            )
        return self._stopping[node]

    def is_shipped(self, step: ImportEdge) -> bool:
        """Say whether an import is one of values, in code that is shipped; parses the importer."""
        importer = step.importer
        key = (importer, step.edge.offset)
        if key not in self._shipping:
            modules = [module for module in self._references.modules(importer.path) if module.side is importer.side]
            self._shipping[key] = not modules or any(self._carries(module, step.edge) for module in modules)
        return self._shipping[key]

    def _carries(self, module: Module, edge: ImportSite) -> bool:
        live = self._tree_shaking(module)
        imports = module.imports.get(edge.specifier, ()) if edge.kind is ImportKind.STATIC else ()
        if imports:  # one for its effect, or a name that shipped code uses
            return any(not item.type_only and (not item.name or live.uses(item.local)) for item in imports)
        at = module.root.named_descendant_for_byte_range(edge.offset, edge.offset + 1)
        if at is None:
            return True
        # else a comment, or text that reads like code
        is_string = at.type in {"string", "template_string"} and at.start_byte == edge.offset
        return is_string and live.keeps(Expr(module, at))

    def _is_certain(self, steps: Sequence[ImportEdge]) -> bool:
        """Say whether every file on a chain is whole, and every barrel hands on a name that its importer asks for."""
        if any(step.importer.path in self._references.damaged for step in steps):
            return False
        nodes = {step.target.path for step in steps}
        for first, second in itertools.pairwise(steps):
            barrel, specifier = second.importer, second.edge.specifier
            for module in self._references.modules(barrel.path):
                hands_on = specifier in module.stars or any(
                    export.source and export.source.specifier == specifier for export in module.exports.values()
                )
                if hands_on and not self._asks(first.importer, first.edge.specifier, barrel, nodes):
                    return False
        return True

    def _asks(self, importer: ModuleNode, specifier: str, barrel: ModuleNode, nodes: set[str]) -> bool:
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
        key = (module.path, module.side)
        if key not in self._lives:
            self._lives[key] = TreeShaking(module, self._zones.stripped(module.path))
        return self._lives[key]

    # --- entries -----------------------------------------------------------------------------------------------------

    @functools.cached_property
    def _entries(self) -> dict[ModuleNode, str]:
        """What the browser's bundles begin with -> why."""
        entries: dict[ModuleNode, str] = {}
        for path in self._graph.paths:
            if not self._zones.at(path).begins:
                continue
            file = self._summaries.at(path)
            kind = ending(path)
            if kind == "astro":
                entries[ModuleNode(path, ScriptSection.SCRIPT)] = "<script>"
                for name in file.islands:
                    self._add_island(entries, path, name)
            elif kind in {"html", "htm"} and not self._zones.is_kind(path, "server"):
                entries[ModuleNode(path)] = "a page"
                self._add_scripts(entries, path)
            elif place := self._place(path):
                entries[ModuleNode(path)] = place
        for path, why in (entry for zone in self._zones if zone.begins for entry in zone.more_entries()):
            entries.setdefault(ModuleNode(path), why)
        entries.update((ModuleNode(path), why) for path, why in self._graph.marked.items())
        return entries

    def _place(self, path: str) -> str:
        """Return what the place of a file makes of it; empty when that is nothing the browser begins with."""
        if self.is_server(path):
            return ""
        if self._zones.is_kind(path, "client"):
            return "" if self._serves(path) else "entry"
        return "page" if self._zones.is_kind(path, "pages") else ""

    def _serves(self, path: str) -> bool:
        """Say whether a file imports what answers requests."""
        return any(edge.specifier in _servers() and not edge.type_only for _, edge in self._summaries.at(path).imports)

    def _add_scripts(self, entries: dict[ModuleNode, str], path: str) -> None:
        """Add what the scripts of a page are: paths, from the page or, with a slash, from the top of the site."""
        for source in self._summaries.at(path).page_scripts:
            target = self._resolve(source if source.startswith(("./", "../", "/")) else f"./{source}", path)
            if target is not None:
                entries[ModuleNode(target)] = f"<script> of {path.rpartition('/')[2]}"

    def _add_island(self, entries: dict[ModuleNode, str], path: str, name: str) -> None:
        for module in self._references.modules(path):
            declaration = module.top(name.partition(".")[0]) if module.side is ScriptSection.FRONTMATTER else None
            if declaration is None or declaration.imported is None:
                continue
            target = self._resolve(declaration.imported.specifier, path)
            if target is not None:
                entries.setdefault(ModuleNode(target), f"client: island of {path.rpartition('/')[2]}")


@functools.cache
def _servers() -> frozenset[str]:
    """Return the packages that answer requests."""
    return frozenset(load_data("code/servers.yaml")["packages"])
