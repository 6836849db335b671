"""Connects the stages: files -> blobs -> findings -> report."""

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from frontleak.core.blob import BlobResult
from frontleak.core.cache import keep_out_of
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.errors import ConfigError
from frontleak.core.finding import Finding
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass, replace
from frontleak.core.report import BaselineEntry, Coverage, Narrowing, Report
from frontleak.core.repository import repository_root
from frontleak.core.rule import Rule
from frontleak.core.run_budget import RunBudget
from frontleak.core.version import VERSION
from frontleak.core.vocabulary import Exposure, RuleKind
from frontleak.files.interface import BlobEntry, Cause, FileEntry, FileSource, GitSelection, LeftOut
from frontleak.files.read import read_source, read_stdin
from frontleak.files.walk import FileWalk, display_path
from frontleak.files.walk_rules import load_walk_rules
from frontleak.match.engine import EngineName
from frontleak.rules.frameworks import using_frameworks
from frontleak.rules.misuse_rule import MisuseRule
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.schedule import Sized, default_jobs, run
from frontleak.scanning.worker import Worker, WorkerOptions
from frontleak.triage.group import group

if TYPE_CHECKING:
    from frontleak.core.ignored_value import IgnoredValue
    from frontleak.core.paths_from_top import PathsFromTop
    from frontleak.core.profile import Profile
    from frontleak.misuse.analyse import CodeResult
    from frontleak.scanning.git_scan import GitScan
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
    """Files, folders, or `-`; with `git`, which of its files are scanned, all if there are none."""
    git: GitSelection | None = None
    """What of the repository is scanned instead of files on disk; None for files on disk."""
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
    profile: "Profile | None" = None
    """What the scan counts its work in, in one process; None to count nothing."""
    foreign_comments: bool = True
    """Whether comments of other scanners, such as `gitleaks:allow`, silence findings in source files."""
    left_out: Callable[[LeftOut], None] | None = None
    """Called with each file and folder that is left out; results name their files then. None to list nothing."""

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
    git = None if options.git is None else _open_git(options.git, options, left_out_to)
    worker = _worker(ruleset, options, git)
    results: list[BlobResult] = []
    counts = _Counts()
    left_out: Counter[Cause] = Counter()
    all_excluded = False
    listed: list[FileEntry | BlobEntry] = []
    if STDIN in options.paths:
        if stdin is None:
            raise ConfigError("`-` was given, but there is no standard input to read")
        results.append(worker.scan(read_stdin(stdin, options.max_file_size)))
        progress(results[0])
    paths = [path for path in options.paths if path != STDIN]
    source = _source(options, paths, git, left_out_to)
    if source is not None:
        entries = options.profile.listed("walk", source.entries()) if options.profile else source.entries()
        results += run(
            _sized(_collecting_sources(entries, listed)),
            worker,
            jobs=1 if options.profile else _jobs(options),
            died=_died,
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
        code = _analyse_code(ruleset, options, candidates, listed, worker.budget, git)
    coverage = replace(_coverage(options, results, code, left_out, counts), all_named_excluded=all_excluded)
    here = slashes(os.getcwd())
    in_source = (entry.path for entry in listed if entry.placed)
    sources = [display_path(here, path) for path in in_source] if options.warn_unused_ignores else []
    with measured("report"):
        report = _report(ruleset, options, results, code, coverage, verdicts, started, worker, sources, git)
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


def _open_git(selection: GitSelection, options: ScanOptions, left_out: Callable[[LeftOut], None] | None) -> "GitScan":
    from frontleak.files.git.listing import ListingOptions  # noqa: PLC0415 - most scans read files on disk
    from frontleak.scanning.git_scan import GitScan  # noqa: PLC0415 - as above

    if STDIN in options.paths:
        raise ConfigError("`-` is standard input, which has no git repository", advice="scan it without git")
    return GitScan(
        selection,
        ListingOptions(
            paths=options.paths,
            exclude=options.exclude,
            exclude_folder=options.exclude_folder,
            max_size=options.max_file_size,
            expected_size=options.largest,
            left_out=left_out,
        ),
    )


def _source(
    options: ScanOptions,
    paths: Sequence[str],
    git: "GitScan | None",
    left_out: Callable[[LeftOut], None] | None,
) -> FileSource | None:
    """Return the source of the files; None if only standard input is scanned."""
    if git is not None:
        return git.source
    if not paths:
        return None
    return FileWalk(
        paths,
        load_walk_rules(),
        max_size=options.max_file_size,
        expected_size=options.largest,
        gitignore=options.gitignore,
        exclude=options.exclude,
        exclude_folder=options.exclude_folder,
        left_out=left_out,
    )


class _Counts:
    """Counts the results that say nothing else, so that they need not be kept: a history may have a million."""

    def __init__(self) -> None:
        self.files: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()

    def keeps(self, result: BlobResult) -> bool:
        """Return whether a result has to be kept; counts it if not."""
        if result._replace(kind="", size=0, listed=None) != _NOTHING:
            return True
        if result.kind:
            self.files[result.kind] += 1
            self.bytes[result.kind] += result.size
        return False


_NOTHING: Final = BlobResult()


_Entry = FileEntry | BlobEntry | Diagnostic


def _collecting_sources(entries: Iterator[_Entry], listed: list[FileEntry | BlobEntry]) -> Iterator[_Entry]:
    """Yield the entries, and append source files, and those that may be, to `listed`.

    Files that git ignores are none of them, and neither are those of the history.
    """
    for entry in entries:
        if not isinstance(entry, Diagnostic) and _may_be_source(entry):
            listed.append(entry)
        yield entry


def _may_be_source(entry: FileEntry | BlobEntry) -> bool:
    left_out = entry.only_public if isinstance(entry, FileEntry) else entry.is_history
    return not left_out and (entry.exposure is Exposure.SOURCE or not entry.placed)


def _analyse_code(
    ruleset: RuleSet,
    options: ScanOptions,
    candidates: Sequence[str],
    listed: Sequence[FileEntry | BlobEntry],
    budget: RunBudget,
    git: "GitScan | None",
) -> "CodeResult | None":
    """Analyse the projects that have candidates for misuse checks; None if there are none."""
    rules = [rule for rule in ruleset.others if isinstance(rule, MisuseRule)]
    committed = git.committed if git else None
    if not rules or (git is not None and (committed is None or git.repository.is_bare)):
        return None
    roots = [slashes(os.path.abspath(path)) for path in options.paths if path != STDIN and os.path.isdir(path)]
    if git is not None:
        roots = []  # no folder is scanned as a whole
    # a file named on its own may import secrets from other files
    given = [entry for entry in listed if not any(entry.path.startswith(f"{root}/") for root in roots)]
    folders = {entry.path.rpartition("/")[0] for entry in given if entry.placed}
    if not (candidates or _depend_on_sanity(folders, committed.read if committed else None)):
        return None
    from frontleak.misuse.analyse import analyse  # noqa: PLC0415 - many scans have no candidates
    from frontleak.misuse.project_files import TreeAccess, projects  # noqa: PLC0415 - as above
    from frontleak.scanning.spread import spread_over  # noqa: PLC0415 - as above

    here = slashes(os.getcwd())

    def more(folder: str) -> Iterator[str]:
        if git is not None:
            yield from git.sources_below(folder)
            return
        walk = FileWalk([folder], load_walk_rules(), max_size=options.largest, gitignore=options.gitignore)
        for entry in walk.entries():
            if isinstance(entry, FileEntry) and _may_be_source(entry):
                yield entry.path

    sources, named = [entry.path for entry in listed], [entry.path for entry in given]
    if committed is not None:
        committed.exact.update(named)
    access = TreeAccess(committed.file_tree, committed.read) if committed else TreeAccess()
    found = projects(candidates, sources, roots, more, named, access)
    # a process of git serves one process
    spread = spread_over(_jobs(options)) if committed is None and options.profile is None else None
    return analyse(found, rules, partial(display_path, here), _paths_from_top(options), budget, spread)


def _jobs(options: ScanOptions) -> int:
    return min(options.jobs or default_jobs(), default_jobs())


def _paths_from_top(options: ScanOptions) -> "PathsFromTop":
    """Return what finds the top of the project of each path."""
    from frontleak.core.paths_from_top import PathsFromTop  # noqa: PLC0415 - most scans find nothing

    return PathsFromTop(slashes(os.getcwd()), [path for path in options.paths if path != STDIN])


def _depend_on_sanity(folders: Collection[str], read: Callable[[str], bytes | None] | None) -> bool:
    """Return whether one of some folders is in a package that depends on a Sanity package."""
    if not folders:
        return False
    from frontleak.resolve.projects import depends_on_sanity  # noqa: PLC0415 - few scans name source files

    return any(depends_on_sanity(folder, read) for folder in folders)


def _sized(entries: Iterator[_Entry]) -> Iterator[Sized[_Entry]]:
    return ((entry, 0 if isinstance(entry, Diagnostic) else entry.size) for entry in entries)


def _died(entry: _Entry, code: int | None) -> BlobResult:
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
    git: "GitScan | None",
) -> Report:
    rules = ruleset.by_id()
    optional = {Exposure.PUBLIC: options.show_public, Exposure.SERVER: options.show_server}
    unwanted = {exposure for exposure, is_shown in optional.items() if not is_shown}
    detections = _detections(rules, options, results, code, worker, git)
    judged = _judged(detections, ruleset, options, unwanted, sources, git.read if git else read_source)
    counted = [finding for finding in judged.findings if finding.suppression is None]
    shown = [finding for finding in counted if finding.exposure not in unwanted]
    outside = [*(code.diagnostics if code else ()), *judged.remarks]
    gated = tuple(worker.names.diagnostics(outside)) if outside else ()
    diagnostics = _diagnostics([*results, BlobResult(diagnostics=gated)])
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
    ruleset: RuleSet,
    options: ScanOptions,
    unwanted: Container[Exposure],
    sources: Sequence[str],
    read: Callable[[str], bytes | None],
) -> _Judged:
    """Apply what the team has written about its findings, then group the detections.

    `sources` are the files in which unused comments are noted; `read` returns the bytes of a file for its comments.
    """
    if not detections and not sources:
        return _Judged([])
    from frontleak.triage.suppress import CommentFiles  # noqa: PLC0415 - most scans find nothing

    rules = ruleset.by_id()
    from_top = _paths_from_top(options)
    if any(rules[detection.rule_id].kind is RuleKind.FILE for detection in detections):
        from frontleak.files.served_files import identified  # noqa: PLC0415 - as above

        detections = list(identified(detections, rules, from_top))
    comments = CommentFiles(read, foreign=options.foreign_comments, from_top=from_top)
    detections = list(comments.apply(detections, rules))
    accepted = options.accepted
    noted = [*comments.remarks(), *comments.unused(sources, rules)]
    noted += comments.unknown(ruleset.known_ids)  # in the files that were read
    if accepted is None:
        return _Judged(group(detections, rules, from_top), noted)
    detections = list(accepted.apply(detections))
    findings = accepted.apply_to_findings(group(detections, rules, from_top, accepted.ignores))
    remarks = [*noted, *accepted.expired(findings)]
    return _Judged(findings, remarks, accepted.entries(detections, unwanted))


def _diagnostics(results: Sequence[BlobResult]) -> set[Diagnostic]:
    """Return the diagnostics of all files; each limit of the run, and each expired entry, once, for the first file."""
    first: dict[str, Diagnostic] = {}
    others: set[Diagnostic] = set()
    for result in results:
        for each in result.diagnostics:
            if each.code in {Code.RUN_LIMIT, Code.EXPIRED}:
                first.setdefault(each.message, each)
            else:
                others.add(each)
    return others | set(first.values())


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


def _coverage(
    options: ScanOptions,
    results: Sequence[BlobResult],
    code: "CodeResult | None",
    left_out: Counter[Cause],
    counts: _Counts,
) -> Coverage:
    files, sizes = counts.files.copy(), counts.bytes.copy()
    views: Counter[str] = Counter()
    for result in results:
        if result.kind:
            files[result.kind] += 1
            sizes[result.kind] += result.size
        if result.views:
            views.update(result.views)
    return Coverage(
        files=dict(sorted(files.items())),
        bytes=dict(sorted(sizes.items())),
        views=dict(sorted(views.items())),
        maps_used=sum(result.map_found is True for result in results),
        maps_missing=sum(result.map_found is False for result in results),
        code={"files": code.files, "parsed": code.parsed, "damaged": code.damaged} if code and code.files else {},
        ignored=left_out["ignored"] + sum(result.ignored for result in results),
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
