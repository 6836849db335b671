"""What is staged: the files in the index that differ from HEAD, with the bytes that the next commit will have.

The work tree is not read: a file may be staged in part, and deleted or changed since. During `git commit -a`, git names
the index of the commit in GIT_INDEX_FILE, which its commands honour.
"""

import os
from collections.abc import Iterator
from typing import Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.errors import GitError
from frontleak.files.git.changes import Change, read_changes
from frontleak.files.git.listing import LINK, MISSING, SUBMODULE, BlobListing, ListingOptions
from frontleak.files.git.repository import Repository
from frontleak.files.interface import BlobEntry

INDEX: Final = ""
"""Name of the index as a tree: `:path` names a file in it."""


class StagedFiles:
    """The staged files of a repository."""

    def __init__(self, repository: Repository, options: ListingOptions) -> None:
        """Check the options.

        Raises:
            GitError: the repository has no index.
            InputError: a named path is outside the repository.
            ConfigError: an exclude pattern is invalid.
        """
        if repository.is_bare:
            raise GitError(f"{repository.here}: a bare repository has no index, so nothing can be staged in it")
        self._repository = repository
        self._listing = BlobListing(repository, options)
        self.left_out = self._listing.left_out

    def entries(self) -> Iterator[BlobEntry | Diagnostic]:
        """See `FileSource.entries`.

        Raises:
            GitError: git cannot read the index.
            InputError: a named path does not exist.
        """
        found: list[BlobEntry] = []
        for change in self._changes():
            if change.status == "U":
                if self._listing.wants(change.path):
                    yield self._listing.unmerged(change.path)
            elif change.mode == MISSING or not self._listing.includes(change.path):
                continue
            elif change.mode == SUBMODULE:
                yield self._listing.submodule(change.path)
            elif change.mode != LINK:
                found.append(self._listing.entry(change.path, change.blob, INDEX))
        yield from self._listing.check_named()
        yield from self._listing.measured(found)

    def _changes(self) -> Iterator[Change]:
        git = self._repository.git
        # no renames: a staged file is scanned as a whole, and finding renames reads blobs that a partial clone lacks
        compare = ("diff-index", "--cached", "--raw", "-z", "--full-index", "--no-renames", "--ignore-submodules=none")
        try:
            changes = list(read_changes(git.fields(*compare, "--no-ext-diff", "--no-textconv", "HEAD", "--")))
        except GitError:
            if git.line("rev-parse", "--verify", "--quiet", "HEAD") is not None:
                raise
            # before the first commit, everything in the index is new
            yield from self._everything()
            return
        yield from (change for change in changes if isinstance(change, Change))

    def _everything(self) -> Iterator[Change]:
        for field in self._repository.git.fields("ls-files", "--stage", "-z"):
            yield staged_file(field)


def staged_file(field: bytes) -> Change:
    """Return a line of `git ls-files --stage -z` as a change; `U` for a side of a conflict."""
    described, _, path = field.partition(b"\t")
    mode, blob, stage = described.decode("ascii").split()
    return Change(os.fsdecode(path), mode, blob, (), "A" if stage == "0" else "U")
