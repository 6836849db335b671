"""The closed sets every stage shares: how bad, how sure, how exposed, what kind of rule, why suppressed."""

from enum import Enum, StrEnum


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst; larger is milder."""
        return tuple(Severity).index(self)


class Confidence(StrEnum):
    """How sure a finding is the real thing, surest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return tuple(Confidence).index(self)


class Exposure(StrEnum):
    """Who gets to see the place a secret stands in."""

    SERVED = "served"
    """Sent to browsers."""
    SERVER = "server"
    """Stays on the server."""
    SOURCE = "source"
    """In a source tree: whether it ships depends on the build."""
    PUBLIC = "public-by-design"
    """A key that is meant to be in a browser."""


class RuleKind(StrEnum):
    """What a rule is about."""

    PATTERN = "pattern"
    """A secret, known by its shape."""
    FILE = "file"
    """A file that ought not to be served, known by its name and content."""
    USAGE = "usage"
    """What source code does with a token, known by its syntax tree."""
    ENV_NAME = "env-name"
    """A variable of the environment, known by its name."""
    CONFIG = "config"
    """A setting of a framework or bundler that publishes a secret."""

    @property
    def is_code(self) -> bool:
        """Whether it is about what source code does, rather than about a secret or file that is there."""
        return self in {RuleKind.USAGE, RuleKind.ENV_NAME, RuleKind.CONFIG}


class Suppression(Enum):
    """Why a finding does not count."""

    DOCUMENTED_DUMMY = "the value is a published example"
    PLACEHOLDER = "the value is a placeholder: one character or one run over and over"
