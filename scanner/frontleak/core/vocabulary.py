"""Enums shared by all stages: severity, confidence, exposure, rule kind, suppression reason."""

from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    rank: int
    """0 for the worst."""

    def __init__(self, _value: str) -> None:
        super().__init__()
        self.rank = len(type(self))  # of the members before it


class Confidence(StrEnum):
    """How certain a finding is, most certain first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    rank: int
    """0 for the most certain."""

    def __init__(self, _value: str) -> None:
        super().__init__()
        self.rank = len(type(self))  # of the members before it


class Exposure(StrEnum):
    """Who can see the place of a secret."""

    SERVED = "served"
    """Sent to browsers."""
    SERVER = "server"
    """In files that stay on the server. Code may still send it; where that is certain, it is served."""
    SOURCE = "source"
    """In a source tree; the build decides whether it is served."""
    REQUEST = "request"
    """In what a browser sent while it was recorded: its own headers, cookies and posted data."""
    PUBLIC = "public-by-design"
    """A key meant for client-side code."""


WIDEST_FIRST: Final = (Exposure.SERVED, Exposure.SOURCE, Exposure.REQUEST, Exposure.SERVER, Exposure.PUBLIC)
"""In the order in which the exposures of several places count."""


NEVER_FAIL: Final = (Exposure.PUBLIC, Exposure.SERVER, Exposure.REQUEST)
"""Exposures of findings that never make a scan fail."""


class Role(StrEnum):
    """What a place is for a finding that brings together a variable, its use and its value."""

    USE = "use"
    """Code or a setting that publishes the variable."""
    DEFINITION = "definition"
    """A file that sets the variable."""
    VALUE = "value"
    """A copy of the value, such as the one in a build."""


class RuleKind(StrEnum):
    """What a rule detects."""

    PATTERN = "pattern"
    """A secret, by its format."""
    FILE = "file"
    """A file that should not be served, by its name and content."""
    USAGE = "usage"
    """Misuse of a token in source code, by its syntax tree."""
    ENV_NAME = "env-name"
    """A secret in a public environment variable, by the variable's name."""
    CONFIG = "config"
    """A setting of a framework or bundler that publishes a secret."""
    ENV_VALUE = "env-value"
    """The value of an environment variable, which the scan was given."""

    @property
    def is_code(self) -> bool:
        """Whether it detects misuse in source code rather than a secret or a file."""
        return self in {RuleKind.USAGE, RuleKind.ENV_NAME, RuleKind.CONFIG}

    @property
    def is_value(self) -> bool:
        """Whether it detects a secret value, which is one finding wherever it is."""
        return self in {RuleKind.PATTERN, RuleKind.ENV_VALUE}
