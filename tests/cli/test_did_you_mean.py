"""A mistyped command or path gets the right one in the message; a report in a file gets a summary on stderr."""

from pathlib import Path

import pytest

from tests.acceptance.support import frontleak, token, write


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["app.js"], "no such command 'app.js'; did you mean `frontleak scan app.js`?"),
        (["dist"], "no such command 'dist'; did you mean `frontleak scan dist`?"),
        (["scann"], "no such command 'scann'; did you mean 'scan'?"),
        (["scan", "dits"], "dits: no such file or folder; did you mean dist?"),
        (["scan", "dist/ap.js"], "dist/ap.js: no such file or folder; did you mean dist/app.js?"),
    ],
)
def test_a_near_miss_gets_a_hint(tmp_path: Path, arguments: list[str], message: str) -> None:
    write(tmp_path, {"app.js": "", "dist/app.js": ""})
    done = frontleak(*arguments, cwd=tmp_path)
    assert done.code == 2
    assert message in done.err


def test_what_is_like_nothing_gets_no_hint(tmp_path: Path) -> None:
    for arguments in (["quux"], ["scan", "quux"]):
        done = frontleak(*arguments, cwd=tmp_path)
        assert done.code == 2
        assert "did you mean" not in done.err


def test_a_report_in_a_file_leaves_one_line_on_stderr(tmp_path: Path) -> None:
    write(tmp_path, {"dist/a.js": f"x='{token()}'"})
    done = frontleak("scan", "dist", "-o", "report.json", cwd=tmp_path)
    assert done.out == ""
    assert done.err.splitlines() == ["1 finding, worst: high; scanned 1 file; see report.json"]
    both = frontleak("scan", "dist", "--format", "json", "-o", "report.json", "--format", "text", cwd=tmp_path)
    assert "see report.json" not in both.err
