"""What a check is: how it finds misuse in a file, and how the detections of its misuses are made."""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto

from frontleak.core.records import dataclass
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.rules.misuse_rule import MisuseRule


class Identity(Enum):
    """What makes two misuses of a rule the same finding. Paths count from the top of the project."""

    VARIABLE = auto()
    """The folder of the project and the names: every mention of a variable is one finding."""
    CLIENT = auto()
    """The file and the names: every call through a client is one finding."""
    PLACE = auto()
    """The file, the names and a counter: every place is a finding of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check, which rules name in `check`."""

    name: str
    find: Callable[[AnalysedProject, str, MisuseRule], Iterator[Misuse]]
    """(project, absolute path of one of its files, rule) -> misuses in that file."""
    identity: Identity = Identity.PLACE
    prepare: Callable[[AnalysedProject], None] = lambda _: None
    """Finds what all files of a large project need, before other processes take part."""
    belongs_on_server: bool = False
    """Whether its misuses are calls that belong on the server: the framework's advice for these is added to the fix."""
    subsumption: "Subsumption | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsumption:
    """How the misuses of a check are subsumed by those of other checks."""

    by: tuple[Check, ...]
    remaining: Callable[[AnalysedProject, Sequence[Misuse], Sequence[Misuse]], list[Misuse]]
    """(project, misuses of a rule, misuses of all rules with one of `by`) -> those that are reported."""
