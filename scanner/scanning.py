"""The wiring of the stages: targets -> blobs -> findings -> report."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from scanner import __version__
from scanner.detect.engine import EngineName
from scanner.errors import ConfigError, VerifyError
from scanner.model import BlobResult, Coverage, Exposure, FileOrigin, Finding, Report, Skip
from scanner.rules.file_rules import FileRules
from scanner.rules.ruleset import RuleSet
from scanner.run.local import Sized, default_jobs, run
from scanner.targets.interface import Item, LeftOut
from scanner.targets.paths import PathsTarget
from scanner.targets.read import read_stdin
from scanner.targets.walk_rules import load_walk_rules
from scanner.triage.merge import merge, report_order
from scanner.worker import Worker, WorkerOptions

if TYPE_CHECKING:
    from scanner.verdict import Call
    from scanner.verify.cache import VerdictCache
    from scanner.verify.interface import VerifyOptions

STDIN = "-"
"""The path that stands for standard input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """What a scan is asked to do."""

    paths: Sequence[str] = (".",)
    """Files, folders, or `-`."""
    jobs: int = 0
    """Processes; 0 means one a processor."""
    max_file_size: int = 256 * 1024 * 1024
    """Bytes; larger files are skipped."""
    gitignore: bool = True
    """Whether a walk honours `.gitignore` outside build output."""
    exclude: Sequence[str] = ()
    """Patterns in gitignore syntax of what is left out."""
    show_public: bool = False
    """Whether public-by-design keys are reported."""
    show_server: bool = False
    """Whether secrets that only server output holds are reported."""
    reveal: bool = False
    """Whether the report may hold the values of secrets."""
    engine: EngineName | None = None
    """Engine to use, or None for the fastest there is."""
    verify: "VerifyOptions | None" = None
    """How vendors are asked what the secrets may do; None to ask nobody."""


def scan(
    ruleset: RuleSet,
    options: ScanOptions,
    *,
    stdin: BinaryIO | None = None,
    progress: Callable[[BlobResult], None] = lambda _: None,
) -> Report:
    """Scan what the options name and return the sealed report.

    Args:
        ruleset: the rules to run.
        options: what to scan and how.
        stdin: read when a path is `-`.
        progress: told of each result as it comes, in any order.

    Raises:
        TargetError: a named path does not exist.
        ConfigError: `-` was named and no stream was given.
        VerifyError: the file of verdicts cannot be used.
    """
    started = time.perf_counter()
    verdicts = _verdict_cache(options)
    worker = Worker(
        ruleset,
        WorkerOptions(
            roots=tuple(os.path.abspath(path) for path in options.paths if os.path.isdir(path)),
            max_file_size=options.max_file_size,
            reveal=options.reveal,
            verify=options.verify is not None,
            engine=options.engine,
        ),
    )
    results: list[BlobResult] = []
    left_out = LeftOut()
    if STDIN in options.paths:
        if stdin is None:
            raise ConfigError("`-` was named, but there is no standard input to read")
        results.append(worker.scan(read_stdin(stdin, options.max_file_size)))
    if paths := [path for path in options.paths if path != STDIN]:
        target = PathsTarget(
            paths,
            load_walk_rules(),
            max_size=options.max_file_size,
            gitignore=options.gitignore,
            exclude=options.exclude,
        )
        results += run(
            _sized(target.items()),
            worker,
            jobs=options.jobs or default_jobs(),
            died=_died,
            done=progress,
        )
        left_out = target.left_out
    return _report(ruleset, options, results, left_out, verdicts, started)


def _sized(items: Iterator[Item | Skip]) -> Iterator[Sized[Item | Skip]]:
    return ((item, item.size if isinstance(item, Item) else 0) for item in items)


def _died(item: Item | Skip, code: int | None) -> BlobResult:
    reason = f"the process that scanned it died (exit code {code})"
    return BlobResult(skips=(Skip(origin=item.origin, reason=reason, incomplete=True),))


def _verdict_cache(options: ScanOptions) -> "VerdictCache | None":
    """Open what is known of earlier verifications before any work is done; it may turn out to be unusable."""
    if options.verify is None:
        return None
    from scanner.verify.cache import VerdictCache  # noqa: PLC0415 - few scans verify

    return VerdictCache(options.verify.cache_file)


def _verified(
    ruleset: RuleSet,
    options: ScanOptions,
    findings: Sequence[Finding],
    values: Mapping[str, bytes],
    verdicts: "VerdictCache | None",
    skips: set[Skip],
) -> "tuple[Sequence[Finding], tuple[Call, ...] | None]":
    """Ask vendors about the secrets of findings, if that is wanted; what was learnt may change their order.

    A file of verdicts that can no longer be written is added to the skips: the report is not lost for it.
    """
    if options.verify is None or verdicts is None:
        return findings, None
    from scanner.verify.run import verify_findings  # noqa: PLC0415 - as above

    names = {rule.id: rule.verify for rule in ruleset.rules}
    judged, calls = verify_findings(findings, names, values, options.verify, verdicts)
    try:
        verdicts.save()
    except VerifyError as error:
        reason = f"the verdicts are not kept: {error}"
        skips.add(Skip(origin=FileOrigin(path=str(options.verify.cache_file)), reason=reason, incomplete=False))
    return sorted(judged, key=report_order), tuple(calls)


def _report(
    ruleset: RuleSet,
    options: ScanOptions,
    results: Sequence[BlobResult],
    left_out: LeftOut,
    verdicts: "VerdictCache | None",
    started: float,
) -> Report:
    findings = [finding for result in results for finding in result.findings]
    if notes := [note for result in results for note in result.notes]:
        from scanner.frontend.hygiene import once_per_build  # noqa: PLC0415 - many scans note nothing

        named = [path for path in options.paths if path != STDIN]
        findings += once_per_build(notes, FileRules(ruleset.others), named)
    found = merge(findings)
    merged = [replace(finding, secret=finding.secret.sealed()) for finding in found]
    counted = [finding for finding in merged if finding.suppression is None]
    unwanted = {Exposure.PUBLIC: not options.show_public, Exposure.SERVER: not options.show_server}
    files: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for result in results:
        if result.kind:
            files[result.kind] += 1
            sizes[result.kind] += result.size
    views: Counter[str] = Counter()
    for result in results:
        views.update(result.views or {})
    skips = {skip for result in results for skip in result.skips}
    values = {digest: value for result in results for digest, value in (result.values or {}).items()}
    shown = [finding for finding in counted if not unwanted.get(finding.exposure)]
    judged, calls = _verified(ruleset, options, shown, values, verdicts, skips)
    return Report(
        findings=tuple(judged),
        hidden=tuple(finding for finding in counted if unwanted.get(finding.exposure)),
        suppressed=tuple(finding for finding in merged if finding.suppression is not None),
        skipped=tuple(sorted(skips, key=lambda skip: (skip.origin.path, skip.reason))),
        coverage=Coverage(
            files=dict(sorted(files.items())),
            bytes=dict(sorted(sizes.items())),
            views=dict(sorted(views.items())),
            maps_used=sum(result.map_found is True for result in results),
            maps_missing=sum(result.map_found is False for result in results),
            ignored=left_out.ignored,
            excluded=left_out.excluded,
            pruned=left_out.pruned,
        ),
        rules=ruleset.by_id(),
        rules_digest=ruleset.digest,
        tool_version=__version__,
        seconds=time.perf_counter() - started,
        calls=calls,
        revealed={digest: value.decode("utf-8", "replace") for digest, value in values.items()}
        if options.reveal
        else {},
    )
