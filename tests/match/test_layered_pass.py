"""A set made of another one is run with what is prepared for that one, and finds the same."""

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.records import replace
from frontleak.match import hyperscan_pass
from frontleak.match.engine import Engine, prefilters
from frontleak.match.hyperscan_pass import HyperscanPass
from frontleak.match.layered_pass import LayeredPass
from frontleak.rules.prefilter import prefilter_of
from frontleak.rules.regex_ast import parse
from frontleak.rules.ruleset import RuleSet
from tests.support.made import found_by, make_rule, make_set, make_trigger

WORDS = ("alpha", "bravo", "carol", "delta", "gamma")
HEADS = [prefilter_of(parse(f"{word}_live_[a-f]{{4}}")) for word in WORDS]
SET = make_set(
    *(make_rule(f"{word}_live_(?P<secret>[a-f]{{8}})", name=word) for word in WORDS),
    triggers=(make_trigger("hex", "0x[0-9a-f]{12}"),),
)
TEXT = b" ".join(f"{word}_live_abcdefab".encode() for word in WORDS) + b" other_live_abcdefab 0x0123456789ab"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of expressions in each database that is compiled, with an empty cache."""
    monkeypatch.setenv("FRONTLEAK_CACHE_DIR", str(tmp_path / "cache"))
    counts: list[int] = []
    build = hyperscan_pass._built

    def counted(expressions: list[str]) -> object:
        counts.append(len(expressions))
        return build(expressions)

    monkeypatch.setattr(hyperscan_pass, "_built", counted)
    return counts


def test_what_neither_set_looks_for_hits_nothing() -> None:
    layered = LayeredPass(HEADS[:2], HEADS[:1], HyperscanPass(HEADS[:1]))
    assert layered.hits(b"") == layered.hits(b"carol_live_abcd") == []


INDEXES = st.lists(st.integers(0, len(HEADS) - 1), max_size=7)


@given(wanted=INDEXES, prepared=INDEXES, words=st.lists(st.sampled_from(WORDS), max_size=6))
def test_the_hits_are_those_of_a_pass_of_its_own(wanted: list[int], prepared: list[int], words: list[str]) -> None:
    text = " ".join(f"{word}_live_abcd" for word in words).encode()
    own, base = [HEADS[index] for index in wanted], [HEADS[index] for index in prepared]
    assert LayeredPass(own, base, HyperscanPass(base)).hits(text) == HyperscanPass(own).hits(text)


def alone(ruleset: RuleSet) -> Engine:
    """Return an engine that knows of no other set."""
    return Engine(replace(ruleset, base=None), "hyperscan")


def test_a_choice_of_most_rules_compiles_nothing_and_finds_only_those(built: list[int]) -> None:
    whole = Engine(SET, "hyperscan")
    chosen = SET.choose(ignore=["bravo"])
    engine = Engine(chosen, "hyperscan")
    assert built == [len(prefilters(SET))]
    assert engine.scan(TEXT) == alone(chosen).scan(TEXT)
    assert [rule for rule, _ in found_by(engine, TEXT)] == [word for word in WORDS if word != "bravo"]
    assert engine.scan(TEXT).triggers == whole.scan(TEXT).triggers
    assert list(engine.scan(TEXT).triggers) == ["hex"]


def test_a_choice_of_few_rules_compiles_only_these(built: list[int]) -> None:
    chosen = replace(SET, triggers=()).choose(["carol"])
    assert [rule for rule, _ in found_by(Engine(chosen, "hyperscan"), TEXT)] == ["carol"]
    assert built == [1]


def test_added_rules_have_a_small_database_of_their_own(built: list[int]) -> None:
    Engine(SET, "hyperscan")
    rule = make_rule("other_live_(?P<secret>[a-f]{8})", name="brother")
    rules = tuple(sorted((*SET.rules, rule), key=lambda rule: rule.id))
    added = replace(SET, rules=rules, triggers=(*SET.triggers, make_trigger("base64", "other_")), base=SET)
    engine = Engine(added, "hyperscan")
    assert built == [len(prefilters(SET)), 2]
    assert engine.scan(TEXT) == alone(added).scan(TEXT)
    assert "brother" in dict(found_by(engine, TEXT))
    assert set(engine.scan(TEXT).triggers) == {"hex", "base64"}
    without = added.choose(ignore=["alpha", "delta"])
    del built[:]
    assert Engine(without, "hyperscan").scan(TEXT).matches == alone(without).scan(TEXT).matches
    assert built == [len(prefilters(without))], "only the one that was asked for alone"


def test_a_worker_gets_the_set_with_what_it_was_made_of() -> None:
    chosen = SET.choose(ignore=["bravo"])
    again = pickle.loads(pickle.dumps(chosen))
    assert again == chosen
    assert again.base == SET
