"""Messages that are read once: numbers, reasons and ways out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

import frontleak
from frontleak.core.suppression import SuppressionKind
from frontleak.report.text import _SUPPRESSED
from tests.acceptance.support import frontleak as command
from tests.acceptance.support import installed, token, write
from tests.support.listing_server import listing


@pytest.mark.parametrize("number", [1, 2])
def test_how_many_findings_are_suppressed_and_by_what(number: int, tmp_path: Path) -> None:
    write(tmp_path, {f"dist/{n}.js": f'k="{token(str(n))}"' for n in range(number)})
    assert command("baseline", "create", "dist", cwd=tmp_path).code == 0
    done = command("scan", "dist", cwd=tmp_path)
    assert f"Suppressed: {number} finding{'s' if number > 1 else ''} by the baseline.\n" in done.out


def test_every_kind_of_suppression_has_words() -> None:
    assert set(_SUPPRESSED) == set(SuppressionKind)


def test_a_folder_that_a_page_links_to_and_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<a href="a.js">a</a><a href="gone/">gone</a>')
    (tmp_path / "a.js").write_text("x")
    with listing(tmp_path) as server:
        done = command("scan", "--isolated", server.address, cwd=tmp_path)
        missing = command("scan", "--isolated", f"{server.address}gone/", cwd=tmp_path)
    assert f"{server.address}gone/: cannot be listed: there is nothing at this address\n" in done.out
    assert f"{server.address}gone/: cannot be listed: there is nothing at this address\n" in missing.out
    assert done.code == missing.code == 3


@pytest.fixture
def _memory() -> Iterator[Any]:
    fsspec.filesystem("memory").store.clear()
    yield
    fsspec.filesystem("memory").store.clear()


@pytest.mark.usefixtures("_memory")
def test_memory_has_nothing_to_sign_in_to(tmp_path: Path) -> None:
    with pytest.raises(frontleak.FrontleakError) as caught:
        frontleak.scan("memory://nothing")
    done = installed("scan", "--isolated", "memory://nothing", cwd=tmp_path)
    for advice in (caught.value.advice or "", done.err):
        assert "memory:// has only what the same Python process has put into it" in advice
        assert "signed in" not in advice
    assert "memory" not in command("scan", "--isolated", "ftp://host/x", cwd=tmp_path).err


def test_a_baseline_of_a_scan_that_is_incomplete_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"dist/a.js": "x"})
    (tmp_path / "dist" / "b.har").write_text("x")
    with listing(tmp_path / "dist") as server:
        address = f"{server.address}gone/"
        done = command("baseline", "create", address, cwd=tmp_path)
        updated = command("baseline", "update", address, cwd=tmp_path)
    note = "note: the scan is incomplete, so findings may be missing; `frontleak scan` lists what could not be read\n"
    assert (done.code, done.err) == (updated.code, updated.err) == (3, note)
    assert command("baseline", "update", "dist", cwd=tmp_path).err == ""
