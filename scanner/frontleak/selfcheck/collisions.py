"""Rules whose secrets begin alike, and which of them reports the secret of which."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from frontleak.match.engine import Engine
from frontleak.rules.beginnings import beginnings
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.regex_ast import group_node
from frontleak.rules.rule_syntax import RuleSyntax
from frontleak.selfcheck.pattern_rules import DRAWS, fakes, fill
from frontleak.triage.overlaps import resolve_overlaps

_LONGEST: Final = 12
"""Characters of a beginning."""
_LEAST: Final = 2
_MOST: Final = 24
"""Beginnings of one rule."""


class Collision(NamedTuple):
    """A sample of one rule that another one reports."""

    owner: str
    """Id of the rule whose sample it is."""
    reported_as: str
    """Id of the rule that reports it in the end."""


def shared_beginnings(rules: Iterable[PatternRule]) -> dict[str, tuple[str, ...]]:
    """Return each literal beginning that secrets of several rules have, with the ids of the rules, both sorted.

    Of several beginnings with the same rules, the shortest is listed.
    """
    by_rule = {rule.id: _beginnings(rule) for rule in rules}
    found: dict[str, tuple[str, ...]] = {}
    for beginning in sorted({text for texts in by_rule.values() for text in texts}, key=lambda text: (len(text), text)):
        sharing = tuple(
            sorted(
                rule
                for rule, texts in by_rule.items()
                if any(text.startswith(beginning) or beginning.startswith(text) for text in texts)
            )
        )
        if len(sharing) > 1 and sharing not in found.values():
            found[beginning] = sharing
    return dict(sorted(found.items()))


def _beginnings(rule: PatternRule) -> frozenset[str]:
    texts = beginnings(group_node(rule.pattern, "secret"), longest=_LONGEST, most=_MOST)
    return frozenset(text.decode("latin-1") for text in texts if len(text) >= _LEAST)


def collisions(rules: Iterable[tuple[RuleSyntax, PatternRule]], engine: Engine) -> Iterator[Collision]:
    """Yield each case in which the sample of a rule is reported as that of another one.

    The samples are tried in the examples of their rule, and alone in quotes. Where several rules match, the one that
    `resolve_overlaps` keeps reports.
    """
    found: dict[Collision, None] = {}
    for syntax, rule in rules:
        for example in (*syntax.examples, '"{sample}"'):
            for number in range(DRAWS):
                values = fakes(syntax.samples, rule, str(number))
                for other in _reporting(fill(example, values), values["sample"], engine):
                    if other != rule.id:
                        found[Collision(rule.id, other)] = None
    yield from sorted(found)


def _reporting(text: str, sample: str, engine: Engine) -> Iterator[str]:
    data, value = text.encode(), sample.encode()
    start = data.find(value)
    for match in resolve_overlaps(engine.scan(data).matches):
        if match.start < start + len(value) and start < match.end:
            yield match.rule.id


def owners(found: Mapping[str, tuple[str, ...]], excepted: Iterable[Collision]) -> dict[str, dict[str, str]]:
    """Return beginning -> rule -> the rule that reports its samples: itself, but for the exceptions."""
    reported = defaultdict(list)
    for each in excepted:
        reported[each.owner].append(each.reported_as)
    return {
        beginning: {rule: ", ".join(reported.get(rule, (rule,))) for rule in rules}
        for beginning, rules in found.items()
    }
