"""Reads what the command line names as a range of commits: `A..B`, `A...B` or a single name."""

from typing import NamedTuple

from frontleak.core.errors import GitError
from frontleak.core.secret import printable
from frontleak.files.git.repository import Repository


class Range(NamedTuple):
    """Two sides of a range; a single name is the second side."""

    old: str | None
    """Full id of a commit; None if only one is named."""
    new: str
    """Full id of a commit."""
    is_symmetric: bool
    """Whether it was written with three dots."""


def read_range(repository: Repository, text: str) -> Range:
    """Return the commits that a range names; a missing side is HEAD, as in git.

    Raises:
        GitError: a side names no commit.
    """
    if not text.strip("."):
        raise GitError(
            f"{printable(text)!r}: not a range of commits",
            advice="write BASE, BASE..HEAD or BASE...HEAD, and put `--` before paths",
        )
    for dots in ("...", ".."):
        old, found, new = text.partition(dots)
        if found:
            sides = (repository.commit(side or "HEAD") for side in (old, new))
            return Range(next(sides), next(sides), dots == "...")
    return Range(None, repository.commit(text), is_symmetric=False)


def merge_base(repository: Repository, old: str, new: str, text: str) -> str:
    """Return the commit at which two commits parted.

    Raises:
        GitError: they have none in common, or a shallow clone lacks it.
    """
    found = repository.git.line("merge-base", old, new)
    if found is not None:
        return found
    if repository.is_shallow:
        raise GitError(
            f"{printable(text)}: this shallow clone lacks the commit at which the two sides parted",
            advice="fetch more with `git fetch --deepen=100` or `git fetch --unshallow`; "
            "for actions/checkout, set `fetch-depth: 0`",
        )
    raise GitError(
        f"{printable(text)}: the two sides have no commit in common", advice="compare them directly, with two dots"
    )
