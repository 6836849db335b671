"""Deploy hygiene: files that ought not to lie in a folder that is served."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Note
from frontleak.core.finding import Finding, Place
from frontleak.core.origins import FileOrigin, MemberOrigin, Origin
from frontleak.core.secret import Secret, printable
from frontleak.core.vocabulary import Exposure, RuleKind
from frontleak.files.exposure import ExposureMap
from frontleak.resolve.projects import in_library
from frontleak.rules.file_rule import FileRule, FileRules

_NAMED: Final = 3
"""Files named in a finding that stands for a whole build."""
_SNIPPET: Final = 100
"""Characters of a snippet at most."""


def findings_of(blob: Blob, rules: Iterable[FileRule]) -> tuple[Finding, ...]:
    """Return what some rules find in a blob they are about; those that speak once a build are left out.

    The secret of a finding is the logical path, so that a file and its compressed copy are one finding.
    """
    return tuple(_finding(rule, blob.origin) for rule in rules if not rule.once_per_build)


def notes_of(blob: Blob, rules: Iterable[FileRule]) -> tuple[Note, ...]:
    """Return what those that speak once a build note; nothing in an archive, which a browser fetches as it stands."""
    origin = blob.origin
    if isinstance(origin, MemberOrigin) and origin.member:
        return ()
    return tuple(Note(rule.id, origin.known_as) for rule in rules if rule.once_per_build)


def once_per_build(notes: Iterable[Note], rules: FileRules, named: Sequence[str]) -> Iterator[Finding]:
    """Yield one finding for each rule and build that notes are about, at the folder of the build.

    Its context tells the number of files, and its snippet names a few. A package that is written to be used by other
    code is no build that ships, so nothing is said of it.

    Args:
        notes: of all blobs.
        rules: the rules that made them.
        named: the paths the scan was asked for, as given.
    """
    by_id = {rule.id: rule for rule in rules.rules}
    found: dict[tuple[str, str], set[str]] = {}
    builds = _Builds(named)
    for note in notes:
        if (build := builds.build_of(note.path)) and not builds.is_library(build):
            found.setdefault((note.rule_id, build), set()).add(note.path)
    for (rule_id, build), paths in found.items():
        finding = _finding(by_id[rule_id], FileOrigin(path=builds.shown(build)))
        yield replace(finding, context={"files": (str(len(paths)),)}, snippet=_some_of(sorted(paths)))


def _some_of(paths: Sequence[str]) -> str:
    """Return the first few of some paths, as many as a snippet holds."""
    names: list[str] = []
    for path in map(printable, paths[:_NAMED]):
        if names and len(", ".join((*names, path, "…"))) > _SNIPPET:
            break
        names.append(path)
    text = ", ".join(names if len(names) == len(paths) else (*names, "…"))
    return text if len(text) <= _SNIPPET else f"{text[: _SNIPPET - 1]}…"


class _Builds:
    """The builds below the paths that were named."""

    def __init__(self, named: Sequence[str]) -> None:
        folders = {_slashes(os.path.abspath(path if os.path.isdir(path) else os.path.dirname(path))) for path in named}
        self._reaches = [
            (f"{folder.rstrip('/')}/", ExposureMap(folder)) for folder in sorted(folders, key=len, reverse=True)
        ]
        self._known: dict[str, str] = {}
        self._libraries: dict[str, bool] = {}
        self._here = _slashes(os.getcwd())

    def build_of(self, shown: str) -> str:
        """Return the build a file is in, by its path as shown; empty for a file of none."""
        folder = shown.rpartition("/")[0]
        if folder not in self._known:
            path = _slashes(os.path.abspath(shown))
            reach = next((reach for above, reach in self._reaches if path.startswith(above)), None)
            self._known[folder] = reach.build_of(path) if reach else ""
        return self._known[folder]

    def shown(self, folder: str) -> str:
        """Return a folder as reports show it: relative to the working directory when it is inside."""
        return "." if folder == self._here else folder.removeprefix(f"{self._here.rstrip('/')}/")

    def is_library(self, build: str) -> bool:
        if build not in self._libraries:
            self._libraries[build] = in_library(build)
        return self._libraries[build]


def _finding(rule: FileRule, origin: Origin) -> Finding:
    secret = Secret(origin.logical_path.encode("utf-8", "surrogateescape"), plain=True)
    place = Place(
        origin=origin, line=1, column=1, end_line=1, end_column=1, offset=0, length=0, exposure=Exposure.SERVED
    )
    return Finding(
        rule_id=rule.id,
        kind=RuleKind.FILE,
        title=rule.name,
        severity=rule.severity,
        confidence=rule.confidence,
        exposure=Exposure.SERVED,
        place=place,
        secret=secret,
        snippet="",
        fingerprint=_fingerprint(rule.id, secret, origin),
        why=rule.why,
        fix=rule.fix,
        references=rule.references,
    )


def _fingerprint(rule_id: str, secret: Secret, origin: Origin) -> str:
    """As frontleak.core.fingerprint, which stands above this package."""
    parts = f"{rule_id}\0{secret.digest}\0{origin.logical_path}"
    return blake2b(parts.encode("utf-8", "surrogateescape"), digest_size=16, person=b"frontleak/1").hexdigest()


def _slashes(path: str) -> str:
    return path.replace(os.sep, "/") if os.sep != "/" else path
