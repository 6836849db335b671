"""Triggers for split secrets: they follow from the rules' own beginnings, and miss ordinary code."""

from pathlib import Path
from typing import Final

import pytest

from frontleak.match.engine import Engine
from frontleak.rules.load import load_rules
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.split_triggers import split_beginnings, split_triggers
from tests.support.made import make_rule, make_set, scan_text, secret_of
from tests.support.shipped import full_set

OWN: Final = """\
id: own-token
name: Own token
severity: high
confidence: high
pattern: '{{edge}} (?P<secret> own_api_ [A-Za-z0-9]{40} ) {{end}}'
samples: "own_api_[A-Za-z0-9]{40}"
examples: ['new Own({apiKey:"{sample}"})']
silent: ['"own_api_"']
why: It opens the test.
fix: Close the test.
references: ['https://example.com']
"""
SECRET: Final = "own_api_" + "aB3dE5gH7j" * 4
HEAD, BODY, TAIL = SECRET[:8], SECRET[8:30], SECRET[30:]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return an engine with a rule of one's own, written in one YAML file."""
    file = tmp_path_factory.mktemp("rules") / "own.yaml"
    file.write_text(OWN)
    return Engine(load_rules([file]), "regex")


SILENT: Final = {
    "words": 'a("own"+"er");b("own_"+c);d("owner_api"+e)',
    "classes": 'className:"sk-"+e+" skeleton-"+t,x:"skip"+"ped"',
    "the beginning of a variable": "const own_api_key=a+b;own_api_b(c)",
    "long words": '"application-"+"controller"+"-container"',
    "codes that begin otherwise": "[111,119,1,2,3]",
}


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT)
def test_ordinary_code_is_not_folded(own: Engine, code: str) -> None:
    assert not scan_text(code, engine=own).views


FORMS: Final = {
    "two literals": f'x="{HEAD}"+"{BODY}{TAIL}"',
    "two literals, within the beginning": f'x="own_"+"api_{BODY}{TAIL}"',
    "three literals": f"x='{HEAD}'+'{BODY}'+'{TAIL}'",
    "many literals": "x=" + "+".join(f'"{letter}"' for letter in SECRET),
    "pairs of letters": "x=" + " + ".join(f"`{SECRET[at : at + 2]}`" for at in range(0, len(SECRET), 2)),
    "literals over lines": f'x="{HEAD}" +\n  "{BODY}" +\n  "{TAIL}"',
    "concat": f'x="{HEAD}".concat("{BODY}","{TAIL}")',
    "concat within the beginning": f'x="own".concat("_api_{BODY}","{TAIL}")',
    "a list": f'x=["{HEAD}","{BODY}","{TAIL}"].join("")',
    "a constant and a literal": f'const a="{HEAD}";x=a+"{BODY}{TAIL}"',
    "constants": f'const a="{HEAD}",b="{BODY}",c="{TAIL}";x=a+b+c',
    "a template": f'const a="{BODY}{TAIL}";x=`{HEAD}${{a}}`',
    "a template of constants": f'const a="{HEAD}{BODY}",b="{TAIL}";x=`${{a}}${{b}}`',
    "a header": f'const a="{BODY}{TAIL}";x={{headers:{{Authorization:"Bearer {HEAD}"+a}}}}',
    "codes": f"const a=[{','.join(map(str, SECRET.encode()))}];x=a.map(c=>String.fromCharCode(c)).join('')",
    "an escape at the start": f'x="\\x6fwn_api_{BODY}{TAIL}"',
    "an escape within the beginning": f'x="own\\u005fapi_{BODY}{TAIL}"',
    "an escape at some distance": f'x="own_api_{BODY}\\x{ord(TAIL[0]):02x}{TAIL[1:]}"',
}


@pytest.mark.parametrize("code", FORMS.values(), ids=FORMS)
def test_a_split_secret_of_ones_own_rule_is_found(own: Engine, code: str) -> None:
    found = scan_text(code, engine=own).detections
    assert {(each.rule_id, secret_of(each).reveal().decode()) for each in found} == {("own-token", SECRET)}
    assert [each.place.via for each in found]


def test_the_beginnings_come_from_the_cache_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN)
    first, second = load_rules([file]), load_rules([file])
    assert "own_ap" in second.beginnings.sure
    assert (first.beginnings, first.triggers) == (second.beginnings, second.triggers)


def test_a_choice_of_rules_keeps_the_beginnings() -> None:
    assert full_set().choose(["npm-access-token"]).beginnings == full_set().beginnings


@pytest.mark.parametrize(
    ("pattern", "sure", "short"),
    [
        ("(?P<secret> own_live_ [a-z]{20} )", ("own_li",), ()),
        ("(?P<secret> company_live_ [a-z]{20} )", ("company_",), ()),
        ("(?P<secret> (?: ab1_ | cd2_ ) [a-z]{20} )", ("ab1_", "cd2_"), ()),
        ("(?P<secret> zz [0-9]{20} )", (), ("zz",)),
        ("name= (?P<secret> [0-9a-f]{32} )", (), ()),
        ("name= (?P<secret> (?: key-[0-9]{20} | [0-9a-f]{32} ) )", (), ()),
    ],
)
def test_beginnings_are_those_of_the_secret(pattern: str, sure: tuple[str, ...], short: tuple[str, ...]) -> None:
    found = split_beginnings([make_rule(pattern)])
    assert (found.sure, found.short) == (sure, short)


NOT_ALONE: Final = {
    "a name near it": make_rule("(?P<secret> own_live_ [a-z]{20} )", near="other_word"),
    "a name before it": make_rule("other_word = (?P<secret> own_live_ [a-z]{20} )"),
    "an ordinary word": make_rule("(?P<secret> api- [a-z]{20} )"),
}


@pytest.mark.parametrize("rule", NOT_ALONE.values(), ids=NOT_ALONE)
def test_a_secret_that_needs_more_than_its_beginning_has_none(rule: PatternRule) -> None:
    assert split_beginnings([rule]) == split_beginnings([])


def test_triggers_for_escapes_and_long_words_do_not_depend_on_the_rules() -> None:
    found = split_triggers(split_beginnings([make_rule(f"(?P<secret> {a}{b}q_ [a-z]{{20}} )") for a in AB for b in AB]))
    assert {each.name for each in found} == {"js-string", "js-call", "html-split"}
    assert not any("{0,100}" in each.prefilter.expression for each in found if each.name == "html-split")


AB: Final = "bcdfghjkmn"


def test_without_beginnings_there_is_no_trigger() -> None:
    assert split_triggers(split_beginnings([])) == ()


def test_a_rule_set_without_beginnings_still_joins_literals() -> None:
    rule = make_rule("(?P<secret> own_api_ [A-Za-z0-9]{40} )")
    ruleset = make_set(rule, triggers=full_set().triggers)
    assert scan_text(f'x="{HEAD}{BODY}"+"{TAIL}"', engine=Engine(ruleset, "regex")).detections
