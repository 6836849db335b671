"""What engine, file rules and checks yield: small, picklable, without the prose of its rule."""

from collections.abc import Mapping
from typing import NamedTuple

from frontleak.core.finding import Hop, Place
from frontleak.core.records import dataclass, field
from frontleak.core.secret import Secret
from frontleak.core.suppression import Suppression
from frontleak.core.vocabulary import Confidence, Severity


class Variable(NamedTuple):
    """An environment variable that a detection is about: what its value or its misuse has in common with others."""

    name: str
    folder: str
    """Of the project whose code reads it, absolute; or of the `.env` file that sets it, as displayed."""
    public: bool = False
    """Whether builds publish it by its name or declaration, so that every mention has the same cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One place where a rule detected something. `triage.group` makes findings of groups of them."""

    rule_id: str
    """Id of the rule; the parent process looks it up."""
    secret: Secret | None = None
    """The value; None where nothing is secret, such as a served file or a misuse in code."""
    identity: str
    """What distinguishes it from others of its rule, as 32 hexadecimal digits: that of the secret, or of names."""
    named: str | None = None
    """Name of the variable or property of a value that could be guessed; None for any other. It stands for the value in
    the fingerprint, because a digest of the value would let anyone who has a report try passwords."""
    place: Place
    severity: Severity
    confidence: Confidence
    snippet: str = ""
    """At most 100 printable characters around the place, without secrets; empty for a file."""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Facts, such as `project_id`, nearest first."""
    variable: Variable | None = None
    """The one variable whose value it is, in an `.env` file, or which it misuses; None if there is none or several."""
    suppression: Suppression | None = None
    advice: str = ""
    """A sentence to add to the fix of the rule; empty when there is none."""
    import_path: tuple[Hop, ...] = ()
    """From a client entry to the place, both included; of a misuse in code."""
    shipped: str = ""
    """What the client bundle contains, as a sentence without its full stop; of a misuse in code."""


class FileMatch(NamedTuple):
    """A served file that matches a rule which reports once per build; a tuple because workers return thousands."""

    rule_id: str
    path: str
    """Display path; a compressed copy has its suffix removed, so that it counts once with the original."""
