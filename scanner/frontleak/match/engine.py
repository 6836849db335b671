"""The match engine: one prefilter pass over the bytes, then each hit's rule in a bounded window."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from frontleak.match.context import NearbyFinder
from frontleak.match.interface import Hit, Pass
from frontleak.match.regex_pass import RegexPass
from frontleak.match.validators import is_valid
from frontleak.rules.pattern_rule import MATCH_TIMEOUT, PatternRule, Prefilter, compiled
from frontleak.rules.ruleset import RuleSet

if TYPE_CHECKING:
    import regex

EngineName = Literal["hyperscan", "regex"]
_LOOKAHEAD: Final = 64
"""Bytes beyond the longest match that look-aheads can see."""
_JOIN_GAP: Final = 8
"""Bytes. Ranges at most this far apart are searched as one: for many hits, a sixth of the cost."""
_MAX_RANGE: Final = 1 << 16
"""Bytes. Limit for joining ranges; each range is one search with its own time limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A match of a rule, with the byte span of its secret."""

    rule: PatternRule
    start: int
    end: int


class TriggerHit(NamedTuple):
    """A hit of a decoder's trigger: the first byte offset where it may begin, and the decoder's name."""

    offset: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineResult:
    """All matches and trigger hits of one text."""

    matches: tuple[Match, ...]
    """Sorted by span, then rule id; a secret matched by two rules is listed twice."""
    triggers: tuple[TriggerHit, ...]
    """Sorted by offset, then name."""
    timed_out: tuple[str, ...]
    """Ids of rules that exceeded the time limit and have no matches here."""


class Engine:
    """A rule set ready to run. Both passes give the same result at different speed."""

    def __init__(self, ruleset: RuleSet, engine: EngineName | None = None) -> None:
        """Prepare a rule set; without `engine`, use Hyperscan if it is installed, else `regex`.

        Raises:
            ImportError: `engine` is `hyperscan`, which cannot be imported.
        """
        self.ruleset = ruleset
        self.name: EngineName = engine or ("hyperscan" if hyperscan_available() else "regex")
        self._pass: Pass
        if self.name == "hyperscan":
            from frontleak.match.hyperscan_pass import HyperscanPass  # noqa: PLC0415 - absent on some platforms

            self._pass = HyperscanPass(prefilters(ruleset))
        else:
            self._pass = RegexPass(prefilters(ruleset))

    def scan(self, text: bytes | memoryview) -> EngineResult:
        """Return the matches and trigger hits in the raw bytes of a file, or in a decoded view."""
        hits = self._pass.hits(text)
        if not hits:
            return NOTHING
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


NOTHING: Final = EngineResult(matches=(), triggers=(), timed_out=())
"""The one result for a text without hits: nine of ten real files."""


def prefilters(ruleset: RuleSet) -> list[Prefilter]:
    """Return what the pass looks for: the prefilters of the rules, then those of the triggers."""
    return [rule.prefilter for rule in ruleset.rules] + [trigger.prefilter for trigger in ruleset.triggers]


def hyperscan_available() -> bool:
    """Return whether Hyperscan can be imported."""
    try:
        import hyperscan  # noqa: F401, PLC0415 - optional
    except ImportError:
        return False
    return True


def _confirm(rule: PatternRule, text: bytes, hits: Sequence[Hit]) -> list[Match]:
    """Return the non-overlapping matches of a rule that begin in the ranges of the hits."""
    pattern = compiled(rule.pattern)
    if rule.prefilter_of_near and rule.near:
        reach = rule.near.within + rule.longest
        hits = [
            Hit(h.prefilter, max(0, h.first - reach), min(len(text), h.last + rule.near.longest + reach)) for h in hits
        ]
    near = NearbyFinder(rule.near, text) if rule.near else None
    matches: list[Match] = []
    taken_to = -1
    for start, end in _secret_spans(pattern, text, _joined_ranges(hits), rule.longest):
        if start < taken_to or not is_valid(text[start:end], rule.require):
            continue
        if near is not None and not near.holds(start, end):
            continue
        matches.append(Match(rule=rule, start=start, end=end))
        taken_to = end
    return matches


def _secret_spans(
    pattern: "regex.Pattern[bytes]", text: bytes, ranges: Iterable[tuple[int, int]], longest: int
) -> list[tuple[int, int]]:
    """Return the secret spans of all matches that begin in a range, leftmost first, then longest."""
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


def _joined_ranges(hits: Iterable[Hit]) -> Iterator[tuple[int, int]]:
    """Yield the hits' ranges in ascending order, joined where they overlap or are close (up to a maximum length)."""
    first, last = -1, -1 - _JOIN_GAP
    # plain tuples: there may be a million, and they are nearly sorted
    for begin, end in sorted([(hit.first, hit.last) for hit in hits]):
        if begin <= last or (begin <= last + _JOIN_GAP and last - first < _MAX_RANGE):
            last = max(last, end)
            continue
        if first >= 0:
            yield first, last
        first, last = begin, end
    if first >= 0:
        yield first, last
