"""The corpus of source files holds what people write, and the page counts it."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from bench.parse_corpus import PACKAGES_FILE, Reading, Row, constructs, kind_of, read, render, unpack
from frontleak.js.embedded_scripts import SCRIPTS


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("lib/a.ts", "let a: b", "ts"),
        ("lib/a.TSX", "let a", "tsx"),
        ("lib/a.d.ts", "declare let a", ""),
        ("lib/a.js.flow", "type A = B", "js"),
        ("lib/a.js", "/** @flow */ let a", "js"),
        ("lib/a.js", "const a = <p/>", "js"),
        ("lib/a.js", "const a = 1", ""),
        ("src/a.js", "const a = 1", "js"),
        ("src/a.js", "Object.defineProperty(exports, '__esModule', {})", ""),
        ("src/a.js", "x" * 500, ""),
        ("src/a.css", "a{}", ""),
        ("src/a.ts", " \n", ""),
    ],
)
def test_source_files_are_those_that_people_write(path: str, text: str, kind: str) -> None:
    assert kind_of(path, text.encode()) == kind
    assert kind in {*SCRIPTS, ""}


def test_a_package_gives_its_sources_and_those_in_its_maps_once(tmp_path: Path) -> None:
    tarball = tmp_path / "a.tgz"
    content = {
        "sources": ["webpack:///./../src/b.tsx", "c.ts", "node_modules/d.ts"],
        "sourcesContent": ["b", "same", "d"],
    }
    files = {
        "package/src/a.ts": "same",
        "package/dist/a.js.map": json.dumps(content),
        "package/dist/b.js.map": "no map",
        "package/node_modules/x/e.ts": "e",
        "package/f.js.flow": "f",
    }
    with tarfile.open(tarball, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    unpack(tarball, tmp_path / "out")
    found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == {"src/a.ts", "map/src/b.tsx", "f.js"}


def test_a_reading_says_what_a_scan_says(tmp_path: Path) -> None:
    files = {"good.ts": "f(1)", "odd.ts": "export type * from 'a'; f(1)", "bad.ts": "f(1)\nconst = ="}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    good, odd, bad = (read(str(tmp_path / name)) for name in files)
    assert (good.rejected, good.line, good.calls) == (False, 0, frozenset())
    assert (odd.rejected, odd.line, odd.calls) == (True, 0, frozenset({(24, 28)}))
    assert (bad.rejected, bad.line) == (True, 2)


def test_the_page_counts_files_and_shows_damaged_lines(tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_text("const something = 'text' = =\n")
    damaged = [Reading(str(tmp_path / "a.ts"), rejected=True, line=1, calls=frozenset())]
    assert constructs(damaged) == [("x x = '' = =", 1)]
    rows = {"ts": Row(files=3, valid=2, rejected=1, damaged=1), "js": Row(files=1, valid=1)}
    page = render(rows, damaged, 1, {"esbuild": "1.0"})
    assert "- Damaged: 1 of 3 valid files" in page
    assert "| all | 4 | 3 | 1 | 1 | 0 | 0 |" in page
    assert "- 1 x `x x = '' = =`" in page


def test_packages_are_pinned() -> None:
    lines = [line.strip() for line in PACKAGES_FILE.read_text("utf-8").splitlines() if line.startswith('  "')]
    assert len(lines) > 200
    assert all(line.rpartition("@")[2][0].isdigit() for line in lines)
