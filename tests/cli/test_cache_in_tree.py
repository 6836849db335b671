"""A cache in the scanned tree may be planted: nothing in it is read, and one line says so."""

import os
from pathlib import Path

import pytest

from tests.acceptance.support import frontleak, token, write
from tests.support.run_folder import copied_cache


@pytest.fixture
def planted(few_rules: Path, tmp_path: Path) -> Path:
    """Create a tree with a secret and a cache that holds sound entries, made where it was trusted."""
    tree = write(tmp_path / "tree", {"dist/a.js": f"'{token()}'"})
    copied_cache(tmp_path / "c")
    done = frontleak("scan", cwd=tree, env={"FRONTLEAK_CACHE_DIR": str(tmp_path / "c")})
    assert (done.code, done.err) == (1, "")
    (tmp_path / "c").rename(tree / ".cache")
    return tree


def test_a_cache_outside_the_tree_is_used_without_a_word(planted: Path, tmp_path: Path) -> None:
    (planted / ".cache").rename(tmp_path / "c")
    before = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "c").iterdir()}
    done = frontleak("scan", cwd=planted, env={"FRONTLEAK_CACHE_DIR": str(tmp_path / "c")})
    assert (done.code, done.err) == (1, "")
    assert {file.name: file.stat().st_mtime_ns for file in (tmp_path / "c").iterdir()} == before


@pytest.mark.parametrize("where", ["tree", "working directory", "through a link"])
def test_a_cache_in_the_tree_is_neither_read_nor_written(planted: Path, tmp_path: Path, where: str) -> None:
    cache = planted / ".cache"
    for file in cache.iterdir():
        if file.name != "key":
            file.write_bytes(file.read_bytes()[:-1])  # a scan that reads it would replace it
    before = {file.name: file.read_bytes() for file in cache.iterdir()}
    named, cwd, path = str(cache), tmp_path, "tree"
    if where == "working directory":
        cwd, path = planted, "dist"
    if where == "through a link":
        os.symlink(cache, tmp_path / "link")
        named = str(tmp_path / "link")
    done = frontleak("scan", path, cwd=cwd, env={"FRONTLEAK_CACHE_DIR": named})
    assert done.code == 1
    assert done.err == (
        f"note: the cache directory {named} is in the scanned tree or the working directory, so it is not used\n"
    )
    assert {file.name: file.read_bytes() for file in cache.iterdir()} == before


def test_a_home_in_the_scanned_tree_is_not_trusted_either(few_rules: Path, tmp_path: Path) -> None:
    write(tmp_path, {"tree/dist/a.js": "x"})
    env = {"FRONTLEAK_CACHE_DIR": "", "XDG_CACHE_HOME": "", "HOME": str(tmp_path / "tree")}
    done = frontleak("scan", "tree", cwd=tmp_path, env=env)
    assert (done.code, done.err.count("\n")) == (0, 1)
    assert not (tmp_path / "tree/.cache").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_a_cache_that_others_can_replace_is_named_once(few_rules: Path, tmp_path: Path) -> None:
    write(tmp_path, {"tree/dist/a.js": f"'{token()}'"})
    home = tmp_path / "home" / ".cache"
    home.mkdir(parents=True)
    home.chmod(0o775)
    env = {"FRONTLEAK_CACHE_DIR": "", "XDG_CACHE_HOME": "", "HOME": str(home.parent)}
    done = frontleak("scan", "tree", cwd=tmp_path, env=env)
    assert done.code == 1
    assert done.err == (
        f"note: no cache is used, because others can change {home}; "
        f"run `chmod go-w {home}`, or set XDG_CACHE_HOME to a folder of your own\n"
    )
    assert list(home.iterdir()) == [] or not any((home / "frontleak").iterdir())
    home.chmod(0o700)
    assert frontleak("scan", "tree", cwd=tmp_path, env=env).err == ""
