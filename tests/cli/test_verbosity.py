"""`--quiet` and `--verbose` change standard error, never the report."""

import json
from pathlib import Path

import pytest

from tests.acceptance.support import SUMMARY, frontleak, git, repository, token, write

FILES = {
    "package.json": "{}",
    ".gitignore": "*.log\n",
    ".frontleak.yaml": "ignore: [stripe-live-key]\nexclude: [fixtures/]\n",
    "a.log": "",
    "fixtures/b.ts": "",
    "node_modules/c/d.js": "",
    "src/e.ts": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    repository(tmp_path)
    write(tmp_path, {**FILES, "src/leak.ts": f"export const a = '{token('1')}'\n"})
    (tmp_path / "src/gone").symlink_to("nowhere")
    return tmp_path


def _report(text: str) -> object:
    report = json.loads(text)
    del report["timings"]
    return report


def test_the_report_is_the_same(project: Path) -> None:
    normal, quiet, verbose = (
        frontleak("scan", "--format=json", *flags, cwd=project) for flags in ((), ("-q",), ("--verbose",))
    )
    assert normal.code == quiet.code == verbose.code == 1
    assert _report(normal.out) == _report(quiet.out) == _report(verbose.out)


def test_quiet_leaves_out_notes_and_the_summary(project: Path) -> None:
    written = ("scan", "--format=json", "-o", "report.json")
    note, summary = frontleak(*written, cwd=project).err.splitlines(keepends=True)
    assert "/.frontleak.yaml disables 1 of " in note
    assert SUMMARY.fullmatch(summary)
    assert frontleak(*written, "--quiet", cwd=project).err == ""
    for command in (("baseline", "create"), ("baseline", "update"), ("baseline", "prune"), ("diff", "src", "src")):
        done = frontleak(*command, "-q", cwd=project)
        assert (done.code, done.err) == (0, ""), command
        assert done.out


def test_quiet_prints_errors(project: Path) -> None:
    done = frontleak("scan", "-q", "missing", cwd=project)
    assert (done.code, done.problems) == (2, ["error: missing: no such file or folder"])


def test_verbose_lists_what_is_used_read_and_left_out(project: Path) -> None:
    frontleak("baseline", "create", cwd=project)
    lines = frontleak("scan", "-v", cwd=project).err.splitlines()
    for line in (
        "scan: .",
        "configuration: .frontleak.yaml",
        "baseline: .frontleak-baseline.json (1 accepted)",
        "left out: a.log (git-ignored)",
        "left out: fixtures (excluded)",
        "left out: node_modules (a folder that is never entered)",
        "skipped: src/gone: is a broken link",
    ):
        assert lines.count(line) == 1, line
    read = sorted(line.split()[1] for line in lines if line.startswith("read: "))
    assert read == sorted(
        (*(".gitignore", ".frontleak.yaml", ".frontleak-baseline.json", "package.json"), "src/e.ts", "src/leak.ts")
    )
    assert "read: src/e.ts (source, 0 bytes)" in lines
    assert lines[-1].startswith("time: ")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_verbose_lists_what_git_has(project: Path, jobs: str) -> None:
    git(project, "add", "-A")
    (project / "src/leak.ts").unlink()
    staged = frontleak("scan", "--staged", "-v", "--jobs", jobs, cwd=project)
    lines = staged.err.splitlines()
    assert lines.count("scan: what is staged") == lines.count("left out: fixtures/b.ts (excluded)") == 1
    assert "read: src/leak.ts (source, " in staged.err
    git(project, "commit", "-qm", "one")
    git(
        write(project, {"fixtures/b.ts": "b", "src/e.ts": f"export const b = '{token('2')}'\n"}),
        "commit",
        "-qam",
        "two",
    )
    history = frontleak("scan", "--history", "-v", "--jobs", jobs, cwd=project / "src")
    lines = history.err.splitlines()
    first, second = (git(project, "rev-parse", name)[:10].decode() for name in ("HEAD~1", "HEAD"))
    for line in ("scan: the history of all branches", f"left out: {project}/fixtures/b.ts (excluded)"):
        assert lines.count(line) == 1, line
    read = [line.split()[1] for line in lines if line.startswith("read: ")]
    assert f"{first}:src/leak.ts" in read
    assert f"{second}:src/e.ts" in read
    report = frontleak("scan", "--history", "--format=json", cwd=project / "src").json()
    assert len(read) == sum(report["coverage"]["files"].values())
    assert report["coverage"]["excluded"] == 1


def test_quiet_says_nothing_about_builds(project: Path) -> None:
    done = frontleak("scan", "--if-built", "dist", cwd=project)
    assert (done.code, done.err) == (0, "note: dist: not built, so it was not scanned\n")
    assert frontleak("scan", "--if-built", "-q", "dist", cwd=project).err == ""


def test_verbose_without_anything_in_use(tmp_path: Path) -> None:
    done = frontleak("scan", "-", "-v", "--isolated", "--no-baseline", cwd=tmp_path, stdin=b"abc")
    assert done.err.splitlines()[1:4] == ["scan: -", "configuration: none", "baseline: none"]
    assert "read: <stdin> (served, 3 bytes)" in done.err.splitlines()
    assert done.code == 0


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_listed_name_shows_no_secret(tmp_path: Path, jobs: str) -> None:
    """Neither a name that is a secret, nor one that holds a part of a secret in the file."""
    secret, other = token("1"), token("2")
    write(
        tmp_path,
        {f"src/{secret}.ts": "", "src/ok.ts": "", f"src/x-{other[30:44]}.ts": f"a = '{other}'", ".gitignore": "*.log"},
    )
    write(tmp_path, {f"{secret}.log": ""})
    done = frontleak("scan", "-v", "--jobs", jobs, cwd=tmp_path)
    assert "read: src/ok.ts" in done.err
    assert done.err.count("left out: ") == 1
    for value in (secret[4:16], other[30:42]):
        assert value not in done.err


def test_both_exclude_each_other(tmp_path: Path) -> None:
    done = frontleak("scan", "-q", "-v", cwd=tmp_path)
    assert (done.code, done.problems) == (2, ["error: --quiet and --verbose exclude each other"])
