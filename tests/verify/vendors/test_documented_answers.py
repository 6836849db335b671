"""What each verifier makes of the answers that its vendor documents, from a local server with real TLS."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.secret import Secret
from frontleak.core.verdict import Holder, Scope, Status
from frontleak.rules.samples import draw
from frontleak.verify import registry
from frontleak.verify.client import HttpClient, HttpLimits
from frontleak.verify.interface import Answer, Request, Verifier
from frontleak.verify.recipe_runner import Checked, run_recipe
from tests.fakes.tls_server import Handler, Reply, TlsServer, answers, redirects

SECRET = draw("[A-Za-z0-9]{40}", "tests/verify/documented-answers")
REF, OTHER_REF = "abcdefghijklmnopqrst", "tsrqponmlkjihgfedcba"
DOMAINS = (
    *("api.github.com", "gitlab.com", "api.stripe.com", "api.openai.com", "api.anthropic.com", "slack.com"),
    *("sendgrid.com", "eu.sendgrid.com", "generativelanguage.googleapis.com", "supabase.co", "api.supabase.com"),
    "myshopify.com",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Answers of a vendor, and what its verifier makes of them."""

    vendor: str
    says: Mapping[str, tuple[int, Any, Mapping[str, str]]]
    """Host and path of each request that must be made -> status, body and headers of the answer."""
    status: Status
    scope: Scope = Scope.UNKNOWN
    kind: Holder = Holder.UNKNOWN
    label: str = ""
    summary: str = ""
    reason: str = ""
    """A part of it."""
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def says(status: int, body: Any, **headers: str) -> tuple[int, Any, Mapping[str, str]]:
    """Return an answer; `_` in the name of a header is `-`."""
    return status, body, headers


GITHUB = "api.github.com/user"
GITHUB_APP = "api.github.com/installation/repositories?per_page=1"
GITLAB = "gitlab.com/api/v4/personal_access_tokens/self"
STRIPE = "api.stripe.com/v1/account"
OPENAI = "api.openai.com/v1/models"
CLAUDE = "api.anthropic.com/v1/models?limit=1"
CLAUDE_ORGANIZATION = "api.anthropic.com/v1/organizations/me"
SLACK = "slack.com/api/auth.test"
SENDGRID, SENDGRID_EU = "api.sendgrid.com/v3/scopes", "api.eu.sendgrid.com/v3/scopes"
GOOGLE = "generativelanguage.googleapis.com/v1beta/models?pageSize=1"
SUPABASE, SUPABASE_OTHER = f"{REF}.supabase.co/auth/v1/settings", f"{OTHER_REF}.supabase.co/auth/v1/settings"
SUPABASE_ACCOUNT = "api.supabase.com/v1/projects"
SHOPIFY = "my-shop.myshopify.com/admin/oauth/access_scopes.json"
NO_KEY = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
NO_GRANT = {"errors": [{"field": None, "message": "The provided authorization grant is invalid, expired, or revoked"}]}
NO_SUPABASE_KEY = {"message": "Invalid API key", "hint": "Double check your Supabase `anon` or `service_role` API key."}


def google_error(status: int, code: str, reason: str) -> tuple[int, Any, Mapping[str, str]]:
    """Return an error of a Google API."""
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
    return says(status, {"error": {"code": status, "message": "x", "status": code, "details": [detail]}})


CASES: Mapping[str, Case] = {
    "github: a classic token": Case(
        vendor="github",
        says={
            GITHUB: says(
                200,
                {"login": "octocat", "type": "User"},
                X_OAuth_Scopes="repo, read:org",
                GitHub_Authentication_Token_Expiration="2027-01-31 10:00:00 UTC",
            )
        },
        status=Status.ACTIVE,
        scope=Scope.CAN_WRITE,
        kind=Holder.PERSONAL,
        label="octocat",
        summary="token, can-write (repo, read:org)",
    ),
    "github: an owner's token": Case(
        vendor="github",
        says={GITHUB: says(200, {"login": "octocat", "type": "User"}, X_OAuth_Scopes="admin:org")},
        status=Status.ACTIVE,
        scope=Scope.ADMIN,
        kind=Holder.PERSONAL,
        label="octocat",
    ),
    "github: a classic token without scopes": Case(
        vendor="github",
        says={GITHUB: says(200, {"login": "octocat", "type": "User"}, X_OAuth_Scopes="")},
        status=Status.ACTIVE,
        scope=Scope.READ_ONLY,
        kind=Holder.PERSONAL,
        label="octocat",
    ),
    "github: a fine-grained token": Case(
        vendor="github",
        says={GITHUB: says(200, {"login": "octocat", "type": "User"})},
        status=Status.ACTIVE,
        kind=Holder.PERSONAL,
        label="octocat",
        reason="does not say what a fine-grained or app token may do",
    ),
    "github: an installation of an app": Case(
        vendor="github",
        says={
            GITHUB: says(403, {"message": "Resource not accessible by integration"}),
            GITHUB_APP: says(200, {"total_count": 3, "repositories": []}),
        },
        status=Status.ACTIVE,
        kind=Holder.ROBOT,
        summary="token of an app",
    ),
    "github: a revoked token": Case(
        vendor="github", says={GITHUB: says(401, {"message": "Bad credentials"})}, status=Status.INACTIVE
    ),
    "github: an organization that demands single sign-on": Case(
        vendor="github",
        says={GITHUB: says(403, {"message": "Resource protected by organization SAML"})},
        status=Status.UNKNOWN,
    ),
    "gitlab: a token": Case(
        vendor="gitlab",
        says={
            GITLAB: says(
                200,
                {
                    "id": 4,
                    "name": "deploy",
                    "revoked": False,
                    "scopes": ["read_api", "write_repository"],
                    "active": True,
                    "expires_at": "2027-01-31",
                },
            )
        },
        status=Status.ACTIVE,
        scope=Scope.CAN_WRITE,
        label="deploy",
        summary="token at gitlab.com, can-write (read_api, write_repository)",
    ),
    "gitlab: a token that only reads": Case(
        vendor="gitlab",
        says={GITLAB: says(200, {"name": "r", "scopes": ["read_user", "read_api"], "active": True})},
        status=Status.ACTIVE,
        scope=Scope.READ_ONLY,
        label="r",
    ),
    "gitlab: a token that is not active": Case(
        vendor="gitlab",
        says={GITLAB: says(200, {"name": "r", "scopes": ["api"], "active": False})},
        status=Status.INACTIVE,
    ),
    "gitlab: a revoked token": Case(
        vendor="gitlab",
        says={
            GITLAB: says(
                401,
                {
                    "error": "invalid_token",
                    "error_description": "Token was revoked. You have to re-authorize from the user.",
                },
            )
        },
        status=Status.INACTIVE,
        reason="the token was revoked",
    ),
    "gitlab: a scope that does not reach it": Case(
        vendor="gitlab",
        says={GITLAB: says(403, {"error": "insufficient_scope", "error_description": "x", "scope": "api"})},
        status=Status.ACTIVE,
    ),
    "gitlab: a token of another instance": Case(
        vendor="gitlab",
        says={GITLAB: says(401, {"message": "401 Unauthorized"})},
        status=Status.UNKNOWN,
        reason="another GitLab instance",
    ),
    "stripe: a secret key": Case(
        vendor="stripe",
        says={
            STRIPE: says(
                200,
                {"object": "account", "id": "acct_1", "settings": {"dashboard": {"display_name": "Rocket Rides"}}},
            )
        },
        status=Status.ACTIVE,
        label="Rocket Rides",
        summary="Stripe key of account acct_1",
    ),
    "stripe: a restricted key": Case(
        vendor="stripe",
        says={STRIPE: says(403, {"error": {"type": "invalid_request_error", "message": "The provided key ..."}})},
        status=Status.ACTIVE,
        reason="restricted key is live",
    ),
    "stripe: an expired key": Case(
        vendor="stripe",
        says={STRIPE: says(401, {"error": {"code": "api_key_expired", "type": "invalid_request_error"}})},
        status=Status.INACTIVE,
    ),
    "stripe: a deleted key": Case(
        vendor="stripe",
        says={
            STRIPE: says(
                401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided: sk_test_***"}}
            )
        },
        status=Status.INACTIVE,
    ),
    "openai: a key": Case(
        vendor="openai", says={OPENAI: says(200, {"object": "list", "data": []})}, status=Status.ACTIVE
    ),
    "openai: a restricted key": Case(
        vendor="openai",
        says={
            OPENAI: says(
                403,
                {
                    "error": {
                        "message": "You have insufficient permissions for this operation. Missing scopes: "
                        "api.model.read.",
                        "type": "invalid_request_error",
                        "code": None,
                    }
                },
            )
        },
        status=Status.ACTIVE,
    ),
    "openai: a revoked key": Case(
        vendor="openai",
        says={OPENAI: says(401, {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}})},
        status=Status.INACTIVE,
    ),
    "openai: a key that is limited to addresses": Case(
        vendor="openai",
        says={OPENAI: says(401, {"error": {"message": "Your IP is not authorized", "code": "ip_not_authorized"}})},
        status=Status.UNKNOWN,
    ),
    "anthropic: a key": Case(
        vendor="anthropic", says={CLAUDE: says(200, {"data": [], "has_more": False})}, status=Status.ACTIVE
    ),
    "anthropic: a key without a permission": Case(
        vendor="anthropic",
        says={CLAUDE: says(403, {"type": "error", "error": {"type": "permission_error", "message": "x"}})},
        status=Status.ACTIVE,
    ),
    "anthropic: an administrator's key": Case(
        vendor="anthropic",
        says={
            CLAUDE: says(401, NO_KEY),
            CLAUDE_ORGANIZATION: says(200, {"id": "x", "type": "organization", "name": "Acme"}),
        },
        status=Status.ACTIVE,
        scope=Scope.ADMIN,
        label="Acme",
        summary="Anthropic key, admin",
    ),
    "anthropic: a deleted key": Case(
        vendor="anthropic",
        says={CLAUDE: says(401, NO_KEY), CLAUDE_ORGANIZATION: says(401, NO_KEY)},
        status=Status.INACTIVE,
    ),
    "anthropic: an overload": Case(
        vendor="anthropic",
        says={CLAUDE: says(529, {"type": "error", "error": {"type": "overloaded_error", "message": "x"}})},
        status=Status.UNKNOWN,
    ),
    "slack: a bot": Case(
        vendor="slack",
        says={
            SLACK: says(
                200,
                {"ok": True, "team": "Acme", "user": "bot", "team_id": "T1", "user_id": "W1", "bot_id": "B1"},
                X_OAuth_Scopes="chat:write,users:read",
            )
        },
        status=Status.ACTIVE,
        scope=Scope.CAN_WRITE,
        kind=Holder.ROBOT,
        label="bot",
        summary="bot token of workspace Acme, can-write (chat:write, users:read)",
    ),
    "slack: a user that may read": Case(
        vendor="slack",
        says={
            SLACK: says(
                200,
                {"ok": True, "team": "Acme", "user": "ann", "team_id": "T1", "user_id": "W1"},
                X_OAuth_Scopes="identify,channels:history,channels:read",
            )
        },
        status=Status.ACTIVE,
        scope=Scope.READ_ONLY,
        kind=Holder.PERSONAL,
        label="ann",
    ),
    "slack: a revoked token": Case(
        vendor="slack", says={SLACK: says(200, {"ok": False, "error": "token_revoked"})}, status=Status.INACTIVE
    ),
    "slack: a refusal": Case(
        vendor="slack",
        says={SLACK: says(200, {"ok": False, "error": "invalid_auth"})},
        status=Status.UNKNOWN,
        reason="does not allow this IP address",
    ),
    "sendgrid: a key that sends": Case(
        vendor="sendgrid",
        says={SENDGRID: says(200, {"scopes": ["mail.send", "2fa_required"]})},
        status=Status.ACTIVE,
        scope=Scope.CAN_WRITE,
        summary="SendGrid key, can-write (mail.send, 2fa_required)",
    ),
    "sendgrid: a key of the European Union with full access": Case(
        vendor="sendgrid",
        says={SENDGRID: says(401, NO_GRANT), SENDGRID_EU: says(200, {"scopes": ["api_keys.create", "mail.send"]})},
        status=Status.ACTIVE,
        scope=Scope.ADMIN,
    ),
    "sendgrid: a deleted key": Case(
        vendor="sendgrid",
        says={SENDGRID: says(401, NO_GRANT), SENDGRID_EU: says(401, NO_GRANT)},
        status=Status.INACTIVE,
    ),
    "sendgrid: a key refused in one region only": Case(
        vendor="sendgrid",
        says={SENDGRID: says(401, NO_GRANT), SENDGRID_EU: says(500, {})},
        status=Status.UNKNOWN,
    ),
    "google: a key that may call Gemini": Case(
        vendor="google",
        says={GOOGLE: says(200, {"models": [{"name": "models/x"}]})},
        status=Status.ACTIVE,
        summary="key that may call Gemini at your cost",
    ),
    "google: a key that is limited to pages": Case(
        vendor="google",
        says={GOOGLE: google_error(403, "PERMISSION_DENIED", "API_KEY_HTTP_REFERRER_BLOCKED")},
        status=Status.ACTIVE,
        reason="limited to certain pages",
    ),
    "google: a project without Gemini": Case(
        vendor="google",
        says={GOOGLE: google_error(403, "PERMISSION_DENIED", "SERVICE_DISABLED")},
        status=Status.ACTIVE,
        summary="key that may not call Gemini from here",
    ),
    "google: a deleted key": Case(
        vendor="google",
        says={GOOGLE: google_error(400, "INVALID_ARGUMENT", "API_KEY_INVALID")},
        status=Status.INACTIVE,
    ),
    "google: a suspended project": Case(
        vendor="google",
        says={GOOGLE: google_error(403, "PERMISSION_DENIED", "CONSUMER_SUSPENDED")},
        status=Status.UNKNOWN,
    ),
    "supabase: a key of the second project": Case(
        vendor="supabase",
        says={SUPABASE: says(401, NO_SUPABASE_KEY), SUPABASE_OTHER: says(200, {"external": {}})},
        hints={"project": (REF, OTHER_REF)},
        status=Status.ACTIVE,
        kind=Holder.ROBOT,
        summary=f"key of project {OTHER_REF}",
    ),
    "supabase: a key of no project that was named": Case(
        vendor="supabase",
        says={SUPABASE: says(401, NO_SUPABASE_KEY)},
        hints={"project": (REF,)},
        status=Status.UNKNOWN,
        reason="it may belong to another one",
    ),
    "supabase: a key without a project": Case(
        vendor="supabase", says={}, status=Status.UNKNOWN, reason="pass --project"
    ),
    "supabase: an access token": Case(
        vendor="supabase-account",
        says={SUPABASE_ACCOUNT: says(200, [{"id": "x", "name": "shop"}, {"id": "y", "name": "blog"}])},
        status=Status.ACTIVE,
        scope=Scope.ADMIN,
        kind=Holder.PERSONAL,
        summary="access token with all rights of its user, admin",
    ),
    "supabase: a deleted access token": Case(
        vendor="supabase-account",
        says={SUPABASE_ACCOUNT: says(401, {"message": "Unauthorized"})},
        status=Status.INACTIVE,
    ),
    "shopify: a token that writes": Case(
        vendor="shopify",
        says={SHOPIFY: says(200, {"access_scopes": [{"handle": "read_orders"}, {"handle": "write_products"}]})},
        hints={"shop": ("my-shop",)},
        status=Status.ACTIVE,
        scope=Scope.CAN_WRITE,
        summary="access token of shop my-shop, can-write (read_orders, write_products)",
    ),
    "shopify: a token that reads": Case(
        vendor="shopify",
        says={SHOPIFY: says(200, {"access_scopes": [{"handle": "unauthenticated_read_product_listings"}]})},
        hints={"shop": ("my-shop",)},
        status=Status.ACTIVE,
        scope=Scope.READ_ONLY,
    ),
    "shopify: a shop that refuses it": Case(
        vendor="shopify",
        says={SHOPIFY: says(401, {"errors": "[API] Invalid API key or access token"})},
        hints={"shop": ("my-shop",)},
        status=Status.UNKNOWN,
        reason="it may belong to another one",
    ),
    "shopify: no shop": Case(vendor="shopify", says={}, status=Status.UNKNOWN, reason="pass --shop"),
}


@dataclass(slots=True)
class Vendors(TlsServer):
    """A server with the hosts of all vendors, which gives the answers of one case."""

    domains: tuple[str, ...] = DOMAINS
    case: Case | None = None

    def answer(self, handler: Handler) -> None:
        """Give the answer that the case has for this request."""
        assert self.case
        status, body, headers = self.case.says.get(f"{handler.host}{handler.path}", (404, {"message": "no"}, {}))
        handler.give(status, body, **headers)


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendors]:
    """Start the server once: a certificate takes longer than a case."""
    with Vendors(tmp_path_factory.mktemp("vendors")) as running:
        yield running


@pytest.fixture
def server(vendors: Vendors, api: object, monkeypatch: pytest.MonkeyPatch) -> Vendors:
    """Trust the server, and forget what it received and was told to answer."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(vendors.ca_file))
    vendors.received.clear()
    vendors.replies.clear()
    return vendors


def verify(server: Vendors, verifier: Verifier, hints: Mapping[str, tuple[str, ...]]) -> Checked:
    """Verify the secret with a client that reaches this server only."""
    limits = HttpLimits(wait=0.0, read=2.0)
    return run_recipe(verifier, Secret(SECRET.encode()), hints, HttpClient(verifier, server.resolver, limits))


def verifier_of(case: Case) -> Verifier:
    """Return the verifier of a case."""
    found = registry.verifier_named(case.vendor)
    assert found
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_documented_answer(server: Vendors, case: Case) -> None:
    server.case = case
    verifier = verifier_of(case)
    verdict = verify(server, verifier, case.hints).verdict
    shown = (verdict.status, verdict.scope, verdict.kind, verdict.label)
    assert shown == (case.status, case.scope, case.kind, case.label), verdict
    assert case.reason in verdict.reason
    assert not case.summary or verdict.summary == case.summary
    assert [f"{one.host}{one.path}" for one in server.received] == list(case.says)
    for one in server.received:
        assert one.header(verifier.header.name) == verifier.header.value(SECRET)
        assert one.head.count(SECRET.encode()) == 1
        assert all(one.header(name) == value for name, value in verifier.headers)
    assert SECRET not in str(verdict)


def test_every_vendor_has_a_live_and_a_dead_or_refused_case() -> None:
    for verifier in registry.VERIFIERS[1:]:
        found = {case.status for case in CASES.values() if case.vendor == verifier.name}
        assert Status.ACTIVE in found
        assert found & {Status.INACTIVE, Status.UNKNOWN}


HINTS = {"project": (REF,), "shop": ("my-shop",)}
OTHERS = [verifier for verifier in registry.VERIFIERS if verifier.name != "sanity"]
HOSTILE: Mapping[str, Reply] = {
    "a page": lambda handler: handler.give(200, None, Content_Type="text/html"),
    "an error of the server": answers(500, {"message": "x"}),
    "too many calls": answers(429, {}, Retry_After="600"),
    "a redirect": redirects("https://evil.example/"),
    "a list": answers(200, [[]]),
    "a text": answers(200, "active"),
    "a refusal without a reason": answers(401, {}),
    "a refusal that is no object": answers(403, ["x"]),
}


LISTS_PROJECTS = "supabase-account"
"""A list is what its API answers."""


@pytest.mark.parametrize(
    ("verifier", "name"),
    [(one, name) for one in OTHERS for name in HOSTILE if (one.name, name) != (LISTS_PROJECTS, "a list")],
    ids=lambda value: value.name if isinstance(value, Verifier) else value,
)
def test_any_other_answer_proves_nothing(server: Vendors, verifier: Verifier, name: str) -> None:
    server.replies["."] = HOSTILE[name]
    verdict = verify(server, verifier, HINTS).verdict
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    "message",
                    "error",
                    "errors",
                    "code",
                    "type",
                    "ok",
                    "data",
                    "scopes",
                    "access_scopes",
                    "login",
                    "active",
                    "models",
                    "external",
                    "object",
                    "details",
                    "reason",
                    "name",
                    "team_id",
                    "handle",
                )
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@dataclass(slots=True)
class Scripted:
    """Gives answers in turn."""

    answers: list[Answer]

    def get(self, _request: Request, _secret: Secret) -> Answer:
        """Return the next answer."""
        return self.answers.pop(0)


@given(
    verifier=st.sampled_from(OTHERS),
    replies=st.lists(st.tuples(st.sampled_from((200, 400, 401, 403, 404, 500)), JSON), min_size=24, max_size=24),
)
def test_no_body_breaks_a_recipe(verifier: Verifier, replies: list[tuple[int, Any]]) -> None:
    sender = Scripted([Answer(status=status, body=body) for status, body in replies])
    verdict = run_recipe(verifier, Secret(SECRET.encode()), HINTS, sender).verdict
    assert re.fullmatch("active|inactive|unknown", verdict.status)
    assert verdict.reason
    assert verdict.evidence
