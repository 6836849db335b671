"""Rules of one's own, of plugins and comments make a report show no more of a secret."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from frontleak.rules.samples import draw
from tests.acceptance.support import frontleak, token, write
from tests.acceptance.test_redaction import assert_hidden, reports

SECRET: Final = token("own rules")
PASSWORD: Final = draw("[A-Za-z0-9]{18}", "own rules/password")
LONG: Final = draw("glpat-[A-Za-z0-9]{40}\\.01\\.[a-z0-9]{9}", "own rules/long")
RULE: Final = """\
id: own-{name}
name: Own
severity: critical
confidence: high
{more}pattern: |
  {pattern}
samples: "[a-f0-9]{{20}}"
examples: ['own_live_{{sample}}']
silent: ['own_live_']
why: It opens the test.
fix: Close the test.
references: ['https://example.com']
"""
CONTEXT: Final = """\
kind: context
id: own-facts
within: 400
facts:
  mail:
    - |
      mail=(?P<value>[^\\n]{1,200})
"""


def _rule(name: str, pattern: str, more: str = "") -> str:
    return RULE.format(name=name, pattern=pattern, more=more)


RULES: Final[Mapping[str, Mapping[str, str]]] = {
    "a line that is displayed in full": {
        "r/a.yaml": _rule("line", "(?P<secret> token [^\\n]{1,300} )", "plain: true\n")
    },
    "several lines": {"r/a.yaml": _rule("lines", "(?P<secret> token [\\x00-\\xff]{1,900} )")},
    "the beginning, which wins over the whole": {
        "r/a.yaml": _rule("begin", "(?P<secret> (?: sk | glpat- ) [A-Za-z0-9]{10} )")
    },
    "the middle": {"r/a.yaml": _rule("middle", "token= [!-~]{6} (?P<secret> [!-~]{5} )")},
    "facts that hold everything": {
        "r/a.yaml": _rule("facts", "(?P<secret> token= [!-~]{2} )", "context: own-facts\n"),
        "r/b.yaml": CONTEXT,
    },
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_a_rule_shows_no_more_than_the_beginning_of_a_secret(tmp_path: Path, rules: Mapping[str, str]) -> None:
    text = f"token={SECRET}\nmail={PASSWORD}\nlong={LONG}\n"
    write(tmp_path, {"tree/a.env": text, f"tree/{LONG}/a.env": text, f"tree/old-{LONG}.env": text, **rules})
    for plugins in ((), ("--plugins", "detect-secrets")):
        for shown in reports(tmp_path / "tree", "--rules", str(tmp_path / "r"), *plugins, formats=("text", "json")):
            for value in (SECRET, PASSWORD, LONG):
                assert_hidden(value, shown)


def test_facts_and_commands_made_of_words_are_shown(tmp_path: Path) -> None:
    more = "context: own-facts\nplain: true\n"
    rules = {"r/a.yaml": _rule("facts", "(?P<secret> own\\ command\\ --to\\ [a-z]{1,20} )", more), "r/b.yaml": CONTEXT}
    write(tmp_path, {"a.env": "A=own command --to somewhere\nmail=user@example.com\n", **rules})
    found = frontleak("scan", "a.env", "--rules", "r", "--format", "json", cwd=tmp_path).json()["findings"][0]
    assert found["secret"] == "own command --to somewhere"
    assert found["context"] == {"mail": ["user@example.com"]}


def test_the_reason_of_a_comment_shows_no_secret(tmp_path: Path) -> None:
    other, old = token("new one"), draw("npm_[A-Za-z0-9]{36}", "old one")
    write(tmp_path, {"a.ts": f'const a = "{other}" // frontleak: ignore[*] old: {old} {PASSWORD} (rotated by Ann)\n'})
    done = frontleak("scan", ".", "--format", "json", cwd=tmp_path)
    assert [each["suppressed_by"]["reason"] for each in done.json()["suppressed"]] == [
        "old: …(40 characters) …(18 characters) (rotated by Ann)"
    ]


def test_a_message_shows_no_secret(tmp_path: Path) -> None:
    """Not one about a file that imports by a name that is a secret."""
    package = json.dumps({"dependencies": {"next": "15", "@sanity/client": "7"}})
    page = f"'use client'\nimport {{createClient}} from '@sanity/client'\nimport '@/{SECRET}'\nimport '@/{LONG}'\n"
    broken = f'{{"compilerOptions": {{"paths": {{"{SECRET}": ["{PASSWORD}"\n'
    write(tmp_path, {"package.json": package, "app/page.tsx": page, "tsconfig.json": broken})
    done = frontleak("scan", ".", "--format", "json", cwd=tmp_path)
    for value in (SECRET, PASSWORD, LONG):
        assert_hidden(value, done.out + done.err)
