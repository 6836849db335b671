"""`frontleak diff`: two reports, or two builds."""

import json
from pathlib import Path

import pytest

from tests.acceptance.support import Run, frontleak, repository, token, write

FIRST, SECOND = token("1"), token("2")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Create a repository with two builds."""
    repository(tmp_path)
    return write(
        tmp_path,
        {
            "package.json": "{}",
            "old/dist/app.4f3c2a1b.js": f"x='{FIRST}'",
            "new/dist/app.99aa88bb.js": f"\n\nx='{FIRST}'",
        },
    )


def _diff(project: Path, *arguments: str) -> Run:
    done = frontleak("diff", *arguments, cwd=project)
    for secret in (FIRST, SECOND):
        assert secret[:13] not in f"{done.out}{done.err}"
    return done


def _report(project: Path, name: str, folder: str = "app", *arguments: str) -> str:
    frontleak("scan", folder, "--format=json", "-o", name, *arguments, cwd=project)
    return name


def test_a_rebuild_changes_nothing(project: Path) -> None:
    done = _diff(project, "old/dist", "new/dist")
    assert done.out == "0 new, 0 gone, 0 moved, 1 unchanged\n"
    assert done.code == 0


def test_new_gone_and_moved_in_folders(project: Path) -> None:
    write(project, {"new/dist/b.js": f"y='{SECOND}'"})
    done = _diff(project, "old/dist", "new/dist")
    assert done.out.splitlines()[0].startswith("new    new/dist/b.js:1:4  high  Sanity API token")
    assert done.out.splitlines()[-1] == "1 new, 0 gone, 0 moved, 1 unchanged"
    assert done.code == 1
    back = _diff(project, "new/dist", "old/dist")
    assert back.out.splitlines()[0].startswith("gone   new/dist/b.js:1:4")
    assert back.code == 0
    assert _diff(project, "old/dist", "new/dist", "--fail-on", "critical").code == 0
    (project / "new/dist/b.js").unlink()
    (project / "new/dist/app.99aa88bb.js").rename(project / "new/dist/other.js")
    moved = _diff(project, "old/dist", "new/dist")
    assert moved.out.splitlines()[0].startswith("moved  new/dist/other.js:3:4")
    assert "was old/dist/app.4f3c2a1b.js:1:4" in moved.out
    assert moved.code == 0
    (entry,) = json.loads(_diff(project, "old/dist", "new/dist", "--format", "json").out)["moved"]
    assert (entry["from"]["path"], entry["to"]["path"]) == ("old/dist/app.4f3c2a1b.js", "new/dist/other.js")


def test_reports_are_compared_by_fingerprint(project: Path) -> None:
    write(project, {"app/a.ts": f"const a = '{FIRST}'"})
    old = _report(project, "old.json")
    write(project, {"app/a.ts": f"// moved\nconst a = '{FIRST}'"})
    assert _diff(project, old, _report(project, "new.json")).out == "0 new, 0 gone, 0 moved, 1 unchanged\n"
    write(project, {"app/a.ts": f"const a = '{SECOND}'"})
    done = _diff(project, old, _report(project, "new.json"))
    assert done.code == 1
    assert done.out.splitlines()[-1] == "1 new, 1 gone, 0 moved, 0 unchanged"


def test_a_secret_that_moved_is_known_only_from_its_value(project: Path) -> None:
    """Two tokens may begin alike, so a redacted report does not show that one moved."""
    for options, summary in (((), "1 new, 1 gone, 0 moved"), (("--reveal",), "0 new, 0 gone, 1 moved")):
        write(project, {"app/a.ts": f"const a = '{FIRST}'"})
        old = _report(project, "old.json", "app", *options)
        (project / "app/a.ts").rename(project / "app/b.ts")
        assert summary in _diff(project, old, _report(project, "new.json", "app", *options)).out
        (project / "app/b.ts").unlink()


def test_what_is_ignored_now_is_gone(project: Path) -> None:
    write(project, {"app/a.ts": f"const a = '{FIRST}'"})
    old = _report(project, "old.json")
    write(project, {"app/a.ts": f"const a = '{FIRST}' // frontleak: ignore[sanity-token] a dummy"})
    done = _diff(project, old, _report(project, "new.json"))
    assert "(does not count any more)" in done.out
    assert done.code == 0


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ("{", "a.json:1: is not valid JSON"),
        ("[]", "a.json: is not a JSON report of frontleak"),
        ('{"version": 1, "findings": [], "suppressed": []}', "is not a JSON report of frontleak"),
        ("[" * 100_000, "is not valid JSON"),
    ],
)
def test_what_is_no_report_is_refused(project: Path, old: str, message: str) -> None:
    write(project, {"a.json": old})
    done = _diff(project, "a.json", "a.json")
    assert done.code == 2
    assert message in done.err
    assert len(done.problems) == 1


def test_a_report_of_another_version_or_with_a_damaged_finding_is_refused(project: Path) -> None:
    write(project, {"app/a.ts": f"const a = '{FIRST}'"})
    text = (project / _report(project, "old.json")).read_text()
    write(project, {"new.json": text.replace('"version": 1', '"version": 9')})
    assert "is a report of version 9, not 1" in _diff(project, "old.json", "new.json").err
    write(project, {"new.json": text.replace('"severity": "high"', '"severity": "grave"')})
    assert "a finding that is not valid" in _diff(project, "old.json", "new.json").err


def test_a_folder_and_a_report_cannot_be_compared(project: Path) -> None:
    assert "nowhere: is not a folder" in _diff(project, "old", "nowhere").err
    assert _diff(project, "nowhere", "nowhere").code == 2
