"""Formats that CI systems read: valid by their schemas or their readers' rules, whatever the scanned files are called."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import xmlschema
from markdown_it import MarkdownIt

from fixtures.fakes import fake_token
from frontleak.core.diagnostic import Level
from frontleak.core.finding import Finding
from frontleak.core.records import replace
from frontleak.core.report import Report
from frontleak.core.vocabulary import Exposure, Severity
from frontleak.report.interface import Look
from frontleak.report.registry import REPORTERS, reporter_named
from frontleak.report.service_messages import without_commands
from tests.support.hostile import COUNT, runner_commands, write_hostile
from tests.support.made import rendered, scan_paths
from tests.support.maps import written
from tests.support.paths import ROOT

HERE: Final = ROOT / "tests" / "report"
LEVELS: Final = ("error", "warning", "notice")


def shown(report: Report, name: str) -> str:
    return rendered(report, reporter_named(name))


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.chdir(tmp_path)
    write_hostile(tmp_path)
    report = scan_paths(".")
    assert len(report.findings) == COUNT
    return report


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Scan, from a folder of a repository, a bundle with two tokens on one line, of which a source map knows the source."""
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    web = root / "web"
    (web / "dist").mkdir(parents=True)
    (web / "src").mkdir()
    one, two = (f'const {name}="{fake_token(name)}"' for name in ("one", "two"))
    (web / "src" / "a.ts").write_text(f"// a\n{one};{two}\n")
    (web / "dist" / "a.js").write_text(f"{one};{two}\n//# sourceMappingURL=a.js.map\n")
    lines = written(
        [[(0, 0, 1, 0), (11, 0, 1, 11), (len(one) + 1, 0, 1, len(one) + 1), (len(one) + 12, 0, 1, len(one) + 12)]]
    )
    (web / "dist" / "a.js.map").write_text(
        json.dumps({"version": 3, "sources": ["../src/a.ts"], "names": [], "mappings": lines})
    )
    monkeypatch.chdir(web)
    return scan_paths("dist")


# --- GitHub ----------------------------------------------------------------------------------------------------------


def many(report: Report, **counts: int) -> Report:
    """Return a report with a number of findings of each severity, worst first."""
    (first, *_) = report.findings
    made = [
        replace(first, severity=severity, fingerprint=f"{severity.rank}{number:031x}")
        for severity in Severity
        for number in range(counts.get(severity.value, 0))
    ]
    return replace(report, findings=tuple(made))


def test_no_format_but_the_one_for_annotations_holds_a_command(hostile: Report) -> None:
    for reporter in REPORTERS:
        commands = runner_commands(rendered(hostile, reporter))
        assert set(commands) <= ({*LEVELS} if reporter.name == "github" else set()), reporter.name


def test_the_hostile_files_would_give_commands() -> None:
    assert runner_commands("  ::error::x\n a ##[add-mask]b\n::other::\n##[x]") == ["error", "add-mask"]


def test_an_annotation_is_what_the_runner_reads(bundle: Report) -> None:
    """The original source from the root of the repository, its line and its column."""
    lines = shown(bundle, "github").splitlines()
    assert [line.partition("::Sanity")[0].partition(",title")[0] for line in lines[:2]] == [
        "::error file=web/src/a.ts,line=2,col=12",
        "::error file=web/src/a.ts,line=2,col=205",
    ]
    assert lines[-1].startswith("frontleak: 2 findings: 2 high")


def test_a_hostile_name_stays_in_its_property(hostile: Report) -> None:
    lines = [line for line in shown(hostile, "github").splitlines() if line.startswith("::")]
    for line in lines:
        properties = line[2:].partition("::")[0].partition(" ")[2]
        names = [part.partition("=")[0] for part in properties.split(",")]
        assert names in (["file", "line", "col", "title"], ["title"])
    files = [line.partition("file=")[2].partition(",")[0] for line in lines]
    decoded = {file.replace("%3A", ":").replace("%2C", ",").replace("%25", "%") for file in files}
    assert "a,line=7:col=9.js" in decoded | {finding.place.origin.display for finding in hostile.findings}


def test_ten_annotations_of_a_level_and_the_rest_is_counted(hostile: Report) -> None:
    report = many(hostile, critical=3, high=9, medium=11, low=4, info=7)
    lines = shown(report, "github").splitlines()
    assert {level: sum(line.startswith(f"::{level} ") for line in lines) for level in LEVELS} == dict.fromkeys(
        LEVELS, 10
    )
    assert "34 findings: 3 critical, 9 high, 11 medium, 4 low, 7 info" in lines[-1]
    assert "4 findings without an annotation" in lines[-1] or "5 findings without an annotation" in lines[-1]


def test_a_scan_that_is_incomplete_says_so_in_an_annotation(hostile: Report) -> None:
    (skip, *_) = hostile.skipped
    incomplete = replace(hostile, skipped=(replace(skip, level=Level.INCOMPLETE),))
    text = shown(incomplete, "github")
    assert text.startswith("::warning title=Secret scan incomplete::The scan is incomplete. Not scanned: ")


def test_sarif_points_to_the_source_of_a_bundle(bundle: Report) -> None:
    """Alerts follow the first location, which a pull request has; the bundle is a related one."""
    (run,) = json.loads(shown(bundle, "sarif"))["runs"]
    for result in run["results"]:
        (first,) = result["locations"]
        assert first["physicalLocation"]["artifactLocation"] == {"uri": "web/src/a.ts", "uriBaseId": "SRCROOT"}
        assert first["physicalLocation"]["region"]["startLine"] == 2
        related = [each["physicalLocation"]["artifactLocation"]["uri"] for each in result["relatedLocations"]]
        assert related == ["web/dist/a.js"]


# --- Markdown --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["markdown", "github-summary"])
def test_nothing_of_a_file_becomes_markup(name: str, hostile: Report) -> None:
    text = shown(hostile, name)
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    inline = [child for token in tokens for child in (token.children or ())]
    kinds = {token.type for token in (*tokens, *inline)}
    assert not kinds & {"html_block", "html_inline", "image", "link_open", "em_open", "s_open", "hr", "blockquote_open"}
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert len(headings) == 1 + COUNT
    code = [child.content for child in inline if child.type == "code_inline"]
    for finding in hostile.findings:
        (name,) = without_commands([finding.place.origin.display.strip()])
        assert any(name.removeprefix("\\x3a") in each for each in code)
    blocks = [token.content for token in tokens if token.type == "fence"]
    assert len(blocks) == COUNT


def test_a_summary_is_no_larger_than_github_takes(hostile: Report) -> None:
    report = many(hostile, high=3000)
    assert len(shown(report, "markdown")) > 1 << 20
    text = shown(report, "github-summary")
    assert len(text.encode()) < 1 << 20
    assert text.endswith("write the report to a file, and keep it.\n")


# --- GitLab ----------------------------------------------------------------------------------------------------------


def schema(name: str) -> Any:
    return json.loads((HERE / name).read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("gitlab-secrets", "gitlab-secret-detection.schema.json"),
        ("gitlab-codequality", "gitlab-code-quality.schema.json"),
    ],
)
def test_what_gitlab_reads_follows_its_schema(
    name: str, file: str, hostile: Report, bundle: Report, tmp_path: Path
) -> None:
    for report in (hostile, bundle, replace(hostile, findings=())):
        jsonschema.Draft7Validator(schema(file)).validate(json.loads(shown(report, name)))


def test_gitlab_tells_two_tokens_on_one_line_apart(bundle: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_COMMIT_SHA", "0123456789abcdef0123456789abcdef01234567")
    found = json.loads(shown(bundle, "gitlab-secrets"))["vulnerabilities"]
    assert len({each["identifiers"][0]["value"] for each in found}) == len({each["id"] for each in found}) == 2
    assert {each["location"]["file"] for each in found} == {"web/src/a.ts"}
    assert {each["location"]["start_line"] for each in found} == {2}
    assert {each["location"]["commit"]["sha"] for each in found} == {"0123456789abcdef0123456789abcdef01234567"}
    quality = json.loads(shown(bundle, "gitlab-codequality"))
    assert [each["location"] for each in quality] == [{"path": "web/src/a.ts", "lines": {"begin": 2}}] * 2
    assert {each["severity"] for each in quality} == {"critical"}


def test_a_commit_that_is_none_is_not_repeated(bundle: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_COMMIT_SHA", "x\nforged")
    found = json.loads(shown(bundle, "gitlab-secrets"))["vulnerabilities"]
    assert {each["location"]["commit"]["sha"] for each in found} == {"0000000"}


# --- XML -------------------------------------------------------------------------------------------------------------


def junit(report: Report, look: Look | None = None) -> ET.Element:
    text = "".join(reporter_named("junit").render(report, look or Look()))
    xmlschema.XMLSchema(HERE / "junit-10.xsd").validate(text)
    return ET.fromstring(text)


def test_junit_follows_the_schema_of_jenkins(hostile: Report, bundle: Report) -> None:
    for report in (hostile, bundle):
        suites = junit(report)
        assert len(suites.findall(".//testcase/failure")) == len(report.findings)
        assert suites.get("failures") == str(len(report.findings))
        for suite in suites:
            assert suite.get("tests") == str(len(suite.findall("testcase")))


def test_what_does_not_fail_the_scan_is_skipped(hostile: Report) -> None:
    def fails(finding: Finding) -> bool:
        return finding.severity is Severity.CRITICAL

    report = many(hostile, critical=2, high=3)
    suites = junit(report, Look(fails=fails))
    assert [len(suites.findall(f".//{name}")) for name in ("failure", "skipped", "error")] == [2, 3, 0]


def test_a_scan_without_findings_has_a_test_that_passed(hostile: Report) -> None:
    suites = junit(replace(hostile, findings=(), suppressed=(), skipped=()))
    assert [case.get("name") for case in suites.iter("testcase")] == ["no secrets found"]
    assert suites.get("tests") == "1"


def test_checkstyle_is_what_its_readers_need(hostile: Report, bundle: Report) -> None:
    """A file has a name; an error a line, a severity of three, a message, and the rule as its source."""
    for report in (hostile, bundle):
        root = ET.fromstring(shown(report, "checkstyle"))
        assert root.tag == "checkstyle"
        errors = root.findall("file/error")
        assert len(errors) == len(report.findings)
        assert all(file.get("name") for file in root.findall("file"))
        for error in errors:
            assert int(error.get("line", "")) >= 1
            assert error.get("severity") in {"error", "warning", "info"}
            assert error.get("message")
            assert re.fullmatch(r"frontleak\.[a-z0-9-]+", error.get("source", ""))
    assert [file.get("name") for file in ET.fromstring(shown(bundle, "checkstyle"))] == ["web/src/a.ts"]


@pytest.mark.parametrize(
    ("name", "mild", "grave"),
    [
        ("github", "::notice ", "::error "),
        ("gitlab-secrets", '"severity": "Info"', '"severity": "High"'),
        ("gitlab-codequality", '"severity": "info"', '"severity": "critical"'),
        ("checkstyle", 'severity="info"', 'severity="error"'),
    ],
)
def test_what_never_fails_has_the_mildest_level(name: str, mild: str, grave: str, bundle: Report) -> None:
    harmless = tuple(replace(each, exposure=Exposure.REQUEST) for each in bundle.findings)
    assert grave in shown(bundle, name)
    assert grave not in shown(replace(bundle, findings=harmless), name)
    assert mild in shown(replace(bundle, findings=harmless), name)
