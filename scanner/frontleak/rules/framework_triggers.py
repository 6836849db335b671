"""Triggers for source code, derived from the frameworks: the beginnings of their public variables, and their own."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from frontleak.rules.pattern_rule import CODE, Trigger
from frontleak.rules.prefilter import prefilter_of
from frontleak.rules.regex_ast import parse

_ENDING: Final = (
    "[A-Z0-9_]{0,40} (?: TOKEN | SECRET | PASS | CREDENTIAL | SERVICE_ (?: ROLE | ACCOUNT ) | _KEY | _PWD"
    " | CONNECTION_STRING | _ (?: PAT | AUTH ) [^A-Z0-9_] | (?: DATABASE | DB | POSTGRES | PG | MYSQL | MARIADB | MONGO"
    " | REDIS | AMQP | COCKROACH | CLICKHOUSE | NEON | TURSO ) [A-Z0-9_]{0,20} _ (?: UR[IL] | DSN ) )"
)


def framework_triggers(frameworks: Iterable[Mapping[str, Any]]) -> Iterator[Trigger]:
    """Yield the triggers of the data of valid frameworks."""
    frameworks = tuple(frameworks)
    prefixes = sorted({prefix for data in frameworks for prefix in data["public_env"]})
    # the longer of two prefixes with the same end, such as NEXT_PUBLIC_ and PUBLIC_, finds nothing more
    ends = [each for each in prefixes if not any(each != other and each.endswith(other) for other in prefixes)]
    expressions = [f"(?: {' | '.join(map(re.escape, ends))} ) {_ENDING}"] if ends else []
    expressions += dict.fromkeys(expression for data in frameworks for expression in data.get("triggers", ()))
    return (Trigger(name=CODE, prefilter=prefilter_of(parse(text), whole=True)) for text in expressions)
