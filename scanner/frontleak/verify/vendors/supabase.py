"""The recipes for Supabase: keys of a project, and access tokens of a person.

Sources: supabase.com/docs/guides/api/api-keys (a key goes in `apikey`; a secret key and the service role bypass row
level security), supabase.com/docs/reference/self-hosting-auth/introduction (`GET /settings` of Auth, behind the same
gateway), supabase.com/docs/reference/api/list-all-projects. A refusal says that the project does not accept the key,
which may belong to another one: it is inactive only for the project that was named.
"""

import re
from collections.abc import Sequence
from typing import Final

from frontleak.core.verdict import Holder, Scope, Status, Verdict
from frontleak.verify.evidence import described, evidence, inner, is_busy, received, unsettled
from frontleak.verify.interface import (
    BEARER,
    Answer,
    Hint,
    Hints,
    Recipe,
    RecipeStep,
    Recordable,
    Request,
    SecretHeader,
    Verifier,
    only,
)

_REF: Final = re.compile(r"[a-z]{20}")
_MOST_PROJECTS: Final = 3


def settings(project: str) -> Request:
    """Ask for the sign-in settings of a project, which its gateway gives to every valid key."""
    return Request(f"{project}.supabase.co", "/auth/v1/settings")


PROJECTS: Final = Request("api.supabase.com", "/v1/projects")
"""Lists the projects of a person."""


def of_project(hints: Hints) -> Recipe:
    """Verify one key of a project."""
    shown: tuple[str, ...] = ()
    answer = Answer(error="the key does not name its project; pass --project")
    for project in hints["project"][:_MOST_PROJECTS]:
        answer = yield settings(project)
        shown = (*shown, evidence(settings(project), answer, inner(answer.body, "message")))
        if answer.status == 200 and inner(answer.body, "external") is not None:
            return Verdict(
                status=Status.ACTIVE,
                reason="the project accepts the key",
                kind=Holder.ROBOT,
                facts=(("project", project),),
                evidence=shown,
            )
        if is_busy(answer):
            break
    why = "none of the projects near the key accepts it; it may belong to another one" if answer.status == 401 else ""
    return unsettled("Supabase", answer, shown, why)


def plan_of_project(hints: Hints) -> Sequence[RecipeStep]:
    """List the requests."""
    projects = hints["project"][:_MOST_PROJECTS] or ("<project>",)
    return tuple(RecipeStep(request=settings(project), when="until one accepts the key") for project in projects)


def of_person(_hints: Hints) -> Recipe:
    """Verify one access token."""
    answer = yield PROJECTS
    shown = (evidence(PROJECTS, answer, inner(answer.body, "message")),)
    if answer.status == 200 and isinstance(answer.body, list):
        names = [received(inner(project, "name")) for project in answer.body]
        return Verdict(
            status=Status.ACTIVE,
            reason="Supabase listed the projects of the token's user",
            kind=Holder.PERSONAL,
            scope=Scope.ADMIN,
            facts=(("projects", ", ".join(name for name in names[:5] if name)),) if any(names) else (),
            evidence=shown,
        )
    if answer.status == 401 and inner(answer.body, "message") is not None:
        return Verdict(status=Status.INACTIVE, reason="Supabase has no such token: deleted or made up", evidence=shown)
    return unsettled("Supabase", answer, shown)


SUPABASE: Final = Verifier(
    name="supabase",
    title="Supabase",
    hosts=re.compile(rf"{_REF.pattern}\.supabase\.co"),
    header=SecretHeader(name="apikey"),
    recipe=of_project,
    plan=plan_of_project,
    summary=lambda verdict: described("key", verdict, "project"),
    hints=(
        Hint(
            name="project",
            fact="supabase_project",
            metavar="ID",
            help="Supabase project to ask; repeatable.",
            form="a project reference of Supabase is 20 lower-case letters",
            is_valid=lambda text: _REF.fullmatch(text) is not None,
        ),
    ),
    recordable=Recordable(
        names=(("project", re.compile(r"^([a-z]{20})(?=\.supabase\.co)")),),
        texts=frozenset({"message", "hint"}),
        keys=frozenset({"external", "disable_signup"}),
    ),
)
"""For keys of a project: secret keys and the service role."""
SUPABASE_ACCOUNT: Final = Verifier(
    name="supabase-account",
    title="Supabase account",
    hosts=re.compile(re.escape(PROJECTS.host)),
    header=BEARER,
    recipe=of_person,
    plan=only(PROJECTS),
    summary=lambda verdict: described("access token with all rights of its user", verdict),
    recordable=Recordable(texts=frozenset({"message"}), keys=frozenset({"id", "name", "region", "status"})),
)
"""For access tokens of a person."""
