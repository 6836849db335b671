"""Own rules next to the shipped ones, which stay as they were compiled."""

from typing import TYPE_CHECKING

from frontleak.rules.pattern_rule import Beginnings
from frontleak.rules.ruleset import RuleSet
from frontleak.rules.stored_rules import joined

if TYPE_CHECKING:
    from frontleak.rules.compile import Taken
    from frontleak.rules.read import RuleSources


def with_added(shipped: RuleSet, own: RuleSet) -> RuleSet:
    """Return the shipped set with own rules; it has the digest of these."""
    return RuleSet(
        rules=joined(shipped.rules, own.rules),
        others=tuple(sorted((*shipped.others, *own.others), key=lambda rule: rule.id)),
        contexts={**shipped.contexts, **own.contexts},
        triggers=(*shipped.triggers, *own.triggers),
        beginnings=Beginnings(
            sure=tuple(sorted({*shipped.beginnings.sure, *own.beginnings.sure})),
            short=tuple(sorted({*shipped.beginnings.short, *own.beginnings.short})),
        ),
        frameworks=(*shipped.frameworks, *own.frameworks),
        base=shipped,
        digest=own.digest,
    )


def taken_by(shipped: RuleSet, sources: "RuleSources") -> "Taken":
    """Return the ids of the shipped set that matter for the content of own files."""
    from frontleak.rules.compile import Taken  # noqa: PLC0415 - only where rules are compiled

    used = {syntax.id for syntax in sources.rules} | {document.value["id"] for document in sources.others}
    by_id = shipped.by_id()
    return Taken(
        rules={rule_id: by_id[rule_id].source for rule_id in used & by_id.keys()},
        contexts={context.id: context.source for context in shipped.contexts.values()},
        frameworks={framework.id: framework.source for framework in shipped.frameworks},
    )
