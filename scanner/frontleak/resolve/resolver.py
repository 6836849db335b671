"""Resolve an import to a file of the source tree or an external package, or report why it is unresolved."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.records import dataclass
from frontleak.core.secret import printable
from frontleak.resolve.extensions import FileLookup
from frontleak.resolve.file_tree import FileTree, joined
from frontleak.resolve.jsonc import by_path
from frontleak.resolve.package_exports import import_targets
from frontleak.resolve.packages import PackageJson, PackageJsons, upwards
from frontleak.resolve.projects import frameworks_of
from frontleak.resolve.tsconfig import TsConfig, TsConfigs
from frontleak.resolve.workspaces import Workspaces
from frontleak.rules.frameworks import Framework, load_frameworks, made_of_frameworks


@dataclass(frozen=True, slots=True)
class ResolvedFile:
    """A file of the tree."""

    path: str
    """From the root of the tree, links resolved."""


@dataclass(frozen=True, slots=True)
class ExternalPackage:
    """A package outside the tree, or a virtual module."""

    package: str
    """`@sanity/client`, `node:fs`, `sanity:client`, `$env`, `virtual:pwa-register`, or a full URL."""
    subpath: str
    """The rest after the package and a slash; may be empty."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An import that could not be resolved."""

    reason: str
    """One line, safe to print; names the settings file and line when that file is the cause."""


Resolution = ResolvedFile | ExternalPackage | Unresolved

_MOST_SPECIFIER: Final = 2_000
"""Characters."""
_SCHEME: Final = LazyTextRegex(r"[A-Za-z][A-Za-z0-9+.-]++:")
_PACKAGE: Final = LazyTextRegex(r"(?:@[A-Za-z0-9_.-][\w.~-]*+/)?[A-Za-z0-9_-][\w.~-]*+(?=/|\Z)", re.ASCII)
# fmt: off
_NODE_BUILTINS: Final = frozenset((
    "assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram",
    "diagnostics_channel", "dns", "domain", "events", "fs", "http", "http2", "https", "inspector", "module",
    "net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "stream",
    "string_decoder", "sys", "timers", "tls", "tty", "url", "util", "v8", "vm", "wasi", "worker_threads", "zlib",
))
# fmt: on
"""Node.js modules, which no package.json lists."""
_OUTSIDE: Final = "outside the scanned folder"
_MISSING: Final = "no such file"


class ImportResolver:
    """Resolves the imports of one source tree; each file is read once.

    Supports relative paths, `paths` and `baseUrl` of tsconfig.json and jsconfig.json, `imports` and `exports` of
    package.json, workspaces, and the built-in aliases of frameworks (rules/frameworks), links below
    node_modules to packages of the tree, but not aliases in bundler configuration files.
    """

    def __init__(self, files: FileTree, packages: PackageJsons | None = None) -> None:
        """Keep the tree and, to share their cache, its package.json files; nothing is read yet."""
        self._files = files
        self._packages = packages or PackageJsons(files)
        self._workspaces = Workspaces(files, self._packages)
        self._configs = TsConfigs(files, self._workspace_folder)
        self._lookup = FileLookup(files, self._packages)
        self._frameworks_of: dict[str, tuple[Framework, ...]] = {}
        self._resolutions: dict[tuple[str, str, bool], Resolution] = {}
        self.computed: dict[tuple[str, str, bool], Resolution] = {}
        """What of `resolutions` no earlier scan knew."""
        self._earlier: Callable[[str, str, bool], Resolution | None] = lambda *_: None
        self._for_server = False
        """The side of the importer that is being resolved."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Problems in the settings files read so far, sorted by path."""
        return tuple(sorted({*self._packages.diagnostics, *self._configs.diagnostics}, key=by_path))

    @property
    def resolutions(self) -> Mapping[tuple[str, str, bool], Resolution]:
        """What was asked for so far: (specifier, folder of the importer, whether for a server) -> its resolution."""
        return self._resolutions

    def remember(self, earlier: Callable[[str, str, bool], Resolution | None]) -> None:
        """Ask for what an earlier scan of the same tree in the same state resolved: the key of `resolutions` -> it."""
        self._earlier = earlier

    def resolve(self, specifier: str, importer: str, *, for_server: bool = False) -> Resolution:
        """Resolve a specifier.

        Args:
            specifier: as written in the code.
            importer: path of the importing file, from the root of the tree.
            for_server: whether the importer runs on a server, which decides between conditions of `exports`.
        """
        folder = importer.rpartition("/")[0]
        key = specifier, folder, for_server
        resolution = self._resolutions.get(key)
        if resolution is None:
            resolution = self._earlier(*key)
            if resolution is None:
                inside = joined("", folder)
                self._for_server = for_server
                resolution = Unresolved(_OUTSIDE) if inside is None else self._resolve(specifier, inside)
                self.computed[key] = resolution
            self._resolutions[key] = resolution
        return resolution

    def _resolve(self, specifier: str, folder: str) -> Resolution:
        if len(specifier) > _MOST_SPECIFIER or "\0" in specifier:
            return Unresolved("neither a path nor a package")
        if specifier.startswith("//") or _SCHEME.match(specifier):
            return ExternalPackage(specifier, "") if "//" in specifier else _external(specifier)
        plain = specifier.rpartition("!")[2].partition("?")[0]  # without webpack loaders and the Vite query
        if not plain:
            return Unresolved("neither a path nor a package")
        if plain.startswith("/"):
            return self._from_root(plain, folder)
        if plain in (".", "..") or plain.startswith(("./", "../")):
            return self._relative(plain, folder)
        return self._named(plain, folder)

    def _relative(self, path: str, folder: str) -> Resolution:
        target = joined(folder, path)
        if target is None:
            return Unresolved(_OUTSIDE)
        if _is_installed(target):
            return _external(f"/{target}".rpartition("/node_modules/")[2])
        found = self._found(target, path)
        if found is None and self._is_virtual(path, folder):
            return ExternalPackage(path, "")
        return found or Unresolved(f"{_MISSING}: {printable(target)}")

    def _from_root(self, path: str, folder: str) -> Resolution:
        """Resolve a path with a leading slash from the site root: the project, or its public files."""
        project = self._packages.project(folder)
        tops = dict.fromkeys((*((project.folder,) if project else upwards(folder)), "", folder))
        for top in tops:
            for place in (top, f"{top}/public"):
                target = joined(place.strip("/"), path.lstrip("/"))
                if target is not None and (found := self._found(target, path)):
                    return found
        return Unresolved(f"{_MISSING}: {printable(path)}")

    def _named(self, specifier: str, folder: str) -> Resolution:
        """Resolve a specifier that is neither a path nor a URL: a package or an alias."""
        configs = self._configs.nearest(folder)
        above = self._packages.above(folder)
        name = package_name(specifier)
        declared = bool(name) and any(package.depends_on(name) for package in above)
        found = (
            self._first(target for config in configs for target in _under_paths(config, specifier))
            or self._imports(specifier, folder)
            or self._local_package(specifier, name, above, folder)
            or (None if declared else self._under_base(configs, specifier))
            or (None if declared else self._aliased(specifier, configs, folder))
        )
        if found is not None:
            return found
        if self._is_virtual(specifier, folder):
            return _external(specifier)
        if name and (declared or not self._is_alias(specifier, configs)):
            return _external(specifier)
        return Unresolved(_reason(specifier, configs, above))

    def _found(self, target: str, written: str) -> ResolvedFile | None:
        """Return the file at a path from the root; `written` is the path in the code, which may require a folder."""
        only_folder = written.endswith("/") or written.rpartition("/")[2] in (".", "..")
        found = self._lookup.find(target, folder=only_folder)
        return ResolvedFile(self._files.canonical(found)) if found else None

    def _first(self, targets: Iterable[str]) -> ResolvedFile | None:
        """Return the first existing file outside node_modules."""
        own = (target for target in targets if not _is_installed(target))
        return next((found for target in own if (found := self._found(target, target))), None)

    def _imports(self, specifier: str, folder: str) -> Resolution | None:
        """Resolve by the `imports` of the package of a folder."""
        package = next(iter(self._packages.above(folder)), None) if specifier.startswith("#") else None
        targets = import_targets(package.data, specifier) if package else ()
        if package is None or not targets:
            return None
        found = self._lookup.first(package, (target for target in targets if target.startswith(".")))
        if found:
            return ResolvedFile(self._files.canonical(found))
        outside = next((target for target in targets if not target.startswith((".", "/", "#"))), None)
        return _external(outside) if outside else None

    def _local_package(
        self, specifier: str, name: str, above: tuple[PackageJson, ...], folder: str
    ) -> Resolution | None:
        """Resolve to a package of the tree: that of the folder, one of its workspace, or one linked by path."""
        if not name:
            return None
        own = next((each for each in above[:1] if each.name == name and "exports" in each.data), None)
        package = (
            own or self._workspaces.member(name, folder) or self._linked(name, above) or self._installed(name, folder)
        )
        if package is None:
            return None
        found = self._lookup.entry(package, f".{specifier[len(name) :]}", for_server=self._for_server)
        if found:
            return ResolvedFile(self._files.canonical(found))
        return Unresolved(str(package.diagnostic or printable(f"{package.folder or '.'} has no file for {specifier}")))

    def _linked(self, name: str, above: tuple[PackageJson, ...]) -> PackageJson | None:
        folders = (package.linked(name) for package in above)
        return next((found for folder in folders if folder is not None and (found := self._packages.at(folder))), None)

    def _installed(self, name: str, folder: str) -> PackageJson | None:
        """Return the package of the tree that a link below node_modules leads to, as a package manager makes them."""
        for top in upwards(folder):
            target = self._files.linked(f"{top}/node_modules/{name}".lstrip("/"))
            if target is not None:
                return None if _is_installed(target) else self._packages.at(target)
        return None

    def _workspace_folder(self, name: str, folder: str) -> str | None:
        package = self._workspaces.member(name, folder)
        return package.folder if package else None

    def _under_base(self, configs: tuple[TsConfig, ...], specifier: str) -> ResolvedFile | None:
        bases = (config.base for config in configs if config.base is not None)
        return self._first(target for base in bases if (target := joined(base, specifier)) is not None)

    def _aliased(self, specifier: str, configs: tuple[TsConfig, ...], folder: str) -> ResolvedFile | None:
        """Resolve by framework aliases, in the project and next to its tsconfig.json."""
        project = self._packages.project(folder)
        tops = dict.fromkeys(
            (
                *((project.folder,) if project else upwards(folder)),
                *(config.path.rpartition("/")[0] for config in configs[:1]),
            )
        )
        return self._first(
            target
            for framework in self._frameworks(folder)
            for alias in framework.aliases
            if specifier == alias.name or specifier.startswith(f"{alias.name}/")
            for top in tops
            for inside in alias.folders
            if (target := joined(top, f"{inside}/{specifier[len(alias.name) + 1 :]}")) is not None
        )

    def _frameworks(self, folder: str) -> tuple[Framework, ...]:
        """Return the frameworks of the project of a folder; all frameworks without a readable package.json."""
        project = self._packages.project(folder)
        if project is None or project.diagnostic:
            return load_frameworks()
        if project.folder not in self._frameworks_of:
            self._frameworks_of[project.folder] = frameworks_of(project)
        return self._frameworks_of[project.folder]

    def _is_virtual(self, specifier: str, folder: str) -> bool:
        """Return whether a framework provides the module; for `#` names, only the frameworks of the project count."""
        prefixes = _virtual_of(self._frameworks(folder)) if specifier.startswith("#") else _virtual()
        if specifier.startswith("."):
            rest = specifier.lstrip("./")
            return rest.startswith(tuple(each[2:] for each in prefixes if each.startswith("./")))
        return specifier.startswith(prefixes)

    def _is_alias(self, specifier: str, configs: tuple[TsConfig, ...]) -> bool:
        """Return whether a name is more likely an alias of the project than a package."""
        first = specifier.partition("/")[0]
        return first not in _NODE_BUILTINS and any(
            config.diagnostics
            or _is_mapped(config, specifier)
            or (config.base is not None and first in self._files.names(config.base))
            for config in configs
        )


def _virtual_of(frameworks: tuple[Framework, ...]) -> tuple[str, ...]:
    return tuple(each for framework in frameworks for each in framework.virtual)


_virtual: Final = made_of_frameworks(_virtual_of)


def is_builtin(name: str) -> bool:
    """Return whether a name is that of a module of Node.js."""
    return name in _NODE_BUILTINS


def package_name(specifier: str) -> str:
    """Return the package name at the start of a specifier; empty when it is not a valid one."""
    match = _PACKAGE.match(specifier)
    return match.group() if match else ""


def _external(specifier: str) -> ExternalPackage:
    """Split a specifier after its first part: a package, or the prefix of a virtual module."""
    end = specifier.find("/", specifier.find("/") + 1 if specifier.startswith("@") else 0)
    return ExternalPackage(specifier, "") if end < 0 else ExternalPackage(specifier[:end], specifier[end + 1 :])


def _under_paths(config: TsConfig, specifier: str) -> Iterator[str]:
    for pattern, star in config.fitting(specifier):
        for target in pattern.targets:
            before, _, after = target.partition("*")
            if (path := joined("", f"{before}{star}{after}")) is not None:
                yield path


def _is_mapped(config: TsConfig, specifier: str) -> bool:
    """Return whether a `paths` pattern with a prefix maps a name to files outside node_modules."""
    return any(
        pattern.before and not any(map(_is_installed, pattern.targets)) for pattern, _ in config.fitting(specifier)
    )


def _is_installed(path: str) -> bool:
    return "/node_modules/" in f"/{path}"


def _reason(specifier: str, configs: tuple[TsConfig, ...], above: tuple[PackageJson, ...]) -> str:
    """Return the likely reason that a name is unresolved."""
    diagnostics = [diagnostic for config in configs for diagnostic in config.diagnostics]
    diagnostics += [package.diagnostic for package in above if package.diagnostic]
    if diagnostics:
        return printable(f"{diagnostics[0].origin.path} {diagnostics[0].message}")
    for config in configs:
        if config.missing:
            return printable(f"{config.path} extends {config.missing[0]}, which is missing")
    for config in configs:
        if _is_mapped(config, specifier):
            return printable(f"{_MISSING} at the path set in {config.path}")
    return "unknown alias"
