"""The match engine: one prefilter pass over the bytes, then each hit's rule in a bounded window."""

import functools
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, Literal

from frontleak.core.records import dataclass, replace
from frontleak.match.context import NearbyFinder
from frontleak.match.interface import MOST_HITS, Hits, Pass, hits_in, offsets_of
from frontleak.match.regex_pass import RegexPass
from frontleak.match.source_map_mappings import SourceMapMappings
from frontleak.match.validators import is_valid, may_hold_valid
from frontleak.rules.expressions import compiled
from frontleak.rules.pattern_rule import MATCH_TIMEOUT, PatternRule, Prefilter
from frontleak.rules.ruleset import RuleSet
from frontleak.rules.stored_rules import prefilters_of

if TYPE_CHECKING:
    from array import array

    import regex

    from frontleak.match.known_values import KnownValues, ValueHits, ValueMatch
    from frontleak.rules.pattern_rule import Beginnings

EngineName = Literal["hyperscan", "regex"]
_LOOKAHEAD: Final = 64
"""Bytes beyond the longest match that look-aheads can see."""
_JOIN_GAP: Final = 8
"""Bytes. Ranges at most this far apart are searched as one: for many hits, a sixth of the cost."""
_MAX_RANGE: Final = 1 << 16
"""Bytes. Limit for joining ranges; each range is one search with its own time limit."""
_CHUNK: Final = 1000
"""Spans that wait to be sorted, besides those that later ones may precede."""
MOST_MATCHES: Final = 20_000
"""Matches of one rule in one text that are kept: twice as many as a report lists for a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A match of a rule, with the byte span of its secret."""

    rule: PatternRule
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineResult:
    """All matches and trigger hits of one text."""

    matches: tuple[Match, ...]
    """Sorted by span, then rule id; a secret matched by two rules is listed twice."""
    triggers: Mapping[str, Sequence[int]]
    """Decoder -> ascending byte offsets where its triggers may begin; ordered by the first of them, then by name."""
    timed_out: tuple[str, ...] = ()
    """Ids of rules that exceeded the time limit and have no matches here."""
    cut: tuple[str, ...] = ()
    """Ids of rules and names of triggers that have more matches or hits here than are kept."""
    values: "Sequence[ValueMatch]" = ()
    """Occurrences of known values, sorted by span."""


class Engine:
    """A rule set ready to run. Both passes give the same result at different speed."""

    def __init__(self, ruleset: RuleSet, engine: EngineName | None = None) -> None:
        """Prepare a rule set; without `engine`, use Hyperscan if it is installed, else `regex`.

        Raises:
            ImportError: `engine` is `hyperscan`, which cannot be imported.
        """
        self.ruleset = ruleset
        self.known: KnownValues | None = None
        """Values that are looked for besides the rules; None for none."""
        self.beginnings: Beginnings = ruleset.beginnings
        """Literals with which secrets begin, and known values."""
        self.name: EngineName = engine or ("hyperscan" if hyperscan_available() else "regex")
        self._pass: Pass
        self._mappings = SourceMapMappings() if self.name == "hyperscan" else None
        if self.name == "hyperscan":
            self._pass = _hyperscan_pass(ruleset)
        else:
            self._pass = RegexPass(prefilters(ruleset))

    def look_for(self, known: "KnownValues | None") -> None:
        """Look for known values besides the rules, from now on."""
        self.known = known
        if known is not None and known.beginnings.sure:
            own = self.ruleset.beginnings
            self.beginnings = replace(own, sure=(*own.sure, *known.beginnings.sure))

    def without_values(self) -> "Engine":
        """Return an engine that looks for no known values and shares all else."""
        other = copy(self)
        other.known, other.beginnings = None, self.ruleset.beginnings
        return other

    def scan(self, text: bytes | memoryview, spent: set[str] | None = None) -> EngineResult:
        """Return the matches and trigger hits in the raw bytes of a file, or in a decoded view.

        Args:
            text: the bytes.
            spent: ids of rules that timed out on this file, which are not tried again; those that do so are added.
        """
        spans = self._mappings.around(text) if self._mappings is not None and isinstance(text, bytes) else None
        found = self._pass.hits(text) if spans is None else hits_in(self._pass, memoryview(text), spans)
        known = self.known.scan(text, spans) if self.known is not None else None
        if not found:
            return NOTHING if known is None else _with_values(NOTHING, known)
        data = bytes(text)
        rules, triggers = self.ruleset.rules, self.ruleset.triggers
        matches: list[Match] = []
        by_trigger: dict[str, list[Hits]] = {}
        timed_out: list[str] = []
        cut: list[str] = []
        taken: set[tuple[int, int]] | None = None
        for hits in sorted(found, key=self._is_generic):  # these come last: they pass over what a rule for a shape has
            if hits.prefilter >= len(rules):
                by_trigger.setdefault(triggers[hits.prefilter - len(rules)].name, []).append(hits)
                continue
            rule = rules[hits.prefilter]
            if spent is not None and rule.id in spent:
                timed_out.append(rule.id)
                continue
            before = len(matches)
            if rule.require.assigned and taken is None:
                taken = {(match.start, match.end) for match in matches}
            try:
                matches += islice(self.confirm(rule, data, hits, taken or ()), MOST_MATCHES)
            except TimeoutError:
                del matches[before:]
                timed_out.append(rule.id)
                if spent is not None:
                    spent.add(rule.id)
            if hits.is_cut or len(matches) - before >= MOST_MATCHES:
                cut.append(rule.id)
        matches.sort(key=lambda match: (match.start, match.end, match.rule.id))
        if not (matches or by_trigger or timed_out or cut or known):
            return NOTHING
        offsets = {name: _begins(hits) for name, hits in by_trigger.items()}
        cut += (name for name, hits in by_trigger.items() if any(each.is_cut for each in hits))
        result = EngineResult(
            matches=tuple(matches),
            triggers={name: offsets[name] for name in sorted(offsets, key=lambda name: (offsets[name][0], name))},
            timed_out=tuple(timed_out),
            cut=tuple(cut),
        )
        return result if known is None else _with_values(result, known)

    def _is_generic(self, hits: Hits) -> bool:
        rules = self.ruleset.rules
        return hits.prefilter < len(rules) and bool(rules[hits.prefilter].require.assigned)

    def confirm(
        self, rule: PatternRule, text: bytes, hits: Hits, taken: Container[tuple[int, int]] = ()
    ) -> Iterator[Match]:
        """Yield the non-overlapping matches of a rule that begin in the ranges of the hits.

        `taken` are spans of secrets that another rule has and that this one need not judge.
        """
        if rule.prefilter_of_near and rule.near:
            reach = rule.near.within + rule.longest
            hits = replace(hits, most=hits.most + reach, least=hits.least - rule.near.longest - reach)
        near = NearbyFinder(rule.near, text) if rule.near else None
        taken_to = -1
        for start, end in self.candidates(rule, text, hits):
            if start < taken_to or (start, end) in taken or (near is not None and not near.holds(start, end)):
                continue
            if not is_valid(text[start:end], rule.require) or not _is_called_secret(rule, text, start, end):
                continue
            yield Match(rule=rule, start=start, end=end)
            taken_to = end

    def candidates(self, rule: PatternRule, text: bytes, hits: Hits) -> Iterator[tuple[int, int]]:
        """Yield the secret spans of all matches of a rule's expression near the hits, leftmost first, then longest."""
        ranges = _joined_ranges(hits, len(text))
        if rule.secret_run:  # most hits of a name have no value near; compiling an expression costs milliseconds
            ranges = (each for each in ranges if _may_hold(rule, text, each[0], each[1] + rule.longest))
        first = next(ranges, None)
        return _secret_spans(compiled(rule.pattern), text, chain((first,), ranges), rule.longest) if first else iter(())


def _is_called_secret(rule: PatternRule, text: bytes, start: int, end: int) -> bool:
    if not rule.require.assigned:
        return True
    from frontleak.match.assigned import is_assigned  # noqa: PLC0415 - few files hold a candidate

    return is_assigned(text, start, end, rule.require.assigned)


NOTHING: Final = EngineResult(matches=(), triggers={})
"""The one result for a text without hits: nine of ten real files."""


def _with_values(result: EngineResult, known: "ValueHits") -> EngineResult:
    """Return a result with the occurrences of known values, and the offsets at which their pieces may be."""
    triggers = dict(result.triggers)
    for name, offsets in known.triggers.items():
        own = triggers.get(name)
        triggers[name] = offsets if own is None else offsets_of(sorted({*own, *offsets}))
    ordered = sorted((name for name in triggers if len(triggers[name])), key=lambda name: (triggers[name][0], name))
    return replace(result, triggers={name: triggers[name] for name in ordered}, values=tuple(known.matches))


def prefilters(ruleset: RuleSet) -> list[Prefilter]:
    """Return what the pass looks for: the prefilters of the rules, then those of the triggers."""
    return [*prefilters_of(ruleset.rules), *(trigger.prefilter for trigger in ruleset.triggers)]


def _hyperscan_pass(ruleset: RuleSet) -> Pass:
    if ruleset.base is None:
        from frontleak.match.gated_pass import hyperscan_pass  # noqa: PLC0415 - absent on some platforms

        return hyperscan_pass(prefilters(ruleset))
    from frontleak.match.layered_pass import prepared_pass  # noqa: PLC0415 - most scans run the shipped rules

    return prepared_pass(ruleset, prefilters)


def hyperscan_available() -> bool:
    """Return whether Hyperscan can be imported."""
    try:
        import hyperscan  # noqa: F401, PLC0415 - optional
    except ImportError:
        return False
    return True


def _may_hold(rule: PatternRule, text: bytes, start: int, end: int) -> bool:
    """Return whether a range has a run that may be a secret of a rule, or hold one."""
    runs = _run(rule.secret_run).finditer(text, start, end)
    return any(may_hold_valid(run.group(), rule.require) for run in runs)


@functools.cache
def _run(expression: str) -> "re.Pattern[bytes]":
    return re.compile(expression.encode("ascii"))


def _begins(found: Sequence[Hits]) -> "array[int]":
    """Return the offsets where a match of several prefilters may begin, each once, in ascending order."""
    offsets: list[int] = []
    for hits in found:
        offsets += hits.first_offsets()
        if len(offsets) > MOST_HITS:
            offsets = sorted(set(offsets))[:MOST_HITS]
    return offsets_of(sorted(set(offsets)))


def _secret_spans(
    pattern: "regex.Pattern[bytes]", text: bytes, ranges: Iterable[tuple[int, int]], longest: int
) -> Iterator[tuple[int, int]]:
    """Yield the secret spans of all matches that begin in a range, leftmost first, then longest."""
    waiting: set[tuple[int, int]] = set()
    for begin, span in _spans(pattern, text, ranges, longest):
        if len(waiting) > longest + _CHUNK:  # a secret begins at most `longest` bytes after its match
            final = [each for each in waiting if each[0] < begin]
            yield from sorted(final, key=_leftmost_longest)
            waiting.difference_update(final)
        waiting.add(span)
    yield from sorted(waiting, key=_leftmost_longest)


def _leftmost_longest(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def _spans(
    pattern: "regex.Pattern[bytes]", text: bytes, ranges: Iterable[tuple[int, int]], longest: int
) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield (start of a match, span of its secret), in ascending order of the starts."""
    for first, last in ranges:
        limit = min(len(text), last + longest + _LOOKAHEAD)
        if first == last:
            match = pattern.match(text, first, limit, timeout=MATCH_TIMEOUT)
            if match:
                yield first, match.span("secret")
            continue
        for match in pattern.finditer(text, first, limit, overlapped=True, timeout=MATCH_TIMEOUT):
            if match.start() > last:
                break
            yield match.start(), match.span("secret")


def _joined_ranges(hits: Hits, length: int) -> Iterator[tuple[int, int]]:
    """Yield the hits' ranges in ascending order, joined where they overlap or are close (up to a maximum length).

    `length` is that of the text: no range ends beyond it.
    """
    first, last = -1, -1 - _JOIN_GAP
    for begin, end in hits.ranges():
        if begin <= last or (begin <= last + _JOIN_GAP and last - first < _MAX_RANGE):
            last = max(last, min(end, length))
            continue
        if first >= 0:
            yield first, last
        first, last = begin, min(end, length)
    if first >= 0:
        yield first, last
