"""What a text must hold for an expression to match in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.rules.regex_ast import parse
from frontleak.rules.required_literals import required_literals
from tests.support.shipped import full_set

UNKNOWN = {
    "only classes": "[a-z]{20}",
    "a short literal": "sk[a-z]{20}",
    "an alternative without one": "(?:token|[0-9]{8})=",
    "an optional part": "(?:token)?[0-9]{8}",
    "too many alternatives": "abc|bcd|cde|def|efg|fgh|ghi|hij|ijk",
    "two letters between classes": "a[0-9]b[0-9]c",
}


@pytest.mark.parametrize("pattern", UNKNOWN.values(), ids=UNKNOWN)
def test_nothing_is_required_by(pattern: str) -> None:
    assert required_literals(parse(pattern)) == ()


KNOWN = {
    "name=[a-z]{9}": ("name=",),
    "NAME=[a-z]{9}": ("name=",),
    "(?i:name)=[a-z]{9}": ("name=",),
    "(?:first|second)=[a-z]{9}": ("first", "second"),
    "[a-z]{8}(?:=sk|%3Dsk)": ("%3dsk", "=sk"),
    "ab[0-9]{2}project_?id": ("project",),
    "(?:abc){2}": ("abcabc",),
    "a{5}": ("aaaaa",),
    r"\xc9abc": ("\xc9abc",),
}


@pytest.mark.parametrize(("pattern", "literals"), KNOWN.items(), ids=KNOWN)
def test_the_longest_literal_is_required(pattern: str, literals: tuple[str, ...]) -> None:
    assert required_literals(parse(pattern)) == literals


PIECES = st.sampled_from(["abc", "(?i:De)", "[0-9]", "x?", "(?:foo|ba)", "(?:one|two){1,2}", "y{3}", "(?:Z[0-9])?"])
PATTERNS = st.lists(PIECES, min_size=1, max_size=5).map("".join)


@given(PATTERNS.flatmap(lambda pattern: st.tuples(st.just(pattern), st.from_regex(pattern, fullmatch=True))))
def test_every_match_holds_one(case: tuple[str, str]) -> None:
    pattern, text = case
    assert re.fullmatch(pattern, text)
    found = required_literals(parse(pattern))
    assert not found or any(literal in text.lower() for literal in found)


def test_every_fact_of_the_shipped_contexts_has_one() -> None:
    facts = [fact for context in full_set().contexts.values() for written in context.facts.values() for fact in written]
    assert facts
    assert [fact.pattern for fact in facts if not fact.literals] == []
