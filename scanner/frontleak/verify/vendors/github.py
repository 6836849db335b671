"""The recipe for GitHub tokens: one or two GET requests that read the token's account.

Sources: docs.github.com/en/rest/users/users (`GET /user`), /en/rest/apps/installations (repositories of an
installation), /en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps (scopes, and the header that names them),
/en/rest/authentication/authenticating-to-the-rest-api ("Bad credentials"). Tokens of GitHub Enterprise Server are
unknown here: their host is not GitHub's.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from frontleak.core.verdict import Holder, Scope, Status, Verdict
from frontleak.verify.evidence import described, evidence, inner, names_in, received, unsettled
from frontleak.verify.interface import BEARER, Answer, Hints, Recipe, RecipeStep, Recordable, Request, Verifier

_HOST: Final = "api.github.com"
USER: Final = Request(_HOST, "/user")
"""Asks whose token it is."""
INSTALLATION: Final = Request(_HOST, "/installation/repositories?per_page=1")
"""Asks whether it is the token of an app's installation, which has no user."""
_NOT_A_USER: Final = "Resource not accessible by integration"
_SCOPES: Final = "x-oauth-scopes"
_EXPIRY: Final = "github-authentication-token-expiration"
_ADMIN: Final = frozenset({"admin:org", "admin:enterprise", "admin:org_hook", "delete_repo", "site_admin"})
_READS: Final = frozenset({"user:email"})


def recipe(_hints: Hints) -> Recipe:
    """Verify one token."""
    answer = yield USER
    message = inner(answer.body, "message")
    shown: tuple[str, ...] = (evidence(USER, answer, message),)
    if answer.status == 200 and isinstance(inner(answer.body, "login"), str):
        return _of_user(answer, shown)
    if answer.status == 401 and message == "Bad credentials":
        return Verdict(status=Status.INACTIVE, reason="GitHub has no such token: revoked or made up", evidence=shown)
    if answer.status == 403 and message == _NOT_A_USER:
        second = yield INSTALLATION
        shown = (*shown, evidence(INSTALLATION, second, inner(second.body, "message")))
        return Verdict(
            status=Status.ACTIVE,
            reason=f'GitHub answered "{_NOT_A_USER}", which only the live token of an app gets',
            kind=Holder.ROBOT,
            facts=_repositories(second),
            evidence=shown,
        )
    return unsettled("GitHub", answer, shown)


def _of_user(answer: Answer, shown: tuple[str, ...]) -> Verdict:
    headers = dict(answer.headers)
    listed = headers.get(_SCOPES)
    scopes = [name.strip() for name in listed.split(",") if name.strip()] if listed is not None else []
    how = "GitHub returned the token's account"
    if listed is None:
        how += "; it does not say what a fine-grained or app token may do"
    return Verdict(
        status=Status.ACTIVE,
        reason=how,
        kind=Holder.PERSONAL if inner(answer.body, "type") == "User" else Holder.UNKNOWN,
        scope=scope_of(scopes) if listed is not None else Scope.UNKNOWN,
        roles=names_in(scopes),
        label=received(inner(answer.body, "login")),
        expires=received(headers.get(_EXPIRY, "")),
        evidence=shown,
    )


def scope_of(names: Iterable[str]) -> Scope:
    """Return what the scopes of a token grant; none at all grants reading of public data."""
    granted = set(names)
    if granted & _ADMIN:
        return Scope.ADMIN
    return Scope.READ_ONLY if all(n.startswith("read:") or n in _READS for n in granted) else Scope.CAN_WRITE


def _repositories(answer: Answer) -> tuple[tuple[str, str], ...]:
    count = inner(answer.body, "total_count") if answer.status == 200 else None
    return (("repositories", str(count)),) if isinstance(count, int) else ()


def plan(_hints: Hints) -> Sequence[RecipeStep]:
    """List the requests."""
    return (
        RecipeStep(request=USER, when="always"),
        RecipeStep(request=INSTALLATION, when="then, if the token is that of an app's installation"),
    )


GITHUB: Final = Verifier(
    name="github",
    title="GitHub",
    hosts=re.compile(re.escape(_HOST)),
    header=BEARER,
    headers=(("X-GitHub-Api-Version", "2022-11-28"),),
    recipe=recipe,
    plan=plan,
    summary=lambda verdict: described("token of an app" if verdict.kind is Holder.ROBOT else "token", verdict),
    kept_headers=frozenset({_SCOPES, _EXPIRY}),
    recordable=Recordable(texts=frozenset({"message", "status"}), keys=frozenset({"login", "type", "total_count"})),
)
