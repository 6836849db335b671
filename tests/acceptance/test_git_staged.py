"""`scan --staged` judges what the next commit will have: the bytes in the index, never those of the work tree."""

import json
import os
import shlex
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from frontleak.files.git.objects import GitObject, ObjectReader
from frontleak.files.interface import GitSelection
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from tests.acceptance.support import COMMAND, Run, frontleak, git, installed, repository, token, write
from tests.support.shipped import full_set


def staged(folder: Path, *arguments: str, **variables: str) -> Run:
    """Scan what is staged."""
    return frontleak("scan", "--staged", "--format", "json", *arguments, cwd=folder, env=variables)


def places(done: Run) -> list[tuple[str, int]]:
    return [(path, line) for path, line, _ in done.places()]


def skipped(done: Run) -> list[tuple[str, str]]:
    return [(each["path"], each["reason"]) for each in done.json()["skipped"]]


def leak(seed: str) -> str:
    return f"export const key = '{token(seed)}'\n"


CLEAN = "export const key = process.env.KEY\n"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = write(repository(tmp_path / "r"), {"a.ts": CLEAN, "src/b.ts": CLEAN, "old.ts": leak("old")})
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    return folder


def test_nothing_staged_is_clean(top: Path) -> None:
    write(top, {"a.ts": leak("unstaged"), "new.ts": leak("untracked")})
    done = staged(top)
    assert (done.code, places(done), skipped(done)) == (0, [], [])
    assert frontleak("scan", "--staged", cwd=top).out.startswith("Nothing to scan. Scanned 0 files")


def test_a_leak_that_only_the_work_tree_has_is_not_staged(top: Path) -> None:
    git(write(top, {"a.ts": f"{CLEAN}// better\n"}), "add", "a.ts")
    write(top, {"a.ts": leak("later")})
    assert (staged(top).code, places(staged(top))) == (0, [])


def test_a_leak_that_the_work_tree_no_longer_has_is_found(top: Path) -> None:
    git(write(top, {"a.ts": leak("staged")}), "add", "a.ts")
    write(top, {"a.ts": CLEAN})
    done = staged(top)
    assert (done.code, places(done)) == (1, [("a.ts", 1)])
    (top / "a.ts").unlink()
    assert staged(top).code == 1


def test_only_files_that_the_commit_changes_count(top: Path) -> None:
    git(write(top, {"a.ts": f"{CLEAN}1\n"}), "add", "a.ts")
    assert staged(top).json()["coverage"]["files"] == {"text": 1}  # not old.ts, which leaks


def test_deleted_files_are_not_scanned(top: Path) -> None:
    git(top, "rm", "-q", "old.ts", "a.ts")
    assert (staged(top).code, staged(top).json()["coverage"]["files"]) == (0, {})


def test_a_renamed_file_is_scanned_under_its_new_name(top: Path) -> None:
    git(top, "mv", "old.ts", "new.ts")
    assert places(staged(top)) == [("new.ts", 1)]


def test_before_the_first_commit_everything_in_the_index_counts(tmp_path: Path) -> None:
    folder = write(repository(tmp_path), {"a.ts": leak("first"), "b.ts": leak("untracked")})
    assert staged(folder).code == 0
    git(folder, "add", "a.ts")
    assert places(staged(folder)) == [("a.ts", 1)]


def test_a_submodule_is_noted_and_links_are_not_followed(top: Path, tmp_path: Path) -> None:
    inner = write(repository(tmp_path / "inner"), {"x.ts": leak("inner")})
    git(inner, "add", "-A")
    git(inner, "commit", "-qm", "x")
    git(top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    write(tmp_path, {"outside.ts": leak("outside")})
    (top / "link.ts").symlink_to("../outside.ts")
    git(top, "add", "link.ts")
    done = staged(top)
    assert (done.code, places(done)) == (0, [])
    assert skipped(done) == [("sub", "is a submodule; run frontleak in its own checkout")]


def test_a_path_in_conflict_makes_the_scan_incomplete(top: Path) -> None:
    git(top, "checkout", "-qb", "other")
    git(write(top, {"a.ts": "1\n"}), "commit", "-qam", "1")
    git(top, "checkout", "-q", "main")
    git(write(top, {"a.ts": "2\n"}), "commit", "-qam", "2")
    with pytest.raises(Exception, match="exit status 1"):
        git(top, "merge", "-q", "other")
    done = staged(top)
    assert done.code == 3
    assert skipped(done) == [("a.ts", "has merge conflicts, so nothing is staged; resolve them and `git add` it")]


def test_a_merge_has_what_the_other_branch_brings(top: Path) -> None:
    git(top, "checkout", "-qb", "other")
    git(write(top, {"src/new.ts": leak("branch")}), "add", "-A")
    git(top, "commit", "-qm", "other")
    git(top, "checkout", "-q", "main")
    git(write(top, {"a.ts": f"{CLEAN}1\n"}), "commit", "-qam", "main")
    git(top, "merge", "-q", "--no-commit", "other")
    assert places(staged(top)) == [("src/new.ts", 1)]


def hook(top: Path, name: str = "pre-commit", change: str = "") -> None:
    """Install a hook that scans what is staged."""
    file = write(top, {f".git/hooks/{name}": f"#!/bin/sh\n{change}exec {shlex.quote(COMMAND)} scan --staged\n"})
    (file / ".git" / "hooks" / name).chmod(stat.S_IRWXU)


def committed(top: Path, *arguments: str) -> bool:
    """Return whether a commit went through."""
    before = git(top, "rev-parse", "HEAD")
    try:
        git(top, "commit", "-qm", "x", *arguments)
    except Exception:  # noqa: BLE001 - git's exit code
        assert git(top, "rev-parse", "HEAD") == before
        return False
    return True


@pytest.mark.skipif(os.name == "nt", reason="the hook is for a POSIX shell")
@pytest.mark.parametrize("change", ["", "cd src\n"], ids=["at the top", "in a subfolder"])
def test_a_hook_judges_each_kind_of_commit(change: str, top: Path) -> None:
    hook(top, change=change)
    write(top, {"a.ts": leak("all")})
    assert not committed(top, "-a")  # git names the index of this commit in GIT_INDEX_FILE
    assert not committed(top, "a.ts")
    git(top, "add", "a.ts")
    write(top, {"a.ts": CLEAN})
    assert not committed(top)
    write(top, {"src/b.ts": f"{CLEAN}1\n"})
    assert committed(top, "--only", "src/b.ts")
    git(top, "add", "-A")
    write(top, {"src/b.ts": f"{CLEAN}2\n"})
    assert committed(top, "-a")


@pytest.mark.skipif(os.name == "nt", reason="the hook is for a POSIX shell")
@pytest.mark.parametrize("change", ["", "cd src\n"], ids=["at the top", "in a subfolder"])
def test_a_hook_works_in_a_linked_work_tree(change: str, top: Path, tmp_path: Path) -> None:
    hook(top, change=change)
    linked = tmp_path / "linked"
    git(top, "worktree", "add", "-q", str(linked), "-b", "linked")
    git(write(linked, {"src/b.ts": leak("linked")}), "add", "-A")
    assert not committed(linked)
    assert places(staged(linked)) == [("src/b.ts", 1)]
    assert staged(top).code == 0
    git(write(linked, {"src/b.ts": f"{CLEAN}1\n"}), "add", "-A")
    assert committed(linked)


def test_paths_select_and_count_from_the_working_directory(top: Path) -> None:
    files = {"src/b.ts": leak("b"), "src/deep/c.ts": leak("c"), "a.ts": leak("a"), "srcs.ts": leak("s")}
    git(write(top, files), "add", "-A")
    assert [path for path, _ in places(staged(top, "src"))] == ["src/b.ts", "src/deep/c.ts"]
    assert [path for path, _ in places(staged(top, "src/deep/", "a.ts"))] == ["a.ts", "src/deep/c.ts"]
    inside = staged(top / "src")
    assert [path for path, _ in places(inside)] == [f"{top}/a.ts", f"{top}/srcs.ts", "b.ts", "deep/c.ts"]
    assert [path for path, _ in places(staged(top / "src", "."))] == ["b.ts", "deep/c.ts"]
    assert [path for path, _ in places(staged(top / "src", "../a.ts"))] == [f"{top}/a.ts"]
    (top / "a.ts").unlink()
    assert [path for path, _ in places(staged(top, "a.ts"))] == ["a.ts"]


def test_a_path_that_does_not_exist_is_refused(top: Path) -> None:
    assert (staged(top, "gone.ts").code, staged(top, "gone.ts").problems) == (
        2,
        ["error: gone.ts: no such file or folder"],
    )
    assert staged(top, "..").problems == [f"error: ..: is outside the repository {top}"]
    assert staged(top, "-").code == 2


def test_exclude_patterns_hold_as_for_files(top: Path) -> None:
    git(write(top, {"src/b.ts": leak("b"), "a.ts": leak("a"), "x/gen/c.ts": leak("c")}), "add", "-A")
    done = staged(top, "--exclude", "gen", "--exclude", "/src")
    assert (places(done), done.json()["coverage"]["excluded"]) == ([("a.ts", 1)], 2)
    assert staged(top, "--exclude", "*.ts").code == 0
    write(top, {".frontleak.yaml": "exclude: ['src', 'a.ts']\n"})
    assert places(staged(top)) == [("x/gen/c.ts", 1)]
    assert [path for path, _ in places(staged(top / "src"))] == [f"{top}/x/gen/c.ts"]
    assert len(places(staged(top, "--no-exclude"))) == 3


def test_the_size_of_a_configuration_hides_nothing(top: Path) -> None:
    git(write(top, {"a.ts": leak("a") * 9}), "add", "-A")
    assert staged(top, "--max-file-size", "1000").code == 0
    assert [reason for _, reason in skipped(staged(top, "--max-file-size", "1000"))] == [
        f"{len(leak('a')) * 9:,} bytes, over --max-file-size"
    ]
    write(top, {".frontleak.yaml": "max-file-size: 1000\n"})
    assert staged(top).code == 3


def test_the_comment_that_is_staged_counts(top: Path) -> None:
    with_comment = f"// frontleak: ignore[sanity-token] known\n{leak('c')}"
    git(write(top, {"a.ts": with_comment}), "add", "-A")
    write(top, {"a.ts": leak("c")})
    assert (staged(top).code, len(staged(top).json()["suppressed"])) == (0, 1)
    git(top, "add", "-A")
    write(top, {"a.ts": with_comment})
    assert staged(top).code == 1


def test_a_staged_comment_that_names_a_fingerprint_counts_from_every_folder(top: Path) -> None:
    line = f"var key = '{token('d')}' // frontleak: ignore[sanity-token] "
    served = {"src/dist/index.html": "<script src=app.js></script>", "src/dist/app.js": line}
    git(write(top, served), "add", "-A")
    (finding,) = staged(top).json()["findings"]
    git(write(top, {"src/dist/app.js": f"{line}{finding['fingerprint']} public on purpose"}), "add", "-A")
    write(top, {"src/dist/app.js": line})
    for folder in (top, top / "src", top / "src" / "dist"):
        assert (staged(folder).code, len(staged(folder).json()["suppressed"])) == (0, 1), folder


def test_baseline_and_settings_hold_as_for_files(top: Path) -> None:
    write(top, {"src/b.ts": leak("b")})
    assert frontleak("baseline", "create", cwd=top).code == 0
    git(write(top, {"src/b.ts": f"\n{leak('b')}", "a.ts": leak("a")}), "add", "src", "a.ts")
    done = staged(top)
    assert (places(done), len(done.json()["suppressed"])) == ([("a.ts", 1)], 1)
    write(top, {".frontleak.yaml": "overrides:\n  - files: [a.ts]\n    ignore: [sanity-token]\n"})
    assert staged(top).code == 0


def test_fingerprints_are_those_of_files(top: Path) -> None:
    git(write(top, {"src/b.ts": leak("b")}), "add", "-A")
    (of_index,) = staged(top).json()["findings"]
    (of_file,) = frontleak("scan", "--format", "json", "src/b.ts", cwd=top).json()["findings"]
    assert of_index["fingerprint"] == of_file["fingerprint"]


def test_bytes_are_those_of_the_blob_without_filters(top: Path) -> None:
    marker = top / "ran"
    filters = "*.ts filter=evil diff=evil\n*.txt text eol=crlf working-tree-encoding=UTF-16\n"
    git(top, "config", "filter.evil.smudge", f"touch '{marker}'; cat")
    git(top, "config", "filter.evil.clean", "cat")
    git(top, "config", "core.autocrlf", "true")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"
    git(write(top, {".gitattributes": filters, "a.ts": f"\n{leak('a')}", "model.bin": pointer}), "add", "-A")
    text = f"first\n{leak('t')}"
    write(top, {"t.txt": text.encode("utf-16")})
    git(top, "add", "-A")
    assert places(staged(top)) == [("a.ts", 2), ("t.txt", 2)]
    assert not marker.exists()


def test_names_may_have_any_bytes(top: Path) -> None:
    names = [b"new\nline.ts", b"-rf.ts", b"\xff\xfe.ts", b"tab\t.ts", b" space.ts", "ü.ts".encode()]
    for number, name in enumerate(names):
        with open(os.fsencode(top) + b"/" + name, "w") as file:
            file.write(leak(str(number)))
    git(top, "add", "-A")
    done = staged(top)
    assert done.code == 1
    assert sorted(path for path, _ in places(done)) == sorted(
        ["new\\nline.ts", "-rf.ts", "\\xff\\xfe.ts", "tab\\t.ts", " space.ts", "ü.ts"]
    )
    assert frontleak("scan", "--staged", "--format", "sarif", cwd=top).code == 1


def test_sparse_and_partial_clones_are_judged_by_the_index(top: Path, tmp_path: Path) -> None:
    git(write(top, {"deep/d.ts": "1\n", "deep/e.ts": leak("e")}), "add", "-A")
    git(top, "commit", "-qm", "deep")
    git(top, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--sparse", "--no-local", f"file://{top}", str(clone))
    git(clone, "sparse-checkout", "set", "src")
    assert not (clone / "deep").exists()
    git(write(clone, {"src/b.ts": leak("b")}), "add", "src")
    assert places(staged(clone)) == [("src/b.ts", 1)]
    # a blob that was never fetched: staged again under another name
    missing = git(clone, "rev-parse", "HEAD:deep/e.ts").decode().strip()
    git(clone, "update-index", "--add", "--cacheinfo", f"100644,{missing},moved.ts")
    done = staged(clone)
    assert done.code == 1
    (problem,) = done.json()["skipped"]
    assert (problem["path"], problem["incomplete"], problem["code"]) == ("moved.ts", True, "git")
    assert f"`git cat-file -e {missing}` fetches it" in problem["reason"]
    git(clone, "rm", "-q", "--cached", "src/b.ts")
    assert staged(clone).code == 3
    assert missing.encode() not in git(
        clone, "-c", "protocol.allow=never", "cat-file", "--batch-all-objects", "--batch-check"
    )
    git(clone, "cat-file", "-e", missing)  # the way out
    assert places(staged(clone)) == [("moved.ts", 1)]


def test_the_map_next_to_a_staged_script_is_that_of_the_index(top: Path) -> None:
    script = f"const k='{token('m')}';\n//# sourceMappingURL=app.js.map\n"
    good = '{"version":3,"sources":["../src/right.ts"],"mappings":"AAAA","names":[]}'
    git(write(top, {"dist/app.js": script, "dist/app.js.map": good}), "add", "-f", "dist")
    write(top, {"dist/app.js.map": good.replace("right", "wrong"), "dist/app.js": "1"})
    (finding,) = staged(top).json()["findings"]
    assert finding["original"]["path"].endswith("src/right.ts")
    git(top, "rm", "-qf", "--cached", "dist/app.js.map")  # what is not tracked is read from the work tree
    (finding,) = staged(top).json()["findings"]
    assert finding["original"]["path"].endswith("src/wrong.ts")
    (top / "dist" / "app.js.map").unlink()
    outside = write(top.parent, {"outside/app.js.map": good}) / "outside" / "app.js.map"
    (top / "dist" / "app.js.map").symlink_to(outside)
    (finding,) = staged(top).json()["findings"]
    assert finding["original"] is None


PROJECT = {
    "package.json": '{"private": true, "dependencies": {"next": "15.0.0", "@sanity/client": "7.0.0"}}\n',
    "app/page.tsx": "'use client'\nimport { client } from '../lib/client'\nexport default () => client.fetch('*')\n",
    "lib/client.ts": "import { createClient } from '@sanity/client'\nexport const client = createClient({projectId: 'abc', dataset: 'x', token: process.env.NEXT_PUBLIC_TOKEN})\n",
}
GOOD_CLIENT = PROJECT["lib/client.ts"].replace(", token: process.env.NEXT_PUBLIC_TOKEN", "")


def rules(done: Run) -> list[tuple[str, str]]:
    return sorted((finding["rule"], finding["path"]) for finding in done.json()["findings"])


def code_findings(folder: Path) -> list[tuple[str, str]]:
    return [row for row in rules(staged(folder)) if row[0].startswith("sanity-")]


def test_staged_source_code_is_analysed_as_it_is_staged(tmp_path: Path) -> None:
    top = write(repository(tmp_path), PROJECT)
    git(top, "add", "-A")
    expected = code_findings(top)
    assert ("sanity-token-in-client", "lib/client.ts") in expected or expected
    write(top, {"lib/client.ts": GOOD_CLIENT, "app/page.tsx": "export default () => null\n"})
    assert code_findings(top) == expected
    git(top, "add", "-A")
    write(top, PROJECT)
    assert code_findings(top) == []


def test_a_file_that_only_looks_unchanged_is_read_from_the_index(tmp_path: Path) -> None:
    """A filter, or a tool that keeps times, can give the work tree other bytes of the same size and time."""
    top = write(repository(tmp_path), PROJECT)
    for path in PROJECT:
        os.utime(top / path, (1_700_000_000, 1_700_000_000))
    git(top, "add", "-A")
    expected = code_findings(top)
    assert expected
    write(top, {"lib/client.ts": PROJECT["lib/client.ts"].replace("NEXT_PUBLIC_TOKEN", "UNPUBLISHED_TOKEN")})
    os.utime(top / "lib/client.ts", (1_700_000_000, 1_700_000_000))
    assert git(top, "-c", "core.trustctime=false", "diff", "--name-only") == b""
    assert code_findings(top) == expected


def test_unchanged_files_around_staged_code_are_read_from_the_work_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git would have to unpack each of them, and a project has thousands."""
    pages = {f"lib/page{number}.ts": f"import '../lib/client'\nexport default {number}\n" for number in range(300)}
    top = write(repository(tmp_path), {**PROJECT, **pages})
    for path in (*PROJECT, *pages):
        os.utime(top / path, (1_700_000_000, 1_700_000_000))
    git(top, "add", "-A")
    git(top, "commit", "-qm", "x")
    git(write(top, {"lib/client.ts": f"{PROJECT['lib/client.ts']}// staged\n"}), "add", "-A")
    asked: list[str] = []
    blob = ObjectReader.blob

    def counted(reader: ObjectReader, name: str, most: int) -> GitObject:
        asked.append(name)
        return blob(reader, name, most)

    monkeypatch.chdir(top)
    monkeypatch.setattr(ObjectReader, "blob", counted)
    report = scan(full_set(), ScanOptions(paths=(), jobs=1, git=GitSelection("staged")))
    assert [finding.place.origin.path for finding in report.findings] == ["lib/client.ts"]
    assert report.coverage.code["files"] > 300
    assert len(asked) < 30


def test_imports_of_staged_code_are_followed_in_the_index_first(tmp_path: Path) -> None:
    top = write(repository(tmp_path), {**PROJECT, "app/page.tsx": "export default () => null\n", ".gitignore": "gen\n"})
    git(top, "add", "-A")
    git(top, "commit", "-qm", "x")
    git(write(top, {"app/page.tsx": PROJECT["app/page.tsx"]}), "add", "app")
    write(top, {"lib/client.ts": GOOD_CLIENT})  # not staged: the commit still leaks
    assert [path for _, path in code_findings(top)] == ["lib/client.ts"]
    git(top, "add", "lib")
    write(top, {"lib/client.ts": PROJECT["lib/client.ts"]})
    assert code_findings(top) == []
    # what git does not track is read from the work tree
    page = PROJECT["app/page.tsx"].replace("../lib", "../gen")
    git(write(top, {"app/page.tsx": page, "gen/client.ts": PROJECT["lib/client.ts"]}), "add", "app")
    assert [path for _, path in code_findings(top)] == ["gen/client.ts"]


def test_the_sarif_address_is_that_of_the_repository(top: Path) -> None:
    git(write(top, {"src/b.ts": leak("b")}), "add", "-A")
    log: dict[str, Any] = frontleak("scan", "--staged", "--format", "sarif", cwd=top / "src").json()
    (result,) = log["runs"][0]["results"]
    address = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert address == {"uri": "src/b.ts", "uriBaseId": "SRCROOT"}


def test_many_staged_files_are_scanned_in_several_processes(top: Path) -> None:
    block = "export const a = 'nothing to see here, only a long line of text'\n" * 14_000
    files = {f"big/{number}.ts": f"// {number}\n{block}{leak(str(number))}" for number in range(70)}
    git(write(top, files), "add", "-A")
    done = installed("scan", "--staged", "--format", "json", "--jobs", "2", cwd=top)
    assert (done.code, len(places(done))) == (1, 70)
    assert [path for path, _ in places(done)] == sorted(files)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_few_processes_of_git_run_and_all_have_ended_when_the_scan_has(top: Path) -> None:
    git(write(top, {"a.ts": leak("a"), "src/b.ts": leak("b")}), "add", "-A")
    assert staged(top, GIT_TRACE2_EVENT=str(top / "trace")).code == 1
    started = [
        json.loads(line)["sid"] for line in (top / "trace").read_text().splitlines() if '"event":"start"' in line
    ]
    assert 3 <= len(started) <= 4  # the top, what is staged, its bytes, and its comments
    assert not [sid for sid in started if Path(f"/proc/{int(sid.rpartition('-P')[2], 16)}").exists()]
