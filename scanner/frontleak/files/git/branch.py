"""What a branch adds: the files that differ from its base, and which of their lines are new."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.errors import GitError
from frontleak.core.origins import MemberOrigin, Origin
from frontleak.files.git.changes import Change, read_changes
from frontleak.files.git.listing import LINK, MISSING, SUBMODULE, BlobListing, ListingOptions
from frontleak.files.git.ranges import merge_base, read_range
from frontleak.files.git.repository import Repository
from frontleak.files.interface import BlobEntry

_HUNK: Final = re.compile(rb"^@@ -[0-9,]+ \+([0-9]+)(?:,([0-9]+))? @@", re.MULTILINE)
_COMPARE: Final = ("diff-tree", "-r", "--raw", "-z", "--full-index", "--ignore-submodules=none")
_PLAIN: Final = ("--no-ext-diff", "--no-textconv")
_RENAMES: Final = ("--find-renames", "-l4000")


class _Lines(NamedTuple):
    """A stretch of lines, 1-based, both ends included."""

    first: int
    last: int


class BranchFiles:
    """The files that the new side of a range adds or changes.

    They are scanned as a whole, so that a value keeps the lines around it. `adds` tells what counts.
    """

    def __init__(self, repository: Repository, options: ListingOptions, text: str) -> None:
        """Resolve the range.

        `A..B` compares the two commits. `A...B` compares B with the commit at which it left A, and a single name `A`
        means `A...HEAD`: what the branch itself adds.

        Raises:
            GitError: it names no commits, or a shallow clone lacks them.
            InputError: a named path is outside the repository.
            ConfigError: an exclude pattern is invalid.
        """
        named = read_range(repository, text)
        if named.old is None:
            head = repository.commit("HEAD")
            self._old, self.new = merge_base(repository, named.new, head, text), head
        elif named.is_symmetric:
            self._old, self.new = merge_base(repository, named.old, named.new, text), named.new
        else:
            self._old, self.new = named.old, named.new
        self._repository = repository
        self._listing = BlobListing(repository, options)
        self.left_out = self._listing.left_out
        self._changes: dict[str, Change] = {}
        """By displayed path."""
        self._added: dict[str, Sequence[_Lines] | None] = {}

    def entries(self) -> Iterator[BlobEntry | Diagnostic]:
        """See `FileSource.entries`.

        Raises:
            GitError: git cannot compare the commits.
            InputError: a named path does not exist.
        """
        found: list[BlobEntry] = []
        for change in self._compared():
            if change.mode == MISSING or not self._listing.includes(change.path):
                continue
            if change.mode == SUBMODULE:
                yield self._listing.submodule(change.path)
            elif change.mode != LINK:
                entry = self._listing.entry(change.path, change.blob, self.new)
                self._changes[entry.shown] = change
                found.append(entry)
        yield from self._listing.check_named()
        yield from self._listing.measured(found)

    def _compared(self) -> Sequence[Change]:
        git = self._repository.git
        sides = (self._old, self.new, "--")
        try:
            changes = list(read_changes(git.fields(*_COMPARE, *_RENAMES, *_PLAIN, *sides)))
        except GitError:  # finding renames reads blobs, which a partial clone may lack
            changes = list(read_changes(git.fields(*_COMPARE, "--no-renames", *_PLAIN, *sides)))
        return [change for change in changes if isinstance(change, Change)]

    def adds(self, origin: Origin, first: int, last: int) -> bool:
        """Return whether the range adds one of some lines (1-based, both included) of a file that it changes.

        A file that git does not compare line by line counts as a whole.
        """
        container = origin.container if isinstance(origin, MemberOrigin) else origin
        change = self._changes.get(container.path)
        if change is None:
            return False
        if isinstance(origin, MemberOrigin):  # lines of the content are not those of the file
            return change.blob not in change.old_blobs
        lines = self._lines(container.path, change)
        return lines is None or any(each.first <= last and first <= each.last for each in lines)

    def adds_file(self, origin: Origin) -> bool:
        """Return whether a file is new in the range, under this name."""
        change = self._changes.get(origin.container.path if isinstance(origin, MemberOrigin) else origin.path)
        return change is not None and change.status[0] in "ARC"

    def _lines(self, path: str, change: Change) -> Sequence[_Lines] | None:
        """Return the lines that are new; None if the whole file is."""
        if path not in self._added:
            self._added[path] = self._compared_lines(change)
        return self._added[path]

    def _compared_lines(self, change: Change) -> Sequence[_Lines] | None:
        (old,) = change.old_blobs
        if change.status[0] in "AT" or not old.strip("0"):
            return None
        if old == change.blob:
            return ()
        options = ("--unified=0", "--inter-hunk-context=0", "--no-color", "--no-renames", *_PLAIN)
        try:
            text = self._repository.git.output("diff", *options, old, change.blob)
        except GitError:  # the old blob is not in a partial clone
            return None
        hunks = [(int(hunk[1]), int(hunk[2] or 1)) for hunk in _HUNK.finditer(text)]
        if not hunks:
            return None  # a binary file
        return [_Lines(first, first + count - 1) for first, count in hunks if count]
