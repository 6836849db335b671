"""Runs pattern rules on their own examples with the secret split into several literals, as code may write it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import FileOrigin
from frontleak.decode.folding.candidates import LEAST_SUM
from frontleak.decode.registry import DECODERS
from frontleak.decode.views import decode_all
from frontleak.match.engine import Engine
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.rule_syntax import RuleSyntax
from frontleak.rules.split_triggers import beginnings_of_rule
from frontleak.selfcheck.pattern_rules import fakes, fill

_ORIGIN: Final = FileOrigin(path="example.js")
SAMPLE: Final = "{sample}"
SEED: Final = "split"
_QUOTES: Final = "\"'`"
_ASSIGNED: Final = re.compile(r"[A-Za-z_][\w.\-]*\s?[=:]\s?\{sample\}")
_BEFORE_SECRET: Final = frozenset({"", "Bearer ", "token "})
_EARLY: Final = 3
"""Bytes of the first piece of a secret without a beginning; more than a short beginning."""
_LATE: Final = 4
"""Bytes of the last piece of a secret that is cut near its end."""


def behaviour(syntax: RuleSyntax, rule: PatternRule, engine: Engine) -> Iterator[str]:
    """Yield a rule's examples whose secret is lost when it is split, as `file:line: message`.

    A rule that needs other text around its secret may not find it then, because a decoded string has little of that
    text; for such a rule it is enough that the secret is decoded. A secret that is short, or that has neither a digit
    nor a literal beginning, is not tried: its pieces look like words.

    Args:
        syntax: the rule as written.
        rule: the rule.
        engine: runs all rules, with all triggers; any of them may find the secret.
    """
    if rule.plain:
        return
    values = fakes(syntax.samples, rule, SEED)
    secret = values["sample"]
    if is_like_words(secret, rule):
        return
    needs_text = not finds(engine, f'"{_escaped(secret)}"', secret)
    for number, example in enumerate(syntax.examples, start=1):
        written = as_code(example)
        if written is None or not finds(engine, fill(written, values), secret):
            continue
        lost: dict[str, str] = {}
        for how, quote, text in splits(written, values, rule):
            if not finds(engine, text, secret, or_decodes=needs_text):
                lost[how] = lost.get(how, "") + quote
        if lost:
            where = syntax.where("examples", number - 1)
            ways = ", ".join(
                how if quotes == _QUOTES else f"{how} ({' '.join(quotes)})" for how, quotes in lost.items()
            )
            yield f"{where}: example {number} is lost when its secret is split {ways}: {written.strip()[:60]}"


def is_like_words(secret: str, rule: PatternRule) -> bool:
    """Return whether nothing distinguishes the pieces of a secret from words."""
    return len(secret) < LEAST_SUM or not (beginnings_of_rule(rule) or any(map(str.isdigit, secret)))


def as_code(example: str) -> str | None:
    """Return an example with its first sample in a literal of double quotes; None if it is not a line of code."""
    at = example.find(SAMPLE)
    if at >= 0 and example.count('"', 0, at) % 2:
        return example
    if at < 0 or '"' in example or "\n" in example:
        return None
    return example.replace(SAMPLE, f'"{SAMPLE}"', 1) if _ASSIGNED.fullmatch(example) else f'x("{example}")'


def splits(written: str, values: dict[str, str], rule: PatternRule) -> Iterator[tuple[str, str, str]]:
    """Yield (how it is split, quote, code) for an example in code, as returned by `as_code`."""
    secret = values["sample"]
    first = next((len(text) for text in beginnings_of_rule(rule) if secret.encode().startswith(text)), 0)
    opening, at = written.rindex('"', 0, written.index(SAMPLE)), written.index(SAMPLE)
    closing = written.find('"', at)
    for quote in _QUOTES:
        code = f"{written[:opening]}{quote}{written[opening + 1 : closing]}{quote}{written[closing + 1 :]}"
        for how, cuts in _cuts(len(secret), first or _EARLY):
            joined = f"{quote}+{quote}".join(map(_escaped, _pieces(secret, cuts)))
            yield how, quote, fill(code.replace(SAMPLE, joined, 1), values)
    if first and written[opening + 1 : at] in _BEFORE_SECRET:
        # a short beginning is no constant of its own
        head, rest = map(_escaped, _pieces(secret, (first if first > _EARLY else len(secret) // 2,)))
        for how, constants, joined in (
            ("into two constants", f'const a="{head}",b="{rest}";', '"+a+b+"'),
            ("into a constant and the rest", f'const a="{head}";', f'"+a+"{rest}'),
            ("by a template", f'const a="{rest}";', f'"+`{head}${{a}}`+"'),
        ):
            yield how, '"', constants + fill(written.replace(SAMPLE, joined, 1), values)


def _cuts(length: int, first: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return where to cut a secret, given its length and that of its beginning."""
    middle, late = length // 2, length - _LATE
    return (
        ("within its beginning", (first // 2,)),
        ("after its beginning", (first,)),
        ("in the middle", (middle,)),
        ("near its end", (late,)),
        ("within and after its beginning", (first // 2, first)),
        ("in the middle and near its end", (middle, late)),
    )


def _pieces(secret: str, cuts: Sequence[int]) -> list[str]:
    ends = (0, *cuts, len(secret))
    return [secret[start:end] for start, end in pairwise(ends)]


def _escaped(piece: str) -> str:
    return piece.replace("\n", "\\n")


def finds(engine: Engine, text: str, secret: str, *, or_decodes: bool = False) -> bool:
    """Return whether any rule finds a secret in a text or a view of it; with `or_decodes`, also if a view holds it."""
    wanted = {secret.encode(), secret.replace("\\n", "\n").encode()}  # as in code, and its value
    data = text.encode()
    beginnings = engine.ruleset.beginnings
    for decoded in decode_all(data, engine.scan(data), engine.scan, DECODERS, _ORIGIN, beginnings):
        if isinstance(decoded, Diagnostic):
            continue
        if any(decoded.text[match.start : match.end] in wanted for match in decoded.result.matches):
            return True
        if or_decodes and decoded.view and any(each in decoded.text for each in wanted):
            return True
    return False
