"""What a repository is made of: its apps with their frameworks and build folders, its package manager and its CI."""

import os
from collections.abc import Iterator
from typing import Final

from frontleak.core.records import dataclass
from frontleak.resolve.file_tree import DiskFileTree
from frontleak.resolve.packages import PackageJson, PackageJsons
from frontleak.resolve.projects import frameworks_of
from frontleak.resolve.workspaces import Workspaces
from frontleak.rules.frameworks import Framework

_LOCK_FILES: Final = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
CI_FILES: Final = {
    "GitHub Actions": (".github/workflows",),
    "GitLab CI": (".gitlab-ci.yml",),
    "CircleCI": (".circleci/config.yml",),
    "Bitbucket Pipelines": ("bitbucket-pipelines.yml",),
    "Azure Pipelines": ("azure-pipelines.yml",),
    "Jenkins": ("Jenkinsfile",),
    "Travis CI": (".travis.yml",),
    "Netlify": ("netlify.toml",),
    "Vercel": ("vercel.json", ".vercel"),
    "Cloudflare": ("wrangler.toml", "wrangler.json", "wrangler.jsonc"),
}
"""Service -> files or folders that show its use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A package of the repository that uses a framework. Paths are relative to the top of the repository."""

    folder: str
    """Empty for the top."""
    frameworks: tuple[Framework, ...]
    """By rank: the one that builds it comes first."""
    builds: tuple[str, ...]
    """Folders that its builds write: those that exist, else the usual one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """What a repository is made of."""

    apps: tuple[App, ...]
    package_manager: str
    """npm, pnpm, yarn or bun; empty without a package.json at the top."""
    has_build_script: bool
    """Whether the package.json at the top has a script `build`."""
    has_workspaces: bool
    ci: tuple[str, ...]
    """Names of `CI_FILES`."""

    @property
    def builds(self) -> tuple[str, ...]:
        """The build folders of all apps, each once."""
        return tuple(dict.fromkeys(build for app in self.apps for build in app.builds))


def find_facts(top: str) -> ProjectFacts:
    """Look at the package.json files of a repository and for files of CI services.

    Raises:
        RuleError: a shipped framework is missing or invalid.
    """
    files = DiskFileTree(top)
    packages = PackageJsons(files)
    members = Workspaces(files, packages).folders("")
    root = packages.at("")
    scripts = root.data.get("scripts") if root else None
    return ProjectFacts(
        apps=tuple(_apps(top, packages, ("", *members))),
        package_manager=_package_manager(files, root),
        has_build_script=isinstance(scripts, dict) and "build" in scripts,
        has_workspaces=bool(members),
        ci=tuple(name for name, marks in CI_FILES.items() if any(os.path.exists(f"{top}/{mark}") for mark in marks)),
    )


def _apps(top: str, packages: PackageJsons, folders: tuple[str, ...]) -> Iterator[App]:
    for folder in folders:
        package = packages.at(folder)
        if package is None:
            continue
        frameworks = tuple(sorted(frameworks_of(package), key=lambda framework: framework.rank))
        if frameworks:
            yield App(folder=folder, frameworks=frameworks, builds=_builds(top, folder, frameworks))


def _builds(top: str, folder: str, frameworks: tuple[Framework, ...]) -> tuple[str, ...]:
    above = f"{folder}/" if folder else ""
    usual = [f"{above}{name}" for framework in frameworks for name in framework.build_folders]
    there = [build for build in dict.fromkeys(usual) if os.path.isdir(f"{top}/{build}")]
    return tuple(there or usual[:1])


def _package_manager(files: DiskFileTree, root: PackageJson | None) -> str:
    if root is None:
        return ""
    named = root.data.get("packageManager")
    name = named.partition("@")[0] if isinstance(named, str) else ""
    if name in _LOCK_FILES.values():
        return name
    return next((manager for lock, manager in _LOCK_FILES.items() if files.is_file(lock)), "npm")
