"""What a team writes to accept findings: comments, entries of the configuration, a baseline."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.support import COMMAND, environment, frontleak, repository, token, write
from tests.support.shipped import fake

FIRST, SECOND = token("1"), token("2")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Create a source tree in a repository."""
    repository(tmp_path)
    return write(tmp_path, {"package.json": "{}"})


def _found(folder: Path, *arguments: str) -> dict[str, str]:
    """Return place -> severity of each finding that counts, and each accepted place -> the kind of its suppression."""
    report: dict[str, Any] = frontleak("scan", "--format=json", *arguments, cwd=folder).json()
    rows: dict[str, str] = {}
    for finding in (*report["findings"], *report["suppressed"]):
        what = finding["suppressed_by"]["kind"] if "suppressed_by" in finding else finding["severity"]
        rows |= {f"{place['path']}:{place['line']}": what for place in (finding, *finding["also_at"])}
    return rows


# --- comments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "const a = '{}' // the token of the tests",
        "const a = '{}', b = 'frontleak: ignore[sanity-token]'",  # a text, not a comment
        "const a = '{}' // frontleak: ignore[github-token] another rule",
        "const a = '{}' // frontleak: ignore",  # names no rule
        "const a = '{}' // nosemgrep: javascript.react.no-danger",  # a rule about something else
    ],
)
def test_what_does_not_ignore_a_finding(project: Path, line: str) -> None:
    write(project, {"src/a.ts": line.format(FIRST)})
    assert _found(project) == {"src/a.ts:1": "high"}


def test_a_comment_that_names_no_rule_is_noted(project: Path) -> None:
    write(project, {"src/a.ts": f"const a = '{FIRST}' // frontleak: ignore"})
    done = frontleak("scan", cwd=project)
    assert done.code == 1
    assert "names no rule" in done.out
    assert "frontleak: ignore[sanity-token] reason" in " ".join(done.out.split())


@pytest.mark.parametrize(
    "text",
    [
        "const a = '{}' // frontleak: ignore[sanity-token] a dummy",
        "// frontleak: ignore[sanity-*] a dummy\nconst a = '{}'",
        "// frontleak: ignore-next-line[sanity-token] a dummy\nconst a = '{}'",
        "// frontleak: ignore-file[sanity-token] dummies\n\n\n\nconst a = '{}'",
        "const a = '{}' // gitleaks:allow",
        "const a = '{}' // pragma: allowlist secret",
        "// pragma: allowlist nextline secret\nconst a = '{}'",
        "const a = '{}' // trufflehog:ignore",
        "const a = '{}' // kingfisher:ignore",
        "const a = '{}' // betterleaks:allow",
        "const a = '{}' // ggignore",
        "const a = '{}' // nosemgrep: generic.secrets.security.detected-token",
        "/* secretlint-disable */\nconst a = '{}'\n/* secretlint-enable */",
    ],
)
def test_a_comment_ignores_one_finding_and_no_other(project: Path, text: str) -> None:
    write(project, {"src/a.ts": f"{text.format(FIRST)}\n\n", "src/b.ts": f"const b = '{SECOND}'\n"})
    kinds = _found(project)
    assert kinds.pop("src/b.ts:1") == "high"
    assert set(kinds.values()) == {"comment"}


def test_the_reason_and_the_place_of_a_comment_are_reported(project: Path) -> None:
    write(project, {"src/a.ts": f"const a = '{FIRST}' // frontleak: ignore[sanity-token] used by the docs only"})
    (finding,) = frontleak("scan", "--format=json", cwd=project).json()["suppressed"]
    by = {"kind": "comment", "reason": "used by the docs only", "where": "src/a.ts:1"}
    assert finding["suppressed_by"] == by
    sarif = frontleak("scan", "--format=sarif", cwd=project).json()
    (suppression,) = sarif["runs"][0]["results"][0]["suppressions"]
    assert suppression["kind"] == "inSource"
    assert "used by the docs only" in suppression["justification"]


def test_an_ignore_comment_with_an_unknown_rule_is_noted_once(project: Path) -> None:
    write(
        project,
        {
            "src/a.ts": f"// frontleak: ignore-file[no-such-rule, github-*]\nconst a = '{FIRST}', b = '{SECOND}'\n"
            "const c = 1 // frontleak: ignore[sanity-tokem] a dummy\n"
            "const d = 1 // frontleak: ignore[detect-secrets-keyword] of a plugin\n",
            "src/b.ts": "const b = 1 // frontleak: ignore[sanity-tokem] a dummy\n",
        },
    )
    notes = (
        "src/a.ts: has an ignore comment in line 1, but there is no rule 'no-such-rule'",
        "src/a.ts: has an ignore comment in line 3, but there is no rule 'sanity-tokem'; did you mean 'sanity-token'?",
    )
    done = frontleak("scan", cwd=project)
    assert done.code == 1
    for line in notes:
        assert done.out.count(f"    {line}\n") == 1
    assert "src/b.ts" not in done.out  # not read for comments: nothing was found there
    for flags in (("--fail-on=critical", "--strict"), ("--select=sanity-session-token", "--warn-unused-ignores")):
        done = frontleak("scan", *flags, cwd=project)
        assert done.code == 0, done.out
        assert done.out.count(f"    {notes[1]}\n") == 1
    assert "src/b.ts: has an ignore comment in line 1, but there is no rule 'sanity-tokem'" in done.out


def test_many_unknown_rules_are_not_all_listed(project: Path) -> None:
    """A generated or hostile file must not fill the report."""
    lines = "".join(f"// frontleak: ignore[x{'y' * 300}{number}]\n" for number in range(500))
    write(project, {"src/a.ts": f"const a = '{FIRST}'\n{lines}"})
    skipped = frontleak("scan", "--format=json", cwd=project).json()["skipped"]
    assert len(skipped) == 20
    assert all(len(each["reason"]) < 300 for each in skipped)


def test_comments_that_silence_nothing_are_listed_when_asked_for(project: Path) -> None:
    comment = "// frontleak: ignore[sanity-token] a dummy"
    write(project, {"src/a.ts": f"const a = '{FIRST}' {comment}", "src/b.ts": f"const b = 1 {comment}"})
    assert "silences nothing" not in frontleak("scan", cwd=project).out
    done = frontleak("scan", "--warn-unused-ignores", cwd=project)
    assert done.code == 0
    assert "src/b.ts: has a comment in line 1 that silences nothing" in done.out
    assert "src/a.ts: has" not in done.out
    other_rules = frontleak("scan", "--warn-unused-ignores", "--ignore=sanity-*", cwd=project)
    assert "silences nothing" not in other_rules.out


def test_comments_of_other_scanners_can_be_switched_off(project: Path) -> None:
    write(project, {"src/a.ts": f"const a = '{FIRST}' // gitleaks:allow"})
    assert _found(project, "--no-foreign-comments") == {"src/a.ts:1": "high"}
    write(project, {".frontleak.yaml": "foreign-comments: false\n"})
    assert _found(project) == {"src/a.ts:1": "high"}


def test_a_secret_that_is_accepted_in_one_file_counts_in_another(project: Path) -> None:
    write(
        project,
        {
            "src/a.ts": f"const a = '{FIRST}' // frontleak: ignore[sanity-token] a dummy",
            "dist/app.js": f"const a='{FIRST}'",
        },
    )
    assert _found(project) == {"src/a.ts:1": "comment", "dist/app.js:1": "high"}


def test_a_comment_in_a_served_file_needs_the_fingerprint(project: Path) -> None:
    """A bundle is written by minifiers and, on a bad day, by attackers."""
    line = f"const a='{FIRST}' // frontleak: ignore[sanity-token] "
    write(project, {"dist/app.js": line})
    assert _found(project) == {"dist/app.js:1": "high"}
    (finding,) = frontleak("scan", "--format=json", cwd=project).json()["findings"]
    write(project, {"dist/app.js": f"{line}{'0' * 32}"})
    assert _found(project) == {"dist/app.js:1": "high"}
    write(project, {"dist/app.js": f"{line}{finding['fingerprint']} public on purpose"})
    assert _found(project) == {"dist/app.js:1": "comment"}


def _map(source: str, text: str) -> str:
    return json.dumps({"version": 3, "sources": [source], "sourcesContent": [text], "names": [], "mappings": "AAAA"})


def test_the_comment_on_the_original_line_counts_as_the_repository_has_it(project: Path) -> None:
    code = f"const a = '{FIRST}'"
    bundle = f"const a='{FIRST}'\n//# sourceMappingURL=app.js.map"
    commented = f"{code} // frontleak: ignore[sanity-token] a dummy"
    write(
        project,
        {"src/a.ts": commented, "dist/app.js": bundle, "dist/app.js.map": _map("../src/a.ts", "")},
    )
    assert set(_found(project, "--select=sanity-*").values()) == {"comment"}
    # what the served map says is anybody's
    write(project, {"src/a.ts": code, "dist/app.js.map": _map("../src/a.ts", commented)})
    assert "comment" not in _found(project).values()


# --- ignored findings and paths --------------------------------------------------------------------------------------


def _fingerprint(folder: Path) -> str:
    (finding,) = frontleak("scan", "--format=json", cwd=folder).json()["findings"]
    return str(finding["fingerprint"])


def test_a_finding_is_ignored_by_its_fingerprint(project: Path) -> None:
    write(project, {"src/a.ts": f"const a = '{FIRST}'", ".frontleak.yaml": "# ours\nfail-on: low  # strict\n"})
    done = frontleak("ignore", _fingerprint(project), "--reason", "rotated: see #12", "--owner", "web", cwd=project)
    assert done.code == 0, done.err
    text = (project / ".frontleak.yaml").read_text()
    assert text.startswith("# ours\nfail-on: low  # strict\n")
    assert _found(project) == {"src/a.ts:1": "ignored-finding"}
    write(project, {"src/a.ts": f"const a = '{FIRST}'\nconst b = '{SECOND}'"})
    assert _found(project) == {"src/a.ts:1": "ignored-finding", "src/a.ts:2": "high"}


def test_an_entry_counts_until_it_expires(project: Path) -> None:
    write(project, {"src/a.ts": f"const a = '{FIRST}'"})
    fingerprint, today = _fingerprint(project), datetime.now(UTC).date()
    for days, kind in ((2, "ignored-finding"), (-2, "high")):
        entry = {"fingerprint": fingerprint, "reason": "soon gone", "expires": today + timedelta(days)}
        write(project, {".frontleak.yaml": yaml.safe_dump({"ignore-findings": [entry]})})
        assert _found(project) == {"src/a.ts:1": kind}
    assert "expired" in frontleak("scan", cwd=project).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("xyz", "--reason", "a"), "not a fingerprint"),
        (("0" * 32, "--reason", "  "), "the reason is empty"),
        (("0" * 32, "--reason", "a", "--expires", "2020-01-01"), "in the past"),
        (("0" * 32, "--reason", "a", "--expires", "tomorrow"), "'tomorrow' is not a day, such as 2027-01-31"),
    ],
)
def test_what_cannot_be_ignored_is_refused(project: Path, arguments: tuple[str, ...], message: str) -> None:
    done = frontleak("ignore", *arguments, cwd=project)
    assert done.code == 2
    assert message in done.err
    assert not (project / ".frontleak.yaml").exists()


def test_settings_for_some_files(project: Path) -> None:
    config = (
        "overrides:\n  - files: [fixtures/]\n    ignore: [sanity-*]\n  - files: ['*.test.ts']\n    fail-on: critical\n"
    )
    write(
        project,
        {
            ".frontleak.yaml": config,
            "fixtures/a.ts": f"const a = '{FIRST}'",
            "src/a.test.ts": f"const b = '{SECOND}'",
        },
    )
    assert _found(project) == {"fixtures/a.ts:1": "ignored-rule", "src/a.test.ts:1": "high"}
    assert frontleak("scan", cwd=project).code == 0
    write(project, {"src/b.ts": f"const c = '{token('3')}'"})
    assert frontleak("scan", cwd=project).code == 1


# --- baseline --------------------------------------------------------------------------------------------------------


def test_a_baseline_accepts_what_is_there_and_nothing_new(project: Path) -> None:
    write(project, {"src/a.ts": f"const a = '{FIRST}'", "dist/app.4f3c2a1b.js": f"x='{fake('github-token')}'"})
    assert frontleak("baseline", "create", cwd=project).code == 0
    text = (project / ".frontleak-baseline.json").read_text()
    assert FIRST not in text
    assert FIRST[:12] not in text
    assert frontleak("scan", cwd=project).code == 0
    # lines move, names of bundles change, and the scan may start elsewhere
    (project / "dist/app.4f3c2a1b.js").rename(project / "dist/app.99aa88bb.js")
    write(project, {"src/a.ts": f"\n\nconst a = '{FIRST}'"})
    for folder in (project, project / "src", project / "dist"):
        assert set(_found(folder).values()) == {"baseline"}
    write(project, {"src/a.ts": f"const a = '{SECOND}'"})
    assert _found(project)["src/a.ts:1"] == "high"
    assert (project / ".frontleak-baseline.json").read_text() == text


def test_update_keeps_old_entries_byte_for_byte_and_prune_removes_what_is_gone(project: Path) -> None:
    write(project, {"src/a.ts": f"const a = '{FIRST}'"})
    frontleak("baseline", "create", cwd=project)
    before = (project / ".frontleak-baseline.json").read_text()
    assert frontleak("baseline", "update", cwd=project).code == 0
    assert (project / ".frontleak-baseline.json").read_text() == before
    write(project, {"src/b.ts": f"const b = '{SECOND}'"})
    done = frontleak("baseline", "update", cwd=project / "src")
    assert "accepted  src/b.ts  sanity-token" in done.out
    after = (project / ".frontleak-baseline.json").read_text()
    assert {line.rstrip(",") for line in before.splitlines()} <= {line.rstrip(",") for line in after.splitlines()}
    (project / "src/a.ts").unlink()
    elsewhere = write(project, {"lib/c.ts": ""}) / "lib"
    assert "0 removed" in frontleak("baseline", "prune", cwd=elsewhere).out  # it looked at lib only
    assert "removed  src/a.ts  sanity-token" in frontleak("baseline", "prune", cwd=project).out
    assert "src/b.ts" in frontleak("baseline", "show", cwd=project).out


def test_a_damaged_baseline_is_refused_and_not_overwritten(project: Path) -> None:
    write(project, {"src/a.ts": f"const a = '{FIRST}'", ".frontleak-baseline.json": '{"version": "1.5.0"\n'})
    for command in (["scan"], ["baseline", "update"], ["baseline", "prune"], ["baseline", "show"]):
        done = frontleak(*command, cwd=project)
        assert done.code == 2, command
        assert ".frontleak-baseline.json:2: is not JSON" in done.err
    assert frontleak("baseline", "create", cwd=project).code == 2
    assert (project / ".frontleak-baseline.json").read_text() == '{"version": "1.5.0"\n'
    assert frontleak("scan", "--no-baseline", cwd=project).code == 1


@pytest.mark.slow
def test_a_killed_write_leaves_the_old_file(project: Path) -> None:
    write(project, {f"src/{n}.ts": f"const a = '{token(str(n))}'" for n in range(200)})
    frontleak("baseline", "create", cwd=project)
    old = (project / ".frontleak-baseline.json").read_bytes()
    write(project, {f"src/{n}.ts": f"const a = '{token(str(n))}'" for n in range(200, 400)})
    program = (
        "import os, signal, sys\n"
        "import frontleak.triage.baseline as b\n"
        "write = b.write_baseline\n"
        "def half(known):\n"
        "    for number, piece in enumerate(write(known)):\n"
        "        if number == 100: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        yield piece\n"
        "b.write_baseline = half\n"
        "sys.argv = ['frontleak', 'baseline', 'update']\n"
        "from frontleak.cli.main import run\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project, env=environment(), capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert (project / ".frontleak-baseline.json").read_bytes() == old
    assert os.path.exists(COMMAND)


def test_the_baseline_of_the_configuration_is_the_one_of_every_command(project: Path) -> None:
    write(project, {".frontleak.yaml": "baseline: ci/old.json", "ci/a": "", "src/a.ts": f"const a = '{FIRST}'"})
    sub = project / "src"
    (fingerprint,) = (
        each["fingerprint"] for each in frontleak("scan", "--format=json", "--isolated", cwd=sub).json()["findings"]
    )
    for command, out in {
        "create": "../ci/old.json: accepts 1 finding",
        "update": "../ci/old.json: 0 added, 1 kept",
        "prune": "../ci/old.json: 0 removed, 1 kept",
        "show": "../src/a.ts  sanity-token  ",
    }.items():
        done = frontleak("baseline", command, cwd=sub)
        assert (done.code, done.out.startswith(out)) == (0, True), (command, done)
    assert not (project / ".frontleak-baseline.json").exists()
    assert frontleak("scan", cwd=sub).code == 0
    assert "the baseline accepts it" in frontleak("explain", fingerprint, cwd=sub).out
    # paths lead out of its folder, and not through the folders of this machine
    moved = project.rename(project.with_name("moved"))
    assert frontleak("scan", cwd=moved).code == 0
    write(moved, {"src/a.ts": ""})
    assert "0 removed, 1 kept" in frontleak("baseline", "prune", ".", cwd=write(moved, {"lib/b.ts": ""}) / "lib").out
    assert "1 removed, 0 kept" in frontleak("baseline", "prune", "src", cwd=moved).out


@pytest.mark.parametrize("command", [("baseline", "create"), ("diff", "src", "src"), ("explain", "0" * 32)])
def test_isolated_means_no_configuration_for_other_commands_too(project: Path, command: tuple[str, ...]) -> None:
    write(project, {".frontleak.yaml": "ignore: [sanity-token]\nfail-on: grave\n", "src/a.ts": f"const a = '{FIRST}'"})
    assert ".frontleak.yaml:2" in frontleak(*command, cwd=project).err
    done = frontleak(*command, "--isolated", cwd=project)
    assert ".frontleak.yaml" not in done.err
