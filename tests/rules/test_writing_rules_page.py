"""docs/writing-rules.md names exactly the existing fields and checks."""

import re
from typing import Final

from frontleak.misuse.registry import CHECKS
from frontleak.rules import frameworks
from frontleak.rules import misuse_rule as usage_rules
from tests.support.paths import ROOT

PAGE: Final = (ROOT / "docs" / "writing-rules.md").read_text("utf-8")
COMMON: Final = {"id", "name", "severity", "confidence", "why", "fix", "references"}
"""Fields of every rule, which the sections on other kinds do not repeat."""


def rows(heading: str, first: str) -> set[str]:
    """Return the first column of a table, found by its section and its first words."""
    section = PAGE[PAGE.index(f"\n{heading}\n") :]
    table = section[section.index(f"\n| {first} |") + 1 :].partition("\n\n")[0]
    cells = (line.split("|")[1] for line in table.splitlines()[2:])
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_the_fields_of_rules_about_code_are_those_of_the_loader() -> None:
    assert rows("## Misuse in source code", "field") | COMMON == set(usage_rules._FIELDS)


def test_the_checks_are_those_of_the_registry() -> None:
    assert rows("## Misuse in source code", "check") == set(CHECKS)


def test_the_fields_of_a_framework_are_those_of_the_loader() -> None:
    names = {"": "field", "code": "field of `code`", "page": "field of `page`"}
    assert {section: rows("## A framework", first) for section, first in names.items()} == frameworks._FIELDS
