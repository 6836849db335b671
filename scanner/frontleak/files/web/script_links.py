"""What a script or a stylesheet names: modules, workers, chunks, lists of files, and its source map."""

import json
import posixpath
import re
from collections.abc import Iterator
from typing import Any, Final

from frontleak.files.web.addresses import path_of, resolved
from frontleak.files.web.chunk_names import chunk_names
from frontleak.files.web.reference import Kind, Reference
from frontleak.files.web.site_facts import site_facts

_TEXT: Final = r"(?:\"([^\"\\\n]{1,2000}+)\"|'([^'\\\n]{1,2000}+)'|`([^`$\\\n]{1,2000}+)`)"
_STRING: Final = re.compile(_TEXT.replace("{1,", "{0,"))
"""A text that may be empty: its second quote must not begin another."""
_MODULE: Final = re.compile(
    rf"\b(?:import\s*+(?:\(\s*+(?:/\*[^*]{{0,200}}\*/\s*+)?+)?+|from\s*+|System\.import\s*+\(\s*+){_TEXT}"
)
_FILE: Final = re.compile(
    rf"(?:\bnew\s++(?:URL|Worker|SharedWorker|Workbox)\s*+\(\s*+|\bimportScripts\s*+\(\s*+|\.register\s*+\(\s*+){_TEXT}"
)
_WORKER: Final = re.compile(
    r"(?:Worker|Workbox|importScripts|register)\s*+\($|(?:Worker|Workbox|importScripts|register)\s*+\("
)
_RELATIVE: Final = ("./", "../", "/", "http://", "https://")
_ENDS: Final = re.compile(r"\.(?:js|mjs|cjs|css|json|map)(?:\?[^\s\"'<>]{0,200})?\Z")
_ITEM: Final = re.compile(
    rf"\s*+(?:{_TEXT}|\{{[^{{}}]{{0,500}}?\"?'?url\"?'?\s*+:\s*+{_TEXT}[^{{}}]{{0,500}}+\}})\s*+(?:,\s*+)?+"
)
"""An item of a list of files: a text, or an entry of a service worker's list, `{url: "…", revision: "…"}`."""
_MAP: Final = re.compile(r"[@#]\s*+sourceMappingURL=([^\s'\"`*]{1,4096})")
_STYLES: Final = re.compile(
    r"@import\s*+(?:url\(\s*+)?+(?:\"([^\"\n]{1,2000}+)\"|'([^'\n]{1,2000}+)'|([^\s\"'()]{1,2000}+)\))"
)
_MOST: Final = 20_000
"""Names that are taken from one file."""


def from_script(text: str, url: str) -> Iterator[Reference]:
    """Yield what a script names; `url` is its own, or that of the page that has it."""
    for each in _MODULE.finditer(text):
        name = _first(each)
        if name.startswith(_RELATIVE):
            yield Reference(resolved(url, name), Kind.SCRIPT)
    for each in _FILE.finditer(text):
        name = _first(each)
        if _ENDS.search(name):
            is_worker = _WORKER.search(each.group()) is not None
            yield Reference(resolved(url, name), Kind.LIST if is_worker else kind_of(name))
    yield from _listed(text, url)
    yield from _chunks(text, url)


def _listed(text: str, url: str) -> Iterator[Reference]:
    """Yield the files in lists that build tools write into scripts."""
    for start in site_facts().script_lists.finditer(text):
        at = start.end()
        for _ in range(_MOST):
            found = _ITEM.match(text, at)
            if found is None:
                break
            name, at = _first(found), found.end()
            if _ENDS.search(name):
                yield Reference(from_root(name, url), kind_of(name))


def _chunks(text: str, url: str) -> Iterator[Reference]:
    """Yield the chunks that the runtime of webpack can load."""
    facts = site_facts()
    starts = [each.end() for each in facts.chunk_functions.finditer(text)]
    if not starts:
        return
    public = facts.public_path.search(text)
    folder = _first(public) if public else ""
    ids = list(dict.fromkeys(_first(each) for each in facts.chunk_ids.finditer(text)))
    for start in starts[:8]:
        for name in chunk_names(text, start, iter(ids)):
            if _ENDS.search(name):
                base = resolved(url, folder)
                yield Reference(resolved(base, name) if folder else from_root(name, url), kind_of(name))


def from_list(text: str, url: str, folder: str) -> Iterator[Reference]:
    """Yield the files that a manifest or a service worker names.

    Args:
        text: its content, JavaScript or JSON.
        url: its own.
        folder: that its names count from, relative to it; empty for where they fit.
    """
    try:
        names = list(_texts(json.loads(text)))
    except (ValueError, RecursionError):
        names = [_first(each) for each in _STRING.finditer(text)]
    base = resolved(url, f"{folder}/") if folder else ""
    for name in list(dict.fromkeys(each for each in names if _ENDS.search(each)))[:_MOST]:
        yield Reference(resolved(base, name) if base else from_root(name, url), kind_of(name))


def _texts(value: Any) -> Iterator[str]:
    """Yield the keys and texts of a JSON value."""
    stack = [value]
    while stack:
        match stack.pop():
            case str(text):
                yield text
            case list(items):
                stack += reversed(items)
            case dict(pairs):
                stack += [part for pair in reversed(pairs.items()) for part in pair]


def from_style(text: str, url: str) -> Iterator[Reference]:
    """Yield the stylesheets that a stylesheet imports."""
    for each in _STYLES.finditer(text):
        yield Reference(resolved(url, _first(each)), Kind.SCRIPT)


def map_of(text: str) -> str:
    """Return the URL of the source map that the last comment of a file names; empty without one."""
    found = _MAP.findall(text[-20_000:])
    return str(found[-1]) if found else ""


def kind_of(name: str) -> Kind:
    """Return what a file is expected to be, by its name."""
    path = name.partition("?")[0].lower()
    if site_facts().list_folder(f"/{path}") is not None:
        return Kind.LIST
    return Kind.SCRIPT if path.endswith((".js", ".mjs", ".cjs", ".css")) else Kind.DATA


def from_root(name: str, url: str) -> str:
    """Return the URL of a file that another one names by its path from the root of the build, which is not told.

    The root is where the folders at the beginning of the name are in the URL: `static/chunks/a.js`, which
    `/_next/static/b/c.js` names, is in `/_next/`. If they are nowhere, the name counts from the other file.
    """
    if name.startswith(_RELATIVE):
        return resolved(url, name)
    folders = posixpath.dirname(path_of(name)).split("/")
    path = path_of(url)
    for count in range(len(folders), 0, -1):
        before, found, _ = path.rpartition(f"/{'/'.join(folders[:count])}/")
        if found and folders[0]:
            return resolved(url, f"{before}/{name}")
    return resolved(url, name)


def _first(match: re.Match[str]) -> str:
    return next((group for group in match.groups() if group is not None), "")
