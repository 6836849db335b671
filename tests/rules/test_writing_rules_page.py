"""docs/writing-rules.md names exactly the existing fields and checks."""

import re
from typing import Final

import pytest

from frontleak.core.vocabulary import RuleKind
from frontleak.misuse.registry import CHECKS
from frontleak.rules.framework_fields import FRAMEWORK
from frontleak.rules.rule_kinds import CONTEXT, RULE_KINDS
from frontleak.rules.schema import Table
from tests.support.paths import ROOT

PAGE: Final = "\n" + (ROOT / "docs" / "writing-rules.md").read_text("utf-8")
COMMON: Final = {"id", "name", "severity", "confidence", "why", "fix", "references"}
"""Fields of every rule, which the sections on other kinds do not repeat."""


def rows(heading: str, first: str) -> set[str]:
    """Return the first column of a table, found by its section and its first words."""
    section = PAGE[PAGE.index(f"\n{heading}\n") :]
    table = section[section.index(f"\n| {first} |") + 1 :].partition("\n\n")[0]
    cells = (line.split("|")[1] for line in table.splitlines()[2:])
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


HEADINGS: Final = {
    RuleKind.PATTERN: "# Writing a rule",
    RuleKind.FILE: "## Files that should not be served",
    RuleKind.USAGE: "## Misuse in source code",
    RuleKind.ENV_NAME: "## Misuse in source code",
    RuleKind.CONFIG: "## Misuse in source code",
    RuleKind.ENV_VALUE: "## Values of environment variables",
}


@pytest.mark.parametrize("kind", RuleKind)
def test_the_fields_of_a_rule_are_those_of_its_kind(kind: RuleKind) -> None:
    assert rows(HEADINGS[kind], "field") | COMMON | {"kind"} == set(RULE_KINDS[kind].fields)


def test_the_fields_of_a_context_are_those_of_the_schema() -> None:
    assert rows("# Writing a rule", "field of a context") == set(RULE_KINDS[CONTEXT].fields)


def test_the_checks_are_those_of_the_registry() -> None:
    assert rows("## Misuse in source code", "check") == {check.name for check in CHECKS}


def test_the_fields_of_a_framework_are_those_of_the_schema() -> None:
    tables = {"field": FRAMEWORK}
    for name in ("code", "names", "page"):
        kind = FRAMEWORK.fields[name].type
        assert isinstance(kind, Table)
        tables[f"field of `{name}`"] = kind
    for first, table in tables.items():
        assert rows("## A framework", first) == set(table.fields)
