"""Runs pattern rules on their own examples and silent texts, in every embedding."""

import random
from collections.abc import Iterator, Mapping
from typing import Final

from frontleak.match.engine import Engine
from frontleak.match.regex_pass import RegexPass
from frontleak.rules.edges import edge_in
from frontleak.rules.embeddings import ADDRESSES, EMBEDDINGS
from frontleak.rules.match_rates import HOSTILE_RATE
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.prefilter import NO_RARE_LITERAL, has_rare_literal
from frontleak.rules.regex_ast import alphabet, group_node, parse
from frontleak.rules.rule_syntax import RuleSyntax
from frontleak.rules.ruleset import RuleSet
from frontleak.rules.samples import draw

DRAWS: Final = 3
"""Fakes per example."""
_HOSTILE_BYTES: Final = 50_000


def behaviour(syntax: RuleSyntax, rule: PatternRule) -> Iterator[str]:
    """Yield a rule's mistakes on its examples, and what makes its prefilter slow, as `file:line: message`."""
    engine = Engine(RuleSet(rules=(rule,), contexts={}, digest=rule.id), "regex")
    for number, example in enumerate(syntax.examples, start=1):
        failed = {name for name, text, secret in embedded(syntax, rule, example) if not _finds(engine, text, secret)}
        if failed:
            how = ", ".join(name for name, _ in EMBEDDINGS if name in failed)
            where = syntax.where("examples", number - 1)
            yield f"{where}: example {number} is not found as {how}: {example.strip()[:60]}"
    for number, text_silent in enumerate(syntax.silent, start=1):
        loud = {name for name, text, _ in embedded(syntax, rule, text_silent) if engine.scan(text).matches}
        if loud:
            how = ", ".join(name for name, _ in EMBEDDINGS if name in loud)
            where = syntax.where("silent", number - 1)
            yield f"{where}: silent text {number} matches as {how}: {text_silent.strip()[:60]}"
    if lost := [name for name, text, secret in addressed(syntax, rule) if not _finds(engine, text, secret)]:
        yield f"{syntax.where('pattern')}: the secret is not found as {', '.join(dict.fromkeys(lost))}"
    field = "near" if rule.prefilter_of_near else "pattern"
    if not has_rare_literal(rule.prefilter):
        yield f"{syntax.where(field)}: {NO_RARE_LITERAL}; begin with a longer literal, or add a `near` with a word"
    rate = hits_on_hostile_text(rule)
    if rate > HOSTILE_RATE * 2:
        yield f"{syntax.where(field)}: not distinctive: in the worst case it matches at 1 in {1 / rate:.0f} bytes"


def embedded(syntax: RuleSyntax, rule: PatternRule, example: str) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield (embedding name, text, expected secret) for an example filled with several fakes."""
    for number in range(DRAWS):
        values = fakes(syntax.samples, rule, str(number))
        text = fill(example, values)
        for name, write in EMBEDDINGS:
            yield name, write(text).encode(), write(values["sample"]).encode()


def addressed(syntax: RuleSyntax, rule: PatternRule) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield (embedding name, text, secret) for several fakes in addresses, as far as the rule's edge allows them.

    A rule that needs other text around its secret is not tried, nor a secret that may hold a slash before another one.
    """
    if rule.near is not None:
        return
    secret = group_node(rule.pattern, "secret")
    edge = edge_in(syntax.pattern, secret, has_checksum=bool(rule.require.checksum))
    holds_slash = ord("/") in alphabet(secret)
    for number in range(DRAWS):
        value = fakes(syntax.samples, rule, str(number))["sample"]
        for name, edges, write in ADDRESSES:
            if edge in edges and not (holds_slash and "|/" in write("|")):
                yield name, write(value).encode(), value.encode()


def fakes(samples: Mapping[str, str], rule: PatternRule, seed: str) -> dict[str, str]:
    """Return one fake for each sample grammar of a rule."""
    require = rule.require
    return {
        name: draw(
            grammar,
            f"{rule.id}/{name}/{seed}",
            checksum=name == "sample" and bool(require.checksum),
            jwt=require.jwt if name == "sample" else None,
        )
        for name, grammar in samples.items()
    }


def fill(example: str, values: Mapping[str, str]) -> str:
    """Replace each `{name}` by its fake, leaving other braces unchanged."""
    for name, value in values.items():
        example = example.replace(f"{{{name}}}", value)
    return example


def hits_on_hostile_text(rule: PatternRule) -> float:
    """Return the hits of a rule's prefilter per byte of random text over the prefilter's alphabet."""
    letters = sorted(alphabet(parse(rule.prefilter.expression)))
    text = bytes(random.Random(rule.id).choices(letters, k=_HOSTILE_BYTES))  # noqa: S311 - reproducible
    return sum(len(hits.offsets) for hits in RegexPass([rule.prefilter]).hits(text)) / _HOSTILE_BYTES


def _finds(engine: Engine, text: bytes, secret: bytes) -> bool:
    return any(text[match.start : match.end] == secret for match in engine.scan(text).matches)
