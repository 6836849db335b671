"""The patterns and the heuristics of detect-secrets, as rules of this engine. The only importer of `detect_secrets`.

Only its compiled patterns and its pure functions on text are used. Its scan path drops short minified lines and whole
file types, and its verifiers call the network.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from types import ModuleType
from typing import Any, Final

from frontleak.core.vocabulary import Confidence, Severity
from frontleak.rules.pattern_rule import PatternRule, Validators
from frontleak.rules.regex_adapter import adapt
from frontleak.rules.regex_ast import RegexError, parse, prefilter_of, width
from frontleak.rules.ruleset import RuleSet, digest_of


class _NoRequests(ModuleType):
    """Stands for `requests` while detect-secrets is imported.

    Its plugins import it for their verifiers, which are never called; the real one opens a socket on import to see
    whether there is IPv6, and takes a tenth of a second.
    """

    def __getattr__(self, name: str) -> Any:
        return type(name, (Exception,), {})


_real = sys.modules.get("requests")
sys.modules["requests"] = _NoRequests("requests")
try:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.filters import heuristic
    from detect_secrets.plugins.base import RegexBasedDetector

    get_mapping_from_secret_type_to_class()  # imports every plugin
finally:
    if _real is None:
        del sys.modules["requests"]
    else:
        sys.modules["requests"] = _real

_NOT_SECRET: Final = frozenset({"Public IP (ipv4)"})
_OFTEN_PUBLIC: Final = frozenset({"JSON Web Token"})
_REFERENCE: Final = "https://github.com/Yelp/detect-secrets"


def add_plugin_rules(ruleset: RuleSet) -> RuleSet:
    """Return a rule set with the regex plugins of detect-secrets added, under ids that begin with `detect-secrets-`."""
    rules = sorted((*ruleset.rules, *_rules()), key=lambda rule: rule.id)
    return replace(
        ruleset, rules=tuple(rules), digest=digest_of(ruleset.digest, "detect-secrets", version("detect-secrets"))
    )


def is_noise(secret: str) -> bool:
    """Say whether the heuristics of detect-secrets take a value for something that is no secret."""
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
    except RegexError:  # too common to be looked for in every byte
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
        why=f"A pattern of detect-secrets takes this for: {name}. Whoever has it can use it as its owner.",
        fix="Look at the value; if it is a secret, revoke it where it was made and keep the new one on the server.",
        references=(_REFERENCE,),
        verify="",
        source="detect-secrets",
    )
