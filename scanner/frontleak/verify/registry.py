"""All verifiers; a new vendor is one module and one line here."""

from typing import Final

from frontleak.verify.interface import Verifier
from frontleak.verify.vendors.sanity import SANITY

VERIFIERS: Final[tuple[Verifier, ...]] = (SANITY,)


def verifier_named(name: str) -> Verifier | None:
    """Return the verifier with this name; None if there is none."""
    return next((verifier for verifier in VERIFIERS if verifier.name == name), None)
