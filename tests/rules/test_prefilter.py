"""Which part of a pattern the pass looks for, and why."""

import string

import pytest

from frontleak.rules.match_rates import LITERAL_RATE, literal_rate
from frontleak.rules.prefilter import has_rare_literal, prefilter_of
from frontleak.rules.regex_ast import parse
from tests.support.made import make_rule
from tests.support.shipped import full_set

# What a prefilter may hold -> whether the pass can look for it.
LITERALS = {
    "abc[0-9]{20}": True,
    "AC[0-9a-f]{32}": True,
    "[0-9a-f]{32}@[a-z]{4}": True,
    "(?i:token)[0-9]{20}": True,
    "gh[opsu]_[0-9]{20}": True,
    "[a-z]{3}[0-9]{20}": False,
    "e[0-9]{20}": False,
    '"[A-Z0-9]{10}"': False,
    "/[0-9a-f]{32}": False,
    "(?:token|/)[0-9a-f]{32}": False,
    "(?:token)?/[0-9a-f]{32}": False,
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}": False,
    "(?:/|%2f)[0-9a-f]{32}@[a-z]{4}": False,
}


@pytest.mark.parametrize(("pattern", "rare"), LITERALS.items(), ids=LITERALS)
def test_a_rare_literal_is_in_every_alternative(pattern: str, rare: bool) -> None:
    assert (literal_rate(parse(pattern)) <= LITERAL_RATE) is rare


def test_a_beginning_with_a_rare_literal_is_taken() -> None:
    found = prefilter_of(parse("key_[0-9]{32}@host"))
    assert (found.expression, found.before_least, found.before_most) == (r"key\x5f[0-9]{32}\x40host", 0, 0)


def test_without_one_a_part_further_inside_is_taken_with_its_distance() -> None:
    found = prefilter_of(parse('(?:["/]|%22)[0-9a-f]{32}@[a-z.]{4,9}'))
    assert (found.expression, found.before_least, found.before_most) == (r"[0-9a-f]{32}\x40[\x2ea-z]{4}", 1, 3)
    assert (found.least, found.most, found.literal) == (37, 37, "@")


def test_a_part_that_may_begin_too_far_away_is_not_taken() -> None:
    found = prefilter_of(parse('"[A-Z0-9]{10}"[A-Z0-9]{8,400}@'))
    assert (found.before_most, has_rare_literal(found)) == (0, False)


def test_a_pattern_without_any_has_its_beginning() -> None:
    found = prefilter_of(parse('"[A-Z0-9]{10}"'))
    assert (found.before_most, has_rare_literal(found)) == (0, False)


def test_a_rule_without_any_is_looked_for_by_its_near() -> None:
    rule = make_rule('"(?P<secret>[A-Z0-9]{10})"', near="algolia")
    assert (rule.prefilter_of_near, rule.prefilter.literal) == (True, "algolia")


def test_a_rule_keeps_its_beginning_where_near_is_no_better() -> None:
    rule = make_rule('"(?P<secret>[A-Z0-9]{10})"', near='"[a-z]{10}"')
    assert not rule.prefilter_of_near


def test_every_shipped_rule_has_a_rare_literal() -> None:
    assert [rule.id for rule in full_set().rules if not has_rare_literal(rule.prefilter)] == []


def test_some_shipped_rules_are_looked_for_further_inside() -> None:
    """The tests of the engines cover such rules."""
    assert "sentry-dsn" in [rule.id for rule in full_set().rules if rule.prefilter.before_most]


def test_a_class_after_two_bytes_is_written_out_so_that_each_alternative_has_three() -> None:
    found = prefilter_of(parse("AC[0-9a-f]{32}"))
    assert found.expression == f"(?:{'|'.join(f'AC{digit}[0-9a-f]{{31}}' for digit in '0123456789abcdef')})"
    assert (found.least, found.most, found.literal) == (34, 34, "ac")


def test_classes_at_the_beginning_are_written_out() -> None:
    found = prefilter_of(parse("(?: [MNO][DT][AEI][w-z] ){5}"))
    assert found.expression.startswith("(?:MDA[w-z](?:[M-O][DT][AEI][w-z]){4}|MDE[w-z]")
    assert found.expression.count("|") == 3 * 2 * 3 - 1
    assert (found.least, found.most) == (20, 20)


@pytest.mark.parametrize(
    "pattern", ["ACD[0-9a-f]{32}", "A[0-9a-f]{32}@host", "sk[A-Za-z0-9]{40}", "gh[ops]_[0-9a-f]{20}"]
)
def test_other_classes_stay(pattern: str) -> None:
    assert "|" not in prefilter_of(parse(pattern)).expression


def test_a_name_alone_is_no_end() -> None:
    """A name is a word, so it is more frequent in code than its letters: the word after it is looked for too."""
    for name in ("(?i:postmark)", "postmark"):
        alone = prefilter_of(parse(f"{name} [a-z_]{{0,20}} (?: key | token ) = [0-9a-f]{{32}}"))
        assert alone.expression.endswith("(?:key|token)")
    assert prefilter_of(parse("(?: standard | dynamic ) _ [a-f]{8,9}")).least > len("dynamic_")


def test_a_rule_with_a_common_beginning_is_looked_for_as_a_whole() -> None:
    pattern = "https?:// [a-z]{1,20} : (?P<secret> [a-z0-9]{8,20} ) @"
    assert make_rule(pattern).prefilter.least < len("https://a")
    assert make_rule(pattern, common_beginning=True).prefilter.least == len("http://a:b1234567@")


def test_a_long_gap_is_not_spelled_out() -> None:
    gap = "(?: " + " | ".join(f"{letter}[a-z]{{0,40}}{letter}[0-9]{{2,60}}" for letter in "abcdefghijklmnopqrst") + " )"
    found = prefilter_of(parse(f"(?: (?i:postmark) {gap}? token | post_key_ ) = [0-9a-f]{{32}}"))
    assert len(found.expression) < 150
    assert "token" in found.expression
    assert (found.least, found.most) == (9, 8 + 102 + 5)


def test_a_name_is_the_end_before_much_that_varies() -> None:
    varied = (
        "(?: " + " | ".join(f"{letter}[a-z]{{1,40}}{letter}[0-9]{{2,60}}" for letter in string.ascii_letters) + " )"
    )
    twice = f"(?i:postmark) {varied} {varied} [0-9a-f]{{32}}"
    assert prefilter_of(parse(twice)).expression == "".join(f"[{c.upper()}{c}]" for c in "postmark")
