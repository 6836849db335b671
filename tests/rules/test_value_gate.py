"""The value gate lets every match of a gated rule through, and little else."""

import functools

import pytest

from frontleak.match.hyperscan_pass import HyperscanPass
from frontleak.rules.gate_reach import reach_of
from frontleak.rules.pattern_rule import PatternRule, Prefilter
from frontleak.rules.regex_ast import group_node, node_before_group, render
from frontleak.rules.samples import draw
from frontleak.rules.value_gate import GATE, LEAST_VALUE
from tests.support.made import make_rule
from tests.support.shipped import full_set, shipped_sources

PARTS = 12
"""Tests among which the rules are divided."""
TEXTS = 25
"""Texts that are made of each rule's pattern: with other names, separators and values."""
VALUE = "abcdefgh12345678"


@functools.cache
def gate() -> HyperscanPass:
    return HyperscanPass([Prefilter(expression=GATE, least=0, most=0, literal="")])


def ends(text: str) -> list[int]:
    """Return where matches of the gate end, as byte offsets."""
    return [end for hits in gate().hits(text.encode("latin-1")) for end in hits.offsets]


@functools.cache
def gated() -> list[PatternRule]:
    return [rule for rule in full_set().rules if rule.prefilter.reach]


def reach(pattern: str, **require: object) -> int:
    rule = make_rule(pattern, name="acme-api-key", macros=shipped_sources().macros)
    return reach_of(rule.pattern, {"digits": 1} | require, shipped_sources().macros)


def test_most_rules_that_need_the_name_of_a_vendor_are_gated() -> None:
    assert len(gated()) > 600


@pytest.mark.parametrize("part", range(PARTS))
def test_the_gate_hits_in_every_text_of_a_gated_rule(part: int) -> None:
    missed = []
    for rule in gated()[part::PARTS]:
        before, secret = node_before_group(rule.pattern, "secret"), group_node(rule.pattern, "secret")
        assert before is not None
        names, values = render(before), render(secret)
        for number in range(TEXTS):
            name = draw(names, f"{rule.id} name {number}")
            value = draw(values, f"{rule.id} value {number}")
            if not any(letter.isdigit() for letter in value):
                continue  # `require` refuses it
            if not any(len(name) < end <= rule.prefilter.reach for end in ends(name + value)):
                missed.append((rule.id, name, value))
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "acmeKey: string = " + VALUE,
        "acme.token === '" + VALUE,
        'ACME_API_KEY\\":\\"' + VALUE,
        "acme_auth=Bearer%20" + VALUE,
        "<key>acmeToken</key>\n  <string>" + VALUE,
        "acme-token-" + VALUE,
        "key=" + "a" * 100 + "1",
        "apiKeys=" + VALUE,
        "keyId=" + VALUE,
        "TOKENID=" + VALUE,
        "TOKEN_of_acme=" + VALUE,
        "secretstuff=" + VALUE,
        "acme_password: &quot;" + VALUE,
        "acme token content=" + VALUE,
    ],
)
def test_the_gate_hits_at_a_named_value(text: str) -> None:
    assert ends(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme=" + VALUE,
        "key=" + VALUE[:8],
        "key=" + "a" * 200,
        "key.other.value=" + VALUE[:4],
        "const key = e.keys.find(t => t.id === n.id)",
        "acmeKey {} " + VALUE,
        "keyboard=" + VALUE,
        "path/" + VALUE,
        "// ============================= KeyEvent ============================",
    ],
)
def test_the_gate_is_silent_without_a_name_or_a_value(text: str) -> None:
    assert ends(text) == []


def test_a_rule_is_gated_whose_every_way_to_write_a_secret_has_a_word_a_separator_and_a_value() -> None:
    assert reach("(?i: acme ) {{key}} (?P<secret> [a-z0-9]{20} )") > 100
    assert reach("(?i: acme ) (?: {{key}} | _? secret(?i: word )? [A-Z]{0,4} {{given}} ) (?P<secret> [a-z0-9]{20} )")
    assert reach("(?i: acme ) (?i: secret | token ) {{more}} {{given}} (?P<secret> [a-z0-9]{20} )")
    assert reach("(?i: acme ) (?i: key_?id | passw(?:or)?d ) {{given}} (?P<secret> [a-z0-9]{20} )")
    assert reach("acme\\.com/v1 [?] key= (?P<secret> [a-z0-9]{20} )")


@pytest.mark.parametrize(
    ("pattern", "require"),
    [
        ("(?i: acme ) {{key}} (?P<secret> [a-z0-9]{15} )", {}),  # too short
        ("(?i: acme ) {{key}} (?P<secret> [a-z0-9]{20} )", {"digits": 0}),
        ("(?i: acme ) {{key}} (?P<secret> [a-z0-9!]{20} )", {}),  # a byte that the gate does not know
        ("(?i: acme ) {{given}} (?P<secret> [a-z0-9]{20} )", {}),  # no word
        ("(?i: acme ) (?: {{key}} | {{given}} ) (?P<secret> [a-z0-9]{20} )", {}),
        ("(?i: acme ) key (?P<secret> [a-z0-9]{20} )", {}),  # no separator
        ("(?i: acme ) k[aeiou]y {{given}} (?P<secret> [a-z0-9]{20} )", {}),
        ("(?i: acme ) key [a-z]{0,4} {{given}} (?P<secret> [a-z0-9]{20} )", {}),  # `keyboard`
        ("(?i: acme ) token (?: s? [A-Za-z0-9_]{0,9} )? {{given}} (?P<secret> [a-z0-9]{20} )", {}),
        ("(?i: acme ) key (?: id | s ){2} {{given}} (?P<secret> [a-z0-9]{20} )", {}),
        ("(?i: acme ) key \\{ {{given}} (?P<secret> [a-z0-9]{20} )", {}),
        ("(?i: acme ) {{key}} (?: [a-z]{1,9} \\. )? (?P<secret> [a-z0-9]{20} )", {}),
        ("(?i: acme ) (?: {{key}} (?P<secret> [a-z0-9]{20} ) | zzz )", {}),
        ("(?i: acme ) [a-z]{0,999} {{key}} (?P<secret> [a-z0-9]{20} )", {}),  # too long
    ],
)
def test_other_rules_are_looked_for_everywhere(pattern: str, require: dict[str, object]) -> None:
    if "| zzz" in pattern:
        assert reach_of(pattern, {"digits": 1}, shipped_sources().macros) == 0
    else:
        assert reach(pattern, **require) == 0


def test_the_shortest_value_is_long_enough_for_the_gate() -> None:
    """Wherever its digit is."""
    for place in range(LEAST_VALUE):
        value = "a" * place + "1" + "a" * (LEAST_VALUE - place - 1)
        assert ends("key=" + value), value
