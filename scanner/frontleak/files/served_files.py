"""Findings about files that should not be in a served folder."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from frontleak.core.blob import Blob
from frontleak.core.detection import Detection, FileMatch
from frontleak.core.finding import Place
from frontleak.core.origins import FileOrigin, MemberOrigin, Origin, relocated
from frontleak.core.paths import slashes
from frontleak.core.records import replace
from frontleak.core.rule import Rule
from frontleak.core.secret import identity_of
from frontleak.core.vocabulary import Exposure, RuleKind
from frontleak.files.exposure import ExposureMap
from frontleak.resolve.projects import in_library
from frontleak.rules.file_rule import FileRule

_MOST_LISTED: Final = 3
"""Most files listed in a finding about a whole build."""
_SCHEME: Final = "://"
"""In every URL and in no path, where slashes are single."""
_SNIPPET: Final = 100
"""Most characters of a snippet."""


def detections_of(blob: Blob, rules: Iterable[FileRule]) -> tuple[Detection, ...]:
    """Return a detection for each rule that applies to a blob, except rules that report once per build.

    Its identity is the logical path, so that a file and its compressed copy become one finding.
    """
    return tuple(_detection(rule, blob.origin) for rule in rules if not rule.once_per_build)


def matches_of(blob: Blob, rules: Iterable[FileRule]) -> tuple[FileMatch, ...]:
    """Return a match for each rule that reports once per build; none inside an archive, which is served as one file."""
    origin = blob.origin
    if isinstance(origin, MemberOrigin) and origin.member:
        return ()
    path = origin.path if origin.url else origin.known_as
    return tuple(FileMatch(rule.id, path) for rule in rules if rule.once_per_build)


def once_per_build(
    matches: Iterable[FileMatch], rules: Mapping[str, Rule], named: Sequence[str], builds: "Builds | None" = None
) -> Iterator[Detection]:
    """Yield one detection per rule and build that has matches, located at the build folder.

    The context holds the number of files, and the snippet lists a few. A library package is not deployed, so it gets
    none.

    Args:
        matches: of all blobs.
        rules: by id, those that produced them.
        named: the paths passed to the scan, as given.
        builds: which build each file belongs to; None to look at the disk.
    """
    found: dict[tuple[str, str], set[str]] = {}
    builds = builds or Builds(named)
    for match in matches:
        if (build := builds.build_of(match.path)) and not builds.is_library(build):
            found.setdefault((match.rule_id, build), set()).add(match.path)
    for (rule_id, build), paths in found.items():
        detection = _detection(rules[rule_id], builds.origin(build))
        yield replace(detection, context={"files": (str(len(paths)),)}, snippet=_first_paths(sorted(paths)))


def _first_paths(paths: Sequence[str]) -> str:
    """Return the first few paths, as many as fit in a snippet."""
    names: list[str] = []
    for path in (FileOrigin(path=each).display for each in paths[:_MOST_LISTED]):
        if names and len(", ".join((*names, path, "…"))) > _SNIPPET:
            break
        names.append(path)
    text = ", ".join(names if len(names) == len(paths) else (*names, "…"))
    return text if len(text) <= _SNIPPET else f"{text[: _SNIPPET - 1]}…"


def identified(
    detections: Iterable[Detection], rules: Mapping[str, Rule], from_top: Callable[[str], str]
) -> Iterator[Detection]:
    """Yield the detections, those of files with identities by path from the top of the project.

    Args:
        detections: of all rules.
        rules: by id, all that made them.
        from_top: path as displayed -> path from the top of the project.
    """
    for detection in detections:
        if rules[detection.rule_id].kind is RuleKind.FILE:
            yield replace(detection, identity=_identity(relocated(detection.place.origin, from_top)))
        else:
            yield detection


class Builds:
    """The builds at or below the named paths."""

    def __init__(self, named: Sequence[str]) -> None:
        """Look at the folders of the named paths."""
        folders = {slashes(os.path.abspath(path if os.path.isdir(path) else os.path.dirname(path))) for path in named}
        self._exposure_maps = [
            (f"{folder.rstrip('/')}/", ExposureMap(folder)) for folder in sorted(folders, key=len, reverse=True)
        ]
        self._build_by_folder: dict[str, str] = {}
        self._libraries: dict[str, bool] = {}
        self._here = slashes(os.getcwd())

    def build_of(self, shown: str) -> str:
        """Return the build folder of a file, by its displayed path; empty if it is not in a build.

        That of a response is the address of its site.
        """
        if _SCHEME in shown:
            scheme, _, rest = shown.partition(_SCHEME)
            return f"{scheme}{_SCHEME}{rest.partition('/')[0]}"
        folder = shown.rpartition("/")[0]
        if folder not in self._build_by_folder:
            path = slashes(os.path.abspath(shown))
            exposure_map = next((found for prefix, found in self._exposure_maps if path.startswith(prefix)), None)
            self._build_by_folder[folder] = exposure_map.build_of(path) if exposure_map else ""
        return self._build_by_folder[folder]

    def origin(self, build: str) -> FileOrigin:
        """Return the origin of a build: its folder, relative to the working directory if inside it, or its site."""
        if _SCHEME in build:
            from frontleak.core.url_origin import url_origin  # noqa: PLC0415 - few scans read recordings

            return url_origin(build, recording="")
        return FileOrigin(path="." if build == self._here else build.removeprefix(f"{self._here.rstrip('/')}/"))

    def is_library(self, build: str) -> bool:
        """Return whether a build is a package that is not deployed."""
        if build not in self._libraries:
            self._libraries[build] = _SCHEME not in build and in_library(build)
        return self._libraries[build]


def _detection(rule: Rule, origin: Origin) -> Detection:
    place = Place(
        origin=origin, line=1, column=1, end_line=1, end_column=1, offset=0, length=0, exposure=Exposure.SERVED
    )
    return Detection(
        rule_id=rule.id,
        identity=_identity(origin),
        place=place,
        severity=rule.severity,
        confidence=rule.confidence,
    )


def _identity(origin: Origin) -> str:
    return identity_of(origin.logical_path.encode("utf-8", "surrogateescape"))
