"""File summaries without a parser: imports, directive and islands from one pass over the bytes."""

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
    """Facts about a file, found without parsing it."""

    imports: tuple[tuple[ScriptSection, ImportSite], ...] = ()
    """Each with its section of the file."""
    directive: str = ""
    """`client`, `server`, or empty."""
    guarded: bool = False
    """Whether it imports `server-only`, so no build ships it."""
    client_only: bool = False
    """Whether it imports `client-only`, so no build runs it on the server."""
    islands: frozenset[str] = frozenset()
    """Components with a `client:` directive in an Astro file."""
    page_scripts: tuple[str, ...] = ()
    """`<script src>` values of an HTML page."""
    unread: bool = False
    """Whether the file is unreadable or generated."""


class FileSummaries:
    """The summaries of the files of a tree, each computed once."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        """Set how files are read: absolute path -> bytes; None for a file that is unreadable or not source code."""
        self._read = read
        self._summaries: dict[str, FileSummary] = {}

    def __len__(self) -> int:
        return len(self._summaries)

    def at(self, path: str) -> FileSummary:
        """Return the summary of a file."""
        summary = self._summaries.get(path)
        if summary is None:
            data = self._read(path)
            summary = self._summaries[path] = FileSummary(unread=True) if data is None else _summarise(path, data)
        return summary


def _summarise(path: str, data: bytes) -> FileSummary:
    kind = ending(path)
    directive = _DIRECTIVE.match(data)
    found = [(ScriptSection.ALL, site) for site in import_sites(data)]
    if kind == "astro":
        parts = embedded_scripts(path, data)
        found = [(_side_of(parts, site), site) for _, site in found]
    return FileSummary(
        imports=tuple(found),
        directive=directive.group(1).decode() if directive else "",
        guarded=any(site.specifier == "server-only" for _, site in found),
        client_only=any(site.specifier == "client-only" for _, site in found),
        islands=frozenset(match.group(1).decode() for match in _ISLAND.finditer(data))
        if kind == "astro"
        else frozenset(),
        page_scripts=tuple(site.specifier for site in script_sources(data)) if kind in {"html", "htm"} else (),
    )


def _side_of(parts: Sequence[EmbeddedScript], site: ImportSite) -> ScriptSection:
    return next(
        (part.section for part in parts if part.text[site.offset : site.offset + 1].strip()), ScriptSection.FRONTMATTER
    )
