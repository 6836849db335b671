"""The recipe for Sanity tokens, against a local API: roles, errors, and requests that are never sent."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from frontleak.core.secret import Secret
from frontleak.core.verdict import Holder, Scope, Status, Verdict
from frontleak.verify.client import HttpClient
from frontleak.verify.hints import planned
from frontleak.verify.recipe_runner import run_recipe
from frontleak.verify.vendors.sanity import SANITY
from frontleak.verify.vendors.sanity_requests import HOSTS, is_dataset, is_project
from tests.acceptance.support import token
from tests.fakes.sanity_api import (
    EXPIRED,
    NO_DATASET,
    NO_PROJECT,
    NOT_FOUND,
    ROBOTS_NOT_ALLOWED,
    ROLES,
    WRONG_HOST,
    SanityApi,
    missing_grant,
    not_a_member,
)
from tests.fakes.sanity_api import Holder as Who
from tests.fakes.tls_server import Reply, answers, raw

TOKEN = token("verified")
ME = "abcd1234.api.sanity.io/users/me"
ACL = "abcd1234.api.sanity.io/projects/abcd1234/datasets/production/acl"
CHECK = "api.sanity.io/access/project/abcd1234/user-permissions/me/check"
SESSION = "abcd1234.api.sanity.io/auth/id"
ANYWHERE = "api.sanity.io/users/me"
GRANTS = "api.sanity.io/users/me/grants"


def verify(api: SanityApi, *projects: str, datasets: Sequence[str] = (), value: str = TOKEN) -> Verdict:
    """Verify a token and check the invariants of every verification."""
    hints = {"project": projects, "dataset": tuple(datasets)}
    checked = run_recipe(SANITY, Secret(value.encode()), hints, HttpClient(SANITY, api.resolver))
    steps = [
        re.sub(r"<project>|/v[0-9-]+(?=/)", lambda m: "[a-z0-9-]+" if m[0][0] == "<" else "", step.request.url)
        for step in planned(SANITY, hints)
    ]
    for received in api.received:
        assert received.method == "GET"
        assert value not in received.path + received.host
        assert received.token == value
        asked = re.sub(r"/v[0-9-]+(?=/)", "", f"https://{received.host}{received.path}")
        assert any(re.fullmatch(_loosely(address), asked) for address in steps), asked
    assert len({(one.host, one.path) for one in api.received}) == len(api.received), "nothing is asked twice"
    assert len(checked.calls) == len(api.received)
    assert value not in repr(checked)
    return checked.verdict


def _loosely(address: str) -> str:
    return re.escape(address).replace(re.escape("[a-z0-9-]+"), "[a-z0-9-]+")


# --- no requests -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("", "abcd1234/", "abcd.1234", "a@b", "Abcd1234", "abcd1234\n", "äbcd1234", "abcd1234#", "evil.example/#"),
        *("-abcd123", "abcd123-", "a" * 64, "abcd 123", "abcd%2f12", "аbcd1234", "abcd1234:443", "..", "*", "ab_cd"),  # noqa: RUF001 - a Cyrillic letter
    ],
)
def test_what_is_no_project_id_becomes_part_of_no_host(api: SanityApi, text: str) -> None:
    assert not is_project(text)
    assert verify(api, text).status is Status.INACTIVE
    assert {one.host for one in api.received} == {"api.sanity.io"}
    assert not [step for step in planned(SANITY, {"project": (text,)}) if text and text in step.request.host]


@pytest.mark.parametrize("text", ["", "../x", "a/b", "a?b=c", "-a", "a b", "a" * 66, "a\n", "ä", "a%2e", "~", "A"])
def test_what_is_no_dataset_becomes_part_of_no_path(api: SanityApi, text: str) -> None:
    api.add(TOKEN, "viewer")
    assert not is_dataset(text)
    assert verify(api, "abcd1234", datasets=[text]).scope is Scope.READ_ONLY
    assert api.calls() == [ME, ACL]


@pytest.mark.parametrize("text", ["abcd1234", "3do82whm", "a", "my-project", "a" * 63])
def test_project_ids(text: str) -> None:
    assert is_project(text)
    assert HOSTS.fullmatch(f"{text}.api.sanity.io")


@pytest.mark.parametrize("text", ["production", "~alias", "a", "my_set-2", "a" * 64])
def test_datasets(text: str) -> None:
    assert is_dataset(text)


@pytest.mark.parametrize(
    "host",
    [
        "api.sanity.io.example",
        "x.y.api.sanity.io",
        "api.sanity.work",
        "evil.example",
        "xapi.sanity.io",
        "API.sanity.io",
    ],
)
def test_a_token_goes_to_no_other_host(host: str) -> None:
    assert not HOSTS.fullmatch(host)


# --- roles -----------------------------------------------------------------------------------------------------------

# Role -> scope of a robot with it, and the requests made.
ROBOTS: Mapping[str, tuple[Scope, Sequence[str]]] = {
    "editor": (Scope.CAN_WRITE, [ME, ACL]),
    "write": (Scope.CAN_WRITE, [ME, ACL]),
    "contributor": (Scope.CAN_WRITE_DRAFTS, [ME, ACL]),
    "viewer": (Scope.READ_ONLY, [ME, ACL]),
    "read": (Scope.READ_ONLY, [ME, ACL]),
    "developer": (Scope.ADMIN, [ME, ACL, CHECK]),
    "access-manager": (Scope.ADMIN, [ME, ACL, CHECK]),
    "deploy-studio": (Scope.UNKNOWN, [ME, ACL, CHECK]),
    "create-session": (Scope.UNKNOWN, [ME, ACL, CHECK]),
    "blueprints-deployer": (Scope.UNKNOWN, [ME, ACL, CHECK]),
    "post-editor": (Scope.CAN_WRITE, [ME, ACL, CHECK]),
    "post-reader": (Scope.READ_ONLY, [ME, ACL, CHECK]),
}


def test_the_table_of_robots_has_every_role_that_a_robot_can_have() -> None:
    assert set(ROBOTS) == {name for name, role in ROLES.items() if role.robots}


@pytest.mark.parametrize("role", ROBOTS)
def test_a_robot_may_do_what_its_role_allows(api: SanityApi, role: str) -> None:
    api.add(TOKEN, role)
    verdict = verify(api, "abcd1234")
    scope, calls = ROBOTS[role]
    assert (verdict.status, verdict.kind, verdict.scope) == (Status.ACTIVE, Holder.ROBOT, scope)
    assert (verdict.fact("project"), verdict.fact("dataset"), verdict.roles) == ("abcd1234", "production", (role,))
    assert (verdict.label, verdict.expires) == ("CI Robot (Robot)", "")
    assert api.calls() == calls
    assert "production" in verdict.reason or "sanity.project." in verdict.reason


@pytest.mark.parametrize("role", ROLES)
def test_a_person_counts_as_an_administrator_whatever_the_role(api: SanityApi, role: str) -> None:
    api.add(TOKEN, role, robot=False)
    verdict = verify(api, "abcd1234")
    assert (verdict.status, verdict.kind, verdict.scope) == (Status.ACTIVE, Holder.PERSONAL, Scope.ADMIN)
    assert (verdict.roles, verdict.label, verdict.expires) == ((role,), "Jane Doe", "2030-03-17T17:46:40Z")
    assert "acts as that person in all their projects" in verdict.reason
    assert api.calls() == [ME, SESSION]
    assert "jane@example.com" not in repr(verdict)


@pytest.mark.parametrize("provider", ["github", "google", "sanity", "saml-okta"])
def test_whoever_logged_in_anywhere_is_a_person(api: SanityApi, provider: str) -> None:
    api.holders[TOKEN] = Who(projects={"abcd1234": "viewer"}, robot=False, provider=provider)
    assert verify(api, "abcd1234").kind is Holder.PERSONAL


def test_a_robot_that_the_api_calls_administrator_is_believed_to_be_one(api: SanityApi) -> None:
    api.add(TOKEN, "administrator")
    assert verify(api, "abcd1234").scope is Scope.ADMIN


def test_without_a_provider_the_kind_is_not_guessed(api: SanityApi) -> None:
    api.add(TOKEN, "editor")
    api.replies["/users/me$"] = answers(200, {"id": "pX", "roles": [{"name": "editor"}]})
    verdict = verify(api, "abcd1234")
    assert (verdict.kind, verdict.scope) == (Holder.UNKNOWN, Scope.CAN_WRITE)


# Roles, if no access list can be read -> scope.
FALLBACK: Mapping[str, tuple[Sequence[str], Scope]] = {
    "editor": (["editor"], Scope.CAN_WRITE),
    "developer": (["developer"], Scope.CAN_WRITE),
    "contributor": (["contributor"], Scope.CAN_WRITE),
    "write": (["write"], Scope.CAN_WRITE),
    "administrator": (["administrator"], Scope.ADMIN),
    "viewer": (["viewer"], Scope.READ_ONLY),
    "read": (["read"], Scope.READ_ONLY),
    "a role of the project's own": (["post-reader"], Scope.UNKNOWN),
    "deploy-studio": (["deploy-studio"], Scope.UNKNOWN),
    "no role": ([], Scope.UNKNOWN),
    "the widest of several": (["viewer", "editor"], Scope.CAN_WRITE),
    "one that reads and one that nobody knows": (["viewer", "post-editor"], Scope.UNKNOWN),
}


@pytest.mark.parametrize(("roles", "scope"), FALLBACK.values(), ids=FALLBACK)
def test_where_no_access_list_can_be_read_the_names_of_roles_tell(
    api: SanityApi, roles: Sequence[str], scope: Scope
) -> None:
    api.add(TOKEN)
    me = {"id": "pX", "provider": "sanity-token", "roles": [{"name": name} for name in roles]}
    api.replies["/users/me$"] = answers(200, me)
    api.replies["/acl$"] = answers(403, missing_grant("sanity.project/read", 403))
    api.replies["/check"] = answers(403, {"message": "Forbidden"})
    verdict = verify(api, "abcd1234")
    assert (verdict.status, verdict.scope, verdict.roles) == (Status.ACTIVE, scope, tuple(roles))
    assert verdict.fact("dataset") == ""


# Access list -> scope. Only documented values are trusted.
LISTS: Mapping[str, tuple[Any, Scope]] = {
    "nothing": ([], Scope.UNKNOWN),
    "create alone": ([{"filter": "x", "permissions": ["create"]}], Scope.CAN_WRITE),
    "drafts and everything": (
        [
            {"filter": '_id in path("drafts.**")', "permissions": ["update"]},
            {"filter": '_id in path("**")', "permissions": ["update"]},
        ],
        Scope.CAN_WRITE,
    ),
    "drafts, spaced differently": (
        [{"filter": ' _id  in path( "drafts.**" ) ', "permissions": ["update"]}],
        Scope.CAN_WRITE_DRAFTS,
    ),
    "drafts or more": (
        [{"filter": '_id in path("drafts.**") || _type == "post"', "permissions": ["update"]}],
        Scope.CAN_WRITE,
    ),
    "a permission whose meaning is not documented": (
        [{"filter": "x", "permissions": ["read", "manage"]}],
        Scope.UNKNOWN,
    ),
    "editing of history": ([{"filter": "x", "permissions": ["read", "editHistory"]}], Scope.UNKNOWN),
    "history alone": ([{"filter": "x", "permissions": ["history"]}], Scope.READ_ONLY),
    "entries of another form": ([1, "x", None, {}, {"permissions": "update"}, {"permissions": [1]}], Scope.UNKNOWN),
    "an object": ({"filter": "x", "permissions": ["update"]}, Scope.READ_ONLY),  # no access list: the role decides
}


@pytest.mark.parametrize(("body", "scope"), LISTS.values(), ids=LISTS)
def test_what_an_access_list_allows(api: SanityApi, body: Any, scope: Scope) -> None:
    api.add(TOKEN, "viewer")
    api.replies["/acl$"] = answers(200, body)
    assert verify(api, "abcd1234").scope is scope


# Datasets to test -> scope; the role is `viewer`, so a fallback would be read-only.
WRITES, READS, ODD = ([{"filter": "x", "permissions": [name]}] for name in ("update", "read", "manage"))
DATASETS: Mapping[str, tuple[Sequence[Reply], Scope, str]] = {
    "one that is read-only": ([answers(200, READS)], Scope.READ_ONLY, "a0"),
    "the widest counts": ([answers(200, READS), answers(200, WRITES)], Scope.CAN_WRITE, "a1"),
    "one that is not there does not matter": ([answers(404, NO_DATASET), answers(200, READS)], Scope.READ_ONLY, "a1"),
    "one that is odd does": ([answers(200, READS), answers(200, ODD)], Scope.UNKNOWN, "a1"),
    "one that cannot be read leaves it to the role": ([answers(200, READS), answers(500, {})], Scope.READ_ONLY, ""),
    "none is there": ([answers(404, NO_DATASET)], Scope.READ_ONLY, ""),
}


@pytest.mark.parametrize(("replies", "scope", "dataset"), DATASETS.values(), ids=DATASETS)
def test_several_datasets(api: SanityApi, replies: Sequence[Reply], scope: Scope, dataset: str) -> None:
    api.add(TOKEN, "viewer")
    for number, reply in enumerate(replies):
        api.replies[f"/datasets/a{number}/acl$"] = reply
    verdict = verify(api, "abcd1234", datasets=[f"a{number}" for number in range(len(replies))])
    assert (verdict.scope, verdict.fact("dataset")) == (scope, dataset)


def test_a_dataset_that_can_be_written_ends_the_search(api: SanityApi) -> None:
    api.add(TOKEN, "editor")
    api.datasets = {"abcd1234": ["a", "b"]}
    assert verify(api, "abcd1234", datasets=["a", "b"]).fact("dataset") == "a"
    assert len(api.received) == 2


def test_at_most_three_datasets_are_asked_about(api: SanityApi) -> None:
    api.add(TOKEN, "viewer")
    names = [f"a{number}" for number in range(9)]
    api.datasets = {"abcd1234": names}
    assert verify(api, "abcd1234", datasets=names).scope is Scope.READ_ONLY
    assert len([call for call in api.calls() if call.endswith("/acl")]) == 3


# --- errors ----------------------------------------------------------------------------------------------------------

UNAUTHORIZED = {"statusCode": 401, "error": "Unauthorized", "message": "Unauthorized"}
HTML = raw(b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")

# Responses of the project host and the global host to `/users/me` -> status, and part of the reason.
ERRORS: Mapping[str, tuple[Reply, Reply, Status, str]] = {
    "no such token": (answers(401, NOT_FOUND), answers(500, {}), Status.INACTIVE, "no such token"),
    "expired": (answers(401, EXPIRED), answers(500, {}), Status.INACTIVE, "has expired"),
    "wrong host": (answers(401, WRONG_HOST), answers(500, {}), Status.ACTIVE_ELSEWHERE, "another project"),
    "not a member": (answers(401, not_a_member("x")), answers(500, {}), Status.ACTIVE_ELSEWHERE, "another project"),
    "live elsewhere outweighs a 401": (
        answers(401, WRONG_HOST),
        answers(401, NOT_FOUND),
        Status.ACTIVE_ELSEWHERE,
        "another project",
    ),
    "a missing grant as 401": (
        answers(401, missing_grant("sanity.project.cors/read")),
        answers(500, {}),
        Status.ACTIVE,
        "missing permission",
    ),
    "a missing grant as 403": (
        answers(403, missing_grant("sanity.project.cors/read", 403)),
        answers(500, {}),
        Status.ACTIVE,
        "missing permission",
    ),
    "robots are not allowed": (answers(403, ROBOTS_NOT_ALLOWED), answers(500, {}), Status.ACTIVE, "Robots are not"),
    "a bare 401 of a project settles nothing": (
        answers(401, UNAUTHORIZED),
        answers(500, {}),
        Status.UNKNOWN,
        "no conclusive answer (500",
    ),
    "a bare 401 everywhere": (
        answers(401, UNAUTHORIZED),
        answers(401, UNAUTHORIZED),
        Status.UNKNOWN,
        "401, Unauthorized",
    ),
    "a bare 403 everywhere": (
        answers(403, UNAUTHORIZED),
        answers(403, UNAUTHORIZED),
        Status.UNKNOWN,
        "other IP addresses",
    ),
    "no such project, no such token": (
        answers(404, NO_PROJECT),
        answers(401, NOT_FOUND),
        Status.INACTIVE,
        "no such token",
    ),
    "no such project, expired": (answers(404, NO_PROJECT), answers(401, EXPIRED), Status.INACTIVE, "has expired"),
    "no credentials seen": (answers(200, {}), answers(200, {}), Status.UNKNOWN, "as if there were no credentials"),
    "an id that is no text": (answers(200, {"id": 1}), answers(200, {"id": 1}), Status.UNKNOWN, "no credentials"),
    "a list": (answers(200, []), answers(200, []), Status.UNKNOWN, "no credentials"),
    "no JSON": (answers(200, "<html>"), answers(200, "<html>"), Status.UNKNOWN, "no credentials"),
    "a page instead of a refusal, as a firewall has it": (HTML, HTML, Status.UNKNOWN, "not JSON"),
    "an error of the server": (answers(500, {}), answers(500, {}), Status.UNKNOWN, "500"),
    "an old version": (answers(410, {"message": "Gone"}), answers(410, {"message": "Gone"}), Status.UNKNOWN, "Gone"),
    "a code that nobody knows, everywhere": (
        answers(401, NOT_FOUND | {"errorCode": "SIO-401-XYZ"}),
        answers(401, NOT_FOUND | {"errorCode": "SIO-401-XYZ"}),
        Status.UNKNOWN,
        "SIO-401-XYZ",
    ),
    "an address that is not allowed": (
        answers(403, {"statusCode": 403, "error": "Forbidden", "message": "Not from this address"}),
        answers(403, {"statusCode": 403, "error": "Forbidden", "message": "Not from this address"}),
        Status.UNKNOWN,
        "Not from this address",
    ),
    "a code that nobody knows, only here": (
        answers(401, NOT_FOUND | {"errorCode": "SIO-401-XYZ"}),
        answers(500, {}),
        Status.UNKNOWN,
        "500",
    ),
    "the error in its second shape": (
        answers(401, {"error": {"type": "x", "description": "No"}}),
        answers(401, {"error": {"type": "x", "description": "No"}}),
        Status.UNKNOWN,
        "without a known reason",
    ),
    "the error in its third shape": (
        answers(401, {"message": "No"}),
        answers(401, {"message": "No"}),
        Status.UNKNOWN,
        "without a known reason",
    ),
    "the error in its fourth shape": (
        answers(403, {"error": {"message": "Robots are not allowed"}}),
        answers(500, {}),
        Status.ACTIVE,
        "Robots are not",
    ),
}


@pytest.mark.parametrize(("here", "anywhere", "status", "reason"), ERRORS.values(), ids=ERRORS)
def test_what_an_error_means(api: SanityApi, here: Reply, anywhere: Reply, status: Status, reason: str) -> None:
    api.replies[r"^abcd1234\..*/users/me$"] = here
    api.replies[r"^api\..*/users/me$"] = anywhere
    verdict = verify(api, "abcd1234")
    assert (verdict.status, reason in verdict.reason) == (status, True), verdict
    assert verdict.evidence


def test_expired_and_deleted_are_told_apart(api: SanityApi) -> None:
    api.add(TOKEN)
    del api.holders[TOKEN]
    deleted = verify(api)
    api.received.clear()
    api.expired.add(TOKEN)
    expired = verify(api)
    assert deleted.status is expired.status is Status.INACTIVE
    assert ("deleted" in deleted.reason, "expired" in expired.reason) == (True, True)


def test_an_old_refusal_of_robots_means_a_live_robot_whose_scope_is_still_found(api: SanityApi) -> None:
    api.add(TOKEN, "editor")
    api.refuse_robots = True
    verdict = verify(api, "abcd1234")
    assert (verdict.status, verdict.kind, verdict.scope) == (Status.ACTIVE, Holder.ROBOT, Scope.CAN_WRITE)


# --- words -------------------------------------------------------------------------------------------------------------

SUMMARIES: Mapping[str, tuple[Verdict, str]] = {
    "a robot": (
        Verdict(
            status=Status.ACTIVE,
            reason="x",
            kind=Holder.ROBOT,
            scope=Scope.CAN_WRITE,
            roles=("editor",),
            facts=(("project", "abcd1234"), ("dataset", "production")),
        ),
        "robot token, can-write in project abcd1234, dataset production (editor)",
    ),
    "a person": (
        Verdict(status=Status.ACTIVE, reason="x", kind=Holder.PERSONAL, scope=Scope.ADMIN),
        "personal token with all rights of its user",
    ),
    "a person with a role": (
        Verdict(
            status=Status.ACTIVE,
            reason="x",
            kind=Holder.PERSONAL,
            roles=("viewer",),
            facts=(("project", "abcd1234"),),
        ),
        "personal token with all rights of its user; in project abcd1234: viewer",
    ),
    "live, no more": (
        Verdict(status=Status.ACTIVE_ELSEWHERE, reason="x"),
        "token, scope unknown",
    ),
}


@pytest.mark.parametrize(("verdict", "summary"), SUMMARIES.values(), ids=SUMMARIES)
def test_a_live_token_in_a_few_words(verdict: Verdict, summary: str) -> None:
    assert SANITY.summary(verdict) == summary


# --- projects --------------------------------------------------------------------------------------------------------


def test_without_a_project_the_address_that_needs_none_is_asked(api: SanityApi) -> None:
    api.add(TOKEN, "editor")
    verdict = verify(api)
    assert (verdict.status, verdict.fact("project"), verdict.scope) == (Status.ACTIVE, "abcd1234", Scope.CAN_WRITE)
    assert api.calls() == [ANYWHERE, GRANTS, ACL]


def test_a_robot_whose_project_is_not_told_is_live_and_no_more_is_said(api: SanityApi) -> None:
    api.add(TOKEN, "editor")
    api.robots_have_grants = False
    verdict = verify(api)
    assert (verdict.status, verdict.kind, verdict.scope) == (Status.ACTIVE, Holder.ROBOT, Scope.UNKNOWN)
    assert "its project is unknown" in verdict.reason
    assert api.calls() == [ANYWHERE, GRANTS]


def test_the_projects_of_a_person_are_named(api: SanityApi) -> None:
    api.holders[TOKEN] = Who(projects={"p0000001": "viewer", "p0000002": "editor"}, robot=False)
    verdict = verify(api)
    assert (verdict.status, verdict.scope, verdict.fact("project")) == (Status.ACTIVE, Scope.ADMIN, "")
    assert "projects it reaches: p0000001, p0000002" in verdict.evidence
    assert api.calls() == [ANYWHERE, GRANTS, "api.sanity.io/auth/id"]


def test_a_person_whose_grants_are_not_told_is_asked_for_a_list_of_projects(api: SanityApi) -> None:
    api.add(TOKEN, "viewer", robot=False)
    api.replies["/grants$"] = answers(404, {})
    assert verify(api).fact("project") == "abcd1234"
    assert api.calls() == [ANYWHERE, GRANTS, "api.sanity.io/projects", "api.sanity.io/auth/id"]


@pytest.mark.parametrize("robot", [True, False], ids=["robot", "person"])
def test_a_token_of_another_project_is_active_elsewhere(api: SanityApi, *, robot: bool) -> None:
    api.add("sk" + "y" * 78, project="abcd1234")
    api.add(TOKEN, "editor", "efgh5678", robot=robot)
    verdict = verify(api, "abcd1234")
    assert (verdict.status, verdict.fact("project")) == (Status.ACTIVE_ELSEWHERE, "efgh5678")
    assert verdict.scope is (Scope.CAN_WRITE if robot else Scope.ADMIN)
    assert api.calls()[:3] == [ME, ANYWHERE, GRANTS]


def test_a_token_whose_named_project_is_not_there_is_active_elsewhere(api: SanityApi) -> None:
    api.add(TOKEN, "viewer", "efgh5678")
    assert verify(api, "abcd1234").status is Status.ACTIVE_ELSEWHERE


def test_candidates_are_tried_in_order_each_once_until_one_knows_the_token(api: SanityApi) -> None:
    api.add("sk" + "y" * 78, project="p0000001")
    api.add(TOKEN, "viewer", "abcd1234")
    verdict = verify(api, "p0000001", "p0000001", "Bad/1", "p0000002", "abcd1234", "p0000003")
    assert (verdict.status, verdict.fact("project")) == (Status.ACTIVE, "abcd1234")
    assert [call.partition(".")[0] for call in api.calls()] == ["p0000001", "p0000002", "abcd1234", "abcd1234"]


def test_at_most_four_candidates_are_tried(api: SanityApi) -> None:
    verify(api, *(f"p000000{number}" for number in range(9)))
    assert len([call for call in api.calls() if call.startswith("p")]) == 4


def test_a_robot_of_several_projects_has_the_widest_scope(api: SanityApi) -> None:
    api.holders[TOKEN] = Who(projects={"p0000001": "viewer", "p0000002": "editor", "p0000003": "viewer"})
    verdict = verify(api)
    assert (verdict.scope, verdict.fact("project")) == (Scope.CAN_WRITE, "p0000002")


def test_a_robot_of_more_projects_than_are_asked_about_is_not_called_read_only(api: SanityApi) -> None:
    api.holders[TOKEN] = Who(projects=dict.fromkeys((f"p00000{number:02}" for number in range(20)), "viewer"))
    verdict = verify(api)
    assert (verdict.status, verdict.scope) == (Status.ACTIVE, Scope.UNKNOWN)
    assert len(api.received) == 6
    assert any("and 15 more" in line for line in verdict.evidence)


def test_there_is_an_end_to_the_requests(api: SanityApi) -> None:
    api.holders[TOKEN] = Who(projects=dict.fromkeys((f"p00000{number:02}" for number in range(20)), "post-reader"))
    names = [f"set{number}" for number in range(9)]
    api.datasets = dict.fromkeys(api.holders[TOKEN].projects, names)
    verify(api, *(f"other00{number}" for number in range(9)), datasets=names)
    assert len(api.received) == 22, "as docs/verifying.md says"


def test_project_ids_that_the_api_names_are_checked_like_any_other(api: SanityApi) -> None:
    api.add(TOKEN, "editor")
    api.replies["/grants$"] = answers(200, {"projects": {"evil.example/#": {}, "../x": {}}})
    verdict = verify(api)
    assert (verdict.status, verdict.scope) == (Status.ACTIVE, Scope.UNKNOWN)
    assert api.calls() == [ANYWHERE, GRANTS]


# Malformed responses from every endpoint -> still a verdict.
ODD_BODIES: Sequence[Any] = (None, 0, "x", [], {}, [[]], {"projects": []}, {"data": []}, {"error": []}, "[" * 100_000)


@pytest.mark.parametrize("body", ODD_BODIES, ids=range(len(ODD_BODIES)))
@pytest.mark.parametrize("robot", [True, False], ids=["robot", "person"])
@pytest.mark.parametrize("hints", [(), ("abcd1234",)], ids=["no project", "a project"])
def test_an_answer_of_another_form_is_no_evidence(
    api: SanityApi, body: Any, hints: Sequence[str], *, robot: bool
) -> None:
    api.add(TOKEN, "post-reader", robot=robot)
    api.replies["/acl$|/check|/grants$|/auth/id$|/projects\\?"] = answers(200, body)
    verdict = verify(api, *hints)
    assert (verdict.status, verdict.expires) == (Status.ACTIVE, "")
    assert verdict.scope is (Scope.UNKNOWN if robot else Scope.ADMIN)


@pytest.mark.parametrize("expiry", [1e300, -1e300, True, None, "2030", [], float("nan")], ids=repr)
def test_an_expiry_that_is_no_time_is_left_out(api: SanityApi, expiry: Any) -> None:
    api.add(TOKEN, robot=False)
    api.replies["/auth/id$"] = answers(200, {"id": "x", "expiry": expiry})
    assert verify(api, "abcd1234").expires == ""


# --- rate limits -----------------------------------------------------------------------------------------------------


def test_a_limit_ends_the_verification(api: SanityApi) -> None:
    api.add(TOKEN, "editor")
    api.replies["/users/me$"] = answers(429, {"message": "Too many"}, Retry_After="60")
    verdict = verify(api, "abcd1234", "efgh5678")
    assert verdict.status is Status.UNKNOWN
    assert "fewer calls" in verdict.reason
    assert api.calls() == [ME]


def test_a_limit_on_the_way_leaves_what_is_known(api: SanityApi) -> None:
    api.add(TOKEN, "developer")
    api.replies["/acl$"] = answers(429, {}, Retry_After="60")
    verdict = verify(api, "abcd1234", datasets=["a", "b"])
    assert (verdict.status, verdict.scope) == (Status.ACTIVE, Scope.CAN_WRITE)
    assert len(api.received) == 2


def test_what_others_wrote_is_safe_to_show(api: SanityApi) -> None:
    api.add(TOKEN, "viewer")
    odd = f"\x1b[31m\u202e{TOKEN} " + "x" * 500
    me = {"id": "pX", "provider": "sanity-token", "name": odd, "role": odd, "roles": [{"name": f"Bearer {TOKEN}"}]}
    api.replies["/users/me$"] = answers(200, me)
    api.replies["/acl$"] = answers(403, {"message": f"no {TOKEN[:100]} {TOKEN[100:]} {odd}", "errorCode": odd})
    verdict = verify(api, "abcd1234")
    text = repr(verdict)
    assert not any(TOKEN[start : start + 12] in text for start in range(len(TOKEN) - 12))
    assert not any(c in line for c in "\x1b\u202e" for line in (*verdict.evidence, *verdict.roles, verdict.label))
    assert max(map(len, (*verdict.evidence, verdict.label))) <= 240
