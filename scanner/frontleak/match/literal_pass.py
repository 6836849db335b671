"""The pass for literal texts with Hyperscan, of known values: 3.5 gigabytes a second, however many there are.

Measured over 73 MB of real code, without the mappings of source maps, in nanoseconds a byte, with literals of eight
bytes:

- up to 48: 0.1 to 0.8, by which bytes they have (the matcher compares halves of bytes, and letters share them),
- 64 to 249: 0.22 to 0.25,
- 250 to 799: 0.24 to 0.28, but up to 1.5 with literals of five or six bytes (it reads every fourth place, where the
  first of these are too short to tell much),
- 800 and more: 0.28, whatever they are (it reads every second place).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import hyperscan

from frontleak.match.interface import MOST_HITS, Spans

_NUL: Final = b"\0"
_FEW: Final = range(16, 64)
"""Numbers of literals that are found faster among 64."""
_MANY: Final = range(600, 1200)
"""Numbers that are found faster among 1,200, and compiled faster: of fewer, it also makes a matcher for short texts."""


class HyperscanLiterals:
    """Literal texts, ready to be found: in memory, because they are secrets. Compiling 1,000 takes 10 ms.

    Those with a NUL, such as UTF-16, are compiled for the first text with a NUL.
    """

    def __init__(self, literals: Sequence[bytes], *, accompanied: bool = True) -> None:
        """Compile the literals.

        Args:
            literals: none is empty.
            accompanied: whether further literals are added where Hyperscan finds more of them faster.

        Raises:
            hyperscan.error: Hyperscan does not run on this machine.
        """
        self._count = len(literals)
        self._with_nul = {number: literal for number, literal in enumerate(literals) if _NUL in literal}
        others = {number: literal for number, literal in enumerate(literals) if _NUL not in literal}
        company = _company(len(others)) if accompanied else ()
        others |= dict(enumerate(company, self._count))
        self._of_others = _database(others, is_literal=True) if others else None
        self._of_nul: hyperscan.Database | None = None

    def ends(self, text: bytes, spans: Spans | None = None) -> Sequence[tuple[int, int]]:
        """See `LiteralPass`; at most `MOST_HITS` are returned."""
        found: list[tuple[int, int]] = []
        start = 0
        view = memoryview(text)

        def on_match(literal: int, _start: int, end: int, _flags: int, _context: object) -> None:
            if len(found) < MOST_HITS and literal < self._count:
                found.append((literal, start + end))

        for database in self._databases(text):
            try:
                for start, end in spans or ((0, len(text)),):
                    database.scan(view[start:end], on_match)  # type: ignore[type-var]  # accepts any buffer
            except hyperscan.NoMemoryError as error:
                raise MemoryError from error
        return found

    def _databases(self, text: bytes) -> Iterator[hyperscan.Database]:
        if self._of_others is not None and text:
            yield self._of_others
        if self._with_nul and _NUL in text:
            self._of_nul = self._of_nul or _database(self._with_nul, is_literal=False)
            yield self._of_nul


def _database(literals: Mapping[int, bytes], *, is_literal: bool) -> hyperscan.Database:
    """Compile numbered literals. The compiler of literals is faster than that of expressions, but cuts at a NUL."""
    texts = literals.values()
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[*texts] if is_literal else [b"".join(b"\\x%02x" % byte for byte in text) for text in texts],
        ids=[*literals],
        flags=[0] * len(literals),
        literal=is_literal,
    )
    return database


def _company(count: int) -> Iterator[bytes]:
    """Yield literals that hardly occur, so many that Hyperscan chooses a faster matcher for all."""
    wanted = next((numbers.stop for numbers in (_FEW, _MANY) if count in numbers), 0)
    for number in range(wanted - count):
        yield (number * 0x9E3779B97F4A7C15 % (1 << 64) | 0x8080808080808080).to_bytes(8, "little")
