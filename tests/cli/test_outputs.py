"""`--format` and `-o`: each report goes to its output."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from frontleak.report.registry import REPORTERS
from tests.acceptance.support import COMMAND, SUMMARY, frontleak, run, token, without_timings, write

PUBLISHED = [each.name for each in REPORTERS if each.name not in {"text", "json", "jsonl", "html"}]
TEXT, JSON, JSONL, SARIF, EMPTY = "text", "json", "jsonl", "sarif", "nothing"


@pytest.fixture
def leaky(tmp_path: Path) -> Path:
    """Create a folder with one secret."""
    return write(tmp_path, {"dist/a.js": f"'{token()}'", "reports/x": ""})


def form(report: bytes) -> str:
    """Return the format of a report."""
    if not report:
        return EMPTY
    if not report.startswith(b"{"):
        return TEXT if b"1 finding: 1 high." in report else "something else"
    if report.count(b"\n") > 1 and all(line.startswith(b"{") for line in report.splitlines()):
        return JSONL if [json.loads(line)["type"] for line in report.splitlines()] == ["finding", "summary"] else "?"
    return SARIF if b"sarif" in report[:200] else JSON if json.loads(report)["version"] == 1 else "something else"


# Arguments -> format on standard output, format of each file.
PAIRS: Mapping[str, tuple[Sequence[str], str, Mapping[str, str]]] = {
    "nothing asked": ([], TEXT, {}),
    "text": (["--format=text"], TEXT, {}),
    "JSON": (["--format=json"], JSON, {}),
    "JSON lines": (["--format=jsonl"], JSONL, {}),
    "SARIF": (["--format=sarif"], SARIF, {}),
    "a file whose name says JSON": (["-o", "r.json"], EMPTY, {"r.json": JSON}),
    "a file whose name says JSON lines": (["-o", "r.jsonl"], EMPTY, {"r.jsonl": JSONL}),
    "a file whose name says SARIF": (["-o", "reports/r.sarif"], EMPTY, {"reports/r.sarif": SARIF}),
    "a file whose name says SARIF in two words": (["-o", "r.sarif.json"], EMPTY, {"r.sarif.json": SARIF}),
    "a file whose name says text": (["--output=r.txt"], EMPTY, {"r.txt": TEXT}),
    "a format and a file": (["--format=json", "-o", "r"], EMPTY, {"r": JSON}),
    "a format counts more than a name": (["--format", "sarif", "-o", "r.json"], EMPTY, {"r.json": SARIF}),
    "a file before a format": (["-o", "r.json", "--format=sarif"], SARIF, {"r.json": JSON}),
    "a file before a format and its file": (
        ["-o", "a.json", "--format=text", "-o", "b"],
        EMPTY,
        {"a.json": JSON, "b": TEXT},
    ),
    "one on standard output, one in a file": (["--format=text", "--format=sarif", "-o", "r"], TEXT, {"r": SARIF}),
    "one in a file, one on standard output": (["--format=sarif", "-o", "r", "--format=text"], TEXT, {"r": SARIF}),
    "two files": (
        ["--format=json", "-o", "a", "--format=sarif", "-o", "b"],
        EMPTY,
        {"a": JSON, "b": SARIF},
    ),
    "two files for one format": (["--format=json", "-o", "a", "-o", "b.sarif"], EMPTY, {"a": JSON, "b.sarif": SARIF}),
    "two files by name": (["-o", "a.json", "-o", "b.sarif"], EMPTY, {"a.json": JSON, "b.sarif": SARIF}),
    "one format twice": (["--format=json", "--format=json", "-o", "a"], JSON, {"a": JSON}),
    "a minus is standard output": (["--format=json", "-o", "-"], JSON, {}),
    "a minus and a file": (["--format=json", "-o", "-", "--format=sarif", "-o", "r"], JSON, {"r": SARIF}),
    "paths in between": (["--format=json", "dist", "-o", "r", "dist"], EMPTY, {"r": JSON}),
    "other options in between": (
        ["--format=json", "--jobs=1", "--select=sanity-*", "-o", "r", "--format", "text"],
        TEXT,
        {"r": JSON},
    ),
    "all of them": (
        ["--format=text", "--format=json", "-o", "j", "--format=jsonl", "-o", "l", "--format=sarif", "-o", "s"],
        TEXT,
        {"j": JSON, "l": JSONL, "s": SARIF},
    ),
}


@pytest.mark.parametrize(("arguments", "stdout", "files"), PAIRS.values(), ids=PAIRS)
def test_every_report_goes_where_it_was_asked_for(
    leaky: Path, arguments: Sequence[str], stdout: str, files: Mapping[str, str]
) -> None:
    before = set(os.listdir(leaky)) | set(os.listdir(leaky / "reports"))
    done = frontleak("scan", *([] if "dist" in arguments else ["dist"]), *arguments, cwd=leaky)
    assert done.code == 1
    assert SUMMARY.fullmatch(done.err) if not done.stdout else done.err == ""
    assert form(done.stdout) == stdout
    assert {name: form((leaky / name).read_bytes()) for name in files} == files
    after = set(os.listdir(leaky)) | set(os.listdir(leaky / "reports"))
    assert after - before == {Path(name).name for name in files}


def test_a_format_named_by_the_environment_is_the_default(leaky: Path) -> None:
    assert form(frontleak("scan", "dist", cwd=leaky, env={"FRONTLEAK_FORMAT": "json"}).stdout) == JSON
    done = frontleak("scan", "dist", "--format=text", cwd=leaky, env={"FRONTLEAK_FORMAT": "json"})
    assert form(done.stdout) == TEXT


def test_the_default_format_holds_for_a_file_whose_name_tells_none(leaky: Path) -> None:
    frontleak("scan", "dist", "-o", "r", "-o", "r.sarif", cwd=leaky, env={"FRONTLEAK_FORMAT": "json"})
    assert [form((leaky / name).read_bytes()) for name in ("r", "r.sarif")] == [JSON, SARIF]


def test_a_report_in_a_file_is_the_report_on_standard_output(leaky: Path) -> None:
    printed = frontleak("scan", "dist", "--format=json", cwd=leaky)
    frontleak("scan", "dist", "--format=json", "-o", "r", cwd=leaky)
    assert without_timings((leaky / "r").read_bytes()) == without_timings(printed.stdout)


def test_a_report_replaces_the_one_before_and_anybody_may_read_it(leaky: Path) -> None:
    write(leaky, {"r.json": "x" * 100_000})
    frontleak("scan", "dist", "-o", "r.json", cwd=leaky)
    assert form((leaky / "r.json").read_bytes()) == JSON
    mask = os.umask(0)
    os.umask(mask)
    assert (leaky / "r.json").stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_report_that_was_not_made_leaves_the_one_before(leaky: Path) -> None:
    write(leaky, {"r.json": "before"})
    assert frontleak("scan", "missing", "-o", "r.json", cwd=leaky).code == 2
    assert (leaky / "r.json").read_text() == "before"


def test_a_report_inside_the_scanned_folder_does_not_change_the_next_one(leaky: Path) -> None:
    first = frontleak("scan", ".", "--format=json", cwd=leaky)
    frontleak("scan", ".", "--format=text", "-o", "dist/report.txt", cwd=leaky)
    second = frontleak("scan", ".", "--format=json", cwd=leaky)
    assert first.json()["findings"] == second.json()["findings"]


@pytest.mark.parametrize("name", ["-r.json", "réport.json", "a b.json", "a\nb.json", "$(id).json"])
def test_a_report_may_have_an_odd_name(leaky: Path, name: str) -> None:
    assert frontleak("scan", "dist", f"--output={name}", cwd=leaky).code == 1
    assert form((leaky / name).read_bytes()) == JSON


# --- what a report may show ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [TEXT, JSON, JSONL, SARIF])
def test_secrets_are_shown_by_their_beginning_and_length(leaky: Path, name: str) -> None:
    out = frontleak("scan", "dist", f"--format={name}", cwd=leaky).out
    assert token() not in out
    assert token()[:12] not in out
    assert f"{token()[:4]}…(180 characters)" in out


@pytest.mark.parametrize("name", [TEXT, JSON, JSONL])
def test_secrets_are_shown_whole_when_asked_for(leaky: Path, name: str) -> None:
    out = frontleak("scan", "dist", f"--format={name}", "--reveal", cwd=leaky).out
    assert out.count(token()) == 1


def test_a_page_shows_them_whole_when_asked_for_and_says_so(leaky: Path) -> None:
    done = frontleak("scan", "dist", "--reveal", "-o", "r.html", cwd=leaky)
    assert done.err.startswith("note: r.html contains secret values; only you can read it\n")
    text = (leaky / "r.html").read_text()
    assert token() in text
    assert "keep this file to yourself" in text


@pytest.mark.parametrize("name", PUBLISHED)
def test_secrets_stay_out_of_what_is_published_even_when_asked_for(name: str, leaky: Path) -> None:
    assert token()[:12] not in frontleak("scan", "dist", f"--format={name}", "--reveal", cwd=leaky).out


@pytest.mark.parametrize("name", ["FRONTLEAK_REVEAL", "REVEAL"])
def test_no_environment_variable_reveals(leaky: Path, name: str) -> None:
    assert token() not in frontleak("scan", "dist", cwd=leaky, env={name: "1"}).out


@pytest.mark.parametrize("target", ["../home/.bashrc", "{}/home/.bashrc"], ids=["relative", "absolute"])
def test_a_link_out_of_its_folder_is_not_written_through(tmp_path: Path, target: str) -> None:
    """A scanned tree may contain a link with the name of the report."""
    write(tmp_path, {"home/.bashrc": "alias x=y", "tree/a.js": f"'{token()}'"})
    (tmp_path / "tree/r.sarif").symlink_to(target.format(tmp_path))
    done = frontleak("scan", "-o", "r.sarif", cwd=tmp_path / "tree")
    assert (done.code, done.problems) == (
        2,
        ["error: r.sarif: is a link to a file outside its folder, so it is not overwritten"],
    )
    assert (tmp_path / "home/.bashrc").read_text() == "alias x=y"


def test_a_report_with_values_can_be_read_by_its_owner_only(leaky: Path) -> None:
    done = frontleak("scan", "--reveal", "-o", "r.json", cwd=leaky)
    assert token() in (leaky / "r.json").read_text()
    assert (leaky / "r.json").stat().st_mode & 0o777 == 0o600
    note, summary = done.err.splitlines()
    assert note == "note: r.json contains secret values; only you can read it"
    assert SUMMARY.fullmatch(f"{summary}\n")


def test_a_closed_standard_output_is_one_line(leaky: Path) -> None:
    done = run(["sh", "-c", 'exec "$0" scan >&-', COMMAND], cwd=leaky)
    assert (done.code, done.problems) == (2, ["error: standard output is closed"])
