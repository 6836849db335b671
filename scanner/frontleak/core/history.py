"""When a secret came into a repository and when it went."""

import time
from typing import Any

from frontleak.core.origins import short_id
from frontleak.core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitDate:
    """A commit and its day."""

    id: str
    """Full hexadecimal id."""
    seconds: int
    """When it was committed, in seconds since 1970 (UTC)."""

    @property
    def date(self) -> str:
        """The day as `2026-01-31` (UTC); empty for a time that no calendar has."""
        try:
            return time.strftime("%Y-%m-%d", time.gmtime(self.seconds))
        except (OSError, OverflowError, ValueError):
            return ""

    @property
    def display(self) -> str:
        """The beginning of the id and the day."""
        return f"{short_id(self.id)} ({self.date})" if self.date else short_id(self.id)

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"id": self.id, "date": self.date}


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """When a secret came into the history of a repository and when it went, over all its places."""

    brought: CommitDate
    """The first commit that has it."""
    removed: CommitDate | None
    """The last commit that took it away; None if it is in HEAD, or still on another branch."""
    in_head: bool
    """Whether HEAD has it."""

    @property
    def text(self) -> str:
        """What a report says, as the end of a sentence."""
        if self.in_head:
            end = "still in HEAD"
        else:
            end = f"removed in {self.removed.display}" if self.removed else "not in HEAD, but still on another branch"
        return f"brought by commit {self.brought.display}, {end}"

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "brought": self.brought.to_plain(),
            "removed": self.removed.to_plain() if self.removed else None,
            "in_head": self.in_head,
        }
