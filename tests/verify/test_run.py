"""Findings get verdicts: one verification per secret, and severity by its permissions."""

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from frontleak.core.finding import Finding
from frontleak.core.secret import Secret
from frontleak.core.verdict import Call, Holder, Scope, Status, Verdict
from frontleak.core.vocabulary import Severity
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from frontleak.triage.group import group
from frontleak.verify import run as verify_run
from frontleak.verify.cache import VerdictCache
from frontleak.verify.interface import CallError, SocketAddress, VerifyOptions
from frontleak.verify.registry import verifier_named
from frontleak.verify.run import severity_of, verify_findings
from tests.acceptance.support import token
from tests.fakes.sanity_api import SanityApi
from tests.fakes.tls_server import after, answers
from tests.support.made import scan_text, secret_of
from tests.support.shipped import full_set

NAMES = {"sanity-token": "sanity"}
ENV_FILE = full_set().by_id()["served-env-file"]


def finding(value: str, path: str = "app.js", **facts: tuple[str, ...]) -> Finding:
    """Find a token in a file."""
    (found,) = group(scan_text(f"'{value}'", path).detections, full_set().by_id())
    return replace(found, context=facts, secret=Secret(value.encode()))


def judged(
    api: SanityApi,
    findings: Sequence[Finding],
    *,
    projects: tuple[str, ...] = (),
    cache: VerdictCache | None = None,
    names: Mapping[str, str] = NAMES,
) -> tuple[list[Finding], list[Call]]:
    """Verify findings as at the end of a scan."""
    values = {secret_of(one).digest: secret_of(one).reveal() for one in findings}
    sealed = [replace(one, secret=secret_of(one).sealed()) for one in findings]
    options = VerifyOptions(hints={"project": projects}, resolver=api.resolver)
    return verify_findings(sealed, names, values, options, cache or VerdictCache())


def verdict_of(one: Finding) -> Verdict:
    """Return the verdict of a finding, which must have one."""
    assert one.verdict is not None
    return one.verdict


def test_nothing_to_verify_starts_nothing(api: SanityApi) -> None:
    before = threading.active_count()
    assert judged(api, []) == ([], [])
    found, calls = judged(api, [finding(token())], names={})
    assert (found[0].severity, verdict_of(found[0]).status, calls) == (Severity.HIGH, Status.NOT_CHECKED, [])
    found, calls = judged(api, [finding(token())], names={"sanity-token": "nobody"})
    assert (verdict_of(found[0]).status, calls) == (Status.NOT_CHECKED, [])
    assert (api.connections, threading.active_count()) == (0, before)


@pytest.mark.parametrize(
    ("role", "without", "expected"),
    [
        ("viewer", Severity.HIGH, Severity.HIGH),
        ("viewer", Severity.LOW, Severity.MEDIUM),
        ("", Severity.MEDIUM, Severity.MEDIUM),
        ("editor", Severity.MEDIUM, Severity.CRITICAL),
    ],
)
def test_the_value_of_a_variable_is_verified_and_the_code_stays_as_bad_as_it_is(
    role: str, without: Severity, expected: Severity, api: SanityApi
) -> None:
    if role:
        api.add(token(), role, "p1234567")
    value = finding(token(), project_id=("p1234567",))
    code = full_set().by_id()["sanity-token-in-client-code"]
    joined = replace(value, rule=code, secret_rule=value.rule, severity_without_secret=without)
    (found,), calls = judged(api, [joined])
    assert calls
    assert (found.severity, verdict_of(found).status is Status.ACTIVE) == (expected, bool(role))


def test_two_hundred_findings_of_twenty_tokens_are_twenty_verifications(api: SanityApi) -> None:
    tokens = [token(str(number)) for number in range(20)]
    for number, value in enumerate(tokens):
        api.add(value, "viewer", f"p{number % 5:07}")
    findings = [
        finding(value, f"{place}.js", project_id=(f"p{number % 5:07}",))
        for place in range(10)
        for number, value in enumerate(tokens)
    ]
    found, calls = judged(api, findings)
    assert len(found) == 200
    assert {(one.severity, verdict_of(one).scope) for one in found} == {(Severity.MEDIUM, Scope.READ_ONLY)}
    assert len([call for call in api.calls() if call.endswith("/users/me")]) == 20
    assert len(calls) == len(api.received) == 40
    assert max(api.most_at_once.values()) <= 2


def test_calls_are_listed_in_the_order_of_the_findings(api: SanityApi) -> None:
    hosts = [f"p{number:07}" for number in range(6)]
    api.replies["p0000000"] = after(0.1, answers(401, {}))
    _, calls = judged(api, [finding(token(name), project_id=(name,)) for name in hosts])
    assert [call.host.partition(".")[0] for call in calls if call.host.startswith("p")] == hosts


def test_projects_of_the_command_line_come_first_then_those_near_any_of_the_places(api: SanityApi) -> None:
    value = token()
    api.add(value, "viewer", "near2222")
    found, _ = judged(
        api,
        [finding(value, project_id=("near1111",)), finding(value, "b.js", project_id=("near2222",), dataset=("blog",))],
        projects=("given000",),
    )
    assert [call.partition(".")[0] for call in api.calls()] == ["given000", "near1111", "near2222", "near2222"]
    assert "/datasets/blog/acl" in api.calls()[-1]
    assert {verdict_of(one).fact("project") for one in found} == {"near2222"}


def test_a_remembered_verdict_costs_no_call(api: SanityApi) -> None:
    cache, value = VerdictCache(), token()
    api.add(value, "editor")
    first, _ = judged(api, [finding(value)], cache=cache)
    api.received.clear()
    second, calls = judged(api, [finding(value)], cache=cache)
    assert (second, calls, api.received) == (first, [], [])


def test_a_secret_whose_value_did_not_come_along_is_not_checked(api: SanityApi) -> None:
    found, calls = verify_findings([finding(token())], NAMES, {}, VerifyOptions(), VerdictCache())
    assert (verdict_of(found[0]).status, calls) == (Status.NOT_CHECKED, [])


def test_what_is_said_of_a_file_has_no_verdict(api: SanityApi) -> None:
    found, calls = judged(api, [replace(finding(token()), rule=ENV_FILE)], names={})
    assert (found[0].verdict, found[0].severity, calls) == (None, Severity.HIGH, [])


def test_there_is_a_limit_to_the_secrets_of_one_scan(api: SanityApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_run, "MOST_SECRETS", 3)
    found, _ = judged(api, [finding(token(str(number))) for number in range(5)])
    assert [verdict_of(one).status for one in found] == [Status.INACTIVE] * 3 + [Status.NOT_CHECKED] * 2
    assert "only the first 3" in verdict_of(found[-1]).reason
    assert found[-1].severity is Severity.HIGH


def test_a_long_wait_that_was_asked_for_once_holds_for_all(api: SanityApi) -> None:
    api.replies["."] = answers(429, {}, Retry_After="600")
    found, calls = judged(api, [finding(token(str(number)), project_id=("abcd1234",)) for number in range(20)])
    assert {verdict_of(one).status for one in found} == {Status.UNKNOWN}
    assert {verdict_of(one).reason for one in found} == {"Sanity asked for fewer calls; try again later"}
    assert len(api.received) <= 4, "those that were under way"
    assert len(calls) == 20, "the others are listed as not sent"


def test_a_defect_of_a_recipe_is_not_swallowed(api: SanityApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(verify_run, "run_recipe", broken)
    with pytest.raises(ZeroDivisionError):
        judged(api, [finding(token())])


# Verdict -> severity, for a rule with severity high.
SEVERITY: Mapping[str, tuple[Status, Scope, Severity]] = {
    "not checked": (Status.NOT_CHECKED, Scope.UNKNOWN, Severity.HIGH),
    "unknown": (Status.UNKNOWN, Scope.UNKNOWN, Severity.HIGH),
    "inactive": (Status.INACTIVE, Scope.UNKNOWN, Severity.LOW),
    "live, no more": (Status.ACTIVE, Scope.UNKNOWN, Severity.HIGH),
    "reads": (Status.ACTIVE, Scope.READ_ONLY, Severity.MEDIUM),
    "writes drafts": (Status.ACTIVE, Scope.CAN_WRITE_DRAFTS, Severity.CRITICAL),
    "writes": (Status.ACTIVE, Scope.CAN_WRITE, Severity.CRITICAL),
    "administers": (Status.ACTIVE, Scope.ADMIN, Severity.CRITICAL),
    "live elsewhere, no more": (Status.ACTIVE_ELSEWHERE, Scope.UNKNOWN, Severity.HIGH),
    "reads elsewhere": (Status.ACTIVE_ELSEWHERE, Scope.READ_ONLY, Severity.MEDIUM),
    "writes elsewhere": (Status.ACTIVE_ELSEWHERE, Scope.CAN_WRITE, Severity.CRITICAL),
}


@pytest.mark.parametrize(("status", "scope", "severity"), SEVERITY.values(), ids=SEVERITY)
def test_severity_follows_the_verdict(status: Status, scope: Scope, severity: Severity) -> None:
    assert severity_of(Verdict(status=status, reason="x", scope=scope), Severity.HIGH) is severity


def test_every_verdict_survives_being_written_down() -> None:
    for status, kind, scope in itertools.product(Status, Holder, Scope):
        verdict = Verdict(status=status, reason="r", evidence=("e",))
        if verdict.is_live:
            verdict = replace(
                verdict,
                vendor="v",
                summary="s",
                kind=kind,
                scope=scope,
                roles=("a",),
                facts=(("project", "p"),),
                label="l",
            )
        assert Verdict.from_plain(verdict.to_plain()) == verdict


def test_every_verifier_that_a_shipped_rule_names_is_there() -> None:
    named = {rule.verify for rule in full_set().rules if rule.verify}
    assert {name for name in named if verifier_named(name)} == named
    assert named


def test_a_secret_made_anew_has_the_digest_of_the_one_that_was_found() -> None:
    assert Secret(token().encode()).digest == secret_of(finding(token())).digest


def test_a_cache_that_cannot_be_written_any_more_does_not_cost_the_report(tmp_path: Path) -> None:
    code = tmp_path / "app.js"
    code.write_text(f"const token='{token()}'")
    folder = tmp_path / "cache"
    folder.mkdir()

    def no_address(host: str) -> Sequence[SocketAddress]:
        folder.rmdir()
        raise CallError(f"no address for {host}")

    verify = VerifyOptions(cache_file=folder / "verdicts.json", resolver=no_address)
    report = scan(full_set(), ScanOptions(paths=(str(code),), verify=verify))
    assert [verdict_of(one).status for one in report.findings] == [Status.UNKNOWN]
    (skip,) = report.skipped
    assert (skip.origin.path, skip.incomplete) == (str(folder / "verdicts.json"), False)
    assert "the verdicts were not saved" in skip.message
