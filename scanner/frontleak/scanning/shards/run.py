"""Runs one shard: scans what its line refers to, and returns a sealed result."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from frontleak.core.blob import BlobResult
from frontleak.core.cache import keep_out_of
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.errors import ConfigError, InputError
from frontleak.core.paths import display_path, slashes
from frontleak.core.records import replace
from frontleak.files.archives.magic_numbers import is_web_archive
from frontleak.files.interface import FileEntry
from frontleak.files.recordings.entries import stored
from frontleak.files.stores.packs import packed
from frontleak.rules.frameworks import using_frameworks
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.inputs import Entry, WebArchives, died, may_be_source, stores_of
from frontleak.scanning.options import ScanOptions, WorkerOptions, jobs_of
from frontleak.scanning.pool import Pool, WorkerDied, start_method
from frontleak.scanning.server_output import is_script
from frontleak.scanning.shards.around import Around
from frontleak.scanning.shards.lines import Shard
from frontleak.scanning.shards.partial import CodePart, EntryResult, Partial
from frontleak.scanning.shards.plan import root_finder
from frontleak.scanning.shards.settings import Settings
from frontleak.scanning.worker import Worker

_BATCH: Final = 8_000_000
"""Bytes of files that are sent to a worker at once."""
_PER_ITEM: Final = 50_000
_MAY_PASS: Final = frozenset({Code.UNREADABLE, Code.LINK, Code.NOT_A_FILE})
"""Codes of what keeps a file from being read at all, and need not on another day or machine."""
_ABSENT: Final = "is in the plan but not there: bring it back and run its shard again, or make a new plan"
Number = tuple[int, int]
"""The number of a reference, and of a part of what it refers to, from 0."""


def rules_of(settings: Settings) -> RuleSet:
    """Return the rules of a plan, as they are on this machine.

    Raises:
        RuleError: a file with own rules is invalid.
        InputError: such a file is not there.
        ConfigError: a rule that was chosen does not exist.
    """
    from pathlib import Path  # noqa: PLC0415 - this module is imported late

    from frontleak.scanning.rules import load_rules  # noqa: PLC0415 - as above

    missing = [path for path in settings.rules if not os.path.exists(path)]
    if missing:
        raise InputError(
            *(f"{path}: no such file or folder" for path in missing), advice="the plan uses these rules; put them there"
        )
    ruleset = load_rules([Path(path) for path in settings.rules])
    if "detect-secrets" in settings.plugins:
        from frontleak.match.plugins.detect_secrets import add_plugin_rules  # noqa: PLC0415 - few scans use it

        ruleset = add_plugin_rules(ruleset)
    return ruleset.choose(settings.select, settings.ignore)


def check_rules(digest: str, ruleset: RuleSet, what: str) -> None:
    """Check that rules are those of a plan.

    Raises:
        ConfigError: they are others.
    """
    if digest != ruleset.digest:
        raise ConfigError(
            f"{what}: was made with other rules ({digest[:12]}, here {ruleset.digest[:12]})",
            advice="use the same version and the same --rules everywhere, or make a new plan",
        )


def enter_folder(settings: Settings) -> None:
    """Make the working directory that of the plan, from which its paths count.

    Raises:
        InputError: it is not there.
    """
    try:
        os.chdir(settings.here)
    except OSError as error:
        raise InputError(
            f"{settings.here}: {error.strerror or error}",
            advice="the plan was made there; a machine that runs shards needs the same files at the same paths",
        ) from error


def run_shard(
    shard: Shard,
    ruleset: RuleSet,
    *,
    jobs: int = 1,
    progress: Callable[[BlobResult], None] = lambda _: None,
) -> Partial:
    """Scan what a line of a plan refers to, in the working directory of the plan.

    Files are read in processes of their own, also with one job: a file that kills its process costs one diagnostic.

    Args:
        shard: the line.
        ruleset: its rules.
        jobs: processes, at most one per CPU.
        progress: called with each result as it arrives, in any order.

    Raises:
        ConfigError: the rules are not those of the plan, or what a store needs is not installed.
    """
    check_rules(shard.rules_digest, ruleset, f"shard {shard.number}")
    options = replace(shard.settings.options(), jobs=jobs)
    with using_frameworks(ruleset.frameworks):
        keep_out_of(path for path in options.paths if os.path.isdir(path))
        worker = Worker(
            ruleset,
            WorkerOptions(
                roots=tuple(os.path.abspath(path) for path in options.paths if os.path.isdir(path)),
                max_file_size=options.largest,
                engine=options.engine,
                ignored_values=tuple(options.ignored_values),
                stores=stores_of(options),
            ),
        )
        for store in {each.store for each in map(stored, (entry for _, entry in shard.references)) if each is not None}:
            worker.store_reader().system(store)  # what a store needs is installed, or the shard has no result
        results: dict[Number, BlobResult] = {}
        counts = _Counts()
        for number, found in _scanned(shard, worker, jobs_of(options)):
            result = _with_absent(found)
            progress(result)
            counts.add(result)
            if result.detections or result.diagnostics or result.file_matches or result.candidate:
                results[number] = result
        worker.close()
        return _sealed(shard, ruleset, options, worker, dict(sorted(results.items())), counts)


def _with_absent(result: BlobResult) -> BlobResult:
    """Tell that a file is not there: hours after the plan, or on another machine, it need not have been deleted."""
    if all(each.code is not Code.DELETED for each in result.diagnostics):
        return result
    return result._replace(
        diagnostics=tuple(
            incomplete(Code.UNREADABLE, each.origin, _ABSENT) if each.code is Code.DELETED else each
            for each in result.diagnostics
        )
    )


def _unread(shard: Shard, results: Mapping[Number, BlobResult]) -> int:
    """Return how many references were not read; what the walk could not read is none."""
    told = {each.number for each in shard.references if isinstance(each.entry, Diagnostic)}
    failed = {
        number
        for (number, _), result in results.items()
        if any(each.incomplete and each.code in _MAY_PASS for each in result.diagnostics)
    }
    return len(failed - told)


def _scanned(shard: Shard, worker: Worker, jobs: int) -> Iterator[tuple[Number, BlobResult]]:
    if not shard.references:
        return
    has_archive = any(is_web_archive(entry.path) for _, entry in shard.references if not isinstance(entry, Diagnostic))
    count = jobs if has_archive else min(jobs, len(shard.references))
    worker.budget.share(count, forked=start_method() == "fork")
    at_hand: dict[int, tuple[Number, Entry]] = {}
    with Pool(worker, count, worker.budget.enter) as pool:
        for at, result in pool.run(_batches(_opened(shard, worker), at_hand)):
            number, entry = at_hand.pop(at)
            yield number, died(entry, result.code) if isinstance(result, WorkerDied) else result


def _opened(shard: Shard, worker: Worker) -> Iterator[tuple[Number, Entry]]:
    """Yield what the references of a shard hold, the records of web archives too, each with its number."""
    archives = WebArchives(worker.max_file_size, worker.store_reader() if worker.has_stores else None)
    entries: Iterator[Entry] = packed(entry for _, entry in shard.references)
    for (number, _), entry in zip(shard.references, entries, strict=True):
        for part, each in enumerate(archives.opened(iter((entry,)))):
            yield (number, part), each


def _batches(
    entries: Iterator[tuple[Number, Entry]], at_hand: dict[int, tuple[Number, Entry]]
) -> Iterator[Sequence[tuple[int, Entry]]]:
    """Yield batches of entries; note what is at hand by its place."""
    batch: list[tuple[int, Entry]] = []
    weight = 0
    for at, (number, entry) in enumerate(entries):
        at_hand[at] = (number, entry)
        batch.append((at, entry))
        weight += _PER_ITEM + getattr(entry, "size", 0)
        if weight >= _BATCH:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


class _Counts:
    """Counts what the coverage of a report counts."""

    def __init__(self) -> None:
        self.files: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self.views: Counter[str] = Counter()
        self.maps_used = self.maps_missing = self.ignored = 0

    def add(self, result: BlobResult) -> None:
        if result.kind:
            self.files[result.kind] += 1
            self.bytes[result.kind] += result.size
        self.views.update(result.views or {})
        self.maps_used += result.map_found is True
        self.maps_missing += result.map_found is False
        self.ignored += result.ignored


def _sealed(
    shard: Shard,
    ruleset: RuleSet,
    options: ScanOptions,
    worker: Worker,
    results: Mapping[Number, BlobResult],
    counts: _Counts,
) -> Partial:
    """Return the result of a shard whose files are all scanned."""
    files = [each.entry for each in shard.references if isinstance(each.entry, FileEntry)]
    code = list(_code(ruleset, options, worker, files, results))
    detections = [each for result in results.values() for each in result.detections]
    detections += [each for part in code for each in part.detections]
    around = Around(ruleset, options, worker, [entry for entry in files if is_script(entry)])
    here = slashes(os.getcwd())
    placed = (entry.path for entry in files if entry.placed and may_be_source(entry))
    sources = tuple(display_path(here, path) for path in placed) if options.warn_unused_ignores else ()
    matches = {number: around.matches(result.file_matches) for number, result in results.items()}
    around.look(detections, sources)
    entries = (
        EntryResult(*number, result.detections, result.diagnostics, matches[number])
        for number, result in results.items()
    )
    return Partial(
        entries=tuple(each for each in entries if each.detections or each.diagnostics or each.file_matches),
        code=tuple(code),
        files=counts.files,
        bytes=counts.bytes,
        views=counts.views,
        maps_used=counts.maps_used,
        maps_missing=counts.maps_missing,
        ignored=counts.ignored,
        unread=_unread(shard, results),
        sources=sources,
        surroundings=around.seen,
    )


def _code(
    ruleset: RuleSet,
    options: ScanOptions,
    worker: Worker,
    files: Sequence[FileEntry],
    results: Mapping[Number, BlobResult],
) -> Iterator[CodePart]:
    """Yield what the analysis of each source tree finds."""
    from frontleak.scanning.code_analysis import analyse_code  # noqa: PLC0415 - this module is imported late

    root_of = root_finder(options.paths)
    trees: dict[str, list[FileEntry]] = {}
    for entry in filter(may_be_source, files):
        if root := root_of(entry):
            trees.setdefault(root, []).append(entry)
    candidates = {result.candidate for result in results.values() if result.candidate}
    for root, listed in sorted(trees.items()):
        own = [entry.path for entry in listed if entry.path in candidates]
        found = analyse_code(ruleset, options, own, listed, worker.budget, None)
        if found is not None:
            yield CodePart(
                root=root,
                detections=tuple(worker.names.detections(found.detections)),
                diagnostics=tuple(worker.names.diagnostics(found.diagnostics)),
                files=found.files,
                parsed=found.parsed,
                damaged=found.damaged,
            )
