"""One scan of a hostile project writes every format at once, and each file is what its readers accept."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import xmlschema

from frontleak.report.registry import REPORTERS
from tests.acceptance.support import SUMMARY, installed
from tests.support.hostile import COUNT, runner_commands, write_hostile
from tests.support.paths import ROOT

SCHEMAS: Final = {
    "json": "docs/report.schema.json",
    "sarif": "tests/report/sarif-schema-2.1.0.json",
    "gitlab-secrets": "tests/report/gitlab-secret-detection.schema.json",
    "gitlab-codequality": "tests/report/gitlab-code-quality.schema.json",
}
COUNTED: Final = {
    "json": lambda data: len(data["findings"]),
    "sarif": lambda data: len(data["runs"][0]["results"]),
    "gitlab-secrets": lambda data: len(data["vulnerabilities"]),
    "gitlab-codequality": len,
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], list[str]]:
    """Return the text of each format, and the secrets of the project."""
    folder, out = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("out")
    secrets = write_hostile(folder)
    wanted = [part for each in REPORTERS for part in (f"--format={each.name}", "-o", str(out / each.name))]
    done = installed("scan", "--isolated", ".", *wanted, cwd=folder)
    assert (done.code, done.stdout) == (1, b"")
    assert SUMMARY.fullmatch(done.err)
    return {each.name: Path(out / each.name).read_text("utf-8") for each in REPORTERS}, secrets


@pytest.mark.parametrize("name", SCHEMAS)
def test_json_follows_its_schema(name: str, written: tuple[dict[str, str], list[str]]) -> None:
    data: Any = json.loads(written[0][name])
    schema = json.loads((ROOT / SCHEMAS[name]).read_text("utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(data)
    assert COUNTED[name](data) == COUNT


def test_json_lines(written: tuple[dict[str, str], list[str]]) -> None:
    lines = [json.loads(line) for line in written[0]["jsonl"].splitlines()]
    assert sum(line["type"] == "finding" for line in lines) == COUNT


def test_xml_follows_its_schema(written: tuple[dict[str, str], list[str]]) -> None:
    xmlschema.XMLSchema(ROOT / "tests" / "report" / "junit-10.xsd").validate(written[0]["junit"])
    for name, path in (("junit", ".//failure"), ("checkstyle", ".//error")):
        assert len(ET.fromstring(written[0][name]).findall(path)) == COUNT


@pytest.mark.parametrize("name", [each.name for each in REPORTERS])
def test_nothing_gives_a_command_or_a_value_away(name: str, written: tuple[dict[str, str], list[str]]) -> None:
    texts, secrets = written
    assert set(runner_commands(texts[name])) <= ({"error", "warning", "notice"} if name == "github" else set())
    for secret in secrets:
        assert not [start for start in range(len(secret) - 11) if secret[start : start + 12] in texts[name]]


def test_no_other_command_gives_a_command_away(tmp_path: Path) -> None:
    write_hostile(tmp_path)
    common = ("--isolated", "--jobs=1")
    report = installed("scan", ".", *common, "--format=json", cwd=tmp_path).json()
    (tmp_path / "empty").mkdir()
    fingerprints = [each["fingerprint"] for each in report["findings"] if each["path"].startswith(("::", "##"))]
    assert len(fingerprints) == 4
    for arguments in (
        ("scan", ".", *common),
        ("scan", ".", *common, "--verbose", "--show-public"),
        ("scan", "::error::no such file", *common),
        ("scan", "a ##[error]b", *common),
        ("diff", "empty", ".", *common),
        ("baseline", "create", ".", "--baseline", "b.json", *common),
        ("baseline", "show", "--baseline", "b.json"),
        *(("explain", each, *common) for each in fingerprints),
    ):
        done = installed(*arguments, cwd=tmp_path)
        assert done.out + done.err
        assert runner_commands(f"{done.out}\n{done.err}") == [], arguments
