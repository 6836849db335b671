"""Converts the name of a source in a map to a path that a user can open."""

import os
import posixpath
import re
from itertools import islice
from typing import Final
from urllib.parse import unquote

from frontleak.core.paths import slashes
from frontleak.core.repository import is_top, project_top, up_to_top
from frontleak.core.shown_names import shown_name

_CHUNK: Final = 1 << 16
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,40}):/{2,3}")
_DRIVE: Final = re.compile("[A-Za-z]:/")
_LAYER: Final = re.compile(r"(?:\([a-z-]{1,40}\)|\[(?:project|root-of-the-server)\])/")
_MOST_FOLDERS: Final = 24
_MOST_NAME: Final = 1024


def repo_path(name: str, source_root: str, map_path: str, root: str, sources: str | None = None) -> tuple[str, bool]:
    """Return the path of a source and whether the file exists.

    An existing file has a path relative to the working directory if it is inside, else an absolute path. It is always
    inside the map's project: what `project_top` finds, else the working directory or the map's package. A missing
    source keeps its name in the map, without scheme, query and leading `../`.

    Args:
        name: the name in the map.
        source_root: the map's `sourceRoot`.
        map_path: path of the map or of its script, relative to `root` or absolute.
        root: the working directory.
        sources: absolute folder, the only one where the source is looked for; empty for nowhere, None for the project
            of the map.
    """
    bare, beside_map = _bare(name, source_root)
    inner = _inner(bare)
    if not inner or len(bare) > _MOST_NAME:
        return shown_name(inner)[:_MOST_NAME], False  # a cut leaves no part of a secret
    root = slashes(os.path.abspath(root))
    if sources is not None:
        found = _in_folder(slashes(sources), bare, inner) if sources else ""
        return (found.removeprefix(f"{root.rstrip('/')}/"), True) if found else (_unfound(bare, inner), False)
    generated = posixpath.normpath(posixpath.join(root, slashes(map_path)))
    top = project_top(posixpath.dirname(generated))
    folders = _project_folders(posixpath.dirname(generated), top or root)
    bound = top or (root if _inside(folders[0], root) else folders[-1])
    named = [bare] if bare.startswith("/") or _DRIVE.match(bare) else []
    if beside_map:
        named.append(posixpath.join(folders[0], bare))
    for folder in reversed(folders):
        named += dict.fromkeys((posixpath.join(folder, bare.lstrip("/")), posixpath.join(folder, inner)))
    for path in map(posixpath.normpath, named):
        if path != generated.removesuffix(".map") and _inside(path, bound) and _is_file(path, bound):
            return path.removeprefix(f"{root.rstrip('/')}/"), True
    return _unfound(bare, inner), False


def _unfound(bare: str, inner: str) -> str:
    return inner if bare.startswith("../") else bare


def _in_folder(folder: str, bare: str, inner: str) -> str:
    """Return the absolute path of a source in a folder; empty if it is not there."""
    named = (bare, posixpath.join(folder, bare.lstrip("/")), posixpath.join(folder, inner))
    for path in map(posixpath.normpath, named):
        if _inside(path, folder) and _is_file(path, folder):
            return path
    return ""


def _bare(name: str, source_root: str) -> tuple[str, bool]:
    """Return a name without scheme, loaders, layer and query, and whether it is relative to the map."""
    name, source_root = (each.replace("\\", "/") for each in (name, source_root))  # of a map made on Windows
    if source_root and not _SCHEME.match(name) and not name.startswith("/"):
        name = f"{source_root.rstrip('/')}/{name}"
    scheme = _SCHEME.match(name)
    if scheme:
        name = name[scheme.end() :].rpartition("!")[2] or name[scheme.end() :]
        if scheme[1].lower() == "file":
            name = name if _DRIVE.match(name) else f"/{name}"
        elif not scheme[0].endswith(":///") and not name.startswith(("./", "../")):
            name = _without_host(name)
    name = unquote(name.partition("?")[0]).partition("?")[0]
    name = _LAYER.sub("", name, count=1) if _LAYER.match(name) else name
    name = posixpath.normpath(name) if name else ""
    name = f"/{name.lstrip('/')}" if name.startswith("/") else name
    return ("" if name == "." else name), scheme is None


def _without_host(name: str) -> str:
    host, slash, path = name.partition("/")
    return path if slash and path else host


def _inner(bare: str) -> str:
    inner = bare.lstrip("/")
    while inner.startswith("../"):
        inner = inner[3:]
    return "" if inner == ".." else inner


def _project_folders(folder: str, top: str) -> list[str]:
    """Return a folder and its parents up to the project folder: a package, a repository or `top`."""
    folders: list[str] = []
    for each in islice(up_to_top(folder), _MOST_FOLDERS):
        folders.append(each)
        if each == top or _is_named_package(each):
            return folders
    return folders if is_top(folders[-1]) else folders[:1]


def _is_named_package(folder: str) -> bool:
    """Return whether a folder holds a named package; packages in build output have no name."""
    path = f"{folder}/package.json"
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            return b'"name"' in file.read(_CHUNK)
    except OSError:
        return False


def _is_file(path: str, bound: str) -> bool:
    try:
        return os.path.isfile(path) and _inside(slashes(os.path.realpath(path)), slashes(os.path.realpath(bound)))
    except (OSError, ValueError):
        return False


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")
