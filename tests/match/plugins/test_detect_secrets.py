"""The patterns of detect-secrets as rules: the same findings as its own compiled patterns on plain lines."""

import functools
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector

from frontleak.match.engine import Engine
from frontleak.match.plugins.detect_secrets import add_plugin_rules, is_noise
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.regex_adapter import adapt
from frontleak.rules.regex_ast import RegexError, parse
from frontleak.rules.samples import draw
from tests.support.made import found_by, make_set
from tests.support.shipped import full_set

LEFT_OUT = ["Public IP (ipv4)"]
"""Texts without secrets."""
SAMPLES = 12


@functools.cache
def plugin_rules() -> dict[str, PatternRule]:
    return {rule.id: rule for rule in add_plugin_rules(make_set()).rules}


def expressions() -> dict[str, "re.Pattern[str]"]:
    """Return rule id -> compiled patterns of the plugin."""
    found: dict[str, re.Pattern[str]] = {}
    plugins: dict[str, Any] = get_mapping_from_secret_type_to_class()
    for name, plugin in plugins.items():
        if issubclass(plugin, RegexBasedDetector) and name not in LEFT_OUT:
            slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
            for number, expression in enumerate(plugin().denylist, start=1):
                found[f"detect-secrets-{slug}" + (f"-{number}" if number > 1 else "")] = expression
    return found


EXPRESSIONS = expressions()


def lines(rule: PatternRule, expression: "re.Pattern[str]") -> Iterator[str]:
    """Yield lines that match a rule, or nearly match it."""
    # few repeats: our rules bound open repeats, and some plugin patterns need minutes for blanks
    grammar = re.sub(r"\{(\d+),(\d+)\}", lambda m: f"{{{m[1]},{min(int(m[2]), int(m[1]) + 6)}}}", rule.pattern)
    drawn = (draw(grammar, f"{rule.id}/{seed}") for seed in range(500))
    printable = (re.sub(r"[^ -~]", "q", re.sub(r"[\t-\r]", " ", text)) for text in drawn)
    plain = list(islice((text for text in printable if expression.search(text)), SAMPLES))
    assert len(plain) == SAMPLES
    for text in plain:
        yield f"x = {text} ; y"
        yield text
        yield f'{{"value":"{text}"}}'
        yield f"a{text}b"
        for position in (1, len(text) // 3, len(text) // 2, len(text) - 2):
            yield f"x = {text[:position]}{text[position + 1 :]} ; y"
            yield f"x = {text[:position]}!{text[position + 1 :]} ; y"


@pytest.mark.parametrize("rule_id", EXPRESSIONS)
def test_a_plugins_pattern_finds_the_same_as_our_rule_for_it(rule_id: str) -> None:
    rule, expression = plugin_rules()[rule_id], EXPRESSIONS[rule_id]
    engine = Engine(make_set(rule), "regex")
    agreed = 0
    for line in lines(rule, expression):
        ours = {secret.decode() for _, secret in found_by(engine, line.encode())}
        theirs = [{match.group(), *filter(None, match.groups())} for match in expression.finditer(line)]
        assert ours <= set().union(*theirs), line
        for candidates in theirs:
            assert ours & candidates or any(map(is_noise, candidates)), line
            agreed += bool(ours & candidates)
    assert agreed >= SAMPLES


def test_every_pattern_is_taken_over_but_those_of_what_is_no_secret() -> None:
    assert set(plugin_rules()) == set(EXPRESSIONS)


def test_plugin_rules_stand_beside_ours_and_change_the_digest() -> None:
    both = add_plugin_rules(full_set())
    assert {rule.id for rule in both.rules} == {rule.id for rule in full_set().rules} | set(plugin_rules())
    assert [rule.id for rule in both.rules] == sorted(rule.id for rule in both.rules)
    assert both.digest != full_set().digest


def test_plugin_rules_run_in_one_pass_with_ours() -> None:
    engine = Engine(add_plugin_rules(full_set()), "hyperscan")
    sample = draw("SG\\.[A-Za-z0-9_\\-]{22}\\.[A-Za-z0-9_\\-]{43}", "seed")
    assert {rule_id for rule_id, _ in found_by(engine, f'key="{sample}"'.encode())} == {
        "sendgrid-api-key",
        "detect-secrets-sendgrid-api-key",
    }


@pytest.mark.parametrize(
    "value",
    [
        "${process.env.KEY}",
        "$apiKey",
        "{{ secret }}",
        "<your-key>",
        "********",
        "123e4567-e89b-12d3-a456-426614174000",
        "ABCDEFG",
    ],
    ids=["a template", "a variable", "a placeholder", "a hint", "stars", "a UUID", "a run of letters"],
)
def test_the_heuristics_take_it_for_noise(value: str) -> None:
    assert is_noise(value)


def test_the_heuristics_let_a_secret_pass() -> None:
    assert not is_noise(draw("[A-Za-z0-9]{32}", "seed"))


# --- expressions that were not written for this engine -----------------------------------------------------------------

ADAPTED = {
    "an open star is bounded": (r"ab*c", "a" + "b" * 512 + "c", "a" + "b" * 513 + "c"),
    "an open plus is bounded": (r"ab+c", "abc", "ac"),
    "an open repeat in another is bounded lower": (r"x(?:ab+){2}y", "xabab" + "b" * 31 + "y", "xabab" + "b" * 32 + "y"),
    "a count is kept": (r"a{2,3}", "aaa", "a"),
    "case is folded where the flag says so": (r"(?i)key", "KeY", "kez"),
    "the beginning of the text is that of a line": (r"\n^a$", "\na", "a"),
    "a lazy repeat stays lazy": (r"a+?b", "aab", "aa"),
    "a look-behind is kept": (r"x(?<=x)y", "xy", "y"),
    "a group keeps its choice": (r"(ab|cd)", "cd", "ad"),
}


@pytest.mark.parametrize(("pattern", "yes", "no"), ADAPTED.values(), ids=ADAPTED)
def test_of_an_adapted_expression(pattern: str, yes: str, no: str) -> None:
    adapted = adapt(pattern)
    parse(adapted)
    assert re.fullmatch(adapted, yes)
    assert not re.fullmatch(adapted, no)


def test_a_wide_first_group_is_the_secret_and_else_the_whole_match_is() -> None:
    wide, narrow = (
        re.search(adapt("key=([a-f]{16})"), "key=" + "ab" * 8),
        re.search(adapt("(key|token)=[a-f]{16}"), "key=" + "ab" * 8),
    )
    assert wide is not None
    assert narrow is not None
    assert wide.group("secret") == "ab" * 8
    assert narrow.group("secret") == "key=" + "ab" * 8


@pytest.mark.parametrize("pattern", [r"(a)\1", r"(a)?(?(1)b|c)"], ids=["a back-reference", "a condition"])
def test_what_cannot_be_adapted_is_told(pattern: str) -> None:
    with pytest.raises(RegexError, match="unsupported construct"):
        adapt(pattern)
