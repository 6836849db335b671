"""What a row of the fault table is: what is injected, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the installed command did under one fault."""

    code: int
    """Its exit code."""
    said: str
    """Standard error, and the reasons of everything that the report lists as skipped."""
    lost: tuple[str, ...] = ()
    """What is neither in the report nor listed as skipped, and files that changed although they must not."""
    cpu: float = 0.0
    """Seconds of CPU, of all its processes."""
    memory: int = 0
    """Peak bytes of its largest process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a run may use."""

    cpu: float
    """Seconds of CPU."""
    memory: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One row: a fault, and its expected outcome."""

    name: str
    """Name on the command line."""
    injected: str
    """What is injected, for the documentation."""
    run: Callable[[Path], Outcome]
    """Inject it once, in an empty folder."""
    code: int
    """The expected exit code."""
    says: str = ""
    """What the run must say about it; empty if there is nothing to say."""
    times: int = 3
    """How often it is injected when the table is recorded."""
    limits: Limits | None = None
    """What the run may use; None if the fault is not about that."""
    pending: str = ""
    """The defect that makes it fail today; empty for none."""


def problems(fault: Fault, outcome: Outcome, slack: float = 1.0) -> list[str]:
    """Return how an outcome differs from what its fault expects.

    Args:
        fault: that was injected.
        outcome: what came of it.
        slack: factor on the CPU, for a machine that is busy with other things.
    """
    wrong = []
    if outcome.code != fault.code:
        wrong.append(f"exit code {outcome.code} instead of {fault.code}: {outcome.said[-600:]}")
    if outcome.lost:
        wrong.append(f"lost: {', '.join(outcome.lost)}")
    if fault.says not in outcome.said:
        wrong.append(f"does not say {fault.says!r}: {outcome.said[-600:]}")
    wrong += (f"prints {word!r}" for word in ("Traceback", "internal error") if word in outcome.said)
    if fault.limits:
        if outcome.cpu > fault.limits.cpu * slack:
            wrong.append(f"{outcome.cpu:.1f} s of CPU")
        if outcome.memory > fault.limits.memory:
            wrong.append(f"{outcome.memory / 1e6:.0f} MB")
    return wrong
