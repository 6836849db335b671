"""Spreads the analysis of a large project over the processors."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from frontleak.misuse.analyse import FileMisuses, Spread
from frontleak.scanning.schedule import run

_WORK: Final = 500_000
"""Bytes of a scan that take as long as the analysis of a source file."""


def spread_over(jobs: int) -> Spread | None:
    """Return what spreads work over processes; None for one process."""
    return partial(_spread, jobs) if jobs > 1 else None


def _spread(
    jobs: int,
    paths: Sequence[str],
    function: Callable[[str], FileMisuses],
    died: Callable[[str, int | None], FileMisuses],
) -> list[FileMisuses]:
    """Apply a function in forked processes: a module graph and its files are too large to be sent."""
    from frontleak.scanning.pool import start_method  # noqa: PLC0415 - few projects are large

    return run(((path, _WORK) for path in paths), function, jobs=jobs if start_method() == "fork" else 1, died=died)
