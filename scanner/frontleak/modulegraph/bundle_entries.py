"""Where client bundles begin, told for each module when it is asked for."""

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from frontleak.js.embedded_scripts import ScriptSection, ending
from frontleak.js.references import References
from frontleak.modulegraph.file_summary import FileSummaries
from frontleak.modulegraph.graph import ModuleGraph, ModuleNode, is_marked
from frontleak.modulegraph.runtime_zones import RuntimeZones
from frontleak.rules.load import load_data

_PAGES: Final = (".astro", ".html", ".htm")
"""Ends of the names of pages, in which bundles may begin whatever the frameworks."""


class _Named(NamedTuple):
    """An entry that another file names."""

    by: str
    """Path of that file."""
    node: ModuleNode
    why: str
    is_weak: bool
    """Whether a reason that is there already stays."""


class BundleEntries:
    """The entries of the client bundles of a tree."""

    def __init__(
        self,
        references: References,
        zones: RuntimeZones,
        graph: ModuleGraph,
        summaries: FileSummaries,
        resolve: Callable[[str, str], str | None],
    ) -> None:
        """Set the inputs, as in `Reachability`; nothing is read yet."""
        self._references = references
        self._zones = zones
        self._graph = graph
        self._summaries = summaries
        self._resolve = resolve
        self._known: dict[ModuleNode, str | None] = {}

    def all(self) -> list[ModuleNode]:
        """Return all entries."""
        own = (_own_node(path) for path in self._graph.paths if self._zones.may_begin(path) or path.endswith(_PAGES))
        marked = map(ModuleNode, self._graph.marked)
        found = dict.fromkeys((*own, *marked, *self._named, *self._configured))
        return [node for node in found if self.why(node) is not None]

    def why(self, node: ModuleNode) -> str | None:
        """Return why a module is an entry; None when it is none."""
        if node not in self._known:
            self._known[node] = self._why(node)
        return self._known[node]

    def _why(self, node: ModuleNode) -> str | None:
        if marked := self._mark(node):
            return marked
        own, why = self._own(node), ""
        for named in self._named.get(node, ()):
            if own and node.path <= named.by:  # a later file has the last word
                why, own = own, ""
            if not (why and named.is_weak):
                why = named.why
        return own or why or self._configured.get(node)

    def _mark(self, node: ModuleNode) -> str:
        """Return the mark of a client-side file; empty for one without it, and for one that is kept out of bundles."""
        if node.section is not ScriptSection.ALL or node.path not in self._graph:
            return ""
        file = self._summaries.at(node.path)
        if not is_marked(file):
            return ""
        return f"'{file.directive}'" if file.runs_on("client") else f"import '{file.client_only}'"

    def _own(self, node: ModuleNode) -> str:
        """Return why a file is an entry by its own path; empty when it is none."""
        path, kind = node.path, ending(node.path)
        if path not in self._graph or not self._zones.at(path).begins:
            return ""
        if kind == "astro":
            return "<script>" if node.section is ScriptSection.SCRIPT else ""
        if node.section is not ScriptSection.ALL:
            return ""
        if kind in {"html", "htm"} and not self._zones.is_kind(path, "server"):
            return "a page"
        return self._reason(path)

    def is_server(self, path: str) -> bool:
        """Return whether a file is server-side by its path, its directive or `server-only`."""
        file = self._summaries.at(path)
        return self._zones.is_kind(path, "server") or file.runs_on("server") or file.guarded

    def _reason(self, path: str) -> str:
        """Return why the path of a file makes it an entry; empty when it does not."""
        is_client = self._zones.is_kind(path, "client")  # asked first, because the file need not be read for it
        if not (is_client or self._zones.is_kind(path, "pages")) or self.is_server(path):
            return ""
        if is_client:
            return "" if self._is_request_handler(path) else "entry"
        return "page"

    def _is_request_handler(self, path: str) -> bool:
        """Return whether a file imports a server package."""
        return any(
            site.specifier in _server_packages() and not site.type_only for _, site in self._summaries.at(path).imports
        )

    @functools.cached_property
    def _configured(self) -> Mapping[ModuleNode, str]:
        """The entries in settings of bundlers -> why."""
        found: dict[ModuleNode, str] = {}
        for path, why in (entry for zone in self._zones if zone.begins for entry in zone.more_entries()):
            found.setdefault(ModuleNode(path), why)
        return found

    @functools.cached_property
    def _named(self) -> Mapping[ModuleNode, list[_Named]]:
        """The entries that pages name, by files in the order of their paths."""
        found: dict[ModuleNode, list[_Named]] = {}
        for path in self._graph.paths:
            kind = ending(path)
            if kind not in {"astro", "html", "htm"} or not self._zones.at(path).begins:
                continue
            if kind == "astro":
                named = self._islands(path)
            elif self._zones.is_kind(path, "server"):
                continue
            else:
                named = self._scripts(path)
            for each in named:
                found.setdefault(each.node, []).append(each)
        return found

    def _scripts(self, path: str) -> Iterator[_Named]:
        """Yield the scripts of a page; paths are relative to the page or, with a leading slash, to the site root."""
        for source in self._summaries.at(path).page_scripts:
            target = self._resolve(source if source.startswith(("./", "../", "/")) else f"./{source}", path)
            if target is not None:
                yield _Named(path, ModuleNode(target), f"<script> of {path.rpartition('/')[2]}", is_weak=False)

    def _islands(self, path: str) -> Iterator[_Named]:
        for name in self._summaries.at(path).islands:
            for module in self._references.modules(path):
                declaration = (
                    module.top(name.partition(".")[0]) if module.section is ScriptSection.FRONTMATTER else None
                )
                if declaration is None or declaration.imported is None:
                    continue
                target = self._resolve(declaration.imported.specifier, path)
                if target is not None:
                    why = f"client: island of {path.rpartition('/')[2]}"
                    yield _Named(path, ModuleNode(target), why, is_weak=True)


def _own_node(path: str) -> ModuleNode:
    """Return the module of a file that may be an entry by its path."""
    return ModuleNode(path, ScriptSection.SCRIPT if ending(path) == "astro" else ScriptSection.ALL)


@functools.cache
def _server_packages() -> frozenset[str]:
    """Return the packages that handle HTTP requests."""
    return frozenset(load_data("code/servers.yaml")["packages"])
