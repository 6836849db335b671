"""What a walk leaves out, and why: patterns of `--exclude`, folders that are never entered, and `.gitignore` files."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import display_path
from frontleak.core.records import replace
from frontleak.core.repository import repository_root
from frontleak.files.ignore import (
    MOST_PATTERNS,
    IgnoreFile,
    check_patterns,
    compile_patterns,
    excludes,
    read_ignore_file,
)
from frontleak.files.interface import Cause, LeftOut

if TYPE_CHECKING:
    from frontleak.files.git.tracked import TrackedFiles


class Omissions:
    """Counts what a walk leaves out, and tells of each file and folder."""

    def __init__(self, here: str, tell: Callable[[LeftOut], None] | None) -> None:
        """Store the working directory and what is called with each file and folder that is left out."""
        self.counts: Counter[Cause] = Counter()
        self._here = here
        self._tell = tell

    def add(self, cause: Cause, path: str) -> None:
        """Count a file or folder."""
        self.counts[cause] += 1
        if self._tell is not None:
            self._tell(LeftOut(display_path(self._here, path), cause))


class Exclusions:
    """The patterns of the command line or of a configuration file."""

    def __init__(self, patterns: Sequence[str], folder: str, here: str) -> None:
        """Compile patterns that count from a folder; if it is empty, from the working directory.

        Raises:
            ConfigError: a pattern is invalid.
        """
        check_patterns(patterns)
        self._patterns: Final = compile_patterns(patterns, folder or here) if patterns else None
        self._moves = not folder
        self._named_root = ""

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return self._patterns is not None

    @property
    def dropped(self) -> Iterator[Diagnostic]:
        """A note if there are more than are applied."""
        if self._patterns:
            yield from dropped_patterns(self._patterns, FileOrigin(path="."), "exclude patterns")

    def enter(self, named_root: str) -> None:
        """Store the folder that is named, or that a named file is in."""
        self._named_root = named_root

    def hold_named(self, path: str, *, is_folder: bool) -> bool:
        """Return whether patterns leave out a named path, itself or through one of its folders."""
        return self._patterns is not None and excludes(self._at(self._patterns, path), path, is_folder=is_folder)

    def hold(self, path: str, *, is_folder: bool) -> bool:
        """Return whether patterns leave out a path in a folder that they do not."""
        if self._patterns is None:
            return False
        patterns = self._at(self._patterns, path)
        return path.startswith(patterns.folder) and patterns.verdict(path, is_folder=is_folder) is True

    def _at(self, patterns: IgnoreFile, path: str) -> IgnoreFile:
        """Return patterns as they hold for a path: those of the command line move with a path outside their folder."""
        if not self._moves or path.startswith(patterns.folder):
            return patterns
        return replace(patterns, folder=f"{self._named_root.rstrip('/')}/")


class Tracked:
    """Asks the indexes of git what is tracked, of what a `.gitignore` names."""

    def __init__(self) -> None:
        """Start without an index: most walks need none."""
        self._tracked: dict[str, TrackedFiles] = {}
        """By top of a checkout."""

    def holds(self, top: str, path: str, *, is_folder: bool) -> bool:
        """Return whether git tracks an ignored file, or a file in an ignored folder; `top` is that of its checkout."""
        if not top:
            return False
        tracked = self._tracked.get(top)
        if tracked is None:
            from frontleak.files.git.tracked import TrackedFiles  # noqa: PLC0415 - only where something is ignored

            tracked = self._tracked[top] = TrackedFiles(top)
        return tracked.holds(path, is_folder=is_folder)

    @property
    def tops(self) -> tuple[str, ...]:
        """The tops of the checkouts whose index was asked."""
        return tuple(self._tracked)

    def unread(self, here: str) -> Iterator[Diagnostic]:
        """Yield a note for each index that could not be read."""
        for top, tracked in self._tracked.items():
            if tracked.problem:
                origin = FileOrigin(path=f"{display_path(here, top) or '.'}/.git/index".removeprefix("./"))
                message = f"{tracked.problem}, so git-ignored files that are in the repository were left out"
                yield note(Code.GIT, origin, message)


def ignore_files_above(folder: str) -> tuple[IgnoreFile, ...]:
    """Return the ignore files of the parent folders, from the repository root down, without the folder's own."""
    root = repository_root(folder)
    if root is None:
        return ()
    files = [read_ignore_file(root, ".git/info/exclude")]
    above, inside = root, folder[len(root) :] if folder != root else ""
    for part in PurePath(inside.strip("/")).parts:
        files.append(read_ignore_file(above))
        above = f"{above.rstrip('/')}/{part}"
    return tuple(file for file in files if file)


def dropped_patterns(file: IgnoreFile, origin: FileOrigin, what: str = "patterns") -> Iterator[Diagnostic]:
    """Yield a note if an ignore file has more patterns than are applied."""
    if file.dropped:
        message = f"has more than {MOST_PATTERNS:,} {what}; the last {file.dropped:,} were not applied"
        yield note(Code.IGNORE_PATTERNS, origin, message)
