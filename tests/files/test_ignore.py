"""A walk ignores what git ignores, compared with git itself."""

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from frontleak.core.diagnostic import Diagnostic, Level
from frontleak.files.ignore import MOST_PATTERNS, compile_patterns, linear
from frontleak.files.interface import Cause, FileEntry
from frontleak.files.walk import FileWalk
from frontleak.files.walk_rules import load_walk_rules
from tests.acceptance.support import git, repository, write


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to a new repository."""
    monkeypatch.chdir(repository(tmp_path / "repository"))
    return tmp_path / "repository"


def walked(*paths: str, gitignore: bool = True, exclude: Sequence[str] = ()) -> tuple[set[str], Counter[Cause]]:
    """Return the display paths of all files in a walk, and the ignored ones."""
    target = FileWalk(paths or (".",), load_walk_rules(), max_size=1 << 20, gitignore=gitignore, exclude=exclude)
    items = list(target.entries())
    shown = [item.shown for item in items if isinstance(item, FileEntry)]
    assert len(shown) == len(items), "nothing here is a reason to skip"
    assert len(shown) == len(set(shown)), "no file comes twice"
    return set(shown), target.left_out


def listed_by_git(folder: Path, *paths: str) -> set[str]:
    """Return the files that git tracks or would add."""
    listing = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths)
    return {os.fsdecode(name) for name in listing.split(b"\0") if name}


# Ignore files by path, then the existing files.
TREES: Final[Mapping[str, tuple[Mapping[str, str], Sequence[str]]]] = {
    "a name counts in every folder": (
        {".gitignore": "secret.js\n"},
        ["secret.js", "a/secret.js", "a/b/secret.js", "a/secret.jsx", "a/my-secret.js"],
    ),
    "a pattern with a leading slash counts at its own folder only": (
        {".gitignore": "/top.js\n", "a/.gitignore": "/inner.js\n"},
        ["top.js", "a/top.js", "a/inner.js", "a/b/inner.js", "inner.js"],
    ),
    "a pattern with a slash in the middle counts from its own folder": (
        {".gitignore": "a/b.js\n"},
        ["a/b.js", "x/a/b.js", "b.js"],
    ),
    "a pattern with a trailing slash means folders, not files": (
        {".gitignore": "logs/\n"},
        ["a/logs", "logs/x.js", "b/logs/x.js", "logs.js"],
    ),
    "an exclamation mark takes a file back in": (
        {".gitignore": "*.env\n!public.env\n"},
        ["a.env", "public.env", "x/public.env", "x/b.env"],
    ),
    "nothing can be taken back in from a folder that is left out": (
        {".gitignore": "private/\n!private/a.js\n"},
        ["private/a.js", "private/b.js", "a.js"],
    ),
    "the content of a folder can be left out but for one file": (
        {".gitignore": "keep/*\n!keep/a.js\n"},
        ["keep/a.js", "keep/b.js", "keep/c/a.js"],
    ),
    "the last pattern that speaks decides": (
        {".gitignore": "*.js\n!a.js\na.js\n!x/a.js\n"},
        ["a.js", "b.js", "x/a.js", "y.ts"],
    ),
    "an inner file overrules an outer one": (
        {".gitignore": "*.log\n", "a/.gitignore": "!keep.log\n", "a/b/.gitignore": "keep.log\n"},
        ["keep.log", "a/keep.log", "a/other.log", "a/b/keep.log", "a/c/keep.log"],
    ),
    "an ignore file in a folder that is left out says nothing": (
        {".gitignore": "gone/\n", "gone/.gitignore": "!a.js\n"},
        ["gone/a.js", "a.js"],
    ),
    "an ignore file can name itself": ({".gitignore": ".gitignore\n"}, ["a.js"]),
    "everything but": ({".gitignore": "/*\n!/src\n"}, ["a.js", "src/a.js", "src/b/c.js", "lib/a.js"]),
    "everything but some endings": (
        {".gitignore": "*\n!*/\n!*.js\n"},
        ["a.js", "a.ts", "b/a.js", "b/c/a.js", "b/c/a.ts"],
    ),
    "everything but a name": ({".gitignore": "*\n!a\n"}, ["a/a", "a/b", "b/a", "c"]),
    "two stars at the beginning": ({".gitignore": "**/a/b.js\n"}, ["a/b.js", "x/a/b.js", "x/y/a/b.js", "a/x/b.js"]),
    "two stars in the middle": ({".gitignore": "a/**/b.js\n"}, ["a/b.js", "a/x/b.js", "a/x/y/b.js", "x/a/b.js"]),
    "two stars at the end": ({".gitignore": "a/**\n!a/b.js\n"}, ["a/b.js", "a/c.js", "a/x/b.js", "x/a/b.js"]),
    "two stars beside other characters": ({".gitignore": "a**b.js\n"}, ["axb.js", "a/b.js", "x/ab.js", "ab.jsx"]),
    "one star stays inside a name": ({".gitignore": "a/*.js\n"}, ["a/x.js", "a/b/x.js", "a/.js", "a/x.ts"]),
    "a question mark": ({".gitignore": "a?.js\n"}, ["ab.js", "a.js", "abc.js"]),
    "a class of characters": (
        {".gitignore": "[ab].js\n[!x-z]1.js\n[]-]2.js\n"},
        ["a.js", "b.js", "c.js", "a1.js", "x1.js", "]2.js", "-2.js", "a2.js"],
    ),
    "a class does not stand for a slash": ({".gitignore": "ab[!c]\n"}, ["ab/x.js", "abd", "abc"]),
    "a class that holds a bracket": ({".gitignore": "v[[ab].js\n"}, ["v[.js", "va.js", "vc.js"]),
    "escaped signs": (
        {".gitignore": "\\#a.js\n\\!b.js\nc\\*.js\nd\\?.js\n\\e.js\n"},
        ["#a.js", "!b.js", "c*.js", "cx.js", "d?.js", "dx.js", "e.js", "a.js"],
    ),
    "comments and blank lines": ({".gitignore": "# a.js\n\n   \nb.js\n"}, ["a.js", "b.js", "# a.js"]),
    "spaces at the end": ({".gitignore": "a.js   \nb.js\\ \n"}, ["a.js", "b.js", "b.js "]),
    "a space in the middle": ({".gitignore": "a b.js\n"}, ["a b.js", "a", "b.js"]),
    "line ends of Windows": ({".gitignore": "a.js\r\n/b.js\r\n"}, ["a.js", "b.js", "c.js"]),
    "no line end at the end": ({".gitignore": "a.js\nb.js"}, ["a.js", "b.js", "c.js"]),
    "a byte order mark at the beginning": ({".gitignore": "\ufeffa.js\nb.js\n"}, ["a.js", "b.js", "c.js"]),
    "names outside ASCII": ({".gitignore": "é*.js\n密/\n"}, ["été.js", "éa.js", "e.js", "密/a.js", "x/密/a.js"]),
    "a line separator of Unicode does not end a pattern": (
        {".gitignore": "a\u2028b.js\nc\x0cd.js\n"},
        ["b.js", "d.js", "a\u2028b.js", "c\x0cd.js"],
    ),
    "a slash alone is no pattern": ({".gitignore": "/\nb.js\n"}, ["a.js", "b.js", "c/a.js"]),
    "an exclamation mark alone is no pattern": ({".gitignore": "!\nb.js\n"}, ["a.js", "b.js", "!"]),
    "a backslash alone is no pattern": ({".gitignore": "\\\nb.js\n"}, ["a.js", "b.js", "\\"]),
    "a backslash at the end is no pattern": ({".gitignore": "a.js\\\nb.js\n"}, ["a.js", "b.js", "a.js\\"]),
    "a class that is not closed is no pattern": ({".gitignore": "[\na[b.js\nb.js\n"}, ["a.js", "b.js", "[", "a[b.js"]),
    "three slashes are no pattern": ({".gitignore": "///\nb.js\n"}, ["a.js", "b.js", "c/a.js"]),
    "letters count by case": ({".gitignore": "A.js\n"}, ["A.js", "a.js"]),
    "the repository's own exclude file": (
        {".git/info/exclude": "local.js\n/top.js\n"},
        ["local.js", "a/local.js", "top.js", "a/top.js"],
    ),
    "an ignore file overrules the exclude file": (
        {".git/info/exclude": "*.js\n", "a/.gitignore": "!b.js\n"},
        ["a/b.js", "a/c.js", "d.js", "e.ts"],
    ),
    "a folder is named like an ignore file": ({}, [".gitignore/a.js", "b.js"]),
}


@pytest.mark.parametrize(("ignores", "files"), TREES.values(), ids=TREES)
def test_a_walk_yields_what_git_lists(here: Path, ignores: Mapping[str, str], files: Sequence[str]) -> None:
    write(here, {**dict.fromkeys(files, "x"), **ignores})
    expected = listed_by_git(here)
    assert walked()[0] == expected
    assert walked(gitignore=False)[0] == {*files, *(name for name in ignores if not name.startswith(".git/"))}


def test_the_table_holds_files_that_are_left_out_and_files_that_are_not(tmp_path: Path) -> None:
    both = 0
    for number, (ignores, files) in enumerate(TREES.values()):
        folder = write(repository(tmp_path / str(number)), {**dict.fromkeys(files, "x"), **ignores})
        both += 0 < len(listed_by_git(folder) & set(files)) < len(files)
    assert both > len(TREES) * 0.8


@pytest.mark.parametrize("folder", ["a", "a/b", "a/b/c"])
def test_the_ignore_files_of_the_folders_above_count_for_a_folder_that_is_named(here: Path, folder: str) -> None:
    write(
        here,
        {
            **{f"{at}{name}": "x" for at in ("", "a/", "a/b/", "a/b/c/") for name in ("1.js", "2.js", "3.js", "4.js")},
            ".git/info/exclude": "4.js\n",
            ".gitignore": "1.js\n/a/b/2.js\n",
            "a/.gitignore": "/b/c/3.js\n!/b/1.js\n",
        },
    )
    assert walked(folder)[0] == listed_by_git(here, folder)


def test_the_folders_above_count_from_inside_a_folder_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, {".gitignore": "1.js\n/a/2.js\n", "a/1.js": "", "a/2.js": "", "a/3.js": "", "a/b/2.js": ""})
    monkeypatch.chdir(here / "a")
    assert walked()[0] == listed_by_git(here / "a") == {"3.js", "b/2.js"}


def test_a_folder_that_is_named_is_scanned_although_it_is_ignored(here: Path) -> None:
    write(here, {".gitignore": "coverage/\n*.log\n", "coverage/a.js": "", "coverage/b/c.js": "", "coverage/d.log": ""})
    assert walked("coverage")[0] == {"coverage/a.js", "coverage/b/c.js"}


def test_a_folder_inside_an_ignored_folder_is_scanned_when_it_is_named(here: Path) -> None:
    write(here, {".gitignore": "/tmp\n", "tmp/a/b.js": "", "tmp/c.js": ""})
    assert walked("tmp/a")[0] == {"tmp/a/b.js"}


@pytest.mark.parametrize("ignore", ["a.env\n", "*\n", "/conf/\n"])
def test_a_file_that_is_named_is_scanned_although_it_is_ignored(here: Path, ignore: str) -> None:
    write(here, {".gitignore": ignore, "conf/a.env": "x"})
    assert walked("conf/a.env")[0] == {"conf/a.env"}


def test_an_ignore_file_that_is_a_link_is_not_followed(here: Path) -> None:
    write(here, {"patterns": "a.js\n", "b/a.js": ""})
    (here / "b" / ".gitignore").symlink_to("../patterns")
    assert walked()[0] == listed_by_git(here) == {"patterns", "b/a.js", "b/.gitignore"}


def test_a_repository_that_is_called_like_build_output_is_no_build_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(repository(tmp_path / "www"), {".gitignore": "*.env\n", "a.env": "", "a.js": ""})
    monkeypatch.chdir(folder)
    assert walked()[0] == listed_by_git(folder) == {".gitignore", "a.js"}


def test_a_checkout_below_a_folder_that_is_called_like_build_output_is_no_build_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(repository(tmp_path / "build" / "project"), {".gitignore": "*.env\n", "a.env": "", "a.js": ""})
    monkeypatch.chdir(folder)
    assert walked()[0] == {".gitignore", "a.js"}


BUILD_OUTPUT: Final = [".next", ".output", ".svelte-kit", "build", "dist", "out", "public", "storybook-static"]


@pytest.mark.parametrize("folder", BUILD_OUTPUT)
@pytest.mark.parametrize("pattern", ["/{}", "{}/", "{}", "**/{}/**"])
def test_build_output_is_scanned_although_it_is_ignored(here: Path, folder: str, pattern: str) -> None:
    files = {f"{folder}/a.js", f"{folder}/b/c.map", f"apps/web/{folder}/d.js"}
    write(here, {**dict.fromkeys(files, "x"), ".gitignore": pattern.format(folder) + "\n*.map\n", "e.map": ""})
    scanned, left_out = walked()
    assert scanned == {*files, ".gitignore"}
    assert left_out["ignored"] == 1


def test_an_ignore_file_inside_build_output_says_nothing(here: Path) -> None:
    write(here, {"dist/.gitignore": "*\n", "dist/a.js": "", "dist/b/.gitignore": "*.js\n", "dist/b/c.js": ""})
    assert walked()[0] == {"dist/.gitignore", "dist/a.js", "dist/b/.gitignore", "dist/b/c.js"}


def test_a_file_that_is_called_like_build_output_is_no_build_output(here: Path) -> None:
    write(here, {".gitignore": "out\n", "out": "x", "a.js": ""})
    assert walked()[0] == {".gitignore", "a.js"}


def test_caches_inside_build_output_are_not_entered_but_served_packages_are(here: Path) -> None:
    write(
        here,
        {
            ".gitignore": "dist\n.next\n",
            "dist/a.js": "",
            "dist/node_modules/x/index.js": "",
            ".next/cache/a.js": "",
            ".next/static/b.js": "",
            "src/.cache/a.js": "",
        },
    )
    scanned, left_out = walked()
    assert scanned == {".gitignore", "dist/a.js", "dist/node_modules/x/index.js", ".next/static/b.js"}
    assert left_out["pruned"] == 2


@pytest.mark.parametrize("path", ["node_modules", "node_modules/x", "node_modules/x/index.js"])
def test_packages_are_scanned_when_they_are_named(here: Path, path: str) -> None:
    write(here, {".gitignore": "node_modules\n", "node_modules/x/index.js": ""})
    assert walked(path)[0] == {"node_modules/x/index.js"}


def test_what_is_left_out_is_counted_by_cause(here: Path) -> None:
    write(
        here,
        {
            ".gitignore": "*.log\n/private/\n",
            "a.log": "",
            "b/c.log": "",
            "private/d.js": "",
            "private/e.js": "",
            "f.map": "",
            "g/h.map": "",
            "node_modules/i.js": "",
            "j.js": "",
        },
    )
    scanned, left_out = walked(exclude=["*.map"])
    assert scanned == {".gitignore", "j.js"}
    assert left_out == {"ignored": 3, "excluded": 2, "pruned": 1}


EXCLUDES: Final[Mapping[str, tuple[Sequence[str], set[str]]]] = {
    "a name counts in every folder": (["b.js"], {"a.js", "x/a.js", "x/y/a.map"}),
    "a slash at the beginning is the working directory": (["/b.js"], {"a.js", "x/a.js", "x/b.js", "x/y/a.map"}),
    "a folder": (["x/"], {"a.js", "b.js"}),
    "an ending": (["*.map"], {"a.js", "b.js", "x/a.js", "x/b.js"}),
    "a folder inside a folder": (["x/y"], {"a.js", "b.js", "x/a.js", "x/b.js"}),
    "all but": (["*.js", "!a.js"], {"a.js", "x/a.js", "x/y/a.map"}),
    "nothing": (["*.css"], {"a.js", "b.js", "x/a.js", "x/b.js", "x/y/a.map"}),
}


@pytest.mark.parametrize(("exclude", "left"), EXCLUDES.values(), ids=EXCLUDES)
def test_exclude_reads_patterns_as_an_ignore_file_does(here: Path, exclude: Sequence[str], left: set[str]) -> None:
    write(here, dict.fromkeys(["a.js", "b.js", "x/a.js", "x/b.js", "x/y/a.map"], ""))
    assert walked(exclude=exclude)[0] == left


def test_exclude_counts_inside_build_output_and_for_named_files(here: Path) -> None:
    write(here, {"dist/a.map": "", "dist/b.js": "", "c.map": ""})
    scanned, left_out = walked("dist", "c.map", exclude=["*.map"])
    assert scanned == {"dist/b.js"}
    assert left_out["excluded"] == 2


def test_exclude_counts_outside_the_working_directory(here: Path, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"a.js": "", "b.map": "", "x/c.map": ""})
    scanned, left_out = walked(str(outside), exclude=["*.map"])
    assert scanned == {f"{outside}/a.js"}
    assert left_out["excluded"] == 2


def test_a_folder_that_is_walked_twice_is_counted_once(here: Path) -> None:
    write(here, {".gitignore": "*.log\n", "a.log": "", "a.js": ""})
    assert walked(".", ".")[1] == walked(".")[1]


NAMES: Final = st.sampled_from(["a", "b", "ab", "a.b", "-", "[", "#a", "!a", "a b", "*"])
PATHS: Final = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PIECES: Final = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        "*",
        "**",
        "?",
        "[ab]",
        "[!a]",
        "\\*",
        "\\#",
        "#",
        "\\!",
        ".",
        " ",
        "-",
        "é",
        "/",
        "/",
        "*/",
        "**/",
    ]
)
PATTERNS: Final = (
    st.tuples(st.sampled_from(["", "", "!", "/"]), st.lists(PIECES, min_size=1, max_size=4))
    .map(lambda parts: parts[0] + "".join(parts[1]))
    .filter(lambda pattern: "***" not in pattern)
)
IGNORE_FILES: Final = st.dictionaries(
    st.one_of(st.just(""), PATHS.map(lambda path: f"{path}/")),
    st.lists(PATTERNS, min_size=1, max_size=3).map("\n".join),
    min_size=1,
    max_size=3,
)


@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.lists(PATHS, min_size=4, max_size=12), ignores=IGNORE_FILES)
def test_a_walk_yields_what_git_lists_whatever_the_patterns(
    here: Path, files: Sequence[str], ignores: Mapping[str, str]
) -> None:
    _clear(here)
    for name, content in {
        **dict.fromkeys(files, "x"),
        **{f"{at}.gitignore": text for at, text in ignores.items()},
    }.items():
        if _has_room(here, name):
            write(here, {name: content})
    assert walked()[0] == listed_by_git(here)


def _clear(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.name == ".git":
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _has_room(folder: Path, name: str) -> bool:
    """Return whether a file can be created there: no parent is a file, and it is not a folder."""
    above: Iterator[Path] = (parent for parent in (folder / name).parents if folder in parent.parents)
    return not (folder / name).is_dir() and not any(parent.is_file() for parent in above)


def test_a_folder_outside_a_repository_is_walked_by_its_own_ignore_files() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = write(
            Path(name), {".gitignore": "*.log\n", "a.log": "", "b.js": "", "c/.gitignore": "d.js", "c/d.js": ""}
        )
        assert walked(str(folder))[0] == {f"{folder}/{file}" for file in (".gitignore", "b.js", "c/.gitignore")}


# --- hostile patterns ------------------------------------------------------------------------------------------------

_GLOB = st.lists(
    st.sampled_from(["a", "b", "*", "**", "?", "[ab]", "[!a]", "/", "/**/", "ab"]), min_size=1, max_size=9
).map("".join)
_PATH = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=5).map("/".join)


@settings(max_examples=2_000)
@given(_GLOB, _PATH, st.booleans())
def test_a_pattern_without_backtracking_matches_the_same(glob: str, path: str, is_folder: bool) -> None:
    try:
        plain = GitIgnoreSpecPattern(glob)
    except ValueError:
        return
    if plain.regex is None:
        return
    fast = linear(plain.regex.pattern).replace("[^", "[^/")  # as git: a negated class matches no slash
    slow = plain.regex.pattern.replace("[^", "[^/")
    relative = path + "/" * is_folder
    for text in (relative, f"{relative}x"):
        wanted, got = (
            [(match.group(), match.groupdict(), match.span("ps_d") if match.groupdict() else None) for match in found]
            for found in (re.finditer(slow, text), re.finditer(fast, text))
        )
        assert got == wanted, (glob, slow, fast)


@pytest.mark.parametrize("glob", ["*a" * 6 + "b", "**/" + "*a*/**/" * 6 + "b", "*a/**/" * 20 + "b", "*" * 50 + "b"])
@pytest.mark.parametrize("path", ["a" * 250, "/".join(["a" * 20] * 100), "a/" * 1000 + "a"])
def test_hostile_patterns_end(glob: str, path: str) -> None:
    """Each of these takes minutes or years with the expression that pathspec writes."""
    file = compile_patterns([glob], "/top")
    assert file.verdict(f"/top/{path}", is_folder=False) is None


def test_many_patterns_are_cut_with_a_note(here: Path) -> None:
    write(here, {".gitignore": "".join(f"x{number}\n" for number in range(MOST_PATTERNS + 7)), "a.js": ""})
    walk = FileWalk((".",), load_walk_rules(), max_size=1 << 20)
    (cut,) = [entry for entry in walk.entries() if isinstance(entry, Diagnostic)]
    assert (cut.origin.path, cut.level) == (".gitignore", Level.NOTE)
    assert cut.message == "has more than 5,000 patterns; the last 7 were not applied"


@pytest.mark.parametrize("name", [".gitignore", ".git/info/exclude", "a/.gitignore"])
def test_a_pipe_instead_of_an_ignore_file_is_not_opened(here: Path, name: str) -> None:
    write(here, {"a/b.js": ""})
    (here / name).parent.mkdir(exist_ok=True)
    (here / name).unlink(missing_ok=True)
    os.mkfifo(here / name)
    walk = FileWalk(("a",), load_walk_rules(), max_size=1 << 20)
    assert "a/b.js" in {entry.shown for entry in walk.entries() if isinstance(entry, FileEntry)}
