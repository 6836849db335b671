"""What was scanned and what was not, of all results."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontleak.core.blob import BlobResult
from frontleak.core.diagnostic import Code, Diagnostic
from frontleak.core.records import replace
from frontleak.core.report import Coverage, Narrowing
from frontleak.files.interface import Cause
from frontleak.scanning.inputs import Counts
from frontleak.scanning.options import ScanOptions

if TYPE_CHECKING:
    from frontleak.misuse.analyse import CodeResult


def diagnostics_of(results: Sequence[BlobResult]) -> set[Diagnostic]:
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


def coverage_of(
    options: ScanOptions,
    results: Sequence[BlobResult],
    code: "CodeResult | None",
    left_out: Counter[Cause],
    counts: Counts,
) -> Coverage:
    """Return the counts of files, bytes, views, maps and what was left out."""
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
