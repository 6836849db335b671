"""Folders that are named like build output but hold source code: the routes `app/static/` or `pages/public/`."""

import os
import re
from collections.abc import Iterator
from typing import Final

_SOURCE: Final = re.compile(r"(?<!\.d)\.(?:ts|tsx|mts|cts|jsx|vue|svelte|astro)$")
"""Matches the name of a file that a build does not write."""
_DECLARATIONS: Final = re.compile(r"\.d\.[mc]?ts$|\.js\.map$")
"""Matches the name of a file that a build writes next to components that it copies."""
_ROUTE: Final = re.compile(r"(?:\+?(?:page|layout|route|server|error|loading)(?:\.server)?|index|\[[\w.-]+\])\.m?js$")
_EXPORTS: Final = re.compile(rb"^export (?:default |const |(?:async )?function )", re.MULTILINE)
_ROUTES: Final = frozenset({"app", "pages", "routes"})
"""Names of folders whose folders are routes."""
_MOST_ENTRIES: Final = 200
_LARGEST: Final = 100_000
"""Bytes of the largest script that is read."""


def holds_source(folder: str) -> bool:
    """Return whether a folder in a source tree, with the usual name of build output, holds source code.

    The folder is absolute. Next to a package.json such a folder is build output. Elsewhere it is source if it, or a
    folder directly in it, has files that only people write.
    """
    if os.path.lexists(f"{folder.rpartition('/')[0]}/package.json"):
        return False
    found = list(_files(folder))
    if any(_DECLARATIONS.search(path) for path in found):
        return False
    is_route = not _ROUTES.isdisjoint(folder.split("/")[:-1])
    return any(_SOURCE.search(path) or (is_route and _is_route_module(path)) for path in found)


def _files(folder: str) -> Iterator[str]:
    """Yield the files in a folder and in the folders directly in it, at most `_MOST_ENTRIES`; links are left out."""
    pending, left = [(folder, 0)], _MOST_ENTRIES
    while pending and left > 0:
        at, depth = pending.pop()
        try:
            with os.scandir(at) as entries:
                for entry in entries:
                    left -= 1
                    if left <= 0:
                        break
                    if entry.is_file(follow_symlinks=False):
                        yield entry.path
                    elif depth < 1 and entry.is_dir(follow_symlinks=False):
                        pending.append((entry.path, depth + 1))
        except (OSError, ValueError):
            continue


def _is_route_module(path: str) -> bool:
    """Return whether a script is named like a route and exports something, as the module of a route does."""
    if not _ROUTE.match(path.rpartition("/")[2]):
        return False
    try:
        with open(path, "rb") as file:
            return _EXPORTS.search(file.read(_LARGEST)) is not None
    except OSError:
        return False
