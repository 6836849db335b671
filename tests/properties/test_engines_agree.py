"""Both passes lead to the same findings, on texts of rule examples, near misses and noise."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontleak.match.engine import Engine, EngineResult
from frontleak.rules.load import load_rules
from frontleak.rules.ruleset import RuleSet
from frontleak.selfcheck.pattern_rules import fakes, fill
from tests.support.shipped import shipped_sources

RULES = load_rules()
HYPERSCAN = Engine(RULES, "hyperscan")
REGEX = Engine(RULES, "regex")


def _pieces() -> list[str]:
    known = {rule.id: rule for rule in RULES.rules}
    filled: list[str] = []
    for syntax in shipped_sources().rules:
        values = fakes(syntax.samples, known[syntax.id], "agree")
        filled += [fill(text, values) for text in (*syntax.examples, *syntax.silent)]
        filled += values.values()
    return filled


PIECES = _pieces()
_NOISE = st.text(alphabet="skABCdef0123456789+/=_-.\"'\\:,;{}()[] \n%&", max_size=40)
_PIECE = st.sampled_from(PIECES)
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
    assert shape(HYPERSCAN.scan(data)) == shape(REGEX.scan(data))


@pytest.mark.parametrize("piece", PIECES, ids=range(len(PIECES)))
def test_both_engines_find_the_same_in_each_example(piece: str) -> None:
    """Each example and silent text alone, at the start and end of a file."""
    data = piece.encode("utf-8")
    assert shape(HYPERSCAN.scan(data)) == shape(REGEX.scan(data))


def test_the_pieces_do_match_something() -> None:
    """The property above is not vacuous."""
    found = {rule for piece in PIECES for rule, _, _ in shape(HYPERSCAN.scan(piece.encode()))}
    assert found == {rule.id for rule in RULES.rules}


def test_triggers_are_reported_beside_rules() -> None:
    """Trigger hits have offsets and do not affect the rules."""
    only_triggers = RuleSet(rules=(), contexts={}, triggers=RULES.triggers, digest="triggers")
    text = b"x//# sourceMappingURL=data:application/json;base64,AAAA"
    for engine in ("hyperscan", "regex"):
        triggers = Engine(only_triggers, engine).scan(text).triggers
        assert text.index(b"sourceMappingURL") in triggers["source-map"]
