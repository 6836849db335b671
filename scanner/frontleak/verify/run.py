"""Verifies the secrets of a scan, each once and a few at a time, and adds the verdicts to the findings."""

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.errors import VerifyError
from frontleak.core.finding import Finding
from frontleak.core.origins import FileOrigin
from frontleak.core.records import dataclass, replace
from frontleak.core.secret import Secret
from frontleak.core.verdict import Call, Scope, Status, Verdict
from frontleak.core.vocabulary import Severity
from frontleak.triage.group import report_order
from frontleak.verify.cache import VerdictCache
from frontleak.verify.hints import gathered
from frontleak.verify.interface import Hints, Verifier, VerifyOptions
from frontleak.verify.recipe_runner import Checked, run_recipe
from frontleak.verify.registry import verifier_named

MOST_SECRETS: Final = 100
"""Most secrets verified in one scan: ten thousand made-up tokens in a bundle must not cause as many calls."""
_THREADS: Final = 4
_POLL: Final = 0.5
"""Seconds of one wait for a thread; waits are short because on some systems Ctrl-C cannot end them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One secret to verify."""

    verifier: Verifier
    secret: Secret
    hints: Hints


def verify_scan(
    findings: Sequence[Finding],
    verifier_names: Mapping[str, str],
    values: Mapping[str, bytes],
    options: VerifyOptions,
    cache: VerdictCache,
) -> tuple[list[Finding], tuple[Call, ...], tuple[Diagnostic, ...]]:
    """Verify the findings of a scan and save the verdicts; arguments as for `verify_findings`.

    Returns:
        The findings with their verdicts, in report order; the calls; and a diagnostic if the cache file could not be
        written, so that the report is not lost.
    """
    judged, calls = verify_findings(findings, verifier_names, values, options, cache)
    unsaved: tuple[Diagnostic, ...] = ()
    try:
        cache.save()
    except VerifyError as error:
        reason = f"the verdicts were not saved: {error}"
        unsaved = (note(Code.VERDICT_CACHE, FileOrigin(path=str(options.cache_file)), reason),)
    return sorted(judged, key=report_order), tuple(calls), unsaved


def verify_findings(
    findings: Sequence[Finding],
    verifier_names: Mapping[str, str],
    values: Mapping[str, bytes],
    options: VerifyOptions,
    cache: VerdictCache,
) -> tuple[list[Finding], list[Call]]:
    """Return the findings with their verdicts and adjusted severities, and every call that was made.

    Args:
        findings: in order of importance.
        verifier_names: rule id -> name of its verifier, empty for none.
        values: secret digest -> value.
        options: hints to use first, and the resolver.
        cache: earlier verdicts; new ones are added.
    """
    wanted: dict[str, list[Finding]] = {}
    for finding in findings:
        if verifier_named(verifier_names.get(_rule_of_secret(finding), "")) and _digest(finding) in values:
            wanted.setdefault(_digest(finding), []).append(finding)
    verdicts: dict[str, Verdict] = {}
    tasks: dict[str, Task] = {}
    for digest, group in wanted.items():
        verifier = verifier_named(verifier_names[_rule_of_secret(group[0])])
        if verifier is None:
            continue
        secret = Secret(values[digest])
        hints = gathered(verifier, options.hints, [finding.context for finding in group])
        if cached := cache.find(verifier.name, secret, hints):
            verdicts[digest] = cached
        elif len(tasks) < MOST_SECRETS:
            tasks[digest] = Task(verifier=verifier, secret=secret, hints=hints)
        else:
            verdicts[digest] = _not_checked(f"only the first {MOST_SECRETS} secrets of a scan are verified")
    done = dict(zip(tasks, check_all(list(tasks.values()), options), strict=True))
    for digest, checked in done.items():
        task = tasks[digest]
        cache.keep(task.verifier.name, task.secret, task.hints, checked.verdict)
        verdicts[digest] = checked.verdict
    calls = [call for checked in done.values() for call in checked.calls]
    not_checked = _not_checked("there is no verifier for this kind of secret")
    return [_with_verdict(finding, verdicts.get(_digest(finding), not_checked)) for finding in findings], calls


def _not_checked(reason: str) -> Verdict:
    return Verdict(status=Status.NOT_CHECKED, reason=reason)


def _with_verdict(finding: Finding, verdict: Verdict) -> Finding:
    if not finding.kind.is_value and finding.secret_rule is None:  # no secret to verify
        return finding
    severity = severity_of(verdict, finding.severity)
    least = finding.severity_without_secret
    if least is not None and least.rank < severity.rank:  # the code is wrong whatever this token may do
        severity = least
    return replace(finding, verdict=verdict, severity=severity)


def severity_of(verdict: Verdict, by_rule: Severity) -> Severity:
    """Return the severity that a verdict gives; the rule's own severity if the verdict is not conclusive."""
    if verdict.status is Status.INACTIVE:
        return Severity.LOW
    if not verdict.is_live or verdict.scope is Scope.UNKNOWN:
        return by_rule
    return Severity.MEDIUM if verdict.scope is Scope.READ_ONLY else Severity.CRITICAL


def check_all(tasks: Sequence[Task], options: VerifyOptions) -> list[Checked]:
    """Verify secrets, four at a time, and return the results in the same order.

    Each vendor has its own client: only its hosts, its header, and its pauses. Threads are daemons: after an interrupt,
    nothing waits for their answers.
    """
    if not tasks:
        return []
    from frontleak.verify.client import HttpClient  # noqa: PLC0415 - 0.15 s

    clients = {task.verifier.name: HttpClient(task.verifier, options.resolver) for task in tasks}
    try:
        return _in_threads(
            tasks, lambda task: run_recipe(task.verifier, task.secret, task.hints, clients[task.verifier.name])
        )
    finally:
        for client in clients.values():
            client.stop()


def _in_threads(tasks: Sequence[Task], work: Callable[[Task], Checked]) -> list[Checked]:
    waiting: queue.SimpleQueue[tuple[int, Task]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Checked | Exception]] = queue.SimpleQueue()
    for entry in enumerate(tasks):
        waiting.put(entry)

    def serve() -> None:
        while True:
            try:
                number, task = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((number, work(task)))
            except Exception as error:  # noqa: BLE001 - re-raised in the waiting thread
                done.put((number, error))

    for _ in range(min(_THREADS, len(tasks))):
        threading.Thread(target=serve, daemon=True).start()
    results: dict[int, Checked] = {}
    while len(results) < len(tasks):
        try:
            number, result = done.get(timeout=_POLL)
        except queue.Empty:
            continue
        if isinstance(result, Exception):
            raise result
        results[number] = result
    return [results[number] for number in range(len(tasks))]


def _rule_of_secret(finding: Finding) -> str:
    return finding.secret_rule.id if finding.secret_rule is not None else finding.rule_id


def _digest(finding: Finding) -> str:
    """Return the digest of the secret; empty where nothing is secret."""
    return finding.secret.digest if finding.secret is not None else ""
