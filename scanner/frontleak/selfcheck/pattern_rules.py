"""Runs pattern rules on their own examples and silent texts, in every embedding."""

import functools
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

    @functools.cache  # half of the embeddings leave a text without quotes as it is
    def secrets(text: bytes) -> set[bytes]:
        return {text[match.start : match.end] for match in engine.scan(text).matches}

    for number, example in enumerate(syntax.examples, start=1):
        failed = {name for name, text, secret in embedded(syntax, rule, example) if secret not in secrets(text)}
        if failed:
            how = ", ".join(name for name, _ in EMBEDDINGS if name in failed)
            where = syntax.where("examples", number - 1)
            yield f"{where}: example {number} is not found as {how}: {example.strip()[:60]}"
    for number, text_silent in enumerate(syntax.silent, start=1):
        loud = {name for name, text, _ in embedded(syntax, rule, text_silent) if secrets(text)}
        if loud:
            how = ", ".join(name for name, _ in EMBEDDINGS if name in loud)
            where = syntax.where("silent", number - 1)
            yield f"{where}: silent text {number} matches as {how}: {text_silent.strip()[:60]}"
    if lost := [name for name, text, secret in addressed(syntax, rule) if secret not in secrets(text)]:
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
    claims = None if require.jwt is None else tuple(require.jwt.items())
    return {
        name: _fake(grammar, f"{rule.id}/{name}/{seed}", bool(require.checksum), claims)
        if name == "sample"
        else _fake(grammar, f"{rule.id}/{name}/{seed}", False, None)
        for name, grammar in samples.items()
    }


@functools.lru_cache(maxsize=64)  # each example of a rule is filled with the same few
def _fake(grammar: str, seed: str, checksum: bool, claims: tuple[tuple[str, str], ...] | None) -> str:
    return draw(grammar, seed, checksum=checksum, jwt=None if claims is None else dict(claims))


def fill(example: str, values: Mapping[str, str]) -> str:
    """Replace each `{name}` by its fake, leaving other braces unchanged."""
    for name, value in values.items():
        example = example.replace(f"{{{name}}}", value)
    return example


def hits_on_hostile_text(rule: PatternRule) -> float:
    """Return the hits of a rule's prefilter per byte of random text over the prefilter's alphabet."""
    text = _random_text(bytes(sorted(alphabet(parse(rule.prefilter.expression)))), rule.id)
    return sum(len(hits.offsets) for hits in RegexPass([rule.prefilter]).hits(text)) / len(text)


def _random_text(letters: bytes, seed: str) -> bytes:
    """Return text in which all letters are equally frequent. It is made from random bytes: to choose each is slow."""
    repeated = letters * (256 // len(letters))  # what is beyond the last whole repetition would make some more frequent
    drawn = random.Random(seed).randbytes(_HOSTILE_BYTES * 256 // len(repeated))  # noqa: S311 - reproducible
    return drawn.translate(repeated.ljust(256), bytes(range(len(repeated), 256)))
