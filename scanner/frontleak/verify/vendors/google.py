"""The recipe for Google API keys: one GET request that lists a model of Gemini, which costs nothing.

Sources: ai.google.dev/api/models (`models.list`), ai.google.dev/gemini-api/docs/api-key (the header), and the reasons
in google/api/error_reason.proto of googleapis/googleapis. Google checks a key before what it may call, so a key that is
blocked for Gemini, or limited to addresses, pages or apps, is live.
"""

import re
from typing import Any, Final

from frontleak.core.verdict import Status, Verdict
from frontleak.verify.evidence import described, evidence, inner, unsettled
from frontleak.verify.interface import Hints, Recipe, Recordable, Request, SecretHeader, Verifier, only

_HOST: Final = "generativelanguage.googleapis.com"
MODELS: Final = Request(_HOST, "/v1beta/models?pageSize=1")
"""Lists a model."""
_LIVE: Final = {
    "SERVICE_DISABLED": "Gemini is not enabled in the key's project",
    "API_KEY_SERVICE_BLOCKED": "the key may not call Gemini",
    "API_KEY_HTTP_REFERRER_BLOCKED": "the key is limited to certain pages",
    "API_KEY_IP_ADDRESS_BLOCKED": "the key is limited to certain IP addresses",
    "API_KEY_ANDROID_APP_BLOCKED": "the key is limited to certain Android apps",
    "API_KEY_IOS_APP_BLOCKED": "the key is limited to certain iOS apps",
    "BILLING_DISABLED": "the key's project has no billing",
    "RATE_LIMIT_EXCEEDED": "the key has used up its quota",
}


def recipe(_hints: Hints) -> Recipe:
    """Verify one key."""
    answer = yield MODELS
    reason = _reason(answer.body)
    shown = (evidence(MODELS, answer, inner(answer.body, "error", "status"), reason),)
    if answer.status == 200 and isinstance(inner(answer.body, "models"), list):
        facts = (("api", "Gemini"),)
        return Verdict(status=Status.ACTIVE, reason="Google listed a model of Gemini", facts=facts, evidence=shown)
    if answer.status == 400 and reason == "API_KEY_INVALID":
        return Verdict(status=Status.INACTIVE, reason="Google has no such key: deleted or made up", evidence=shown)
    if reason in _LIVE:
        return Verdict(status=Status.ACTIVE, reason=f"the key is live: {_LIVE[reason]}", evidence=shown)
    return unsettled("Google", answer, shown)


def _reason(body: Any) -> str:
    """Return the reason in the details of an error (google.rpc.ErrorInfo); empty if there is none."""
    details = inner(body, "error", "details")
    found = [inner(detail, "reason") for detail in details] if isinstance(details, list) else []
    return next((reason for reason in found if isinstance(reason, str)), "")


def summary(verdict: Verdict) -> str:
    """Describe a live key."""
    return described(
        "key that may call Gemini at your cost" if verdict.fact("api") else "key that may not call Gemini from here",
        verdict,
    )


GOOGLE: Final = Verifier(
    name="google",
    title="Google",
    hosts=re.compile(re.escape(_HOST)),
    header=SecretHeader(name="x-goog-api-key"),
    recipe=recipe,
    plan=only(MODELS),
    summary=summary,
    recordable=Recordable(
        texts=frozenset({"error.status", "details.reason", "details.domain"}),
        keys=frozenset({"error", "code", "message", "details", "models", "nextPageToken", "name"}),
    ),
)
