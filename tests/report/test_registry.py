"""Every registered format: names are distinct, whatever is hostile is escaped, and no value is printed."""

import os
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from fixtures.fakes import fake_token
from frontleak.core.report import Report
from frontleak.core.secret import printable
from frontleak.report.interface import Reporter
from frontleak.report.registry import REPORTERS, reporter_named, reporter_of_file
from tests.support.made import rendered, scan_paths

IDS: Final = [reporter.name for reporter in REPORTERS]
TOKEN: Final = fake_token("every format")
HOSTILE: Final = "\x1b[31m\u202e\u2028\r\nFORGED\x00\x07"
NAME: Final = "\x1b[31m\u202e\nFORGED|<b>`x`.js" if os.name != "nt" else "\u202eFORGED.js"
every_format: Final = pytest.mark.parametrize("reporter", REPORTERS, ids=IDS)


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Scan a file and a link with hostile names, and hostile text around a token."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / NAME).write_text(f'{HOSTILE} a("{HOSTILE}","{TOKEN}","{HOSTILE}") {HOSTILE}', "utf-8")
    (tmp_path / f"link-{NAME}").symlink_to("nowhere")
    return scan_paths(".")


def test_names_and_suffixes_are_distinct() -> None:
    names = Counter(IDS)
    suffixes = Counter(suffix for reporter in REPORTERS for suffix in reporter.suffixes)
    assert {*names.values(), *suffixes.values()} == {1}
    assert all(suffix.startswith((".", "gl-", "junit", "checkstyle")) for suffix in suffixes)
    assert [reporter_named(name) for name in IDS] == list(REPORTERS)


@pytest.mark.parametrize(
    ("file", "name"),
    {
        "a.txt": "text",
        "a.json": "json",
        "a.ndjson": "jsonl",
        "a.sarif.json": "sarif",
        "out/gl-secret-detection-report.json": "gitlab-secrets",
        "gl-code-quality-report.json": "gitlab-codequality",
        "a.md": "markdown",
        "out/junit.xml": "junit",
        "my-checkstyle.xml": "checkstyle",
    }.items(),
)
def test_a_file_name_tells_a_format(file: str, name: str) -> None:
    assert reporter_of_file(file).name == name


@pytest.mark.parametrize("file", ["report", "report.xml", "json", "a.json.gz", ""])
def test_another_file_name_tells_none(file: str) -> None:
    with pytest.raises(KeyError):
        reporter_of_file(file)


@every_format
def test_nothing_to_report_is_no_error(reporter: Reporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert isinstance(rendered(scan_paths("."), reporter), str)


@every_format
def test_what_is_hostile_is_escaped(reporter: Reporter, hostile: Report) -> None:
    text = rendered(hostile, reporter)
    assert "FORGED" in text
    assert printable(text.replace("\n", "")) == text.replace("\n", "")
    assert not [line for line in text.split("\n") if line.lstrip().startswith("FORGED")]


@every_format
def test_no_value_is_printed(reporter: Reporter, hostile: Report) -> None:
    text = rendered(hostile, reporter)
    assert len(hostile.findings) == 1
    assert hostile.findings[0].rule_id in text or hostile.findings[0].title in text
    assert not [start for start in range(len(TOKEN) - 11) if TOKEN[start : start + 12] in text]
