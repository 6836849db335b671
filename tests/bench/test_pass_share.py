"""The share of each rule and decoder in the pass."""

from bench.pass_share import count_events, groups, render, shares
from tests.support.made import make_rule, make_set, make_trigger

SET = make_set(
    make_rule("tok_live_(?P<secret>[a-f]{4})", name="live"),
    make_rule("tok_test_(?P<secret>[a-f]{4})", name="test"),
    triggers=(make_trigger("x", "xxx_one"), make_trigger("x", "xxx_two"), make_trigger("y", "yyy_one")),
)
TEXTS = [b"tok_live_abcd tok_live_abcd xxx_two", b"", b"yyy_one xxx_one"]


def test_the_triggers_of_a_decoder_are_one_group() -> None:
    assert {name: len(found) for name, found in groups(SET).items()} == {
        "live": 1,
        "test": 1,
        "triggers of x": 2,
        "triggers of y": 1,
    }


def test_gated_rules_are_one_group_with_the_gate() -> None:
    gated = make_rule("(?i: acme )_?key=(?P<secret>[a-f0-9]{20})", name="acme", require={"digits": 1})
    found = groups(make_set(gated))
    assert {name: len(prefilters) for name, prefilters in found.items()} == {"the value gate": 1}
    assert count_events(found, [b"acme_key=0123456789abcdef0123"])["the value gate"] > 0
    assert count_events(found, [b"acme_key=0123"]) == {}


def test_events_are_counted_by_group() -> None:
    assert count_events(groups(SET), TEXTS) == {"live": 2, "triggers of x": 2, "triggers of y": 1}


def test_each_group_has_one_line() -> None:
    whole, measured = shares(SET, [text * 1000 for text in TEXTS], rounds=1)
    assert whole > 0
    assert sorted(each.name for each in measured) == sorted(groups(SET))
    assert [each.share for each in measured] == sorted((each.share for each in measured), reverse=True)
    assert all(each.share < 1 and 0 < each.literal < 0.001 for each in measured)
    assert len(render(whole, measured, 1_000_000).splitlines()) == 4 + len(measured)
