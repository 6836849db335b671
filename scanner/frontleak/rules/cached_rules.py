"""The compiled rules in the cache: a line of JSON with all that every scan needs, then each pattern rule, compressed.

Compressed, 1,200 rules take a third of the memory and of the time to read; a scan needs few of them.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity
from frontleak.rules.frameworks import framework_of
from frontleak.rules.other_rules import restored
from frontleak.rules.pattern_rule import (
    Beginnings,
    Context,
    FactPattern,
    NearbyText,
    PatternRule,
    Prefilter,
    Trigger,
    Validators,
)
from frontleak.rules.ruleset import RuleSet
from frontleak.rules.stored_rules import StoredRules


def ruleset_to_json(
    ruleset: RuleSet, others: Sequence[Mapping[str, Any]], frameworks: Sequence[Mapping[str, Any]]
) -> bytes:
    """Return a set as JSON.

    Args:
        ruleset: the set.
        others: its rules of other kinds than `pattern`, in the form of `stored()`.
        frameworks: the data of its frameworks.
    """
    from dataclasses import asdict  # noqa: PLC0415 - only where rules are written to a cache

    plain = {
        "digest": ruleset.digest,
        "ids": [rule.id for rule in ruleset.rules],
        "prefilters": [list(asdict(rule.prefilter).values()) for rule in ruleset.rules],
        "others": list(others),
        "contexts": [asdict(context) for context in ruleset.contexts.values()],
        "triggers": [[trigger.name, *asdict(trigger.prefilter).values()] for trigger in ruleset.triggers],
        "beginnings": asdict(ruleset.beginnings),
        "frameworks": list(frameworks),
    }
    rules = [asdict(rule) | {"allow": sorted(rule.allow)} for rule in ruleset.rules]
    stored = [zlib.compress(json.dumps(each).encode()) for each in rules]
    head = json.dumps(plain | {"sizes": [len(each) for each in stored]}).encode()
    return b"".join((head, b"\n", *stored))


def ruleset_from_json(data: bytes) -> RuleSet | None:
    """Return the set that was written; None if the JSON has another form. A pattern rule is read when it is used."""
    try:
        head, _, body = data.partition(b"\n")
        plain = json.loads(head)
        ends = [0, *accumulate(plain["sizes"])]
        counts = {len(plain["ids"]), len(plain["prefilters"]), len(plain["sizes"])}
        if len(counts) > 1 or ends[-1] != len(body) or not isinstance(plain["digest"], str):
            return None
        stored = [body[start:end] for start, end in pairwise(ends)]
        rules = StoredRules(plain["ids"], [_prefilter(*row) for row in plain["prefilters"]], stored, _rule)
        others = tuple(sorted(map(restored, plain["others"]), key=lambda rule: rule.id))
        contexts = {
            item["id"]: Context(
                id=item["id"],
                within=item["within"],
                shown=tuple(item["shown"]),
                source=item["source"],
                facts={
                    name: tuple(FactPattern(each["pattern"], tuple(each["literals"])) for each in written)
                    for name, written in item["facts"].items()
                },
            )
            for item in plain["contexts"]
        }
        triggers = tuple(Trigger(name=name, prefilter=_prefilter(*values)) for name, *values in plain["triggers"])
        beginnings = Beginnings(**{name: tuple(texts) for name, texts in plain["beginnings"].items()})
        frameworks = tuple(map(framework_of, plain["frameworks"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return RuleSet(
        rules=rules,
        others=others,
        contexts=contexts,
        triggers=triggers,
        beginnings=beginnings,
        frameworks=frameworks,
        digest=plain["digest"],
    )


def _prefilter(
    expression: str,
    least: int,
    most: int,
    literal: str,
    before_least: int,
    before_most: int,
    is_at_edge: bool,
    reach: int,
) -> Prefilter:
    return Prefilter(
        expression=expression,
        least=least,
        most=most,
        literal=literal,
        before_least=before_least,
        before_most=before_most,
        is_at_edge=is_at_edge,
        reach=reach,
    )


def _rule(item: dict[str, Any]) -> PatternRule:
    return PatternRule(
        **item
        | {
            "kind": RuleKind(item["kind"]),
            "severity": Severity(item["severity"]),
            "confidence": Confidence(item["confidence"]),
            "exposure": Exposure(item["exposure"]) if item["exposure"] else None,
            "prefilter": Prefilter(**item["prefilter"]),
            "near": NearbyText(**item["near"]) if item["near"] else None,
            "require": Validators(**item["require"]),
            "allow": frozenset(item["allow"]),
            "references": tuple(item["references"]),
        }
    )
