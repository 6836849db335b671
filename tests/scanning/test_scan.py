"""The wiring: from paths to a sealed report."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from frontleak.core.blob import BlobResult
from frontleak.core.errors import ConfigError, InputError
from frontleak.core.report import Report
from frontleak.core.suppression import DUMMY, PLACEHOLDER, Suppression
from frontleak.core.vocabulary import Exposure, Severity
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from tests.acceptance.support import token, write
from tests.support.made import secret_of
from tests.support.shipped import fake, full_set


@pytest.fixture
def ruleset() -> RuleSet:
    """Return the shipped rules."""
    return full_set()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(report: Report) -> list[tuple[str, list[str]]]:
    """Return (rule, places) of the findings in a report."""
    return [
        (
            finding.rule_id,
            [f"{place.origin.display}:{place.line}:{place.column}" for place in (finding.place, *finding.also_at)],
        )
        for finding in report.findings
    ]


def test_a_clean_tree_gives_no_findings_and_says_what_was_read(here: Path, ruleset: RuleSet) -> None:
    write(here, {"a.js": "const a = 1;", "b.bin": b"\0\1\2", "c.txt": "wide".encode("utf-16"), "d.js": ""})
    report = scan(ruleset, ScanOptions())
    assert (report.findings, report.hidden, report.suppressed, report.skipped) == ((), (), (), ())
    assert report.coverage.files == {"binary": 1, "text": 2, "utf-16": 1}
    assert report.coverage.bytes == {"binary": 3, "text": 12, "utf-16": 4}
    assert report.rules_digest == ruleset.digest
    assert report.seconds >= 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("line", [1, 2])
def test_a_secret_is_found_at_the_same_place_in_every_encoding(
    here: Path, ruleset: RuleSet, encoding: str, line: int
) -> None:
    before = "\n" * (line - 1)
    write(here, {"a.js": (f"{before}const é = '{token()}';\n").encode(encoding)})
    assert found(scan(ruleset, ScanOptions())) == [("sanity-token", [f"a.js:{line}:12"])]


def test_a_column_counts_as_editors_do(here: Path, ruleset: RuleSet) -> None:
    write(here, {"a.js": f"const k = '🔑', t = '{token()}';"})
    assert found(scan(ruleset, ScanOptions())) == [("sanity-token", ["a.js:1:22"])]


def test_a_secret_is_found_among_binary_bytes(here: Path, ruleset: RuleSet) -> None:
    write(here, {"a.wasm": b"\0asm\1\0\0\0\n" + b"\xff\0" * 50 + b'"' + token().encode() + b'"\0'})
    report = scan(ruleset, ScanOptions())
    assert [finding.rule_id for finding in report.findings] == ["sanity-token"]
    assert report.findings[0].place.line == 2


def test_one_secret_in_many_files_is_one_finding(here: Path, ruleset: RuleSet) -> None:
    write(here, {f"{name}.js": f"'{token()}'" for name in "cab"})
    report = scan(ruleset, ScanOptions())
    assert found(report) == [("sanity-token", ["a.js:1:2", "b.js:1:2", "c.js:1:2"])]


def test_findings_come_worst_first_and_then_by_place(here: Path, ruleset: RuleSet) -> None:
    write(
        here,
        {
            "1.js": f"'{fake('stripe-test-key')}'",
            "2.js": f"'{token('b')}'\n'{token('a')}'",
            "3.js": f"'{fake('stripe-live-key')}'",
            "0.js": f"'{token('c')}'",
        },
    )
    assert [
        (finding.severity.value, finding.place.origin.path, finding.place.line)
        for finding in scan(ruleset, ScanOptions()).findings
    ] == [
        ("critical", "3.js", 1),
        ("high", "0.js", 1),
        ("high", "2.js", 1),
        ("high", "2.js", 2),
        ("low", "1.js", 1),
    ]


@pytest.mark.parametrize(
    ("path", "exposure"),
    [("dist/a.js", Exposure.SERVED), ("public/a.js", Exposure.SERVED), ("src/a.js", Exposure.SOURCE)],
)
def test_a_finding_says_who_gets_to_see_it(here: Path, ruleset: RuleSet, path: str, exposure: Exposure) -> None:
    write(here, {path: f"'{token()}'", "package.json": "{}"})
    assert [finding.exposure for finding in scan(ruleset, ScanOptions()).findings] == [exposure]


def test_standard_input_is_a_target_beside_files(here: Path, ruleset: RuleSet) -> None:
    write(here, {"a.js": f"'{token('a')}'"})
    stdin = io.BytesIO(f"\n'{token('b')}'".encode())
    report = scan(ruleset, ScanOptions(paths=("-", "a.js")), stdin=stdin)
    assert found(report) == [("sanity-token", ["<stdin>:2:2"]), ("sanity-token", ["a.js:1:2"])]


def test_standard_input_without_a_stream_is_an_error(ruleset: RuleSet) -> None:
    with pytest.raises(ConfigError):
        scan(ruleset, ScanOptions(paths=("-",)))


def test_a_path_that_does_not_exist_is_an_error(ruleset: RuleSet) -> None:
    with pytest.raises(InputError):
        scan(ruleset, ScanOptions(paths=("dist",)))


PUBLIC = ["stripe-publishable-key", "google-api-key", "sentry-dsn", "supabase-anon-jwt", "posthog-project-key"]


@pytest.mark.parametrize("rule", PUBLIC)
def test_keys_made_for_the_browser_are_hidden_until_they_are_asked_for(here: Path, ruleset: RuleSet, rule: str) -> None:
    write(here, {"dist/a.js": f"'https://{fake(rule)}'" if rule == "sentry-dsn" else f"'{fake(rule)}'"})
    report = scan(ruleset, ScanOptions())
    assert (report.findings, [finding.rule_id for finding in report.hidden]) == ((), [rule])
    report = scan(ruleset, ScanOptions(show_public=True))
    assert ([finding.rule_id for finding in report.findings], report.hidden) == ([rule], ())
    assert report.findings[0].exposure is Exposure.PUBLIC
    assert report.findings[0].severity is Severity.INFO


# Text -> why it is suppressed. The first two are from other vendors' documentation.
HARMLESS: Mapping[str, tuple[str, Suppression]] = {
    "a published example": (
        "skE5UXUmBEy7U50jcG4In4v4xoHZTlduDxQYet8Y84tsTqAZxp2reIPJsA1JzqXJno2qcpauGwPfjHpU",
        DUMMY,
    ),
    "a placeholder": ("sk" + "AbcdefghijkLmnopqrstuvwxyz0123456789" * 2 + "abcdef", PLACEHOLDER),
}


@pytest.mark.parametrize(("value", "why"), HARMLESS.values(), ids=HARMLESS)
def test_what_does_not_count_is_kept_with_the_reason(
    here: Path, ruleset: RuleSet, value: str, why: Suppression
) -> None:
    write(here, {"a.js": f"token: '{value}'"})
    report = scan(ruleset, ScanOptions())
    assert report.findings == ()
    assert [finding.suppression for finding in report.suppressed] == [why]


def test_what_was_skipped_is_listed_in_order_with_the_reason(here: Path, ruleset: RuleSet) -> None:
    write(here, {"b.js": "x" * 300, "a.js": "x" * 200, "c.js": "x"})
    (here / "d").symlink_to("missing")
    report = scan(ruleset, ScanOptions(max_file_size=100))
    assert [(skip.origin.path, skip.message) for skip in report.skipped] == [
        ("a.js", "200 bytes, over --max-file-size"),
        ("b.js", "300 bytes, over --max-file-size"),
        ("d", "is a broken link"),
    ]
    assert report.coverage.files == {"text": 1}


def test_what_was_left_out_is_counted(here: Path, ruleset: RuleSet) -> None:
    write(here, {".gitignore": "*.log", "a.log": "", "b.map": "", "node_modules/c.js": "", "d.js": ""})
    coverage = scan(ruleset, ScanOptions(exclude=("*.map",))).coverage
    assert (coverage.ignored, coverage.excluded, coverage.pruned) == (1, 1, 1)
    coverage = scan(ruleset, ScanOptions(exclude=("*.map",), gitignore=False)).coverage
    assert (coverage.ignored, coverage.excluded, coverage.pruned) == (0, 1, 1)


def test_a_report_is_sealed(here: Path, ruleset: RuleSet) -> None:
    write(here, {"a.js": f"'{token()}'"})
    report = scan(ruleset, ScanOptions())
    assert report.revealed == {}
    assert token() not in repr(report)
    with pytest.raises(LookupError):
        secret_of(report.findings[0]).reveal()


def test_a_report_holds_values_when_they_were_asked_for(here: Path, ruleset: RuleSet) -> None:
    write(here, {"a.js": f"'{token()}'"})
    report = scan(ruleset, ScanOptions(reveal=True))
    assert report.revealed == {secret_of(report.findings[0]).digest: token()}
    assert token() not in repr(report.findings)


def test_progress_is_told_of_every_file(here: Path, ruleset: RuleSet) -> None:
    write(here, {f"{number}.js": "x" * number for number in range(5)})
    told: list[BlobResult] = []
    scan(ruleset, ScanOptions(), progress=told.append)
    assert sorted(result.size for result in told) == [0, 1, 2, 3, 4]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("select", "ignore", "rules"),
    [
        pytest.param(["sanity-token"], [], {"sanity-token"}, id="one rule"),
        pytest.param(["sanity-*"], [], {"sanity-token"}, id="a vendor's rules"),
        pytest.param([], ["sanity-*"], {"stripe-live-key"}, id="all but a vendor's"),
        pytest.param(["*"], ["stripe-*"], {"sanity-token"}, id="all but, the long way"),
        pytest.param(["github-*"], [], set(), id="rules that find nothing"),
        pytest.param(["sanity-*"], ["sanity-*"], set(), id="no rule at all"),
    ],
)
def test_rules_can_be_chosen(
    here: Path, ruleset: RuleSet, select: Sequence[str], ignore: Sequence[str], rules: set[str]
) -> None:
    write(here, {"a.js": f"'{token()}'", "b.js": f"'{fake('stripe-live-key')}'"})
    report = scan(ruleset.choose(select, ignore), ScanOptions())
    assert {finding.rule_id for finding in report.findings} == rules


@pytest.mark.parametrize("engine", ["hyperscan", "regex"])
def test_both_engines_give_the_same_report(here: Path, ruleset: RuleSet, engine: Any) -> None:
    write(
        here,
        {
            "a.js": f"'{token()}'\n" * 3 + f"createClient({{projectId:'abcd1234',dataset:'x',token:'{token('b')}'}})",
            "b.js": f"'{fake('stripe-live-key')}' '{fake('github-token')}' '{fake('openai-api-key')}'",
            "c.js": "const a = 'sk-circle'",
        },
    )
    default = scan(ruleset, ScanOptions())
    chosen = scan(ruleset, ScanOptions(engine=engine))
    assert len(default.findings) == 5
    assert (chosen.findings, chosen.coverage) == (default.findings, default.coverage)
