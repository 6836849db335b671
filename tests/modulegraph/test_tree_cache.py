"""What an earlier scan saw is used while it is true, and no longer; no value of a secret is kept."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from frontleak.core import cache
from frontleak.modulegraph.file_summary import FileSummaries
from frontleak.modulegraph.tree_cache import LARGE, TreeCache, may_hold_secret
from frontleak.resolve.file_tree import DiskFileTree
from frontleak.resolve.resolver import ImportResolver, ResolvedFile, Unresolved
from frontleak.rules.samples import draw
from tests.acceptance.support import write
from tests.support.code import package

FILES = LARGE + 20
LONG_AGO = time.time() - 3_600


class Seen:
    """One scan of a tree: which files it read, and what it resolved anew."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.read: list[str] = []
        self.files = DiskFileTree(str(root))
        self.resolver = ImportResolver(self.files)
        self.summaries = FileSummaries(self._source)
        self.cache = TreeCache(str(root), self.files, self.resolver, self.summaries)
        self.cache.load()
        for path in sorted(str(path) for path in root.rglob("*.ts")):
            for _, site in self.summaries.at(path).imports:
                self.resolver.resolve(site.specifier, os.path.relpath(path, root).replace(os.sep, "/"))
        self.restored = len(self.resolver.resolutions) - len(self.resolver.computed)
        self.cache.save()

    def _source(self, path: str) -> bytes:
        self.read.append(Path(path).name)
        return Path(path).read_bytes()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").mkdir(mode=0o700)
    monkeypatch.setenv("FRONTLEAK_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {f"src/a{number}.ts": f"import {{x}} from './a{number + 1}'\nimport 'pkg'\n" for number in range(FILES)}
    root = write(tmp_path / "tree", {"package.json": package("pkg"), **files})
    age(root)
    return root


def age(root: Path) -> None:
    """Make everything in a folder old, as in a tree that nobody has just written."""
    for path in (*root.rglob("*"), root):
        os.utime(path, (LONG_AGO, LONG_AGO))


def test_what_was_seen_is_not_read_again(tree: Path) -> None:
    first = Seen(tree)
    assert len(first.read) == FILES
    second = Seen(tree)
    assert second.read == []
    assert second.restored == len(first.resolver.resolutions)
    assert dict(second.resolver.resolutions) == dict(first.resolver.resolutions)
    for path in tree.rglob("*.ts"):
        assert second.summaries.at(str(path)) == first.summaries.at(str(path))


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_text("import './other'\n"),
        lambda file: os.utime(file, (LONG_AGO + 1, LONG_AGO + 1)),
        lambda file: (file.rename(file.with_suffix(".old")), file.write_text("import './other'\n")),
    ],
    ids=["content", "time", "another file"],
)
def test_a_file_that_changed_is_read_again(tree: Path, change: Callable[[Path], object]) -> None:
    Seen(tree)
    change(tree / "src/a7.ts")
    assert Seen(tree).read == ["a7.ts"]


def test_a_file_of_the_same_size_and_time_but_another_inode_is_read_again(tree: Path) -> None:
    Seen(tree)
    file = tree / "src/a7.ts"
    text = file.read_text()
    file.rename(tree / "old")
    file.write_text(text.replace("./a8", "./a9"))
    os.utime(file, (LONG_AGO, LONG_AGO))
    assert Seen(tree).read == ["a7.ts"]


def test_a_new_file_is_found_by_imports_of_others(tree: Path) -> None:
    missing = Seen(tree).resolver.resolve(f"./a{FILES}", "src/x.ts")
    assert isinstance(missing, Unresolved)
    (tree / f"src/a{FILES}.ts").write_text("")
    second = Seen(tree)
    assert second.restored == 0
    assert second.resolver.resolve(f"./a{FILES}", "src/x.ts") == ResolvedFile(f"src/a{FILES}.ts")


def test_a_settings_file_that_changed_counts(tree: Path) -> None:
    (tree / "tsconfig.json").write_text('{"compilerOptions": {"paths": {"pkg": ["./src/a1.ts"]}}}')
    age(tree)
    assert Seen(tree).resolver.resolve("pkg", "src/a0.ts") == ResolvedFile("src/a1.ts")
    (tree / "tsconfig.json").write_text('{"compilerOptions": {"paths": {"pkg": ["./src/a2.ts"]}}}')
    second = Seen(tree)
    assert second.restored == 0
    assert second.resolver.resolve("pkg", "src/a0.ts") == ResolvedFile("src/a2.ts")


def test_a_folder_that_was_only_touched_does_not_count(tree: Path) -> None:
    Seen(tree)
    os.utime(tree / "src", (LONG_AGO + 1, LONG_AGO + 1))
    assert Seen(tree).restored > 0


def test_what_changed_a_moment_ago_is_not_kept(tree: Path) -> None:
    os.utime(tree / "src/a7.ts")
    Seen(tree)
    assert Seen(tree).read == ["a7.ts"]
    os.utime(tree / "src")
    assert Seen(tree).restored > 0  # what was known before is still true


def test_resolutions_in_a_tree_that_was_just_written_are_not_kept(tree: Path) -> None:
    os.utime(tree / "src")
    Seen(tree)
    assert Seen(tree).restored == 0


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_resolutions_through_links_are_not_kept(tree: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", {"b.ts": ""})
    (tree / "src/link").symlink_to(tmp_path / "elsewhere")
    (tree / "src/a1.ts").write_text("import './link/b'\n")
    age(tree / "src")
    Seen(tree)
    assert Seen(tree).restored == 0


def test_a_broken_settings_file_is_said_in_each_scan(tree: Path) -> None:
    (tree / "tsconfig.json").write_text("{")
    age(tree)
    assert len(Seen(tree).resolver.diagnostics) == 1
    assert len(Seen(tree).resolver.diagnostics) == 1


def test_a_few_changed_files_do_not_write_the_cache_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Seen(tree)
    (tree / "src/a7.ts").write_text("import './a9'\n")
    monkeypatch.setattr(cache, "write", lambda *_: pytest.fail("the cached file is almost up to date"))
    Seen(tree)


TOKEN = draw("sk[A-Za-z0-9]{178}", "tests/modulegraph/tree_cache")


def test_no_value_of_a_secret_is_kept(tree: Path, tmp_path: Path) -> None:
    for number, line in enumerate(
        (
            f"import './{TOKEN}'",
            f"import 'https://user:hunter2@example.com/x.js?token={TOKEN[:20]}'",
            f"require('{TOKEN}')",
        )
    ):
        (tree / f"src/a{number}.ts").write_text(f"const token = '{TOKEN}'\n{line}\n")
    age(tree)
    assert len(Seen(tree).read) == FILES
    kept = b"".join(file.read_bytes() for file in (tmp_path / "cache").glob("tree-*"))
    assert b"./a9" in kept
    assert all(part.encode() not in kept for part in (TOKEN[:12], TOKEN[40:52], TOKEN[-12:], "hunter2"))
    assert Seen(tree).read == ["a0.ts", "a1.ts", "a2.ts"]


@pytest.mark.parametrize(
    "text",
    [
        "../../core/form/inputs/files/ImageToolInput/imagetool/ToolSVG.styles",
        "@sanity/client",
        "./DocumentStatusIndicatorWithPerspectives",
        "#live/constants",
        "./2024-01-02-first-post",
        "./chunk-7",
    ],
)
def test_paths_are_no_secrets(text: str) -> None:
    assert not may_hold_secret(text)


@pytest.mark.parametrize("text", ["https://a/b", "data:text/javascript,a", f"./{TOKEN}", "./" + "a1" * 16, "x" * 60])
def test_what_may_be_a_secret_is_one(text: str) -> None:
    assert may_hold_secret(text)
