"""`frontleak config`, `frontleak explain` and completion in the shell."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from frontleak.cli.config_options import OPTIONS, json_schema
from tests.acceptance.support import frontleak, repository, token, write
from tests.support.paths import ROOT

CONFIG = """\
# ours
fail-on: low
exclude: [fixtures/]
overrides:
  - files: ['*.test.ts']
    fail-on: critical
"""


def _sources(folder: Path, *flags: str, **env: str) -> dict[str, tuple[Any, str]]:
    rows = json.loads(frontleak("config", "show", "--format=json", *flags, cwd=folder, env=env).out)
    return {row["option"]: (row["value"], row["from"]) for row in rows}


def test_each_setting_says_where_it_comes_from(tmp_path: Path) -> None:
    repository(tmp_path)
    assert {source for _, source in _sources(tmp_path).values()} == {"default"}
    write(tmp_path, {".frontleak.yaml": CONFIG, ".frontleak-baseline.json": "", "src/a.ts": ""})
    found = _sources(tmp_path / "src", FRONTLEAK_JOBS="1")
    assert found["fail-on"] == ("low", "../.frontleak.yaml:2")
    assert found["exclude"] == (["fixtures/"], "../.frontleak.yaml:3")
    assert found["overrides"][1] == "../.frontleak.yaml:4"
    assert found["jobs"] == (1, "environment variable FRONTLEAK_JOBS")
    assert found["baseline"] == ("../.frontleak-baseline.json", "found: .frontleak-baseline.json of the project")
    assert found["gitignore"] == (True, "default")
    # a variable wins over the file, as in a scan
    assert _sources(tmp_path, FRONTLEAK_FAIL_ON="high")["fail-on"][1] == "environment variable FRONTLEAK_FAIL_ON"


def test_flags_win_and_say_that_they_do(tmp_path: Path) -> None:
    write(tmp_path, {".frontleak.yaml": CONFIG})
    flags = ("--fail-on=high", "--exclude=a", "--exclude=b", "--no-gitignore", "--strict", "--baseline=old.json")
    found = _sources(tmp_path, *flags, "--jobs=2", "--engine=regex", FRONTLEAK_JOBS="1", FRONTLEAK_FAIL_ON="low")
    given = "command line"
    assert {name: value for name, (value, source) in found.items() if source == given} == {
        "fail-on": "high",
        "exclude": ["a", "b"],
        "gitignore": False,
        "strict": True,
        "baseline": "old.json",
        "jobs": 2,
        "engine": "regex",
    }
    assert found["overrides"][1] == ".frontleak.yaml:4"
    # the command line is as a scan takes it
    assert frontleak("config", "show", "--fail-on=grave", cwd=tmp_path).code == 2
    assert "engine" not in _sources(tmp_path)


def test_flags_that_switch_a_setting_off(tmp_path: Path) -> None:
    repository(write(tmp_path, {".frontleak.yaml": CONFIG, ".frontleak-baseline.json": ""}))
    found = _sources(tmp_path, "--no-exclude", "--no-baseline")
    assert found["exclude"] == ([], "command line: --no-exclude")
    assert found["baseline"] == (None, "command line: --no-baseline")
    assert {source for _, source in _sources(tmp_path, "--isolated", "--no-baseline").values()} == {
        "default",
        "command line: --no-baseline",
    }


def test_config_show_takes_every_flag_that_sets_an_option(tmp_path: Path) -> None:
    for name in OPTIONS:
        flag = f"--{name}"
        if OPTIONS[name].parameter:
            assert flag in frontleak("config", "show", "--help", cwd=tmp_path).out, flag


def test_the_settings_as_text(tmp_path: Path) -> None:
    write(tmp_path, {".frontleak.yaml": CONFIG})
    lines = frontleak("config", "show", cwd=tmp_path).out.splitlines()
    assert [" ".join(line.split()) for line in lines[:4]] == [
        "fail-on low (.frontleak.yaml:2)",
        "select none (default)",
        "ignore none (default)",
        "exclude fixtures/ (.frontleak.yaml:3)",
    ]


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {".frontleak.yaml": "fail-on: grave\n"})
    done = frontleak("config", "show", cwd=tmp_path)
    assert done.code == 2
    assert ".frontleak.yaml:1" in done.err


@pytest.mark.parametrize(
    "text",
    [
        "fail-on: grave",
        "fail-ons: low",
        "exclude: fixtures/",
        "jobs: -1",
        "ignore-findings: [{fingerprint: xyz, reason: a}]",
        f"ignore-findings: [{{fingerprint: '{'0' * 32}'}}]",
        "overrides: [{files: [a]}]",
        "verify: true",
    ],
)
def test_what_the_tool_refuses_the_schema_refuses(tmp_path: Path, text: str) -> None:
    write(tmp_path, {".frontleak.yaml": text})
    assert frontleak("config", "show", cwd=tmp_path).code == 2
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), json_schema())


@pytest.mark.parametrize(
    "text",
    [
        CONFIG,
        "{}",
        f"ignore-findings: [{{fingerprint: '{'0' * 32}', reason: a dummy, owner: web, expires: '2999-01-31'}}]",
        "plugins: [detect-secrets]\nstrict: true\njobs: 0\nmax-file-size: 1",
    ],
)
def test_what_the_tool_takes_the_schema_takes(tmp_path: Path, text: str) -> None:
    write(tmp_path, {".frontleak.yaml": text})
    assert frontleak("config", "show", cwd=tmp_path).code == 0
    jsonschema.validate(yaml.safe_load(text), json_schema())


def test_the_schema_is_valid_and_published(tmp_path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    printed = frontleak("config", "schema", cwd=tmp_path).out
    assert printed == (ROOT / "docs/config.schema.json").read_text("utf-8")
    assert json.loads(printed) == json_schema()


def test_a_rule_is_explained_as_rules_show_does(tmp_path: Path) -> None:
    explained = frontleak("explain", "sanity-token", cwd=tmp_path)
    assert explained.out == frontleak("rules", "show", "sanity-token", cwd=tmp_path).out
    assert "there is no rule 'sanity-tokn'" in frontleak("explain", "sanity-tokn", cwd=tmp_path).err


def test_a_finding_is_explained_with_all_its_places(tmp_path: Path) -> None:
    secret = token("1")
    write(tmp_path, {"package.json": "{}", "src/a.ts": f"const a = '{secret}'", "src/b.ts": f"const b = '{secret}'"})
    missing = frontleak("explain", "0" * 32, cwd=tmp_path)
    assert (missing.code, len(missing.problems)) == (2, 1)
    (finding,) = frontleak("scan", "--format=json", cwd=tmp_path).json()["findings"]
    done = frontleak("explain", finding["fingerprint"], cwd=tmp_path)
    assert done.code == 0
    for part in ("src/a.ts:1:12", "src/b.ts:1:12", "fix  ", "why  ", f"frontleak ignore {finding['fingerprint']}"):
        assert part in done.out
    assert secret[:13] not in done.out
    frontleak("ignore", finding["fingerprint"], "--reason", "a dummy", cwd=tmp_path)
    assert "It does not count: the configuration ignores this finding (a dummy" in (
        frontleak("explain", finding["fingerprint"], cwd=tmp_path).out
    )


def test_the_shell_completes_rule_ids(tmp_path: Path) -> None:
    for words in ("frontleak scan --select sanity-t", "frontleak rules show sanity-t", "frontleak explain sanity-t"):
        env = {"_FRONTLEAK_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
        assert "plain,sanity-token" in frontleak(cwd=tmp_path, env=env).out.splitlines(), words
