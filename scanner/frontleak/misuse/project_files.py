"""Groups the files of a scan into projects that can be analysed."""

import functools
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.repository import repository_root
from frontleak.js.embedded_scripts import MARKUP, SCRIPTS, ScriptSection, ending
from frontleak.js.references import References
from frontleak.misuse.candidates import ENV_FILE, is_build_file
from frontleak.misuse.diagnostics import code_note, of_damage, of_imports
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.sanity_clients import SanityClients
from frontleak.modulegraph.bundlers import Bundler, aliases_in, bundler_of, entries_in
from frontleak.modulegraph.file_summary import FileSummaries
from frontleak.modulegraph.graph import ModuleGraph, ModuleNode
from frontleak.modulegraph.reachability import Reachability
from frontleak.modulegraph.runtime_zones import RuntimeZone, RuntimeZones
from frontleak.modulegraph.tree_cache import LARGE, TreeCache
from frontleak.resolve.file_tree import DiskFileTree
from frontleak.resolve.packages import PackageJsons, upwards
from frontleak.resolve.projects import Project, find_projects
from frontleak.resolve.resolver import ImportResolver, Resolution, ResolvedFile, Unresolved
from frontleak.rules.frameworks import Framework

_LARGEST_SOURCE: Final = 1_000_000
"""Largest source file that is read, in bytes; a larger one counts as generated."""
_LONG_LINE: Final = 20_000
"""Bytes of a line from which a file counts as generated, usually a bundle."""
_CLIENT_USE: Final = re.compile(
    rb"\.(?:create(?:OrReplace|IfNotExists)?|delete|mutate|patch|transaction|action|upload|commit)\s*[(<]"
    rb"|[tT]oken|TOKEN|[sS]ecret|SECRET|[cC]onfig"
)
"""Matches a file that may use a client or token of another module."""
_CLIENT_OR_TOKEN: Final = re.compile(
    rb"createClient|sanityClient|picosanity|sanity:client|\.sanity\.(?:io|work)|TOKEN|SECRET"
)
"""Matches a file that may create a client or read a token; for imported files that the pattern engine has not seen."""
_ENV_SECRET: Final = re.compile(rb"_(?:TOKEN|SECRET|KEY)\b|[tT]oken\s*[:=]")
"""Matches a file that may hold a secret from an environment variable."""
_MOST_FOLLOWED: Final = 3_000
"""Files that are followed from the files passed by path."""
SOURCES: Final = SCRIPTS | MARKUP
"""Extensions of the files whose imports are followed."""


def projects(
    candidates: Iterable[str],
    sources: Iterable[str],
    roots: Sequence[str],
    more: Callable[[str], Iterable[str]],
    given: Iterable[str] = (),
) -> Iterator[AnalysedProject]:
    """Yield each project that is not a library.

    Args:
        candidates: absolute paths of the files to analyse, with forward slashes.
        sources: absolute paths of all source files in the scan.
        roots: absolute paths of the scanned folders; all their files are in `sources`.
        more: folder -> absolute paths of its files, for a project that is scanned only in part.
        given: absolute paths of the files that were passed by path, candidates or not.
    """
    candidates, given = set(candidates), set(given)
    by_root: dict[str, set[str]] = {}
    for path in candidates | given:
        by_root.setdefault(_root_of(path, roots), set()).add(path)
    seen = tuple(path for path in sources if ending(path) in SOURCES)
    for root, paths in sorted(by_root.items()):
        here = [path for path in seen if _is_inside(path, root)]
        yield from _SourceTree(root).projects(paths & candidates, here, roots, more, paths & given)


def _root_of(path: str, roots: Sequence[str]) -> str:
    """Return the root of a file's source tree.

    This is its repository, else the scanned folder or the package around it, else its outermost package, else its
    own folder.
    """
    folder = path.rpartition("/")[0]
    if repository := repository_root(folder):
        return repository
    holders = [root for root in roots if _is_inside(path, root)]
    if holders:
        top = min(holders, key=len)
        # the scanned folder may be part of a project
        return next((each for each in upwards(top) if each and os.path.isfile(f"{each}/package.json")), top)
    found = folder
    while folder:
        if os.path.isfile(f"{folder}/package.json"):
            found = folder
        folder = folder.rpartition("/")[0]
    return found


def _is_inside(path: str, folder: str) -> bool:
    return path.startswith(f"{folder.rstrip('/')}/")


class _SourceTree:
    """A source tree on disk; its settings are read once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._files = DiskFileTree(root)
        self._packages = PackageJsons(self._files)
        self._resolver = ImportResolver(self._files, self._packages)
        self._references = References(_source, self._resolve)
        self._aliases: dict[str, Mapping[str, str]] = {}
        """Project folder, relative to the root -> specifier prefix -> path relative to the folder."""
        self._summaries = FileSummaries(_source)
        self._cache = TreeCache(root, self._files, self._resolver, self._summaries)

    def projects(
        self,
        candidates: set[str],
        sources: Sequence[str],
        roots: Sequence[str],
        more: Callable[[str], Iterable[str]],
        given: set[str],
    ) -> Iterator[AnalysedProject]:
        # the whole walked tree: an app imports from other projects, which makes their code client-side
        everywhere = (*sources, *candidates, *given)
        whole = self._graph(lambda: everywhere)
        found = find_projects(self._files, sorted(set(map(self._relative, everywhere))), self._packages)
        self._aliases |= {each.folder: aliases for each in found if (aliases := self._aliases_of(each.folder))}
        reachability = self._reachability(found, whole)
        for project in found:
            folder = self._absolute(project.folder)
            files = [self._absolute(path) for path in project.sources]
            own = tuple(path for path in files if path in candidates)
            passed = frozenset(given.intersection(files))
            walked = any(root == folder or _is_inside(folder, root) for root in roots)
            seen = whole if walked else self._graph(functools.partial(self._with_imports, passed))
            if not walked:
                own += tuple(
                    path for path in seen.paths if path not in given and _CLIENT_OR_TOKEN.search(_source(path) or b"")
                )
            if project.is_library or not own:
                continue
            paths = (*own, *self._users_of(seen, own), *_templates(project, folder))
            graph = whole if walked else self._graph(functools.partial(_all_files, more, folder, own))
            project_reachability = reachability if walked else self._reachability([project], graph)
            yield AnalysedProject(
                folder=folder,
                frameworks=project.frameworks or _frameworks_of_users(project, found),
                paths=paths,
                references=self._references,
                reachability=project_reachability,
                clients=SanityClients(self._references, paths, _source),
                read=_source,
                looked_at=lambda: len(self._summaries),
                given=frozenset() if walked else passed,
                env_files={path: _source(path) or b"" for path in own if _sets_variables(path)},
                diagnostics=functools.partial(self._diagnostics, folder, project_reachability),
            )
        self._cache.save()

    def _graph(self, paths: Callable[[], Iterable[str]]) -> ModuleGraph:
        def listed() -> list[str]:
            found = sorted({path for path in paths() if ending(path) in SOURCES})
            if len(found) >= LARGE:
                self._cache.load()
            return found

        return ModuleGraph(listed, self._summaries, self._resolve)

    def _reachability(self, projects: Iterable[Project], graph: ModuleGraph) -> Reachability:
        zones = RuntimeZones(map(self._zone, projects))
        return Reachability(self._references, zones, graph, summaries=self._summaries, resolve=self._resolve)

    def _zone(self, project: Project) -> RuntimeZone:
        folder = self._absolute(project.folder)
        return RuntimeZone(
            folder,
            tuple(framework.code for framework in project.frameworks),
            begins=not project.is_library,
            more_entries=functools.partial(self._entries, folder),
        )

    def _users_of(self, graph: ModuleGraph, own: Sequence[str]) -> list[str]:
        """Return the files that import candidates, directly or indirectly, and may use a token."""
        users = graph.importers(own) - set(own)
        holders = [path for path in own if _ENV_SECRET.search(_source(path) or b"")]
        # a direct importer of a token's module may re-export it under any name
        direct = {
            step.importer.path
            for path in holders
            for section in ScriptSection
            for step in graph.edges_to(ModuleNode(path, section))
        }
        return sorted(path for path in users if path in direct or _CLIENT_USE.search(_source(path) or b""))

    def _with_imports(self, given: Iterable[str]) -> list[str]:
        """Return files and their direct and indirect imports, up to a cap."""
        found = dict.fromkeys(given)
        queue = deque(found)
        while queue and len(found) < _MOST_FOLLOWED:
            path = queue.popleft()
            for _, edge in self._summaries.at(path).imports:
                target = None if edge.type_only else self._resolve(edge.specifier, path)
                if target is not None and target not in found:
                    found[target] = None
                    queue.append(target)
        return list(found)

    def _entries(self, folder: str) -> Iterator[tuple[str, str]]:
        """Yield (absolute path, reason) of each entry in the bundler configurations of a folder."""
        for path, bundler in self._configurations(self._relative(folder) if folder != self._root.rstrip("/") else ""):
            for module in self._references.modules(path) if bundler.entries else ():
                for entry in entries_in(self._references, module, bundler):
                    target = self._resolve(f"./{entry}", path)
                    if target is not None:
                        yield target, f"entry of {path.rpartition('/')[2]}"

    def _configurations(self, folder: str) -> Iterator[tuple[str, Bundler]]:
        """Yield (absolute path, bundler) of each bundler configuration in a folder, given relative to the root."""
        for name in sorted(self._files.names(folder)):
            bundler = bundler_of(name)
            if bundler is not None:
                yield self._absolute(f"{folder}/{name}".lstrip("/")), bundler

    def _diagnostics(self, folder: str, reachability: Reachability) -> list[Diagnostic]:
        settings = [
            code_note(
                self._absolute(each.origin.path),
                f"{each.message}; client-side code may be missed until this is fixed",
            )
            for each in self._resolver.diagnostics
        ]
        imports = of_imports(folder, reachability, self._why_unresolved, _source)
        return [*settings, *imports, *of_damage(folder, self._references.damaged)]

    def _why_unresolved(self, specifier: str, importer: str) -> str:
        found = self._resolver.resolve(specifier, self._relative(importer))
        return found.reason if isinstance(found, Unresolved) and not self._resolve(specifier, importer) else ""

    def _relative(self, path: str) -> str:
        return path[len(self._root.rstrip("/")) + 1 :]

    def _absolute(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}".rstrip("/")

    def _resolve(self, specifier: str, importer: str) -> str | None:
        found: Resolution | None = self._resolver.resolve(specifier, self._relative(importer))
        if self._aliases and not isinstance(found, ResolvedFile) and not specifier.startswith((".", "/")):
            found = self._aliased(specifier, self._relative(importer))
        return self._absolute(found.path) if isinstance(found, ResolvedFile) else None

    def _aliased(self, specifier: str, importer: str) -> Resolution | None:
        """Resolve a specifier by the aliases of the importer's project; None when no alias matches."""
        project = self._packages.project(importer.rpartition("/")[0])
        folder = project.folder if project else ""
        for name, path in self._aliases.get(folder, {}).items():
            if specifier == name or specifier.startswith(f"{name}/"):
                return self._resolver.resolve(f"./{path}{specifier[len(name) :]}", f"{folder}/x".lstrip("/"))
        return None

    def _aliases_of(self, folder: str) -> Mapping[str, str]:
        """Return the aliases in the bundler configurations of a project."""
        found: dict[str, str] = {}
        for path, bundler in self._configurations(folder):
            for module in self._references.modules(path) if b"alias" in (_source(path) or b"") else ():
                found |= aliases_in(self._references, module, bundler)
        return found


def _frameworks_of_users(project: Project, projects: Sequence[Project]) -> tuple[Framework, ...]:
    """Return the frameworks of the projects that depend on `project` by package name."""
    name = project.package.name if project.package else ""
    users = (each for each in projects if name and each.package and each.package.depends_on(name))
    return tuple({framework.id: framework for user in users for framework in user.frameworks}.values())


def _templates(project: Project, folder: str) -> Iterator[str]:
    names = (name for framework in project.frameworks for name in framework.code.templates)
    return (path for name in names if os.path.isfile(path := f"{folder}/{name}"))


def _all_files(more: Callable[[str], Iterable[str]], folder: str, own: Sequence[str]) -> tuple[str, ...]:
    return (*more(folder), *own)


def _sets_variables(path: str) -> bool:
    name = path.rpartition("/")[2]
    return ENV_FILE.fullmatch(name) is not None or is_build_file(name)


def _source(path: str) -> bytes | None:
    """Return the bytes of a source file; None when it is missing, unreadable, binary or generated."""
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST_SOURCE + 1)
    except OSError:
        return None
    if len(data) > _LARGEST_SOURCE or b"\0" in data[:4096]:
        return None
    return data if len(data) < _LONG_LINE or max(map(len, data.split(b"\n"))) < _LONG_LINE else None
