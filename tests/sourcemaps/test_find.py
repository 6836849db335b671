"""The map of a script is the file it names or the one next to it, never one outside the scanned folder."""

import gzip
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from frontleak.core.diagnostic import Code, Diagnostic, Level, note
from frontleak.core.origins import FileOrigin
from frontleak.sourcemaps.find import load_map

MOST: Final = 1000
ORIGIN: Final = FileOrigin(path="shown/app.js")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A scanned folder, and a map outside it."""
    folder = tmp_path / "dist"
    (folder / "maps").mkdir(parents=True)
    for name in ("app.js.map", "other.map", "maps/app.js.map", "a b.map", "../outside.map"):
        (folder / name).write_text(name)
    (folder / "large.js.map").write_text("x" * (MOST + 1))
    (folder / "link.js.map").symlink_to(tmp_path / "outside.map")
    (folder / "folder.js.map").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.js.map")
    (folder / "gz.js.map.gz").write_bytes(gzip.compress(b"x"))
    (folder / "wide.js.map").write_bytes("\ufeff{}".encode("utf-16-le"))
    return folder


FOUND: Final[Mapping[str, tuple[str, str | None, str]]] = {
    "beside it": ("app.js", None, "app.js.map"),
    "named": ("app.js", "other.map", "other.map"),
    "named in a folder": ("app.js", "maps/app.js.map", "maps/app.js.map"),
    "named with a dot": ("app.js", "./other.map", "other.map"),
    "percent-encoded": ("app.js", "a%20b.map", "a b.map"),
    "with a query": ("app.js", "other.map?v=1#x", "other.map"),
    "named elsewhere, but beside it": ("app.js", "https://maps.test/1/app.js.map", "app.js.map"),
    "named from the root, but beside it": ("app.js", "/assets/app.js.map", "app.js.map"),
    "named and missing, but beside it": ("app.js", "gone.map", "app.js.map"),
    "outside, but beside it": ("app.js", "../outside.map", "app.js.map"),
    "of a compressed script": ("app.js.gz", None, "app.js.map"),
    "named by a compressed script": ("app.js.br", "other.map", "other.map"),
}


@pytest.mark.parametrize(("name", "reference", "expected"), FOUND.values(), ids=FOUND)
def test_a_map_is_found(name: str, reference: str | None, expected: str, dist: Path) -> None:
    assert load_map(str(dist / name), reference, str(dist), MOST, ORIGIN) == expected.encode()


def test_a_script_that_promises_no_map_has_none(dist: Path) -> None:
    assert load_map(str(dist / "none.js"), None, str(dist), MOST, ORIGIN) is None


MISSING: Final[Mapping[str, tuple[str, str | None, str]]] = {
    "not there": ("none.js", "none.js.map", "its source map none.js.map is missing"),
    "outside": ("none.js", "../outside.map", "its source map ../outside.map is outside the scanned folder"),
    "outside, encoded": ("none.js", "%2e%2e/outside.map", "its source map %2e%2e/outside.map is outside the scanned"),
    "a link to the outside": ("link.js", None, "its source map link.js.map is outside the scanned folder"),
    "an absolute path": ("none.js", "/etc/passwd", "its source map /etc/passwd is not at a relative path"),
    "remote": ("none.js", "https://x.test/a.map", "its source map https://x.test/a.map is not at a relative path"),
    "remote without a scheme": ("none.js", "//x.test/a.map", "its source map //x.test/a.map is not at a relative path"),
    "a share": ("none.js", "\\\\x.test\\a.map", "its source map"),
    "a drive": ("none.js", "C:/a.map", "its source map"),
    "a file URL": ("none.js", "file:///etc/passwd", "its source map"),
    "a zero byte": ("none.js", "a%00.map", "its source map"),
    "a very long name": ("none.js", "a" * 9000, "its source map"),
    "control characters": ("none.js", "\x1b[31m.map", "its source map \\x1b[31m.map is missing"),
    "a folder": ("folder.js", None, "its source map folder.js.map is not a regular file"),
    "too large": ("large.js", None, "its source map large.js.map was not read: 1,001 bytes"),
}


@pytest.mark.parametrize(("name", "reference", "reason"), MISSING.values(), ids=MISSING)
def test_a_map_that_cannot_be_had_says_why(name: str, reference: str | None, reason: str, dist: Path) -> None:
    found = load_map(str(dist / name), reference, str(dist), MOST, ORIGIN)
    assert isinstance(found, Diagnostic)
    assert (found.level, found.code, found.origin) == (Level.NOTE, Code.SOURCE_MAP, ORIGIN)
    assert found.message.startswith(reason)
    assert len(found.message) < 250
    assert found.message.isprintable()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(dist: Path) -> None:
    expected = note(Code.SOURCE_MAP, ORIGIN, "its source map pipe.js.map is not a regular file")
    assert load_map(str(dist / "pipe.js"), None, str(dist), MOST, ORIGIN) == expected


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_map_that_may_not_be_read_says_so(dist: Path) -> None:
    (dist / "app.js.map").chmod(0)
    found = load_map(str(dist / "app.js"), None, str(dist), MOST, ORIGIN)
    assert isinstance(found, Diagnostic)
    assert "cannot be read" in found.message


def test_utf_16_is_rewritten(dist: Path) -> None:
    assert load_map(str(dist / "wide.js"), None, str(dist), MOST, ORIGIN) == b"{}"


def test_the_scanned_folder_may_be_a_link(dist: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(dist)
    assert load_map(str(tmp_path / "link/app.js"), None, str(tmp_path / "link"), MOST, ORIGIN) == b"app.js.map"
