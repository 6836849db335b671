"""The prefilter pass with Hyperscan: all prefilters at once, about 1 GB/s. The only importer of `hyperscan`."""

import platform
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import hyperscan

from frontleak.core import cache as user_cache
from frontleak.match.interface import MOST_HITS, Hits, offsets_of
from frontleak.rules.pattern_rule import Prefilter
from frontleak.rules.ruleset import digest_of

if TYPE_CHECKING:
    from array import array

_FLAGS: Final = hyperscan.HS_FLAG_PREFILTER  # may report false hits, never misses one


class HyperscanPass:
    """A compiled database of prefilters, cached for the user because compiling takes about a second."""

    def __init__(self, prefilters: Sequence[Prefilter]) -> None:
        """Load or compile the database.

        Raises:
            hyperscan.error: Hyperscan does not run on this machine or rejects an expression.
        """
        self._widths: list[tuple[int, int]] = [(prefilter.most, prefilter.least) for prefilter in prefilters]
        self._database: hyperscan.Database | None = (
            _database([prefilter.expression for prefilter in prefilters]) if prefilters else None
        )

    def hits(self, text: bytes | memoryview) -> list[Hits]:
        """See `Pass`.

        Hyperscan reports the end of a prefilter match; the prefilter's widths give the range where it may begin.
        """
        if self._database is None or not len(text):
            return []
        ends: dict[int, array[int]] = {}

        def on_match(prefilter: int, _start: int, end: int, _flags: int, _context: object) -> None:
            own = ends.get(prefilter)
            if own is None:
                ends[prefilter] = offsets_of((end,))
            elif len(own) < MOST_HITS:
                own.append(end)

        try:
            self._database.scan(text, match_event_handler=on_match)  # type: ignore[type-var]  # accepts any buffer
        except hyperscan.NoMemoryError as error:
            raise MemoryError from error
        return [Hits(index, _ascending(ends[index]), *self._widths[index]) for index in sorted(ends)]


def _ascending(offsets: "array[int]") -> "array[int]":
    """Return offsets in ascending order, as Hyperscan reports them; it does not promise that it always does."""
    return offsets_of(sorted(offsets)) if len(offsets) > 1 else offsets


def _database(expressions: Sequence[str]) -> "hyperscan.Database":
    key = digest_of(str(getattr(hyperscan, "__version__", "")), platform.machine(), *expressions)
    name = f"hyperscan-{key}.db"
    stored = user_cache.read(name)
    if stored is not None:
        try:
            database = hyperscan.loadb(stored, hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
        except hyperscan.error:
            pass  # built for another CPU or version: rebuild it below
        else:
            return database
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expression.encode("ascii") for expression in expressions],
        ids=list(range(len(expressions))),
        flags=[_FLAGS] * len(expressions),
    )
    user_cache.write(name, hyperscan.dumpb(database))
    return database
