"""What git cannot give is one line with the reason and the way out; what a repository configures is never run."""

import os
import shlex
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.acceptance.support import Run, frontleak, git, repository, token, write

SOURCES: Sequence[Sequence[str]] = (("--staged",), ("--diff", "HEAD~1..HEAD"), ("--history",))
every_source = pytest.mark.parametrize("source", SOURCES, ids=["staged", "diff", "history"])


def refused(*arguments: str, cwd: Path, **variables: str) -> list[str]:
    """Return the lines of a refusal: one problem, and advice."""
    done = frontleak("scan", *arguments, cwd=cwd, env=variables)
    assert (done.code, done.out) == (2, ""), done
    lines = done.err.splitlines()
    assert len(done.problems) == 1, lines
    assert len(lines) <= 2
    assert all(len(line) < 500 for line in lines)
    return [line.removeprefix("error: ").strip() for line in lines]


def leak(seed: str) -> str:
    return f"export const key = '{token(seed)}'\n"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with two commits and something staged."""
    folder = write(repository(tmp_path / "r"), {"a.ts": "1\n"})
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "1")
    git(write(folder, {"b.ts": leak("b")}), "add", "-A")
    git(folder, "commit", "-qm", "2")
    git(write(folder, {"c.ts": leak("c")}), "add", "-A")
    return folder


@every_source
def test_no_repository(source: Sequence[str], tmp_path: Path) -> None:
    problem, advice = refused(*source, cwd=tmp_path)
    assert problem == f"{tmp_path}: not in a git repository with a work tree"
    assert advice.startswith("run the command inside a checkout")


@every_source
def test_no_git(source: Sequence[str], top: Path, tmp_path: Path) -> None:
    # a `git` in the working directory is not run: it may come with the scanned tree
    problem, advice = refused(*source, cwd=fake_git(top, "touch ran"), PATH=f"{tmp_path}:.:")
    assert problem == "git is not installed or not in PATH"
    assert advice == "install git, or scan files and folders instead"
    assert not (top / "ran").exists()
    assert frontleak("scan", "a.ts", cwd=top, env={"PATH": str(tmp_path)}).code == 0


def fake_git(folder: Path, script: str) -> Path:
    """Put a program called git into a folder."""
    write(folder, {"git": f"#!/bin/sh\n{script}\n"})
    (folder / "git").chmod(stat.S_IRWXU)
    return folder


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_a_git_that_is_too_old(top: Path, tmp_path: Path) -> None:
    script = 'case "$*" in *version*) echo "git version 1.8.3.1";; *) echo "usage: git" >&2; exit 129;; esac'
    old = fake_git(tmp_path / "old", script)
    problem, advice = refused("--staged", cwd=top, PATH=str(old))
    assert (problem, advice) == ("git 1.8.3 is too old: at least 2.20 is needed", "install a newer git")


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_a_git_that_fails_for_another_reason_is_quoted(top: Path, tmp_path: Path) -> None:
    broken = fake_git(tmp_path / "broken", "echo 'fatal: no \033[31mreason' >&2; exit 128")
    assert refused("--staged", cwd=top, PATH=str(broken)) == ["git rev-parse failed: no \\x1b[31mreason"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs files of another user")
@every_source
def test_a_repository_of_another_user(source: Sequence[str], top: Path) -> None:
    for folder, _, names in os.walk(top):
        for path in (folder, *(os.path.join(folder, name) for name in names)):
            os.lchown(path, 12345, 12345)
    problem, advice = refused(*source, cwd=top)
    assert problem == f"{top}: git refuses to read this repository, because it belongs to another user"
    assert advice == f"if you trust it: git config --global --add safe.directory '{top}'"
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": str(top)}
    assert frontleak("scan", *source, cwd=top, env=trusted).code in {1, 2}  # safe.directory counts from files only


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs files of another user")
def test_safe_directory_of_the_user_counts(top: Path, tmp_path: Path) -> None:
    os.lchown(top, 12345, 12345)
    os.lchown(top / ".git", 12345, 12345)
    assert frontleak("scan", "--staged", cwd=top).code == 2
    write(tmp_path, {"gitconfig": f"[safe]\ndirectory = {top}\n"})
    assert frontleak("scan", "--staged", cwd=top, env={"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig")}).code == 1


@pytest.mark.parametrize("data", [b"", b"DIRC\0\0\0\x02\0\0\0\x09", b"\0" * 100], ids=["empty", "cut", "zeros"])
def test_a_damaged_index(data: bytes, top: Path) -> None:
    (top / ".git" / "index").write_bytes(data or b"x")
    problem, advice = refused("--staged", cwd=top)
    assert problem.startswith("the index of this repository is damaged: ")
    assert "git reset" in advice


def test_a_locked_index_can_be_read(top: Path) -> None:
    write(top, {".git/index.lock": ""})
    assert frontleak("scan", "--staged", cwd=top).code == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--diff", "gone"], "gone: no such commit"),
        (["--diff", "gone..HEAD"], "gone: no such commit"),
        (["--diff", "HEAD...gone"], "gone: no such commit"),
        (["--history", "gone..HEAD"], "gone: no such commit"),
        (["--history", "HEAD~9"], "HEAD~9: no such commit"),
        (["--diff", "HEAD:a.ts"], "HEAD:a.ts: no such commit"),
        (["--diff", ".."], "'..': not a range of commits"),
        (["--history", "a.ts"], "a.ts: no such commit; it is a path"),
        (["--history=."], "'.': not a range of commits"),
        (["--diff", "--output=x"], "--output=x: not the name of a commit"),
        (["--diff=--output=x"], "--output=x: not the name of a commit"),
        (["--diff", "HEAD..--output=x"], "--output=x: not the name of a commit"),
        (["--history=--output=x"], "--output=x: not the name of a commit"),
        (["--history=HEAD...--all"], "--all: not the name of a commit"),
        (["--diff", "a\nb"], "a\\nb: not the name of a commit"),
    ],
)
def test_a_range_that_does_not_exist(arguments: Sequence[str], problem: str, top: Path) -> None:
    assert refused(*arguments, cwd=top)[0] == problem
    assert not (top / "x").exists()


@pytest.mark.parametrize(
    "arguments", [["--staged", "--diff", "HEAD"], ["--diff", "HEAD", "--history"], ["--staged", "--history", "HEAD"]]
)
def test_only_one_source_at_a_time(arguments: Sequence[str], top: Path) -> None:
    assert "cannot be combined" in refused(*arguments, cwd=top)[0]


def test_a_repository_without_commits(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    assert refused("--history", cwd=folder)[0] == "this repository has no commits yet"
    assert refused("--diff", "HEAD~1..HEAD", cwd=folder)[0] == "HEAD~1: no such commit"
    assert frontleak("scan", "--staged", cwd=folder).code == 0


def test_a_shallow_clone_that_lacks_the_base(top: Path, tmp_path: Path) -> None:
    git(top, "branch", "base", "HEAD~1")
    git(top, "commit", "-qm", "3")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", "--no-single-branch", f"file://{top}", str(clone))
    problem, advice = refused("--diff", "origin/base", cwd=clone)
    assert problem == "origin/base: this shallow clone lacks the commit at which the two sides parted"
    assert "`git fetch --deepen=100`" in advice
    assert "`fetch-depth: 0`" in advice
    problem, advice = refused("--diff", "HEAD~1..HEAD", cwd=clone)
    assert problem == "HEAD~1: no such commit in this shallow clone"
    assert "`fetch-depth: 0`" in advice
    assert frontleak("scan", "--diff", "origin/base..HEAD", cwd=clone).code == 1  # both ends are there
    git(clone, "fetch", "-q", "--deepen=100")
    assert frontleak("scan", "--diff", "origin/base", cwd=clone).code == 1


def test_sides_without_a_common_commit(top: Path) -> None:
    git(top, "checkout", "-q", "--orphan", "lonely")
    git(top, "commit", "-qm", "alone")
    problem, advice = refused("--diff", "main", cwd=top)
    assert (problem, advice) == (
        "main: the two sides have no commit in common",
        "compare them directly, with two dots",
    )
    assert frontleak("scan", "--diff", "main..lonely", cwd=top).code == 1


def test_a_partial_clone_without_trees(top: Path, tmp_path: Path) -> None:
    git(top, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=tree:0", "--no-local", f"file://{top}", str(clone))
    for source in SOURCES:
        problem, advice = refused(*source, cwd=clone)
        assert problem.startswith("this partial clone lacks what the scan needs, and frontleak fetches nothing: ")
        assert advice == "fetch it first with `git fetch --refetch --no-filter`"
    git(clone, "fetch", "-q", "--refetch", "--no-filter")
    assert frontleak("scan", "--history", cwd=clone).code == 1


def test_a_bare_repository_has_a_history_and_nothing_staged(top: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(top), str(bare))
    assert refused("--staged", cwd=bare)[0].endswith("a bare repository has no index, so nothing can be staged in it")
    done = frontleak("scan", "--history", "--format", "json", cwd=bare)
    assert (done.code, [finding["path"] for finding in done.json()["findings"]]) == (1, ["b.ts"])
    assert frontleak("scan", "--diff", "HEAD~1..HEAD", cwd=bare).code == 1
    assert refused("--staged", cwd=top / ".git")[0].endswith("not in a git repository with a work tree")


def test_a_work_tree_elsewhere_is_refused(top: Path, tmp_path: Path) -> None:
    """A repository may name any folder as its work tree; nothing is read there."""
    write(tmp_path, {"home/secret.ts": leak("home")})
    git(top, "config", "core.worktree", str(tmp_path / "home"))
    problem, _ = refused("--staged", cwd=top)
    assert "which the working directory is not in" in problem


@pytest.mark.skipif(os.name == "nt", reason="the programs are shell scripts")
@every_source
def test_nothing_that_the_repository_configures_is_run(source: Sequence[str], top: Path) -> None:
    git(top, "reset", "-q")
    git(write(top, {"a.ts": f"1\n{leak('a')}"}), "commit", "-q", "--amend", "-am", "2")  # its lines are compared
    git(top, "add", "c.ts")
    script = write(top, {"evil.sh": f"#!/bin/sh\ntouch {shlex.quote(str(top / 'ran'))}\ncat\n"}) / "evil.sh"
    script.chmod(stat.S_IRWXU)
    evil = str(script)
    for name in ("pre-commit", "post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman"):
        (top / ".git" / "hooks").mkdir(exist_ok=True)
        (top / ".git" / "hooks" / name).symlink_to(script)
    settings = {
        **{f"core.{name}": evil for name in ("fsmonitor", "pager", "editor", "sshCommand", "askPass", "gitProxy")},
        "core.hooksPath": str(top / ".git" / "hooks"),
        "core.alternateRefsCommand": evil,
        "diff.external": evil,
        "diff.evil.command": evil,
        "diff.evil.textconv": evil,
        "diff.orderFile": str(top / "none"),
        "filter.evil.clean": evil,
        "filter.evil.smudge": evil,
        "filter.evil.process": evil,
        "filter.evil.required": "true",
        "gpg.program": evil,
        "log.showSignature": "true",
        "interactive.diffFilter": evil,
        "credential.helper": f"!{evil}",
        **{f"alias.{name}": f"!{evil}" for name in ("diff", "diff-tree", "diff-index", "cat-file", "rev-list", "log")},
        **{f"pager.{name}": evil for name in ("diff", "diff-tree", "rev-list", "cat-file", "ls-files", "ls-tree")},
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{evil}",
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": evil,
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
        "uploadpack.packObjectsHook": evil,
    }
    write(top, {".gitattributes": "* diff=evil filter=evil\n"})
    with open(top / ".git" / "config", "a") as file:
        for name, value in settings.items():
            section, _, key = name.rpartition(".")
            outer, _, inner = section.partition(".")
            header = f'[{outer} "{inner}"]' if inner else f"[{outer}]"
            file.write(f'{header}\n\t{key} = "{value}"\n')
    done: Run = frontleak("scan", *source, "--format", "json", cwd=top)
    assert (done.code, len(done.json()["findings"])) == (1, 1 if source[0] == "--staged" else 2)
    assert not (top / "ran").exists()
    # a blob that is missing would be fetched by the remote above
    blob = git(top, "-c", "core.fsmonitor=false", "rev-parse", f"{'' if source[0] == '--staged' else 'HEAD'}:b.ts")
    name = blob.decode().strip()
    (top / ".git" / "objects" / name[:2] / name[2:]).unlink()
    done = frontleak("scan", *source, "--format", "json", cwd=top)
    assert done.code in {1, 3}
    assert not (top / "ran").exists()
    if source[0] != "--staged":
        assert [(each["path"], each["code"]) for each in done.json()["skipped"]] == [("b.ts", "git")]


@pytest.mark.skipif(sys.platform != "linux", reason="a path of any bytes")
def test_a_folder_of_any_bytes(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff\nr"
    os.mkdir(folder)
    top = write(repository(Path(os.fsdecode(folder))), {"a.ts": leak("a")})
    git(top, "add", "-A")
    (top / "sub").mkdir()
    done = frontleak("scan", "--staged", "--format", "json", cwd=top)
    assert (done.code, [finding["path"] for finding in done.json()["findings"]]) == (1, ["a.ts"])
    assert frontleak("scan", "--staged", cwd=top / "sub").code == 1
