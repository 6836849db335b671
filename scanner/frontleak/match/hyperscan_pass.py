"""The prefilter pass with Hyperscan: all prefilters at once, about 1 GB/s."""

import platform
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import hyperscan

from frontleak.core import cache as user_cache
from frontleak.core import compiled_files
from frontleak.match.interface import MOST_HITS, Hits, offsets_of
from frontleak.rules.pattern_rule import Prefilter
from frontleak.rules.ruleset import digest_of

if TYPE_CHECKING:
    from array import array

_EXACT: Final = 0
_APPROXIMATE: Final = hyperscan.HS_FLAG_PREFILTER
"""For an expression beyond Hyperscan's limits: may report false hits, never misses one."""

_EDGE: Final = r"(?:^|[^A-Za-z0-9+_\-]|%[0-9A-Fa-f]{2}|\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[0-7]{3}|[nrt]))"
"""What the macros `edge`, `address-edge` and `path-edge` allow before a token, or more."""


class HyperscanPass:
    """A compiled database of prefilters, kept because compiling takes a fifth of a second."""

    def __init__(self, prefilters: Sequence[Prefilter]) -> None:
        """Load or compile the database.

        Raises:
            hyperscan.error: Hyperscan does not run on this machine or rejects an expression.
        """
        self._reach = [(each.most + each.before_most, each.least + each.before_least) for each in prefilters]
        self.is_new = False
        """Whether no database was stored, so that one was compiled."""
        self._database: hyperscan.Database | None = None
        if prefilters:
            self._database, self.is_new = _database([*map(_expression, prefilters)])

    def hits(self, text: bytes | memoryview) -> list[Hits]:
        """See `Pass`.

        Hyperscan reports the end of a prefilter match; its widths, and its distance from the beginning of the rule's
        match, give the range where that may begin.
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
        return [Hits(index, _ascending(ends[index]), *self._reach[index]) for index in sorted(ends)]


class HyperscanCheck:
    """A few expressions of which one may match; in memory, because compiling them takes a millisecond."""

    def __init__(self, expressions: Sequence[str]) -> None:
        """Compile the database.

        Raises:
            hyperscan.error: Hyperscan does not run on this machine or rejects an expression.
        """
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[expression.encode("ascii") for expression in expressions],
            ids=list(range(len(expressions))),
            flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(expressions),
        )

    def matches(self, text: bytes | memoryview) -> bool:
        """Return whether one of the expressions matches in a text."""
        try:
            self._database.scan(text, match_event_handler=_end_the_scan)  # type: ignore[type-var]  # accepts any buffer
        except hyperscan.ScanTerminated:
            return True
        except hyperscan.NoMemoryError as error:
            raise MemoryError from error
        return False


class HyperscanSearches:
    """Says which of some expressions match in a text. Its database is kept: compiling it takes some milliseconds."""

    def __init__(self, expressions: Sequence[str]) -> None:
        """Load or compile the database.

        Raises:
            hyperscan.error: Hyperscan does not run on this machine or rejects an expression.
        """
        self._database, _ = _database(expressions)

    @classmethod
    def of(cls, expressions: Sequence[str]) -> Callable[[bytes], int] | None:
        """Return its method `among`; None when Hyperscan does not run on this machine."""
        try:
            return cls(expressions).among
        except hyperscan.error:
            return None

    def among(self, text: bytes) -> int:
        """Return which match somewhere in a text: bit n stands for expression n."""
        found = 0

        def on_match(number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            nonlocal found
            found |= 1 << number

        try:
            if text:
                self._database.scan(text, match_event_handler=on_match)
        except hyperscan.NoMemoryError as error:
            raise MemoryError from error
        return found


def _end_the_scan(*_event: object) -> bool:
    return True


def _expression(prefilter: Prefilter) -> str:
    """Return the expression of a prefilter, with what may stand before it at an edge; Hyperscan has no look-behind."""
    return f"{_EDGE}(?:{prefilter.expression})" if prefilter.is_at_edge else prefilter.expression


def _ascending(offsets: "array[int]") -> "array[int]":
    """Return offsets in ascending order, as Hyperscan reports them; it does not promise that it always does."""
    return offsets_of(sorted(offsets)) if len(offsets) > 1 else offsets


def _database(expressions: Sequence[str]) -> "tuple[hyperscan.Database, bool]":
    """Return the database for some expressions, and whether it had to be compiled."""
    name = _name(expressions)
    for read in (compiled_files.read, user_cache.read):
        stored = read(name)
        if stored is None:
            continue
        try:
            database = hyperscan.loadb(stored, hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
        except hyperscan.error:
            continue  # built for another processor or version
        return database, False
    database = _built(expressions)
    user_cache.write(name, hyperscan.dumpb(database))
    return database, True


def compiled_database(prefilters: Sequence[Prefilter]) -> tuple[str, bytes]:
    """Return the name and content of the file that spares an installed package the compilation of its database."""
    expressions = [*map(_expression, prefilters)]
    return _name(expressions), hyperscan.dumpb(_built(expressions))


def _name(expressions: Sequence[str]) -> str:
    return f"hyperscan-{digest_of(str(getattr(hyperscan, '__version__', '')), platform.machine(), *expressions)}.db"


def _built(expressions: Sequence[str]) -> "hyperscan.Database":
    try:
        return _compiled(expressions, [_EXACT] * len(expressions))
    except hyperscan.error:
        flags = [_EXACT if _compiles(expression) else _APPROXIMATE for expression in expressions]
        return _compiled(expressions, flags)


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
