"""A walk with links, odd names and unreadable files: nothing is dropped without a reason."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.errors import InputError
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.files.listed_folder import UNKNOWN
from frontleak.files.read import read_item
from frontleak.files.walk import FileWalk
from frontleak.files.walk_rules import load_walk_rules
from tests.acceptance.support import repository, write

MAX_SIZE: Final = 1000
NOBODY: Final = 65534


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty folder next to another one."""
    (tmp_path / "here").mkdir()
    (tmp_path / "outside").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def items(*paths: str, max_size: int = MAX_SIZE) -> list[FileEntry | Diagnostic]:
    """Return everything a walk yields."""
    return list(FileWalk(paths or (".",), load_walk_rules(), max_size=max_size).entries())


def scanned(*paths: str) -> list[str]:
    """Return the display paths of all files in a walk, in order."""
    return [item.shown for item in items(*paths) if isinstance(item, FileEntry)]


def skipped(*paths: str) -> dict[str, tuple[str, bool]]:
    """Return path -> (reason, whether it is a failure) of all skips in a walk."""
    return {item.origin.path: (item.message, item.incomplete) for item in items(*paths) if isinstance(item, Diagnostic)}


def test_an_empty_folder_holds_nothing(here: Path) -> None:
    assert items() == []


def test_an_empty_file_is_a_file(here: Path) -> None:
    write(here, {"empty.js": ""})
    assert scanned() == ["empty.js"]
    assert skipped() == {}


def test_files_come_in_order_of_name_before_the_folders_beside_them(here: Path) -> None:
    write(here, dict.fromkeys(["b/2.js", "b/1.js", "a.js", "c.js", "b/a/3.js", "a/1.js", "B.js"], ""))
    assert scanned() == ["B.js", "a.js", "c.js", "a/1.js", "b/1.js", "b/2.js", "b/a/3.js"]


def test_paths_come_in_the_order_they_are_named(here: Path) -> None:
    write(here, dict.fromkeys(["b/1.js", "a/1.js", "c.js"], ""))
    assert scanned("c.js", "b", "a") == ["c.js", "b/1.js", "a/1.js"]


@pytest.mark.parametrize("paths", [("a", "a"), ("a", "./a"), ("a/b.js", "a"), (".", "a/../a/b.js")])
def test_a_file_that_is_named_twice_comes_once(here: Path, paths: Sequence[str]) -> None:
    write(here, {"a/b.js": ""})
    assert scanned(*paths) == ["a/b.js"]


def test_paths_that_do_not_exist_are_all_named(here: Path) -> None:
    write(here, {"a.js": ""})
    with pytest.raises(InputError) as caught:
        items("a.js", "dist", "b.js", "a.js/c")
    assert caught.value.problems == tuple(f"{path}: no such file or folder" for path in ("dist", "b.js", "a.js/c"))
    assert "build" in caught.value.advice


def test_a_path_is_shown_from_the_working_directory_when_it_is_inside(here: Path, tmp_path: Path) -> None:
    write(here, {"a/b.js": ""})
    write(tmp_path, {"outside/c.js": "", "here-too/d.js": ""})
    assert scanned(str(here / "a")) == ["a/b.js"]
    assert scanned("../outside", "../here-too") == [f"{tmp_path}/outside/c.js", f"{tmp_path}/here-too/d.js"]


def test_a_path_is_shown_whole_from_the_root_of_the_file_system(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, {"a.js": ""})
    monkeypatch.chdir("/")
    shown = str(here / "a.js").lstrip("/")
    assert scanned(str(here)) == scanned(str(here / "a.js")) == scanned(shown) == [shown]


EXPOSURES: Final[Mapping[str, Exposure]] = {
    "src/a.js": Exposure.SOURCE,
    "distant/a.js": Exposure.SOURCE,
    "src/dist.js": Exposure.SOURCE,
    "dist/a.js": Exposure.SERVED,
    "dist/assets/a.js": Exposure.SERVED,
    "apps/web/.next/static/a.js": Exposure.SERVED,
}


@pytest.mark.parametrize("named", ["the folder", "the file"])
@pytest.mark.parametrize("path", EXPOSURES)
def test_what_stands_in_build_output_is_served(here: Path, path: str, named: str) -> None:
    write(here, {path: "", "package.json": "{}"})
    (item,) = items(path if named == "the file" else str(Path(path).parent))
    assert isinstance(item, FileEntry)
    assert item.exposure is EXPOSURES[path]


def test_a_build_outside_the_working_directory_is_served(tmp_path: Path) -> None:
    write(tmp_path, {"outside/dist/assets/a.js": ""})
    exposures = {
        item.exposure
        for path in ("outside", "outside/dist", "outside/dist/assets", "outside/dist/assets/a.js")
        for item in items(str(tmp_path / path))
        if isinstance(item, FileEntry)
    }
    assert exposures == {Exposure.SERVED}


# --- links -----------------------------------------------------------------------------------------------------------

# Link -> target; scanned files; skips.
LINKS: Final[Mapping[str, tuple[Mapping[str, str], list[str], Mapping[str, tuple[str, bool]]]]] = {
    "a link to a file inside is read": ({"link.js": "a/b.js"}, ["link.js", "a/b.js"], {}),
    "a link to a file by its full path is read": ({"link.js": "{here}/a/b.js"}, ["link.js", "a/b.js"], {}),
    "a link to a file outside is not followed": (
        {"link.js": "../outside/secret.js"},
        ["a/b.js"],
        {"link.js": ("is a link that points outside the repository", False)},
    ),
    "a link to a folder outside is not followed": (
        {"link": "../outside"},
        ["a/b.js"],
        {"link": ("is a link that points outside the repository", False)},
    ),
    "a link to a folder whose name begins alike is not followed": (
        {"link": "../here-too"},
        ["a/b.js"],
        {"link": ("is a link that points outside the repository", False)},
    ),
    "a link to a file of the system is not followed": (
        {"link": "/etc/passwd"},
        ["a/b.js"],
        {"link": ("is a link that points outside the repository", False)},
    ),
    "a link out by way of a link inside is not followed": (
        {"a/way": "../../outside", "link.js": "a/way/secret.js"},
        ["a/b.js"],
        {
            "link.js": ("is a link that points outside the repository", False),
            "a/way": ("is a link that points outside the repository", False),
        },
    ),
    "a folder inside is read where it stands": (
        {"link": "a"},
        ["a/b.js"],
        {},
    ),
    "a link to its own folder": (
        {"a/up": "."},
        ["a/b.js"],
        {},
    ),
    "a link to the folder above": (
        {"a/up": ".."},
        ["a/b.js"],
        {},
    ),
    "a link that leads nowhere": (
        {"link.js": "missing.js"},
        ["a/b.js"],
        {"link.js": ("is a broken link", False)},
    ),
    "a link to itself": ({"link.js": "link.js"}, ["a/b.js"], {"link.js": ("is a broken link", False)}),
    "two links to one another": (
        {"1.js": "2.js", "2.js": "1.js"},
        ["a/b.js"],
        {"1.js": ("is a broken link", False), "2.js": ("is a broken link", False)},
    ),
}


@pytest.mark.parametrize(("links", "expected", "skips"), LINKS.values(), ids=LINKS)
def test_links_in_a_walk(
    here: Path, links: Mapping[str, str], expected: list[str], skips: Mapping[str, tuple[str, bool]]
) -> None:
    write(here, {"a/b.js": "", "../outside/secret.js": "", "../here-too/secret.js": ""})
    for link, leads_to in links.items():
        (here / link).symlink_to(leads_to.format(here=here))
    assert scanned() == expected
    assert skipped() == skips


@pytest.mark.parametrize("leads_to", ["../../shared", "../../shared/b.js"])
def test_a_link_to_another_part_of_the_repository_is_followed(here: Path, leads_to: str) -> None:
    write(here, {".git/HEAD": "", "app/public/a.js": "", "shared/b.js": ""})
    (here / "app" / "public" / "link").symlink_to(leads_to)
    found = "app/public/link" if leads_to.endswith(".js") else "app/public/link/b.js"
    assert sorted(scanned("app")) == ["app/public/a.js", found]
    assert skipped("app") == {}


def test_a_folder_is_read_where_it_stands_rather_than_through_a_link(here: Path) -> None:
    write(here, {".git/HEAD": "", "z/b.js": ""})
    (here / "a").symlink_to("z")
    assert scanned() == ["z/b.js"]


def test_a_folder_that_is_excluded_where_it_stands_is_read_through_a_link(here: Path) -> None:
    """A build that links to its assets serves them, whatever the ignore file says about the other place."""
    write(here, {".git/HEAD": "", ".gitignore": "/cache/\n", "cache/b.js": "", "public/index.html": ""})
    (here / "public" / "assets").symlink_to("../cache")
    assert "public/assets/b.js" in scanned()


def test_links_in_a_circle_end(here: Path) -> None:
    write(here, {".git/HEAD": "", "app/x.js": "", "other/y.js": ""})
    (here / "app" / "over").symlink_to("../other")
    (here / "other" / "back").symlink_to("../app")
    assert sorted(scanned("app")) == ["app/over/y.js", "app/x.js"]


def test_a_link_that_is_named_is_followed_wherever_it_leads(here: Path) -> None:
    write(here, {"../outside/secret.js": ""})
    (here / "file.js").symlink_to("../outside/secret.js")
    (here / "folder").symlink_to("../outside")
    assert scanned("file.js", "folder") == ["file.js", "folder/secret.js"]
    assert skipped("file.js", "folder") == {}


def test_a_link_that_is_named_and_leads_nowhere_is_a_failure(here: Path) -> None:
    (here / "link.js").symlink_to("missing.js")
    assert skipped("link.js") == {"link.js": ("cannot be read: No such file or directory", True)}


def test_a_folder_that_is_linked_from_two_places_is_read_once(here: Path) -> None:
    write(here, {"packages/x/a.js": ""})
    for link in ("1", "2"):
        (here / link).symlink_to("packages/x")
    assert scanned() == ["packages/x/a.js"]


# --- special files ---------------------------------------------------------------------------------------------------


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)  # a full path may exceed the maximum length of a socket's name


@pytest.mark.parametrize("make", [_pipe, _socket])
@pytest.mark.parametrize("path", [".", "thing"])
def test_what_is_no_file_is_not_opened(here: Path, make: Callable[[Path], None], path: str) -> None:
    make(here / "thing")
    assert scanned(path) == []
    assert skipped(path) == {"thing": ("is not a regular file", False)}


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this platform has no /dev/zero")
def test_an_endless_device_is_not_opened(here: Path) -> None:
    assert skipped("/dev/zero") == {"/dev/zero": ("is not a regular file", False)}


@pytest.mark.parametrize("path", [".", "a.js"])
def test_a_file_over_the_limit_is_left_out_with_its_size(here: Path, path: str) -> None:
    write(here, {"a.js": "x" * (MAX_SIZE + 1)})
    assert scanned(path) == []
    assert skipped(path) == {"a.js": ("1,001 bytes, over --max-file-size", False)}


def test_a_file_at_the_limit_is_read(here: Path) -> None:
    write(here, {"a.js": "x" * MAX_SIZE})
    assert scanned() == ["a.js"]


# --- unreadable files ------------------------------------------------------------------------------------------------


@contextmanager
def as_nobody() -> Iterator[None]:
    """Drop root privileges temporarily, because file modes do not restrict root."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Create a folder that any user can enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="frontleak-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder / "closed", folder / "closed.js"):
        if path.exists():
            path.chmod(0o700)
    shutil.rmtree(folder)


def test_a_folder_that_may_not_be_listed_is_a_failure(open_folder: Path) -> None:
    write(open_folder, {"closed/a.js": "", "b.js": ""})
    (open_folder / "closed").chmod(0)
    with as_nobody():
        assert scanned(str(open_folder)) == [f"{open_folder}/b.js"]
        assert skipped(str(open_folder)) == {
            f"{open_folder}/closed": ("cannot be listed: Permission denied", True),
        }
        assert skipped(f"{open_folder}/closed") == {
            f"{open_folder}/closed": ("cannot be listed: Permission denied", True),
        }


def test_a_folder_that_may_be_listed_but_not_entered_is_a_failure(open_folder: Path) -> None:
    write(open_folder, {"closed/a.js": ""})
    (open_folder / "closed").chmod(0o444)
    with as_nobody():
        assert skipped(str(open_folder)) == {
            f"{open_folder}/closed/a.js": ("cannot be read: Permission denied", True),
        }


def test_a_file_that_may_not_be_read_is_a_failure(open_folder: Path) -> None:
    write(open_folder, {"closed.js": ""})
    (open_folder / "closed.js").chmod(0)
    with as_nobody():
        (item,) = items(str(open_folder))
        assert isinstance(item, FileEntry)
        skip = read_item(item, MAX_SIZE)
    assert isinstance(skip, Diagnostic)
    assert (skip.origin.path, skip.message, skip.incomplete) == (
        f"{open_folder}/closed.js",
        "cannot be read: Permission denied",
        True,
    )


def test_an_ignore_file_that_may_not_be_read_hides_nothing(open_folder: Path) -> None:
    write(open_folder, {".gitignore": "a.js\n", "a.js": ""})
    (open_folder / ".gitignore").chmod(0)
    with as_nobody():
        assert f"{open_folder}/a.js" in scanned(str(open_folder))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_file_that_opens_and_cannot_be_read_is_a_failure(here: Path) -> None:
    (item,) = items("/proc/self/mem")
    assert isinstance(item, FileEntry)
    skip = read_item(item, MAX_SIZE)
    assert isinstance(skip, Diagnostic)
    assert (skip.message, skip.incomplete) == ("cannot be read: Input/output error", True)


def test_a_folder_that_vanishes_during_the_walk_is_a_failure_and_the_rest_is_read(here: Path) -> None:
    write(here, {"a/1.js": "", "b/2.js": "", "c/3.js": ""})
    walk = FileWalk((".",), load_walk_rules(), max_size=MAX_SIZE).entries()
    first = next(walk)
    shutil.rmtree(here / "b")
    rest = list(walk)
    assert isinstance(first, FileEntry)
    assert first.shown == "a/1.js"
    assert [item.shown for item in rest if isinstance(item, FileEntry)] == ["c/3.js"]
    assert [(skip.origin.path, skip.message, skip.incomplete) for skip in rest if isinstance(skip, Diagnostic)] == [
        ("b", "cannot be listed: No such file or directory", True)
    ]


def test_a_file_that_vanishes_before_it_is_read_is_no_failure(here: Path) -> None:
    write(here, {"a.js": ""})
    (item,) = items()
    (here / "a.js").unlink()
    assert isinstance(item, FileEntry)
    assert read_item(item, MAX_SIZE) == note(Code.DELETED, item.origin, "was deleted before it could be read")


def test_a_file_that_grows_over_the_limit_before_it_is_read_is_left_out(here: Path) -> None:
    write(here, {"a.js": ""})
    (item,) = items()
    write(here, {"a.js": "x" * 2000})
    assert isinstance(item, FileEntry)
    assert read_item(item, MAX_SIZE) == note(Code.TOO_LARGE, item.origin, "2,000 bytes, over --max-file-size")


def test_a_file_that_becomes_a_folder_before_it_is_read_is_a_failure(here: Path) -> None:
    write(here, {"a.js": ""})
    (item,) = items()
    (here / "a.js").unlink()
    (here / "a.js").mkdir()
    assert isinstance(item, FileEntry)
    skip = read_item(item, 1 << 20)
    assert isinstance(skip, Diagnostic)
    assert skip.incomplete


def test_a_file_that_becomes_a_link_before_it_is_read_is_not_followed(here: Path) -> None:
    write(here, {"a.js": ""})
    (item,) = items()
    (here / "a.js").unlink()
    (here / "a.js").symlink_to(here.parent / "outside")
    assert isinstance(item, FileEntry)
    skip = read_item(item, MAX_SIZE)
    assert skip == incomplete(Code.LINK, item.origin, "became a link after its folder was listed")


def test_a_file_that_becomes_a_pipe_before_it_is_read_does_not_hang(here: Path) -> None:
    write(here, {"a.js": ""})
    (item,) = items()
    (here / "a.js").unlink()
    os.mkfifo(here / "a.js")
    assert isinstance(item, FileEntry)
    skip = read_item(item, MAX_SIZE)
    assert skip == incomplete(Code.NOT_A_FILE, item.origin, "is no longer a regular file")


# --- names -----------------------------------------------------------------------------------------------------------

# Name as bytes, display name.
NAMES: Final[Mapping[str, tuple[bytes, str]]] = {
    "a space": (b"a b.js", "a b.js"),
    "a line break": (b"a\nb.js", "a\\nb.js"),
    "a carriage return": (b"a\rb.js", "a\\rb.js"),
    "a colour": (b"\x1b[31mred\x1b[0m.js", "\\x1b[31mred\\x1b[0m.js"),
    "a title of the terminal": (b"\x1b]0;owned\x07.js", "\\x1b]0;owned\\x07.js"),
    "a control character of one byte": ("a\x9b31m.js".encode(), "a\\x9b31m.js"),
    "a change of direction": ("a\u202esj.js".encode(), "a\\u202esj.js"),
    "no width": ("a\u200bb.js".encode(), "a\\u200bb.js"),
    "bytes that are not UTF-8": (b"a\xff\xfe.js", "a\\xff\\xfe.js"),
    "letters outside ASCII": ("żółć-密.js".encode(), "żółć-密.js"),
    "an emoji": ("🔑.js".encode(), "🔑.js"),
    "quotes": (b"a'b\"c`.js", "a'b\"c`.js"),
    "a backslash": (b"a\\b.js", "a\\b.js"),
    "a colon": (b"a:1:2.js", "a:1:2.js"),
    "a minus at the beginning": (b"-rf", "-rf"),
    "a percent sign": (b"a%20b.js", "a%20b.js"),
    "nothing but dots": (b"...", "..."),
    "the longest name": (b"x" * 255, "x" * 255),
}


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("as_folder", [False, True], ids=["of a file", "of a folder"])
def test_odd_names(here: Path, name: bytes, shown: str, *, as_folder: bool) -> None:
    path = os.path.join(os.fsencode(here), name)
    if as_folder:
        os.mkdir(path)
        path = os.path.join(path, b"a.js")
    with open(path, "wb") as file:
        file.write(b"content")
    (item,) = items()
    assert isinstance(item, FileEntry)
    assert item.origin.display == (f"{shown}/a.js" if as_folder else shown)
    blob = read_item(item, MAX_SIZE)
    assert not isinstance(blob, Diagnostic)
    assert blob.data == b"content"
    assert items(os.fsdecode(path)) == [item._replace(listed_in=UNKNOWN)]


def test_names_that_are_shown_alike_are_still_two_files(here: Path) -> None:
    for name in (b"a\xff.js", b"a\\xff.js"):
        (here / os.fsdecode(name)).write_bytes(name)
    contents = {
        blob.data
        for item in items()
        if isinstance(item, FileEntry) and not isinstance(blob := read_item(item, 99), Diagnostic)
    }
    assert contents == {b"a\xff.js", b"a\\xff.js"}


@pytest.fixture
def deep(here: Path) -> Iterator[Callable[[str, int], None]]:
    """Create nested folders beyond the maximum path length, and remove them afterwards."""

    def make(name: str, levels: int) -> None:
        for _ in range(levels):
            os.mkdir(name)
            os.chdir(name)
        write(Path(), {"bottom.js": ""})
        os.chdir(here)

    yield make
    os.chdir(here)
    for name in os.listdir():
        os.rename(name, "d")
        levels = 0
        while os.path.isdir("d"):
            os.chdir("d")
            levels += 1
            for inner in os.listdir():
                if inner != "d" and os.path.isdir(inner):
                    os.rename(inner, "d")
        for _ in range(levels):
            for file in os.listdir():
                if os.path.isfile(file):
                    os.unlink(file)
            os.chdir("..")
            os.rmdir("d")


def test_folders_five_hundred_levels_deep_are_walked(deep: Callable[[str, int], None]) -> None:
    deep("d", 500)
    assert scanned() == ["d/" * 500 + "bottom.js"]
    assert skipped() == {}


def test_folders_deeper_than_a_path_can_be_long_are_a_failure_not_silence(deep: Callable[[str, int], None]) -> None:
    deep("d" * 200, 40)
    ((reason, incomplete),) = skipped().values()
    assert reason.endswith(": File name too long")
    assert incomplete


def test_a_folder_of_another_repository_inside_is_walked(here: Path) -> None:
    write(repository(here), {".gitignore": "*.log\n"})
    write(repository(here / "inner"), {"a.js": "", "b.log": ""})
    assert scanned() == [".gitignore", "inner/a.js"]
