"""Resolve the imports of a source tree: packages, settings, aliases of bundlers, patterns, the side of the importer."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.lazy_regex import LazyRegex
from frontleak.js.embedded_scripts import MARKUP, SCRIPTS, ending
from frontleak.js.references import References
from frontleak.modulegraph.bundlers import Bundler, aliases_in, bases_in, bundler_of, json_aliases
from frontleak.modulegraph.file_summary import FileSummaries
from frontleak.modulegraph.import_scan import LEFT_OUT
from frontleak.modulegraph.runtime_zones import RuntimeZones
from frontleak.resolve.file_tree import FileTree
from frontleak.resolve.glob_imports import matching_files
from frontleak.resolve.jsonc import read_object
from frontleak.resolve.packages import PackageJsons, upwards
from frontleak.resolve.resolver import (
    ExternalPackage,
    ImportResolver,
    Resolution,
    ResolvedFile,
    Unresolved,
    is_builtin,
    package_name,
)
from frontleak.rules.frameworks import load_frameworks

SOURCES: Final = SCRIPTS | MARKUP
"""Extensions of the files whose imports are followed."""
_ALIASES: Final = LazyRegex(rb"[aA]lias|\broot\b|\bmodules\b")
"""Matches a configuration that may set aliases or folders in which names are looked up."""


_MARKS: Final = frozenset("@~$#")
"""First characters of most aliases; a plain name is more likely a package that another one brings along."""
_UNKNOWN: Final = "neither a dependency in package.json nor a known alias"


class SourceResolver:
    """Resolves imports between the files of one tree; paths are absolute."""

    def __init__(
        self,
        root: str,
        files: FileTree,
        packages: PackageJsons,
        summaries: FileSummaries,
        read: Callable[[str], bytes | None],
    ) -> None:
        """Keep the tree; nothing is read yet.

        Args:
            root: absolute path of the tree.
            files: its files.
            packages: its package.json files.
            summaries: the file summaries of the tree.
            read: absolute path -> bytes; None for a file that is unreadable or not source code.
        """
        self._root = root.rstrip("/")
        self._files = files
        self._packages = packages
        self._summaries = summaries
        self._read = read
        self._resolver = ImportResolver(files, packages)
        self._zones = RuntimeZones(())
        self._aliases: dict[str, Mapping[str, str]] = {}
        """Project folder, relative to the root -> specifier prefix -> path relative to the folder."""
        self._bases: dict[str, Sequence[str]] = {}
        """Project folder -> folders in which names are looked up, relative to it."""
        self._with_aliases: set[str] = set()
        """Project folders with a configuration that sets aliases."""
        self._known: dict[tuple[str, str], str | None] = {}
        """(specifier, folder of the importer) -> file, where it is the same for all importers in the folder."""

    @property
    def imports(self) -> ImportResolver:
        """What resolves imports by paths, packages and tsconfig.json alone."""
        return self._resolver

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Problems in the settings files read so far, at paths relative to the root."""
        return self._resolver.diagnostics

    def read_aliases(self, folders: Iterable[str], references: References) -> None:
        """Read the configurations of bundlers and of Babel in project folders, which are relative to the root."""
        for folder in folders:
            self._aliases[folder], self._bases[folder] = self._aliases_of(folder, references)
        self._known.clear()

    def aliases(self, folder: str) -> tuple[Mapping[str, str], Sequence[str]]:
        """Return the aliases and bases that were read of a project folder, which is relative to the root."""
        return self._aliases.get(folder, {}), self._bases.get(folder, ())

    def use_zones(self, zones: RuntimeZones) -> None:
        """Set where files run: imports of server-side files resolve to the server's part of a package."""
        self._zones = zones
        self._known.clear()

    def resolve(self, specifier: str, importer: str) -> str | None:
        """Return the file that an import leads to; None for another package or when unresolved."""
        key = (specifier, importer.rpartition("/")[0])
        if key in self._known:
            return self._known[key]
        found: Resolution | None = self._resolver.resolve(specifier, self.relative(importer))
        is_same_for_all = True
        if not isinstance(found, ResolvedFile) and not specifier.startswith((".", "/")):
            found = self._aliased(specifier, self.relative(importer))
        elif isinstance(found, ResolvedFile) and not specifier.startswith((".", "/", "#")):
            other = self._resolver.resolve(specifier, self.relative(importer), for_server=True)
            is_same_for_all = other == found
            found = other if other != found and self._runs_on_server(importer) else found
        path = self.absolute(found.path) if isinstance(found, ResolvedFile) else None
        if is_same_for_all:
            self._known[key] = path
        return path

    def _runs_on_server(self, path: str) -> bool:
        """Return whether a file is server-side by its path, its directive or `server-only`."""
        file = self._summaries.at(path)
        return not file.runs_on("client") and (
            self._zones.is_kind(path, "server") or file.runs_on("server") or file.guarded
        )

    def matching(self, pattern: str, importer: str) -> list[str]:
        """Return the source files that an import of several files leads to; aliases count at the start of a pattern."""
        pattern, *left_out = pattern.split(LEFT_OUT)
        found = self._matching(pattern, importer)
        for each in left_out if found else ():
            anywhere = f"/{each}" if each.startswith("**") else each
            dropped = frozenset(self._matching(anywhere, importer))
            found = [path for path in found if path not in dropped]
        return found

    def _matching(self, pattern: str, importer: str) -> list[str]:
        inside = self.relative(importer)
        folder = inside.rpartition("/")[0]
        tops = self._tops(folder)
        if pattern.startswith("/"):  # from the root of the project
            starts = [(top, pattern.lstrip("/")) for top in tops]
        elif pattern.startswith("."):
            starts = [(folder, pattern)]
        else:
            own = ((top, name, path) for top in tops for name, path in self._aliases.get(top, {}).items())
            default = (
                (top, alias.name, inner)
                for framework in load_frameworks()
                for alias in framework.aliases
                for inner in alias.folders
                for top in tops
            )
            known = itertools.chain(own, default)
            starts = [
                (top, f"{path}{pattern[len(name) :]}") for top, name, path in known if pattern.startswith(f"{name}/")
            ]
        found = (path for top, start in starts for path in matching_files(self._files, start, top))
        return list(dict.fromkeys(self.absolute(path) for path in found if ending(path) in SOURCES))

    def _aliased(self, specifier: str, importer: str) -> Resolution | None:
        """Resolve a specifier by the aliases of the importer's project; None when no alias matches."""
        if not any(self._aliases.values()) and not any(self._bases.values()):
            return None
        above = importer.rpartition("/")[0]
        for folder in self._tops(above):
            top = f"{folder}/x".lstrip("/")
            for name, path in self._aliases.get(folder, {}).items():
                if specifier == name or specifier.startswith(f"{name}/"):
                    return self._resolver.resolve(f"./{path}{specifier[len(name) :]}", top)
            name = package_name(specifier)
            declared = any(package.depends_on(name) for package in self._packages.above(above))
            for base in self._bases.get(folder, ()) if not declared else ():
                found = self._resolver.resolve(f"./{base}/{specifier}", top)
                if isinstance(found, ResolvedFile):
                    return found
        return None

    def _tops(self, folder: str) -> list[str]:
        """Return the folders whose settings may count in a folder: the package, an app in it, or all above."""
        project = self._packages.project(folder)
        above = upwards(folder)
        if project is None:
            return list(above)
        return [
            each
            for each in above
            if each == project.folder or (each in self._aliases and len(each) > len(project.folder))
        ]

    def _aliases_of(self, folder: str, references: References) -> tuple[Mapping[str, str], Sequence[str]]:
        """Return the aliases and bases in the configurations of bundlers and of Babel in a project."""
        found: dict[str, str] = {}
        bases: list[str] = []
        package = self._packages.at(folder)
        if package is not None and isinstance(babel := package.data.get("babel"), dict):
            found, bases = json_aliases(babel, _babel())
        for path, bundler in self.configurations(folder):
            data = self._read(path) or b""
            if b"alias" in data or b"Alias" in data:
                self._with_aliases.add(folder)
            if path.endswith((".json", ".babelrc")):
                parsed = read_object(path, data)
                inner = json_aliases(parsed, bundler) if not isinstance(parsed, Diagnostic) else ({}, [])
                found |= inner[0]
                bases += inner[1]
                continue
            for module in references.modules(path) if _ALIASES.search(data) else ():
                found |= aliases_in(references, module, bundler)
                bases += bases_in(references, module, bundler)
        return found, bases

    def configurations(self, folder: str) -> Iterator[tuple[str, Bundler]]:
        """Yield (absolute path, bundler) of each bundler configuration in a folder, given relative to the root."""
        for name in sorted(self._files.names(folder)):
            bundler = bundler_of(name)
            if bundler is not None:
                yield self.absolute(f"{folder}/{name}".lstrip("/")), bundler

    def why_unresolved(self, specifier: str, importer: str) -> str:
        """Return why an import leads nowhere; empty if it leads to a file or another package."""
        found = self._resolver.resolve(specifier, self.relative(importer))
        if isinstance(found, ResolvedFile) or self.resolve(specifier, importer):
            return ""
        if isinstance(found, Unresolved):
            return found.reason
        return _UNKNOWN if self._may_be_alias(specifier, found, self.relative(importer)) else ""

    def _may_be_alias(self, specifier: str, found: ExternalPackage, importer: str) -> bool:
        """Return whether a name that no package.json lists may be an alias, in a project that sets aliases."""
        name = package_name(specifier)
        above = importer.rpartition("/")[0]
        project = self._packages.project(above)
        if (
            specifier[:1] not in _MARKS
            or "//" in found.package
            or project is None
            or project.folder not in self._with_aliases
            or any(specifier.startswith(framework.virtual) for framework in load_frameworks())
        ):
            return False
        packages = self._packages.above(above)
        return not is_builtin(name) and not any(
            package.depends_on(name) or package.name == name for package in packages
        )

    def relative(self, path: str) -> str:
        """Return an absolute path relative to the root."""
        return path[len(self._root) + 1 :]

    def absolute(self, path: str) -> str:
        """Return a path relative to the root as an absolute one."""
        return f"{self._root}/{path}".rstrip("/")


def _babel() -> Bundler:
    bundler = bundler_of(".babelrc")
    assert bundler is not None
    return bundler
