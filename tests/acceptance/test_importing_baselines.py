"""`frontleak baseline import`: what a team has accepted with another scanner."""

import gzip
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import Run, environment, frontleak, git, repository, token, write
from tests.support.shipped import fake

FIRST, SECOND, THIRD = token("1"), token("2"), token("3")
BASELINE = ".frontleak-baseline.json"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Create a source tree in a repository with two secrets."""
    repository(tmp_path)
    return write(
        tmp_path,
        {"package.json": "{}", "src/a.ts": f"\nconst a = '{FIRST}'\n", "src/b.ts": f"const b = '{SECOND}'\n"},
    )


def _import(project: Path, *files: str, code: int = 0) -> Run:
    done = frontleak("baseline", "import", *files, cwd=project)
    assert done.code == code, done.err
    for secret in (FIRST, SECOND, THIRD):
        assert secret[:13] not in f"{done.out}{done.err}"
        if (project / BASELINE).exists():
            assert secret[:13] not in (project / BASELINE).read_text()
    return done


def _accepted(project: Path) -> set[str]:
    report = frontleak("scan", "--format=json", cwd=project).json()
    return {f"{each['path']}:{each['line']}" for each in report["suppressed"]}


def _of_detect_secrets(entries: Mapping[str, list[tuple[str, int]]], **more: Any) -> str:
    return json.dumps(
        {
            "version": "1.5.0",
            "plugins_used": [{"name": "Base64HighEntropyString", "limit": 4.5}, {"name": "KeywordDetector"}],
            "filters_used": [{"path": "detect_secrets.filters.allowlist.is_line_allowlisted"}],
            "results": {
                file: [
                    {
                        "type": "Base64 High Entropy String",
                        "filename": file,
                        "hashed_secret": sha1(value.encode()).hexdigest(),
                        "is_verified": False,
                        "line_number": line,
                        **more,
                    }
                    for value, line in found
                ]
                for file, found in entries.items()
            },
            "generated_at": "2026-03-05T10:11:12Z",
        },
        indent=2,
    )


def _of_gitleaks(*found: dict[str, Any]) -> str:
    return json.dumps(
        [
            {
                "RuleID": "generic-api-key",
                "Description": "Detected a Generic API Key",
                "StartLine": 1,
                "EndLine": 1,
                "StartColumn": 7,
                "EndColumn": 190,
                "Match": "REDACTED",
                "Secret": "REDACTED",
                "SymlinkFile": "",
                "Commit": "",
                "Entropy": 5.4,
                "Author": "",
                "Email": "",
                "Date": "",
                "Message": "",
                "Tags": [],
                "Fingerprint": f"{one.get('File')}:generic-api-key:{one.get('StartLine', 1)}",
                **one,
            }
            for one in found
        ]
    )


# --- what is not carried over ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"version": "1.5.0",\n "results":', "old.json:2: is not valid JSON"),
        ('{"a": 1}', "is no baseline or report of a scanner that frontleak knows"),
        ('{"version": "2.1.0", "runs": []}', "is a SARIF log"),
        ('{"frontleak-baseline": 1, "findings": []}', "is a baseline of frontleak itself"),
        ('[{"RuleID": "a", "File": "b"}, {"RuleID": "a"}]', "entry 2 has no `RuleID` or no `File`"),
        ('{"plugins_used": [], "results": {"a.ts": [{"type": "x"}]}}', "entry 1 of 'a.ts' has no `hashed_secret`"),
        ("# ours\nsrc/a.ts\n", "old.json:2: is neither"),
        ("repositories: {a: b}\n", "is no kingfisher baseline"),
        ("repositories: [\n", "old.json:"),
        (b"\x89PNG\r\n\xff\x00", "is not a text file"),
        ("[" * 100_000, "is not valid JSON"),
    ],
)
def test_a_file_that_is_none_is_refused_and_nothing_is_written(project: Path, content: str, message: str) -> None:
    write(project, {"old.json": content})
    done = _import(project, "old.json", code=2)
    assert message in done.err
    assert len(done.problems) == 1
    assert "nothing was changed" in done.err
    assert not (project / BASELINE).exists()


def test_a_missing_file_is_refused(project: Path) -> None:
    assert "nowhere.json: is not a file" in _import(project, "nowhere.json", code=2).err


def test_a_damaged_baseline_of_ours_is_not_overwritten(project: Path) -> None:
    write(project, {BASELINE: "{", ".gitleaksignore": "src/a.ts:generic-api-key:2\n"})
    assert f"{BASELINE}:1: is not JSON" in _import(project, ".gitleaksignore", code=2).err
    assert (project / BASELINE).read_text() == "{"


@pytest.mark.parametrize(
    ("file", "value", "line", "reason"),
    [
        ("src/gone.ts", FIRST, 1, "the file is gone"),
        ("src/a.ts", THIRD, 2, "another value is in this line now"),
        ("src/a.ts", THIRD, 9, "frontleak does not find this value there"),
        ("src/a.ts", SECOND, 9, "the same value is now in src/b.ts"),
        ("package.json", THIRD, 1, "frontleak does not find this value there"),
    ],
)
def test_a_value_that_is_not_there_is_listed(project: Path, file: str, value: str, line: int, reason: str) -> None:
    write(project, {".secrets.baseline": _of_detect_secrets({file: [(value, line)]})})
    done = _import(project, ".secrets.baseline")
    assert f"not carried over  {file}:{line}  Base64 High Entropy String: {reason}" in done.out
    assert "0 added, 0 kept; 1 of 1 entry not carried over" in done.out
    assert _accepted(project) == set()


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"File": "src/gone.ts", "Commit": COMMIT}, "the file is gone; it was found in commit 0123456789ab"),
        ({"File": "src/a.ts", "StartLine": 9}, "this file has findings, but only in line 2"),
        ({"File": "package.json", "Commit": COMMIT}, "frontleak finds nothing there; it was found in commit 012345678"),
        ({"File": "src/two.ts"}, "2 secrets are in this line, and it does not say which is meant"),
        ({"File": "src/c.ts"}, "it does not count anyway: a comment in the source ignores it"),
        ({"File": "../outside.ts"}, "the scan does not cover this file"),
    ],
)
def test_a_line_that_does_not_fit_is_listed(project: Path, entry: dict[str, Any], reason: str) -> None:
    write(
        project,
        {
            "src/two.ts": f"f('{FIRST}', '{THIRD}')\n",
            "src/c.ts": f"const c = '{THIRD}' // gitleaks:allow\n",
            "../outside.ts": "",
            "report.json": _of_gitleaks(entry),
        },
    )
    done = _import(project, "report.json")
    assert reason in done.out
    assert "1 of 1 entry not carried over" in done.out


def test_a_folder_that_is_not_scanned_is_not_covered(project: Path) -> None:
    write(project, {".gitleaksignore": "src/a.ts:generic-api-key:2\n", "lib/c.ts": ""})
    done = frontleak("baseline", "import", "../.gitleaksignore", cwd=project / "lib")
    assert "the scan does not cover this file" in done.out


# --- what is carried over --------------------------------------------------------------------------------------------


def test_a_baseline_of_detect_secrets_is_matched_by_value(project: Path) -> None:
    write(project, {".secrets.baseline": _of_detect_secrets({"src/a.ts": [(FIRST, 77)]}, is_secret=False)})
    done = _import(project, ".secrets.baseline")
    assert "accepted  src/a.ts  sanity-token\n" in done.out
    assert f"{BASELINE}: 1 added, 0 kept; 0 of 1 entry not carried over" in done.out
    assert _accepted(project) == {"src/a.ts:2"}
    before = (project / BASELINE).read_text()
    assert "0 added, 1 kept; 0 of 1 entry" in _import(project, ".secrets.baseline").out
    assert (project / BASELINE).read_text() == before


def test_paths_and_encodings_of_windows_are_understood(project: Path) -> None:
    text = _of_detect_secrets({"src\\a.ts": [(FIRST, 2)]})
    write(project, {".secrets.baseline": text.encode("utf-16")})
    _import(project, ".secrets.baseline")
    assert _accepted(project) == {"src/a.ts:2"}


def test_a_report_of_gitleaks_is_matched_by_value_or_by_line(project: Path) -> None:
    write(
        project,
        {
            "src/two.ts": f"f('{FIRST}', '{THIRD}')\n",
            "report.json": _of_gitleaks(
                {"File": "src/a.ts", "StartLine": 2},
                {"File": "src/b.ts", "StartLine": 40, "Secret": SECOND, "Commit": COMMIT},
                {"File": "src/two.ts", "Secret": THIRD},
            ),
        },
    )
    done = _import(project, "report.json")
    assert "accepted  src/a.ts  sanity-token  (by its line, 2)" in done.out
    assert "accepted  src/b.ts  sanity-token\n" in done.out
    assert _accepted(project) == {"src/a.ts:2", "src/b.ts:1", "src/two.ts:1"}
    (project / "report.json").unlink()  # it holds the secrets itself
    findings = frontleak("scan", "--format=json", cwd=project).json()["findings"]
    assert [each["path"] for each in findings] == ["src/two.ts"]  # the other secret of the line


def _archive(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _tar(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def test_members_of_archives_are_matched(project: Path) -> None:
    """Gitleaks writes `archive!member`, also for archives in archives and with cleaned names of members."""
    first, second, third = (f"const x = '{secret}'\n".encode() for secret in (FIRST, SECOND, THIRD))
    (project / "src/a.ts").unlink()
    (project / "src/b.ts").unlink()
    write(
        project,
        {
            "src/a.zip": _archive({"b/c.js": first, "d.js": second, "in.tgz": _tar("./e.js", third)}),
            "src/odd!name.js": first,
            "src/f.js.gz": gzip.compress(third),
            "report.json": _of_gitleaks(
                {"File": "src/a.zip!b/c.js"},
                {"File": "src/a.zip!in.tgz!e.js", "Secret": THIRD},
                {"File": "src/f.js.gz", "Secret": THIRD},
                {"File": "src/odd!name.js"},
                {"File": "src/a.zip!d.js", "StartLine": 7},
                {"File": "src/a.zip!gone.js"},
                {"File": "src/a.zip!d.js", "Secret": FIRST},
                {"File": "gone.zip!d.js"},
            ),
            ".gitleaksignore": "src/a.zip!d.js:generic-api-key:1\n",
        },
    )
    out = _import(project, "report.json").out
    for line in (
        "accepted  src/a.zip!/b/c.js  sanity-token  (by its line, 1)",
        "accepted  src/a.zip!/in.tgz!/%2E/e.js  sanity-token",
        "accepted  src/f.js  sanity-token",
        "accepted  src/odd!name.js  sanity-token  (by its line, 1)",
        "not carried over  src/a.zip!d.js:7  generic-api-key: this member has findings, but only in line 1",
        "not carried over  src/a.zip!gone.js:1  generic-api-key: frontleak finds nothing there",
        "not carried over  gone.zip!d.js:1  generic-api-key: the file is gone",
    ):
        assert line in out.splitlines(), (line, out)
    assert "not carried over  src/a.zip!d.js:1  generic-api-key: the same value is now in " in out
    assert "accepted  src/a.zip!/d.js  sanity-token" in _import(project, ".gitleaksignore").out


def test_a_file_behind_a_link_is_matched_by_either_name(project: Path) -> None:
    """Gitleaks names the real path, and the link through which it came."""
    write(project, {"shared/real.ts": f"const c = '{THIRD}'\n"})
    (project / "src/c.ts").symlink_to("../shared/real.ts")
    elsewhere = "/builds/4711/shared/real.ts"  # where the other scanner ran
    write(
        project,
        {
            "report.json": _of_gitleaks(
                {"File": elsewhere, "SymlinkFile": "src/c.ts", "Secret": THIRD},
                {"File": elsewhere, "SymlinkFile": "src/gone.ts"},
                {"File": "src/a.ts", "SymlinkFile": "src/gone.ts", "StartLine": 2},
            )
        },
    )
    out = _import(project, "report.json").out.splitlines()
    assert "accepted  src/c.ts  sanity-token" in out
    assert "accepted  src/a.ts  sanity-token  (by its line, 2)" in out
    assert f"not carried over  {elsewhere}:1  generic-api-key: the file and the link to it are gone" in out, out


@pytest.mark.parametrize("name", [".gitleaksignore", ".betterleaksignore"])
def test_ignore_files_are_matched_by_line(project: Path, name: str) -> None:
    lines = f"# the docs\nsrc/a.ts:generic-api-key:2\n\n{COMMIT}:src/b.ts:generic-api-key:1\n"
    write(project, {name: lines})
    _import(project, name)
    assert _accepted(project) == {"src/a.ts:2", "src/b.ts:1"}


def test_an_ignored_value_is_accepted_wherever_it_is(project: Path) -> None:
    write(
        project, {"src/c.ts": f"const c = '{FIRST}'", ".betterleaksignore": f"{sha256(FIRST.encode()).hexdigest()}\n"}
    )
    _import(project, ".betterleaksignore")
    report = frontleak("scan", "--format=json", cwd=project).json()
    assert [f"{each['path']}:{each['line']}" for each in report["suppressed"]] == ["src/a.ts:2"]
    assert [place["path"] for place in report["suppressed"][0]["also_at"]] == ["src/c.ts"]
    assert [each["path"] for each in report["findings"]] == ["src/b.ts"]


@pytest.mark.parametrize(
    "text",
    [
        (
            "version: 2\nfingerprint_algorithm: v1\nrepositories:\n  - id: here\n    findings:\n      - path: src/a.ts\n"
            "        fingerprint: 1234567890123\n        rule_id: kingfisher.generic.1\n        line: 2\n"
            "        first_seen_at: 2026-01-02T03:04:05Z\n        last_updated_at: 2026-01-02T03:04:05Z\n"
        ),
        (
            "ExactFindings:\n  matches:\n    - filepath: src/a.ts\n      fingerprint: '00ff00ff'\n      linenum: 2\n"
            "      lastupdated: Mon, 02 Jan 2026 03:04:05 +0000\n"
        ),
    ],
)
def test_a_baseline_of_kingfisher_is_matched_by_line(project: Path, text: str) -> None:
    write(project, {"baseline.yml": text})
    _import(project, "baseline.yml")
    assert _accepted(project) == {"src/a.ts:2"}


def test_several_files_fill_one_baseline_and_keep_its_entries(project: Path) -> None:
    frontleak("baseline", "create", cwd=project)
    before = (project / BASELINE).read_text()
    write(
        project,
        {
            "src/c.ts": f"const c = '{THIRD}'",
            "dist/app.js": f"x='{fake('github-token')}'",
            ".gitleaksignore": "src/c.ts:generic-api-key:1\n",
            "reports/report.json": _of_gitleaks({"File": "dist/app.js", "Secret": fake("github-token")}),
        },
    )
    done = _import(project, ".gitleaksignore", "reports/report.json")
    assert "2 added, 2 kept; 0 of 2 entries not carried over" in done.out
    kept = {line.rstrip(",") for line in before.splitlines()}
    assert kept <= {line.rstrip(",") for line in (project / BASELINE).read_text().splitlines()}
    assert _accepted(project) == {"src/a.ts:2", "src/b.ts:1", "src/c.ts:1", "dist/app.js:1"}


def test_an_empty_report_changes_nothing(project: Path) -> None:
    write(project, {"report.json": "[]", ".gitleaksignore": "# none\n"})
    assert "0 of 0 entries" in _import(project, "report.json", ".gitleaksignore").out
    assert not (project / BASELINE).exists()


@pytest.mark.slow
def test_the_baseline_that_detect_secrets_itself_writes(project: Path) -> None:
    git(project, "add", "--all")
    command = [sys.executable, "-m", "detect_secrets", "scan"]
    done = subprocess.run(command, cwd=project, capture_output=True, check=True, env=environment())
    write(project, {".secrets.baseline": done.stdout})
    assert "2 added, 0 kept; 0 of 2 entries not carried over" in _import(project, ".secrets.baseline").out
    assert frontleak("scan", cwd=project).code == 0
