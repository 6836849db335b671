"""Values of environment variables that a scan looks for. They live in memory, and reach workers by a pipe only."""

from typing import Final, NamedTuple

from frontleak.core.records import dataclass

ENVIRONMENT: Final = "the environment"
"""Where a variable is set that no file sets."""


class EnvVariable(NamedTuple):
    """A variable, and where it is set."""

    name: str
    file: str = ""
    """Path of the file as displayed; empty for the environment of the process."""
    line: int = 0
    """1-based; 0 for the environment of the process."""
    prefix: str = ""
    """The public prefix of its name; empty if it has none."""
    is_declared: bool = False
    """Whether somebody has named it as one that holds a secret, so that neither its name nor its words speak for it."""

    @property
    def where(self) -> str:
        """`file:line`, or that it is in the environment."""
        return f"{self.file}:{self.line}" if self.file else ENVIRONMENT


class HiddenValue:
    """The bytes of a value. It prints nothing of them; pickle keeps them, for the pipe to a worker."""

    __slots__ = ("reveal",)

    def __init__(self, value: bytes) -> None:
        """Store a value."""
        self.reveal = value

    def __repr__(self) -> str:
        return f"HiddenValue({len(self.reveal)} bytes)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HiddenValue) and self.reveal == other.reveal

    def __hash__(self) -> int:
        return hash(self.reveal)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvValue:
    """A value to look for, with all variables that have it."""

    value: HiddenValue
    variables: tuple[EnvVariable, ...]
    """At least one; the first stands for all."""
    is_guessable: bool = False
    """Whether somebody could find it by trying: it then counts only as a whole word."""
    is_misnamed: bool = False
    """Whether a public prefix publishes it; if not, it crosses the boundary from the server in some other way."""
    rule_id: str = ""
    """Id of the rule that knows its shape; empty if none does."""
    part: str = ""
    """What it is of the values, such as `password`; empty for the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvValues:
    """All values that a scan looks for."""

    values: tuple[EnvValue, ...]
    files: frozenset[str] = frozenset()
    """Absolute paths of the files that set them: there they belong."""
