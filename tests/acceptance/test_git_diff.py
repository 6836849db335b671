"""`scan --diff` reports what a branch adds, on the lines of its new side."""

import os
from pathlib import Path

import pytest

from tests.acceptance.support import Run, frontleak, git, repository, token, write


def leak(seed: str) -> str:
    return f"export const key = '{token(seed)}'\n"


CLEAN = "export const key = process.env.KEY\n"
LINES = "".join(f"line {number}\n" for number in range(1, 21))


def diff(folder: Path, text: str = "main", *arguments: str) -> Run:
    """Scan a range."""
    return frontleak("scan", "--diff", text, "--format", "json", *arguments, cwd=folder)


def places(done: Run) -> list[tuple[str, int]]:
    return [(path, line) for path, line, _ in done.places()]


def commit(folder: Path, files: dict[str, str | bytes]) -> None:
    git(write(folder, files), "add", "-A")
    git(folder, "commit", "-qm", "x")


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with a branch `feature` that has left `main`, checked out."""
    folder = repository(tmp_path / "r")
    commit(folder, {"a.ts": f"{LINES}{leak('old')}", "src/b.ts": CLEAN, "moved.ts": f"{LINES}{leak('moved')}"})
    git(folder, "checkout", "-qb", "feature")
    return folder


def test_old_findings_in_changed_files_are_left_out(top: Path) -> None:
    commit(top, {"a.ts": f"new\n{LINES}{leak('old')}"})
    done = diff(top)
    assert (done.code, places(done)) == (0, [])
    assert done.json()["coverage"]["unchanged"] == 1
    said = frontleak("scan", "--diff", "main", cwd=top).out
    assert "Left out: 1 finding on lines that the range does not add.\n" in said


def test_new_findings_have_the_lines_of_the_new_side(top: Path) -> None:
    commit(top, {"a.ts": f"new\n{LINES}{leak('old')}more\n{leak('new')}"})
    assert places(diff(top)) == [("a.ts", 24)]
    assert diff(top).code == 1


def test_a_changed_line_is_new(top: Path) -> None:
    commit(top, {"a.ts": f"{LINES}{leak('old').rstrip()} // still\n"})
    assert places(diff(top)) == [("a.ts", 21)]


def test_a_secret_of_several_lines_is_new_if_one_of_them_is(top: Path) -> None:
    body = [token(str(number))[:64] for number in range(8)]
    key = ["-----BEGIN " + "PRIVATE KEY-----", *body, "-----END " + "PRIVATE KEY-----"]
    commit(top, {"key.pem": "\n".join(["x", *key, ""])})
    git(top, "checkout", "-qb", "next")
    key[4] = token("other")[:64]
    commit(top, {"key.pem": "\n".join(["x", *key, ""])})
    assert places(diff(top, "feature")) == [("key.pem", 2)]


def test_new_files_count_as_a_whole_and_deleted_ones_not(top: Path) -> None:
    commit(top, {"src/new.ts": f"\n{leak('new')}"})
    git(top, "rm", "-q", "moved.ts")
    git(top, "commit", "-qm", "x")
    assert places(diff(top)) == [("src/new.ts", 2)]


def test_a_file_that_only_moved_adds_nothing(top: Path) -> None:
    git(top, "mv", "moved.ts", "src/here.ts")
    git(top, "commit", "-qm", "x")
    assert (diff(top).code, places(diff(top))) == (0, [])
    commit(top, {"src/here.ts": f"{LINES}{leak('moved')}{leak('here')}"})
    assert places(diff(top)) == [("src/here.ts", 22)]


def test_ranges_are_those_of_git(top: Path) -> None:
    commit(top, {"src/new.ts": leak("new")})
    git(top, "checkout", "-q", "main")
    commit(top, {"src/main.ts": leak("main")})
    git(top, "tag", "-am", "x", "v1")
    for text, expected in {
        "feature": ["src/main.ts"],
        "main..feature": ["src/new.ts"],
        "main...feature": ["src/new.ts"],
        "v1...feature": ["src/new.ts"],
        "feature..main": ["src/main.ts"],
        "feature..": ["src/main.ts"],
        "...feature": ["src/new.ts"],
        "HEAD~1": ["src/main.ts"],
        "HEAD": [],
    }.items():
        assert [path for path, _ in places(diff(top, text))] == expected, text


def test_nothing_of_the_work_tree_counts(top: Path) -> None:
    commit(top, {"src/new.ts": leak("new")})
    write(top, {"src/new.ts": CLEAN, "a.ts": leak("work tree")})
    git(write(top, {"src/b.ts": leak("staged")}), "add", "src/b.ts")
    assert places(diff(top)) == [("src/new.ts", 1)]
    git(top, "reset", "-q", "--hard")
    git(top, "checkout", "-q", "main")
    assert places(diff(top, "main...feature")) == [("src/new.ts", 1)]


def test_the_comment_and_the_baseline_of_the_new_side_count(top: Path) -> None:
    commit(top, {"src/new.ts": f"// frontleak: ignore[sanity-token] known\n{leak('new')}"})
    write(top, {"src/new.ts": leak("new")})
    assert (diff(top).code, len(diff(top).json()["suppressed"])) == (0, 1)
    assert frontleak("baseline", "create", cwd=top).code == 0
    commit(top, {"src/new.ts": f"{leak('new')}{leak('newer')}"})
    assert places(diff(top)) == [("src/new.ts", 2)]


def test_paths_and_patterns_select(top: Path) -> None:
    commit(top, {"src/new.ts": leak("new"), "c.ts": leak("c"), "gen/d.ts": leak("d")})
    assert places(diff(top, "main", "src", "gen")) == [("gen/d.ts", 1), ("src/new.ts", 1)]
    assert places(diff(top, "main", "--exclude", "gen", "--exclude", "*/new.ts")) == [("c.ts", 1)]
    done = frontleak("scan", "--diff", "main", "--format", "json", ".", cwd=top / "src")
    assert places(done) == [("new.ts", 1)]


def test_a_binary_file_counts_as_a_whole(top: Path) -> None:
    binary = b"\0\1\2" * 20 + leak("binary").encode()
    commit(top, {"a.bin": binary})
    git(top, "checkout", "-qb", "next")
    assert places(diff(top, "feature")) == []
    commit(top, {"a.bin": b"\0" + binary})
    assert [path for path, _ in places(diff(top, "feature"))] == ["a.bin"]


def test_an_archive_counts_as_a_whole(top: Path) -> None:
    import gzip

    commit(top, {"a.txt.gz": gzip.compress(leak("z").encode(), mtime=0)})
    git(top, "checkout", "-qb", "next")
    commit(top, {"a.txt.gz": gzip.compress((CLEAN + leak("z")).encode(), mtime=0)})
    assert [path for path, _ in places(diff(top, "feature"))] == ["a.txt.gz"]
    commit(top, {"other.ts": CLEAN})
    assert places(diff(top, "HEAD~1")) == []


def test_names_may_have_any_bytes(top: Path) -> None:
    for name in (b"new\nline.ts", b"\xff.ts", b"--x.ts", b":(glob)*.ts"):
        with open(os.fsencode(top) + b"/" + name, "w") as file:
            file.write(f"{LINES}{leak(repr(name))}")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "x")
    expected = ["--x.ts", ":(glob)*.ts", "\\xff.ts", "new\\nline.ts"]
    assert [path for path, _ in places(diff(top))] == expected
    git(top, "checkout", "-qb", "next")
    for name in (b"new\nline.ts", b"\xff.ts", b"--x.ts", b":(glob)*.ts"):
        with open(os.fsencode(top) + b"/" + name, "a") as file:
            file.write("more\n")
    git(top, "commit", "-qam", "x")
    assert (places(diff(top, "feature")), diff(top, "feature").json()["coverage"]["unchanged"]) == ([], 4)


def test_settings_of_the_repository_change_nothing(top: Path) -> None:
    settings = {
        "diff.noprefix": "true",
        "diff.context": "50",
        "diff.interHunkContext": "50",
        "diff.renames": "false",
        "diff.relative": "true",
        "diff.algorithm": "patience",
        "diff.ignoreSubmodules": "all",
        "diff.wordRegex": ".",
        "diff.mnemonicPrefix": "true",
        "color.ui": "always",
        "color.diff": "always",
        "core.quotePath": "true",
        "diff.colorMoved": "zebra",
    }
    commit(top, {"a.ts": f"new\n{LINES}{leak('old')}more\n{leak('new')}"})
    git(top, "mv", "moved.ts", "src/here.ts")
    git(top, "commit", "-qm", "x")
    for name, value in settings.items():
        git(top, "config", name, value)
    assert places(diff(top)) == [("a.ts", 24)]
    assert places(frontleak("scan", "--diff", "main", "--format", "json", cwd=top / "src")) == [(f"{top}/a.ts", 24)]


def test_a_partial_clone_compares_what_it_has(top: Path, tmp_path: Path) -> None:
    commit(top, {"a.ts": f"new\n{LINES}{leak('old')}{leak('new')}"})
    git(top, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-local", f"file://{top}", str(clone))
    # the old side of a.ts was never fetched: its lines cannot be compared, so all count
    assert places(diff(clone, "origin/main")) == [("a.ts", 22), ("a.ts", 23)]
    bare = tmp_path / "bare"
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", "--no-local", f"file://{top}", str(bare))
    done = diff(bare, "main")
    assert (done.code, [each["path"] for each in done.json()["skipped"]]) == (3, ["a.ts"])


PROJECT: dict[str, str | bytes] = {
    "package.json": '{"private": true, "dependencies": {"next": "15.0.0", "@sanity/client": "7.0.0"}}\n',
    "app/page.tsx": "export default () => null\n",
    "lib/client.ts": "import { createClient } from '@sanity/client'\nexport const client = createClient({projectId: 'abc', dataset: 'x', token: process.env.NEXT_PUBLIC_TOKEN})\n",
}
USING = "'use client'\nimport { client } from '../lib/client'\nexport default () => client.fetch('*')\n"


def test_an_import_that_ships_an_old_token_is_what_the_branch_adds(tmp_path: Path) -> None:
    top = repository(tmp_path)
    commit(top, PROJECT)
    git(top, "checkout", "-qb", "feature")
    commit(top, {"app/page.tsx": USING})
    write(top, dict.fromkeys(PROJECT, ""))  # the work tree has no part in it
    found = [(finding["rule"], finding["path"]) for finding in diff(top).json()["findings"]]
    assert [path for _, path in found] == ["lib/client.ts"]
    git(top, "reset", "-q", "--hard")
    git(top, "checkout", "-qb", "next")
    commit(
        top, {"app/page.tsx": f"{USING}// nothing new\n", "lib/client.ts": f"{PROJECT['lib/client.ts']!s}// nothing\n"}
    )
    assert places(diff(top, "feature")) == []


def test_files_that_builds_should_not_serve_count_when_they_are_new(top: Path) -> None:
    commit(top, {"dist/.env": "A=1\n", "dist/index.html": "<p>", "dist/app.js": "1"})
    git(top, "add", "-f", "dist")
    git(top, "checkout", "-qb", "next")
    commit(top, {"dist/.env": "A=2\n"})
    assert [path for path, _ in places(diff(top, "main...feature"))] == ["dist/.env"]
    assert places(diff(top, "feature")) == []
