"""Why a finding does not count, and who said so."""

from enum import Enum
from typing import Final

from frontleak.core.records import dataclass

_SHORTEST_CUT: Final = 12
"""Fewest characters of a text that is looked at: `shown_text.SHORT`."""


class SuppressionKind(Enum):
    """What suppresses a finding."""

    DOCUMENTED_DUMMY = "the value is a published example"
    PLACEHOLDER = "the value is a placeholder: a repeated character, a sequence, or words such as your-secret-here"
    COMMENT = "a comment in the source ignores it"
    IGNORED_FINDING = "the configuration ignores this finding"
    IGNORED_VALUE = "the configuration ignores this value"
    IGNORED_RULE = "the configuration ignores this rule for these files"
    BASELINE = "the baseline accepts it"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count."""

    kind: SuppressionKind
    """What suppresses it; `kind.value` says so in words."""
    reason: str = ""
    """What the team wrote about it, cut as in `shown_text`; may be empty."""
    where: str = ""
    """The comment, configuration or baseline: `file:line` or a file; empty where the tool itself decided."""

    def __post_init__(self) -> None:
        if len(self.reason) >= _SHORTEST_CUT or len(self.where) >= _SHORTEST_CUT:
            from frontleak.core.shown_names import shown_name  # noqa: PLC0415 - few findings are suppressed
            from frontleak.core.shown_text import shown_prose  # noqa: PLC0415 - as above

            object.__setattr__(self, "reason", shown_prose(self.reason))
            object.__setattr__(self, "where", shown_name(self.where))

    @property
    def is_in_source(self) -> bool:
        """Whether it is written next to the finding, which SARIF tells apart."""
        return self.kind is SuppressionKind.COMMENT


DUMMY = Suppression(SuppressionKind.DOCUMENTED_DUMMY)
PLACEHOLDER = Suppression(SuppressionKind.PLACEHOLDER)
