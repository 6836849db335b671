"""The recipe for Stripe keys: one GET request that reads the account.

Sources: docs.stripe.com/api/accounts/retrieve (without an id: the key's own account), docs.stripe.com/error-codes
(`api_key_expired`), docs.stripe.com/api/errors (401: no valid key; 403: the key lacks permission),
docs.stripe.com/keys (secret and restricted keys). A restricted key is live without permission for this request.
"""

import re
from typing import Final

from frontleak.core.verdict import Status, Verdict
from frontleak.verify.evidence import described, evidence, inner, received, unsettled
from frontleak.verify.interface import BEARER, Hints, Recipe, Recordable, Request, Verifier, only

_HOST: Final = "api.stripe.com"
ACCOUNT: Final = Request(_HOST, "/v1/account")
"""Asks whose key it is."""
_EXPIRED: Final = frozenset({"api_key_expired", "platform_api_key_expired"})


def recipe(_hints: Hints) -> Recipe:
    """Verify one key."""
    answer = yield ACCOUNT
    code, text = inner(answer.body, "error", "code"), inner(answer.body, "error", "message")
    shown = (evidence(ACCOUNT, answer, code, inner(answer.body, "error", "type")),)
    if answer.status == 200 and inner(answer.body, "object") == "account":
        account = received(inner(answer.body, "id"))
        return Verdict(
            status=Status.ACTIVE,
            reason="Stripe returned the key's account",
            facts=(("account", account),) if account else (),
            label=received(inner(answer.body, "settings", "dashboard", "display_name")),
            evidence=shown,
        )
    if answer.status == 401 and code in _EXPIRED:
        return Verdict(status=Status.INACTIVE, reason="Stripe says that the key has expired", evidence=shown)
    if answer.status == 401 and isinstance(text, str) and text.startswith("Invalid API Key provided"):
        return Verdict(status=Status.INACTIVE, reason="Stripe has no such key: deleted or made up", evidence=shown)
    if answer.status == 403 and inner(answer.body, "error", "type"):
        reason = "Stripe reports a missing permission, so the restricted key is live"
        return Verdict(status=Status.ACTIVE, reason=reason, evidence=shown)
    return unsettled("Stripe", answer, shown)


STRIPE: Final = Verifier(
    name="stripe",
    title="Stripe",
    hosts=re.compile(re.escape(_HOST)),
    header=BEARER,
    recipe=recipe,
    plan=only(ACCOUNT),
    summary=lambda verdict: described("Stripe key", verdict, "account"),
    recordable=Recordable(
        texts=frozenset({"object", "error.type", "error.code"}), keys=frozenset({"error", "id", "settings", "message"})
    ),
)
