"""Connects a scan with a git repository: what is read instead of the work tree, and what counts of what is found."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.detection import Detection, FileMatch
from frontleak.core.finding import Finding, Place
from frontleak.core.origins import CommitOrigin, FileOrigin, MemberOrigin
from frontleak.core.records import replace
from frontleak.core.vocabulary import Exposure
from frontleak.files.exposure import ExposureMap
from frontleak.files.git.command import Git
from frontleak.files.git.committed import CommittedFiles
from frontleak.files.git.listing import ListingOptions
from frontleak.files.git.objects import ObjectReader
from frontleak.files.git.repository import Repository, open_repository
from frontleak.files.git.staged import INDEX, StagedFiles
from frontleak.files.interface import FileSource, GitSelection
from frontleak.files.utf8_text import text_of

if TYPE_CHECKING:
    from frontleak.files.git.branch import BranchFiles
    from frontleak.files.git.history import BlobLife, HistoryFiles

_MOST_COMMENTED: Final = 4_000_000
"""Bytes of a file in which comments are looked for."""


class GitScan:
    """The files of a repository that a scan reads."""

    def __init__(self, selection: GitSelection, options: ListingOptions) -> None:
        """Open the repository of the working directory.

        Raises:
            GitError: there is none, or git cannot give what is selected.
            InputError: a named path is outside it.
            ConfigError: an exclude pattern is invalid.
        """
        self.repository = open_repository()
        self._objects = ObjectReader(self.repository.git)
        self._branch: BranchFiles | None = None
        self._history: HistoryFiles | None = None
        self.committed: CommittedFiles | None = None
        """The files next to those that are scanned; None for the history, which has others for each commit."""
        self.source: FileSource
        match selection.source:
            case "staged":
                self.source = StagedFiles(self.repository, options)
                self.committed = CommittedFiles(self.repository, INDEX, objects=self._objects)
            case "diff":
                self.source = self._branch = _branch_files(self.repository, options, selection.range)
                self.committed = CommittedFiles(self.repository, self._branch.new, objects=self._objects)
            case "history":
                self.source = self._history = _history_files(self.repository, options, selection.range)
        self.unchanged = 0
        """Detections that were left out because they are on lines which the range does not add."""

    @property
    def git(self) -> Git:
        """The command, for workers."""
        return self.repository.git

    @property
    def commits(self) -> int:
        """Number of commits that were walked."""
        return self._history.commits if self._history else 0

    def close(self) -> None:
        """End the process of git."""
        self._objects.close()

    def read(self, name: str) -> bytes | None:
        """Return the text of a file for its comments, by its displayed path, in the history after `commit:`."""
        if self.committed is not None:
            data = self.committed.read_shown(name)
        else:
            commit, _, shown = name.partition(":")
            inside = self.repository.inside(self.repository.spelled(shown))
            data = self._objects.blob(f"{commit}:{inside}", _MOST_COMMENTED).data if inside else None
        return None if data is None else text_of(data)

    def counted(self, detections: Iterable[Detection]) -> list[Detection]:
        """Return the detections that count: of a range, those on lines that it adds."""
        found = list(detections)
        if self._branch is None:
            return found
        kept = [detection for detection in found if _is_added(self._branch, detection)]
        self.unchanged += len(found) - len(kept)
        return kept

    def counted_files(self, matches: Sequence[FileMatch]) -> list[FileMatch]:
        """Return the files that count for rules which report once per build: of a range, those that it adds.

        Of the history, none: its builds are gone.
        """
        if self._history is not None:
            return []
        branch = self._branch
        return [each for each in matches if branch is None or branch.adds_file(FileOrigin(path=each.path))]

    def sources_below(self, folder: str) -> Iterator[str]:
        """Yield the absolute path of each source file in an absolute folder, as the tree has it."""
        exposures = ExposureMap(self.repository.top)
        for path in self.committed.below(folder) if self.committed else ():
            if exposures.exposure(path) is Exposure.SOURCE:
                yield path

    def with_history(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings with the commits that brought and removed their secrets."""
        if self._history is None or not findings:
            return list(findings)
        blobs = {blob for finding in findings for blob in _blobs(finding)}
        lives = self._history.lives(blobs)
        return [
            _with_history(finding, [lives[blob] for blob in _blobs(finding) if blob in lives]) for finding in findings
        ]


def _branch_files(repository: Repository, options: ListingOptions, text: str) -> "BranchFiles":
    from frontleak.files.git.branch import BranchFiles  # noqa: PLC0415 - a hook scans what is staged

    return BranchFiles(repository, options, text)


def _history_files(repository: Repository, options: ListingOptions, text: str) -> "HistoryFiles":
    from frontleak.files.git.history import HistoryFiles  # noqa: PLC0415 - as above

    return HistoryFiles(repository, options, text)


def _is_added(branch: "BranchFiles", detection: Detection) -> bool:
    """Return whether a range adds a detection, or a step of its import path."""
    place = detection.place
    if not place.length:
        return branch.adds_file(place.origin)
    if branch.adds(place.origin, place.line, place.end_line):
        return True
    return any(branch.adds(hop.origin, hop.line, hop.line) for hop in detection.import_path)


def _blobs(finding: Finding) -> Iterator[str]:
    places: Iterable[Place] = itertools.chain((finding.place,), finding.also_at)
    for place in places:
        origin = place.origin.container if isinstance(place.origin, MemberOrigin) else place.origin
        if isinstance(origin, CommitOrigin):
            yield origin.blob


def _with_history(finding: Finding, lives: "Sequence[BlobLife]") -> Finding:
    if not lives:
        return finding
    from frontleak.core.history import CommitDate, History  # noqa: PLC0415 - as above

    _, brought = min(life.brought for life in lives)
    in_head = any(life.in_head for life in lives)
    removals = [life.removed for life in lives if life.removed is not None]
    gone = not in_head and len(removals) == len(lives)
    removed = max(removals)[1] if gone else None
    return replace(
        finding,
        history=History(
            brought=CommitDate(id=brought.id, seconds=brought.seconds),
            removed=CommitDate(id=removed.id, seconds=removed.seconds) if removed else None,
            in_head=in_head,
        ),
    )
