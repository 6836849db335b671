"""Finds every match of every rule in some bytes: one pass for the heads, then each rule in bounded windows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from frontleak.match.context import NearbyFinder
from frontleak.match.interface import Hit, Pass
from frontleak.match.regex_pass import RegexPass
from frontleak.match.validators import is_valid
from frontleak.rules.pattern_rule import MATCH_TIMEOUT, PatternRule, compiled
from frontleak.rules.ruleset import RuleSet

if TYPE_CHECKING:
    import regex

EngineName = Literal["hyperscan", "regex"]
_LOOKAHEAD: Final = 64
"""Bytes shown to look-aheads beyond the longest match."""
_NEARLY: Final = 8
"""Bytes between two places that are tried in one go, which for many places costs a sixth of trying each."""
_LONGEST_RANGE: Final = 1 << 16
"""Bytes that are tried in one go, and in the time allowed for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule matched: the span of its secret, in bytes."""

    rule: PatternRule
    start: int
    end: int


class TriggerHit(NamedTuple):
    """A decoder is asked for: its name, and the first byte offset at which its trigger may begin."""

    offset: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineResult:
    """All matches and trigger hits of one text."""

    matches: tuple[Match, ...]
    """In order of span, then rule id; a secret that two rules see is here twice."""
    triggers: tuple[TriggerHit, ...]
    """In order of offset, then name."""
    timed_out: tuple[str, ...]
    """Ids of the rules that took too long somewhere; their matches are incomplete."""


class Engine:
    """A rule set ready to run. The two passes give the same result; only their speed differs."""

    def __init__(self, ruleset: RuleSet, engine: EngineName | None = None) -> None:
        """Prepare a rule set; without a name, Hyperscan is used where it can be had.

        Raises:
            ImportError: Hyperscan was asked for by name and cannot be imported.
        """
        self.ruleset = ruleset
        prefilters = [rule.prefilter for rule in ruleset.rules] + [trigger.prefilter for trigger in ruleset.triggers]
        self.name: EngineName = engine or ("hyperscan" if hyperscan_available() else "regex")
        self._pass: Pass
        if self.name == "hyperscan":
            from frontleak.match.hyperscan_pass import HyperscanPass  # noqa: PLC0415 - absent on some platforms

            self._pass = HyperscanPass(prefilters)
        else:
            self._pass = RegexPass(prefilters)

    def scan(self, text: bytes | memoryview) -> EngineResult:
        """Scan bytes that hold one reading of a file."""
        hits = self._pass.hits(text)
        if not hits:
            return _NOTHING
        data = bytes(text)
        rules, triggers = self.ruleset.rules, self.ruleset.triggers
        by_prefilter: dict[int, list[Hit]] = {}
        for hit in hits:
            by_prefilter.setdefault(hit.prefilter, []).append(hit)
        matches: list[Match] = []
        trigger_hits: set[tuple[int, str]] = set()
        timed_out: list[str] = []
        for prefilter in sorted(by_prefilter):
            if prefilter >= len(rules):
                name = triggers[prefilter - len(rules)].name
                trigger_hits.update((hit.first, name) for hit in by_prefilter[prefilter])
                continue
            rule = rules[prefilter]
            try:
                matches += _confirm(rule, data, by_prefilter[prefilter])
            except TimeoutError:
                timed_out.append(rule.id)
        matches.sort(key=lambda match: (match.start, match.end, match.rule.id))
        return EngineResult(
            matches=tuple(matches),
            triggers=tuple(map(TriggerHit._make, sorted(trigger_hits))),
            timed_out=tuple(timed_out),
        )


_NOTHING: Final = EngineResult(matches=(), triggers=(), timed_out=())


def hyperscan_available() -> bool:
    """Say whether Hyperscan can be imported here."""
    try:
        import hyperscan  # noqa: F401, PLC0415 - optional
    except ImportError:
        return False
    return True


def _confirm(rule: PatternRule, text: bytes, hits: Sequence[Hit]) -> list[Match]:
    """Return the matches of one rule that begin where the hits say they may, without overlaps."""
    pattern = compiled(rule.pattern)
    if rule.prefilter_of_near and rule.near:
        reach = rule.near.within + rule.longest
        hits = [
            Hit(h.prefilter, max(0, h.first - reach), min(len(text), h.last + rule.near.longest + reach)) for h in hits
        ]
    near = NearbyFinder(rule.near, text) if rule.near else None
    matches: list[Match] = []
    taken_to = -1
    for start, end in _secrets(pattern, text, _merged(hits), rule.longest):
        if start < taken_to or not is_valid(text[start:end], rule.require):
            continue
        if near is not None and not near.holds(start, end):
            continue
        matches.append(Match(rule=rule, start=start, end=end))
        taken_to = end
    return matches


def _secrets(
    pattern: "regex.Pattern[bytes]", text: bytes, ranges: Iterable[tuple[int, int]], longest: int
) -> list[tuple[int, int]]:
    """Return the secrets' spans of all matches that begin in one of the ranges: leftmost first, then longest."""
    spans: set[tuple[int, int]] = set()
    for first, last in ranges:
        limit = min(len(text), last + longest + _LOOKAHEAD)
        if first == last:
            match = pattern.match(text, first, limit, timeout=MATCH_TIMEOUT)
            if match:
                spans.add(match.span("secret"))
            continue
        for match in pattern.finditer(text, first, limit, overlapped=True, timeout=MATCH_TIMEOUT):
            if match.start() > last:
                break
            spans.add(match.span("secret"))
    return sorted(spans, key=lambda span: (span[0], -span[1]))


def _merged(hits: Iterable[Hit]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of possible beginnings, in order, those joined that touch or nearly do, up to a length."""
    first, last = -1, -1 - _NEARLY
    # as plain pairs, because they are nearly in order and there may be a million
    for begin, end in sorted([(hit.first, hit.last) for hit in hits]):
        if begin <= last or (begin <= last + _NEARLY and last - first < _LONGEST_RANGE):
            last = max(last, end)
            continue
        if first >= 0:
            yield first, last
        first, last = begin, end
    if first >= 0:
        yield first, last
