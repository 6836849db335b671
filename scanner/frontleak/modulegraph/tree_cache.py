"""What an earlier scan saw in a large source tree, in the user's cache: summaries of files, and resolved imports.

A summary counts while size, time and inode of its file are the same; resolutions count while every folder that was
listed for them has the same entries, and every settings file that was read is the same. Nothing is kept about what
changed within the last seconds, because it may change again within the same tick of the clock. Specifiers that could
hold a secret are not kept.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Final

from frontleak.core import cache
from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.version import VERSION
from frontleak.js.embedded_scripts import ScriptSection
from frontleak.modulegraph.file_summary import FileFacts, FileSummaries, FileSummary
from frontleak.modulegraph.import_scan import ImportKind, ImportSite
from frontleak.resolve.file_tree import DiskFileTree, TreeState
from frontleak.resolve.resolver import ExternalPackage, ImportResolver, Resolution, ResolvedFile, Unresolved
from frontleak.rules.frameworks import Framework, made_of_frameworks
from frontleak.rules.ruleset import digest_of

LARGE: Final = 200
"""Files of a tree from which on it is worth a cached file."""
_RECENT: Final = 2_000_000_000
"""Nanoseconds within which a file may change twice at the same time of change."""
_MOST_CHANGED: Final = 50
"""Files that each scan looks at anew before the cached file is written again."""
_LARGEST: Final = 30_000_000
"""Bytes of the largest file that is written."""
_RUN: Final = LazyTextRegex(r"[A-Za-z0-9_+=-]{24,}")
"""A part of a path that is as long as a secret."""
_LONGEST_NAME: Final = 48
"""Characters of the longest name of a file without two digits in it."""


class TreeCache:
    """The cached file of one tree. It is read once, when the tree turns out to be large."""

    def __init__(self, root: str, files: DiskFileTree, resolver: ImportResolver, summaries: FileSummaries) -> None:
        """Set the tree; nothing is read yet."""
        self._root = root
        self._files = files
        self._resolver = resolver
        self._summaries = summaries
        self._known: dict[str, Any] | None = None
        self._resolved = 0

    @property
    def _name(self) -> str:
        return f"tree-{digest_of(VERSION, self._root, _frameworks_digest(), *_code())}.json"

    def load(self) -> None:
        """Use what is known about the tree."""
        if self._known is not None:
            return
        try:
            found = json.loads(cache.read(self._name) or b"{}")
        except ValueError:
            found = {}
        self._known = found.get("files", {})
        self._summaries.remember(self._earlier)
        state = found.get("state")
        if state and self._files.is_in(_state_of(state)):
            self._resolver.restore(dict(_resolutions(found["resolutions"])))
            self._resolved = len(self._resolver.resolutions)

    def save(self) -> None:
        """Write what was seen, if that is much more than was known."""
        if self._known is None:
            return
        changed = len(self._summaries.computed)
        new = len(self._resolver.resolutions) - self._resolved
        if changed <= _MOST_CHANGED and new <= _MOST_CHANGED:
            return
        before = time.time_ns() - _RECENT
        files = {
            path: [*facts, *_written(summary)]
            for path, facts in self._summaries.computed.items()
            if facts[1] < before and _is_harmless(summary := self._summaries.at(path))
        }
        content: dict[str, Any] = {"files": {**self._known, **files}}
        state = None if self._resolver.diagnostics else self._files.state(before)
        if state is not None:
            content["state"] = [state.folders, state.files]
            known = self._resolver.resolutions
            content["resolutions"] = [_grouped(known, for_server=False), _grouped(known, for_server=True)]
        data = json.dumps(content, separators=(",", ":")).encode()
        if len(data) <= _LARGEST:
            cache.write(self._name, data)

    def _earlier(self, path: str, facts: FileFacts) -> FileSummary | None:
        found = (self._known or {}).get(path)
        return _read(found[3:]) if found is not None and tuple(found[:3]) == facts else None


def _written(summary: FileSummary) -> list[Any]:
    imports = [[section, *site] for section, site in summary.imports]
    return [
        *(imports, summary.directive, summary.guarded, summary.client_only, sorted(summary.islands)),
        *(summary.page_scripts, summary.unread, summary.marked),
    ]


def _read(values: list[Any]) -> FileSummary:
    imports, directive, guarded, client_only, islands, page_scripts, unread, marked = values
    return FileSummary(
        imports=tuple(
            (_SECTIONS[section], ImportSite(specifier, offset, _KINDS[kind], type_only))
            for section, specifier, offset, kind, type_only in imports
        ),
        directive=directive,
        guarded=guarded,
        client_only=client_only,
        islands=frozenset(islands),
        page_scripts=tuple(page_scripts),
        unread=unread,
        marked=marked,
    )


_SECTIONS: Final = {section.value: section for section in ScriptSection}
_KINDS: Final = {kind.value: kind for kind in ImportKind}


def _is_harmless(summary: FileSummary) -> bool:
    texts = (*(site.specifier for _, site in summary.imports), *summary.page_scripts, *summary.islands)
    return not any(map(may_hold_secret, texts))


def may_hold_secret(text: str) -> bool:
    """Return whether a specifier is no plain path or name of a package."""
    return (
        "://" in text
        or text.startswith("data:")
        or any(len(run) > _LONGEST_NAME or sum(map(str.isdigit, run)) > 1 for run in _RUN.findall(text))
    )


_Resolutions = Mapping[tuple[str, str, bool], Resolution]


def _grouped(resolutions: _Resolutions, *, for_server: bool) -> dict[str, dict[str, list[str]]]:
    """Return folder -> specifier -> kind and fields of its resolution, for importers on one side."""
    found: dict[str, dict[str, list[str]]] = {}
    for (specifier, folder, side), resolution in resolutions.items():
        if side != for_server:
            continue
        match resolution:
            case ResolvedFile(path):
                written = ["file", path]
            case ExternalPackage(package, subpath):
                written = ["package", package, subpath]
            case Unresolved(reason):
                written = ["", reason]
        if not any(map(may_hold_secret, (specifier, *written[1:]))):
            found.setdefault(folder, {})[specifier] = written
    return found


def _resolutions(
    sides: Sequence[Mapping[str, Mapping[str, list[str]]]],
) -> Iterator[tuple[tuple[str, str, bool], Resolution]]:
    for for_server, folders in enumerate(sides):
        for folder, resolutions in folders.items():
            for specifier, (kind, *parts) in resolutions.items():
                yield (specifier, folder, bool(for_server)), _MADE[kind](*parts)


_MADE: Final[Mapping[str, Any]] = {"file": ResolvedFile, "package": ExternalPackage, "": Unresolved}


def _state_of(state: list[Any]) -> TreeState:
    folders, files = state
    return TreeState(
        {path: (changed, inode, digest) for path, (changed, inode, digest) in folders.items()},
        {path: (size, changed, inode) for path, (size, changed, inode) in files.items()},
    )


@made_of_frameworks
def _frameworks_digest(frameworks: tuple[Framework, ...]) -> str:
    return digest_of(repr([_plain(framework) for framework in frameworks]))


def _plain(value: Any) -> Any:
    """Return a value whose `repr` is the same in every process."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return [(key, _plain(value[key])) for key in sorted(value)]
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return [_plain(getattr(value, each.name)) for each in fields(value)] if is_dataclass(value) else value


def _code() -> Iterator[str]:
    """Yield the state of the code that makes what is cached, so that a file written by other code is not used."""
    here = os.path.dirname(__file__)
    for folder in (here, os.path.join(os.path.dirname(here), "resolve")):
        with os.scandir(folder) as entries:
            stats = [(entry.name, entry.stat()) for entry in entries if entry.name.endswith(".py")]
        yield from (f"{name} {found.st_size} {found.st_mtime_ns}" for name, found in sorted(stats))
