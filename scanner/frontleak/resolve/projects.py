"""The projects of a source tree: what each uses, whether it ships or is used by what ships, and its sources."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from frontleak.resolve.file_tree import FileTree
from frontleak.resolve.jsonc import JsonProblem, read_object
from frontleak.resolve.packages import PackageJson, PackageJsons
from frontleak.rules.frameworks import Framework, load_frameworks

_MOST_OF_A_PACKAGE: Final = 1_000_000
"""Bytes read of a package.json."""
_OFFERED: Final = frozenset(
    {"exports", "module", "browser", "types", "typings", "publishConfig", "files", "unpkg", "jsdelivr", "bin"}
)
"""Fields of a package.json that offer the package to other code; `main` alone is what `npm init -y` writes."""
_PUBLISHED: Final = frozenset({"version", "publishConfig", "repository", "release"})
"""Fields of a package.json of which what is published has one; some tools put the version in only when they publish."""
_BUILT: Final = frozenset({"dist", "build", "lib", "es", "esm", "cjs", "umd", "out"})
"""Folders of which one holds what a library builds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The files that one package.json is nearest to."""

    folder: str
    """Of the package.json, from the root of the tree; the root itself for files below none."""
    package: PackageJson | None
    """None for files below no package.json."""
    frameworks: tuple[Framework, ...]
    """Those it depends on, in order of id; what it only asks of the code that uses it does not count."""
    is_library: bool
    sources: tuple[str, ...]
    """Paths from the root of the tree, sorted."""


def find_projects(files: FileTree, sources: Iterable[str], packages: PackageJsons | None = None) -> tuple[Project, ...]:
    """Return the projects that some files belong to, in order of folder.

    Args:
        files: the tree.
        sources: paths from its root.
        packages: its package.json files, when they are known already.
    """
    packages = packages or PackageJsons(files)
    nearest: dict[str, PackageJson | None] = {}
    found: dict[str, tuple[PackageJson | None, list[str]]] = {}
    for path in sources:
        folder = path.rpartition("/")[0]
        if folder not in nearest:
            nearest[folder] = packages.project(folder)
        package = nearest[folder]
        found.setdefault(package.folder if package else "", (package, []))[1].append(path)
    return tuple(
        Project(
            folder=folder,
            package=package,
            frameworks=frameworks_of(package) if package else (),
            is_library=package is not None and is_library(package.data),
            sources=tuple(sorted(paths)),
        )
        for folder, (package, paths) in sorted(found.items())
    )


def frameworks_of(package: PackageJson) -> tuple[Framework, ...]:
    """Return the frameworks a package depends on, to run or to build, in order of id."""
    return tuple(
        framework
        for framework in load_frameworks()
        if any(package.depends_on(name, peers=False) for name in framework.dependencies)
    )


def is_library(data: Mapping[str, Any]) -> bool:
    """Say whether a package.json is that of a package which offers itself to other code and ships nothing by itself.

    A library may be published and says what of it other code may use. What needs a framework of apps to run is an
    app, unless it has `exports`. npm publishes nothing without a version: a package that has none, nor says that a tool
    is to publish it, is used by the apps of its monorepo only.
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
    return not _OFFERED.isdisjoint(data) or _main_is_built(data)


def _main_is_built(data: Mapping[str, Any]) -> bool:
    """Say whether `main` is something built, in a package that is not started by itself."""
    main, scripts = data.get("main"), data.get("scripts")
    started = isinstance(scripts, dict) and "start" in scripts
    return isinstance(main, str) and not started and main.removeprefix("./").partition("/")[0] in _BUILT


def in_library(folder: str) -> bool:
    """Say whether a folder on disk (absolute, forward slashes) is in a library: of the nearest package with a name.

    Packages above the top of a repository do not count.
    """
    return is_library(_nearest(folder, "name"))


def depends_on_sanity(folder: str) -> bool:
    """Say whether a folder on disk (absolute, forward slashes) is in a package that depends on one of Sanity's."""
    data = _nearest(folder, "name", "dependencies")
    trees = [data.get(tree) for tree in ("dependencies", "devDependencies")]
    return any("sanity" in name for tree in trees if isinstance(tree, dict) for name in tree)


def _nearest(folder: str, *fields: str) -> Mapping[str, Any]:
    """Return what the nearest package.json that has one of some fields says; empty above the top of a repository."""
    while folder:
        data = _package(folder)
        if not data.keys().isdisjoint(fields):
            return data
        if os.path.lexists(f"{folder}/.git"):
            break
        folder = folder.rpartition("/")[0]
    return {}


def _package(folder: str) -> Mapping[str, Any]:
    """Return what the package.json of a folder says; empty when there is none that can be read."""
    path = f"{folder}/package.json"
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_OF_A_PACKAGE)
    except (OSError, ValueError):
        return {}
    found = read_object(path, data)
    return {} if isinstance(found, JsonProblem) else found
