"""The history: every blob that some commits reach, each once, and when it came and went.

git walks the commits and compares their trees; one process tells the changes, another the bytes. Nothing is checked
out, and besides the id of each blob that was met, nothing is kept.
"""

import os
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.errors import GitError
from frontleak.core.origins import FileOrigin
from frontleak.files.git.changes import Change, Commit, read_changes
from frontleak.files.git.listing import LINK, MISSING, SUBMODULE, BlobListing, ListingOptions
from frontleak.files.git.ranges import read_range
from frontleak.files.git.repository import Repository
from frontleak.files.interface import BlobEntry

_COMMITS: Final = ("rev-list", "--reverse", "--topo-order")
"""Parents before their children, so that the first commit with a blob is the one that brought it."""
_CHANGES: Final = (
    *("diff-tree", "--stdin", "--root", "-r", "--raw", "-z", "--full-index", "--no-renames"),
    *("--no-ext-diff", "--no-textconv", "--no-show-signature", "--format=%H %ct"),
)
_COMBINED: Final = "-c"
"""A merge has only the paths that differ from all its parents: the rest is in the commits that it brings together."""
_EACH_PARENT: Final = "-m"
"""A merge has the paths that differ from any of its parents."""
_MOST_TIPS: Final = 500
"""Branches and tags that are looked through for a blob."""


class BlobLife(NamedTuple):
    """When a blob came and went; commits have their number in the walk, parents before children."""

    brought: tuple[int, Commit]
    removed: tuple[int, Commit] | None
    """The last commit that took it out of a path; None if none did."""
    in_head: bool
    """Whether HEAD has it, at any path."""


class HistoryFiles:
    """Every file of every commit in a range, equal bytes once, under the path at which they came first."""

    def __init__(self, repository: Repository, options: ListingOptions, text: str = "") -> None:
        """Resolve the range; without one, everything that any ref or HEAD reaches.

        Raises:
            GitError: the range names no commits, or there are none.
            InputError: a named path is outside the repository.
            ConfigError: an exclude pattern is invalid.
        """
        self._repository = repository
        self._listing = BlobListing(repository, options)
        self.left_out = self._listing.left_out
        self._range = self._resolved(text)
        self.commits = 0
        """Number of commits; complete once `entries` is exhausted."""
        self._is_cut_off = False

    def _resolved(self, text: str) -> Sequence[str]:
        if not text:
            if self._repository.git.line("rev-list", "--all", "--max-count=1") in (None, ""):
                raise GitError("this repository has no commits yet", advice="scan its files, or what is staged")
            return ("--all",)
        named = read_range(self._repository, text)
        if named.old is None:
            return (named.new,)
        return (f"{named.old}...{named.new}",) if named.is_symmetric else (named.new, f"^{named.old}")

    def _walk(self, merges: str = _COMBINED, *which: str) -> Iterator[Commit | Change]:
        commits = (*_COMMITS, *which, *self._range, "--")
        return read_changes(self._repository.git.fields(*_CHANGES, merges, fed_by=commits))

    def entries(self) -> Iterator[BlobEntry | Diagnostic]:
        """See `FileSource.entries`.

        Raises:
            GitError: git cannot walk the history.
        """
        yield from self._listing.measured(self._blobs(), least=1)
        yield from self._listing.check_named()
        yield from self._cut_off()

    def _blobs(self) -> Iterator[BlobEntry]:
        seen: set[bytes] = set()
        boundary = self._shallow_boundary()
        commit = ""
        for each in self._walk():
            if isinstance(each, Commit):
                self.commits += 1
                commit = each.id
                self._is_cut_off = self._is_cut_off or commit in boundary
                continue
            if each.mode in (MISSING, LINK, SUBMODULE) or not self._listing.wants(each.path):
                continue
            key = bytes.fromhex(each.blob)
            if key not in seen and not self._listing.is_excluded(each.path):
                seen.add(key)
                yield self._listing.entry(each.path, each.blob, commit, is_history=True)

    def _shallow_boundary(self) -> frozenset[str]:
        """Return the commits whose parents a shallow clone lacks."""
        if not self._repository.is_shallow:
            return frozenset()
        path = self._repository.git.line("rev-parse", "--git-path", "shallow") or ""
        try:
            with open(os.path.join(self._repository.top, path), encoding="ascii") as file:
                return frozenset(file.read().split())
        except (OSError, UnicodeDecodeError):
            return frozenset()

    def _cut_off(self) -> Iterator[Diagnostic]:
        if self._is_cut_off:
            message = (
                "is a shallow clone, and older commits are missing: fetch them with `git fetch --unshallow`; "
                "for actions/checkout, set `fetch-depth: 0`"
            )
            yield incomplete(Code.GIT, FileOrigin(path=self._repository.shown("").rstrip("/") or "."), message)

    def lives(self, blobs: Container[str]) -> Mapping[str, BlobLife]:
        """Return when some blobs came and went, by walking the commits again.

        Raises:
            GitError: git cannot walk the history.
        """
        brought: dict[str, tuple[int, Commit]] = {}
        removed: dict[str, tuple[int, Commit]] = {}
        for number, commit, change in _numbered(self._walk()):
            if change.blob in blobs:
                brought.setdefault(change.blob, (number, commit))
            removed |= dict.fromkeys(_gone(change, blobs), (number, commit))
        in_head = self._in_tree("HEAD", blobs)
        rest = brought.keys() - removed.keys() - in_head
        if rest and (rest := rest - self._at_tips(rest)):
            removed |= self._merged_away(rest)
        return {blob: BlobLife(first, removed.get(blob), blob in in_head) for blob, first in brought.items()}

    def _merged_away(self, blobs: Container[str]) -> Mapping[str, tuple[int, Commit]]:
        """Return the last merge that took the other side of each of some blobs, where no commit took it away."""
        merges: dict[str, Commit] = {}
        for _, commit, change in _numbered(self._walk(_EACH_PARENT, "--merges")):
            merges |= dict.fromkeys(_gone(change, blobs), commit)
        wanted = {commit.id for commit in merges.values()}
        names = self._repository.git.output(*_COMMITS, *self._range, "--").decode("ascii").split()
        numbers = {name: number for number, name in enumerate(names, start=1) if name in wanted}
        return {blob: (numbers[commit.id], commit) for blob, commit in merges.items()}

    def _in_tree(self, tree: str, blobs: Container[str]) -> set[str]:
        """Return which of some blobs a commit has; none if there is no such commit."""
        git = self._repository.git
        if git.line("rev-parse", "--verify", "--quiet", f"{tree}^{{commit}}") is None:
            return set()
        listed = git.fields("ls-tree", "-r", "-z", "--full-tree", tree)
        ids = (field.partition(b"\t")[0].rpartition(b" ")[2].decode("ascii") for field in listed)
        return {blob for blob in ids if blob in blobs}

    def _at_tips(self, blobs: Collection[str]) -> set[str]:
        """Return which of some blobs a branch or tag has; all if there are too many to look."""
        names = self._repository.git.output("for-each-ref", "--format=%(objectname)").decode("ascii").split()
        tips = dict.fromkeys(names)
        if len(tips) > _MOST_TIPS:
            return set(blobs)
        found: set[str] = set()
        for tip in tips:
            found |= self._in_tree(tip, blobs)
        return found


def _numbered(walk: Iterable[Commit | Change]) -> Iterator[tuple[int, Commit, Change]]:
    """Yield each change with its commit and the number of that."""
    number, commit = 0, Commit("", 0)
    for each in walk:
        if isinstance(each, Commit):
            number, commit = number + 1, each
        else:
            yield number, commit, each


def _gone(change: Change, blobs: Container[str]) -> Iterator[str]:
    """Yield each of some blobs that a change takes away."""
    return (old for old in change.old_blobs if old in blobs and old != change.blob)
