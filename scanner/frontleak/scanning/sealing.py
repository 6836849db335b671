"""Makes the report of a scan: joins what files, code and values gave, judges it, and counts the rest."""

import os
import time
from collections.abc import Callable, Container, Mapping, Sequence
from typing import TYPE_CHECKING

from frontleak.core.blob import BlobResult
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.finding import Finding
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass, replace
from frontleak.core.report import BaselineEntry, Coverage, Report
from frontleak.core.repository import repository_root
from frontleak.core.rule import Rule
from frontleak.core.version import VERSION
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.coverage import diagnostics_of
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.server_output import with_sent
from frontleak.scanning.worker import Worker

if TYPE_CHECKING:
    from frontleak.core.env_value import EnvValues
    from frontleak.misuse.analyse import CodeResult
    from frontleak.scanning.git_scan import GitScan
    from frontleak.scanning.shards.surroundings import Surroundings
    from frontleak.verify.cache import VerdictCache


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a scan has read and found, before anything is judged."""

    results: Sequence[BlobResult]
    """Of the files, in order."""
    coverage: Coverage
    """What was scanned."""
    code: "CodeResult | None" = None
    """Of the analysis of source code, if there was any."""
    sources: Sequence[str] = ()
    """Displayed paths of source files, which may have comments that accept findings."""
    servers: Sequence[FileEntry] = ()
    """Files of servers that send some of their content."""
    git: "GitScan | None" = None
    """What a scan of a repository selects."""
    read: Callable[[str], bytes | None] = lambda _: None
    """Returns the bytes of a file by its path, or None."""
    env: "EnvValues | None" = None
    """Variables whose values were looked for."""
    around: "Surroundings | None" = None
    """What shards saw around the findings; None to look at the disk."""


def seal(
    ruleset: RuleSet,
    options: ScanOptions,
    scanned: Scanned,
    worker: Worker,
    *,
    started: float,
    verdicts: "VerdictCache | None" = None,
) -> Report:
    """Return the report of a scan whose files are all scanned.

    Args:
        ruleset: the rules that ran.
        options: of the scan.
        scanned: what it has read and found.
        worker: knows the secrets that names may hold.
        started: `time.perf_counter()` when the scan began, in seconds.
        verdicts: answers of vendors, if the scan verifies.
    """
    results, code, coverage, git = scanned.results, scanned.code, scanned.coverage, scanned.git
    rules = ruleset.by_id()
    optional = {Exposure.PUBLIC: options.show_public, Exposure.SERVER: options.show_server}
    unwanted = {exposure for exposure, is_shown in optional.items() if not is_shown}
    detections = _detections(rules, options, scanned, worker)
    around = scanned.around
    detections = around.with_sent(detections) if around else with_sent(detections, scanned.servers)
    if scanned.env is not None:
        detections = _with_values(detections, scanned.env, ruleset, options)
    findings, remarks, entries = _judged(detections, ruleset, options, unwanted, scanned)
    counted = [finding for finding in findings if finding.suppression is None]
    shown = [finding for finding in counted if finding.exposure not in unwanted]
    outside = [*(code.diagnostics if code else ()), *remarks, *(options.env.diagnostics if options.env else ())]
    gated = tuple(worker.names.diagnostics(outside)) if outside else ()
    diagnostics = diagnostics_of([*results, BlobResult(diagnostics=gated)])
    values = {digest: value for result in results for digest, value in (result.values or {}).items()}
    if git is not None:
        shown = git.with_history(shown)
        coverage = replace(coverage, commits=git.commits, unchanged=git.unchanged, is_git=True)
    calls = None
    if options.verify is not None and verdicts is not None:
        from frontleak.verify.run import verify_scan  # noqa: PLC0415 - few scans verify

        names = {rule.id: rule.verify for rule in ruleset.rules}
        shown, calls, unsaved = verify_scan(shown, names, values, options.verify, verdicts)
        diagnostics |= set(unsaved)
    return Report(
        findings=tuple(shown),
        hidden=tuple(finding for finding in counted if finding.exposure in unwanted),
        suppressed=tuple(finding for finding in findings if finding.suppression is not None),
        skipped=tuple(sorted(diagnostics, key=lambda each: (each.origin.path, each.message))),
        coverage=coverage,
        rules=rules,
        rules_digest=ruleset.digest,
        tool_version=VERSION,
        repository=repository_root(slashes(os.getcwd())) or "",
        baseline_entries=entries,
        seconds=time.perf_counter() - started,
        calls=calls,
        revealed={digest: value.decode("utf-8", "replace") for digest, value in values.items()}
        if options.reveal
        else {},
    )


def _judged(
    detections: Sequence[Detection],
    ruleset: RuleSet,
    options: ScanOptions,
    unwanted: Container[Exposure],
    scanned: Scanned,
) -> tuple[Sequence[Finding], Sequence[Diagnostic], tuple[BaselineEntry, ...]]:
    """Return the findings, remarks on what was accepted, and the entries of a baseline."""
    if not detections and not scanned.sources:
        return (), (), ()
    from frontleak.scanning.judging import judged  # noqa: PLC0415 - most scans find nothing

    return judged(detections, ruleset, options, unwanted, scanned)


def _detections(rules: Mapping[str, Rule], options: ScanOptions, scanned: Scanned, worker: Worker) -> list[Detection]:
    code, git, around = scanned.code, scanned.git, scanned.around
    detections = [each for result in scanned.results for each in result.detections]
    matches = [each for result in scanned.results for each in result.file_matches]
    if git is not None:
        detections, matches = git.counted(detections), git.counted_files(matches)
    if matches:
        from frontleak.files.served_files import once_per_build  # noqa: PLC0415 - many scans have none

        named = options.on_disk if git is None else [git.repository.top]
        detections += worker.names.detections(once_per_build(matches, rules, named, around.builds if around else None))
    if code is not None and code.detections:
        found = code.detections if git is None else git.counted(code.detections)
        detections += worker.names.detections(found)
    return detections


def _with_values(
    detections: Sequence[Detection], env: "EnvValues", ruleset: RuleSet, options: ScanOptions
) -> list[Detection]:
    """Add what is wrong with public variables, and how a value found in a build came there."""
    from frontleak.scanning.env_values import with_public_values  # noqa: PLC0415 - few scans know values

    found = with_public_values(detections, env, ruleset, os.path.abspath)
    if options.git is None and any("mistake" in each.context for each in found):
        from frontleak.scanning.value_origins import with_import_paths  # noqa: PLC0415 - as above

        return with_import_paths(found, options)
    return found
