"""Interprets answers of the Sanity API.

Sources: the code of the Studio and the CLI (github.com/sanity-io/sanity, github.com/sanity-io/cli), which distinguish
these errors, and sanity.io/docs/http-auth, /docs/content-lake/roles and /docs/content-lake/restrict-robot-token-by-ip.
Cases they do not cover are not guessed.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, Final

from frontleak.core.records import dataclass
from frontleak.core.verdict import Holder, Scope
from frontleak.verify.evidence import received
from frontleak.verify.interface import TOO_BUSY, Answer, Recordable


class Meaning(Enum):
    """What an answer means for the token."""

    LIVE = "live"
    """The answer names the token's account."""
    LIVE_ROBOT = "live robot"
    """`Robots are not allowed`: only a live token is recognised as a robot's."""
    LIVE_WITHOUT_GRANT = "live without a grant"
    """The token is live but lacks one permission; a 401 that does not mean inactive."""
    ELSEWHERE = "elsewhere"
    """The token is live but does not belong to this project."""
    NOT_FOUND = "not found"
    """No such token: made up, or deleted."""
    EXPIRED = "expired"
    """The token has expired."""
    REFUSED = "refused"
    """401 or 403 without one of the reasons above: a live token limited to IP addresses may be refused so."""
    NO_SUCH_PLACE = "no such place"
    """404: there is no such project or dataset."""
    BUSY = "busy"
    """Too many calls were made; send no more."""
    NOTHING = "nothing"
    """No answer, or an inconclusive one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who a token belongs to."""

    kind: Holder = Holder.UNKNOWN
    label: str = ""
    roles: tuple[str, ...] = ()


_MOST_ROLES: Final = 10


def meaning(answer: Answer) -> Meaning:
    """Interpret an answer of `/users/me`, or an error of any endpoint."""
    body = answer.body if isinstance(answer.body, dict) else None
    match answer.status:
        case None if answer.error == TOO_BUSY:
            return Meaning.BUSY
        case 200 if body and isinstance(body.get("id"), str) and body["id"]:
            return Meaning.LIVE  # without an id, no credentials were seen (studio, createAuthStore.ts)
        case 429:
            return Meaning.BUSY
        case 404 if body is not None:
            return Meaning.NO_SUCH_PLACE
        case 401 | 403 if body is not None:
            return _refusal(body)
    return Meaning.NOTHING


def _refusal(body: Mapping[str, Any]) -> Meaning:
    code, kind, text = _error(body)
    if kind == "projectUserNotFoundError" or code == "SIO-401-AWH":
        return Meaning.ELSEWHERE
    if text == "Robots are not allowed":
        return Meaning.LIVE_ROBOT
    if text.startswith("User is missing required grant "):
        return Meaning.LIVE_WITHOUT_GRANT
    return {"SIO-401-ANF": Meaning.NOT_FOUND, "SIO-401-AEX": Meaning.EXPIRED}.get(code, Meaning.REFUSED)


def _error(body: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return (errorCode, type, text) of an error in any of its shapes, empty where missing.

    `{statusCode, error, message, errorCode?}`, `{error: {type, description}}`, `{message}`, `{error: {message}}`.
    """
    inner = body["error"] if isinstance(body.get("error"), dict) else {}
    text = body.get("message") or inner.get("description") or inner.get("message") or body.get("error")
    return received(body.get("errorCode")), received(inner.get("type")), received(text)


def said(answer: Answer) -> str:
    """Return a short summary of an answer, for the evidence."""
    if answer.status is None:
        return answer.error
    words = [str(answer.status)]
    if isinstance(answer.body, dict) and answer.status >= 400:
        code, kind, text = _error(answer.body)
        words += [part for part in (code or kind, text) if part]
    elif answer.error:
        words.append(answer.error)
    return ", ".join(words)


def account(body: Mapping[str, Any]) -> Account:
    """Return the account in a 200 of `/users/me`."""
    provider = body.get("provider")
    kind = Holder.UNKNOWN
    if isinstance(provider, str) and provider:
        kind = Holder.ROBOT if provider == "sanity-token" else Holder.PERSONAL
    listed = body.get("roles")
    named = [role.get("name") for role in listed if isinstance(role, dict)] if isinstance(listed, list) else []
    roles = (received(role) for role in (*named, body.get("role")))
    return Account(
        kind=kind, label=received(body.get("name")), roles=tuple(dict.fromkeys(r for r in roles if r))[:_MOST_ROLES]
    )


# --- scope -----------------------------------------------------------------------------------------------------------

_READS: Final = frozenset({"read", "history"})
_WRITES: Final = frozenset({"create", "update"})
_EVERYTHING: Final = re.compile(r'\s*_id\s+in\s+path\(\s*"\*\*"\s*\)\s*')
_DRAFTS: Final = re.compile(r'\s*_id\s+in\s+path\(\s*"drafts\.\*\*"\s*\)\s*')


def scope_of_acl(body: Any) -> tuple[Scope, str]:
    """Return the scope that a dataset's access list grants, and the permissions that decided it.

    Unknown if the list grants nothing, or a permission whose meaning is not documented.
    """
    if not isinstance(body, list):
        return Scope.UNKNOWN, "no access list"
    by_filter: dict[str, set[str]] = {}
    for entry in body:
        permissions = entry.get("permissions") if isinstance(entry, dict) else None
        if isinstance(permissions, list):
            granted = by_filter.setdefault(str(entry.get("filter")), set())
            granted.update(name for name in permissions if isinstance(name, str))
    drafts = {name for text, names in by_filter.items() if _DRAFTS.fullmatch(text) for name in names}
    beyond = {name for text, names in by_filter.items() if not _DRAFTS.fullmatch(text) for name in names}
    if found := beyond & _WRITES:
        return Scope.CAN_WRITE, _listed(found)
    if found := drafts & _WRITES:
        return Scope.CAN_WRITE_DRAFTS, f"{_listed(found)} in drafts only"
    every = beyond | drafts
    if every and every <= _READS:
        whole = any(_EVERYTHING.fullmatch(text) and "read" in names for text, names in by_filter.items())
        of_what = " of all documents, including drafts" if whole else ""
        return Scope.READ_ONLY, f"{_listed(every)}{of_what}, no create or update"
    return Scope.UNKNOWN, _listed(every) if every else "no permission on any document"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(received(name) for name in sorted(names)[:_MOST_ROLES])


_SCOPE_OF_ROLE: Final = {
    "administrator": Scope.ADMIN,
    "editor": Scope.CAN_WRITE,
    "developer": Scope.CAN_WRITE,
    "contributor": Scope.CAN_WRITE,
    "write": Scope.CAN_WRITE,
    "viewer": Scope.READ_ONLY,
    "read": Scope.READ_ONLY,
}
KNOWN_ROLES: Final = (*_SCOPE_OF_ROLE, "deploy-studio", "create-session", "access-manager", "blueprints-deployer")
"""Roles that Sanity defines; any other role is custom."""
WITHOUT_ADMIN: Final = frozenset({"editor", "contributor", "write", "viewer", "read"})
"""Roles documented to grant nothing on the project itself."""


def scope_of_roles(roles: Iterable[str]) -> Scope:
    """Return the scope that role names grant; unknown if an undocumented role might grant more."""
    scopes = [_SCOPE_OF_ROLE.get(role, Scope.UNKNOWN) for role in roles]
    widest = max(scopes, key=lambda scope: scope.rank, default=Scope.UNKNOWN)
    return Scope.UNKNOWN if widest is Scope.READ_ONLY and Scope.UNKNOWN in scopes else widest


ADMIN_PERMISSIONS: Final = (
    "sanity.project.tokens.create",
    "sanity.project.members.invite",
    "sanity.project.delete",
    "sanity.project.datasets.delete",
)
"""Any of these makes a token an administrator's, regardless of its roles."""


def admin_permissions(answer: Answer) -> list[str]:
    """Return the permissions in `ADMIN_PERMISSIONS` that a token has."""
    data = answer.body.get("data") if answer.status == 200 and isinstance(answer.body, dict) else None
    return [name for name in ADMIN_PERMISSIONS if isinstance(data, dict) and data.get(name) is True]


def projects_of_grants(answer: Answer) -> list[str]:
    """Return the project ids in an answer of `/users/me/grants`, sorted."""
    inner = answer.body.get("projects") if answer.status == 200 and isinstance(answer.body, dict) else None
    return sorted(inner) if isinstance(inner, dict) else []


def projects_of_list(answer: Answer) -> list[str]:
    """Return the project ids in an answer of `/projects`."""
    listed = answer.body if answer.status == 200 and isinstance(answer.body, list) else []
    return [entry["id"] for entry in listed if isinstance(entry, dict) and isinstance(entry.get("id"), str)]


# --- records ---------------------------------------------------------------------------------------------------------

_ROLE: Final = re.compile("|".join(map(re.escape, KNOWN_ROLES)))
RECORDABLE: Final = Recordable(
    names=(
        ("project", re.compile(r"^([a-z0-9-]+)(?=\.api\.)")),
        ("project", re.compile(r"(?<=/projects/)([a-z0-9-]+)")),
        ("project", re.compile(r"(?<=/access/project/)([a-z0-9-]+)")),
        ("dataset", re.compile(r"(?<=/datasets/)([A-Za-z0-9_~-]+)")),
    ),
    texts=frozenset(
        (
            *("error", "message", "type", "error.description", "permission", "permissions", "filter", "provider"),
            *("aclMode", "action"),
        )
    ),
    keys=frozenset(
        (
            *("id", "name", "email", "profileImage", "title", "description", "expiry", "displayName", "organizationId"),
            *(
                "members",
                "grants",
                "params",
                "data",
                "sanity.project",
                "isDisabled",
                "isBlocked",
                "attributes",
                "details",
            ),
            *ADMIN_PERMISSIONS,
        )
    ),
    quotes=frozenset({"**", "drafts.**"}),
    values={
        "statusCode": re.compile(r"[0-9]{3}"),
        "errorCode": re.compile(r"[A-Z]{3}-[0-9]{3}-[A-Z]{3}"),
        **dict.fromkeys(("role", "roles", "roleNames", "role.name", "roles.name"), _ROLE),
    },
    keyed_by_id=frozenset({"projects", "organizations"}),
)
"""What a record may keep: the API's own words and keys, error codes and the roles that Sanity defines."""
