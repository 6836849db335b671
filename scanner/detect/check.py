"""Tries every rule on its own examples, in every embedding, and on the texts it must be silent on."""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from scanner.detect.engine import Engine
from scanner.detect.regex_pass import RegexPass
from scanner.rules.build import build_context, build_rule
from scanner.rules.embeddings import EMBEDDINGS
from scanner.rules.grammar import HOSTILE_RATE, alphabet, parse
from scanner.rules.load import MACROS_FILE, read_all, rule_files, rules_directory
from scanner.rules.rule import Rule
from scanner.rules.ruleset import RuleSet
from scanner.rules.samples import draw
from scanner.rules.syntax import RuleSyntax

DRAWS: Final = 3
"""Fakes each example is tried with."""
_HOSTILE_BYTES: Final = 50_000


def check_rules(extra: Sequence[Path] = ()) -> tuple[int, list[str]]:
    """Check the shipped rules and those of the given files and folders.

    Returns:
        The number of rules read, and every mistake as `file:line: what`.

    Raises:
        RuleError: an extra path does not exist.
    """
    texts = {file: file.read_bytes() for file in (rules_directory() / MACROS_FILE, *rule_files(extra))}
    syntaxes, contexts, macros, mistakes = read_all(texts)
    known_contexts = set()
    for context in contexts:
        mistakes += build_context(context, macros)[1]
        known_contexts.add(context.id)
    seen: dict[str, str] = {}
    for syntax in syntaxes:
        if syntax.id in seen:
            mistakes.append(f"{syntax.where()}: the id {syntax.id!r} is taken by {seen[syntax.id]}")
        seen[syntax.id] = syntax.where()
        if syntax.context and syntax.context not in known_contexts:
            mistakes.append(f"{syntax.where('context')}: there is no context {syntax.context!r}")
        rule, wrong = build_rule(syntax, macros)
        mistakes += wrong
        if rule:
            mistakes += behaviour(syntax, rule)
    return len(syntaxes), sorted(set(mistakes), key=_by_place)


def behaviour(syntax: RuleSyntax, rule: Rule) -> Iterator[str]:
    """Yield what a rule does wrong on its own examples, and whether its head fires too often, as `file:line: what`."""
    engine = Engine(RuleSet(rules=(rule,), contexts={}, digest=rule.id), "regex")
    for number, example in enumerate(syntax.examples, start=1):
        failed = {name for name, text, secret in embedded(syntax, rule, example) if not _finds(engine, text, secret)}
        if failed:
            how = ", ".join(name for name, _ in EMBEDDINGS if name in failed)
            yield f"{syntax.where('examples')}: example {number} is not found as {how}: {example.strip()[:60]}"
    for number, text_silent in enumerate(syntax.silent, start=1):
        loud = {name for name, text, _ in embedded(syntax, rule, text_silent) if engine.scan(text).matches}
        if loud:
            how = ", ".join(name for name, _ in EMBEDDINGS if name in loud)
            yield f"{syntax.where('silent')}: silent text {number} matches as {how}: {text_silent.strip()[:60]}"
    rate = hits_on_hostile_text(rule)
    if rate > HOSTILE_RATE * 2:
        field = "near" if rule.head_of_near else "pattern"
        yield f"{syntax.where(field)}: its beginning fires every {1 / rate:.0f} bytes on hostile text"


def embedded(syntax: RuleSyntax, rule: Rule, example: str) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield (name of the embedding, text, secret to be found) of an example, filled with several fakes."""
    for number in range(DRAWS):
        values = fakes(syntax.samples, rule, str(number))
        text = fill(example, values)
        for name, write in EMBEDDINGS:
            yield name, write(text).encode(), write(values["sample"]).encode()


def fakes(samples: Mapping[str, str], rule: Rule, seed: str) -> dict[str, str]:
    """Draw one fake for each grammar of a rule."""
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
    """Replace each `{name}` by its fake; other braces stay as they are."""
    for name, value in values.items():
        example = example.replace(f"{{{name}}}", value)
    return example


def hits_on_hostile_text(rule: Rule) -> float:
    """Return how often a byte the head of a rule fires on random text of the bytes its pattern is made of."""
    letters = sorted(alphabet(parse(rule.head.expression)))
    text = bytes(random.Random(rule.id).choices(letters, k=_HOSTILE_BYTES))  # noqa: S311 - reproducible
    return len(RegexPass([rule.head]).hits(text)) / _HOSTILE_BYTES


def _finds(engine: Engine, text: bytes, secret: bytes) -> bool:
    return any(text[match.start : match.end] == secret for match in engine.scan(text).matches)


def _by_place(mistake: str) -> tuple[str, int, str]:
    file, _, rest = mistake.partition(":")
    line, _, what = rest.partition(":")
    return file, int(line) if line.isdigit() else 0, what
