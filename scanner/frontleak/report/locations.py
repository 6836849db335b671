"""Where a report points to: the file and line that a person can edit, by its path from the root of the repository."""

import os
from typing import NamedTuple

from frontleak.core.finding import Finding
from frontleak.core.origins import CommitOrigin, FileOrigin, MemberOrigin, StdinOrigin
from frontleak.core.paths import slashes
from frontleak.core.report import Report


class Target(NamedTuple):
    """A position in a file of the repository."""

    path: str
    """From the root of the repository where possible, else from the working directory; escaped as in reports."""
    line: int
    """1-based; 1 for a whole file, and for an archive, whose members have no lines in the repository."""
    column: int
    """1-based, in UTF-16 code units; 0 for a whole line."""
    end_line: int
    """Line of the last character."""
    inside: str = ""
    """The member of an archive that is meant; empty for the file itself."""

    @property
    def position(self) -> str:
        """Path, line and, unless a whole line is meant, column."""
        return f"{self.path}:{self.line}" + (f":{self.column}" if self.column else "")


def target(report: Report, finding: Finding) -> Target:
    """Return where a finding is shown: in its original source if that file exists, else where it was found."""
    place = finding.place
    origin, original = place.origin, place.original
    if original is not None and original.exists and not isinstance(origin, CommitOrigin):
        return Target(in_repository(report, original.path), original.line, original.column, original.line)
    if origin.url and not isinstance(origin, MemberOrigin):
        return Target(
            origin.display, place.line if place.length else 1, place.column if place.length else 0, place.end_line
        )
    if isinstance(origin, StdinOrigin):
        return Target(origin.display, place.line, place.column, place.end_line)
    container = origin.container if isinstance(origin, MemberOrigin) else origin
    path = container.display if origin.url else in_repository(report, container.path)
    if isinstance(origin, MemberOrigin):
        return Target(path, 1, 0, 1, FileOrigin(path=origin.member).display if origin.member else "")
    if not place.length:
        return Target(path, 1, 0, 1)
    return Target(path, place.line, place.column, place.end_line)


def in_repository(report: Report, path: str) -> str:
    """Return the display path of a file from the root of the repository, or from the working directory."""
    below = below_root(report.repository, os.getcwd(), path)
    return FileOrigin(path=path if below is None else below).display


def below_root(root: str, here: str, path: str) -> str | None:
    """Return a path from a root folder; None without a root, or if the path is not below it.

    Args:
        root: absolute, with forward slashes; may be empty.
        here: the folder that a relative path counts from.
        path: absolute, or relative to `here`.
    """
    if not root:
        return None
    absolute = slashes(os.path.normpath(os.path.join(here, path)))
    top = root.rstrip("/")
    return absolute[len(top) + 1 :] if absolute.startswith(f"{top}/") else None
