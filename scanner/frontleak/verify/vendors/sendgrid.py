"""The recipe for SendGrid keys: one or two GET requests that list what the key may do.

Sources, below www.twilio.com/docs/sendgrid: api-reference/api-key-permissions (`GET /v3/scopes`),
api-reference/how-to-use-the-sendgrid-v3-api/responses (401 and 403), ui/account-and-settings/data-residency (the second
host, for accounts in the European Union). The words of a refusal are in github.com/sendgrid/sendgrid-php/issues/793.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from frontleak.core.verdict import Scope, Status, Verdict
from frontleak.verify.evidence import described, evidence, inner, is_busy, names_in, unsettled
from frontleak.verify.interface import BEARER, Answer, Hints, Recipe, RecipeStep, Recordable, Request, Verifier

SCOPES: Final = (Request("api.sendgrid.com", "/v3/scopes"), Request("api.eu.sendgrid.com", "/v3/scopes"))
"""Ask for the scopes of the key, worldwide and in the European Union."""
_ADMIN: Final = re.compile(
    r"(?:api_keys|teammates|subusers|sso\.settings|access_settings\.\S+)\.(?:create|update|delete)"
)
_WRITES: Final = re.compile(r"mail\.send|mail\.batch\.\S+|\S+\.(?:create|update|delete)")
_READS: Final = re.compile(r"\S+\.read|2fa_(?:required|exempt)|sender_verification_(?:eligible|exempt|legacy)")


def recipe(_hints: Hints) -> Recipe:
    """Verify one key."""
    shown: tuple[str, ...] = ()
    refused = 0
    answer = Answer()
    for request in SCOPES:
        answer = yield request
        shown = (*shown, evidence(request, answer, _message(answer)))
        scopes = inner(answer.body, "scopes")
        if answer.status == 200 and isinstance(scopes, list):
            known = [name for name in scopes if isinstance(name, str)]
            return Verdict(
                status=Status.ACTIVE,
                reason="SendGrid listed what the key may do",
                scope=scope_of(known),
                roles=names_in(known),
                evidence=shown,
            )
        if answer.status == 403 and _message(answer) == "access forbidden":
            reason = "SendGrid reports a missing permission, so the key is live"
            return Verdict(status=Status.ACTIVE, reason=reason, evidence=shown)
        refused += answer.status == 401 and _message(answer).startswith("The provided authorization grant is invalid")
        if is_busy(answer):
            break
    if refused == len(SCOPES):
        return Verdict(status=Status.INACTIVE, reason="SendGrid has no such key: deleted or made up", evidence=shown)
    return unsettled("SendGrid", answer, shown)


def _message(answer: Answer) -> str:
    errors = inner(answer.body, "errors")
    text = inner(errors[0], "message") if isinstance(errors, list) and errors else ""
    return text if isinstance(text, str) else ""


def scope_of(names: Iterable[str]) -> Scope:
    """Return what the scopes of a key grant; unknown if one is not known and none may change anything."""
    granted = set(names)
    if any(map(_ADMIN.fullmatch, granted)):
        return Scope.ADMIN
    if any(map(_WRITES.fullmatch, granted)):
        return Scope.CAN_WRITE
    return Scope.READ_ONLY if granted and all(map(_READS.fullmatch, granted)) else Scope.UNKNOWN


def plan(_hints: Hints) -> Sequence[RecipeStep]:
    """List the requests."""
    return (
        RecipeStep(request=SCOPES[0], when="always"),
        RecipeStep(request=SCOPES[1], when="then, if the key is refused: it may be one of the European Union"),
    )


SENDGRID: Final = Verifier(
    name="sendgrid",
    title="SendGrid",
    hosts=re.compile(r"api\.(?:eu\.)?sendgrid\.com"),
    header=BEARER,
    recipe=recipe,
    plan=plan,
    summary=lambda verdict: described("SendGrid key", verdict),
    recordable=Recordable(
        texts=frozenset({"errors.message"}),
        keys=frozenset({"errors", "field", "help", "scopes"}),
        values={"scopes": re.compile(r"[a-z0-9_.]{2,60}")},
    ),
)
