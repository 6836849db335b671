"""What every rule says, whatever its kind."""

from dataclasses import dataclass

from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every rule says, of whatever kind: by this it is listed, chosen, documented and described in reports."""

    id: str
    """Kebab-case, stable for ever, and no other rule's of any kind."""
    kind: RuleKind
    """What it is about."""
    name: str
    """What it finds, in a few words."""
    severity: Severity
    """How bad that is."""
    confidence: Confidence
    """How sure it is."""
    exposure: Exposure | None = None
    """`public-by-design`, or None where the place decides."""
    why: str
    """What an attacker can do."""
    fix: str
    """What to do about it."""
    references: tuple[str, ...]
    """Where the facts come from; at least one."""
    source: str
    """Where the rule was written, as `file:line`."""
