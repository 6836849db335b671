"""All verifiers; a new vendor is one module and one line here.

Always look at `VERIFIERS` through this module, so that a test can add one.
"""

from typing import Final

from frontleak.verify.interface import Verifier
from frontleak.verify.vendors.sanity import SANITY

VERIFIERS: Final[tuple[Verifier, ...]] = (SANITY,)
"""In the order in which messages and the help list them."""


def verifier_named(name: str) -> Verifier | None:
    """Return the verifier with this name; None if there is none."""
    return next((verifier for verifier in VERIFIERS if verifier.name == name), None)


def hint_names() -> tuple[str, ...]:
    """Return the names of all hints that verifiers declare, each once."""
    return tuple(dict.fromkeys(hint.name for verifier in VERIFIERS for hint in verifier.hints))
