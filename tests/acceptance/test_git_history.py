"""`scan --history` reads every blob once, and names the commits that brought and removed a secret."""

import os
import pty
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from frontleak.files.git.objects import GitObject, ObjectReader
from frontleak.files.interface import GitSelection
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from tests.acceptance.support import COMMAND, PATIENCE, Run, environment, frontleak, git, repository, token, write
from tests.support.histories import long_history
from tests.support.shipped import full_set


def leak(seed: str) -> str:
    return f"export const key = '{token(seed)}'\n"


CLEAN = "export const key = process.env.KEY\n"


def history(folder: Path, *arguments: str) -> Run:
    """Scan the history."""
    return frontleak("scan", "--format", "json", "--history", *arguments, cwd=folder)


class Written:
    """A repository whose commits have names and days."""

    def __init__(self, folder: Path) -> None:
        self.top = repository(folder)
        self.names: dict[str, str] = {}

    def commit(self, name: str, files: Mapping[str, str | bytes | None]) -> None:
        for path in (path for path, text in files.items() if text is None):
            (self.top / path).unlink()
        write(self.top, {path: text for path, text in files.items() if text is not None})
        git(self.top, "add", "-A")
        self.close(name, "commit", "-qm", name)

    def close(self, name: str, *command: str) -> None:
        """Run a command that makes a commit, and note its id."""
        day = f"2026-01-{len(self.names) + 1:02}T12:00:00Z"
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *command],
            cwd=self.top,
            env=environment(GIT_COMMITTER_DATE=day, GIT_AUTHOR_DATE=day, GIT_CONFIG_NOSYSTEM="1"),
            check=True,
            capture_output=True,
        )
        self.names[git(self.top, "rev-parse", "HEAD").decode().strip()] = name

    def lives(self, done: Run) -> dict[str, tuple[str, str]]:
        """Return path -> (commit that brought the secret, commit that removed it or where it still is)."""
        found: dict[str, tuple[str, str]] = {}
        for finding in done.json()["findings"]:
            life: dict[str, Any] = finding["history"]
            end = "HEAD" if life["in_head"] else self.names[life["removed"]["id"]] if life["removed"] else "a branch"
            found[finding["path"]] = (self.names[life["brought"]["id"]], end)
        return found


@pytest.fixture
def repo(tmp_path: Path) -> Written:
    return Written(tmp_path / "r")


def test_a_leak_that_was_removed_is_found_with_both_commits(repo: Written) -> None:
    repo.commit("one", {"a.ts": CLEAN})
    repo.commit("two", {"a.ts": leak("a"), "src/b.ts": CLEAN})
    repo.commit("three", {"a.ts": f"{leak('a')}// more\n"})
    repo.commit("four", {"a.ts": CLEAN})
    done = history(repo.top)
    assert (done.code, repo.lives(done)) == (1, {"a.ts": ("two", "four")})
    (finding,) = done.json()["findings"]
    assert [repo.names[place["commit"]] for place in (finding, *finding["also_at"])] == ["two", "three"]
    assert finding["history"]["brought"]["date"] == "2026-01-02"
    assert finding["history"]["removed"]["date"] == "2026-01-04"
    assert done.json()["coverage"]["commits"] == 4
    two, three, four = (name[:10] for name, word in repo.names.items() if word in ("two", "three", "four"))
    said = frontleak("scan", "--history", cwd=repo.top).out
    assert said.startswith(f"{two}:a.ts:1:21  high  Sanity API token  [sanity-token]\n")
    assert f"    also at {three}:a.ts:1:21\n" in said
    assert f"    brought by commit {two} (2026-01-02), removed in {four} (2026-01-04)\n" in said
    assert "Scanned 3 files of 4 commits, " in said


def test_a_leak_that_is_still_there_says_so(repo: Written) -> None:
    repo.commit("one", {"a.ts": leak("a")})
    repo.commit("two", {"b.ts": leak("b"), "c.ts": leak("c")})
    repo.commit("three", {"a.ts": None, "moved.ts": leak("a"), "b.ts": f"\n{leak('b')}", "c.ts": None})
    assert repo.lives(history(repo.top)) == {"a.ts": ("one", "HEAD"), "b.ts": ("two", "HEAD"), "c.ts": ("two", "three")}


def test_a_leak_that_came_back_was_removed_at_the_end(repo: Written) -> None:
    for name, text in (("one", leak("a")), ("two", CLEAN), ("three", leak("a")), ("four", None)):
        repo.commit(name, {"a.ts": text, "b.ts": name})
    assert repo.lives(history(repo.top)) == {"a.ts": ("one", "four")}


def test_every_branch_tag_and_stash_counts_and_ranges_select(repo: Written) -> None:
    repo.commit("one", {"a.ts": CLEAN})
    git(repo.top, "checkout", "-qb", "other")
    repo.commit("two", {"b.ts": leak("b")})
    git(repo.top, "checkout", "-q", "main")
    repo.commit("three", {"c.ts": leak("c")})
    repo.commit("four", {"c.ts": CLEAN})
    write(repo.top, {"c.ts": leak("stash")})
    git(repo.top, "stash", "-q")
    found = [(each["path"], each["history"]["in_head"]) for each in history(repo.top).json()["findings"]]
    assert sorted(found) == [("b.ts", False), ("c.ts", False), ("c.ts", False)]
    for text, expected in {
        "main": {"c.ts": ("three", "four")},
        "main..other": {"b.ts": ("two", "a branch")},
        "main~1..main": {},
        "main~2..main": {"c.ts": ("three", "four")},
        "main...other": {"b.ts": ("two", "a branch"), "c.ts": ("three", "four")},
    }.items():
        assert repo.lives(history(repo.top, text)) == expected, text
    said = frontleak("scan", "--history=main..other", cwd=repo.top).out
    assert ", not in HEAD, but still on another branch\n" in said


def test_what_only_a_merge_brings_is_found(repo: Written) -> None:
    repo.commit("one", {"a.ts": "1\n"})
    git(repo.top, "checkout", "-qb", "other")
    repo.commit("two", {"a.ts": "2\n", "b.ts": leak("b")})
    git(repo.top, "checkout", "-q", "main")
    repo.commit("three", {"a.ts": "3\n"})
    with pytest.raises(subprocess.CalledProcessError):
        git(repo.top, "merge", "-q", "other")
    git(write(repo.top, {"a.ts": leak("merge")}), "add", "-A")
    repo.close("merge", "commit", "-qm", "merge")
    assert repo.lives(history(repo.top)) == {"a.ts": ("merge", "HEAD"), "b.ts": ("two", "HEAD")}


def test_what_a_merge_leaves_behind_was_removed_by_it(repo: Written) -> None:
    repo.commit("one", {"a.ts": "1\n"})
    git(repo.top, "checkout", "-qb", "other")
    repo.commit("two", {"a.ts": leak("a")})
    git(repo.top, "checkout", "-q", "main")
    repo.commit("three", {"b.ts": "3\n"})
    repo.close("merge", "merge", "-q", "-s", "ours", "other", "-m", "merge")
    assert repo.lives(history(repo.top)) == {"a.ts": ("two", "a branch")}
    git(repo.top, "branch", "-qD", "other")
    assert repo.lives(history(repo.top)) == {"a.ts": ("two", "merge")}


def test_equal_bytes_are_read_once_unless_their_path_is_excluded(repo: Written) -> None:
    repo.commit("one", {"gen/a.ts": leak("a"), "b.ts": leak("a"), "src/c.ts": leak("a")})
    done = history(repo.top)
    assert done.json()["coverage"]["files"] == {"text": 1}
    assert repo.lives(history(repo.top, "--exclude", "b.ts", "--exclude", "gen")) == {"src/c.ts": ("one", "HEAD")}
    assert repo.lives(history(repo.top, "--", "src")) == {"src/c.ts": ("one", "HEAD")}
    assert history(repo.top / "src", "--", "../gen").json()["findings"][0]["path"] == f"{repo.top}/gen/a.ts"


def test_links_and_submodules_are_no_files(repo: Written, tmp_path: Path) -> None:
    write(repo.top, {"a.ts": "1"})
    (repo.top / "link").symlink_to("a.ts")
    git(repo.top, "add", "-A")
    git(repo.top, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    repo.close("one", "commit", "-qm", "one")
    done = history(repo.top)
    assert (done.code, done.json()["coverage"]["files"], done.json()["skipped"]) == (0, {"text": 1}, [])


def test_what_a_team_accepts_holds_for_old_commits_too(repo: Written) -> None:
    repo.commit("one", {"a.ts": leak("a"), "b.ts": f"// frontleak: ignore[sanity-token] known\n{leak('b')}"})
    assert frontleak("baseline", "create", cwd=repo.top).code == 0
    repo.commit("two", {"a.ts": f"{CLEAN}{leak('a')}", "b.ts": CLEAN, "c.ts": leak("c")})
    repo.commit("three", {"a.ts": CLEAN, "c.ts": CLEAN})
    done = history(repo.top)
    assert repo.lives(done) == {"c.ts": ("two", "three")}
    assert sorted(each["suppressed_by"]["kind"] for each in done.json()["suppressed"]) == ["baseline", "comment"]
    (finding,) = done.json()["findings"]
    write(repo.top, {"c.ts": leak("c")})
    (now,) = frontleak("scan", "--format", "json", "c.ts", cwd=repo.top).json()["findings"]
    assert now["fingerprint"] == finding["fingerprint"]


def test_a_file_that_is_too_large_makes_the_scan_incomplete(repo: Written) -> None:
    repo.commit("one", {"a.ts": leak("a") * 20, "b.ts": CLEAN})
    repo.commit("two", {"a.ts": CLEAN})
    done = history(repo.top, "--max-file-size", "1000")
    assert done.code == 3
    (skip,) = done.json()["skipped"]
    assert (skip["path"], repo.names[skip["commit"]], skip["incomplete"]) == ("a.ts", "one", True)
    assert skip["reason"] == f"{len(leak('a')) * 20:,} bytes, over --max-file-size"


def test_archives_maps_and_names_of_old_commits(repo: Written) -> None:
    import gzip

    script = f"const k='{token('m')}';\n//# sourceMappingURL=app.js.map\n"
    sources = '{"version":3,"sources":["../src/then.ts"],"mappings":"AAAA","names":[]}'
    repo.commit(
        "one",
        {"dist/app.js": script, "dist/app.js.map": sources, "z.txt.gz": gzip.compress(leak("z").encode(), mtime=0)},
    )
    with open(os.fsencode(repo.top) + b"/new\nline\xff.ts", "w") as file:
        file.write(leak("name"))
    repo.commit("two", {"dist/app.js": None, "dist/app.js.map": sources.replace("then", "now")})
    git(repo.top, "rm", "-rq", ".")
    repo.close("three", "commit", "-qm", "three")
    done = history(repo.top)
    lives = repo.lives(done)
    assert lives == {
        "dist/app.js": ("one", "two"),
        "z.txt.gz": ("one", "three"),
        "new\\nline\\xff.ts": ("two", "three"),
    }
    (mapped,) = (finding for finding in done.json()["findings"] if finding["path"] == "dist/app.js")
    assert mapped["original"]["path"].endswith("src/then.ts")
    # the work tree has no part in it
    repo.commit("four", {"dist/other.js": script.replace("app.js.map", "lost.js.map")})
    write(repo.top, {"dist/lost.js.map": sources, "dist/other.js.map": sources})
    (unmapped,) = history(repo.top, "HEAD~1..HEAD").json()["findings"]
    assert (unmapped["path"], unmapped["original"]) == ("dist/other.js", None)
    assert frontleak("scan", "--history", cwd=repo.top).code == 1


def test_a_name_that_is_a_secret_stays_hidden(repo: Written) -> None:
    name = token("name")
    repo.commit("one", {f"src/{name}.ts": leak("name"), f"{name[:60]}/b.ts": leak("b")})
    repo.commit("two", {f"src/{name}.ts": CLEAN})
    for form in ("text", "json", "sarif"):
        done = frontleak("scan", "--history", "--format", form, cwd=repo.top)
        assert done.code == 1
        assert not [at for at in range(len(name) - 12) if name[at : at + 12] in done.out]
    for source in (["--diff", "HEAD~1..HEAD"], ["--staged"]):
        write(repo.top, {f"src/{name}2.ts": leak("name")})
        git(repo.top, "add", "-A")
        done = frontleak("scan", *source, cwd=repo.top)
        assert not [at for at in range(len(name) - 12) if name[at : at + 12] in done.out]


def test_sarif_has_addresses_of_the_repository_and_the_commits(repo: Written) -> None:
    repo.commit("one", {"src/a.ts": leak("a")})
    repo.commit("two", {"src/a.ts": CLEAN})
    log = frontleak("scan", "--history", "--format", "sarif", cwd=repo.top / "src").json()
    (result,) = log["runs"][0]["results"]
    address = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert address == {"uri": "src/a.ts", "uriBaseId": "SRCROOT"}
    one, two = repo.names
    life = result["properties"]["history"]
    assert (life["brought"]["id"], life["removed"]["id"], life["in_head"]) == (one, two, False)
    assert (
        f"In the history: brought by commit {one[:10]} (2026-01-01), removed in {two[:10]}" in result["message"]["text"]
    )


def test_a_shallow_clone_is_incomplete(repo: Written, tmp_path: Path) -> None:
    for number in range(3):
        repo.commit(f"{number}", {"a.ts": str(number)})
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repo.top}", str(clone))
    done = history(clone)
    assert done.code == 3
    (skip,) = done.json()["skipped"]
    assert skip["path"] == "."
    assert "git fetch --unshallow" in skip["reason"]
    assert "fetch-depth: 0" in skip["reason"]
    git(clone, "fetch", "-q", "--unshallow")
    assert history(clone).code == 0


def test_blobs_that_a_partial_clone_lacks_are_listed(repo: Written, tmp_path: Path) -> None:
    repo.commit("one", {"a.ts": leak("a")})
    repo.commit("two", {"a.ts": CLEAN})
    git(repo.top, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-local", f"file://{repo.top}", str(clone))
    done = history(clone)
    assert (done.code, [each["path"] for each in done.json()["skipped"]]) == (3, ["a.ts"])


def test_dates_beyond_every_calendar(repo: Written) -> None:
    write(repo.top, {"a.ts": leak("a")})
    git(repo.top, "add", "-A")
    tree = git(repo.top, "write-tree").decode().strip()
    raw = f"tree {tree}\nauthor t <t@example.com> 1 +0000\ncommitter t <t@example.com> 99999999999999 +0000\n\nx\n"
    (repo.top / "raw").write_text(raw)
    name = git(repo.top, "hash-object", "-t", "commit", "-w", "--literally", "raw").decode().strip()
    git(repo.top, "update-ref", "refs/heads/main", name)
    (finding,) = history(repo.top).json()["findings"]
    assert finding["history"]["brought"]["id"] == name
    assert frontleak("scan", "--history", cwd=repo.top).code == 1


COMMITS = 20_000


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A repository of 20,000 commits, and its number of blobs."""
    folder = tmp_path_factory.mktemp("long") / "r"
    return folder, long_history(folder, COMMITS, COMMITS // 4, COMMITS - COMMITS // 4)


def test_each_blob_of_twenty_thousand_commits_is_read_once(
    long: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    top, blobs = long
    asked: Counter[str] = Counter()
    blob = ObjectReader.blob

    def counted(reader: ObjectReader, name: str, most: int) -> GitObject:
        asked[name] += 1
        return blob(reader, name, most)

    monkeypatch.chdir(top)
    monkeypatch.setattr(ObjectReader, "blob", counted)
    report = scan(full_set(), ScanOptions(paths=(), jobs=1, git=GitSelection("history")))
    read = [name for name in asked if ":" not in name]
    assert (report.coverage.commits, dict(report.coverage.files)) == (COMMITS, {"text": blobs})
    assert len(read) == blobs
    assert {asked[name] for name in read} == {1}
    assert len(asked) - len(read) <= 1  # the comments of the one file with a finding
    (finding,) = report.findings
    assert finding.history is not None
    assert finding.history.removed is not None
    walked = git(top, "rev-list", "--reverse", "HEAD").decode().split()
    assert walked.index(finding.history.brought.id) + 1 == COMMITS // 4
    assert walked.index(finding.history.removed.id) + 1 == COMMITS - COMMITS // 4


@pytest.mark.skipif(sys.platform != "linux", reason="units of ru_maxrss")
def test_memory_does_not_grow_with_the_history(long: tuple[Path, int], tmp_path: Path) -> None:
    """Per blob, only its id is kept: two megabytes for 20,000 of them."""
    top, _ = long
    short = tmp_path / "short"
    long_history(short, 200, 50, 150)
    small, large = (_peak(folder) for folder in (short, top))
    assert large < small + 25_000, (small, large)
    assert large < 150_000


_MEASURE: Final = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Runs a command from a small process: the peak of a child counts that of the process that it is forked from."""


def _peak(folder: Path) -> int:
    """Return the most kilobytes that a scan of a history had in memory."""
    command = [sys.executable, "-c", _MEASURE, str(COMMAND), "scan", "--history", "--jobs", "1"]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=True)
    code, peak = map(int, done.stdout.split())
    assert code == 1
    return peak


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_long_history_shows_progress_at_a_terminal(long: tuple[Path, int]) -> None:
    top, _ = long
    ours, theirs = pty.openpty()
    at_once = "import frontleak.cli.console as c; c._PATIENCE = 0; from frontleak.cli.main import cli; cli()"
    process = subprocess.Popen(
        [sys.executable, "-c", at_once, "scan", "--history", "-o", os.devnull],
        cwd=top,
        env=environment(TERM="xterm"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert process.wait(PATIENCE) == 1
    assert b"scanning: " in shown
    assert b" files, " in shown


SELECTIONS = {"history": ["--history", "--"], "staged": ["--staged"], "range": ["--diff", "HEAD"]}


@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
def test_a_named_file_that_git_does_not_track_is_told(selection: list[str], tmp_path: Path) -> None:
    """A recording lies beside the code; who names it wants to know that it was not read."""
    written = Written(tmp_path)
    written.commit("first", {"a.ts": CLEAN, "lib/b.ts": CLEAN})
    untracked = ("crawl.warc.gz", "notes.txt", "out", "site.har")
    write(tmp_path, {name if "." in name else f"{name}/x.js": leak(name) for name in untracked})
    done = frontleak("scan", "--format", "json", *selection, *untracked, "a.ts", "lib", cwd=tmp_path)
    assert done.code == 0
    told = [(each["path"], each["code"], each["reason"]) for each in done.json()["skipped"]]
    message = "is not tracked by git; scan it without --staged, --diff or --history"
    assert told == [(name, "git", message) for name in untracked]
    inside = frontleak("scan", "--format", "json", *selection, "../site.har", "b.ts", cwd=tmp_path / "lib")
    assert [each["path"].endswith("site.har") for each in inside.json()["skipped"]] == [True]
