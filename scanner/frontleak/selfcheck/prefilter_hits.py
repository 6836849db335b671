"""Checks that Hyperscan hits wherever a prefilter matches, behind other text too.

Hyperscan 0.9.1 misses `dd_api` of `(?:data_?dog|dd)_?(?:[a-z]{2,8}_)?api|data_?dog` once enough text stands before it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from frontleak.match.engine import hyperscan_available
from frontleak.match.interface import Pass
from frontleak.rules.pattern_rule import PatternRule, Prefilter
from frontleak.rules.rule_syntax import RuleSyntax
from frontleak.rules.samples import draw

_DRAWS: Final = 150
"""Texts that are made of each prefilter: as many as it took to see each fault known."""
_BEFORE: Final = b"\nconst a = {b: 1, c: 'x'};" * 6 + b"\n"
"""Code without a match, longer than what Hyperscan keeps in mind of a short text."""


def behaviour(rules: Sequence[tuple[RuleSyntax, PatternRule]]) -> Iterator[str]:
    """Yield the rules with a form that Hyperscan misses, as `file:line: message`; nothing if it is not installed."""
    if not (rules and hyperscan_available()):
        return
    from frontleak.match.hyperscan_pass import HyperscanPass  # noqa: PLC0415 - absent on some platforms

    prefilters = [rule.prefilter for _, rule in rules]
    for (syntax, rule), form in zip(rules, missed_forms(HyperscanPass(prefilters), prefilters), strict=True):
        if form:
            field = "near" if rule.prefilter_of_near else "pattern"
            yield (
                f"{syntax.where(field)}: Hyperscan misses {form.decode('latin-1')!r} behind other text;"
                " give each name alternatives of its own"
            )


def missed_forms(search: Pass, prefilters: Sequence[Prefilter]) -> Iterator[bytes]:
    """Yield for each prefilter a text that it matches and the pass over them all misses; empty if there is none."""
    for index, prefilter in enumerate(prefilters):
        text = bytearray()
        spans: list[tuple[int, int]] = []
        for number in range(_DRAWS):
            text += _BEFORE
            start = len(text)
            text += draw(prefilter.expression, f"{prefilter.expression}/{number}").encode("latin-1")
            spans.append((start, len(text)))
        hits = [end for each in search.hits(bytes(text + _BEFORE)) if each.prefilter == index for end in each.offsets]
        missed = (text[start:end] for start, end in spans if bisect_right(hits, start) == bisect_right(hits, end))
        yield bytes(next(missed, b""))
