"""The prefilter pass with Hyperscan: all prefilters at once, about 1 GB/s. The only importer of `hyperscan`."""

import platform
from collections.abc import Sequence
from typing import Final

import hyperscan

from frontleak.core import cache as user_cache
from frontleak.match.interface import Hit
from frontleak.rules.pattern_rule import Prefilter
from frontleak.rules.ruleset import digest_of

_EXACT: Final = 0
_APPROXIMATE: Final = hyperscan.HS_FLAG_PREFILTER
"""For an expression beyond Hyperscan's limits: may report false hits, never misses one."""


class HyperscanPass:
    """A compiled database of prefilters, cached for the user because compiling takes about a second."""

    def __init__(self, prefilters: Sequence[Prefilter]) -> None:
        """Load or compile the database.

        Raises:
            hyperscan.error: Hyperscan does not run on this machine or rejects an expression.
        """
        self._reach = [(each.most + each.before_most, each.least + each.before_least) for each in prefilters]
        self._database: hyperscan.Database | None = (
            _database([prefilter.expression for prefilter in prefilters]) if prefilters else None
        )

    def hits(self, text: bytes | memoryview) -> list[Hit]:
        """See `Pass`.

        Hyperscan reports the end of a prefilter match; its widths, and its distance from the beginning of the rule's
        match, give the range where that may begin.
        """
        if self._database is None or not len(text):
            return []
        ends: list[tuple[int, int]] = []

        def on_match(prefilter: int, _start: int, end: int, _flags: int, _context: object) -> None:
            ends.append((prefilter, end))

        self._database.scan(text, match_event_handler=on_match)  # type: ignore[type-var]  # accepts any buffer
        reach = self._reach
        return [
            Hit(prefilter, max(0, end - reach[prefilter][0]), end - reach[prefilter][1])
            for prefilter, end in ends
            if end >= reach[prefilter][1]
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
            pass  # built for another CPU or version: rebuild it below
        else:
            return database
    try:
        database = _compiled(expressions, [_EXACT] * len(expressions))
    except hyperscan.error:
        flags = [_EXACT if _compiles(expression) else _APPROXIMATE for expression in expressions]
        database = _compiled(expressions, flags)
    user_cache.write(name, hyperscan.dumpb(database))
    return database


def _compiled(expressions: Sequence[str], flags: Sequence[int]) -> "hyperscan.Database":
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expression.encode("ascii") for expression in expressions],
        ids=list(range(len(expressions))),
        flags=list(flags),
    )
    return database


def _compiles(expression: str) -> bool:
    """Return whether Hyperscan takes an expression exactly as it is."""
    try:
        _compiled([expression], [_EXACT])
    except hyperscan.error:
        return False
    return True
