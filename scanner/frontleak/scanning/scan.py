"""Connects the stages: files -> blobs -> findings -> report."""

import os
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from typing import TYPE_CHECKING, BinaryIO

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.cache import keep_out_of
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.errors import ConfigError
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import display_path, slashes
from frontleak.core.records import replace
from frontleak.core.report import Report
from frontleak.files.interface import BlobEntry, Cause, FileEntry, FileSource, LeftOut
from frontleak.files.read import read_source, read_stdin
from frontleak.files.walk import FileWalk
from frontleak.rules.frameworks import using_frameworks
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.code_analysis import analyse_code
from frontleak.scanning.coverage import coverage_of
from frontleak.scanning.inputs import (
    Counts,
    WebArchives,
    collecting_sources,
    died,
    open_git,
    sized,
    source_of,
    stores_of,
)
from frontleak.scanning.options import STDIN, ScanOptions, WorkerOptions, jobs_of
from frontleak.scanning.schedule import arriving, in_order
from frontleak.scanning.sealing import Scanned, seal
from frontleak.scanning.server_output import collecting_servers
from frontleak.scanning.worker import Worker

if TYPE_CHECKING:
    from frontleak.core.env_value import EnvValues
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
    with closing(scanning(ruleset, options, stdin=stdin)) as steps:  # also if `progress` raises
        while True:
            try:
                result = next(steps)
            except StopIteration as ended:
                report: Report = ended.value
                return report
            progress(result)


Steps = Generator[BlobResult, None, Report]
"""A scan step by step: yields each result as it arrives, in any order, and returns the sealed report."""


def scanning(
    ruleset: RuleSet, options: ScanOptions, *, stdin: BinaryIO | None = None, blobs: Sequence[Blob] = ()
) -> Steps:
    """Scan step by step. Closing the generator ends the scan and its processes.

    The frameworks of the rules are in use between two steps too: run the steps in a context of their own where other
    code runs in between.

    Args:
        ruleset: as in `scan`.
        options: as in `scan`.
        stdin: as in `scan`.
        blobs: scanned besides the paths. No file on disk is read for them, whatever their names say.

    Raises:
        FrontleakError: as in `scan`, at the first step.
    """
    started = time.perf_counter()

    def tell(entry: LeftOut) -> None:
        """List what is left out, without the secrets in its name."""
        if options.left_out is not None:
            options.left_out(entry._replace(shown=worker.names.display(FileOrigin(path=entry.shown))))

    with using_frameworks(ruleset.frameworks), ExitStack() as ended:
        keep_out_of(path for path in options.paths if os.path.isdir(path))
        verdicts = _verdict_cache(options)
        left_out_to = tell if options.left_out else None
        git = None if options.git is None else open_git(options.git, options, left_out_to)
        if git is not None:
            ended.callback(git.close)
        worker = _worker(ruleset, options, git)
        ended.callback(worker.close)
        given = [*_standard_input(options, stdin), *blobs]
        stores = worker.store_reader() if worker.has_stores else None
        source = source_of(options, [path for path in options.paths if path != STDIN], git, left_out_to, stores)
        scanned = yield from _read(ruleset, options, worker, given, source, git)
        with _measured(options, "report"):
            return seal(ruleset, options, scanned, worker, started=started, verdicts=verdicts)


def _standard_input(options: ScanOptions, stdin: BinaryIO | None) -> list[Blob | Diagnostic]:
    if STDIN not in options.paths:
        return []
    if stdin is None:
        raise ConfigError("`-` was given, but there is no standard input to read")
    return [read_stdin(stdin, options.max_file_size)]


def _read(
    ruleset: RuleSet,
    options: ScanOptions,
    worker: Worker,
    given: Sequence[Blob | Diagnostic],
    source: FileSource | None,
    git: "GitScan | None",
) -> Generator[BlobResult, None, Scanned]:
    """Scan all files, yielding each result as it arrives, and then the source code; close the worker."""
    env = _known_values(options, worker)
    results: dict[int, BlobResult] = {}
    counts = Counts()
    left_out: Counter[Cause] = Counter()
    all_excluded = False
    listed: list[FileEntry | BlobEntry] = []
    servers: list[FileEntry] = []
    for number, blob in enumerate(given, start=-len(given)):
        results[number] = worker.scan_stdin(blob)
        yield results[number]
    if source is not None:
        entries = options.profile.listed("walk", source.entries()) if options.profile else source.entries()
        web_archives = WebArchives(options.largest, worker.store_reader() if worker.has_stores else None)
        work = sized(collecting_servers(collecting_sources(web_archives.opened(entries), listed), servers))
        jobs = 1 if options.profile or worker.is_bound_here else jobs_of(options)
        for number, result in arriving(work, worker, jobs=jobs, died=died, budget=worker.budget):
            yield result
            if (git is None and not web_archives.seen) or counts.keeps(result):
                results[number] = result
        left_out = source.left_out
        paths = [path for path in options.paths if path != STDIN]
        all_excluded = isinstance(source, FileWalk) and source.named_excluded == len(set(paths)) == len(options.paths)
    worker.close()
    ordered = in_order(results)
    candidates = [result.candidate for result in ordered if result.candidate]
    with _measured(options, "code"):
        code = analyse_code(ruleset, options, candidates, listed, worker.budget, git)
    coverage = replace(coverage_of(options, ordered, code, left_out, counts), all_named_excluded=all_excluded)
    here = slashes(os.getcwd())
    in_source = (entry.path for entry in listed if entry.placed)
    sources = [display_path(here, path) for path in in_source] if options.warn_unused_ignores else []
    return Scanned(
        results=ordered,
        coverage=coverage,
        code=code,
        sources=sources,
        servers=servers,
        git=git,
        read=_reader(given, git),
        env=env,
    )


def _reader(given: Sequence[Blob | Diagnostic], git: "GitScan | None") -> Callable[[str], bytes | None]:
    """Return what reads a file again for its comments, by its path."""
    if git is not None:
        return git.read
    held = {each.origin.path: each.data for each in given if isinstance(each, Blob)}
    return lambda name: held[name] if name in held else read_source(name)


def _measured(options: ScanOptions, stage: str) -> AbstractContextManager[None]:
    """Count the time of a stage, if the scan counts its work."""
    return options.profile.timed(stage) if options.profile else nullcontext()


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
        source_root=options.source_root,
        git=git.git if git is not None else None,
        stores=stores_of(options) if git is None else (),
    )
    if options.profile is None:
        return Worker(ruleset, worker_options)
    from frontleak.scanning.profiled import ProfiledWorker  # noqa: PLC0415 - few scans count their work

    return ProfiledWorker(ruleset, worker_options, options.profile)


def _known_values(options: ScanOptions, worker: Worker) -> "EnvValues | None":
    """Return the variables whose values are looked for, and make the worker look for them."""
    if options.env is None:
        return None
    from frontleak.scanning.env_values import look_for  # noqa: PLC0415 - few scans know values

    env = look_for(options.env, worker.engine)
    if env.values:
        worker.look_for(env)
    return env


def _verdict_cache(options: ScanOptions) -> "VerdictCache | None":
    """Open the verdict cache before any work is done, because the file may be unusable."""
    if options.verify is None:
        return None
    from frontleak.verify.cache import VerdictCache  # noqa: PLC0415 - few scans verify

    return VerdictCache(options.verify.cache_file)
