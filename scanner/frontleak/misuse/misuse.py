"""What a check yields: a place in the code, what is misused there, and how it reaches the browser."""

from frontleak.core.records import dataclass
from frontleak.core.vocabulary import Role, Severity
from frontleak.misuse.variable_names import Power
from frontleak.modulegraph.reachability import ImportPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Misuse:
    """A misuse of a token or variable in source code."""

    path: str
    """Absolute path of the file."""
    start: int
    """Byte offset of the misused expression or name."""
    end: int
    """Byte offset after it."""
    names: tuple[str, ...] = ()
    """Names of the variables, settings or bindings involved."""
    variables: tuple[str, ...] = ()
    """Those of the names that are environment variables."""
    role: Role | None = None
    """What the place is for the variable; None where every place is a finding of its own."""
    power: Power = Power.UNKNOWN
    """Permission of the token, inferred from names and calls."""
    import_path: ImportPath | None = None
    """How the place reaches the browser; None where that is irrelevant."""
    shipped: str = ""
    """What the client bundle or page contains: a sentence without its full stop, starting with a lower-case word."""
    severity: Severity | None = None
    """Overrides the severity of the rule."""
    certain: bool = True
    """False when the import path includes a guess."""
