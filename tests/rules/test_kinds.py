"""Mistakes in rules of every kind: each with its exact message, at the line of its key, and all of them at once."""

from collections.abc import Mapping
from typing import Final

import pytest

from frontleak.core.vocabulary import RuleKind
from frontleak.misuse.registry import CHECKS
from frontleak.rules.documents import Document
from frontleak.rules.field_types import GLOBS, SETTINGS
from frontleak.rules.rule_kinds import RULE_KINDS
from frontleak.rules.rule_syntax import read_rules
from frontleak.rules.schema import KnownNames, mistakes_in
from frontleak.scanning.rules import known_names

NAMES: Final = known_names()

PATTERN: Final = """\
id: own-token
name: Own token
severity: high
confidence: high
pattern: 'own_ (?P<secret> [a-f0-9]{20} )'
near:
  pattern: marker
  within: 100
require:
  digits: 1
  checksum: crc32-base62
samples: "[a-f0-9]{20}"
examples:
  - 'own_{sample}'
silent:
  - 'own_'
verify: sanity
why: It opens the test.
fix: Close the test.
references:
  - https://example.com
"""
FILE: Final = """\
id: own-file
kind: file
name: Own file
severity: low
confidence: high
files:
  - "*.own"
unless:
  - "*.example.own"
largest: 1000
contains:
  - own
content: own [0-9]{1,9}
once: build
samples: "[0-9]{3}"
examples:
  dist/a.own: own{sample}
silent:
  dist/b.own: nothing
why: It opens the test.
fix: Close the test.
references:
  - https://example.com
"""
CONFIG: Final = """\
id: own-config
kind: config
check: settings
name: Own setting
severity: high
when_writing: critical
confidence: high
files:
  - own.config.{js,ts}
settings:
  - env.**
calls:
  - Define
names_variables:
  - Define
whole_environment: false
examples:
  - at: own.config.js:2
    files:
      own.config.js: |
        export default {
          env: {TOKEN: process.env.TOKEN}}
silent:
  - files:
      own.config.js: export default {}
why: It opens the test.
fix: Close the test.
references:
  - https://example.com
"""
CONTEXT: Final = """\
kind: context
id: own
within: 100
facts:
  project:
    - 'p=(?P<value>[a-z]{8})'
    - 'q=(?P<value>[a-z]{8})'
"""
KINDS: Final = "pattern, file, usage, env-name, config, env-value, context, framework"
NAMES_OF_CHECKS: Final = ", ".join(check.name for check in CHECKS)
CHECKS_OF_A_SECRET: Final = "digits, upper, lower, entropy, checksum, jwt, url_expires, assigned"
MISUSE_FIELDS: Final = (
    "id, kind, name, severity, confidence, check, when_writing, when_reading, files, settings, calls, chained, "
    "names_variables, options, packages, prefixes, whole_environment, any_value, only_writing, empty_counts, "
    "fix_with_sanity, examples, silent, why, fix, references"
)
FILE_FIELDS: Final = (
    "id, kind, name, severity, confidence, files, unless, largest, contains, content, once, samples, examples, silent, "
    "why, fix, references"
)


def mistakes(text: str, names: KnownNames | None = NAMES) -> list[str]:
    """Return the mistakes in the form of a rule file, in order of line."""
    told = [mistake.removeprefix("own.yaml:") for mistake in read_rules(text, "own.yaml", names).mistakes]
    return sorted(told, key=lambda mistake: int(mistake.partition(":")[0]))


@pytest.mark.parametrize("text", [PATTERN, FILE, CONFIG, CONTEXT], ids=["pattern", "file", "config", "context"])
def test_a_sound_rule_has_no_mistakes(text: str) -> None:
    assert mistakes(text) == []


@pytest.mark.parametrize("kind", [RuleKind.USAGE, RuleKind.ENV_NAME])
def test_only_a_rule_about_configurations_needs_to_name_them(kind: RuleKind) -> None:
    without = CONFIG.replace("files:\n  - own.config.{js,ts}\n", "")
    assert mistakes(without.replace("kind: config", f"kind: {kind}")) == []
    assert mistakes(without) == ["1: field 'files' is missing"]


def test_names_are_not_checked_where_they_are_not_known() -> None:
    assert mistakes(PATTERN.replace("verify: sanity", "verify: gihub"), None) == []
    assert mistakes(CONFIG.replace("check: settings", "check: setings"), None) == []


TABLE: Mapping[str, tuple[str, Mapping[str, str], list[str]]] = {
    "pattern: a verifier that does not exist": (
        PATTERN,
        {"verify: sanity": "verify: nobody"},
        [f"17: unknown verifier 'nobody'; allowed: {', '.join(NAMES.verifiers)}"],
    ),
    "pattern: a verifier that nearly exists": (
        PATTERN,
        {"verify: sanity": "verify: sanety"},
        [f"17: unknown verifier 'sanety'; did you mean 'sanity'? allowed: {', '.join(NAMES.verifiers)}"],
    ),
    "pattern: a checksum that does not exist": (
        PATTERN,
        {"crc32-base62": "crc32-base64"},
        ["11: unknown checksum 'crc32-base64'; did you mean 'crc32-base62'? allowed: crc32-base62"],
    ),
    "pattern: fields inside others": (
        PATTERN,
        {"within: 100": "within: 0", "digits: 1": "digit: 1"},
        [
            "8: near.within must be a number of bytes from 1 to 5000",
            f"10: unknown field 'require.digit'; did you mean 'digits'? allowed: {CHECKS_OF_A_SECRET}",
        ],
    ),
    "pattern: an item of a list": (
        PATTERN,
        {"  - 'own_'": "  - 'own_'\n  - 7"},
        ["17: each item of silent must be a string"],
    ),
    "a kind that does not exist": (
        FILE,
        {"kind: file": "kind: fil"},
        [f"2: kind must be one of {KINDS}"],
    ),
    "file: an unknown field": (
        FILE,
        {"contains:": "contain:"},
        [f"11: unknown field 'contain'; did you mean 'contains'? allowed: {FILE_FIELDS}"],
    ),
    "file: more than medium": (
        FILE,
        {"severity: low": "severity: high"},
        ["4: severity must be one of medium, low, info"],
    ),
    "file: every mistake": (
        FILE,
        {
            "  - own\n": "  - 7\n",
            '  - "*.own"': '  - "a/**"',
            "largest: 1000": "largest: -1",
            "own [0-9]{1,9}": "own [0-9]*",
            "once: build": "once: page",
            'samples: "[0-9]{3}"': 'samples: "[0-9"',
            "dist/b.own: nothing": "dist/b.own: [nothing]",
            "fix: Close the test.\n": "",
        },
        [
            "1: field 'fix' is missing",
            "7: files: 'a/**': ** is not supported here; a glob matches the end of a path anyway",
            "10: largest must be a number of bytes from 1 to 1099511627776",
            "12: each item of contains must be a string",
            "13: content: a match can exceed 32768 bytes; write {0,200} instead of * and {1,200} instead of +",
            "14: once must be one of build",
            "15: samples: not a valid regular expression: unterminated character set at position 0",
            "19: silent.dist/b.own must be a string of Latin-1 characters",
        ],
    ),
    "file: a sample that is not defined": (
        FILE,
        {'samples: "[0-9]{3}"\n': ""},
        ["16: examples: dist/a.own has {sample}, but the rule has no samples"],
    ),
    "file: a letter beyond Latin-1": (
        FILE,
        {"nothing": "\u0142"},
        ["19: silent.dist/b.own must be a string of Latin-1 characters"],
    ),
    "file: a field that stands twice": (
        FILE,
        {"once: build": "once: build\nlargest: 1"},
        ["15: duplicate field 'largest'"],
    ),
    "file: an example that stands twice": (
        FILE,
        {"silent:\n": "  dist/a.own: own1\nsilent:\n"},
        ["18: duplicate field 'examples.dist/a.own'"],
    ),
    "config: a check that does not exist": (
        CONFIG,
        {"check: settings": "check: setings"},
        [f"3: unknown check 'setings'; did you mean 'settings'? allowed: {NAMES_OF_CHECKS}"],
    ),
    "config: an unknown field": (
        CONFIG,
        {"when_writing:": "when_written:"},
        [f"6: unknown field 'when_written'; did you mean 'when_writing'? allowed: {MISUSE_FIELDS}"],
    ),
    "config: every mistake": (
        CONFIG,
        {
            "check: settings": "check: [settings]",
            "when_writing: critical": "when_writing: bad",
            "own.config.{js,ts}": '"own.config.{js,ts"',
            "env.**": "env.**.x",
            "- Define\nwhole": "- Other\nwhole",
            "whole_environment: false": "whole_environment: never",
            "own.config.js:2": "own.config.js:3",
            "silent:\n  - files:\n": "silent:\n  - file:\n",
        },
        [
            "3: check must be the name of a check",
            "6: when_writing must be one of critical, high, medium, low, info",
            "9: files: 'own.config.{js,ts' has braces that are nested or do not match",
            "11: settings: 'env.**.x': ** may stand only at the end",
            "15: names_variables: 'Other' is not one of calls",
            "16: whole_environment must be true or false",
            "18: at must be path:line of a line in one of its files",
            "24: unknown field 'silent.file'; did you mean 'files'? allowed: files",
            "24: field 'silent.files' is missing",
        ],
    ),
    "config: files outside the project": (
        CONFIG,
        {"own.config.js: export": "../own.config.js: export"},
        ["25: silent.files.../own.config.js must be a relative path with forward slashes"],
    ),
    "context: every mistake": (
        CONTEXT,
        {"within: 100": "within: many", "    - 'q=(?P<value>[a-z]{8})'": "    - ''", "id: own": "name: own"},
        [
            "1: field 'id' is missing",
            "2: unknown field 'name'; allowed: id, kind, within, facts, shown",
            "3: within must be a number of bytes from 1 to 100000",
            "7: each item of facts.project must be a string",
        ],
    ),
}


@pytest.mark.parametrize(("text", "changes", "expected"), TABLE.values(), ids=TABLE)
def test_a_mistake_has_its_line_and_says_what_is_allowed(
    text: str, changes: Mapping[str, str], expected: list[str]
) -> None:
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    assert mistakes(text) == expected


REQUIRED: Final = [
    (kind, name) for kind, table in RULE_KINDS.items() for name in table.fields if table.fields[name].required
]


@pytest.mark.parametrize(("kind", "name"), REQUIRED, ids=str)
def test_each_required_field_that_is_missing_is_named(kind: str, name: str) -> None:
    wrong = mistakes_in(Document(file="own.yaml", value={}, lines={}), RULE_KINDS[kind]).texts()
    assert f"own.yaml:1: field {name!r} is missing" in wrong


GLOB_MISTAKES: Mapping[str, str] = {
    "/etc/*": "must be relative, with forward slashes",
    "a\\b": "must be relative, with forward slashes",
    "{a,{b,c}}": "has braces that are nested or do not match",
    "a}": "has braces that are nested or do not match",
    "*a*b*c*": "is too complex: at most 3 stars and 200 alternatives",
    "{a,b,c,d,e,f,g,h}{a,b,c,d,e,f,g,h}{a,b,c,d}": "is too complex: at most 3 stars and 200 alternatives",
}


@pytest.mark.parametrize("glob", [".env", "*.{a,b}", "a/*/b", "environment{s,}/*.ts", ".env.*.{a,b}", "[slug]?.js"])
def test_a_sound_glob(glob: str) -> None:
    assert mistakes_in(Document(file="", value=[glob], lines={}), GLOBS).found == []


@pytest.mark.parametrize("glob", GLOB_MISTAKES)
def test_a_glob_that_would_be_slow_or_match_nothing_is_refused(glob: str) -> None:
    (found,) = mistakes_in(Document(file="", value=[glob], lines={}), GLOBS).found
    assert found[1].endswith(GLOB_MISTAKES[glob])


@pytest.mark.parametrize("setting", ["env", "**", "a.*.b", "a.*.*.**", "plugins.define"])
def test_a_sound_setting(setting: str) -> None:
    assert mistakes_in(Document(file="", value=[setting], lines={}), SETTINGS).found == []


@pytest.mark.parametrize("setting", ["a..b", ".a", "**.a", "*.*.*", "a.b.c.d.e.f.g.h.i.j.k", " ", ""])
def test_a_setting_that_would_be_slow_or_match_nothing_is_refused(setting: str) -> None:
    assert len(mistakes_in(Document(file="", value=[setting], lines={}), SETTINGS).found) == 1


@pytest.mark.parametrize(
    "path", ["../a", "a/../b", "/a", "a//b", "a/", "C:a", "a\\b", "a\nb", "", ".", "x" * 201, "a/./b"], ids=repr
)
def test_an_example_is_never_written_outside_its_folder(path: str) -> None:
    text = CONFIG.replace("      own.config.js: export", f"      {path!r}: export")
    assert len(mistakes(text)) == 1


def test_a_path_that_is_a_file_and_a_folder_is_refused() -> None:
    text = CONFIG.replace("      own.config.js: export", "      a/b: x\n      a: x\n      own.config.js: export")
    assert mistakes(text) == ["26: 'a' is a file and a folder"]


def test_a_document_with_more_mistakes_than_anyone_reads_is_left_at_some_point() -> None:
    text = FILE + "".join(f"x{number}: 1\n" for number in range(5_000))
    assert len(mistakes(text)) == 1_000


def test_a_long_name_is_cut() -> None:
    (found,) = mistakes(FILE + f"{'x' * 100_000}: 1\n")
    assert len(found) < 400
