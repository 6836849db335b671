"""Both passes lead to the same findings, on texts of rule examples, near misses and noise."""

import functools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontleak.match.engine import Engine, EngineName, EngineResult, prefilters
from frontleak.match.gated_pass import GatedPass
from frontleak.rules.expressions import compiled
from frontleak.rules.load import load_rules
from frontleak.rules.ruleset import RuleSet
from frontleak.selfcheck.pattern_rules import fakes, fill
from frontleak.selfcheck.prefilter_hits import missed_forms
from tests.support.made import make_rule, make_set
from tests.support.shipped import shipped_sources

RULES = load_rules()
PARTS = 20
"""Tests among which the texts are divided."""


@functools.cache
def engine(name: EngineName) -> Engine:
    """Return an engine with all rules, made when the first test runs: the slow one takes seconds to prepare."""
    return Engine(RULES, name)


@functools.cache
def pieces() -> list[str]:
    """Return the examples and silent texts of all rules, and their fakes."""
    known = {rule.id: rule for rule in RULES.rules}
    filled: list[str] = []
    for syntax in shipped_sources().rules:
        values = fakes(syntax.samples, known[syntax.id], "agree")
        filled += [fill(text, values) for text in (*syntax.examples, *syntax.silent)]
        filled += values.values()
    return filled


_NOISE = st.text(alphabet="skABCdef0123456789+/=_-.\"'\\:,;{}()[] \n%&", max_size=40)
_PIECE = st.deferred(lambda: st.sampled_from(pieces()))
_CUT = st.tuples(_PIECE, st.integers(0, 60), st.integers(1, 300)).map(lambda cut: cut[0][cut[1] : cut[1] + cut[2]])
_DOUBLED = _PIECE.map(lambda piece: piece + piece)
TEXTS = st.lists(st.one_of(_PIECE, _CUT, _DOUBLED, _NOISE), max_size=8).map("".join)


def shape(result: EngineResult) -> list[tuple[str, int, int]]:
    """Return a result as comparable values."""
    return [(match.rule.id, match.start, match.end) for match in result.matches]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_both_engines_find_the_same(text: str) -> None:
    """For any windows from the passes, the matches are those of the definition."""
    data = text.encode("utf-8")
    assert shape(engine("hyperscan").scan(data)) == shape(engine("regex").scan(data))


@pytest.mark.parametrize("part", range(PARTS))
def test_both_engines_find_the_same_in_each_example(part: int) -> None:
    """Each example and silent text alone, at the start and end of a file."""
    for piece in pieces()[part::PARTS]:
        data = piece.encode("utf-8")
        assert shape(engine("hyperscan").scan(data)) == shape(engine("regex").scan(data)), piece


BEFORE = "const a = {b: 1, c: 'x'};\n" * 6
"""Code without a match, longer than what Hyperscan keeps in mind of a short text."""


def test_each_example_is_found_behind_other_text_too() -> None:
    """Hyperscan has been seen to miss a form of a name behind other text, and there alone."""
    start = len(BEFORE)
    lost = set()
    for piece in pieces():
        alone, behind = (shape(engine("hyperscan").scan(text.encode())) for text in (piece, BEFORE + piece))
        if not {(rule, begin + start, end + start) for rule, begin, end in alone} <= set(behind):
            lost.add(piece)
    assert not lost


def test_no_prefilter_is_missed_behind_other_text() -> None:
    """Of its forms, Hyperscan may miss one that no example has."""
    gated = engine("hyperscan")._pass
    assert isinstance(gated, GatedPass)
    known = prefilters(RULES)
    for passed, places in ((gated._outer, gated._everywhere), (gated._names(), gated._gated)):
        assert not list(filter(None, missed_forms(passed, [known[place] for place in places])))


INNER = (
    make_rule("[/:]{1,3}(?P<secret>[0-9a-f]{6}@[a-z]{2,9})", name="inner-secret"),
    make_rule("(?:/|%2f|u002f)[0-9]{0,6}x?@(?P<secret>[0-9a-f]{4})[~!](?![0-9a-f])", name="inner-secret-behind"),
    make_rule("(?<![a-z])[/:]{1,3}(?P<secret>[0-9a-z]{1,20})@[0-9]{4}[~!]", name="inner-after-a-range"),
)
INNER_ENGINES: dict[EngineName, Engine] = {name: Engine(make_set(*INNER), name) for name in ("hyperscan", "regex")}
INNER_TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            ["/", "//", ":", "%2f", "u002f", "@", "~", "@1234!", "x@0123~", "abcdef@", "000000@ab", "1234", "q"]
        ),
        st.text(alphabet="/:@~0123abcdfxz ", max_size=8),
    ),
    max_size=40,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(INNER_TEXTS)
def test_both_engines_find_the_same_where_the_prefilter_is_inside(text: str) -> None:
    """And it is all that the expressions themselves find: leftmost, without overlaps."""
    data = text.encode()
    found = {name: shape(engine.scan(data)) for name, engine in INNER_ENGINES.items()}
    assert found["hyperscan"] == found["regex"]
    for rule in INNER:
        spans = {match.span("secret") for match in compiled(rule.pattern).finditer(data, overlapped=True)}
        taken_to, expected = -1, []
        for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start >= taken_to:
                expected.append((rule.id, start, end))
                taken_to = end
        assert [each for each in found["regex"] if each[0] == rule.id] == expected


def test_the_prefilters_of_these_rules_are_inside() -> None:
    """The property above is not vacuous."""
    assert all(rule.prefilter.before_most > rule.prefilter.before_least for rule in INNER)
    text = b"//1201ab@abc %2f123x@0123~ :abc@1234!"
    assert len({rule for rule, _, _ in shape(INNER_ENGINES["regex"].scan(text))}) == len(INNER)


def test_the_pieces_do_match_something() -> None:
    """The property above is not vacuous."""
    found = {rule for piece in pieces() for rule, _, _ in shape(engine("hyperscan").scan(piece.encode()))}
    assert found == {rule.id for rule in RULES.rules}


def test_triggers_are_reported_beside_rules() -> None:
    """Trigger hits have offsets and do not affect the rules."""
    only_triggers = RuleSet(rules=(), contexts={}, triggers=RULES.triggers, digest="triggers")
    text = b"x//# sourceMappingURL=data:application/json;base64,AAAA"
    names: tuple[EngineName, ...] = ("hyperscan", "regex")
    for name in names:
        triggers = Engine(only_triggers, name).scan(text).triggers
        assert text.index(b"sourceMappingURL") in triggers["source-map"]
