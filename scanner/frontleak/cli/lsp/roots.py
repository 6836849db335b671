"""The folders of the editor, and the settings of a scan in each."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import chdir
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.cli.lsp.documents import Document
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass
from frontleak.core.repository import project_top
from frontleak.scanning.open_text import OpenTexts

if TYPE_CHECKING:
    from frontleak.rules.ruleset import RuleSet
    from frontleak.scanning.options import ScanOptions

_MOST_RULE_FILES: Final = 1_000
"""Files of own rules that are watched for a change."""
_MOST_LOADED: Final = 8
"""Folders whose engines are in memory, 15 MB each."""


class Stamp(NamedTuple):
    """What tells that a file has changed."""

    path: str
    time: int
    """In nanoseconds; 0 if there is no such file."""
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a folder is scanned."""

    ruleset: "RuleSet"
    options: "ScanOptions"
    texts: OpenTexts
    own_rules: frozenset[str]
    """Ids of the rules that the tool does not ship."""
    read_from: tuple[str, ...]
    """Files besides configuration and baseline that it was made of."""


class Root:
    """A folder that is scanned as `frontleak scan` run in it does. Only the thread that scans may call its methods."""

    def __init__(self, folder: str, loaded: "list[Root]") -> None:
        """Store the folder, absolute with forward slashes; nothing is read yet.

        All roots share `loaded`: those whose settings are in memory, the one used last at the end.
        """
        self.folder = folder
        self.real = slashes(os.path.realpath(folder))
        """The same folder as a scan in it names it, where the editor names a link."""
        self._loaded = loaded
        self._settings: Settings | None = None
        self._stamps: tuple[Stamp, ...] = ()
        self._day: date | None = None

    def settings(self) -> Settings:
        """Return the settings, read again if one of their files has changed.

        Raises:
            FrontleakError, click.ClickException: the configuration, the baseline or a rule file is not valid.
        """
        self._loaded[:] = [*(each for each in self._loaded if each is not self), self]
        for other in self._loaded[:-_MOST_LOADED]:
            other._settings = None  # noqa: SLF001 - of the same class
        del self._loaded[:-_MOST_LOADED]
        read_from = self._settings.read_from if self._settings else ()
        stamps, today = tuple(_stamps(self.folder, read_from)), date.today()  # noqa: DTZ011 - as in a scan
        if self._settings is None or stamps != self._stamps or today != self._day:
            self._settings = None
            self._settings = _read_settings(self.folder, self.real)
            self._stamps = tuple(_stamps(self.folder, self._settings.read_from))
            self._day = today
        return self._settings


class Roots:
    """Finds the folder that a document is scanned in."""

    def __init__(self) -> None:
        """Begin without folders."""
        self._folders: tuple[str, ...] = ()
        self._roots: dict[str, Root] = {}
        self._loaded: list[Root] = []

    def use(self, folders: Iterable[str]) -> None:
        """Set the folders that are open in the editor, absolute with forward slashes; an inner one is found first."""
        self._folders = tuple(sorted((each for each in folders if each), key=len, reverse=True))

    def is_open(self, root: Root) -> bool:
        """Return whether the editor has opened the folder of a root."""
        return root.folder in self._folders

    def of(self, document: Document) -> Root:
        """Return the folder of a document.

        That is the innermost folder of the editor around it; for a file outside of them the top of its project, or
        else its own folder; for an untitled document the editor's folder with the shortest path.
        """
        if document.is_untitled:
            folder = self._folders[-1] if self._folders else slashes(tempfile.gettempdir())
        else:
            own = document.path.rpartition("/")[0] or "/"
            around = (each for each in self._folders if document.path.startswith(f"{each.rstrip('/')}/"))
            folder = next(around, None) or project_top(own) or own
        if folder not in self._roots:
            self._roots[folder] = Root(folder, self._loaded)
        return self._roots[folder]


def _read_settings(folder: str, real: str) -> Settings:
    """Return the settings of `frontleak scan` in a folder."""
    from frontleak.cli.accepted import read_accepted  # noqa: PLC0415 - with the first document
    from frontleak.cli.scan import scan  # noqa: PLC0415 - as above
    from frontleak.cli.scan_options import prepare  # noqa: PLC0415 - as above

    with chdir(folder), scan.make_context("scan", ["--quiet", "."]) as ctx:
        given = ctx.params
        accepted = read_accepted(ctx.meta.get("config"), given["baseline"])
        ruleset, options = prepare(ctx, given, accepted=accepted)
        own = frozenset(rule.id for rule in ruleset.every if not rule.source.startswith("rules/"))
        files = (*(os.path.abspath(path) for path in given["rules"]), *(options.env.files if options.env else ()))
        return Settings(
            ruleset=ruleset,
            options=options,
            texts=OpenTexts(ruleset, options, real),
            own_rules=own,
            read_from=files,
        )


def _stamps(folder: str, read_from: Iterable[str]) -> Iterator[Stamp]:
    from frontleak.cli.accepted import find_baseline  # noqa: PLC0415 - as above
    from frontleak.cli.config import find_config  # noqa: PLC0415 - as above

    for file in (find_config(Path(folder)), find_baseline(Path(folder))):
        if file is not None:
            yield _stamp(str(file))
    for path in read_from:
        if os.path.isdir(path):
            names = (os.path.join(path, name) for path, _, names in os.walk(path) for name in sorted(names))
            yield from (_stamp(name) for _, name in zip(range(_MOST_RULE_FILES), names, strict=False))
        else:
            yield _stamp(path)


def _stamp(path: str) -> Stamp:
    try:
        status = os.stat(path)
    except OSError:
        return Stamp(path, 0, 0)
    return Stamp(path, status.st_mtime_ns, status.st_size)
