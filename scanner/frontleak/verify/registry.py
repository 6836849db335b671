"""The verifiers there are; another vendor is one module and one line here."""

from typing import Final

from frontleak.verify.interface import Verifier
from frontleak.verify.vendors.sanity import SANITY

VERIFIERS: Final[tuple[Verifier, ...]] = (SANITY,)


def verifier_named(name: str) -> Verifier | None:
    """Return the verifier that rules call by this name, or None."""
    return next((verifier for verifier in VERIFIERS if verifier.name == name), None)
