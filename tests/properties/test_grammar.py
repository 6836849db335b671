"""Facts derived from an expression's AST hold for every match."""

import random
import re

import regex
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from frontleak.rules.prefilter import prefilter_of
from frontleak.rules.regex_ast import (
    Chars,
    Choice,
    RegexError,
    RegexNode,
    Repeat,
    Seq,
    parse,
    render,
    width,
)
from frontleak.rules.samples import draw

_MOST_ROUNDS = 20
_CHARS = st.sets(st.sampled_from(list(b"abcXYZ019_-./:\"' \n")), min_size=1, max_size=4).map(
    lambda members: Chars(frozenset(members))
)


def _extend(inner: st.SearchStrategy[RegexNode]) -> st.SearchStrategy[RegexNode]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(lambda items: Seq(tuple(items))),
        st.lists(inner, min_size=2, max_size=3).map(lambda options: Choice(tuple(options))),
        st.tuples(inner, st.integers(0, 3), st.integers(0, 4)).map(lambda r: Repeat(r[0], r[1], r[1] + r[2])),
    )


NODES: st.SearchStrategy[RegexNode] = st.recursive(_CHARS, _extend, max_leaves=8)


@settings(deadline=None)
@given(NODES, st.integers(0, 1000))
def test_a_sample_matches_and_has_the_width_that_was_computed(node: RegexNode, seed: int) -> None:
    """Both `re` and `regex` accept what was drawn, whole."""
    assume(width(node)[1] < 2000)
    pattern = render(node)
    text = draw(pattern, str(seed)).encode()
    assert re.fullmatch(pattern.encode(), text)
    assert regex.fullmatch(pattern.encode(), text)
    low, high = width(node)
    assert low <= len(text) <= high


@settings(deadline=None)
@given(NODES, st.integers(0, 1000))
def test_every_match_begins_with_its_head(node: RegexNode, seed: int) -> None:
    """And contains the literal of the prefilter, so a prefilter pass misses nothing."""
    assume(width(node)[1] < 2000)
    pattern = f"tok_{render(node)}"
    beginning = prefilter_of(parse(pattern))
    text = draw(pattern, str(seed))
    match = re.match(beginning.expression.encode(), text.encode())
    assert match
    assert beginning.least <= len(match.group()) <= beginning.most
    assert beginning.literal in text.lower()


@settings(deadline=None)
@given(NODES, NODES, st.integers(0, 1000))
@example(Chars(frozenset(b"/")), Chars(frozenset(b"a")), 0)
def test_every_match_holds_its_prefilter_at_a_distance_that_was_computed(
    before: RegexNode, after: RegexNode, seed: int
) -> None:
    """Also where the prefilter is a part from inside, because the beginning is common."""
    assume(width(before)[1] + width(after)[1] < 2000)
    pattern = f"/{render(before)}[0-9a-f]{{8}}@tok_{render(after)}"
    prefilter = prefilter_of(parse(pattern))
    text = draw(pattern, str(seed)).encode()
    distances = range(prefilter.before_least, prefilter.before_most + 1)
    assert any(re.match(prefilter.expression.encode(), text[distance:]) for distance in distances)
    assert prefilter.literal.encode() in text.lower()


@settings(deadline=None)
@given(NODES)
@example(Choice((Chars(frozenset(b"b")), Choice((Chars(frozenset(b"a")), Chars(frozenset(b"a")))))))
def test_rendering_settles(node: RegexNode) -> None:
    """Repeated parsing and rendering reaches a fixed point: the standard library simplifies one level of nesting at a time."""
    assume(width(node)[1] < 2000)
    patterns = [render(node)]
    while len(patterns) < _MOST_ROUNDS and patterns[-1] not in patterns[:-1]:
        patterns.append(render(parse(patterns[-1])))
    assert patterns[-1] == patterns[-2]


def test_an_open_repeat_is_refused() -> None:
    """The matches of a rule are bounded."""
    for pattern in ("a*", "a+", "a{3,}", "(?:a{1,900}){1,900}"):
        try:
            parse(pattern)
        except RegexError as error:
            assert "can exceed" in str(error)
        else:
            raise AssertionError(pattern)


def test_a_head_of_nothing_but_a_class_is_refused() -> None:
    """It would match at every byte of some texts."""
    for pattern in ("[0-9a-f]{32}", "[A-Za-z0-9]{1,40}", "a"):
        try:
            prefilter_of(parse(pattern))
        except RegexError as error:
            assert "distinctive" in str(error)
        else:
            raise AssertionError(pattern)


def test_the_same_seed_draws_the_same_fake() -> None:
    """Tests that use fakes are reproducible."""
    random.seed(1)
    first = draw("sk[A-Za-z0-9]{178}", "seed")
    random.seed(2)
    assert draw("sk[A-Za-z0-9]{178}", "seed") == first != draw("sk[A-Za-z0-9]{178}", "other")
