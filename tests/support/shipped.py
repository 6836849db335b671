"""The shipped rules, their fakes, and engines that run all of them; each built once."""

import functools
from dataclasses import dataclass

from frontleak.match.engine import Engine, EngineName
from frontleak.rules.load import load_rules
from frontleak.rules.paths import MACROS_FILE, rule_files, rules_directory
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.read import RuleSources, read_all
from frontleak.rules.rule_syntax import RuleSyntax
from frontleak.rules.ruleset import RuleSet
from frontleak.selfcheck.pattern_rules import fakes


@dataclass(frozen=True, slots=True)
class Shipped:
    """A rule as written and as compiled."""

    syntax: RuleSyntax
    rule: PatternRule


@functools.cache
def shipped_sources() -> RuleSources:
    """Return the content of the rule files; it is valid."""
    files = (rules_directory() / MACROS_FILE, *rule_files())
    sources = read_all({file: file.read_bytes() for file in files})
    assert not sources.mistakes
    return sources


@functools.cache
def shipped() -> tuple[Shipped, ...]:
    """Return the rules, in order of id."""
    rules = full_set().by_id()
    return tuple(
        Shipped(syntax, rule)
        for syntax in sorted(shipped_sources().rules, key=lambda syntax: syntax.id)
        if isinstance(rule := rules[syntax.id], PatternRule)
    )


@functools.cache
def _by_id() -> dict[str, Shipped]:
    return {item.rule.id: item for item in shipped()}


@functools.cache
def full_set() -> RuleSet:
    """Return the rule set a scan runs."""
    return load_rules()


@functools.cache
def full_engine(name: EngineName = "hyperscan") -> Engine:
    """Return an engine that runs all rules."""
    return Engine(full_set(), name)


def fake(rule_id: str, seed: object = 0) -> str:
    """Return a fake secret of a rule; the same seed gives the same one."""
    item = _by_id()[rule_id]
    return fakes(item.syntax.samples, item.rule, str(seed))["sample"]
