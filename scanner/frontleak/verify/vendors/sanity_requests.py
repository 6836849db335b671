"""The requests that verify a Sanity token, and the hints that they need."""

import re
from collections.abc import Sequence
from typing import Final

from frontleak.verify.interface import Hint, Hints, RecipeStep, Request
from frontleak.verify.vendors.sanity_answers import ADMIN_PERMISSIONS

_PROJECT: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DATASET: Final = re.compile(r"~?[a-z0-9][A-Za-z0-9_-]{0,63}")
GLOBAL: Final = "api.sanity.io"
"""The host that needs no project."""
HOSTS: Final = re.compile(rf"(?:{_PROJECT.pattern}\.)?api\.sanity\.io")
"""Hosts a Sanity token may be sent to: with a valid project id as the subdomain, or without one."""
_USUAL_DATASET: Final = "production"
MOST_PROJECTS: Final = 4
"""Most projects to try, and most of those a token reaches to ask about."""
_MOST_DATASETS: Final = 3


def is_project(text: str) -> bool:
    """Return whether a text has the form of a project id and may become part of a host name."""
    return _PROJECT.fullmatch(text) is not None


def is_dataset(text: str) -> bool:
    """Return whether a text has the form of a dataset name and may become part of a path."""
    return _DATASET.fullmatch(text) is not None


# --- endpoints; the dated versions are those that the Studio and the CLI use -----------------------------------------


def me(project: str) -> Request:
    """Ask a project for the account of the token."""
    return Request(f"{project}.{GLOBAL}", "/v2021-06-07/users/me")


def session(host: str) -> Request:
    """Ask when a session ends."""
    return Request(host, "/v2021-06-07/auth/id")


def acl(project: str, dataset: str) -> Request:
    """Ask for the access list of a dataset."""
    return Request(f"{project}.{GLOBAL}", f"/v2021-06-07/projects/{project}/datasets/{dataset}/acl")


def admin_check(project: str) -> Request:
    """Ask which of the permissions of an administrator the token has."""
    query = "&".join(f"permissions={name}" for name in ADMIN_PERMISSIONS)
    return Request(GLOBAL, f"/v2025-07-11/access/project/{project}/user-permissions/me/check?{query}")


ANYWHERE: Final = Request(GLOBAL, "/v2025-08-30/users/me")
"""Asks for the account of the token without naming a project."""
GRANTS: Final = Request(GLOBAL, "/v2025-01-01/users/me/grants")
"""Asks for everything the token is granted, by project."""
PROJECTS: Final = Request(GLOBAL, "/v2025-09-22/projects?onlyExplicitMembership=true&includeMembers=false")
"""Asks for the projects of a person."""


def plan(hints: Hints) -> Sequence[RecipeStep]:
    """List every request that a verification may make; the answers decide which ones are made."""
    projects, datasets = tried(hints)
    steps: list[RecipeStep] = []
    for number, project in enumerate(projects):
        steps += (
            RecipeStep(request=me(project), when="if no earlier project recognises the token" if number else "first"),
            *_scope_steps(project, datasets, "if the token works there and is not personal"),
            RecipeStep(request=session(me(project).host), when="if the token works there and is personal"),
        )
    steps += (
        RecipeStep(request=ANYWHERE, when="if none of these projects recognises the token" if projects else "first"),
        RecipeStep(request=GRANTS, when="then, if the token works, to find its projects"),
        RecipeStep(request=PROJECTS, when="then, if that returned no projects and the token is personal"),
        RecipeStep(request=session(GLOBAL), when="then, if the token is personal"),
        *_scope_steps("<project>", datasets, "for each project listed there, if the token is not personal"),
    )
    return steps


def _scope_steps(project: str, datasets: Sequence[str], when: str) -> Sequence[RecipeStep]:
    check = RecipeStep(request=admin_check(project), when=f"{when}, and its roles do not rule it out")
    return (*(RecipeStep(request=acl(project, dataset), when=when) for dataset in datasets), check)


def tried(hints: Hints) -> tuple[Sequence[str], Sequence[str]]:
    """Return the projects and datasets to try."""
    return hints["project"][:MOST_PROJECTS], hints["dataset"][:_MOST_DATASETS] or (_USUAL_DATASET,)


# --- hints -----------------------------------------------------------------------------------------------------------

HINTS: Final = (
    Hint(
        name="project",
        fact="project_id",
        metavar="ID",
        help="Sanity project to try first; repeatable.",
        form="a project id consists of lower-case letters, digits and hyphens, such as abcd1234",
        is_valid=is_project,
    ),
    Hint(
        name="dataset",
        fact="dataset",
        metavar="NAME",
        help="Sanity dataset to test access to; repeatable.  [default: production]",
        form="a dataset name consists of letters, digits, _ and -, such as production",
        is_valid=is_dataset,
    ),
)
"""The options of the command line, and the facts near a token."""
