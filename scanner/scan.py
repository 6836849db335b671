"""The wiring of the stages: targets -> blobs -> findings -> report."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from scanner import __version__
from scanner.detect.engine import Engine, EngineName
from scanner.errors import ConfigError
from scanner.model import Blob, BlobResult, Coverage, Exposure, Finding, Report, Skip
from scanner.pipeline import scan_blob
from scanner.rules.ruleset import RuleSet
from scanner.run.local import Sized, default_jobs, run
from scanner.targets.interface import Item, LeftOut
from scanner.targets.paths import PathsTarget
from scanner.targets.read import read_item, read_stdin
from scanner.targets.walk_rules import load_walk_rules
from scanner.triage.merge import merge

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
    reveal: bool = False
    """Whether the report may hold the values of secrets."""
    engine: EngineName | None = None
    """Engine to use, or None for the fastest there is."""


class BlobScanner:
    """Reads an item and scans it; made once a process, and sent to a spawned one without its engine."""

    def __init__(self, ruleset: RuleSet, options: ScanOptions) -> None:
        self._ruleset = ruleset
        self._options = options
        self.engine = Engine(ruleset, options.engine)

    def __reduce__(self) -> tuple[type["BlobScanner"], tuple[RuleSet, ScanOptions]]:
        return (BlobScanner, (self._ruleset, self._options))

    def __call__(self, item: Item | Skip) -> "Outcome":
        if isinstance(item, Skip):
            return Outcome(BlobResult(skips=(item,), kind=""))
        return self.scan(read_item(item, self._options.max_file_size))

    def scan(self, blob: Blob | Skip) -> "Outcome":
        """Scan a blob that has been read, or pass on why it could not be."""
        if isinstance(blob, Skip):
            return Outcome(BlobResult(skips=(blob,), kind=""))
        result = scan_blob(blob, self.engine)
        values = {f.secret.digest: f.secret.reveal() for f in result.findings} if self._options.reveal else {}
        return Outcome(result, values)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one item, and, only when they are to be revealed, the values of its secrets by digest."""

    result: BlobResult
    values: dict[str, bytes] | None = None


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
    """
    started = time.perf_counter()
    scanner = BlobScanner(ruleset, options)
    outcomes: list[Outcome] = []
    left_out = LeftOut()
    if STDIN in options.paths:
        if stdin is None:
            raise ConfigError("`-` was named, but there is no standard input to read")
        outcomes.append(scanner.scan(read_stdin(stdin, options.max_file_size)))
    if paths := [path for path in options.paths if path != STDIN]:
        target = PathsTarget(
            paths,
            load_walk_rules(),
            max_size=options.max_file_size,
            gitignore=options.gitignore,
            exclude=options.exclude,
        )
        outcomes += run(
            _sized(target.items()),
            scanner,
            jobs=options.jobs or default_jobs(),
            died=_died,
            done=lambda outcome: progress(outcome.result),
        )
        left_out = target.left_out
    return _report(ruleset, options, outcomes, left_out, started)


def _sized(items: Iterator[Item | Skip]) -> Iterator[Sized[Item | Skip]]:
    return ((item, item.size if isinstance(item, Item) else 0) for item in items)


def _died(item: Item | Skip, code: int | None) -> Outcome:
    reason = f"the process that scanned it died (exit code {code})"
    return Outcome(BlobResult(skips=(Skip(origin=item.origin, reason=reason, incomplete=True),), kind=""))


def _report(
    ruleset: RuleSet, options: ScanOptions, outcomes: Sequence[Outcome], left_out: LeftOut, started: float
) -> Report:
    merged = merge(finding for outcome in outcomes for finding in outcome.result.findings)
    counted = [finding for finding in merged if finding.suppression is None]
    hidden = [finding for finding in counted if finding.exposure is Exposure.PUBLIC and not options.show_public]
    files: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.result.kind:
            files[outcome.result.kind] += 1
            sizes[outcome.result.kind] += outcome.result.size
    skips = {skip for outcome in outcomes for skip in outcome.result.skips}
    return Report(
        findings=_without(counted, hidden),
        hidden=tuple(hidden),
        suppressed=tuple(finding for finding in merged if finding.suppression is not None),
        skipped=tuple(sorted(skips, key=lambda skip: (skip.origin.path, skip.reason))),
        coverage=Coverage(
            files=dict(sorted(files.items())),
            bytes=dict(sorted(sizes.items())),
            ignored=left_out.ignored,
            excluded=left_out.excluded,
            pruned=left_out.pruned,
        ),
        rules=ruleset.by_id(),
        rules_digest=ruleset.digest,
        tool_version=__version__,
        seconds=time.perf_counter() - started,
        revealed={
            digest: value.decode("utf-8", "replace")
            for outcome in outcomes
            for digest, value in (outcome.values or {}).items()
        },
    )


def _without(findings: Sequence[Finding], hidden: Sequence[Finding]) -> tuple[Finding, ...]:
    left_out = {finding.fingerprint for finding in hidden}
    return tuple(finding for finding in findings if finding.fingerprint not in left_out)
