"""The prefilter pass with the standard library's `re`, for platforms without a Hyperscan wheel: slower, same hits."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.match.interface import MOST_HITS, Hits, offsets_of
from frontleak.rules.pattern_rule import Prefilter

_GAP: Final = re.compile(r"\[[^]]+\]\{0,(\d+)\}")
"""Characters that an expression may begin with: it tries them at each byte of a text: seconds a megabyte."""
_GRAM: Final = 3
"""Bytes of the beginning of a literal that are looked up among those of a text."""
_BLOCK: Final = 1 << 16
"""Bytes of a text of which these beginnings are collected at a time."""
_WORTH_PARSING: Final = 100_000
"""Bytes of text after which the expressions without a literal are parsed, in a third of a second: as long as it takes
to run them over so many bytes where nothing is to be found."""
_PER_TEXT: Final = 100
"""Bytes that take as long as the start of all these expressions at a text."""
_Prefilters = list[tuple[int, Prefilter, LazyRegex]]


class RegexPass:
    """Prefilters run one by one, each only if its literal occurs in the text, and what is behind its gap.

    Of one without a literal, each alternative has its own, and one of these must occur. In a few small texts, it runs.
    """

    def __init__(self, prefilters: Sequence[Prefilter]) -> None:
        """Prepare the prefilters: an expression is compiled when its literal first occurs, because all take seconds."""
        self._by_beginning: dict[tuple[int, ...], list[tuple[bytes, _Prefilters]]] = {}
        self._by_short_literal: list[tuple[bytes, _Prefilters]] = []
        self._everywhere: _Prefilters = []
        self._behind_gaps: dict[int, tuple[LazyRegex, int]] = {}
        self._until_parsed = _WORTH_PARSING
        same: dict[str, _Prefilters] = {}
        for index, each in enumerate(prefilters):
            expression = LazyRegex(each.expression.encode("ascii"))
            same.setdefault(each.literal, []).append((index, each, expression))
            if gap := _GAP.match(each.expression):
                behind = LazyRegex(each.expression[gap.end() :].encode("ascii"))
                self._behind_gaps[index] = (behind, int(gap[1]))
        for literal, listed in same.items():
            self._add({literal} if literal else (), listed)

    def _add(self, literals: Collection[str], prefilters: _Prefilters) -> None:
        """Look for prefilters where one of some literals in lower case occurs; everywhere if there are none."""
        for literal in (literal.encode("latin-1") for literal in literals):
            if len(literal) < _GRAM:
                self._by_short_literal.append((literal, prefilters))
            else:
                self._by_beginning.setdefault(tuple(literal[:_GRAM]), []).append((literal, prefilters))
        if not literals:
            self._everywhere += prefilters

    def _parse(self) -> None:
        """Find the literals of the alternatives of prefilters without a literal."""
        from frontleak.rules.regex_ast import parse  # noqa: PLC0415 - with Hyperscan, nothing parses expressions
        from frontleak.rules.required_literals import all_required_literals  # noqa: PLC0415 - as above

        unparsed, self._everywhere = self._everywhere, []
        for each in unparsed:
            self._add(all_required_literals(parse(each[1].expression)) or (), [each])

    def hits(self, text: bytes | memoryview) -> list[Hits]:
        """See `Pass`."""
        data = bytes(text)
        lowered = data.lower()
        if self._until_parsed > 0:
            self._until_parsed -= len(data) + _PER_TEXT
            if self._until_parsed <= 0:
                self._parse()
        found: list[Hits] = []
        for index, prefilter, expression in self._possible(lowered):
            start = self._earliest(index, data)
            match = None if start is None else expression.search(data, start)
            if match is None:
                continue
            offsets = offsets_of()
            while match is not None and len(offsets) < MOST_HITS:
                offsets.append(match.start())
                match = expression.search(data, match.start() + 1)
            found.append(Hits(index, offsets, prefilter.before_most, prefilter.before_least))
        found.sort(key=attrgetter("prefilter"))
        return found

    def _possible(self, lowered: bytes) -> Iterator[tuple[int, Prefilter, LazyRegex]]:
        """Yield the prefilters of which a text in lower case holds what each match holds, each once."""
        yield from self._everywhere
        beginnings: set[tuple[int, ...]] = set()
        for start in range(0, len(lowered), _BLOCK):
            block = lowered[start : start + _BLOCK + _GRAM - 1]
            beginnings |= self._by_beginning.keys() & set(zip(block, block[1:], block[2:], strict=False))
        listed = (self._by_beginning[beginning] for beginning in beginnings)
        known: set[int] = set()
        for literal, prefilters in chain(self._by_short_literal, *listed):
            if id(prefilters) not in known and literal in lowered:
                known.add(id(prefilters))
                yield from prefilters

    def _earliest(self, index: int, data: bytes) -> int | None:
        """Return the offset before which no match of a prefilter begins; None if there is no match."""
        if index not in self._behind_gaps:
            return 0
        behind, longest_gap = self._behind_gaps[index]
        first = behind.search(data)
        return None if first is None else max(0, first.start() - longest_gap)
