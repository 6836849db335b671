"""The recipe for Sanity tokens: usually two or three GET requests, none of which changes or consumes anything.

It first asks the projects found near the token for the token's account. If none of them recognises it, it calls the
endpoint that needs no project, and lists the projects that the token reaches. A robot's scope is read from the access
list of a dataset, as the Studio does when it loads. A personal token counts as an administrator's, because it acts as
that person everywhere. The token is opaque: its form reveals nothing. A robot's may be limited to IP addresses
(sanity.io/docs/content-lake/restrict-robot-token-by-ip), so a refusal for an unknown reason proves nothing.

Endpoints that write, end a session, exchange a token or claim a project are never called.
"""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from typing import Final

from frontleak.core.records import dataclass, field, replace
from frontleak.core.verdict import Holder, Scope, Status, Verdict
from frontleak.verify.interface import BEARER, Answer, Hints, Recipe, Request, Verifier
from frontleak.verify.vendors import sanity_requests as endpoints
from frontleak.verify.vendors.sanity_answers import (
    RECORDABLE,
    WITHOUT_ADMIN,
    Account,
    Meaning,
    account,
    admin_permissions,
    meaning,
    projects_of_grants,
    projects_of_list,
    said,
    scope_of_acl,
    scope_of_roles,
)

# --- the recipe ------------------------------------------------------------------------------------------------------

_AnswerTo = Generator[Request, Answer, Answer]
_INACTIVE: Final = {
    Meaning.NOT_FOUND: "Sanity has no such token: it was deleted or never existed",
    Meaning.EXPIRED: "the token has expired",
}
_LIVE: Final = {
    Meaning.LIVE: "Sanity returned the token's account",
    Meaning.LIVE_ROBOT: 'Sanity answered "Robots are not allowed", which only a live robot token gets',
    Meaning.LIVE_WITHOUT_GRANT: "Sanity reports a missing permission, so the token is live",
    Meaning.ELSEWHERE: "Sanity reports that the token belongs to another project",
}


def recipe(hints: Hints) -> Recipe:
    """Verify one token."""
    projects, datasets = endpoints.tried(hints)
    verification = _Verification(projects=projects, datasets=datasets)
    verdict = yield from verification.run()
    where = f"not valid for {', '.join(verification.projects)}; " if verdict.status is Status.ACTIVE_ELSEWHERE else ""
    return replace(verdict, reason=where + verdict.reason, evidence=tuple(verification.evidence))


@dataclass(slots=True)
class _Verification:
    """The state of the verification of one token."""

    projects: Sequence[str]
    datasets: Sequence[str]
    evidence: list[str] = field(default_factory=list)
    busy: bool = False
    """Whether the API asked for fewer calls."""

    def run(self) -> Recipe:
        elsewhere = False
        for project in self.projects:
            answer = yield from self._ask(endpoints.me(project))
            match meaning(answer):
                case Meaning.LIVE | Meaning.LIVE_ROBOT | Meaning.LIVE_WITHOUT_GRANT as found:
                    return (yield from self._in_project(project, _account(found, answer), _LIVE[found]))
                case Meaning.NOT_FOUND | Meaning.EXPIRED as found:
                    return _without_scope(Status.INACTIVE, _INACTIVE[found])
                case Meaning.ELSEWHERE:
                    elsewhere = True
            if self.busy:
                break
        return (yield from self._anywhere(elsewhere=elsewhere))

    def _ask(self, request: Request) -> _AnswerTo:
        answer = yield request
        self.evidence.append(f"{request.host}{request.path.partition('?')[0]}: {said(answer)}")
        self.busy = self.busy or meaning(answer) is Meaning.BUSY
        return answer

    # --- a project that recognises the token ---

    def _in_project(self, project: str, who: Account, how: str, status: Status = Status.ACTIVE) -> Recipe:
        if who.kind is Holder.PERSONAL:
            return (yield from self._person(endpoints.me(project).host, project, who, how, status))
        scope, dataset, why = yield from self._scope(project, who)
        return Verdict(
            status=status,
            reason=f"{how}; {why}",
            kind=who.kind,
            scope=scope,
            roles=who.roles,
            facts=_facts(project=project, dataset=dataset),
            label=who.label,
        )

    def _person(self, host: str, project: str, who: Account, how: str, status: Status) -> Recipe:
        expires = ""
        if not self.busy:  # confirmed only for people: the Studio calls it for its own session
            answer = yield from self._ask(endpoints.session(host))
            expires = _expiry(answer)
        reason = (
            f"{how}; a personal token acts as that person in all their projects, regardless of the role in one of them"
        )
        return Verdict(
            status=status,
            reason=reason,
            kind=who.kind,
            scope=Scope.ADMIN,
            roles=who.roles,
            facts=_facts(project=project),
            label=who.label,
            expires=expires,
        )

    def _scope(self, project: str, who: Account) -> Generator[Request, Answer, tuple[Scope, str, str]]:
        """Return the scope, the dataset that determined it, and the reason."""
        scope, dataset, how = yield from self._scope_in_datasets(project, who)
        if "administrator" in who.roles:
            return Scope.ADMIN, dataset, "its role is administrator"
        if self.busy or (who.roles and WITHOUT_ADMIN.issuperset(who.roles)):
            return scope, dataset, how
        answer = yield from self._ask(endpoints.admin_check(project))
        if allowed := admin_permissions(answer):
            return Scope.ADMIN, dataset, f"it has {', '.join(allowed)}"
        return scope, dataset, how

    def _scope_in_datasets(self, project: str, who: Account) -> Generator[Request, Answer, tuple[Scope, str, str]]:
        found: list[tuple[Scope, str, str]] = []
        unread = False
        for dataset in self.datasets:
            answer = yield from self._ask(endpoints.acl(project, dataset))
            if answer.status == 200 and isinstance(answer.body, list):
                scope, permissions = scope_of_acl(answer.body)
                found.append((scope, dataset, f"the access list of dataset {dataset} grants it {permissions}"))
            else:
                unread = unread or meaning(answer) is not Meaning.NO_SUCH_PLACE
            if self.busy or (found and found[-1][0] is Scope.CAN_WRITE):
                break
        unsettled = [entry for entry in found if entry[0] is Scope.UNKNOWN]
        widest = max(found, key=lambda entry: entry[0].rank, default=None)
        if widest and (widest[0].rank > Scope.READ_ONLY.rank or not (unsettled or unread)):
            return widest
        if unread or not found:
            by_role = scope_of_roles(who.roles)
            return by_role, "", _by_role(by_role, who.roles)
        return unsettled[0]

    # --- no project, or none that recognises the token ---

    def _anywhere(self, *, elsewhere: bool) -> Recipe:
        answer = Answer() if self.busy else (yield from self._ask(endpoints.ANYWHERE))
        found = meaning(answer)
        if found in _LIVE:
            return (yield from self._wherever_it_works(_account(found, answer), _LIVE[found], elsewhere=elsewhere))
        if elsewhere:
            return _without_scope(Status.ACTIVE_ELSEWHERE, _LIVE[Meaning.ELSEWHERE])
        if found in _INACTIVE:
            return _without_scope(Status.INACTIVE, _INACTIVE[found])
        return _without_scope(Status.UNKNOWN, _unsettled(self.busy, answer))

    def _wherever_it_works(self, who: Account, how: str, *, elsewhere: bool) -> Recipe:
        reached: Sequence[str] = ()
        if not self.busy:
            reached = projects_of_grants((yield from self._ask(endpoints.GRANTS)))
        if not reached and who.kind is Holder.PERSONAL and not self.busy:
            reached = projects_of_list((yield from self._ask(endpoints.PROJECTS)))
        projects = [project for project in reached if endpoints.is_project(project)]
        if projects:
            self.evidence.append(f"projects it reaches: {_first(projects)}")
        elsewhere = elsewhere or bool(projects and self.projects and not set(projects) & set(self.projects))
        status = Status.ACTIVE_ELSEWHERE if elsewhere else Status.ACTIVE
        if who.kind is Holder.PERSONAL:
            return (
                yield from self._person(endpoints.GLOBAL, projects[0] if len(projects) == 1 else "", who, how, status)
            )
        if not projects:
            reason = f"{how}; its project is unknown, and so is its scope"
            return _without_scope(status, reason, who)
        return (yield from self._in_projects(projects, who, how, status))

    def _in_projects(self, projects: Sequence[str], who: Account, how: str, status: Status) -> Recipe:
        """Return the widest scope over the first few projects; unchecked projects may grant more."""
        verdicts: list[Verdict] = []
        for project in projects[: endpoints.MOST_PROJECTS]:
            verdicts.append((yield from self._in_project(project, who, how, status)))
            if self.busy or verdicts[-1].scope is Scope.ADMIN:
                break
        widest = max(verdicts, key=lambda verdict: verdict.scope.rank)
        settled = widest.scope.rank > Scope.READ_ONLY.rank or len(verdicts) == len(projects)
        if settled and not (widest.scope is Scope.READ_ONLY and any(v.scope is Scope.UNKNOWN for v in verdicts)):
            return widest
        return _without_scope(status, f"{how}; its scope across all its projects is unknown", who)


def _without_scope(status: Status, reason: str, who: Account | None = None) -> Verdict:
    who = who or Account()
    return Verdict(status=status, reason=reason, kind=who.kind, label=who.label, roles=who.roles)


def _account(found: Meaning, answer: Answer) -> Account:
    if found is Meaning.LIVE:
        return account(answer.body)
    return Account(kind=Holder.ROBOT if found is Meaning.LIVE_ROBOT else Holder.UNKNOWN)


def _by_role(scope: Scope, roles: Sequence[str]) -> str:
    if scope is Scope.UNKNOWN:
        return "its scope is unknown: no access list could be read, and its roles are not conclusive"
    reads = ", which reads drafts and private datasets too" if scope is Scope.READ_ONLY else ""
    return f"no access list could be read, but its role is {', '.join(roles)}{reads}"


def _unsettled(busy: bool, answer: Answer) -> str:
    if busy:
        return "Sanity asked for fewer calls; try again later"
    if answer.status == 200:
        return "Sanity answered as if there were no credentials"
    if meaning(answer) is Meaning.REFUSED:
        return f"Sanity refuses the token without a known reason ({said(answer)}); it may be live at other IP addresses"
    return f"Sanity gave no conclusive answer ({said(answer)})"


def _first(projects: Sequence[str]) -> str:
    more = f" and {len(projects) - 5} more" if len(projects) > 5 else ""
    return ", ".join(projects[:5]) + more


def _expiry(answer: Answer) -> str:
    """Return when a session ends, from `{"id": …, "expiry": seconds since 1970}`."""
    seconds = answer.body.get("expiry") if answer.status == 200 and isinstance(answer.body, dict) else None
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return ""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return ""


def _facts(**values: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in values.items() if value)


# --- the verifier ----------------------------------------------------------------------------------------------------


def summary(verdict: Verdict) -> str:
    """Describe a live token, such as `robot token, can-write in project abcd1234, dataset production (editor)`."""
    project, dataset, roles = verdict.fact("project"), verdict.fact("dataset"), ", ".join(verdict.roles)
    if verdict.kind is Holder.PERSONAL:
        role = f"; in project {project}: {roles}" if project and roles else ""
        return f"personal token with all rights of its user{role}"
    who = "robot token" if verdict.kind is Holder.ROBOT else "token"
    scope = f"scope {verdict.scope}" if verdict.scope is Scope.UNKNOWN else verdict.scope.value
    place = f" in project {project}" if project else ""
    within = f", dataset {dataset}" if dataset else ""
    return f"{who}, {scope}{place}{within}{f' ({roles})' if roles else ''}"


SANITY: Final = Verifier(
    name="sanity",
    title="Sanity",
    hosts=endpoints.HOSTS,
    header=BEARER,
    recipe=recipe,
    plan=endpoints.plan,
    summary=summary,
    hints=endpoints.HINTS,
    kept_headers=frozenset({"x-sanity-deprecated"}),
    recordable=RECORDABLE,
)
