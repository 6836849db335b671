"""Finds the env files of the projects that are scanned, as their frameworks load them."""

import fnmatch
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.errors import ConfigError
from frontleak.core.paths import slashes
from frontleak.core.repository import up_to_top
from frontleak.misuse.env_values.settings_files import is_settings_file
from frontleak.misuse.env_values.sources import NamedFile, Read, read_files
from frontleak.resolve.projects import framework_ids
from frontleak.rules.frameworks import load_frameworks
from frontleak.rules.globs import expression

_EVERY: Final = (".env", ".env.local", ".env.*", ".env.*.local", ".dev.vars", ".dev.vars.*")
"""Files of a project whose frameworks say nothing of them, in the order in which they are loaded."""
_NOT_LOADED: Final = (
    "*.example",
    "*.sample",
    "*.template",
    "*.dist",
    "*.schema",
    "*.vault",
    "*.keys",
    "*.defaults",
    "*.d.ts",
    "*.bak",
)
"""Files that show what is to be set."""
_MOST_FOLDERS: Final = 5_000
_DEEPEST: Final = 6
_PASSED: Final = frozenset({"node_modules", "dist", "build", "out", "coverage", "vendor"})
_MOST_FILES: Final = 500


def env_files_of(
    paths: Sequence[str], shown: Callable[[str], str], prefix_of: Callable[[str], Callable[[str], str]]
) -> Iterator[Read]:
    """Yield what the env files and settings of the projects set that some paths are in, or that are below them.

    Files of one mode, such as production, are loaded together; those of other modes have other values. A reference in
    settings finds the value of the `.env` of their folder.

    Args:
        paths: named paths of the scan.
        shown: absolute path -> path as displayed.
        prefix_of: folder -> name of a variable -> its public prefix there.
    """
    count = 0
    noted: set[Diagnostic] = set()
    for folder in _folders(paths):
        groups = list(_groups(folder))
        if not groups:
            continue
        prefix = prefix_of(folder)
        told: set[tuple[str, int, str]] = set()
        known: dict[str, str] = {}
        for files in groups:
            if count + len(files) > _MOST_FILES:
                return
            try:
                read = read_files([NamedFile(path, shown(path)) for path in files], prefix, known)
            except OSError:
                continue
            count += len(read.files)
            fresh = [each for each in read.settings if (*each.variable[1:3], each.value) not in told]
            told.update((*each.variable[1:3], each.value) for each in fresh)
            known |= {each.variable.name: each.value for each in fresh if each.variable.file == shown(f"{folder}/.env")}
            notes = [each for each in dict.fromkeys(read.diagnostics) if each not in noted]
            noted.update(notes)
            yield Read(tuple(fresh), tuple(notes), read.files)


def inside(folder: str, names: Iterable[str]) -> list[str]:
    """Return the paths of files that a configuration names; it can name none outside of its folder.

    Raises:
        ConfigError: one is outside.
    """
    paths: list[str] = []
    for name in names:
        path = slashes(os.path.realpath(os.path.join(folder, name)))
        if not path.startswith(f"{slashes(os.path.realpath(folder)).rstrip('/')}/"):
            raise ConfigError(
                f"env-values.files: {name}: outside of the folder of the configuration file",
                advice="name a file below that folder, or pass this one with --env-file",
            )
        paths.append(path)
    return paths


def _folders(paths: Sequence[str]) -> Iterator[str]:
    """Yield the folders above the paths, up to the top of the checkout, and those below, each once."""
    seen: set[str] = set()
    for path in paths:
        absolute = slashes(os.path.abspath(path))
        start = absolute if os.path.isdir(absolute) else absolute.rpartition("/")[0]
        for folder in (*up_to_top(start), *_below(start)):
            if folder not in seen and len(seen) < _MOST_FOLDERS:
                seen.add(folder)
                yield folder


def _below(top: str) -> Iterator[str]:
    """Yield the folders below one that may be projects, without following links."""
    for folder, names, _ in os.walk(top):
        depth = slashes(folder)[len(top) :].count("/")
        names[:] = sorted(
            name for name in names if depth < _DEEPEST and name not in _PASSED and not name.startswith(".")
        )
        yield slashes(folder)


def _groups(folder: str) -> Iterator[list[str]]:
    """Yield the env files of a folder that are loaded together, in order; then each settings file with variables."""
    try:
        with os.scandir(folder or "/") as entries:
            every = sorted(
                entry.name
                for entry in entries
                if (entry.name.startswith((".env", ".dev.vars")) or is_settings_file(entry.name))
                and entry.is_file(follow_symlinks=False)
            )
    except OSError:
        return
    settings = [name for name in every if is_settings_file(name)]
    names = [
        name for name in every if name not in settings and not any(fnmatch.fnmatch(name, each) for each in _NOT_LOADED)
    ]
    ordered = _ordered(names, _patterns(folder)) if names else []
    modes = dict.fromkeys(_mode(name) for name in ordered)
    named = [mode for mode in modes if mode]
    for mode in named or ([""] if ordered else []):
        yield [f"{folder.rstrip('/')}/{name}" for name in ordered if _mode(name) in {"", mode}]
    for name in settings:
        yield [f"{folder.rstrip('/')}/{name}"]


def _patterns(folder: str) -> tuple[str, ...]:
    """Return the patterns of env files of the frameworks of a folder, in their order, then the usual ones."""
    used = framework_ids(folder)
    own = dict.fromkeys(pattern for each in load_frameworks() if each.id in used for pattern in each.env_files)
    return (*own, *(each for each in _EVERY if each not in own))


def _ordered(names: Sequence[str], patterns: Sequence[str]) -> list[str]:
    """Return the names in the order of the patterns; `*` stands for one word."""
    found: dict[str, None] = {}
    for pattern in patterns:
        matches = re.compile(expression(pattern)).fullmatch
        found |= dict.fromkeys(name for name in names if matches(name) and _is_local(name) == _is_local(pattern))
    return [*found, *(name for name in names if name not in found)]


def _is_local(name: str) -> bool:
    return name.endswith(".local")


def _mode(name: str) -> str:
    """Return the mode that a file is for: `production` for `.env.production.local`; empty for all modes."""
    base = name.removeprefix(".env").removeprefix(".dev.vars").removesuffix(".local").strip(".")
    return base if base != "local" else ""
