"""The recipe for OpenAI keys: one GET request that lists the models, which costs nothing.

Sources: platform.openai.com/docs/api-reference/models/list and platform.openai.com/docs/guides/error-codes (401
`invalid_api_key`; 401 and 403 for other reasons, such as the organization, the address or a missing scope; 429
`insufficient_quota`). An administrator's key does not reach the models and stays unknown.
"""

import re
from typing import Final

from frontleak.core.verdict import Status, Verdict
from frontleak.verify.evidence import described, evidence, inner, unsettled
from frontleak.verify.interface import BEARER, Hints, Recipe, Recordable, Request, Verifier, only

_HOST: Final = "api.openai.com"
MODELS: Final = Request(_HOST, "/v1/models")
"""Lists the models that the key may use."""


def recipe(_hints: Hints) -> Recipe:
    """Verify one key."""
    answer = yield MODELS
    code, text = inner(answer.body, "error", "code"), inner(answer.body, "error", "message")
    shown = (evidence(MODELS, answer, code, inner(answer.body, "error", "type")),)
    if answer.status == 200 and isinstance(inner(answer.body, "data"), list):
        return Verdict(status=Status.ACTIVE, reason="OpenAI listed the models the key may use", evidence=shown)
    if answer.status == 401 and code == "invalid_api_key":
        return Verdict(status=Status.INACTIVE, reason="OpenAI has no such key: revoked or made up", evidence=shown)
    if isinstance(text, str) and "insufficient permissions" in text and answer.status in {401, 403}:
        reason = "OpenAI reports a missing permission, so the restricted key is live"
        return Verdict(status=Status.ACTIVE, reason=reason, evidence=shown)
    if code == "insufficient_quota":
        return Verdict(status=Status.ACTIVE, reason="OpenAI says that the key has no credit left", evidence=shown)
    return unsettled("OpenAI", answer, shown)


OPENAI: Final = Verifier(
    name="openai",
    title="OpenAI",
    hosts=re.compile(re.escape(_HOST)),
    header=BEARER,
    recipe=recipe,
    plan=only(MODELS),
    summary=lambda verdict: described("OpenAI key", verdict),
    recordable=Recordable(
        texts=frozenset({"error.type", "error.code"}), keys=frozenset({"error", "message", "param", "data", "id"})
    ),
)
