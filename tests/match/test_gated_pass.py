"""Gated prefilters hit before the hits of the value gate, with the offsets that they have in the whole text."""

from collections.abc import Sequence

import pytest

from frontleak.core.records import replace
from frontleak.match import gated_pass
from frontleak.match.gated_pass import GatedPass, databases_of, hyperscan_pass
from frontleak.match.hyperscan_pass import HyperscanPass
from frontleak.match.interface import Hits, hits_in
from frontleak.match.source_map_mappings import SourceMapMappings
from frontleak.rules.pattern_rule import Prefilter
from frontleak.rules.prefilter import prefilter_of
from frontleak.rules.regex_ast import parse

VALUE = b"0123456789abcdef"


def prefilter(text: str, reach: int = 0) -> Prefilter:
    return replace(prefilter_of(parse(text)), reach=reach)


OPEN = [prefilter("alpha_live_[0-9]{4}"), prefilter("omega_live_[0-9]{4}")]
NAMES = [prefilter(f"(?i: vendor{number:02} )", reach=60) for number in range(gated_pass._FEWEST)]
ALL = [OPEN[0], *NAMES, OPEN[1]]


def spans(found: Sequence[Hits]) -> list[tuple[int, int, int]]:
    return [(hits.prefilter, *span) for hits in found for span in hits.ranges()]


def test_few_gated_prefilters_are_looked_for_everywhere() -> None:
    assert isinstance(hyperscan_pass(ALL[:-2]), HyperscanPass)
    assert [len(each) for each in databases_of(ALL[:-2])] == [len(ALL) - 2]
    assert isinstance(hyperscan_pass(ALL), GatedPass)
    assert [len(each) for each in databases_of(ALL)] == [3, len(NAMES)]


def test_a_text_without_hits_has_none() -> None:
    assert hyperscan_pass(ALL).hits(b"") == hyperscan_pass(ALL).hits(b"vendor07 and nothing else") == []


@pytest.mark.parametrize("filler", [b" ", b"x=1;", b"vendor03 "])
def test_the_hits_are_those_of_the_whole_text_near_a_named_value(filler: bytes) -> None:
    text = filler * 99 + b"alpha_live_1234 VENDOR07_KEY='" + VALUE + b"'," + filler * 99 + b"vendor08token=" + VALUE
    found = spans(hyperscan_pass(ALL).hits(text))
    every = spans(HyperscanPass(ALL).hits(text))
    assert set(found) <= set(every)
    near = [span for span in every if span[0] in {0, 8, 9}]
    assert len(near) == 3
    assert [span for span in found if span[0] in {0, 8, 9}] == near


def test_windows_that_overlap_give_each_hit_once() -> None:
    text = b"vendor05 " + b"key=" + VALUE + b" token=" + VALUE + b" secret:" + VALUE
    assert spans(hyperscan_pass(ALL).hits(text)) == [(6, 0, 0)]


def test_after_the_last_kept_hit_of_the_gate_names_are_looked_for_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontleak.match.interface.MOST_HITS", 1)
    monkeypatch.setattr("frontleak.match.hyperscan_pass.MOST_HITS", 1)
    text = b"key=" + VALUE + b" " * 200 + b"vendor01 " + b" " * 200 + b"vendor02key=" + VALUE
    found = spans(hyperscan_pass(ALL).hits(text))
    assert [span[0] for span in found] == [2, 3]


def test_names_are_loaded_where_the_gate_first_hits(monkeypatch: pytest.MonkeyPatch) -> None:
    hyperscan_pass(ALL)  # now both databases are in the cache
    built = []
    init = HyperscanPass.__init__

    def counted(self: HyperscanPass, prefilters: list[Prefilter]) -> None:
        built.append(len(prefilters))
        init(self, prefilters)

    monkeypatch.setattr(HyperscanPass, "__init__", counted)
    passed = hyperscan_pass(ALL)
    passed.hits(b"alpha_live_1234 vendor01")
    assert built == [3]
    passed.hits(b"vendor01_key=" + VALUE)
    passed.hits(b"vendor01_key=" + VALUE)
    assert built == [3, len(NAMES)]


def test_a_cut_before_the_mappings_of_a_map_leaves_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontleak.match.interface.MOST_HITS", 1)
    monkeypatch.setattr("frontleak.match.hyperscan_pass.MOST_HITS", 1)
    named = b"key=" + VALUE + b" " * 200 + b"vendor01key=" + VALUE + b" " * 200
    text = b'{"a":"' + named + b'","mappings":"' + b"AAAA," * 300 + b'","b":"vendor02key=' + VALUE + b'"}'
    around = SourceMapMappings().around(text)
    assert around is not None
    assert [span[0] for span in spans(hits_in(hyperscan_pass(ALL), memoryview(text), around))] == [2, 3]
