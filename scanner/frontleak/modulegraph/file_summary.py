"""What one look at the bytes of a source file tells, without a parser: its imports, its directive, its islands."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from frontleak.js.embedded_scripts import EmbeddedScript, ScriptSection, embedded_scripts, ending
from frontleak.modulegraph.import_scan import ImportSite, import_sites, script_sources

_DIRECTIVE: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?"
    rb"(?:\s++|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/|[\"']use (?!client|server)[^\"'\n]{1,40}[\"'];?)*+"
    rb"[\"']use (client|server)[\"']"
)
_ISLAND: Final = re.compile(rb"<([A-Z][\w.]*+)\b[^<>]{0,2000}?\sclient:(?:load|idle|visible|media|only)")


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What one look tells of a file."""

    imports: tuple[tuple[ScriptSection, ImportSite], ...] = ()
    """Each with the part of the file it is in."""
    directive: str = ""
    """`client`, `server`, or empty."""
    guarded: bool = False
    """Whether it imports `server-only`, so that no build ships it."""
    client_only: bool = False
    """Whether it imports `client-only`, so that no build runs it on the server."""
    islands: frozenset[str] = frozenset()
    """Components of an Astro file that it marks with `client:`."""
    page_scripts: tuple[str, ...] = ()
    """Of an HTML page: what its `<script src>` name."""
    unread: bool = False
    """Whether it cannot be read, or nobody wrote it."""


class FileSummaries:
    """Looks at each file of a tree once."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        """Keep the way to the files: absolute path -> bytes, None for one that cannot be read or is no source."""
        self._read = read
        self._known: dict[str, FileSummary] = {}

    def __len__(self) -> int:
        return len(self._known)

    def at(self, path: str) -> FileSummary:
        """Return what a look at a file tells."""
        known = self._known.get(path)
        if known is None:
            data = self._read(path)
            known = self._known[path] = FileSummary(unread=True) if data is None else _summarise(path, data)
        return known


def _summarise(path: str, data: bytes) -> FileSummary:
    kind = ending(path)
    directive = _DIRECTIVE.match(data)
    found = [(ScriptSection.ALL, edge) for edge in import_sites(data)]
    if kind == "astro":
        parts = embedded_scripts(path, data)
        found = [(_side_of(parts, edge), edge) for _, edge in found]
    return FileSummary(
        imports=tuple(found),
        directive=directive.group(1).decode() if directive else "",
        guarded=any(edge.specifier == "server-only" for _, edge in found),
        client_only=any(edge.specifier == "client-only" for _, edge in found),
        islands=frozenset(match.group(1).decode() for match in _ISLAND.finditer(data))
        if kind == "astro"
        else frozenset(),
        page_scripts=tuple(edge.specifier for edge in script_sources(data)) if kind in {"html", "htm"} else (),
    )


def _side_of(parts: Sequence[EmbeddedScript], edge: ImportSite) -> ScriptSection:
    return next(
        (part.side for part in parts if part.text[edge.offset : edge.offset + 1].strip()), ScriptSection.FRONTMATTER
    )
