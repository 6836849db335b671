"""The recipe for Anthropic keys: one or two GET requests that list a model and name the organization.

Sources: docs.anthropic.com/en/api/models-list, /en/api/errors (401 `authentication_error`, 403 `permission_error`),
/en/api/admin-api/organization/get-me, /en/api/versioning (the version header). Only an Admin key may name its
organization; neither request costs anything.
"""

import re
from collections.abc import Sequence
from typing import Final

from frontleak.core.verdict import Scope, Status, Verdict
from frontleak.verify.evidence import described, evidence, inner, received, unsettled
from frontleak.verify.interface import Hints, Recipe, RecipeStep, Recordable, Request, SecretHeader, Verifier

_HOST: Final = "api.anthropic.com"
MODELS: Final = Request(_HOST, "/v1/models?limit=1")
"""Lists a model."""
ORGANIZATION: Final = Request(_HOST, "/v1/organizations/me")
"""Names the organization of an Admin key."""
_NO_SUCH_KEY: Final = (401, "authentication_error")


def recipe(_hints: Hints) -> Recipe:
    """Verify one key."""
    answer = yield MODELS
    error = inner(answer.body, "error", "type")
    shown: tuple[str, ...] = (evidence(MODELS, answer, error),)
    if answer.status == 200 and isinstance(inner(answer.body, "data"), list):
        return Verdict(status=Status.ACTIVE, reason="Anthropic listed a model the key may use", evidence=shown)
    if answer.status == 403 and error == "permission_error":
        reason = "Anthropic reports a missing permission, so the key is live"
        return Verdict(status=Status.ACTIVE, reason=reason, evidence=shown)
    if (answer.status, error) != _NO_SUCH_KEY:
        return unsettled("Anthropic", answer, shown)
    second = yield ORGANIZATION
    error = inner(second.body, "error", "type")
    shown = (*shown, evidence(ORGANIZATION, second, error))
    if second.status == 200 and inner(second.body, "type") == "organization":
        return Verdict(
            status=Status.ACTIVE,
            reason="Anthropic returned the key's organization, which it does for Admin keys only",
            scope=Scope.ADMIN,
            label=received(inner(second.body, "name")),
            evidence=shown,
        )
    if (second.status, error) == _NO_SUCH_KEY:
        return Verdict(status=Status.INACTIVE, reason="Anthropic has no such key: deleted or made up", evidence=shown)
    return unsettled("Anthropic", second, shown)


def plan(_hints: Hints) -> Sequence[RecipeStep]:
    """List the requests."""
    return (
        RecipeStep(request=MODELS, when="always"),
        RecipeStep(request=ORGANIZATION, when="then, if the key is refused: it may be an Admin key"),
    )


ANTHROPIC: Final = Verifier(
    name="anthropic",
    title="Anthropic",
    hosts=re.compile(re.escape(_HOST)),
    header=SecretHeader(name="x-api-key"),
    headers=(("anthropic-version", "2023-06-01"),),
    recipe=recipe,
    plan=plan,
    summary=lambda verdict: described("Anthropic key", verdict),
    recordable=Recordable(
        texts=frozenset({"type", "error.type"}), keys=frozenset({"error", "message", "data", "id", "name", "has_more"})
    ),
)
