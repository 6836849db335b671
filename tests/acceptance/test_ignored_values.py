"""`ignore-values`: a documented dummy of a project counts nowhere, and its value is written nowhere."""

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


def test_an_expired_value_counts_again(project: Path) -> None:
    _ignore(project, DUMMY)
    entries = yaml.safe_load((project / ".frontleak.yaml").read_text())
    entries["ignore-values"][0]["expires"] = datetime.now(UTC).date() - timedelta(2)
    write(project, {".frontleak.yaml": yaml.safe_dump(entries)})
    done = frontleak("scan", cwd=project)
    assert "this entry expired on" in done.err
    assert "src/a.ts" in done.out


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
