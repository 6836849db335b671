"""The projects of a source tree: frameworks, sources, and whether each is an app or a library."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.records import dataclass
from frontleak.core.repository import up_to_top
from frontleak.resolve.file_tree import FileTree
from frontleak.resolve.jsonc import read_object
from frontleak.resolve.packages import PackageJson, PackageJsons, is_entry, upwards
from frontleak.rules.frameworks import Framework, load_frameworks, made_of_frameworks
from frontleak.rules.globs import expression

_MOST_READ: Final = 1_000_000
"""Bytes read from a package.json."""
_EXPORTING: Final = frozenset(
    {"exports", "module", "browser", "types", "typings", "publishConfig", "files", "unpkg", "jsdelivr", "bin"}
)
"""Fields of a package.json that export the package to other code; `npm init -y` writes only `main`."""
_PUBLISHED: Final = frozenset({"version", "publishConfig", "repository", "release"})
"""Fields of which a published package has at least one; some tools add the version only on publishing."""
_BUILT: Final = frozenset({"dist", "build", "lib", "es", "esm", "cjs", "umd", "out"})
"""Usual output folders of a library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The files whose nearest package.json is the same, and that belong to the same app."""

    folder: str
    """Folder of the package.json, from the root of the tree.

    In a monorepo with one package.json, the folder of an app, by the configuration file of a framework. For files
    without a package.json, the nearest folder with such a file, else the root.
    """
    package: PackageJson | None
    """None for files without a package.json."""
    frameworks: tuple[Framework, ...]
    """Frameworks it depends on, sorted by id; peer dependencies do not count.

    Without a package.json, or with one that names none, those whose configuration files are in its folder; with one,
    also the hosts whose configuration files are there.
    """
    is_library: bool
    sources: tuple[str, ...]
    """Paths from the root of the tree, sorted."""


def find_projects(files: FileTree, sources: Iterable[str], packages: PackageJsons | None = None) -> tuple[Project, ...]:
    """Return the projects of some files, sorted by folder.

    Args:
        files: the tree.
        sources: paths from its root.
        packages: its package.json files, to share their cache.
    """
    packages = packages or PackageJsons(files)
    nearest: dict[str, tuple[str, PackageJson | None]] = {}
    found: dict[str, tuple[PackageJson | None, list[str]]] = {}
    for path in sources:
        folder = path.rpartition("/")[0]
        if folder not in nearest:
            package = packages.project(folder)
            top = _app_folder(files, folder, package) if package else _configured_folder(files, folder)
            nearest[folder] = top, package
        top, package = nearest[folder]
        found.setdefault(top, (package, []))[1].append(path)
    return tuple(
        Project(
            folder=folder,
            package=package,
            frameworks=_frameworks_in(files, folder, package),
            is_library=package is not None and package.folder == folder and is_library(package.data),
            sources=tuple(sorted(paths)),
        )
        for folder, (package, paths) in sorted(found.items())
    )


def _configured_folder(files: FileTree, folder: str) -> str:
    """Return the nearest folder, from one upwards, with the configuration file of a framework; the root without one."""
    return next((each for each in upwards(folder) if _frameworks_configured(files.names(each))), "")


def _app_folder(files: FileTree, folder: str, package: PackageJson) -> str:
    """Return the folder of an app in a monorepo with one package.json, by its configuration file, or the package's."""
    below = [each for each in upwards(folder) if each != package.folder and len(each) > len(package.folder)]
    apps = {framework.id for framework in frameworks_of(package) if framework.makes_apps} if below else set[str]()
    for each in below if apps else ():
        if any(framework.id in apps and not framework.rank for framework in _frameworks_configured(files.names(each))):
            return each
    return package.folder


def _frameworks_in(files: FileTree, folder: str, package: PackageJson | None) -> tuple[Framework, ...]:
    configured = _frameworks_configured(files.names(folder))
    if package is None:
        return configured
    known = frameworks_of(package)
    if folder != package.folder:  # other apps of the monorepo have other frameworks
        known = tuple(each for each in known if not each.makes_apps or each in configured)
    more = (each for each in configured if _is_host(each) or (each.makes_apps and not known))
    found = {framework.id: framework for framework in (*known, *more)}
    return tuple(found[each] for each in sorted(found))


def _is_host(framework: Framework) -> bool:
    """Return whether a framework only runs functions: no client-side code begins in a file because of it."""
    code = framework.code
    return bool(code.server) and not framework.makes_apps and not code.client and not code.pages


def _frameworks_configured(names: Iterable[str]) -> tuple[Framework, ...]:
    """Return the frameworks that have a configuration file among some file names, sorted by id."""
    names = [name for name in names if _any_configuration().fullmatch(name)]
    return tuple(framework for framework, known in _configurations() if any(map(known.fullmatch, names)))


@made_of_frameworks
def _any_configuration(frameworks: tuple[Framework, ...]) -> re.Pattern[str]:
    """Return a regular expression for the name of a configuration file of any framework."""
    globs = (glob for framework in frameworks for glob in framework.configurations)
    return re.compile("|".join(map(expression, globs)) or "(?!)")


@made_of_frameworks
def _configurations(frameworks: tuple[Framework, ...]) -> Sequence[tuple[Framework, re.Pattern[str]]]:
    """Return each framework with a regular expression for the names of its configuration files."""
    return [
        (framework, re.compile("|".join(map(expression, framework.configurations))))
        for framework in frameworks
        if framework.configurations
    ]


def frameworks_of(package: PackageJson) -> tuple[Framework, ...]:
    """Return the frameworks in the dependencies and devDependencies of a package, sorted by id."""
    return tuple(
        framework
        for framework in load_frameworks()
        if any(package.depends_on(name, peers=False) for name in framework.dependencies)
    )


def is_library(data: Mapping[str, Any]) -> bool:
    """Return whether a package.json is that of a library: exported to other code, without a client bundle of its own.

    A library is publishable and declares its public entries. A package that depends on an app framework at run time is
    an app, unless it has `exports`. npm requires a version to publish: a package without one, and without settings of a
    publishing tool, is used only by the apps of its monorepo.
    """
    if data.get("private") is True or not isinstance(data.get("name"), str) or _PUBLISHED.isdisjoint(data):
        return False
    if "exports" in data:
        return True
    needed = data.get("dependencies")
    if isinstance(needed, dict) and any(
        name in needed for framework in load_frameworks() if framework.makes_apps for name in framework.dependencies
    ):
        return False
    return not _EXPORTING.isdisjoint(data) or _main_is_built(data)


def _main_is_built(data: Mapping[str, Any]) -> bool:
    """Return whether `main` is build output in a package without a `start` script."""
    main, scripts = data.get("main"), data.get("scripts")
    started = isinstance(scripts, dict) and "start" in scripts
    return isinstance(main, str) and not started and main.removeprefix("./").partition("/")[0] in _BUILT


def in_library(folder: str) -> bool:
    """Return whether the nearest named package of a folder on disk (absolute, forward slashes) is a library.

    Packages above the repository root do not count.
    """
    return is_library(_nearest(folder, "name"))


def depends_on_sanity(folder: str, read: Callable[[str], bytes | None] | None = None) -> bool:
    """Return whether a folder (absolute, forward slashes) is in a package that depends on a Sanity package.

    `read` returns the bytes of a file by its absolute path, None if there is none; the default reads the disk.
    """
    data = _nearest(folder, "name", "dependencies", read=read)
    trees = [data.get(tree) for tree in ("dependencies", "devDependencies")]
    return any("sanity" in name for tree in trees if isinstance(tree, dict) for name in tree)


def framework_ids(folder: str) -> frozenset[str]:
    """Return the ids of the frameworks that the nearest package of a folder on disk (absolute) depends on."""
    data = _nearest(folder, "name", "dependencies", "devDependencies")
    trees = [data.get(tree) for tree in ("dependencies", "devDependencies")]
    names = {name for tree in trees if isinstance(tree, dict) for name in tree}
    return frozenset(each.id for each in load_frameworks() if not names.isdisjoint(each.dependencies))


def _nearest(folder: str, *fields: str, read: Callable[[str], bytes | None] | None = None) -> Mapping[str, Any]:
    """Return the nearest package.json with one of some fields; empty when none is inside the repository."""
    for each in up_to_top(folder):
        data = _package(each, read or _on_disk)
        if not data.keys().isdisjoint(fields) and not is_entry(data):
            return data
    return {}


def _package(folder: str, read: Callable[[str], bytes | None]) -> Mapping[str, Any]:
    """Return the package.json of a folder; empty when it is missing or unreadable."""
    path = f"{folder}/package.json"
    data = read(path)
    found = {} if data is None else read_object(path, data)
    return {} if isinstance(found, Diagnostic) else found


def _on_disk(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read(_MOST_READ)
    except (OSError, ValueError):
        return None
