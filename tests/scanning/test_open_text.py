"""The text of an open file is judged as a scan of its folder judges the file saved."""

import contextlib
from pathlib import Path

import pytest

from frontleak.core.report import Report
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.files.walk import FileWalk
from frontleak.files.walk_rules import load_walk_rules
from frontleak.files.walk_to import WalkTo
from frontleak.scanning.open_text import OpenTexts
from frontleak.scanning.options import MAX_FILE_SIZE, ScanOptions
from tests.acceptance.support import repository, token, write
from tests.support.made import scan_paths
from tests.support.paths import ROOT
from tests.support.shipped import full_set

FOLDERS = ("vite-react", "next-app", "sveltekit", "webpack5", "nuxt")


def places(report: Report) -> set[tuple[str, str, int, int, str]]:
    """Return the rule, path, line, column and exposure of every place of a secret."""
    return {
        (place.rule_id or finding.rule_id, place.origin.path, place.line, place.column, place.exposure)
        for finding in report.findings
        if finding.kind.is_value
        for place in (finding.place, *finding.also_at)
    }


@pytest.mark.parametrize("name", FOLDERS)
def test_the_files_of_a_project_have_the_findings_of_its_scan(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "fixtures" / name)
    here = Path.cwd().as_posix()
    texts = OpenTexts(full_set(), ScanOptions(), here)
    found, opened = set(), set()
    for file in sorted(each for each in Path().rglob("*") if each.is_file()):
        data = file.read_bytes()
        with contextlib.suppress(UnicodeDecodeError):  # an editor opens texts
            data.decode()
            report = texts.scan(f"{here}/{file.as_posix()}", data)
            found |= places(report) if report else set()
            opened.add(file.as_posix())
    of_scan = {each for each in places(scan_paths(".")) if each[1] in opened}
    # a scan shows a secret on the server with the places where it is served, which one text does not know
    expected = {each for each in of_scan if each[4] != Exposure.SERVER}
    assert expected
    assert found == expected


def test_a_walk_to_a_file_finds_what_the_walk_finds(tmp_path: Path) -> None:
    folder = repository(tmp_path / "app")
    files = (
        *("a.ts", "src/a.ts", "src/b/c.ts", "ignored/a.ts", "dist/app.js", "node_modules/x/a.js", ".env", "sub/.env"),
        *("excluded/a.ts", "src/excluded.ts", ".next/server/app.js", ".next/static/a.js", "coverage/a.js"),
    )
    write(folder, dict.fromkeys(files, "x"))
    write(folder, {".gitignore": "ignored/\n.env\ndist\n.next\n", "package.json": "{}", "sub/.gitignore": "!.env\n"})
    (folder / "linked").symlink_to(folder / "src")
    (folder / "out.ts").symlink_to(tmp_path / "outside.ts")
    (tmp_path / "outside.ts").write_text("x")
    options = {"max_size": MAX_FILE_SIZE, "gitignore": True, "exclude": ["excluded*"], "exclude_folder": ""}
    with contextlib.chdir(folder):
        rules, here = load_walk_rules(), folder.as_posix()
        walked = FileWalk([here], rules, **options)  # type: ignore[arg-type]
        listed = {each.path: each for each in walked.entries() if isinstance(each, FileEntry)}
        for name in (*files, "out.ts", "missing.ts", "src"):
            found = WalkTo(here, f"{here}/{name}", rules, **options).entry()  # type: ignore[arg-type]
            assert found == listed.get(f"{here}/{name}"), name
        assert len(listed) > 6
        through_link = WalkTo(here, f"{here}/linked/a.ts", rules, **options).entry()  # type: ignore[arg-type]
        assert through_link is not None  # the walk has it at its own path
        assert through_link.exposure is Exposure.SOURCE


def test_ordinary_texts_have_no_findings_and_a_long_session_no_limit(tmp_path: Path) -> None:
    """The budget of a run is that of one text, not of all texts of a session."""
    write(tmp_path, {"package.json": "{}"})
    with contextlib.chdir(tmp_path):
        texts = OpenTexts(full_set(), ScanOptions(), tmp_path.as_posix())
        path = f"{tmp_path.as_posix()}/a.ts"
        many = "".join(f"t = '{token(str(number))}'\n" for number in range(200)).encode()
        for _ in range(300):  # 60,000 findings, over the limit of a run
            report = texts.scan(path, many)
            assert report is not None
            assert len(report.findings) == 200
            assert report.skipped == ()
        report = texts.scan(path, b"export const a = 1\n")
        assert report is not None
        assert report.findings == ()
