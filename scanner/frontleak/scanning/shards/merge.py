"""Joins the results of shards into the report of a scan.

Reads one done-file after another, in any order, and keeps what was found: time is linear in their bytes, and memory is
that of the findings and of one bit for each shard.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.blob import BlobResult
from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.errors import ConfigError, InputError
from frontleak.core.origins import FileOrigin
from frontleak.core.records import dataclass, field, replace
from frontleak.core.report import Coverage, Report
from frontleak.core.run_budget import CONSEQUENCES, RUN_LIMITS, Resource
from frontleak.rules.frameworks import using_frameworks
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.coverage import coverage_of
from frontleak.scanning.inputs import Counts
from frontleak.scanning.options import ScanOptions, WorkerOptions
from frontleak.scanning.sealing import Scanned, seal
from frontleak.scanning.shards.key import ShardKey
from frontleak.scanning.shards.partial import CodePart, EntryResult, Head, Partial, read_head, read_partial
from frontleak.scanning.shards.plan import MOST_SHARDS
from frontleak.scanning.shards.surroundings import Surroundings
from frontleak.scanning.worker import Worker

if TYPE_CHECKING:
    from frontleak.misuse.analyse import CodeResult

_MOST_DIAGNOSTICS: Final = 200_000
"""Diagnostics that are kept of all shards."""
_MOST_NAMED: Final = 10
"""Shards that a message names."""


@dataclass(slots=True, kw_only=True)
class Merged:
    """What the done-files of a plan say together."""

    head: Head
    """Of the first that was read."""
    seen: bytearray
    """A bit for each shard that has a result."""
    results: list[EntryResult] = field(default_factory=list)
    code: list[CodePart] = field(default_factory=list)
    files: Counter[str] = field(default_factory=Counter)
    bytes: Counter[str] = field(default_factory=Counter)
    views: Counter[str] = field(default_factory=Counter)
    maps_used: int = 0
    maps_missing: int = 0
    ignored: int = 0
    unread: list[int] = field(default_factory=list)
    """Numbers of the shards that did not read all that they refer to."""
    sources: list[str] = field(default_factory=list)
    surroundings: Surroundings = field(default_factory=Surroundings)
    left_out: Counter[str] = field(default_factory=Counter)
    all_excluded: bool = False
    duplicates: int = 0
    """Further results of shards that have one; they count for nothing."""
    refused: list[str] = field(default_factory=list)
    """Why files were not used, up to a few."""
    found: int = 0
    """Detections that are kept."""
    noticed: int = 0
    """Diagnostics that are kept."""
    cut: EntryResult | None = None
    """The first result whose detections did not all fit, with the last of them."""
    is_quiet: bool = False
    """Whether some diagnostics did not fit."""

    def has(self, shard: int) -> bool:
        """Return whether a shard has a result."""
        return 0 <= shard < self.head.of and bool(self.seen[shard >> 3] & 1 << (shard & 7))

    @property
    def is_whole(self) -> bool:
        """Whether each shard has a result, and read all that it refers to."""
        return not self.lacks_any and not self.unread

    @property
    def lacks_any(self) -> bool:
        """Whether a shard has no result."""
        return sum(map(int.bit_count, self.seen)) < self.head.of

    def missing(self) -> Iterator[int]:
        """Yield the numbers of the shards without a result, in order."""
        return (shard for shard in range(self.head.of) if not self.has(shard))

    def add(self, head: Head, partial: Partial) -> None:
        """Add the result of a shard that has none yet."""
        self.seen[head.shard >> 3] |= 1 << (head.shard & 7)
        self.files.update(partial.files)
        self.bytes.update(partial.bytes)
        self.views.update(partial.views)
        self.maps_used += partial.maps_used
        self.maps_missing += partial.maps_missing
        self.ignored += partial.ignored
        self.unread += [head.shard] if partial.unread else []
        self.sources += partial.sources
        self.surroundings.add(partial.surroundings)
        self.results += partial.entries
        self.code += partial.code
        parts: list[EntryResult | CodePart] = [*partial.entries, *partial.code]
        self.found += sum(len(each.detections) for each in parts)
        self.noticed += sum(len(each.diagnostics) for each in parts)
        if head.counts is not None:
            counts = head.counts._asdict()
            self.all_excluded = counts.pop("all_excluded")
            self.left_out.update(counts)
        if self.found > 2 * RUN_LIMITS[Resource.FINDINGS] or self.noticed > 2 * _MOST_DIAGNOSTICS:
            self.trim()

    def trim(self) -> None:
        """Keep the first results in the order of the walk, as many as a run may have; memory is bounded by that."""
        self.results.sort(key=lambda each: (each.number, each.part))
        self.code.sort(key=lambda part: part.root)
        room, notices = RUN_LIMITS[Resource.FINDINGS], _MOST_DIAGNOSTICS
        lost = False
        kept: list[EntryResult] = []
        parts: list[CodePart] = []
        every: list[EntryResult | CodePart] = [*self.results, *self.code]
        for each in every:
            detections, diagnostics = each.detections[:room], each.diagnostics[:notices]
            room, notices = room - len(detections), notices - len(diagnostics)
            self.is_quiet |= len(diagnostics) < len(each.diagnostics)
            if len(detections) < len(each.detections):
                lost = True
                self._note_cut(each)
            if isinstance(each, CodePart):
                parts.append(each._replace(detections=detections, diagnostics=diagnostics))
            elif detections or diagnostics or each.file_matches:
                kept.append(each._replace(detections=detections, diagnostics=diagnostics))
        self.results, self.code = kept, parts
        self.found, self.noticed = RUN_LIMITS[Resource.FINDINGS] - room, _MOST_DIAGNOSTICS - notices
        if lost:
            left: list[EntryResult | CodePart] = [*kept, *parts]
            self.surroundings.keep(each for result in left for each in result.detections)

    def _note_cut(self, result: EntryResult | CodePart) -> None:
        number, part = (result.number, result.part) if isinstance(result, EntryResult) else (sys.maxsize, 0)
        if self.cut is None or (number, part) < (self.cut.number, self.cut.part):
            self.cut = EntryResult(number, part, result.detections[-1:])


def merge_done(documents: Iterable[tuple[str, str]], key: ShardKey, plan: str = "") -> Merged:
    """Read done-files in any order. A shard with several results counts once.

    A file that is damaged or that somebody without the key wrote counts as absent.

    Args:
        documents: (path, text) of each.
        key: of the plan.
        plan: identity of the plan; a result of another one counts as absent. Empty for that of the first result.

    Raises:
        ConfigError: a file is of another version, or of another plan than the first.
        InputError: there is none.
    """
    merged: Merged | None = None
    refused: list[str] = []
    for path, text in documents:
        try:
            head = read_head(text, path)
            if merged is not None and head.plan == merged.head.plan and merged.has(head.shard):
                merged.duplicates += 1
                continue
            _check_plan(head, plan, path)
            partial = read_partial(text, path, key)  # nothing in the file counts before its signature is checked
        except InputError as error:
            refused += error.problems if len(refused) < _MOST_NAMED else ()
            continue
        if merged is None:
            merged = _begun(head, path)
        _check_same(merged.head, head, path)
        merged.add(head, partial)
    if merged is None:
        raise InputError(
            *(refused or ["no result of a shard was found"]),
            advice="name the folder that `shard run` writes: the name of the plan and `.done`",
        )
    merged.refused = [] if not merged.lacks_any else refused
    return merged


def _check_plan(head: Head, plan: str, path: str) -> None:
    if plan and head.plan != plan:
        raise InputError(f"{path}: is of another plan than the one beside the folder")


def _begun(head: Head, path: str) -> Merged:
    if not 0 < head.of <= MOST_SHARDS:
        raise ConfigError(f"{path}: is of a plan of {head.of} shards", advice=f"a plan has at most {MOST_SHARDS:,}")
    return Merged(head=head, seen=bytearray((head.of + 7) // 8))


def _check_same(first: Head, head: Head, path: str) -> None:
    if head.rules_digest != first.rules_digest:
        raise ConfigError(
            f"{path}: was made with other rules than the rest ({head.rules_digest[:12]}, {first.rules_digest[:12]})",
            advice="give each plan a folder of its own, and remove the file",
        )
    if (head.plan, head.of, head.configuration) != (first.plan, first.of, first.configuration):
        raise ConfigError(
            f"{path}: is of another plan ({head.plan[:12]}, the rest {first.plan[:12]})",
            advice="give each plan a folder of its own, and remove the file",
        )
    if not 0 <= head.shard < first.of:
        raise ConfigError(f"{path}: is shard {head.shard} of {first.of}", advice="remove the file")


def missing_text(merged: Merged) -> str:
    """Return which shards have no result, as the end of a sentence; empty if all have one."""
    missing = list(merged.missing())
    if not missing:
        return ""
    return f"{len(missing):,} of {merged.head.of:,} shards have no result: {_named(missing)}"


def unread_text(merged: Merged) -> str:
    """Return which shards did not read all of their files, and the way out; empty if none."""
    if not merged.unread:
        return ""
    which = f"{len(merged.unread):,} of {merged.head.of:,} shards"
    return f"{which} could not read all of their files; run them again: {_named(sorted(merged.unread))}"


def _named(shards: Sequence[int]) -> str:
    more = f" and {len(shards) - _MOST_NAMED:,} more" if len(shards) > _MOST_NAMED else ""
    return f"{', '.join(map(str, shards[:_MOST_NAMED]))}{more}"


def report_of(merged: Merged, ruleset: RuleSet, options: ScanOptions, started: float) -> Report:
    """Return the report, as a scan on one machine makes it.

    Args:
        merged: what the shards found.
        ruleset: the rules of the plan.
        options: those of the plan, with what the team has accepted.
        started: `time.perf_counter()` when the merge began, in seconds.
    """
    merged.trim()
    results = [
        BlobResult(detections=each.detections, diagnostics=each.diagnostics, file_matches=each.file_matches)
        for each in merged.results
    ]
    results += _cut(merged)
    with using_frameworks(ruleset.frameworks):
        worker = Worker(ruleset, WorkerOptions(max_file_size=options.largest, engine=options.engine))
        code = _code_of(merged.code)
        scanned = Scanned(
            results=results,
            coverage=_coverage(merged, options, results, code),
            code=code,
            sources=merged.sources,
            around=merged.surroundings,
        )
        return seal(ruleset, options, scanned, worker, started=started)


def _cut(merged: Merged) -> Iterator[BlobResult]:
    """Yield what tells that some findings or diagnostics did not fit."""
    if merged.cut is not None:
        message = CONSEQUENCES[Resource.FINDINGS].format(RUN_LIMITS[Resource.FINDINGS])
        origin = merged.cut.detections[0].place.origin
        yield BlobResult(diagnostics=(incomplete(Code.RUN_LIMIT, origin, message),))
    if merged.is_quiet:
        message = f"more than {_MOST_DIAGNOSTICS:,} files were not scanned whole; the rest are not listed"
        yield BlobResult(diagnostics=(incomplete(Code.RUN_LIMIT, FileOrigin(path="."), message),))


def _code_of(parts: Sequence[CodePart]) -> "CodeResult | None":
    if not parts:
        return None
    from frontleak.misuse.analyse import CodeResult  # noqa: PLC0415 - many scans have no source code

    ordered = sorted(parts, key=lambda part: part.root)
    diagnostics: dict[Diagnostic, None] = {each: None for part in ordered for each in part.diagnostics}
    return CodeResult(
        detections=tuple(each for part in ordered for each in part.detections),
        diagnostics=tuple(diagnostics),
        files=sum(part.files for part in ordered),
        parsed=sum(part.parsed for part in ordered),
        damaged=sum(part.damaged for part in ordered),
    )


def _coverage(
    merged: Merged, options: ScanOptions, results: Sequence[BlobResult], code: "CodeResult | None"
) -> Coverage:
    counts = Counts()
    counts.files, counts.bytes = merged.files, merged.bytes
    coverage = coverage_of(options, results, code, Counter(merged.left_out), counts)  # type: ignore[arg-type]
    return replace(
        coverage,
        views=dict(sorted(merged.views.items())),
        maps_used=merged.maps_used,
        maps_missing=merged.maps_missing,
        ignored=coverage.ignored + merged.ignored,
        all_named_excluded=merged.all_excluded,
    )


def merged_report(
    merged: Merged, ruleset: RuleSet, options: ScanOptions, started: float, *, allow_missing: bool = False
) -> Report:
    """Return the report. One that lacks shards says which, and is incomplete unless that is allowed."""
    report = report_of(merged, ruleset, options, started)
    message = missing_text(merged)
    if not message:
        return report
    lacking = (note if allow_missing else incomplete)(Code.UNREADABLE, FileOrigin(path="."), message)
    return replace(report, skipped=tuple(sorted((*report.skipped, lacking), key=_order)))


def _order(diagnostic: Diagnostic) -> tuple[str, str]:
    return diagnostic.origin.path, diagnostic.message
