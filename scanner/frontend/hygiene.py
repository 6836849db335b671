"""Deploy hygiene: files that ought not to lie in a folder that is served."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Final, NamedTuple

from scanner.frontend.config_rules import ConfigRule, ConfigRules
from scanner.frontend.reach import Reach
from scanner.model import Blob, Exposure, FileOrigin, Finding, MemberOrigin, Origin, Place, StdinOrigin
from scanner.secret import Secret, printable

_NAMED: Final = 3
"""Files named in a finding that stands for a whole build."""
_MOST_OF_A_PACKAGE: Final = 1_000_000
"""Bytes read of a package.json."""
_OFFERED: Final = frozenset({"main", "module", "exports", "browser", "bin", "unpkg"})
"""Fields of a package.json that offer the package to other code."""


class Note(NamedTuple):
    """A file that a rule has something to say about once a build; small, because thousands come back from workers."""

    rule_id: str
    path: str
    """As shown; of the container, for something in an archive."""
    logical_path: str
    """The same for a file and its compressed copy."""


def findings_of(blob: Blob, rules: ConfigRules) -> Iterator[Finding]:
    """Yield what the rules find in one blob, nothing unless it is served; those that speak once a build are left out.

    The secret of a finding is the logical path, which is shown as it stands.
    """
    if blob.exposure is Exposure.SERVED and not isinstance(blob.origin, StdinOrigin):
        for rule in rules.matching(_path(blob.origin), blob.data):
            yield _finding(rule, blob.origin, blob.origin.logical_path)


def notes_of(blob: Blob, rules: ConfigRules) -> tuple[Note, ...]:
    """Return what the rules that speak once a build note of one blob; nothing unless it is served."""
    if blob.exposure is not Exposure.SERVED or isinstance(blob.origin, StdinOrigin):
        return ()
    origin = blob.origin
    path = origin.container.path if isinstance(origin, MemberOrigin) else origin.path
    matching = rules.matching(_path(origin), blob.data, once_per_build=True)
    return tuple(Note(rule.id, path, origin.logical_path) for rule in matching)


def once_per_build(notes: Iterable[Note], rules: ConfigRules, named: Sequence[str]) -> Iterator[Finding]:
    """Yield one finding for each rule and build that notes are about, at the folder of the build.

    Its context tells the number of files and names a few. A package that is written to be used by other code is no
    build that ships, so nothing is said of it.

    Args:
        notes: of all blobs.
        rules: the rules that made them.
        named: the paths the scan was asked for, as given.
    """
    by_id = {rule.id: rule for rule in rules.rules}
    found: dict[tuple[str, str], dict[str, str]] = {}
    builds = _Builds(named)
    for note in notes:
        if (build := builds.build_of(note.path)) and not builds.is_library(build):
            found.setdefault((note.rule_id, build), {}).setdefault(note.logical_path, note.path)
    for (rule_id, build), paths in found.items():
        shown = builds.shown(build)
        facts = {
            "files": (str(len(paths)),),
            "such_as": tuple(printable(path) for path in sorted(paths.values())[:_NAMED]),
        }
        yield replace(_finding(by_id[rule_id], FileOrigin(path=shown), shown), context=facts)


class _Builds:
    """The builds below the paths that were named."""

    def __init__(self, named: Sequence[str]) -> None:
        folders = {_slashes(os.path.abspath(path if os.path.isdir(path) else os.path.dirname(path))) for path in named}
        self._reaches = [(f"{folder.rstrip('/')}/", Reach(folder)) for folder in sorted(folders, key=len, reverse=True)]
        self._libraries: dict[str, bool] = {}
        self._here = _slashes(os.getcwd())

    def build_of(self, shown: str) -> str:
        path = shown if shown.startswith("/") else _slashes(os.path.abspath(shown))
        for folder, reach in self._reaches:
            if path.startswith(folder):
                return reach.build_of(path)
        return ""

    def shown(self, folder: str) -> str:
        """Return a folder as reports show it: relative to the working directory when it is inside."""
        return "." if folder == self._here else folder.removeprefix(f"{self._here.rstrip('/')}/")

    def is_library(self, build: str) -> bool:
        if build not in self._libraries:
            self._libraries[build] = _is_library(build)
        return self._libraries[build]


def _is_library(folder: str) -> bool:
    """Say whether the nearest package.json with a name offers its package to other code and may be published."""
    while folder:
        package = _package(folder)
        if "name" in package:
            return package.get("private") is not True and not _OFFERED.isdisjoint(package)
        if os.path.lexists(f"{folder}/.git"):
            return False
        folder = folder.rpartition("/")[0]
    return False


def _package(folder: str) -> Mapping[str, object]:
    """Return what the package.json of a folder says; empty when there is none that can be read."""
    try:
        with open(f"{folder}/package.json", "rb") as file:
            package = json.loads(file.read(_MOST_OF_A_PACKAGE))
    except (OSError, ValueError, RecursionError):
        return {}
    return package if isinstance(package, dict) else {}


def _finding(rule: ConfigRule, origin: Origin, name: str) -> Finding:
    secret = Secret(name.encode("utf-8", "surrogateescape"), plain=True)
    place = Place(
        origin=origin, line=1, column=1, end_line=1, end_column=1, offset=0, length=0, exposure=Exposure.SERVED
    )
    return Finding(
        rule_id=rule.id,
        title=rule.name,
        severity=rule.severity,
        confidence=rule.confidence,
        exposure=Exposure.SERVED,
        place=place,
        secret=secret,
        snippet=secret.redacted[-100:],
        fingerprint=_fingerprint(rule.id, secret, origin),
        why=rule.why,
        fix=rule.fix,
        references=rule.references,
    )


def _fingerprint(rule_id: str, secret: Secret, origin: Origin) -> str:
    """As scanner.triage.fingerprint, which stands above this package."""
    parts = f"{rule_id}\0{secret.digest}\0{origin.logical_path}"
    return blake2b(parts.encode("utf-8", "surrogateescape"), digest_size=16, person=b"frontleak/1").hexdigest()


def _path(origin: Origin) -> str:
    """Return the path whose name counts: inside an archive, or without the ending of a lone compressed file."""
    if isinstance(origin, MemberOrigin):
        return origin.member.rpartition("!/")[2] or origin.container.path.rpartition(".")[0]
    return origin.path


def _slashes(path: str) -> str:
    return path.replace(os.sep, "/") if os.sep != "/" else path
