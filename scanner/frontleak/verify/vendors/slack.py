"""The recipe for Slack tokens: one GET request that names the token's workspace and user.

Source: docs.slack.dev/reference/methods/auth.test (its answers and errors), docs.slack.dev/authentication/tokens and
docs.slack.dev/reference/scopes. `invalid_auth` proves nothing: Slack also gives it to a live token at an IP address
that the workspace does not allow.
"""

import re
from collections.abc import Iterable
from typing import Final

from frontleak.core.verdict import Holder, Scope, Status, Verdict
from frontleak.verify.evidence import described, evidence, inner, names_in, received, unsettled
from frontleak.verify.interface import BEARER, Hints, Recipe, Recordable, Request, Verifier, only

_HOST: Final = "slack.com"
TEST: Final = Request(_HOST, "/api/auth.test")
"""Asks whose token it is."""
_SCOPES: Final = "x-oauth-scopes"
_INACTIVE: Final = {
    "account_inactive": "the token is that of a deleted user or workspace, or its app was removed",
    "token_revoked": "the token was revoked",
    "token_expired": "the token has expired",
}
_READS: Final = re.compile(r"identify|[a-z_.]+:(?:read|history)(?:\.[a-z]+)?|identity\.[a-z]+")
_WRITES: Final = re.compile(r"[a-z_.]+:write(?:[.:][a-z]+)?|chat:write\S*|incoming-webhook|client|post|commands|bot")


def recipe(_hints: Hints) -> Recipe:
    """Verify one token."""
    answer = yield TEST
    error = inner(answer.body, "error")
    shown = (evidence(TEST, answer, error),)
    if inner(answer.body, "ok") is True and isinstance(inner(answer.body, "team_id"), str):
        listed = dict(answer.headers).get(_SCOPES, "")
        scopes = [name.strip() for name in listed.split(",") if name.strip()]
        team = received(inner(answer.body, "team"))
        return Verdict(
            status=Status.ACTIVE,
            reason="Slack returned the token's workspace and user",
            kind=Holder.ROBOT if inner(answer.body, "bot_id") else Holder.PERSONAL,
            scope=scope_of(scopes),
            roles=names_in(scopes),
            facts=(("workspace", team),) if team else (),
            label=received(inner(answer.body, "user")),
            evidence=shown,
        )
    if isinstance(error, str) and error in _INACTIVE:
        return Verdict(status=Status.INACTIVE, reason=f"Slack says that {_INACTIVE[error]}", evidence=shown)
    why = "Slack refuses the token here: it is not valid, or its workspace does not allow this IP address"
    return unsettled("Slack", answer, shown, why if error == "invalid_auth" else "")


def scope_of(names: Iterable[str]) -> Scope:
    """Return what the scopes of a token grant; unknown if none is named, or one is not known."""
    granted = set(names)
    if any(name == "admin" or name.startswith("admin.") for name in granted):
        return Scope.ADMIN
    if any(_WRITES.fullmatch(name) for name in granted):
        return Scope.CAN_WRITE
    return Scope.READ_ONLY if granted and all(map(_READS.fullmatch, granted)) else Scope.UNKNOWN


def summary(verdict: Verdict) -> str:
    """Describe a live token, such as `bot token of workspace Acme, can-write (chat:write)`."""
    return described("bot token" if verdict.kind is Holder.ROBOT else "user token", verdict, "workspace")


SLACK: Final = Verifier(
    name="slack",
    title="Slack",
    hosts=re.compile(re.escape(_HOST)),
    header=BEARER,
    recipe=recipe,
    plan=only(TEST),
    summary=summary,
    kept_headers=frozenset({_SCOPES}),
    recordable=Recordable(
        texts=frozenset({"error", "warning"}),
        keys=frozenset({"ok", "url", "team", "user", "team_id", "user_id", "bot_id", "is_enterprise_install"}),
    ),
)
