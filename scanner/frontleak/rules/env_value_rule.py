"""Rules of the kind env-value: about the values of environment variables, which a scan is given."""

from collections.abc import Mapping
from typing import Any, Final

from frontleak.core.records import dataclass
from frontleak.core.rule import Rule
from frontleak.core.vocabulary import Confidence, RuleKind, Severity

SERVED: Final = "env-value-served"
"""Id of the rule for a value without a public prefix that is served."""
MISNAMED: Final = "public-env-value"
"""Id of the rule for a secret that a public prefix publishes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvValueRule(Rule):
    """A rule about values; it has no fields of its own."""


def env_value_rule(data: Mapping[str, Any], source: str) -> EnvValueRule:
    """Create a rule from the data of its document, which must be valid."""
    return EnvValueRule(
        id=data["id"],
        kind=RuleKind.ENV_VALUE,
        name=data["name"].strip(),
        severity=Severity(data["severity"]),
        confidence=Confidence(data["confidence"]),
        why=" ".join(data["why"].split()),
        fix=" ".join(data["fix"].split()),
        references=tuple(data["references"]),
        source=source,
    )
