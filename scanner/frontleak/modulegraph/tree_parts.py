"""Form of the cached file of a source tree: parts by name, of which a scan decodes those that it needs."""

import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from frontleak.js.embedded_scripts import ScriptSection
from frontleak.modulegraph.file_summary import FileFacts, FileSummary, facts_of
from frontleak.modulegraph.import_scan import ImportKind, ImportSite
from frontleak.resolve.resolver import ExternalPackage, Resolution, ResolvedFile, Unresolved

_LENGTH: Final = 4
"""Bytes of the length in front of a header."""
_FACTS: Final = 3
"""Numbers of each file: see `FileFacts`."""


def packed(header: Any, parts: Mapping[str, bytes]) -> bytes:
    """Return a header and parts as one text of bytes."""
    index = {name: len(part) for name, part in parts.items()}
    return b"".join((_with_length(json_bytes([header, index])), *parts.values()))


def unpacked(data: bytes) -> tuple[Any, dict[str, bytes]]:
    """Return the header and the parts.

    Raises:
        ValueError: it has another form.
    """
    start = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    header, index = json.loads(data[_LENGTH:start])
    parts = {}
    for name, length in index.items():
        parts[name] = data[start : start + length]
        start += length
    if start != len(data):
        raise ValueError("parts are missing")
    return header, parts


def json_bytes(value: Any) -> bytes:
    """Return a value as short JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def _with_length(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTH, "big") + data


class GraphIndex(NamedTuple):
    """The imports of a module graph by their target, as numbers of files; paths count from the root of the tree."""

    paths: Sequence[str]
    """The files of the graph, sorted."""
    others: Sequence[str]
    """Further files that they import; their numbers follow."""
    facts: "array[int]"
    """`FileFacts` of each file of the graph, one after the other."""
    starts: "array[int]"
    """For each number of a file, where its importers begin in the next two; and where the last end."""
    importers: "array[int]"
    sites: "array[int]"
    """Number of the import in the summary of the importer."""
    goals: Sequence[int]
    """Files that are looked for; see `ModuleGraph.leading`."""
    marked: Sequence[int]
    """Files that are marked as client-side."""
    suspects: Sequence[int]
    """Files with an import that leads nowhere, and those that could not be read."""

    ignores: Sequence[tuple[str, Sequence[int] | None]]
    """Absolute path of a file of git by which files were left out -> its facts, None if it was not there."""

    def each_facts(self) -> Iterator[FileFacts]:
        """Return the facts of each file when it was looked at."""
        values = self.facts.tolist()
        return zip(values[::_FACTS], values[1::_FACTS], values[2::_FACTS], strict=True)

    def has_same_ignores(self) -> bool:
        """Return whether the files of git by which files were left out are as they were."""
        return all(facts_of(path) == (tuple(facts) if facts is not None else None) for path, facts in self.ignores)


def graph_bytes(index: GraphIndex) -> bytes:
    """Return an index as bytes."""
    lists = (index.paths, index.others, index.goals, index.marked, index.suspects, index.ignores)
    head = json_bytes([*lists, len(index.importers), sys.byteorder])
    numbers = (index.facts, index.starts, index.importers, index.sites)
    return b"".join((_with_length(head), *(each.tobytes() for each in numbers)))


def graph_index(data: bytes) -> GraphIndex:
    """Return the index in some bytes.

    Raises:
        ValueError: they have another form.
    """
    start = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    paths, others, goals, marked, suspects, ignores, edges, order = json.loads(data[_LENGTH:start])
    if order != sys.byteorder:
        raise ValueError("written by another machine")
    numbers = []
    for kind, count in (("q", _FACTS * len(paths)), ("I", len(paths) + len(others) + 1), ("I", edges), ("I", edges)):
        values = array(kind)
        size = count * values.itemsize
        values.frombytes(data[start : start + size])
        numbers.append(values)
        start += size
    if start != len(data):
        raise ValueError("numbers are missing")
    facts, starts, importers, sites = numbers
    return GraphIndex(paths, others, facts, starts, importers, sites, goals, marked, suspects, ignores)


def written_summary(summary: FileSummary) -> list[Any]:
    """Return a summary as values of JSON."""
    imports = [[section, *site] for section, site in summary.imports]
    return [
        *(imports, summary.directive, summary.guarded, summary.client_only, sorted(summary.islands)),
        *(summary.page_scripts, summary.unread, summary.marks),
    ]


def read_summary(values: list[Any]) -> FileSummary:
    """Return the summary that was written."""
    imports, directive, guarded, client_only, islands, page_scripts, unread, marks = values
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
        marks=marks,
    )


_SECTIONS: Final = {section.value: section for section in ScriptSection}
_KINDS: Final = {kind.value: kind for kind in ImportKind}


def written_resolution(resolution: Resolution) -> list[str]:
    """Return the kind and the fields of a resolution."""
    match resolution:
        case ResolvedFile(path):
            return ["file", path]
        case ExternalPackage(package, subpath):
            return ["package", package, subpath]
        case Unresolved(reason):
            return ["", reason]


def read_resolution(written: Iterable[str]) -> Resolution:
    """Return the resolution that was written."""
    kind, *fields = written
    found: Resolution = _MADE[kind](*fields)
    return found


_MADE: Final[Mapping[str, Any]] = {"file": ResolvedFile, "package": ExternalPackage, "": Unresolved}
