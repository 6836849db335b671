"""The recipe for GitLab tokens: one GET request that reads the token's own description.

Sources: docs.gitlab.com/api/personal_access_tokens (`GET /personal_access_tokens/self`),
docs.gitlab.com/user/profile/personal_access_tokens (scopes), and lib/api/api_guard.rb of gitlab-org/gitlab (errors).
Only gitlab.com is asked, so a refusal without a reason proves nothing: the token may belong to another instance.
"""

import re
from collections.abc import Iterable
from typing import Final

from frontleak.core.verdict import Scope, Status, Verdict
from frontleak.verify.evidence import described, evidence, inner, names_in, received, unsettled
from frontleak.verify.interface import BEARER, Hints, Recipe, Recordable, Request, Verifier, only

_HOST: Final = "gitlab.com"
SELF: Final = Request(_HOST, "/api/v4/personal_access_tokens/self")
"""Asks what the token is."""
_ADMIN: Final = frozenset({"sudo", "admin_mode"})
_WRITES: Final = frozenset(
    {
        "api",
        "write_repository",
        "write_registry",
        "write_virtual_registry",
        "create_runner",
        "manage_runner",
        "k8s_proxy",
    }
)
_ELSEWHERE: Final = "gitlab.com does not know the token; it may belong to another GitLab instance"


def recipe(_hints: Hints) -> Recipe:
    """Verify one token."""
    answer = yield SELF
    error, text = inner(answer.body, "error"), inner(answer.body, "error_description")
    shown = (evidence(SELF, answer, error, text or inner(answer.body, "message")),)
    if answer.status == 200 and isinstance(inner(answer.body, "active"), bool):
        scopes = names_in(inner(answer.body, "scopes"))
        if not inner(answer.body, "active"):
            return Verdict(status=Status.INACTIVE, reason="GitLab says that the token is not active", evidence=shown)
        return Verdict(
            status=Status.ACTIVE,
            reason="GitLab returned the token's description",
            scope=scope_of(scopes),
            roles=scopes,
            label=received(inner(answer.body, "name")),
            expires=received(inner(answer.body, "expires_at")),
            evidence=shown,
        )
    if error == "invalid_token" and isinstance(text, str) and re.match(r"Token (?:was revoked|is expired)", text):
        reason = "the token has expired" if "expired" in text else "the token was revoked"
        return Verdict(status=Status.INACTIVE, reason=f"GitLab says that {reason}", evidence=shown)
    if answer.status == 403 and error == "insufficient_scope":
        reason = "GitLab reports a missing scope, so the token is live"
        return Verdict(status=Status.ACTIVE, reason=reason, evidence=shown)
    return unsettled("GitLab", answer, shown, _ELSEWHERE if answer.status == 401 else "")


def scope_of(names: Iterable[str]) -> Scope:
    """Return what the scopes of a token grant; unknown if one of them is not documented."""
    granted = set(names)
    if granted & _ADMIN:
        return Scope.ADMIN
    if granted & _WRITES:
        return Scope.CAN_WRITE
    return Scope.READ_ONLY if granted and all(name.startswith("read_") for name in granted) else Scope.UNKNOWN


GITLAB: Final = Verifier(
    name="gitlab",
    title="GitLab",
    hosts=re.compile(re.escape(_HOST)),
    header=BEARER,
    recipe=recipe,
    plan=only(SELF),
    summary=lambda verdict: described("token at gitlab.com", verdict),
    recordable=Recordable(
        texts=frozenset({"error", "error_description", "message"}),
        keys=frozenset({"id", "name", "active", "revoked", "scopes", "expires_at", "created_at", "user_id"}),
        values={"scopes": re.compile(r"[a-z0-9_]{2,40}")},
    ),
)
