"""Why a finding does not count, and who said so."""

from enum import Enum

from frontleak.core.records import dataclass


class SuppressionKind(Enum):
    """What suppresses a finding."""

    DOCUMENTED_DUMMY = "the value is a published example"
    PLACEHOLDER = "the value is a placeholder: one repeated character or sequence"
    COMMENT = "a comment in the source ignores it"
    IGNORED_FINDING = "the configuration ignores this finding"
    IGNORED_VALUE = "the configuration ignores this value"
    IGNORED_RULE = "the configuration ignores this rule for these files"
    BASELINE = "the baseline accepts it"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count."""

    kind: SuppressionKind
    reason: str = ""
    """What the team wrote about it; may be empty."""
    where: str = ""
    """The comment, configuration or baseline: `file:line` or a file; empty where the tool itself decided."""

    @property
    def is_in_source(self) -> bool:
        """Whether it is written next to the finding, which SARIF tells apart."""
        return self.kind is SuppressionKind.COMMENT


DUMMY = Suppression(SuppressionKind.DOCUMENTED_DUMMY)
PLACEHOLDER = Suppression(SuppressionKind.PLACEHOLDER)
