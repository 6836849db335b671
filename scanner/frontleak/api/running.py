"""A scan that yields what it finds while it runs, and can be stopped."""

import contextvars
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from frontleak.core.errors import CancelledError
from frontleak.core.records import dataclass
from frontleak.core.report import Report

if TYPE_CHECKING:
    from frontleak.core.blob import Blob, BlobResult
    from frontleak.core.diagnostic import Diagnostic
    from frontleak.core.finding import Finding
    from frontleak.rules.ruleset import RuleSet
    from frontleak.scanning.options import ScanOptions
    from frontleak.scanning.scan import Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What a running scan found in one file, before all files are seen together.

    The report has the last word: it brings the places of one secret together, applies ignore comments, and adds what
    follows from several files, such as a token that an import carries into client-side code.
    """

    path: str
    """As reports show it."""
    size: int
    """Bytes scanned."""
    findings: "tuple[Finding, ...]"
    """In this file, the worst first."""
    skipped: "tuple[Diagnostic, ...]"
    """What was not scanned of it, with reasons."""


class Scan:
    """A scan that runs while it is iterated over. In a `with` statement, it ends with it, and so do its processes."""

    def __init__(self, ruleset: "RuleSet", options: "ScanOptions", blobs: "Sequence[Blob]" = ()) -> None:
        """Prepare a scan; `frontleak.start` calls this."""
        from frontleak.scanning.scan import scanning  # noqa: PLC0415 - keeps `import frontleak` cheap

        self._ruleset = ruleset
        self._steps: Steps = scanning(ruleset, options, blobs=blobs)
        self._context = contextvars.copy_context()  # in it, the frameworks of the rules are those in use
        self._report: Report | None = None
        self._is_stopped = False

    def __enter__(self) -> Self:
        """Return the scan."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop what still runs."""
        self.cancel()
        self._next()

    def __iter__(self) -> Iterator[FileResult]:
        """Yield the result of each file as it arrives, in any order; end early if the scan is cancelled.

        Raises:
            FrontleakError: the scan cannot go on, as in `frontleak.scan`.
        """
        while (result := self._next()) is not None:
            yield self._of_file(result)

    @property
    def is_cancelled(self) -> bool:
        """Whether it was stopped before its end."""
        return self._is_stopped

    def cancel(self) -> None:
        """Stop at the next result. Another thread or a signal handler may call this; after the end it does nothing."""
        if self._report is None:
            self._is_stopped = True

    def report(self) -> Report:
        """Scan what is left, and return the sealed report.

        Raises:
            CancelledError: the scan was cancelled.
            FrontleakError: the scan cannot go on, as in `frontleak.scan`.
        """
        while self._next() is not None:
            pass
        if self._report is None:
            raise CancelledError("the scan was stopped before its end", advice="start another one")
        return self._report

    def _next(self) -> "BlobResult | None":
        if self._report is not None:
            return None
        if self._is_stopped:
            self._context.run(self._steps.close)
            return None
        try:
            return self._context.run(next, self._steps)
        except StopIteration as ended:
            self._report = ended.value
            return None
        except BaseException:
            self._is_stopped = True
            raise

    def _of_file(self, result: "BlobResult") -> FileResult:
        from frontleak.triage.group import group  # noqa: PLC0415 - as above

        findings = tuple(group(result.detections, self._ruleset.by_id())) if result.detections else ()
        if result.listed is not None:
            path = result.listed[0]
        else:
            path = result.diagnostics[0].origin.display if result.diagnostics else ""
        return FileResult(path=path, size=result.size, findings=findings, skipped=result.diagnostics)
