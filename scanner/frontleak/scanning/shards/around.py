"""Looks at what is around the findings of a shard, as the judgement of a scan on one machine would."""

from collections.abc import Sequence

from frontleak.core.detection import Detection, FileMatch
from frontleak.core.fingerprint import fingerprint_at
from frontleak.core.origins import relocated
from frontleak.core.vocabulary import RuleKind
from frontleak.files.interface import FileEntry
from frontleak.files.read import read_source
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import ScanOptions, paths_from_top
from frontleak.scanning.server_output import MOST_SECRETS, in_scripts, ways
from frontleak.scanning.shards.surroundings import Surroundings, way_key
from frontleak.scanning.worker import Worker


class Around:
    """Looks, and keeps what it sees in `seen`."""

    def __init__(self, ruleset: RuleSet, options: ScanOptions, worker: Worker, servers: Sequence[FileEntry]) -> None:
        """Begin with nothing seen; `servers` are the scripts of the shard that stay on a server."""
        self.seen = Surroundings()
        self._rules = ruleset.by_id()
        self._options = options
        self._names = worker.names
        self._servers = servers
        self._tops = paths_from_top(options)

    def matches(self, matches: Sequence[FileMatch]) -> tuple[FileMatch, ...]:
        """Return the matches that belong to a build which is deployed; note the builds."""
        if not matches:
            return ()
        from frontleak.files.served_files import Builds  # noqa: PLC0415 - many shards have none

        builds = Builds(self._options.on_disk)
        kept: list[FileMatch] = []
        for match in matches:
            build = builds.build_of(match.path)
            if build and not builds.is_library(build):
                shown = self._names.text(match.path)
                self.seen.build_of[shown] = build
                self._top(builds.origin(build).path)
                kept.append(match._replace(path=shown))
        return tuple(kept)

    def look(self, detections: Sequence[Detection], sources: Sequence[str]) -> None:
        """Note the ways of secrets on a server, the tops of projects, and the comments of files."""
        way_of = ways(self._servers)
        scripts = frozenset(entry.shown for entry in self._servers)
        for index in in_scripts(detections, scripts)[:MOST_SECRETS]:
            self.seen.ways[way_key(detections[index])] = way_of(detections[index]) or ""
        for detection in detections:
            self._project_of(detection)
        if detections or sources:
            self._comments(detections, sources)

    def _project_of(self, detection: Detection) -> None:
        place = detection.place
        fingerprint_at(detection.rule_id, detection.identity, place, self._from_top)
        relocated(place.origin, self._from_top)
        if not place.origin.url:
            self._top(place.origin.path)

    def _from_top(self, path: str) -> str:
        found = self.seen.from_top[path] = self._tops(path)
        return found

    def _top(self, path: str) -> None:
        self._from_top(path)
        self.seen.tops[path] = self._tops.top_of(path)

    def _comments(self, detections: Sequence[Detection], sources: Sequence[str]) -> None:
        from frontleak.triage.suppress import CommentFiles  # noqa: PLC0415 - most shards find nothing

        found: list[Detection] = list(detections)
        if any(self._rules[each.rule_id].kind is RuleKind.FILE for each in found):
            from frontleak.files.served_files import identified  # noqa: PLC0415 - few shards find such a file

            found = list(identified(found, self._rules, self._tops))
        comments = CommentFiles(read_source, foreign=self._options.foreign_comments, from_top=self._tops)
        list(comments.apply(found, self._rules))
        list(comments.unused(sources, self._rules))
        for path, each in comments.found.items():
            self.seen.comments[path] = tuple(
                comment._replace(
                    rules=tuple(map(self._names.text, comment.rules)), reason=self._names.text(comment.reason)
                )
                for comment in each
            )
