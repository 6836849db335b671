"""One's own rules of every kind, given with --rules: checked, listed, shown, and found by a scan."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from frontleak.misuse.registry import CHECKS
from frontleak.verify.registry import VERIFIERS
from tests.acceptance.support import Run, frontleak, installed, run, write
from tests.support.few_rules import copy_few_rules
from tests.support.paths import ROOT

PROSE: Final = """\
why: It opens the test.
fix: Close the test.
references: ['https://example.com']
"""
OWN: Final[Mapping[str, str]] = {
    "pattern": f"""\
id: own-token
name: Own token
severity: high
confidence: high
pattern: 'own_live_ (?P<secret> [a-f0-9]{{20}} )'
samples: "[a-f0-9]{{20}}"
examples: ['own_live_{{sample}}']
silent: ['own_live_']
{PROSE}""",
    "file": f"""\
id: own-backup
kind: file
name: Own backup
severity: medium
confidence: high
files: ["*.{{own,bak}}"]
unless: ["*.example.bak"]
contains: [own]
content: own \\x20 [0-9]{{1,9}}
samples: "[0-9]{{3}}"
examples: {{dist/a.bak: "own {{sample}}"}}
silent: {{dist/a.bak: own, dist/a.example.bak: own 1}}
{PROSE}""",
    "usage": f"""\
id: own-client-token
kind: usage
check: client-token
name: Own client token
severity: low
when_writing: medium
confidence: high
examples:
  - at: src/main.js:2
    files:
      package.json: '{{"private": true, "devDependencies": {{"vite": "7.0.0"}}}}'
      src/main.js: |
        import {{createClient}} from '@sanity/client'
        createClient({{projectId: 'abcd1234', token: import.meta.env.VITE_SANITY_TOKEN}})
silent:
  - files:
      package.json: '{{"private": true, "devDependencies": {{"vite": "7.0.0"}}}}'
      src/main.js: export const a = 1
{PROSE}""",
    "env-name": f"""\
id: own-variable
kind: env-name
check: public-env
name: Own variable
severity: low
confidence: high
examples:
  - at: .env:1
    files:
      package.json: '{{"private": true, "devDependencies": {{"vite": "7.0.0"}}}}'
      .env: VITE_OWN_SECRET=
silent:
  - files:
      package.json: '{{"private": true, "devDependencies": {{"vite": "7.0.0"}}}}'
      .env: VITE_OWN_URL=
{PROSE}""",
    "config": f"""\
id: own-setting
kind: config
check: settings
name: Own setting
severity: high
confidence: high
files: [own.config.js]
settings: ["published.**"]
examples:
  - at: own.config.js:1
    files:
      package.json: '{{"private": true, "devDependencies": {{"vite": "7.0.0"}}}}'
      own.config.js: 'export default {{published: {{OWN_SECRET: process.env.OWN_SECRET}}}}'
silent:
  - files:
      package.json: '{{"private": true, "devDependencies": {{"vite": "7.0.0"}}}}'
      own.config.js: 'export default {{kept: {{OWN_SECRET: process.env.OWN_SECRET}}}}'
{PROSE}""",
}
IDS: Final = {"pattern": "own-token", "file": "own-backup", "usage": "own-client-token"}
IDS_OF_CODE: Final = {"env-name": "own-variable", "config": "own-setting"}
EVERY_ID: Final = {**IDS, **IDS_OF_CODE}
ALONE: Final = "--ignore=sanity-token-in-client-code"
"""Two rules with one check find one cause, which is one finding."""

CLEAN: Final[Mapping[str, str]] = {
    "package.json": '{"private": true, "devDependencies": {"vite": "7.0.0"}}',
    "own.config.js": "export default {kept: {OWN_SECRET: process.env.OWN_SECRET}}\n",
    ".env": "VITE_OWN_URL=\n",
    "src/main.js": "export const a = 1\n",
    "dist/index.html": "<p>own_live_</p>",
    "dist/a.example.bak": "own 1",
}
LEAKY: Final[Mapping[str, str]] = {
    **CLEAN,
    "own.config.js": "export default {published: {OWN_SECRET: process.env.OWN_SECRET}}\n",
    ".env": "VITE_OWN_SECRET=\n",
    "src/main.js": (
        "import {createClient} from '@sanity/client'\n"
        "createClient({projectId: 'abcd1234', token: import.meta.env.VITE_SANITY_TOKEN})\n"
    ),
    "dist/index.html": "<p>own_live_9f3c07d1e5b2846a70cd</p>",
    "dist/a.bak": "own 1",
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Write one rule of each kind, and return their folder."""
    return write(tmp_path / "rules", {f"{kind}.yaml": text for kind, text in OWN.items()})


def own_findings(done: Run) -> set[tuple[str, str, int, str]]:
    """Return (rule, path, line, severity) of the findings of one's own rules."""
    return {
        (finding["rule"], finding["path"], finding["line"], finding["severity"])
        for finding in done.json()["findings"]
        if finding["rule"].startswith("own-")
    }


def test_own_rules_are_silent_on_a_clean_project(rules: Path, tmp_path: Path) -> None:
    done = frontleak("scan", "--format=json", "--rules", rules, cwd=write(tmp_path / "app", CLEAN))
    assert (done.code, done.err, done.json()["findings"]) == (0, "", [])


def test_own_rules_of_each_kind_find_something(rules: Path, tmp_path: Path) -> None:
    app = write(tmp_path / "app", LEAKY)
    expected = {
        ("own-token", "dist/index.html", 1, "high"),
        ("own-backup", "dist/a.bak", 1, "medium"),
        ("own-client-token", "src/main.js", 2, "low"),
        ("own-variable", ".env", 1, "medium"),
        ("own-setting", "own.config.js", 1, "high"),
    }
    for _ in ("compiled", "from the cache"):
        done = installed("scan", "--format=json", ALONE, "--rules", rules, cwd=app)
        assert (done.code, done.err) == (1, "")
        assert own_findings(done) == expected
    assert own_findings(frontleak("scan", "--format=json", cwd=app)) == set()


def test_own_rules_can_be_selected(rules: Path, tmp_path: Path) -> None:
    app = write(tmp_path / "app", LEAKY)
    done = frontleak("scan", "--format=json", "--rules", rules, "--select=own-backup", "--jobs=2", cwd=app)
    assert {finding["rule"] for finding in done.json()["findings"]} == {"own-backup"}


@pytest.mark.parametrize("form", ["text", "sarif"])
def test_own_rules_are_in_every_report(form: str, rules: Path, tmp_path: Path) -> None:
    done = frontleak("scan", f"--format={form}", ALONE, "--rules", rules, cwd=write(tmp_path / "app", LEAKY))
    assert all(name in done.out for name in EVERY_ID.values())


def test_own_rules_are_listed_and_shown(rules: Path) -> None:
    listed = frontleak("rules", "list", "--rules", rules, cwd=rules).out
    assert all(f"\n{name} " in listed for name in EVERY_ID.values())
    for kind, name in EVERY_ID.items():
        shown = frontleak("rules", "show", name, "--rules", rules, cwd=rules).out
        assert f", kind {kind}\n" in shown
        assert shown.endswith(f"\nwritten in {rules}/{kind}.yaml:1\n")


def test_own_rules_that_are_valid_pass_the_check(few_rules: Path, rules: Path) -> None:
    done = frontleak("rules", "check", rules, cwd=rules)
    assert (done.code, done.err) == (0, "")


BROKEN_EXAMPLES: Final[Mapping[str, tuple[Mapping[str, str], list[str]]]] = {
    "file": (
        {'dist/a.bak: "own {sample}"': "dist/a.bak: own", "{dist/a.bak: own,": "{dist/a.bak: own 2,"},
        [
            "file.yaml:11: examples: dist/a.bak: does not match",
            "file.yaml:12: silent: dist/a.bak: matches",
        ],
    ),
    "env-name": (
        {"at: .env:1": "at: package.json:1", "VITE_OWN_URL": "VITE_OWN_TOKEN"},
        [
            "env-name.yaml:8: example 1: expected one finding at package.json:1, got .env:1",
            "env-name.yaml:13: silent example 1: expected no finding, got .env:1",
        ],
    ),
}


@pytest.mark.parametrize("kind", BROKEN_EXAMPLES)
def test_an_own_rule_that_fails_on_its_examples_is_named_with_their_lines(
    few_rules: Path, kind: str, rules: Path
) -> None:
    changes, expected = BROKEN_EXAMPLES[kind]
    text = OWN[kind]
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    write(rules, {f"{kind}.yaml": text})
    done = frontleak("rules", "check", ".", cwd=rules)
    assert (done.code, done.out.splitlines()) == (2, expected)


_VERIFIERS: Final = ", ".join(verifier.name for verifier in VERIFIERS)
UNKNOWN: Final[Mapping[str, tuple[str, str, str]]] = {
    "pattern": (
        "pattern:",
        "verify: nobody\npattern:",
        f"pattern.yaml:5: unknown verifier 'nobody'; allowed: {_VERIFIERS}",
    ),
    "usage": (
        "check: client-token",
        "check: client-tokens",
        (
            "usage.yaml:3: unknown check 'client-tokens'; did you mean 'client-token'? allowed: "
            f"{', '.join(check.name for check in CHECKS)}"
        ),
    ),
    "file": (
        "unless:",
        "except:",
        (
            "file.yaml:7: unknown field 'except'; allowed: id, kind, name, severity, confidence, files, unless, "
            "largest, contains, content, once, samples, examples, silent, why, fix, references"
        ),
    ),
}


@pytest.mark.parametrize(
    "command", [("rules", "check", "."), ("rules", "list", "--rules=."), ("scan", "--rules=.", "a.js")], ids=" ".join
)
def test_unknown_names_are_refused_whatever_reads_them(few_rules: Path, command: tuple[str, ...], rules: Path) -> None:
    for kind, (old, new, _) in UNKNOWN.items():
        write(rules, {f"{kind}.yaml": OWN[kind].replace(old, new), "a.js": ""})
    done = frontleak(*command, cwd=rules)
    assert done.code == 2
    told = done.out if command[1] == "check" else done.err.replace("error: ", "")
    assert [line for line in told.splitlines() if ".yaml:" in line] == sorted(line for *_, line in UNKNOWN.values())


def test_an_own_rule_may_not_have_the_id_of_another_whatever_their_kinds(few_rules: Path, rules: Path) -> None:
    write(rules, {"file.yaml": OWN["file"].replace("own-backup", "sanity-token")})
    write(rules, {"usage.yaml": OWN["usage"].replace("own-client-token", "own-token")})
    done = frontleak("rules", "check", ".", cwd=rules)
    assert (done.code, done.out.splitlines()) == (
        2,
        [
            "file.yaml:1: the id 'sanity-token' is taken by rules/sanity/token.yaml:1",
            "usage.yaml:1: the id 'own-token' is taken by pattern.yaml:1",
        ],
    )


def test_an_own_context_may_not_replace_a_shipped_one(few_rules: Path, tmp_path: Path) -> None:
    text = "kind: context\nid: sanity\nwithin: 9\nfacts: {dataset: ['d=(?P<value>[a-z]{8})']}\n"
    done = frontleak("rules", "check", "c.yaml", cwd=write(tmp_path, {"c.yaml": text}))
    assert done.out == "c.yaml:2: the id 'sanity' is taken by rules/sanity/context.yaml:4\n"


def test_a_search_that_takes_too_long_makes_the_scan_incomplete(tmp_path: Path) -> None:
    slow = OWN["file"].replace("own \\x20 [0-9]{1,9}", "'(?: a{0,9} a{0,9} ){1,999} [x-z]'")
    done = frontleak(
        *("scan", "--format=json", "--rules", "own.yaml", "--isolated", "dist"),
        cwd=write(tmp_path, {"own.yaml": slow, "dist/a.bak": "own" + "a" * 5_000}),
    )
    assert done.code == 3
    (skipped,) = done.json()["skipped"]
    assert (skipped["path"], skipped["reason"]) == ("dist/a.bak", "rule own-backup timed out on this file")


def test_the_shipped_files_given_as_ones_own_are_no_duplicates(few_rules: Path) -> None:
    done = frontleak("rules", "check", "rules", cwd=few_rules.parent)
    assert (done.code, done.err) == (0, "")


# --- the shipped files -----------------------------------------------------------------------------------------------

# Change to a shipped file -> mistake.
SHIPPED_MISTAKES: Final[Mapping[str, tuple[str, str, str]]] = {
    "code/bundlers.yaml": (
        "aliases: [kit.alias]",
        "alias: [kit.alias]",
        "unknown field 'alias'; did you mean 'aliases'?",
    ),
    "code/names.yaml": ("  - 'SANITY'", "  - 'SANITY('", "sanity: not a valid regular expression"),
    "code/sanity.yaml": ("committed:", "comitted:", "unknown field 'comitted'; did you mean 'committed'?"),
    "code/sanity-client-methods.yaml": ("reads:", "read:", "unknown field 'read'; did you mean 'reads'?"),
    "code/requests.yaml": ("setters:", "setter:", "unknown field 'setter'; did you mean 'setters'?"),
    "code/servers.yaml": ("packages:", "package:", "unknown field 'package'; did you mean 'packages'?"),
    "files/served-env-file.yaml": ("largest:", "larges:", "unknown field 'larges'; did you mean 'largest'?"),
    "frameworks/nuxt.yaml": ("  - name: working folder", "  - nam: working folder", "unknown field 'outputs.nam'"),
    "macros.yaml": ("{{quote}} \\]?", "{{qoute}} \\]?", "there is no macro {{qoute}} before this one"),
    "public/algolia.yaml": ("confidence: medium", "confidence: midium", "confidence must be one of high, medium, low"),
    "sanity/token.yaml": ("verify: sanity", "verify: nobody", "unknown verifier 'nobody'; allowed: sanity"),
    "triggers.yaml": ("js-eval:", "js-evil:", "unknown decoder 'js-evil'; did you mean 'js-eval'?"),
    "usage/sanity-token-to-browser.yaml": ("check: handover", "check: handoff", "unknown check 'handoff'"),
    "vendors/npm.yaml": ("crc32-base62", "crc32", "unknown checksum 'crc32'; allowed: crc32-base62"),
    "walk.yaml": ("prune:", "prunes:", "unknown field 'prunes'; did you mean 'prune'?"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the package, and its rules with those of a few vendors, as a wheel installs them; return the folder."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "scanner" / "frontleak", folder / "frontleak", ignore=shutil.ignore_patterns("__pycache__"))
    copy_few_rules(folder / "frontleak" / "_rules")
    return folder


def checked(copy: Path) -> Run:
    """Check the rules of the copy."""
    return run([sys.executable, "-m", "frontleak", "rules", "check"], cwd=copy, env={"PYTHONPATH": str(copy)})


def test_a_mistake_in_a_shipped_file_of_any_kind_is_named_with_its_line(copy: Path) -> None:
    rules = copy / "frontleak" / "_rules"
    assert checked(copy).code == 0
    changed: dict[str, str] = {"vendors/more/acme.yml": OWN["pattern"]}
    expected: dict[str, str] = {"rules/vendors/more/acme.yml:1": "nothing reads this file"}
    for path, (old, new, message) in SHIPPED_MISTAKES.items():
        before, found, after = (rules / path).read_text("utf-8").partition(old)
        assert found, path
        changed[path] = before + new + after
        expected[f"rules/{path}:{line_of(path, before)}"] = message
    with edited(rules, changed):
        done = checked(copy)
    assert done.code == 2
    told = dict(line.split(": ", 1) for line in done.out.splitlines())
    assert not {place: words for place, words in expected.items() if not told.get(place, "").startswith(words)}, told
    assert {place.partition(":")[0] for place in told} == {place.partition(":")[0] for place in expected}


def line_of(path: str, before: str) -> int:
    """Return the line of a mistake after some text; that of a macro or an expression is the line of its name."""
    return before.count("\n") + (0 if path == "macros.yaml" else 1)


@contextmanager
def edited(folder: Path, texts: Mapping[str, str]) -> Iterator[None]:
    """Write texts by path relative to a folder, and restore the files afterwards."""
    originals = {path: (folder / path).read_bytes() if (folder / path).exists() else None for path in texts}
    write(folder, texts)
    try:
        yield
    finally:
        for path, original in originals.items():
            if original is None:
                (folder / path).unlink()
            else:
                (folder / path).write_bytes(original)


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (
            "frameworks/vite.yaml",
            "settings: [vite-config-publishes-secret",
            "settings: [vite-config-publishes-secrets",
            "unknown rule of kind config 'vite-config-publishes-secrets'; did you mean 'vite-config-publishes-secret'?",
        ),
        ("frameworks/vite.yaml", "id: vite", "id: vit", "id must be the name of the file, vite"),
    ],
)
def test_a_name_in_a_framework_file_that_does_not_exist_is_named(
    copy: Path, path: str, old: str, new: str, expected: str
) -> None:
    rules = copy / "frontleak" / "_rules"
    before, found, after = (rules / path).read_text("utf-8").partition(old)
    assert found
    with edited(rules, {path: before + new + after}):
        (line,) = checked(copy).out.splitlines()
    assert line.startswith(f"rules/{path}:{line_of(path, before)}: {expected}")
