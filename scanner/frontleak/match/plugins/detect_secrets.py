"""The patterns and heuristics of detect-secrets as rules of this engine. The only importer of `detect_secrets`.

Only its compiled patterns and its pure text heuristics are used. Its own scan path drops short minified lines and whole
file types, and its verifiers call the network. Importing its plugins imports `requests`, which costs a tenth of a
second and connects to nothing; a run without `--plugins` imports neither.
"""

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Final

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.filters import heuristic
from detect_secrets.plugins.base import RegexBasedDetector

from frontleak.core.records import replace
from frontleak.core.vocabulary import Confidence, Severity
from frontleak.rules.pattern_rule import PatternRule, Validators
from frontleak.rules.prefilter import prefilter_of
from frontleak.rules.regex_adapter import adapt
from frontleak.rules.regex_ast import RegexError, parse, width
from frontleak.rules.ruleset import RuleSet, digest_of

_NOT_SECRET: Final = frozenset({"Public IP (ipv4)"})
_OFTEN_PUBLIC: Final = frozenset({"JSON Web Token"})
_REFERENCE: Final = "https://github.com/Yelp/detect-secrets"


def add_plugin_rules(ruleset: RuleSet) -> RuleSet:
    """Return a rule set with the regex plugins of detect-secrets added. Their ids begin with `detect-secrets-`."""
    rules = sorted((*ruleset.rules, *_rules()), key=lambda rule: rule.id)
    return replace(
        ruleset,
        rules=tuple(rules),
        base=ruleset,
        digest=digest_of(ruleset.digest, "detect-secrets", version("detect-secrets")),
    )


def is_noise(secret: str) -> bool:
    """Say whether a heuristic of detect-secrets rejects a value as a false positive."""
    return bool(
        heuristic.is_sequential_string(secret)
        or heuristic.is_potential_uuid(secret)
        or heuristic.is_templated_secret(secret)
        or heuristic.is_not_alphanumeric_string(secret)
        or heuristic.is_prefixed_with_dollar_sign(secret)
    )


def _rules() -> Iterator[PatternRule]:
    plugins: dict[str, type] = get_mapping_from_secret_type_to_class()
    for name, plugin in sorted(plugins.items()):
        if not issubclass(plugin, RegexBasedDetector) or name in _NOT_SECRET:
            continue
        for number, expression in enumerate(plugin().denylist, start=1):
            if rule := _rule(name, number, expression):
                yield rule


def _rule(name: str, number: int, expression: "re.Pattern[str]") -> PatternRule | None:
    try:
        pattern = adapt(expression.pattern, expression.flags)
        node = parse(pattern)
        start = prefilter_of(node)
    except RegexError:  # no prefilter: it would fire on too many bytes
        return None
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return PatternRule(
        id=f"detect-secrets-{slug}" + (f"-{number}" if number > 1 else ""),
        name=f"{name} (detect-secrets)",
        severity=Severity.LOW if name in _OFTEN_PUBLIC else Severity.MEDIUM,
        confidence=Confidence.LOW,
        exposure=None,
        pattern=pattern,
        longest=width(node)[1],
        prefilter=start,
        prefilter_of_near=False,
        near=None,
        require=Validators(plugin="detect-secrets"),
        allow=frozenset(),
        context="",
        why=f"This matches the detect-secrets pattern for {name}. Anyone who has the value can use it as its owner.",
        fix="Check the value. If it is a secret, revoke it where it was issued and keep the new one on the server.",
        references=(_REFERENCE,),
        verify="",
        source="detect-secrets",
    )
