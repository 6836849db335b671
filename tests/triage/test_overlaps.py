"""Of several rules that match the same bytes, the most specific one is kept."""

import pytest

from frontleak.match.engine import Match
from frontleak.triage.overlaps import resolve_overlaps
from tests.support.made import make_rule

HIGH = make_rule("tok_live_(?P<secret>x)", name="high", severity="high", confidence="high")
UNSURE = make_rule("tok_live_(?P<secret>x)", name="unsure", severity="high", confidence="low")
LOW = make_rule("tok_live_(?P<secret>x)", name="a-low", severity="low", confidence="high")
TIED = make_rule("tok_live_(?P<secret>x)", name="tied", severity="high", confidence="high", near="marker")
TWIN = make_rule("tok_live_(?P<secret>x)", name="a-high", severity="high", confidence="high")

RULES = {rule.id: rule for rule in (HIGH, UNSURE, LOW, TIED, TWIN)}
Spans = list[tuple[str, int, int]]

TABLE: dict[str, tuple[Spans, Spans]] = {
    "nothing stays nothing": ([], []),
    "one stays": ([("high", 0, 5)], [("high", 0, 5)]),
    "those that touch both stay": ([("high", 0, 5), ("high", 5, 9)], [("high", 0, 5), ("high", 5, 9)]),
    "those apart both stay": ([("a-low", 0, 5), ("high", 7, 9)], [("a-low", 0, 5), ("high", 7, 9)]),
    "the more severe stays": ([("a-low", 0, 9), ("high", 3, 5)], [("high", 3, 5)]),
    "the more severe stays when it comes first": ([("high", 0, 5), ("a-low", 3, 20)], [("high", 0, 5)]),
    "the surer stays": ([("high", 0, 5), ("unsure", 0, 9)], [("high", 0, 5)]),
    "the one tied to its surroundings stays": ([("high", 0, 9), ("tied", 0, 5)], [("tied", 0, 5)]),
    "the longer stays": ([("high", 0, 5), ("a-high", 0, 9)], [("a-high", 0, 9)]),
    "the earlier of two as long stays": ([("high", 0, 5), ("a-high", 3, 8)], [("high", 0, 5)]),
    "the first by id of two alike stays": ([("a-high", 0, 5), ("high", 0, 5)], [("a-high", 0, 5)]),
    "a strong middle of a chain stays alone": (
        [("a-low", 0, 5), ("high", 4, 9), ("a-low", 8, 12)],
        [("high", 4, 9)],
    ),
    "a weak middle gives way to both its neighbours": (
        [("high", 0, 5), ("a-low", 4, 9), ("high", 8, 12)],
        [("high", 0, 5), ("high", 8, 12)],
    ),
    "one inside another's gap": (
        [("a-low", 0, 20), ("high", 2, 4), ("unsure", 6, 8)],
        [("high", 2, 4), ("unsure", 6, 8)],
    ),
}


@pytest.mark.parametrize(("given", "kept"), TABLE.values(), ids=TABLE)
def test_of_matches_that_overlap(given: Spans, kept: Spans) -> None:
    matches = [Match(rule=RULES[name], start=start, end=end) for name, start, end in given]
    assert [(match.rule.id, match.start, match.end) for match in resolve_overlaps(matches)] == kept
