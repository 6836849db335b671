"""The fields shared by rules of every kind."""

from frontleak.core.records import dataclass
from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The shared fields of a rule, used to list, select, document and report it."""

    id: str
    """Kebab-case, permanent, unique across all kinds."""
    kind: RuleKind
    """What the rule detects."""
    name: str
    """Short description of what it finds."""
    severity: Severity
    """How bad a finding is."""
    confidence: Confidence
    """How certain a finding is."""
    exposure: Exposure | None = None
    """`public-by-design`, or None if the place of a finding decides."""
    why: str
    """What an attacker can do."""
    fix: str
    """How to fix it."""
    references: tuple[str, ...]
    """Sources, as URLs; at least one."""
    source: str
    """Where the rule is defined, as `file:line`."""
