"""All verifiers; a new vendor is one module and one line here.

Always look at `VERIFIERS` through this module, so that a test can add one.
"""

from typing import Final

from frontleak.verify.interface import Verifier
from frontleak.verify.vendors.anthropic import ANTHROPIC
from frontleak.verify.vendors.github import GITHUB
from frontleak.verify.vendors.gitlab import GITLAB
from frontleak.verify.vendors.google import GOOGLE
from frontleak.verify.vendors.openai import OPENAI
from frontleak.verify.vendors.sanity import SANITY
from frontleak.verify.vendors.sendgrid import SENDGRID
from frontleak.verify.vendors.shopify import SHOPIFY
from frontleak.verify.vendors.slack import SLACK
from frontleak.verify.vendors.stripe import STRIPE
from frontleak.verify.vendors.supabase import SUPABASE, SUPABASE_ACCOUNT

VERIFIERS: Final[tuple[Verifier, ...]] = (
    SANITY,
    ANTHROPIC,
    GITHUB,
    GITLAB,
    GOOGLE,
    OPENAI,
    SENDGRID,
    SHOPIFY,
    SLACK,
    STRIPE,
    SUPABASE,
    SUPABASE_ACCOUNT,
)
"""In the order in which messages and the help list them."""


def verifier_named(name: str) -> Verifier | None:
    """Return the verifier with this name; None if there is none."""
    return next((verifier for verifier in VERIFIERS if verifier.name == name), None)


def hint_names() -> tuple[str, ...]:
    """Return the names of all hints that verifiers declare, each once."""
    return tuple(dict.fromkeys(hint.name for verifier in VERIFIERS for hint in verifier.hints))
