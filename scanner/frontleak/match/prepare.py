"""What a build compiles in advance (`hatch_build.py`); no scan imports this."""

from collections.abc import Iterator

from frontleak.match.engine import hyperscan_available, prefilters
from frontleak.rules.cached_rules import ruleset_from_json
from frontleak.rules.expressions import compiled_expressions
from frontleak.rules.load import compiled_rules
from frontleak.rules.ruleset import RuleSet


def compiled_files_of_the_package() -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of each compiled file; without a database where Hyperscan is not installed."""
    files = compiled_rules()
    name, stored = next(files)
    yield name, stored
    yield from files
    ruleset = ruleset_from_json(stored)
    assert ruleset is not None, "a set has the form that it was written in"
    yield compiled_expressions(_patterns(ruleset))
    if hyperscan_available():
        from frontleak.match.gated_pass import databases_of  # noqa: PLC0415 - absent on some platforms
        from frontleak.match.hyperscan_pass import compiled_database  # noqa: PLC0415 - as above

        yield from map(compiled_database, databases_of(prefilters(ruleset)))


def _patterns(ruleset: RuleSet) -> Iterator[str]:
    """Yield the expressions that the engine runs with `regex`."""
    for rule in ruleset.rules:
        yield rule.pattern
        if rule.near:
            yield rule.near.pattern
    for context in ruleset.contexts.values():
        yield from (fact.pattern for facts in context.facts.values() for fact in facts)
