"""Connects the stages: files -> blobs -> findings -> report."""

import os
import time
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, BinaryIO

from frontleak.core.blob import BlobResult
from frontleak.core.cache import keep_out_of
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.errors import ConfigError
from frontleak.core.finding import Finding
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import slashes
from frontleak.core.records import replace
from frontleak.core.report import BaselineEntry, Coverage, Report
from frontleak.core.repository import repository_root
from frontleak.core.rule import Rule
from frontleak.core.version import VERSION
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import BlobEntry, Cause, FileEntry, LeftOut
from frontleak.files.read import read_source, read_stdin
from frontleak.files.walk import FileWalk, display_path
from frontleak.rules.frameworks import using_frameworks
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.code_analysis import analyse_code
from frontleak.scanning.coverage import coverage_of, diagnostics_of
from frontleak.scanning.inputs import Counts, collecting_sources, died, open_git, sized, source_of
from frontleak.scanning.options import STDIN, ScanOptions, jobs_of
from frontleak.scanning.schedule import run
from frontleak.scanning.server_output import collecting_servers, with_sent
from frontleak.scanning.worker import Worker, WorkerOptions

if TYPE_CHECKING:
    from frontleak.core.env_value import EnvValues
    from frontleak.misuse.analyse import CodeResult
    from frontleak.scanning.git_scan import GitScan
    from frontleak.verify.cache import VerdictCache


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
        GitError: git cannot give what is selected.
        VerifyError: the verdict cache file cannot be used.
    """
    with using_frameworks(ruleset.frameworks):
        return _scan(ruleset, options, stdin, progress)


def _scan(
    ruleset: RuleSet, options: ScanOptions, stdin: BinaryIO | None, progress: Callable[[BlobResult], None]
) -> Report:
    started = time.perf_counter()
    keep_out_of(path for path in options.paths if os.path.isdir(path))
    verdicts = _verdict_cache(options)

    def tell(entry: LeftOut) -> None:
        """List what is left out, without the secrets in its name."""
        if options.left_out is not None:
            options.left_out(entry._replace(shown=worker.names.display(FileOrigin(path=entry.shown))))

    left_out_to = tell if options.left_out else None
    git = None if options.git is None else open_git(options.git, options, left_out_to)
    worker = _worker(ruleset, options, git)
    env: EnvValues | None = None
    if options.env is not None:
        from frontleak.scanning.env_values import look_for  # noqa: PLC0415 - few scans know values

        env = look_for(options.env, worker.engine)
        if env.values:
            worker.look_for(env)
    results: list[BlobResult] = []
    counts = Counts()
    left_out: Counter[Cause] = Counter()
    all_excluded = False
    listed: list[FileEntry | BlobEntry] = []
    servers: list[FileEntry] = []
    if STDIN in options.paths:
        if stdin is None:
            raise ConfigError("`-` was given, but there is no standard input to read")
        results.append(worker.scan(read_stdin(stdin, options.max_file_size)))
        progress(results[0])
    paths = [path for path in options.paths if path != STDIN]
    source = source_of(options, paths, git, left_out_to)
    if source is not None:
        entries = options.profile.listed("walk", source.entries()) if options.profile else source.entries()
        results += run(
            sized(collecting_servers(collecting_sources(entries, listed), servers)),
            worker,
            jobs=1 if options.profile else jobs_of(options),
            died=died,
            done=progress,
            budget=worker.budget,
            keep=None if git is None else counts.keeps,
        )
        left_out = source.left_out
        all_excluded = isinstance(source, FileWalk) and source.named_excluded == len(set(paths)) == len(options.paths)
    worker.close()
    measured = options.profile.timed if options.profile else _unmeasured
    candidates = [result.candidate for result in results if result.candidate]
    with measured("code"):
        code = analyse_code(ruleset, options, candidates, listed, worker.budget, git)
    coverage = replace(coverage_of(options, results, code, left_out, counts), all_named_excluded=all_excluded)
    here = slashes(os.getcwd())
    in_source = (entry.path for entry in listed if entry.placed)
    sources = [display_path(here, path) for path in in_source] if options.warn_unused_ignores else []
    with measured("report"):
        report = _report(
            ruleset, options, results, code, coverage, verdicts, started, worker, sources, servers, git, env
        )
    if git is not None:
        git.close()
    return report


def _unmeasured(_stage: str) -> AbstractContextManager[None]:
    return nullcontext()


def _worker(ruleset: RuleSet, options: ScanOptions, git: "GitScan | None") -> Worker:
    """Return the worker: with a profile, one that counts."""
    worker_options = WorkerOptions(
        roots=tuple(os.path.abspath(path) for path in options.paths if git is None and os.path.isdir(path)),
        max_file_size=options.largest,
        reveal=options.reveal,
        verify=options.verify is not None,
        engine=options.engine,
        ignored_values=tuple(options.ignored_values),
        list_files=options.left_out is not None,
        git=git.git if git is not None else None,
    )
    if options.profile is None:
        return Worker(ruleset, worker_options)
    from frontleak.scanning.profiled import ProfiledWorker  # noqa: PLC0415 - few scans count their work

    return ProfiledWorker(ruleset, worker_options, options.profile)


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
    servers: Sequence[FileEntry],
    git: "GitScan | None",
    env: "EnvValues | None",
) -> Report:
    rules = ruleset.by_id()
    optional = {Exposure.PUBLIC: options.show_public, Exposure.SERVER: options.show_server}
    unwanted = {exposure for exposure, is_shown in optional.items() if not is_shown}
    detections = with_sent(_detections(rules, options, results, code, worker, git), servers)
    if env is not None:
        from frontleak.scanning.env_values import with_public_values  # noqa: PLC0415 - few scans know values

        detections = with_public_values(detections, env, ruleset, os.path.abspath)
        if git is None and any("mistake" in each.context for each in detections):
            from frontleak.scanning.value_origins import with_import_paths  # noqa: PLC0415 - as above

            detections = with_import_paths(detections, options)
    findings, remarks, entries = _judged(detections, ruleset, options, unwanted, sources, git)
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
    sources: Sequence[str],
    git: "GitScan | None",
) -> tuple[Sequence[Finding], Sequence[Diagnostic], tuple[BaselineEntry, ...]]:
    """Return the findings, remarks on what was accepted, and the entries of a baseline."""
    if not detections and not sources:
        return (), (), ()
    from frontleak.scanning.judging import judged  # noqa: PLC0415 - most scans find nothing

    return judged(detections, ruleset, options, unwanted, sources, git.read if git else read_source)


def _detections(
    rules: Mapping[str, Rule],
    options: ScanOptions,
    results: Sequence[BlobResult],
    code: "CodeResult | None",
    worker: Worker,
    git: "GitScan | None",
) -> list[Detection]:
    detections = [each for result in results for each in result.detections]
    matches = [each for result in results for each in result.file_matches]
    if git is not None:
        detections, matches = git.counted(detections), git.counted_files(matches)
    if matches:
        from frontleak.files.served_files import once_per_build  # noqa: PLC0415 - many scans have none

        named = [path for path in options.paths if path != STDIN] if git is None else [git.repository.top]
        detections += worker.names.detections(once_per_build(matches, rules, named))
    if code is not None and code.detections:
        found = code.detections if git is None else git.counted(code.detections)
        detections += worker.names.detections(found)
    return detections
