"""Precedence: flag, environment, file, default. A file can only reduce noise."""

import gzip
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from frontleak.cli.config import read_config
from frontleak.scanning.schedule import default_jobs
from tests.acceptance.support import frontleak, repository, token, write
from tests.support.shipped import fake


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Create a folder with a finding of low severity, below a folder that ends the search for a configuration."""
    repository(tmp_path)
    return write(tmp_path, {"a.js": f"'{fake('stripe-test-key')}'"})


# File, environment, flags -> exit code; the one finding is of low severity.
PRECEDENCE: Mapping[str, tuple[str, Mapping[str, str], Sequence[str], int]] = {
    "default": ("", {}, [], 0),
    "file": ("fail-on: low", {}, [], 1),
    "environment": ("", {"FRONTLEAK_FAIL_ON": "low"}, [], 1),
    "flag": ("", {}, ["--fail-on=low"], 1),
    "environment before file": ("fail-on: high", {"FRONTLEAK_FAIL_ON": "low"}, [], 1),
    "environment before file, the other way": ("fail-on: low", {"FRONTLEAK_FAIL_ON": "high"}, [], 0),
    "flag before environment": ("", {"FRONTLEAK_FAIL_ON": "high"}, ["--fail-on=low"], 1),
    "flag before environment, the other way": ("", {"FRONTLEAK_FAIL_ON": "low"}, ["--fail-on=high"], 0),
    "flag before file": ("fail-on: high", {}, ["--fail-on=low"], 1),
    "flag before both": ("fail-on: high", {"FRONTLEAK_FAIL_ON": "critical"}, ["--fail-on=info"], 1),
    "an empty variable is none": ("fail-on: low", {"FRONTLEAK_FAIL_ON": ""}, [], 1),
}


@pytest.mark.parametrize(("text", "env", "flags", "code"), PRECEDENCE.values(), ids=PRECEDENCE)
def test_precedence(project: Path, text: str, env: Mapping[str, str], flags: Sequence[str], code: int) -> None:
    if text:
        write(project, {".frontleak.yaml": text})
    assert frontleak("scan", "a.js", *flags, cwd=project, env=env).code == code


def test_a_number_follows_the_same_precedence(project: Path) -> None:
    write(project, {".frontleak.yaml": "max-file-size: 5"})
    env = {"FRONTLEAK_MAX_FILE_SIZE": "1000"}
    assert frontleak("scan", "a.js", cwd=project).code == 3
    assert frontleak("scan", "a.js", cwd=project, env=env).code == 0
    assert frontleak("scan", "a.js", "--max-file-size=6", cwd=project, env=env).code == 3


def test_a_truth_in_a_file_can_be_taken_back(project: Path) -> None:
    write(project, {".frontleak.yaml": "gitignore: false", ".gitignore": "b.js", "b.js": f"'{token()}'"})
    assert frontleak("scan", cwd=project).code == 1
    assert frontleak("scan", "--gitignore", cwd=project).code == 0


# Each option of a file -> its effect.
OPTIONS: Mapping[str, tuple[str, Sequence[str]]] = {
    "fail-on": ("fail-on: low", ["--fail-on=low"]),
    "select": ("select: [sanity-*, github-token]", ["--select=sanity-*", "--select=github-token"]),
    "ignore": ("ignore:\n  - sanity-*\n  - stripe-*", ["--ignore=sanity-*", "--ignore=stripe-*"]),
    "exclude": ("exclude: ['*.map', /b.js]", ["--exclude=*.map", "--exclude=/b.js"]),
    "rules": ("rules: [own]", ["--rules=own"]),
    "plugins": ("plugins: [detect-secrets]", ["--plugins=detect-secrets"]),
    "gitignore": ("gitignore: false", ["--no-gitignore"]),
    "show-public": ("show-public: true", ["--show-public"]),
    "jobs": ("jobs: 1", ["--jobs=1"]),
    "max-file-size": ("max-file-size: 100", ["--max-file-size=100"]),
    "strict": ("strict: true\nmax-file-size: 100", ["--strict", "--max-file-size=100"]),
}
OWN_RULE = """\
{id: own-rule, name: own, severity: high, confidence: high, pattern: "ownkey_(?P<secret>[a-z0-9]{20})",
 samples: "[a-z0-9]{20}", examples: ["ownkey_{sample}"], silent: [ownkey_], why: a, fix: b, references: ["https://x"]}
"""


@pytest.mark.parametrize(
    ("text", "flags", "as_toml"),
    [
        *(pytest.param(*value, False, id=f"{name} in YAML") for name, value in OPTIONS.items()),
        *(
            pytest.param(*OPTIONS[name], True, id=f"{name} in TOML")
            for name in ("select", "exclude", "gitignore", "strict")
        ),
    ],
)
def test_an_option_in_a_file_does_what_the_flag_does(
    project: Path, text: str, flags: Sequence[str], *, as_toml: bool
) -> None:
    write(
        project,
        {
            "b.js": f"'{token()}' '{fake('stripe-publishable-key')}'",
            "c.map": f"'{fake('github-token')}' ownkey_a1b2c3d4e5f6a7b8c9d0",
            "d.js": "https://user:hunter2hunter2@example.com/",
            ".gitignore": "e.js\n.frontleak.yaml\npyproject.toml\nown",
            "e.js": f"'{token('e')}'",
            "own/rule.yaml": OWN_RULE,
        },
    )
    plain = frontleak("scan", "--isolated", "--format=json", cwd=project)
    flagged = frontleak("scan", "--isolated", "--format=json", *flags, cwd=project)
    if as_toml:
        import yaml

        values = "".join(f"{name} = {_toml(value)}\n" for name, value in yaml.safe_load(text).items())
        write(project, {"pyproject.toml": f"[project]\nname = 'x'\n[tool.frontleak]\n{values}"})
    else:
        write(project, {".frontleak.yaml": text})
    configured = frontleak("scan", "--format=json", cwd=project)
    assert configured.code == flagged.code
    assert configured.json()["findings"] == flagged.json()["findings"]
    skipped = [[(skip["path"], skip["reason"]) for skip in done.json()["skipped"]] for done in (configured, flagged)]
    assert skipped[0] == skipped[1]
    changes = (flagged.code, flagged.json()["findings"], flagged.json()["skipped"]) != (
        plain.code,
        plain.json()["findings"],
        plain.json()["skipped"],
    )
    assert changes == (text not in ("fail-on: low", "jobs: 1")), "the table must show that the option matters"


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


# Files, working directory -> whether the configuration is read.
PLACES: Mapping[str, tuple[Mapping[str, str], str, bool]] = {
    "in the working directory": ({".frontleak.yaml": "fail-on: low"}, ".", True),
    "by its other name": ({".frontleak.yml": "fail-on: low"}, ".", True),
    "in pyproject.toml": ({"pyproject.toml": "[tool.frontleak]\nfail-on = 'low'"}, ".", True),
    "with a mark at the beginning": ({".frontleak.yaml": "\ufefffail-on: low"}, ".", True),
    "in a folder above": ({".frontleak.yaml": "fail-on: low"}, "x/y", True),
    "in pyproject.toml above": ({"pyproject.toml": "[tool.frontleak]\nfail-on = 'low'"}, "x/y", True),
    "the nearest counts": ({".frontleak.yaml": "fail-on: high", "x/.frontleak.yaml": "fail-on: low"}, "x/y", True),
    "only the nearest counts": ({".frontleak.yaml": "fail-on: low", "x/.frontleak.yaml": "jobs: 1"}, "x/y", False),
    "a file of its own counts more than pyproject.toml": (
        {".frontleak.yaml": "fail-on: low", "pyproject.toml": "[tool.frontleak]\nfail-on = 'high'"},
        ".",
        True,
    ),
    "a pyproject.toml of somebody else is none": (
        {".frontleak.yaml": "fail-on: low", "x/pyproject.toml": "[tool.ruff]\nline-length = 1"},
        "x",
        True,
    ),
    "beyond the repository": ({".frontleak.yaml": "fail-on: low", "x/.git/HEAD": ""}, "x/y", False),
    "at the root of the repository": ({"x/.frontleak.yaml": "fail-on: low", "x/.git/HEAD": ""}, "x/y", True),
    "in a folder below": ({"x/.frontleak.yaml": "fail-on: low"}, ".", False),
    "empty": ({".frontleak.yaml": ""}, ".", False),
    "nothing but a remark": ({".frontleak.yaml": "# nothing yet"}, ".", False),
    "a table without options": ({"pyproject.toml": "[tool.frontleak]"}, ".", False),
}


@pytest.mark.parametrize(("files", "folder", "read"), PLACES.values(), ids=PLACES)
def test_where_a_configuration_is_looked_for(
    project: Path, files: Mapping[str, str], folder: str, *, read: bool
) -> None:
    write(project, files)
    os.makedirs(project / folder, exist_ok=True)
    assert frontleak("scan", project / "a.js", cwd=project / folder).code == int(read)
    assert frontleak("scan", "--isolated", project / "a.js", cwd=project / folder).code == 0


def test_a_configuration_can_be_named(project: Path) -> None:
    write(project, {".frontleak.yaml": "fail-on: high", "ci/strict.yaml": "fail-on: low", "ci/x.toml": ""})
    assert frontleak("scan", "a.js", "--config=ci/strict.yaml", cwd=project).code == 1
    assert frontleak("scan", "--config", "ci/strict.yaml", "a.js", cwd=project).code == 1
    assert frontleak("scan", "a.js", "--config=ci/x.toml", cwd=project).code == 0


@pytest.mark.parametrize(
    "flags", [["--isolated", "--config=ci.yaml"], ["--config=ci.yaml", "--isolated"]], ids=" ".join
)
def test_isolated_means_no_configuration_wherever_it_stands(project: Path, flags: Sequence[str]) -> None:
    write(project, {"ci.yaml": "fail-on: low"})
    assert frontleak("scan", "a.js", *flags, cwd=project).code == 0


def test_rules_of_a_configuration_count_from_its_folder(project: Path) -> None:
    write(
        project, {".frontleak.yaml": "rules: [own]", "own/rule.yaml": OWN_RULE, "x/b.js": "ownkey_a1b2c3d4e5f6a7b8c9d0"}
    )
    report = frontleak("scan", "--format=json", cwd=project / "x").json()
    assert [finding["rule"] for finding in report["findings"]] == ["own-rule"]


def test_a_configuration_does_not_hide_what_it_left_out(project: Path) -> None:
    write(project, {".frontleak.yaml": "exclude: ['*.js']", "b.css": ""})
    done = frontleak("scan", cwd=project)
    assert done.code == 0
    assert "Left out: 1 excluded (--exclude)" in done.out


def test_a_configuration_does_not_hide_that_rules_were_left_out(project: Path) -> None:
    write(project, {".frontleak.yaml": "ignore: [sanity-*]", "b.js": f"'{token()}'"})
    done = frontleak("scan", cwd=project)
    assert done.code == 0
    assert ".frontleak.yaml" in done.out + done.err


def test_the_configuration_of_a_scanned_tree_elsewhere_is_not_read(project: Path, tmp_path: Path) -> None:
    write(project, {"tree/.frontleak.yaml": "ignore: ['*']", "tree/b.js": f"'{token()}'"})
    assert frontleak("scan", "tree", cwd=project).code == 1


def test_a_configuration_starts_at_most_one_process_per_cpu(tmp_path: Path) -> None:
    write(tmp_path, {".frontleak.yaml": "jobs: 3000\n"})
    assert read_config(tmp_path / ".frontleak.yaml").defaults == {"jobs": default_jobs()}


# --- what a file leaves out is counted -------------------------------------------------------------------------------


def test_a_configuration_that_leaves_nothing_out_is_not_mentioned(project: Path) -> None:
    write(project, {".frontleak.yaml": "show-public: true\nexclude: ['*.nothing']\nfail-on: low\nmax-file-size: 1000"})
    done = frontleak("scan", "--format=json", cwd=project)
    assert "configuration" not in done.json()["coverage"]
    assert "narrows" not in frontleak("scan", cwd=project).out


def test_what_flags_leave_out_is_not_the_configurations_doing(project: Path) -> None:
    write(project, {".frontleak.yaml": "show-public: true", "b.js": "x" * 2000})
    flags = ["--exclude=c.js", "--ignore=github-*", "--max-file-size=1000", "--fail-on=high"]
    done = frontleak("scan", "--format=json", *flags, cwd=project)
    assert "configuration" not in done.json()["coverage"]
    assert done.code == 0


@pytest.mark.parametrize("name", ["json", "jsonl", "sarif"])
def test_every_report_counts_what_a_configuration_left_out(project: Path, name: str) -> None:
    settings = "exclude: [b.js]\nignore: [github-app-*]\nmax-file-size: 1000\nfail-on: critical"
    write(project, {".frontleak.yaml": settings, "b.js": "", "c.js": "x" * 2000})
    done = frontleak("scan", f"--format={name}", cwd=project)
    plain = json.loads(done.out.splitlines()[-1]) if name == "jsonl" else done.json()
    coverage = plain["runs"][0]["properties"]["coverage"] if name == "sarif" else plain["coverage"]
    assert coverage["configuration"] == {
        "path": ".frontleak.yaml",
        "excluded": 1,
        "too_large": 1,
        "disabled_rules": ["github-app-installation-token"],
        "fail_on": "critical",
    }


def test_the_summary_for_people_tells_of_it_in_one_line(project: Path) -> None:
    settings = "exclude: [b.js]\nignore: [github-app-*]\nmax-file-size: 1000\nfail-on: critical"
    write(project, {".frontleak.yaml": settings, "b.js": "", "c.js": "x" * 2000})
    last = frontleak("scan", cwd=project).out.splitlines()[-1]
    assert last == (
        "Configuration .frontleak.yaml narrows the scan: 1 excluded; 1 file over its max-file-size; 1 rule disabled "
        "(github-app-installation-token); fail-on is critical (--isolated ignores it)."
    )


def test_a_file_over_the_size_of_a_configuration_makes_the_scan_incomplete(project: Path) -> None:
    write(project, {"b.js": "x" * 2000})
    assert frontleak("scan", "--max-file-size=1000", cwd=project).code == 0
    write(project, {".frontleak.yaml": "max-file-size: 1000"})
    done = frontleak("scan", "--format=json", cwd=project)
    assert done.code == 3
    assert [(skip["path"], skip["incomplete"]) for skip in done.json()["skipped"]] == [("b.js", True)]


def test_the_size_of_a_configuration_hides_no_member_of_an_archive(project: Path) -> None:
    packed = gzip.compress(f"'{token()}'{' ' * 2000}".encode())
    write(project, {".frontleak.yaml": "max-file-size: 1000", "dist/a.js.gz": packed})
    assert frontleak("scan", cwd=project).code == 1
