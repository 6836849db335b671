"""Groups the files of a scan into projects that can be analysed."""

import functools
import itertools
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.lazy_regex import LazyRegex
from frontleak.core.records import replace
from frontleak.files.env_file import is_env_file
from frontleak.files.utf8_text import decoded
from frontleak.js.embedded_scripts import ScriptSection, ending
from frontleak.js.references import References
from frontleak.misuse.candidates import is_build_file
from frontleak.misuse.diagnostics import code_note, of_damage, of_imports, of_missing_package
from frontleak.misuse.file_marks import ENV_SECRET, MAY_HAVE_CLIENT, MAY_HOLD, MAY_USE, OF_SANITY, marks_of
from frontleak.misuse.folder_graphs import FolderGraphs
from frontleak.misuse.leads import Leads
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.project_clients import DirectTokens, SanityClients
from frontleak.misuse.project_parts import ProjectPart, adopted_files
from frontleak.misuse.request_state import kept_by, reading
from frontleak.misuse.sanity_variables import naming, naming_any, sanity_variables
from frontleak.misuse.secret_signs import HAS_SIGN
from frontleak.misuse.source_resolver import SOURCES, SourceResolver
from frontleak.misuse.told_frameworks import frameworks_told
from frontleak.misuse.variable_names import is_secret
from frontleak.modulegraph.bundlers import Bundler, entries_in, json_entries
from frontleak.modulegraph.file_summary import FileFacts, FileSummaries, facts_of
from frontleak.modulegraph.graph import ModuleGraph, ModuleNode
from frontleak.modulegraph.import_scan import ImportKind
from frontleak.modulegraph.reachability import Reachability
from frontleak.modulegraph.runtime_zones import RuntimeZone, RuntimeZones
from frontleak.modulegraph.source_listing import SourceListings
from frontleak.modulegraph.tree_cache import LARGE, TreeCache
from frontleak.resolve.file_tree import DiskFileTree, FileTree, WatchedTree
from frontleak.resolve.jsonc import read_object
from frontleak.resolve.packages import PackageJsons
from frontleak.resolve.projects import Project, find_projects, is_library
from frontleak.resolve.source_root import source_root
from frontleak.rules.frameworks import Framework

_LARGEST_SOURCE: Final = 1_000_000
"""Largest source file that is read, in bytes; a larger one counts as generated."""
_LONG_LINE: Final = 20_000
"""Bytes of a line from which a file counts as generated, usually a bundle."""
_ENV_SECRET: Final = LazyRegex(ENV_SECRET)
_MOST_TEXTS: Final = 8
"""Texts of the files read last that are kept."""
_MOST_FOLLOWED: Final = 3_000
"""Files that are followed from the files passed by path."""


class TreeAccess(NamedTuple):
    """How the files of a source tree are read: from disk, or as a commit has them."""

    file_tree: Callable[[str], FileTree] = DiskFileTree
    """Absolute folder -> the tree of files below it."""
    read: Callable[[str], bytes | None] | None = None
    """Absolute path -> bytes, None if there is no such file; None to read the disk."""
    listings: SourceListings | None = None
    """What lists `more` files; None if that is not known."""
    version: Callable[[str], FileFacts | None] = facts_of
    """Absolute path -> what tells this version of the file from others."""
    rules: str = ""
    """Digest of the rules in use; empty if that is not known."""


def projects(
    candidates: Iterable[str],
    sources: Iterable[str],
    roots: Sequence[str],
    more: Callable[[str], Iterable[str]],
    given: Iterable[str] = (),
    access: "TreeAccess | None" = None,
) -> Iterator[AnalysedProject]:
    """Yield each project that is not a library.

    Args:
        candidates: absolute paths of the files to analyse, with forward slashes.
        sources: absolute paths of all source files in the scan.
        roots: absolute paths of the scanned folders; all their files are in `sources`.
        more: folder -> absolute paths of its files, for a project that is scanned only in part.
        given: absolute paths of the files that were passed by path, candidates or not.
        access: how the files are read; None for those on disk.
    """
    access = access or TreeAccess()
    candidates, given = set(candidates), set(given)
    by_root: dict[str, set[str]] = {}
    for path in candidates | given:
        by_root.setdefault(source_root(path, roots), set()).add(path)
    seen = tuple(path for path in sources if ending(path) in SOURCES)
    for root, paths in sorted(by_root.items()):
        here = [path for path in seen if _is_inside(path, root)]
        yield from _SourceTree(root, access).projects(paths & candidates, here, roots, more, paths & given)


def _is_inside(path: str, folder: str) -> bool:
    return path.startswith(f"{folder.rstrip('/')}/")


class _SourceTree:
    """A source tree; its settings are read once."""

    def __init__(self, root: str, access: TreeAccess) -> None:
        self._root = root
        self._files = access.file_tree(root)
        # all checks of a file ask for its text, one after the other
        self._source = functools.lru_cache(_MOST_TEXTS)(functools.partial(_source, access.read))
        self._packages = PackageJsons(self._files)
        self._summaries = FileSummaries(self._source, marks_of, access.version)
        self._resolver = SourceResolver(root, self._files, self._packages, self._summaries, self._source)
        self._references = References(self._source, self._resolver.resolve)
        self._relative, self._absolute = self._resolver.relative, self._resolver.absolute
        self._cache: TreeCache | None = None
        """None for a tree that cannot tell whether it changed."""
        if isinstance(self._files, WatchedTree) and (access.read is None or self._files.kind != "disk"):
            self._cache = TreeCache(root, self._files, self._resolver.imports, self._summaries, access.rules)
        self._graphs = FolderGraphs(self._resolver, self._summaries, self._cache, access.listings)

    def projects(
        self,
        candidates: set[str],
        sources: Sequence[str],
        roots: Sequence[str],
        more: Callable[[str], Iterable[str]],
        given: set[str],
    ) -> Iterator[AnalysedProject]:
        if all(map(self._is_in_library, candidates | given)):
            return
        if self._cache is not None and (given or len(sources) >= LARGE):
            self._cache.load()
        # the whole walked tree: an app imports from other projects, which makes their code client-side
        everywhere = (*sources, *candidates, *given)
        whole = self._graphs.of(lambda: everywhere)
        found = find_projects(self._files, sorted(set(map(self._relative, everywhere))), self._packages)
        self._resolver.read_aliases((project.folder for project in found), self._references)
        is_told = not any(project.package for project in found)
        found = tuple(project if project.package else self._told(project) for project in found)
        # it asks for no entries; with what finds them, this tree and its resolver would keep each other alive
        zones = (self._zone(project)._replace(more_entries=tuple) for project in found)
        self._resolver.use_zones(RuntimeZones(zones))
        self._graphs.use(found)
        reachability = self._reachability(found, whole)
        apps = (project for project in found if not project.is_library)
        parts = [self._part(project, whole, roots, candidates, given) for project in apps]
        adopted = adopted_files(parts)
        at_home = frozenset().union(*adopted.values())
        for part in parts:
            if not part.own and part.folder not in adopted:
                continue
            users = (*part.looked_at(at_home), *adopted.get(part.folder, ()))
            paths = tuple(dict.fromkeys((*part.own, *users, *self._templates(part.project))))
            graph = whole if part.walked else self._graphs.below(part.folder, more, part.own)
            own_reachability = reachability if part.walked else self._reachability([part.project], graph)
            missing = self._missing(part) if is_told else []
            yield AnalysedProject(
                folder=part.folder,
                frameworks=part.project.frameworks or _frameworks_of_users(part.project, found),
                paths=paths,
                references=self._references,
                reachability=own_reachability,
                clients=SanityClients(self._references, paths, self._source, part.direct),
                read=self._source,
                sanity_variables=part.variables,
                request_state=part.kept,
                may_have_secret=_secrets(part.leads, part.variables, part.kept),
                looked_at=self._graphs.looked_at,
                given=part.given,
                env_files={path: self._source(path) or b"" for path in part.own if _sets_variables(path)},
                diagnostics=functools.partial(self._diagnostics, part.folder, own_reachability, missing),
            )
            self._graphs.keep(part.folder)
        if self._cache is not None:
            self._cache.save()

    def _part(
        self, project: Project, whole: ModuleGraph, roots: Sequence[str], candidates: set[str], given: set[str]
    ) -> ProjectPart:
        """Return which files of a project are analysed, and which use what these export."""
        folder = self._absolute(project.folder)
        files = [self._absolute(path) for path in project.sources]
        own = tuple(path for path in files if path in candidates)
        passed = frozenset(given.intersection(files))
        walked = any(root == folder or _is_inside(folder, root) for root in roots)
        seen = whole if walked else self._graphs.of(functools.partial(self._with_imports, passed))
        if not walked:
            others = (path for path in seen.paths if path not in given)
            own += tuple(path for path in others if self._summaries.at(path).marks & MAY_HAVE_CLIENT)
        leads = Leads(seen)
        direct = DirectTokens(self._references, self._source, leads)
        part = ProjectPart(project, folder, frozenset(files), walked, frozenset() if walked else passed, leads, direct)
        if not own:
            return part
        clients = SanityClients(self._references, own, self._source, direct)
        variables = sanity_variables(self._references, clients, own, self._source)
        scripts = [path for path in files if ending(path) in SOURCES] if walked else []
        # one file gives a variable to a client, another gives it to the browser
        own += tuple(naming(variables, sorted(set(scripts).difference(own)), self._source))
        kept = kept_by(own, self._source)
        own += tuple(reading(kept, sorted(set(scripts).difference(own)), self._source))
        users = self._users_of(seen, own, naming_any(variables))
        return part._replace(own=own, users=users, variables=variables, kept=kept)

    def _missing(self, part: ProjectPart) -> list[Diagnostic]:
        """Return what to tell of a tree without a package.json, where its files may need one."""
        told = [path for path in part.own if ending(path) in SOURCES]
        if not part.project.frameworks:  # other secrets of the environment are judged by frameworks alone
            told = [path for path in told if self._summaries.at(path).marks & OF_SANITY]
        return [of_missing_package(path, part.project.frameworks) for path in told[:1]]

    def _is_in_library(self, path: str) -> bool:
        package = self._packages.project(self._relative(path).rpartition("/")[0])
        return package is not None and is_library(package.data)

    def _told(self, project: Project) -> Project:
        """Return a project without a package.json with the frameworks that its files tell."""
        paths = map(self._absolute, project.sources)
        return replace(project, frameworks=frameworks_told(project.frameworks, paths, self._summaries, self._source))

    def _templates(self, project: Project) -> Iterator[str]:
        names = (name for framework in project.frameworks for name in framework.code.templates)
        paths = (f"{project.folder}/{name}".lstrip("/") for name in names)
        return (self._absolute(path) for path in paths if self._files.is_file(path))

    def _reachability(self, projects: Iterable[Project], graph: ModuleGraph) -> Reachability:
        zones = RuntimeZones(map(self._zone, projects))
        return Reachability(self._references, zones, graph, summaries=self._summaries, resolve=self._resolver.resolve)

    def _zone(self, project: Project) -> RuntimeZone:
        folder = self._absolute(project.folder)
        return RuntimeZone(
            folder,
            tuple(framework.code for framework in project.frameworks),
            begins=not project.is_library,
            more_entries=functools.partial(self._entries, folder),
        )

    def _users_of(self, graph: ModuleGraph, own: Sequence[str], variables: re.Pattern[bytes] | None) -> list[str]:
        """Return the files that import candidates, directly or indirectly, and may use a token."""
        users = graph.importers(own) - set(own)
        holders = [path for path in own if self._may_hold(path) or (variables and self._has(path, variables))]
        # a direct importer of a token's module may re-export it under any name
        direct = {
            step.importer.path
            for path in holders
            for section in ScriptSection
            for step in graph.edges_to(ModuleNode(path, section))
        }
        return sorted(path for path in users if path in direct or self._summaries.at(path).marks & MAY_USE)

    def _may_hold(self, path: str) -> bool:
        """Return whether a file may hold a secret from an environment variable; a file of settings has no summary."""
        if ending(path) in SOURCES:
            return bool(self._summaries.at(path).marks & (MAY_HOLD | HAS_SIGN))
        return self._has(path, _ENV_SECRET)

    def _has(self, path: str, expression: re.Pattern[bytes] | LazyRegex) -> bool:
        return expression.search(self._source(path) or b"") is not None

    def _with_imports(self, given: Iterable[str]) -> list[str]:
        """Return files and their direct and indirect imports, up to a cap."""
        found = dict.fromkeys(given)
        queue = deque(found)
        while queue and len(found) < _MOST_FOLLOWED:
            path = queue.popleft()
            for _, edge in self._summaries.at(path).imports:
                if edge.kind is ImportKind.GLOB:
                    targets = self._resolver.matching(edge.specifier, path)
                else:
                    target = None if edge.type_only else self._resolver.resolve(edge.specifier, path)
                    targets = [target] if target is not None else []
                queue += (target for target in targets if target not in found)
                found |= dict.fromkeys(targets)
        return list(found)

    def _entries(self, folder: str) -> Iterator[tuple[str, str]]:
        """Yield (absolute path, reason) of each entry in the bundler configurations of a folder."""
        for path, bundler in self._resolver.configurations(
            self._relative(folder) if folder != self._root.rstrip("/") else ""
        ):
            for entry in self._named_entries(path, bundler):
                target = self._resolver.resolve(f"./{entry}", path)
                if target is not None:
                    yield target, f"entry of {path.rpartition('/')[2]}"
        package = self._packages.at(self._relative(folder) if folder != self._root.rstrip("/") else "")
        main = package.data.get("main") if package is not None and package.depends_on("expo") else None
        target = self._resolver.resolve(f"./{main}", f"{folder}/package.json") if isinstance(main, str) else None
        if target is not None:
            yield target, "main of package.json"

    def _named_entries(self, path: str, bundler: Bundler) -> Iterator[str]:
        """Yield the entries in a configuration, relative to its folder."""
        if not bundler.entries:
            return
        if path.endswith(".json"):
            parsed = read_object(path, self._source(path) or b"")
            yield from json_entries(parsed, bundler) if not isinstance(parsed, Diagnostic) else ()
            return
        for module in self._references.modules(path):
            yield from entries_in(self._references, module, bundler)

    def _diagnostics(self, folder: str, reachability: Reachability, more: Sequence[Diagnostic]) -> list[Diagnostic]:
        settings = [
            code_note(
                self._absolute(each.origin.path),
                f"{each.message}; client-side code may be missed until this is fixed",
            )
            for each in self._resolver.diagnostics
        ]
        imports = of_imports(folder, reachability, self._resolver.why_unresolved, self._source)
        return [*more, *settings, *imports, *of_damage(folder, self._references.files.damaged)]


def _frameworks_of_users(project: Project, projects: Sequence[Project]) -> tuple[Framework, ...]:
    """Return the frameworks of the projects that depend on `project` by package name."""
    name = project.package.name if project.package else ""
    users = (each for each in projects if name and each.package and each.package.depends_on(name))
    return tuple({framework.id: framework for user in users for framework in user.frameworks}.values())


def _secrets(leads: Leads, variables: Iterable[str], kept: Mapping[str, Sequence[str]]) -> Callable[[str], bool]:
    """Return what tells whether a file may have a secret.

    Any may, where the name of a variable does not tell that it is one, or the state of a request may hold one.
    """

    @functools.cache
    def is_anywhere() -> bool:
        return not all(map(is_secret, variables)) or any(map(leads.to_secret, itertools.chain(*kept.values())))

    return lambda path: leads.to_secret(path) or is_anywhere()


def _sets_variables(path: str) -> bool:
    name = path.rpartition("/")[2]
    return is_env_file(name) or is_build_file(name)


def _source(read: Callable[[str], bytes | None] | None, path: str) -> bytes | None:
    """Return the text of a source file; None when it is missing, unreadable, binary or generated."""
    data = read(path) if read else _on_disk(path)
    if data is None or len(data) > _LARGEST_SOURCE:
        return None
    data, kind = decoded(data)
    if kind == "binary":
        return None
    return data if len(data) < _LONG_LINE or max(map(len, data.split(b"\n"))) < _LONG_LINE else None


def _on_disk(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read(_LARGEST_SOURCE + 1)
    except OSError:
        return None
