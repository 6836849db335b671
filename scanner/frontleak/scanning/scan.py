"""Connects the stages: files -> blobs -> findings -> report."""

import os
import time
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from frontleak.core.blob import BlobResult
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.errors import ConfigError
from frontleak.core.finding import Finding
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass, replace
from frontleak.core.report import BaselineEntry, Coverage, Narrowing, Report
from frontleak.core.repository import repository_root
from frontleak.core.rule import Rule
from frontleak.core.version import VERSION
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import Cause, FileEntry
from frontleak.files.read import read_source, read_stdin
from frontleak.files.walk import FileWalk, display_path
from frontleak.files.walk_rules import load_walk_rules
from frontleak.match.engine import EngineName
from frontleak.resolve.projects import depends_on_sanity
from frontleak.rules.frameworks import using_frameworks
from frontleak.rules.misuse_rule import MisuseRule
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.schedule import Sized, default_jobs, run
from frontleak.scanning.worker import Worker, WorkerOptions
from frontleak.triage.group import group

if TYPE_CHECKING:
    from frontleak.core.ignored_value import IgnoredValue
    from frontleak.misuse.analyse import CodeResult
    from frontleak.triage.accepted import Accepted
    from frontleak.verify.cache import VerdictCache
    from frontleak.verify.interface import VerifyOptions

STDIN = "-"
"""The path that means standard input."""


MAX_FILE_SIZE: Final = 256 * 1024 * 1024
"""Bytes of the largest file that is scanned by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """Options of a scan."""

    paths: Sequence[str] = (".",)
    """Files, folders, or `-`."""
    jobs: int = 0
    """Number of processes, at most one per CPU that may be used; 0 for that many."""
    max_file_size: int = MAX_FILE_SIZE
    """Bytes; larger files are skipped."""
    gitignore: bool = True
    """Whether a walk honours `.gitignore` outside build output."""
    exclude: Sequence[str] = ()
    """Patterns of excluded paths, in gitignore syntax."""
    exclude_folder: str = ""
    """Absolute folder that the patterns count from; empty for the working directory."""
    show_public: bool = False
    """Whether public-by-design keys are reported."""
    show_server: bool = False
    """Whether secrets found only in server output are reported."""
    reveal: bool = False
    """Whether the report may contain secret values."""
    engine: EngineName | None = None
    """Engine to use; None for the fastest available."""
    narrowing: Narrowing | None = None
    """Which of the options a configuration file has set; the scan counts what they leave out."""
    verify: "VerifyOptions | None" = None
    """How secrets are verified with their vendors; None to send no requests."""
    accepted: "Accepted | None" = None
    """What the team has accepted: baseline, ignored findings, settings for some paths."""
    ignored_values: "Sequence[IgnoredValue]" = ()
    """Values that the configuration ignores."""
    warn_unused_ignores: bool = False
    """Whether comments in source files that silence nothing are listed."""
    foreign_comments: bool = True
    """Whether comments of other scanners, such as `gitleaks:allow`, silence findings in source files."""

    @property
    def largest(self) -> int:
        """Bytes of the largest file or archive member that can be read.

        A configuration in the scanned tree makes it no smaller: it must hide no part of an archive, and the walk
        reports each file that it leaves out.
        """
        is_configured = self.narrowing is not None and self.narrowing.max_file_size
        return max(self.max_file_size, MAX_FILE_SIZE) if is_configured else self.max_file_size


def scan(
    ruleset: RuleSet,
    options: ScanOptions,
    *,
    stdin: BinaryIO | None = None,
    progress: Callable[[BlobResult], None] = lambda _: None,
) -> Report:
    """Scan the paths in the options and return the sealed report.

    Args:
        ruleset: the rules to run.
        options: what to scan and how.
        stdin: read when a path is `-`.
        progress: called with each result as it arrives, in any order.

    Raises:
        InputError: a named path does not exist.
        ConfigError: `-` was given without a stream.
        VerifyError: the verdict cache file cannot be used.
    """
    with using_frameworks(ruleset.frameworks):
        return _scan(ruleset, options, stdin, progress)


def _scan(
    ruleset: RuleSet, options: ScanOptions, stdin: BinaryIO | None, progress: Callable[[BlobResult], None]
) -> Report:
    started = time.perf_counter()
    verdicts = _verdict_cache(options)
    worker = Worker(
        ruleset,
        WorkerOptions(
            roots=tuple(os.path.abspath(path) for path in options.paths if os.path.isdir(path)),
            max_file_size=options.largest,
            reveal=options.reveal,
            verify=options.verify is not None,
            engine=options.engine,
            ignored_values=tuple(options.ignored_values),
        ),
    )
    results: list[BlobResult] = []
    left_out: Counter[Cause] = Counter()
    all_excluded = False
    listed: list[str] = []
    if STDIN in options.paths:
        if stdin is None:
            raise ConfigError("`-` was given, but there is no standard input to read")
        results.append(worker.scan(read_stdin(stdin, options.max_file_size)))
    if paths := [path for path in options.paths if path != STDIN]:
        walk = FileWalk(
            paths,
            load_walk_rules(),
            max_size=options.max_file_size,
            expected_size=options.largest,
            gitignore=options.gitignore,
            exclude=options.exclude,
            exclude_folder=options.exclude_folder,
        )
        results += run(
            _sized(_collecting_sources(walk.entries(), listed)),
            worker,
            jobs=_jobs(options),
            died=_died,
            done=progress,
            budget=worker.budget,
        )
        left_out = walk.left_out
        all_excluded = walk.named_excluded == len(set(paths)) == len(options.paths)
    code = _analyse_code(ruleset, options, [result.candidate for result in results if result.candidate], listed)
    coverage = replace(_coverage(options, results, code, left_out), all_named_excluded=all_excluded)
    sources = [display_path(slashes(os.getcwd()), path) for path in listed] if options.warn_unused_ignores else []
    return _report(ruleset, options, results, code, coverage, verdicts, started, worker, sources)


def _collecting_sources(
    entries: Iterator[FileEntry | Diagnostic], listed: list[str]
) -> Iterator[FileEntry | Diagnostic]:
    """Yield the entries, and append the absolute paths of source files to `listed`."""
    for entry in entries:
        if isinstance(entry, FileEntry) and entry.exposure is Exposure.SOURCE:
            listed.append(entry.path)
        yield entry


def _analyse_code(
    ruleset: RuleSet, options: ScanOptions, candidates: Sequence[str], listed: Sequence[str]
) -> "CodeResult | None":
    """Analyse the projects that have candidates for misuse checks; None if there are none."""
    rules = [rule for rule in ruleset.others if isinstance(rule, MisuseRule)]
    roots = [slashes(os.path.abspath(path)) for path in options.paths if path != STDIN and os.path.isdir(path)]
    # a file named on its own may import secrets from other files
    given = [path for path in listed if not any(path.startswith(f"{root}/") for root in roots)]
    folders = {path.rpartition("/")[0] for path in given}
    if not rules or not (candidates or any(map(depends_on_sanity, folders))):
        return None
    from frontleak.misuse.analyse import analyse  # noqa: PLC0415 - many scans have no candidates
    from frontleak.misuse.project_files import projects  # noqa: PLC0415 - as above
    from frontleak.scanning.spread import spread_over  # noqa: PLC0415 - as above

    here = slashes(os.getcwd())

    def more(folder: str) -> Iterator[str]:
        walk = FileWalk([folder], load_walk_rules(), max_size=options.largest, gitignore=options.gitignore)
        for entry in walk.entries():
            if isinstance(entry, FileEntry) and entry.exposure is Exposure.SOURCE:
                yield entry.path

    found = projects(candidates, tuple(listed), roots, more, given)
    return analyse(found, rules, partial(display_path, here), spread_over(_jobs(options)))


def _jobs(options: ScanOptions) -> int:
    return min(options.jobs or default_jobs(), default_jobs())


def _sized(entries: Iterator[FileEntry | Diagnostic]) -> Iterator[Sized[FileEntry | Diagnostic]]:
    return ((entry, entry.size if isinstance(entry, FileEntry) else 0) for entry in entries)


def _died(entry: FileEntry | Diagnostic, code: int | None) -> BlobResult:
    why = "no other could be started" if code is None else f"exit code {code}"
    message = f"the worker process died while scanning it ({why})"
    return BlobResult(diagnostics=(incomplete(Code.WORKER_DIED, entry.origin, message),))


def _verdict_cache(options: ScanOptions) -> "VerdictCache | None":
    """Open the verdict cache before any work is done, because the file may be unusable."""
    if options.verify is None:
        return None
    from frontleak.verify.cache import VerdictCache  # noqa: PLC0415 - few scans verify

    return VerdictCache(options.verify.cache_file)


def _report(
    ruleset: RuleSet,
    options: ScanOptions,
    results: Sequence[BlobResult],
    code: "CodeResult | None",
    coverage: Coverage,
    verdicts: "VerdictCache | None",
    started: float,
    worker: Worker,
    sources: Sequence[str],
) -> Report:
    rules = ruleset.by_id()
    optional = {Exposure.PUBLIC: options.show_public, Exposure.SERVER: options.show_server}
    unwanted = {exposure for exposure, is_shown in optional.items() if not is_shown}
    judged = _judged(_detections(rules, options, results, code, worker), rules, options, unwanted, sources)
    counted = [finding for finding in judged.findings if finding.suppression is None]
    shown = [finding for finding in counted if finding.exposure not in unwanted]
    diagnostics = _diagnostics(results)
    if outside := [*(code.diagnostics if code else ()), *judged.remarks]:
        diagnostics |= set(worker.names.diagnostics(outside))
    values = {digest: value for result in results for digest, value in (result.values or {}).items()}
    calls = None
    if options.verify is not None and verdicts is not None:
        from frontleak.verify.run import verify_scan  # noqa: PLC0415 - few scans verify

        names = {rule.id: rule.verify for rule in ruleset.rules}
        shown, calls, unsaved = verify_scan(shown, names, values, options.verify, verdicts)
        diagnostics |= set(unsaved)
    return Report(
        findings=tuple(shown),
        hidden=tuple(finding for finding in counted if finding.exposure in unwanted),
        suppressed=tuple(finding for finding in judged.findings if finding.suppression is not None),
        skipped=tuple(sorted(diagnostics, key=lambda each: (each.origin.path, each.message))),
        coverage=coverage,
        rules=rules,
        rules_digest=ruleset.digest,
        tool_version=VERSION,
        repository=repository_root(slashes(os.getcwd())) or "",
        baseline_entries=judged.entries,
        seconds=time.perf_counter() - started,
        calls=calls,
        revealed={digest: value.decode("utf-8", "replace") for digest, value in values.items()}
        if options.reveal
        else {},
    )


class _Judged(NamedTuple):
    """What is left of all detections once comments, baseline and settings are applied."""

    findings: list[Finding]
    remarks: Sequence[Diagnostic] = ()
    entries: tuple[BaselineEntry, ...] = ()


def _judged(
    detections: Sequence[Detection],
    rules: Mapping[str, Rule],
    options: ScanOptions,
    unwanted: Container[Exposure],
    sources: Sequence[str],
) -> _Judged:
    """Apply what the team has written about its findings, then group the detections.

    `sources` are the files in which unused comments are noted.
    """
    if not detections and not sources:
        return _Judged([])
    from frontleak.triage.suppress import CommentFiles  # noqa: PLC0415 - most scans find nothing

    comments = CommentFiles(read_source, foreign=options.foreign_comments)
    detections = list(comments.apply(detections, rules))
    accepted = options.accepted
    noted = [*comments.remarks(), *comments.unused(sources, rules)]
    if accepted is None:
        return _Judged(group(detections, rules), noted)
    detections = list(accepted.apply(detections))
    findings = accepted.apply_to_findings(group(detections, rules))
    remarks = [*noted, *accepted.expired(findings)]
    return _Judged(findings, remarks, accepted.entries(detections, unwanted))


def _diagnostics(results: Sequence[BlobResult]) -> set[Diagnostic]:
    """Return the diagnostics of all files; each limit of the run once, for the first file that it affected."""
    limits: dict[str, Diagnostic] = {}
    others: set[Diagnostic] = set()
    for result in results:
        for each in result.diagnostics:
            if each.code is Code.RUN_LIMIT:
                limits.setdefault(each.message, each)
            else:
                others.add(each)
    return others | set(limits.values())


def _detections(
    rules: Mapping[str, Rule],
    options: ScanOptions,
    results: Sequence[BlobResult],
    code: "CodeResult | None",
    worker: Worker,
) -> list[Detection]:
    detections = [each for result in results for each in result.detections]
    if matches := [each for result in results for each in result.file_matches]:
        from frontleak.files.served_files import once_per_build  # noqa: PLC0415 - many scans have none

        named = [path for path in options.paths if path != STDIN]
        detections += worker.names.detections(once_per_build(matches, rules, named))
    if code is not None and code.detections:
        detections += worker.names.detections(code.detections)
    return detections


def _coverage(
    options: ScanOptions, results: Sequence[BlobResult], code: "CodeResult | None", left_out: Counter[Cause]
) -> Coverage:
    files: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    views: Counter[str] = Counter()
    for result in results:
        if result.kind:
            files[result.kind] += 1
            sizes[result.kind] += result.size
        views.update(result.views or {})
    return Coverage(
        files=dict(sorted(files.items())),
        bytes=dict(sorted(sizes.items())),
        views=dict(sorted(views.items())),
        maps_used=sum(result.map_found is True for result in results),
        maps_missing=sum(result.map_found is False for result in results),
        code={"files": code.files, "parsed": code.parsed, "damaged": code.damaged} if code and code.files else {},
        ignored=left_out["ignored"],
        excluded=left_out["excluded"],
        pruned=left_out["pruned"],
        narrowing=_narrowing(options, results, left_out["excluded"]),
    )


def _narrowing(options: ScanOptions, results: Sequence[BlobResult], excluded: int) -> Narrowing | None:
    if options.narrowing is None:
        return None
    found = (each for result in results for each in result.diagnostics)
    counted = replace(
        options.narrowing,
        excluded=excluded if options.narrowing.exclude else 0,
        too_large=sum(each.code is Code.TOO_LARGE and each.incomplete for each in found)
        if options.narrowing.max_file_size
        else 0,
    )
    return None if counted.is_empty else counted
