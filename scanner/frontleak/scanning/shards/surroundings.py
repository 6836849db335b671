"""What shards see around their findings, so that a merge needs none of the scanned files."""

import os
from collections.abc import Iterable, Mapping, Sequence

from frontleak.core.detection import Detection
from frontleak.core.origins import MemberOrigin
from frontleak.core.paths import slashes
from frontleak.core.paths_from_top import PathsFromTop
from frontleak.core.records import dataclass, field
from frontleak.files.served_files import Builds
from frontleak.scanning.options import STDIN, ScanOptions
from frontleak.scanning.server_output import with_ways
from frontleak.triage.ignore_comments import IgnoreComment


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What shards saw around the places of their findings. Paths are as displayed."""

    from_top: dict[str, str] = field(default_factory=dict)
    """Path -> path from the top of its project."""
    tops: dict[str, str] = field(default_factory=dict)
    """Path -> absolute folder of the top of its project."""
    build_of: dict[str, str] = field(default_factory=dict)
    """Path -> the build it belongs to, of files that rules report once per build."""
    comments: dict[str, tuple[IgnoreComment, ...]] = field(default_factory=dict)
    """Path -> the ignore comments of the file."""
    ways: dict[str, str] = field(default_factory=dict)
    """Place of a secret in a script of a server, as `way_key` writes it -> its way to the browser, empty for none."""

    def add(self, other: "Surroundings") -> None:
        """Add what another shard saw."""
        self.from_top.update(other.from_top)
        self.tops.update(other.tops)
        self.build_of.update(other.build_of)
        self.comments.update(other.comments)
        self.ways.update(other.ways)

    def keep(self, detections: Iterable[Detection]) -> None:
        """Forget what is around others than some detections."""
        builds = self.builds
        paths = {builds.origin(build).path for build in self.build_of.values()}
        for detection in detections:
            origin, original = detection.place.origin, detection.place.original
            paths |= {origin.path, original.path} if original is not None else {origin.path}
            if isinstance(origin, MemberOrigin):
                paths.add(origin.container.path)
        self.from_top = {path: value for path, value in self.from_top.items() if path in paths}
        self.tops = {path: value for path, value in self.tops.items() if path in paths}
        self.comments = {path: value for path, value in self.comments.items() if path in paths}
        self.ways = {key: value for key, value in self.ways.items() if key.rpartition("\0")[0] in paths}

    def with_sent(self, detections: Sequence[Detection]) -> list[Detection]:
        """Return the detections, those of secrets that a script sends as served."""
        scripts = {key.rpartition("\0")[0] for key in self.ways}
        return with_ways(detections, scripts, lambda detection: self.ways.get(way_key(detection)) or None)

    @property
    def builds(self) -> Builds:
        """Which build each file belongs to."""
        return _NotedBuilds(self.build_of)

    def make_tops(self, options: ScanOptions) -> PathsFromTop:
        """Return what finds the top of the project of each path."""
        return _NotedTops(self, [path for path in options.paths if path != STDIN])


def way_key(detection: Detection) -> str:
    """Return the place of a detection in the file on disk."""
    return f"{detection.place.origin.path}\0{detection.place.offset}:{detection.place.length}"


class _NotedBuilds(Builds):
    def __init__(self, build_of: Mapping[str, str]) -> None:
        super().__init__(())
        self._noted = build_of

    def build_of(self, shown: str) -> str:
        return self._noted.get(shown, "")

    def is_library(self, build: str) -> bool:  # noqa: ARG002 - shards left them out
        return False


class _NotedTops(PathsFromTop):
    def __init__(self, noted: Surroundings, named: Sequence[str]) -> None:
        super().__init__(slashes(os.getcwd()), named)
        self._noted = noted

    def __call__(self, path: str) -> str:
        noted = self._noted.from_top.get(path)
        return super().__call__(path) if noted is None else noted

    def top_of(self, path: str) -> str:
        return self._noted.tops.get(path) or super().top_of(path)
