"""A local fake of Sanity's API: the documented endpoints, bodies and error codes.

It is based on the responses that Sanity's own code expects (github.com/sanity-io/sanity, /client, /cli), not on the live
API, which no test calls. Where that code leaves the behaviour open, the fake has a switch and the tests try both.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.fakes.tls_server import Handler, TlsServer

EVERYTHING: Final = '_id in path("**")'
DRAFTS: Final = '_id in path("drafts.**")'

ADMIN: Final = (
    *("sanity.project.tokens.create", "sanity.project.members.invite"),
    *("sanity.project.delete", "sanity.project.datasets.delete"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Permissions of a role."""

    acl: Sequence[Mapping[str, Any]] = ()
    """The access list of every dataset."""
    project: Sequence[str] = ()
    """Permissions on the project itself."""
    robots: bool = True
    """Whether robots can have it."""


def _entry(filter_: str, *permissions: str) -> Mapping[str, Any]:
    return {"filter": filter_, "permissions": list(permissions)}


_ALL = (_entry(EVERYTHING, "history", "read", "update", "create"),)
ROLES: Final[Mapping[str, Role]] = {
    "administrator": Role(acl=_ALL, project=ADMIN, robots=False),
    "editor": Role(acl=_ALL),
    "developer": Role(acl=_ALL, project=("sanity.project.datasets.delete",)),
    "contributor": Role(acl=(_entry(EVERYTHING, "read"), _entry(DRAFTS, "create", "update", "history"))),
    "viewer": Role(acl=(_entry(EVERYTHING, "read", "history"),)),
    "read": Role(acl=(_entry(EVERYTHING, "read"),)),
    "write": Role(acl=_ALL),
    "deploy-studio": Role(),
    "create-session": Role(),
    "access-manager": Role(project=("sanity.project.tokens.create", "sanity.project.members.invite")),
    "blueprints-deployer": Role(),
    "post-editor": Role(acl=(_entry(EVERYTHING, "read"), _entry('_type == "post"', "update"))),
    "post-reader": Role(acl=(_entry('_type == "post"', "read"),)),
}
"""Roles by name; the last two are custom roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A robot or a person with a token."""

    projects: Mapping[str, str]
    """Project id -> role."""
    robot: bool = True
    name: str = "CI Robot (Robot)"
    expiry: float = 1_900_000_000
    provider: str = ""

    def me(self, project: str | None) -> dict[str, Any]:
        """Return the response of `/users/me`."""
        names = [self.projects[project]] if project else list(dict.fromkeys(self.projects.values()))[:1]
        return {
            "id": "pAbCdEfGh",
            "name": self.name,
            "email": None if self.robot else "jane@example.com",
            "profileImage": None,
            "role": names[0] if names else "",
            "roles": [{"name": name, "title": name.title(), "description": "…"} for name in names],
            "provider": self.provider or ("sanity-token" if self.robot else "github"),
        }


@dataclass(slots=True)
class SanityApi(TlsServer):
    """The API and its state."""

    domains: Sequence[str] = ("api.sanity.io",)
    holders: dict[str, Holder] = field(default_factory=dict)
    """Token -> its owner."""
    expired: set[str] = field(default_factory=set)
    datasets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Project id -> datasets; an unlisted project has only `production`."""
    robots_have_grants: bool = True
    """Whether `/users/me/grants` responds to robots; not known for the live API."""
    refuse_robots: bool = False
    """Whether it returns `Robots are not allowed`, as the API did until January 2025."""

    def answer(self, handler: Handler) -> None:
        """Respond as the API does."""
        handler.give(*_answer(self, handler.host, handler.path, handler.bearer))

    def calls(self) -> list[str]:
        """Return `host/path` of the received requests, without query and version date."""
        return [f"{one.host}{re.sub('/v[0-9-]+/', '/', one.path).partition('?')[0]}" for one in self.received]

    def add(self, token: str, role: str = "viewer", project: str = "abcd1234", *, robot: bool = True) -> Holder:
        """Create an owner and a token with a role in one project."""
        name = "CI Robot (Robot)" if robot else "Jane Doe"
        self.holders[token] = Holder(projects={project: role}, robot=robot, name=name)
        return self.holders[token]


# --- responses -------------------------------------------------------------------------------------------------------

NOT_FOUND: Final = {
    "error": "Unauthorized",
    "statusCode": 401,
    "message": "Session not found",
    "errorCode": "SIO-401-ANF",
}
EXPIRED: Final = NOT_FOUND | {
    "message": "Session is expired, please re-authenticate",
    "errorCode": "SIO-401-AEX",
}
WRONG_HOST: Final = NOT_FOUND | {"message": "Session does not match project host", "errorCode": "SIO-401-AWH"}
ROBOTS_NOT_ALLOWED: Final = {"statusCode": 403, "error": "Forbidden", "message": "Robots are not allowed"}
NO_PROJECT: Final = {"errorCode": "SIO-404-PNF", "message": "Project not found"}
NO_DATASET: Final = {"error": "Dataset not found"}


def not_a_member(project: str) -> dict[str, Any]:
    """Return the error for a person who is not in a project."""
    text = f'project user not found for user ID "gAbCdEfGh" in project "{project}"'
    return {"error": {"type": "projectUserNotFoundError", "description": text}}


def missing_grant(grant: str, status: int = 401) -> dict[str, Any]:
    """Return the error for a live token that lacks a grant."""
    return {
        "statusCode": status,
        "error": "Unauthorized" if status == 401 else "Forbidden",
        "message": f"User is missing required grant {grant} to perform this operation",
    }


def _answer(api: SanityApi, host: str, path: str, token: str) -> tuple[int, Any]:  # noqa: C901, PLR0911, PLR0912 - one response per line
    url = urlsplit(path)
    match = re.fullmatch(r"/v(?:1|X|\d{4}-\d\d-\d\d)(/.*)", url.path)
    if match is None:
        return 404, {"statusCode": 404, "error": "Not Found", "message": "Not Found"}
    place = match[1]
    project = host.partition(".api.sanity.io")[0] if host.endswith(".api.sanity.io") else None
    if project is not None and not any(project in holder.projects for holder in api.holders.values()):
        return 404, NO_PROJECT
    if token in api.expired:
        return 401, EXPIRED
    holder = api.holders.get(token)
    if holder is None:
        return (200, {}) if place == "/users/me" and not token else (401, NOT_FOUND)
    if project is not None and project not in holder.projects:
        return (401, WRONG_HOST) if holder.robot else (401, not_a_member(project))
    if place == "/users/me":
        if holder.robot and api.refuse_robots:
            return 403, ROBOTS_NOT_ALLOWED
        return 200, holder.me(project)
    if place == "/auth/id":
        return 200, {"id": "gAbCdEfGh", "expiry": holder.expiry}
    if place == "/users/me/grants" and project is None:
        return _grants(api, holder)
    if place == "/projects" and project is None:
        return _projects(holder)
    if found := re.fullmatch(r"/projects/([a-z0-9-]+)/datasets/([^/]+)/acl", place):
        if found[1] != project:
            return 404, NO_PROJECT
        if found[2] not in api.datasets.get(found[1], ("production",)):
            return 404, NO_DATASET
        return 200, list(ROLES[holder.projects[found[1]]].acl)
    if found := re.fullmatch(r"/access/project/([a-z0-9-]+)/user-permissions/me/check", place):
        if found[1] not in holder.projects:
            return 403, missing_grant("sanity.project/read", 403)
        allowed = ROLES[holder.projects[found[1]]].project
        return 200, {"data": {name: name in allowed for name in parse_qs(url.query)["permissions"]}}
    return 404, {"statusCode": 404, "error": "Not Found", "message": "Not Found"}


def _grants(api: SanityApi, holder: Holder) -> tuple[int, Any]:
    if holder.robot and not api.robots_have_grants:
        return 401, {"statusCode": 401, "error": "Unauthorized", "message": "Unauthorized"}
    grant = {"sanity.project": [{"grants": [{"name": "read", "params": {}}]}]}
    return 200, {"organizations": {}, "projects": dict.fromkeys(holder.projects, grant)}


def _projects(holder: Holder) -> tuple[int, Any]:
    if holder.robot:
        return 403, ROBOTS_NOT_ALLOWED
    return 200, [
        {"id": project, "displayName": "Site", "organizationId": "oAbCdEfGh", "members": []}
        for project in holder.projects
    ]
