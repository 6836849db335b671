"""Turns the paths and blobs that git names into entries to scan, filtered and displayed like those of a walk."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.errors import InputError
from frontleak.core.origins import FileOrigin
from frontleak.core.records import dataclass, replace
from frontleak.core.vocabulary import Exposure
from frontleak.files.exposure import ExposureMap
from frontleak.files.git.objects import AT_ONCE, SizeReader
from frontleak.files.git.repository import Repository
from frontleak.files.ignore import IgnoreFile, check_patterns, compile_patterns, excludes
from frontleak.files.interface import BlobEntry, Cause, LeftOut
from frontleak.files.read import too_large

LINK: Final = "120000"
"""Mode of a symbolic link, whose blob is the path it leads to."""
SUBMODULE: Final = "160000"
"""Mode of a submodule, whose id is that of a commit in another repository."""
MISSING: Final = "000000"
"""Mode of a path that one side does not have."""
_UNTRACKED: Final = "is not tracked by git; scan it without --staged, --diff or --history"
_MEASURED_FROM: Final = 64
"""Entries from which git is asked for their sizes: fewer are no work for several processes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingOptions:
    """Which files of a source are scanned."""

    paths: Sequence[str] = ()
    """Files and folders, relative to the working directory; empty for all."""
    exclude: Sequence[str] = ()
    """Patterns of excluded paths, in gitignore syntax."""
    exclude_folder: str = ""
    """Absolute folder that the patterns count from; empty for the working directory."""
    max_size: int
    """Bytes; larger files are skipped."""
    expected_size: int = 0
    """Bytes up to which skipping a file makes the scan incomplete."""
    left_out: Callable[[LeftOut], None] | None = None
    """Called with each file that is left out; None to list nothing."""


class BlobListing:
    """Makes entries of the files of one repository."""

    def __init__(self, repository: Repository, options: ListingOptions) -> None:
        """Compile the patterns.

        Raises:
            InputError: a named path is outside the repository.
            ConfigError: an exclude pattern is invalid.
        """
        check_patterns(options.exclude)
        self.left_out: Counter[Cause] = Counter()
        self._repository = repository
        self._options = options
        self._wanted = repository.wanted(options.paths)
        self._used: set[str] = set()
        self._excluded: set[str] = set()
        self._exclude = self._patterns()
        self._exposure_map = ExposureMap(repository.top)

    def _patterns(self) -> tuple[IgnoreFile, ...]:
        """Return the patterns: those of the command line count from the top for files outside the working directory."""
        options, repository = self._options, self._repository
        if not options.exclude:
            return ()
        patterns = compile_patterns(options.exclude, options.exclude_folder or repository.here)
        return (patterns,) if options.exclude_folder else (patterns, replace(patterns, folder=f"{repository.top}/"))

    def wants(self, inside: str) -> bool:
        """Return whether a path from the top is named, itself or through one of its folders."""
        if not self._wanted:
            return True
        for path in self._wanted:
            if inside == path or inside.startswith(f"{path}/"):
                self._used.add(path)
                return True
        return False

    def includes(self, inside: str) -> bool:
        """Return whether a path from the top is scanned: named, and not excluded."""
        return self.wants(inside) and not self.is_excluded(inside)

    def check_named(self) -> Iterator[Diagnostic]:
        """Check that each named path is on disk or was listed; yield a note for each that git does not track.

        Raises:
            InputError: some are neither.
            GitError: git cannot list the index.
        """
        unknown = [path for path in self._wanted if path not in self._used]
        missing = [path for path in unknown if not os.path.lexists(self._repository.absolute(path))]
        if missing:
            shown = (self._repository.shown(path) for path in missing)
            raise InputError(*(f"{path}: no such file or folder" for path in shown))
        if not unknown or self._repository.is_bare:
            return
        named = (self._repository.absolute(path) for path in unknown)
        tracked = list(map(os.fsdecode, self._repository.git.fields("ls-files", "-z", "--full-name", "--", *named)))
        for path in unknown:
            if not any(each == path or each.startswith(f"{path}/") for each in tracked):
                yield note(Code.GIT, FileOrigin(path=self._repository.shown(path)), _UNTRACKED)

    def is_excluded(self, inside: str) -> bool:
        """Return whether the patterns exclude a path from the top; counts it if so, once for all commits."""
        path = self._repository.absolute(inside)
        for patterns in self._exclude:
            if path.startswith(patterns.folder):
                excluded = excludes(patterns, path)
                if excluded and inside not in self._excluded:
                    self._leave_out(inside)
                return excluded
        return False

    def _leave_out(self, inside: str) -> None:
        self._excluded.add(inside)
        self.left_out["excluded"] += 1
        if self._options.left_out is not None:
            self._options.left_out(LeftOut(self._repository.shown(inside), "excluded"))

    def entry(self, inside: str, blob: str, tree: str, *, is_history: bool = False) -> BlobEntry:
        """Return the entry of a regular file, without its size."""
        path = self._repository.absolute(inside)
        exposure = self._exposure(path)
        placed = exposure is Exposure.SOURCE or self._exposure_map.is_placed(path)
        shown = self._repository.shown(inside)
        return BlobEntry(shown, path, 0, exposure, blob, inside, tree, is_history, placed)

    def submodule(self, inside: str) -> Diagnostic:
        """Return the note that a submodule was not scanned."""
        origin = FileOrigin(path=self._repository.shown(inside))
        return note(Code.GIT, origin, "is a submodule; run frontleak in its own checkout")

    def unmerged(self, inside: str) -> Diagnostic:
        """Return the diagnostic of a path with conflicts, of which nothing is staged."""
        origin = FileOrigin(path=self._repository.shown(inside))
        return incomplete(Code.GIT, origin, "has merge conflicts, so nothing is staged; resolve them and `git add` it")

    def measured(
        self, entries: Iterable[BlobEntry], *, least: int = _MEASURED_FROM
    ) -> Iterator[BlobEntry | Diagnostic]:
        """Yield the entries with their sizes, or the diagnostics of those that are too large.

        Fewer than `least` are yielded as they are: a process that tells their sizes costs more than it is good for.

        Raises:
            GitError: git is missing.
        """
        rest = iter(entries)
        batch = list(islice(rest, AT_ONCE))
        if len(batch) < least and self._options.max_size >= self._options.expected_size:
            yield from batch
            return
        reader = SizeReader(self._repository.git)
        try:
            while batch:
                for entry, size in zip(batch, reader.of([each.blob for each in batch]), strict=True):
                    if size > self._options.max_size:
                        yield oversized(entry, size, self._options.expected_size)
                    else:
                        yield entry._replace(size=size)
                batch = list(islice(rest, AT_ONCE))
        finally:
            reader.close()

    def _exposure(self, path: str) -> Exposure:
        if self._repository.is_bare and not self._exposure_map.is_build_output(path):
            return Exposure.SOURCE  # nothing on disk marks the top
        return self._exposure_map.exposure(path)


def oversized(entry: BlobEntry, size: int, expected: int) -> Diagnostic:
    """Return the diagnostic of a blob of `size` bytes that is not scanned; in the history it is incomplete."""
    report = incomplete if entry.is_history or size <= expected else note
    return report(Code.TOO_LARGE, entry.origin, too_large(size))
