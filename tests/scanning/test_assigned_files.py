"""Files in which a value counts less that only its name calls a secret."""

import pytest

from frontleak.core.vocabulary import Severity
from frontleak.scanning.assigned_files import severity_in
from tests.support.shipped import shipped

RULES = {item.rule.id: item.rule for item in shipped()}
GENERIC = RULES["assigned-secret"]


@pytest.mark.parametrize(
    "path",
    [
        *("README.md", "docs/guide.mdx", "package-lock.json", "web/pnpm-lock.yaml", "yarn.lock", "CHANGELOG.txt"),
        "src/__snapshots__/a.test.ts.snap",
    ],
)
def test_documents_lock_files_and_snapshots_are_silent(path: str) -> None:
    assert severity_in(GENERIC, path) is None


@pytest.mark.parametrize(
    "path", ["src/a.test.ts", "tests/api/a.js", "spec/a.js", "web/fixtures/a.json", "examples/app/a.js", ".env.example"]
)
def test_tests_and_examples_are_low(path: str) -> None:
    assert severity_in(GENERIC, path) is Severity.LOW


@pytest.mark.parametrize("path", ["dist/assets/index.js", "src/latest.ts", "contest/a.js", ".env", "<stdin>"])
def test_other_files_keep_the_severity_of_the_rule(path: str) -> None:
    assert severity_in(GENERIC, path) is GENERIC.severity


def test_a_rule_for_a_shape_keeps_its_severity_everywhere() -> None:
    rule = RULES["github-token"]
    assert severity_in(rule, "README.md") is severity_in(rule, "a.test.ts") is rule.severity
