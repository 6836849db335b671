"""Tries pattern rules on a text, and tells of each match whether it is reported, and of each near miss why not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from frontleak.core.blob import Blob
from frontleak.core.detection import Detection
from frontleak.core.elide import Syntax, syntax_of
from frontleak.core.errors import RuleError
from frontleak.core.line_index import LineIndex
from frontleak.core.records import dataclass
from frontleak.core.secret import Secret
from frontleak.core.shown_text import shown_value
from frontleak.core.spans import Span
from frontleak.match.engine import Engine
from frontleak.match.refusals import candidates
from frontleak.rules.compile import build_rule
from frontleak.rules.paths import MACROS_FILE, own_files, read_files, rules_directory
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.read import read_all
from frontleak.rules.ruleset import RuleSet, digest_of
from frontleak.scanning.blob import scan_blob
from frontleak.scanning.rules import known_names, load_rules
from frontleak.triage.snippet import snippet
from frontleak.triage.suppress import CommentFiles

_LEFT: Final = ("edge", "address-edge", "path-edge", "word", "name-part")
"""Macros of the left edge of a secret or of a name."""
_RIGHT: Final = ("end", "data-end")
"""Macros of its right edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRule:
    """A rule, and what its pattern is without its edges."""

    rule: PatternRule
    loose: tuple[tuple[str, PatternRule], ...]
    """(what the left-out edges say about the text, the rule without them), the one with the fewest left out first."""


class Trial(NamedTuple):
    """A place where a rule matches, or nearly does."""

    line: int
    """1-based."""
    column: int
    """1-based, in characters."""
    rule_id: str
    reason: str
    """Why it is not reported; empty if it is."""
    text: str
    """The line around it, elided."""


def tried_rules(extra: Sequence[Path], select: Sequence[str]) -> tuple[TriedRule, ...]:
    """Return the pattern rules to try: the selected ones; without a selection, all in the extra files and folders.

    Raises:
        ConfigError: nothing has a selected name.
        RuleError: a file is invalid, or has no rule of kind `pattern`.
    """
    own = own_files(extra)
    root = rules_directory()
    files = [root / MACROS_FILE, *own]
    chosen: frozenset[str] | None = None
    if select:
        ruleset = load_rules(extra).choose(select)
        chosen = frozenset(ruleset.ids)
        written = {rule.source.rpartition(":")[0].removeprefix("rules/") for rule in ruleset.rules}
        files += sorted(file for file in map(root.joinpath, written) if file.is_file())
    sources = read_all(read_files(dict.fromkeys(files)), known_names())
    mistakes = list(sources.mistakes)
    tried: list[TriedRule] = []
    for syntax in sources.rules:
        if chosen is not None and syntax.id not in chosen:
            continue
        rule, wrong = build_rule(syntax, sources.macros)
        mistakes += wrong
        if rule is not None:
            without = {
                reason: build_rule(syntax, {**sources.macros, **dict.fromkeys(names, "")})[0]
                for reason, names in (
                    ("edge: the text goes on to the left", _LEFT),
                    ("end: the text goes on to the right", _RIGHT),
                    ("edge and end: the text goes on to the left and to the right", (*_LEFT, *_RIGHT)),
                )
            }
            loose = tuple((reason, each) for reason, each in without.items() if each and each.pattern != rule.pattern)
            tried.append(TriedRule(rule=rule, loose=loose))
    if mistakes:
        raise RuleError(*mistakes, advice="docs/writing-rules.md explains every field")
    if not tried:
        raise RuleError("no rule of kind pattern is chosen", advice="`frontleak rules check` tries the other kinds")
    return tuple(sorted(tried, key=lambda each: each.rule.id))


class Trials:
    """Tries rules on one text after the other, as it is: without the decoders."""

    def __init__(self, tried: Sequence[TriedRule]) -> None:
        """Prepare the rules."""
        self._tried = tried
        rules = tuple(each.rule for each in tried)
        digest = digest_of("trial", *(rule.pattern for rule in rules))
        self._engine = Engine(RuleSet(rules=rules, contexts={}, digest=digest), "regex")
        self._by_id = {rule.id: rule for rule in rules}

    def of(self, blob: Blob) -> list[Trial]:
        """Return what is reported in a text, and the near misses, by place.

        Raises:
            TimeoutError: a search exceeded its time limit.
        """
        comments = CommentFiles({blob.origin.path: blob.data}.get)
        found = list(comments.apply(scan_blob(blob, self._engine).detections, self._by_id))
        trials = [_of_detection(detection) for detection in found]
        lines, syntax = LineIndex(blob.data), syntax_of(blob.origin.known_as)
        for each in self._tried:
            for (start, end), reason in self._misses(each, blob.data, found).items():
                line, column = lines.position(start)
                trials.append(
                    Trial(line, column, each.rule.id, reason, _shown(blob.data, start, end, each.rule, syntax))
                )
        return sorted(trials)

    def _misses(self, tried: TriedRule, text: bytes, found: Iterable[Detection]) -> Mapping[Span, str]:
        """Return the spans that a rule nearly reports, with the reasons; of overlapping ones, one."""
        places = [(each.place.offset, each.place.offset + each.place.length, each.rule_id) for each in found]
        own = [(start, end) for start, end, rule_id in places if rule_id == tried.rule.id]
        misses: dict[Span, str] = {}
        for span, reason in self._candidates(tried, text):
            if any(_overlap(span, other) for other in (*own, *misses)):
                continue
            others = [rule_id for start, end, rule_id in places if _overlap(span, (start, end))]
            if reason or others:
                misses[span] = reason or f"overlap: {others[0]} reports it"
        return misses

    def _candidates(self, tried: TriedRule, text: bytes) -> Iterator[tuple[Span, str]]:
        taken = candidates(self._engine, tried.rule, text)
        # what only another rule keeps from being reported comes first, then what a check refuses
        yield from sorted((((start, end), why) for start, end, why in taken), key=lambda each: bool(each[1]))
        for reason, rule in tried.loose:
            yield from (((start, end), reason) for start, end, why in candidates(self._engine, rule, text) if not why)


def _of_detection(detection: Detection) -> Trial:
    place, why = detection.place, ""
    if detection.suppression:
        kind, reason, where = detection.suppression.kind, detection.suppression.reason, detection.suppression.where
        more = ": ".join(filter(None, (where, reason)))
        why = f"suppressed: {kind.value}{f' ({more})' if more else ''}"
    return Trial(place.line, place.column, detection.rule_id, why, detection.snippet)


def _shown(text: bytes, start: int, end: int, rule: PatternRule, syntax: Syntax) -> str:
    value = text[start:end]
    secret = Secret(value, shown=shown_value(value.decode("utf-8", "replace")) if rule.plain else None)
    return snippet(text, start, end, secret.redacted, syntax)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
