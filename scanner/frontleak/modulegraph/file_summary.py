"""File summaries without a parser: imports, directive and islands from one pass over the bytes."""

import os
import re
import stat
from collections.abc import Callable, KeysView, Sequence
from typing import Final

from frontleak.core.records import dataclass
from frontleak.js.embedded_scripts import MARKUP, SCRIPTS, EmbeddedScript, ScriptSection, embedded_scripts, ending
from frontleak.modulegraph.import_scan import ImportSite, import_sites, script_sources
from frontleak.rules.code_names import CodeNames, any_of, code_names, made_of_code_names

_IMPORTING: Final = SCRIPTS | MARKUP
"""Extensions of files with imports; a picture, font, style sheet or data file is not read."""


@dataclass(frozen=True, slots=True)
class FileSummary:
    """Facts about a file, found without parsing it."""

    imports: tuple[tuple[ScriptSection, ImportSite], ...] = ()
    """Each with its section of the file."""
    directive: str = ""
    """Such as `use client`; empty without one."""
    guarded: bool = False
    """Whether it imports a module such as `server-only`, so no build ships it."""
    client_only: str = ""
    """The module that it imports, such as `client-only`, so no build runs it on the server; empty without one."""
    islands: frozenset[str] = frozenset()
    """Components with a directive such as `client:load` in an Astro file."""
    page_scripts: tuple[str, ...] = ()
    """`<script src>` values of an HTML page."""
    unread: bool = False
    """Whether the file is unreadable or generated."""
    marks: int = 0
    """What of that which is looked for in each file is in it: a bit for each."""

    def runs_on(self, side: str) -> bool:
        """Return whether its directive is one of a side, `client` or `server`."""
        return bool(self.directive) and code_names().directives.get(self.directive) == side


_NO_IMPORTS: Final = FileSummary()
FileFacts = tuple[int, int, int]
"""Size in bytes, time of the last change in nanoseconds, and inode: what tells a version of a file from another."""
Marks = Callable[[bytes, Sequence[ImportSite]], int]
"""Returns what of that which is looked for is in a text, whose imports are given too: a bit for each."""


def is_settled(facts: FileFacts, before: int) -> bool:
    """Return whether some facts stand for one content for good: those of a blob of git, or of a file that is not new.

    Args:
        facts: as `facts_of` or `facts_of_blob` returns them.
        before: nanoseconds since the epoch; what changed later may have changed again within the same tick.
    """
    return facts[0] < 0 or facts[1] < before


def facts_of(path: str) -> FileFacts | None:
    """Return the facts of a regular file; None for anything else."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ino) if stat.S_ISREG(found.st_mode) else None


class FileSummaries:
    """The summaries of the files of a tree, each computed once."""

    def __init__(
        self,
        read: Callable[[str], bytes | None],
        marks: Marks = lambda *_: 0,
        version: Callable[[str], FileFacts | None] = facts_of,
    ) -> None:
        """Set how files are read, and what is looked for in each.

        Args:
            read: absolute path -> bytes, None for a file that is unreadable or not source code.
            marks: looks for the marks of each file.
            version: absolute path -> the facts of the file as it is now, None if it has none.
        """
        self._read = read
        self._marks = marks
        self.version = version
        """Return the facts of a file as it is now."""
        self._summaries: dict[str, FileSummary] = {}
        self._earlier: Callable[[str, FileFacts], FileSummary | None] = lambda *_: None
        self._facts: dict[str, FileFacts | None] = {}
        self.computed: dict[str, FileFacts] = {}
        """Path of each file that no earlier scan saw as it is -> its facts before it was looked at."""

    def __len__(self) -> int:
        return len(self._summaries)

    def paths(self) -> KeysView[str]:
        """Return the files that were looked at."""
        return self._summaries.keys()

    def remember(self, earlier: Callable[[str, FileFacts], FileSummary | None]) -> None:
        """Ask for what an earlier scan saw: (path, facts) -> the summary of that version of the file, or None."""
        self._earlier = earlier

    def at(self, path: str) -> FileSummary:
        """Return the summary of a file."""
        summary = self._summaries.get(path)
        if summary is None:
            if ending(path) not in _IMPORTING:
                return _NO_IMPORTS
            summary = self._summaries[path] = self._known(path) or self._computed(path)
        return summary

    def _known(self, path: str) -> FileSummary | None:
        facts = self._facts[path] = self.version(path)
        if facts is None:
            return None
        summary = self._earlier(path, facts)
        if summary is None:
            self.computed[path] = facts
        return summary

    def facts(self, path: str) -> FileFacts | None:
        """Return the facts of a file before it was looked at; None if it was not, or is not regular."""
        return self._facts.get(path)

    def _computed(self, path: str) -> FileSummary:
        data = self._read(path)
        return FileSummary(unread=True) if data is None else _summarise(path, data, self._marks)


def _summarise(path: str, data: bytes, marks: Marks) -> FileSummary:
    kind = ending(path)
    directive = _directive().match(data)
    names = code_names()
    sites = import_sites(data)
    found = [(ScriptSection.ALL, site) for site in sites]
    if kind == "astro":
        parts = embedded_scripts(path, data)
        found = [(_side_of(parts, site), site) for _, site in found]
    return FileSummary(
        imports=tuple(found),
        directive=directive.group(1).decode() if directive else "",
        guarded=any(site.specifier in names.server_only for _, site in found),
        client_only=next((site.specifier for _, site in found if site.specifier in names.client_only), ""),
        islands=frozenset(match.group(1).decode() for match in _island().finditer(data))
        if kind == "astro"
        else frozenset(),
        page_scripts=tuple(site.specifier for site in script_sources(data)) if kind in {"html", "htm"} else (),
        marks=marks(data, sites),
    )


def _side_of(parts: Sequence[EmbeddedScript], site: ImportSite) -> ScriptSection:
    return next(
        (part.section for part in parts if part.text[site.offset : site.offset + 1].strip()), ScriptSection.FRONTMATTER
    )


@made_of_code_names
def _directive(names: CodeNames) -> re.Pattern[bytes]:
    """Return a regular expression for the beginning of a file with a directive, after others and comments."""
    known = any_of(names.directives).encode()
    return re.compile(
        rb"\A(?:\xef\xbb\xbf)?"
        rb"(?:\s++|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/|[\"'](?!%b[\"'])use [^\"'\n]{1,40}[\"'];?)*+"
        rb"[\"'](%b)[\"']" % (known, known)
    )


@made_of_code_names
def _island(names: CodeNames) -> re.Pattern[bytes]:
    """Return a regular expression for a component with a directive that makes it an island."""
    return re.compile(rb"<([A-Z][\w.]*+)\b[^<>]{0,2000}?\s%b" % any_of(names.islands).encode())
