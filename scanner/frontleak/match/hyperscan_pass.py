"""The pass on Hyperscan: all heads at once, about a gigabyte a second. The only importer of `hyperscan`."""

import platform
from collections.abc import Sequence
from typing import Final

import hyperscan

from frontleak.core import cache as user_cache
from frontleak.match.interface import Hit
from frontleak.rules.pattern_rule import Prefilter
from frontleak.rules.ruleset import digest_of

_FLAGS: Final = hyperscan.HS_FLAG_PREFILTER  # may report too much, never too little


class HyperscanPass:
    """A compiled database of heads, kept in the user's cache because compiling it costs about a second."""

    def __init__(self, prefilters: Sequence[Prefilter]) -> None:
        """Load or compile the database.

        Raises:
            hyperscan.error: this machine cannot run Hyperscan, or an expression is beyond it.
        """
        self._widths: list[tuple[int, int]] = [(prefilter.most, prefilter.least) for prefilter in prefilters]
        self._database: hyperscan.Database | None = (
            _database([prefilter.expression for prefilter in prefilters]) if prefilters else None
        )

    def hits(self, text: bytes | memoryview) -> list[Hit]:
        """See `Pass`.

        Hyperscan reports where a head ends; the head's widths say where it may begin.
        """
        if self._database is None or not len(text):
            return []
        ends: list[tuple[int, int]] = []

        def seen(prefilter: int, _start: int, end: int, _flags: int, _context: object) -> None:
            ends.append((prefilter, end))

        self._database.scan(text, match_event_handler=seen)  # type: ignore[type-var]  # takes any buffer
        widths = self._widths
        return [
            Hit(prefilter, max(0, end - widths[prefilter][0]), end - widths[prefilter][1]) for prefilter, end in ends
        ]


def _database(expressions: Sequence[str]) -> "hyperscan.Database":
    key = digest_of(str(getattr(hyperscan, "__version__", "")), platform.machine(), *expressions)
    name = f"hyperscan-{key}.db"
    stored = user_cache.read(name)
    if stored is not None:
        try:
            database = hyperscan.loadb(stored, hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
        except hyperscan.error:
            pass  # made for another processor or version: made again below
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
