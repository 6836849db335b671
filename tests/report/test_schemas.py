"""The machine-readable reports match their schemas and contain what their consumers rely on."""

import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fixtures.fakes import fake_token
from frontleak.core.diagnostic import Code
from frontleak.core.report import Report
from frontleak.report import json as json_report
from frontleak.report import sarif
from frontleak.report.interface import Look
from frontleak.rules.load import load_rules
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from tests.support.paths import ROOT

DUMMY = "skE5UXUmBEy7U50jcG4In4v4xoHZTlduDxQYet8Y84tsTqAZxp2reIPJsA1JzqXJno2qcpauGwPfjHpU"
LINE = f'/* 🙂 */a({{projectId:"abcd1234",token:"{fake_token("one")}"}});b({{token:"{fake_token("two")}"}})'

CODE = {
    "package.json": '{"private": true, "dependencies": {"next": "15.0.0"}}',
    "next.config.js": "module.exports = {env: {SANITY_API_TOKEN: process.env.SANITY_API_TOKEN}}",
    ".env": "NEXT_PUBLIC_SANITY_TOKEN=\n",
    "like.jsx": "'use client'\nimport {client} from './client'\nclient.withConfig({token: process.env.SANITY_TOKEN})",
    "client.js": "import {createClient} from '@sanity/client'\nexport const client = createClient({token: process.env.T})",
}


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Scan a folder with two tokens on one line, one of them twice, a documented dummy, an odd name and a skip.

    It also has an environment file, its compressed copy and a source map.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "app.js").write_text(LINE, "utf-8")
    (tmp_path / "dist" / "a b%ü.js").write_text(f'x="{fake_token("one")}"', "utf-8")
    (tmp_path / "dist" / ".env").write_text("A=b\n")
    (tmp_path / "dist" / ".env.gz").write_bytes(gzip.compress(b"A=b\n"))
    (tmp_path / "dist" / "lib.js.map").write_text('{"version":3,"sourcesContent":["a"]}')
    (tmp_path / "readme.md").write_text(f"token: {DUMMY}", "utf-8")
    (tmp_path / "gone.js").symlink_to("nowhere")
    return scan(load_rules(), ScanOptions(paths=(".",), jobs=1))


def test_the_schema_lists_every_code_of_a_diagnostic() -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    listed = schema["properties"]["skipped"]["items"]["properties"]["code"]["enum"]
    assert sorted(listed) == sorted(Code)


def test_json_follows_its_published_schema(report: Report) -> None:
    """docs/report.schema.json describes every field and no others."""
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    written = json.loads("".join(json_report.render(report, Look())))
    jsonschema.Draft202012Validator(schema).validate(written)
    assert [finding["kind"] for finding in written["findings"]] == ["pattern", "pattern", "file", "file"]
    assert len(written["suppressed"]) == 1
    assert [skip["path"] for skip in written["skipped"]] == ["gone.js"]


def test_json_about_code_follows_the_schema_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import path of two files, one of a single file, a variable and a setting; and the counts of analysed code."""
    monkeypatch.chdir(tmp_path)
    for name, text in CODE.items():
        (tmp_path / name).write_text(text, "utf-8")
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    report = scan(load_rules(), ScanOptions(paths=(".",), jobs=1))
    written = json.loads("".join(json_report.render(report, Look())))
    jsonschema.Draft202012Validator(schema).validate(written)
    assert {finding["kind"] for finding in written["findings"]} == {"usage", "env-name", "config"}
    assert sorted(len(finding["chain"]) for finding in written["findings"]) == [0, 0, 1, 2]
    assert all(finding["shipped"] for finding in written["findings"])
    assert written["coverage"]["code"].keys() == {"files", "parsed", "damaged"}
    assert written["coverage"]["code"]["parsed"] == 3
    log = json.loads("".join(sarif.render(report, Look())))
    official = json.loads((ROOT / "tests" / "report" / "sarif-schema-2.1.0.json").read_text("utf-8"))
    jsonschema.validators.validator_for(official)(official).validate(log)
    flows = [flow for result in log["runs"][0]["results"] for flow in result.get("codeFlows", ())]
    assert sorted(len(flow["threadFlows"][0]["locations"]) for flow in flows) == [1, 2]


def test_jsonl_holds_the_same_in_lines(report: Report) -> None:
    """Each line is an object with a type; the last is the summary."""
    lines = [json.loads(line) for line in "".join(json_report.render_lines(report, Look())).splitlines()]
    assert [line["type"] for line in lines] == [*["finding"] * 4, "suppressed", "skipped", "summary"]


def _run(report: Report) -> dict[str, Any]:
    run: dict[str, Any] = sarif.to_plain(report)["runs"][0]
    return run


def test_sarif_follows_the_official_schema(report: Report) -> None:
    """The complete log validates."""
    schema = json.loads((ROOT / "tests" / "report" / "sarif-schema-2.1.0.json").read_text("utf-8"))
    log = json.loads("".join(sarif.render(report, Look())))
    jsonschema.validators.validator_for(schema)(schema).validate(log)


def test_sarif_tells_two_tokens_on_one_line_apart(report: Report) -> None:
    """GitHub deduplicates results only by this fingerprint."""
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in _run(report)["results"]]
    assert len(set(prints)) == len(prints) == 5


def test_sarif_counts_columns_in_utf16_code_units(report: Report) -> None:
    """The emoji before the token counts as two."""
    results = [result for result in _run(report)["results"] if not result["ruleId"].startswith("served-")]
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in results]
    utf16 = LINE.encode("utf-16-le").index(fake_token("two").encode("utf-16-le")) // 2 + 1
    assert utf16 in [region["startColumn"] for region in regions]
    assert _run(report)["columnKind"] == "utf16CodeUnits"


def test_sarif_encodes_odd_names_in_addresses(report: Report) -> None:
    """A blank, a percent sign and a letter beyond ASCII."""
    text = json.dumps(sarif.to_plain(report))
    assert "dist/a%20b%25%C3%BC.js" in text


def test_sarif_keeps_what_is_suppressed(report: Report) -> None:
    """Missing results would close alerts."""
    suppressed = [result for result in _run(report)["results"] if "suppressions" in result]
    assert len(suppressed) == 1
    assert suppressed[0]["suppressions"][0]["kind"] == "external"


def test_sarif_describes_a_finding_about_a_file(report: Report) -> None:
    """Reported by path at line 1, which GitHub requires; the rule is described like any other."""
    run = _run(report)
    (env,) = [result for result in run["results"] if result["ruleId"] == "served-env-file"]
    assert env["message"]["text"].startswith("Environment file in a served folder: dist/.env. Move the file ")
    location = {"artifactLocation": {"uri": "dist/.env", "uriBaseId": "SRCROOT"}, "region": {"startLine": 1}}
    assert env["locations"] == [{"physicalLocation": location}]
    assert [related["message"]["text"] for related in env["relatedLocations"]] == ["the same file"]
    rule = run["tool"]["driver"]["rules"][env["ruleIndex"]]
    assert (rule["id"], rule["defaultConfiguration"]) == ("served-env-file", {"level": "warning"})
    assert rule["properties"]["tags"] == ["security", "file"]
    assert rule["help"]["text"]
    assert rule["helpUri"].startswith("https://")


def test_sarif_tells_how_many_files_of_a_folder_are_meant(report: Report) -> None:
    """The location is the build folder."""
    (maps,) = [result for result in _run(report)["results"] if result["ruleId"] == "served-source-maps"]
    assert ": dist (files 1). " in maps["message"]["text"]
    assert maps["level"] == "note"
    assert maps["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "dist"


def test_no_report_holds_a_secret(report: Report) -> None:
    """Not even a part of one."""
    for text in (json.dumps(json_report.to_plain(report)), json.dumps(sarif.to_plain(report)), repr(report.findings)):
        for secret in (fake_token("one"), fake_token("two"), DUMMY):
            assert not any(secret[start : start + 7] in text for start in range(len(secret) - 7))
