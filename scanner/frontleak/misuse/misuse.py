"""What a check finds: a place in the code, what is misused there, and how the browser comes by it."""

from dataclasses import dataclass

from frontleak.core.vocabulary import Severity
from frontleak.misuse.variable_names import Power
from frontleak.modulegraph.reachability import ImportPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Misuse:
    """One misuse."""

    path: str
    """Absolute path of the file."""
    start: int
    """Byte offset of what is misused."""
    end: int
    """Byte offset just after."""
    names: tuple[str, ...] = ()
    """Of the variables, settings or bindings that are involved."""
    power: Power = Power.UNKNOWN
    """What the token may do, as far as names and calls tell."""
    import_path: ImportPath | None = None
    """How the browser gets the place; None where that does not matter."""
    shipped: str = ""
    """What the browser gets, as a sentence without its full stop."""
    severity: Severity | None = None
    """Instead of what the rule says."""
    certain: bool = True
    """False when a step to it was a guess."""
