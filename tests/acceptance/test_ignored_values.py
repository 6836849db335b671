"""`ignore-values`: a documented dummy of a project counts nowhere, and its value is written nowhere."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.acceptance.support import frontleak, token, write

DUMMY, REAL = token("dummy"), token("real")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Create a project with a dummy in two places and a real secret."""
    files = {"src/a.ts": f"const a = '{DUMMY}'", "dist/b.js": f"x='{DUMMY}'", "src/c.ts": f"const c = '{REAL}'"}
    return write(tmp_path, {"package.json": "{}", **files})


def _ignore(project: Path, value: str, *more: str) -> None:
    done = frontleak("ignore", "--value-stdin", "--reason", "our docs", *more, cwd=project, stdin=value.encode())
    assert done.code == 0, done.err
    assert value[:13] not in f"{done.out}{done.err}{(project / '.frontleak.yaml').read_text()}"


def _counts(project: Path) -> list[str]:
    return [each["path"] for each in frontleak("scan", "--format=json", cwd=project).json()["findings"]]


@pytest.mark.parametrize("value", [REAL[:-1], f"'{REAL}'", DUMMY.lower()])
def test_another_value_ignores_nothing(project: Path, value: str) -> None:
    write(project, {".frontleak.yaml": "# ours\n"})
    _ignore(project, value)
    assert set(_counts(project)) == {"src/a.ts", "src/c.ts"}


def test_a_value_is_ignored_wherever_it_is(project: Path) -> None:
    _ignore(project, f"{DUMMY}\n", "--owner", "web")
    assert _counts(project) == ["src/c.ts"]
    (suppressed,) = frontleak("scan", "--format=json", cwd=project).json()["suppressed"]
    by = {"kind": "ignored-value", "reason": "our docs (web)", "where": ".frontleak.yaml:2"}
    assert suppressed["suppressed_by"] | {"where": ""} == by | {"where": ""}
    assert suppressed["suppressed_by"]["where"].endswith(".frontleak.yaml:2")
    again = frontleak("ignore", "--value-stdin", "--reason", "b", cwd=project, stdin=DUMMY.encode())
    assert (again.code, "ignores this already" in again.err) == (2, True)


def test_the_same_value_has_another_digest_elsewhere(project: Path) -> None:
    texts = []
    for _ in range(2):
        (project / ".frontleak.yaml").unlink(missing_ok=True)
        _ignore(project, DUMMY)
        texts.append((project / ".frontleak.yaml").read_text())
    assert texts[0] != texts[1]


def _expire(project: Path, *, by_value: bool) -> str:
    """Let the entry that ignores the dummy expire, and return the note about it."""
    if by_value:
        _ignore(project, DUMMY)
    else:
        findings = frontleak("scan", "--format=json", cwd=project).json()["findings"]
        (fingerprint,) = (each["fingerprint"] for each in findings if each["path"] == "src/a.ts")
        assert frontleak("ignore", fingerprint, "--reason", "our docs", cwd=project).code == 0
    entries = yaml.safe_load((project / ".frontleak.yaml").read_text())
    ((name, [entry]),) = entries.items()
    day = datetime.now(UTC).date() - timedelta(2)
    write(project, {".frontleak.yaml": yaml.safe_dump({name: [entry | {"expires": day}]})})
    it = "its value" if by_value else "it"
    return f"the entry that ignores {it} (.frontleak.yaml:2) expired on {day}, so it counts again"


@pytest.mark.parametrize("by_value", [True, False], ids=["a value", "a finding"])
def test_an_expired_entry_is_reported_once_in_every_format(project: Path, *, by_value: bool) -> None:
    message = _expire(project, by_value=by_value)
    done = frontleak("scan", "--jobs=2", cwd=project)
    assert (done.code, done.err) == (1, "")
    assert "src/a.ts" in done.out
    assert f"To correct:\n    src/a.ts: {message}\n\n" in done.out.replace("dist/b.js: ", "src/a.ts: ")
    assert "Not scanned" not in done.out
    report = frontleak("scan", "--format=json", cwd=project).json()
    (row,) = report["skipped"]
    assert (row["reason"], row["code"], row["incomplete"]) == (message, "expired", False)
    assert report["summary"]["complete"] is True
    lines = [json.loads(line) for line in frontleak("scan", "--format=jsonl", cwd=project).out.splitlines()]
    assert [each["reason"] for each in lines if each["type"] == "skipped"] == [message]
    (run,) = frontleak("scan", "--format=sarif", cwd=project).json()["runs"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert (told["level"], told["message"]["text"]) == ("note", f"To correct: {message}.")


@pytest.mark.parametrize("by_value", [True, False], ids=["a value", "a finding"])
def test_an_expired_entry_changes_no_exit_code_by_itself(project: Path, *, by_value: bool) -> None:
    _expire(project, by_value=by_value)
    assert frontleak("scan", "--strict", "--fail-on=critical", "src", cwd=project).code == 0


@pytest.mark.parametrize("by_value", [True, False], ids=["a value", "a finding"])
def test_an_expired_entry_without_its_finding_is_not_reported(project: Path, *, by_value: bool) -> None:
    _expire(project, by_value=by_value)
    write(project, {"src/a.ts": "", "dist/b.js": ""})
    assert frontleak("scan", "--format=json", cwd=project).json()["skipped"] == []


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (("--value-stdin",), b"\n", "is empty"),
        (("--value-stdin",), b"x" * 70_000, "is too long"),
        (("--value-stdin", "0" * 32), b"x", "pass a fingerprint, or --value-stdin"),
        ((), b"x", "pass a fingerprint, or --value-stdin"),
    ],
)
def test_what_is_no_value_is_refused(project: Path, arguments: tuple[str, ...], stdin: bytes, message: str) -> None:
    done = frontleak("ignore", *arguments, "--reason", "a", cwd=project, stdin=stdin)
    assert done.code == 2
    assert message in done.err
    assert not (project / ".frontleak.yaml").exists()
