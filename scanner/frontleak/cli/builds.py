"""`frontleak scan --if-built`: build folders that may not be there yet, or no longer match the sources."""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from frontleak.cli.messages import note
from frontleak.core.errors import GitError
from frontleak.core.paths import slashes
from frontleak.core.repository import up_to_top
from frontleak.core.secret import printable
from frontleak.core.shown_names import shown_name
from frontleak.files.git.command import Git

_SOURCES: Final = frozenset(
    (
        *("ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "vue", "svelte", "astro", "html", "htm", "mdx", "svg"),
        *("css", "scss", "sass", "less", "json", "graphql", "gql", "groq"),
        *("ejs", "hbs", "liquid", "twig", "php", "pug", "njk"),
    )
)
"""Endings of files that a build turns into what it publishes; `.env*` counts too."""
_MOST_LISTED: Final = 64 * 1024 * 1024
"""Bytes of the list of tracked files that is looked at."""


def existing_builds(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the named paths that exist and are not empty folders; print a note for each other one.

    A build that is older than a tracked source of its project gets a note too.
    """
    kept = []
    for path in paths:
        if not os.path.lexists(path):
            _note(f"{path}: not built, so it was not scanned")
        elif os.path.isdir(path) and not _has_files(path):
            _note(f"{path}: is empty, so it was not scanned")
        else:
            kept.append(path)
            if (newer := newer_source(path)) is not None:
                _note(f"{path}: older than {newer}; build again, or the scan says nothing about your latest changes")
    return tuple(kept)


def newer_source(build: str) -> str | None:
    """Return a tracked source that is newer than every file of a build, relative to the working directory.

    Sources are those of the project of the build: below the nearest folder above it with a package.json, without the
    build itself. None if the build is up to date or nothing is known: without git, outside of a repository, in another
    one than that of the working directory.
    """
    folder = slashes(os.path.abspath(build))
    newest, name = 0, None
    for source in _tracked_sources(_project_of(folder), folder):
        try:
            modified = os.lstat(source).st_mtime_ns
        except (OSError, ValueError):
            continue
        if modified > newest:
            newest, name = modified, source
    if name is None or any(_modified(file) >= newest for file in _files(build)):
        return None
    return slashes(os.fsdecode(name))


def _note(text: str) -> None:
    note(f"note: {shown_name(printable(text))}")


def _project_of(folder: str) -> str:
    """Return the nearest folder above a build that has a package.json, else the top of the checkout."""
    above = folder
    for above in up_to_top(folder.rpartition("/")[0]):
        if os.path.isfile(f"{above}/package.json"):
            break
    return above


def _tracked_sources(project: str, build: str) -> Iterator[bytes]:
    """Yield the tracked sources of a project that are not in its build, relative to the working directory."""
    here = os.path.relpath(project)
    excluded = f"{slashes(os.path.relpath(build))}/".encode()
    try:
        listed = Git(os.getcwd()).output("ls-files", "-z", "--", here)
    except GitError:
        return
    for path in listed[:_MOST_LISTED].split(b"\0"):
        name = path.rpartition(b"/")[2]
        ending = name.rpartition(b".")[2].decode("ascii", "replace").lower()
        is_source = ending in _SOURCES or name == b".env" or name.startswith(b".env.")
        if path and is_source and not path.startswith(excluded):
            yield path


def _has_files(folder: str) -> bool:
    return next(iter(_files(folder)), None) is not None


def _files(path: str) -> Iterable[str]:
    """Yield the files of a folder at any depth, without following links; a path that is no folder is yielded itself."""
    if not os.path.isdir(path):
        yield path
    for folder, _, names in os.walk(path):
        for name in names:
            yield f"{folder}/{name}"


def _modified(file: str) -> int:
    try:
        return os.lstat(file).st_mtime_ns
    except OSError:
        return 0
