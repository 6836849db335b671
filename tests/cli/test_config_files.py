"""The configuration file: found in the folder or above it, and every mistake reported with its line."""

import subprocess
import sys
from pathlib import Path

import pytest

from frontleak.cli.config import find_config, read_config
from frontleak.cli.config_options import OPTIONS
from frontleak.core.errors import ConfigError


def test_there_is_no_configuration_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert find_config(tmp_path) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (".frontleak.yaml", ""),
        (".frontleak.yml", ""),
        ("pyproject.toml", "[tool.frontleak]\n"),
    ],
)
def test_the_nearest_configuration_above_is_found(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / name).write_text(content)
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_config(inner) == tmp_path / name
    (tmp_path / "a" / ".frontleak.yaml").write_text("")
    assert find_config(inner) == tmp_path / "a" / ".frontleak.yaml"


def test_a_configuration_above_the_repository_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / ".frontleak.yaml").write_text("")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    assert find_config(tmp_path / "repository") is None


def test_a_project_file_without_our_table_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n")
    assert find_config(tmp_path) is None


def test_a_folder_with_the_name_of_a_configuration_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".frontleak.yaml").mkdir()
    assert find_config(tmp_path) is None


ALL_OPTIONS = """\
fail-on: low
select: [sanity-*]
ignore: [stripe-test-key]
exclude: ["*.snap"]
rules: [our-rules]
plugins: [detect-secrets]
gitignore: false
show-public: true
show-server: true
strict: true
jobs: 2
max-file-size: 1000
baseline: ours.json
foreign-comments: false
"""


def test_every_option_gives_its_parameter_a_default(tmp_path: Path) -> None:
    file = tmp_path / ".frontleak.yaml"
    file.write_text(ALL_OPTIONS)
    given = read_config(file).defaults
    assert set(given) == {option.parameter for option in OPTIONS.values() if option.parameter}
    assert given["baseline"] == tmp_path / "ours.json"
    assert given["rules"] == [str(tmp_path / "our-rules")]
    assert (given["fail_on"], given["jobs"], given["gitignore"]) == ("low", 2, False)


def test_a_project_file_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[project]\nname = "x"\n[tool.frontleak]\nfail-on = "low"\njobs = 2\n')
    assert read_config(file).defaults == {"fail_on": "low", "jobs": 2}
    assert read_config(file).lines == {"fail_on": 4, "jobs": 5}


@pytest.mark.parametrize(
    "content", ["", "# nothing\n", "{}", "\ufeff"], ids=["nothing", "a comment", "braces", "a mark"]
)
def test_an_empty_configuration_says_nothing(content: str, tmp_path: Path) -> None:
    file = tmp_path / ".frontleak.yaml"
    file.write_text(content, encoding="utf-8")
    assert read_config(file).defaults == {}


@pytest.mark.parametrize("name", ["reveal", "verify", "engine", "paths", "output", "format", "exit-zero", "config"])
def test_a_configuration_cannot_reveal_or_hide_or_choose_what_is_scanned(name: str, tmp_path: Path) -> None:
    file = tmp_path / ".frontleak.yaml"
    file.write_text(f"{name}: true\n")
    with pytest.raises(ConfigError, match=f"unknown option '{name}'"):
        read_config(file)


MISTAKES = {
    "an option that is nearly right": ("fail_on: low\n", ["1: unknown option 'fail_on'; did you mean 'fail-on'?"]),
    "an option like no other": ("x: 1\n", ["1: unknown option 'x'; allowed: fail-on"]),
    "an option that is a number": ("1: x\n", ["1: unknown option '1'; allowed: fail-on"]),
    "an unknown severity": ("jobs: 1\nfail-on: bad\n", ["2: fail-on must be one of critical, high"]),
    "a severity that is a list": ("fail-on: [low]\n", ["1: fail-on must be one of critical, high"]),
    "a severity that is a mapping": ("fail-on: {low: 1}\n", ["1: fail-on must be one of critical, high"]),
    "a text for a list": ("select: sanity-token\n", ["1: select must be a list"]),
    "a list of numbers": ("ignore: [1]\n", ["1: each item of ignore must be a string"]),
    "a list of nothing": ("exclude: ['']\n", ["1: each item of exclude must be a pattern"]),
    "an unknown plugin": ("plugins: [gitleaks]\n", ["1: plugins must be a list: [detect-secrets]"]),
    "a plugin that is a mapping": ("plugins: [{a: b}]\n", ["1: plugins must be a list: [detect-secrets]"]),
    "an option that stands twice": ("jobs: 1\njobs: 2\n", ["2: duplicate field 'jobs'"]),
    "two documents": ("jobs: 1\n---\njobs: 2\n", ["2: not valid YAML: expected a single document"]),
    "nothing but large files": ("max-file-size: 0\n", ["1: max-file-size must be a number"]),
    "a yes for a number": ("jobs: true\n", ["1: jobs must be a number"]),
    "a negative number": ("max-file-size: -1\n", ["1: max-file-size must be a number"]),
    "a number for a yes": ("gitignore: 1\n", ["1: gitignore must be true or false"]),
    "several at once": (
        "# ours\njobs: many\nstrict: yes please\ncolour: red\n",
        ["2: jobs must be", "3: strict must be", "4: unknown option 'colour'"],
    ),
    "an option whose name begins another line": (
        "# jobs: 1\nselect: [a]\n# select\njobs: x\n",
        ["4: jobs must be a number"],
    ),
    "a list": ("- jobs\n", ["1: expected a mapping"]),
    "broken YAML": ("jobs: 1\nselect: [\n", ["3: not valid YAML"]),
    "a control character": ("jobs: \x01\n", ["1: not valid YAML"]),
    "an impossible date": ("jobs: 2020-99-99\n", ["1: not valid YAML"]),
}


@pytest.mark.parametrize(("content", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_every_mistake_is_told_with_its_line(content: str, expected: list[str], tmp_path: Path) -> None:
    file = tmp_path / ".frontleak.yaml"
    file.write_text(content)
    with pytest.raises(ConfigError) as raised:
        read_config(file)
    told = [problem.removeprefix(f"{file}:") for problem in raised.value.problems]
    assert len(told) == len(expected), told
    for problem, words in zip(told, expected, strict=True):
        assert problem.startswith(words)


def test_a_hundred_thousand_brackets_are_a_mistake_like_any_other(tmp_path: Path) -> None:
    """In a separate process, because deep nesting can crash the C parser."""
    file = tmp_path / ".frontleak.yaml"
    file.write_text("[" * 100_000)
    code = "import sys, pathlib, frontleak.cli.config as c\ntry: c.read_config(pathlib.Path(sys.argv[1]))\n"
    code += "except c.ConfigError as error: print(error)"
    run = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert "not valid YAML" in run.stdout


@pytest.mark.parametrize(
    "content",
    ["[tool.frontleak\n", "[tool]\nfrontleak = 1\n", "tool = 1 # [tool.frontleak\n"],
    ids=["broken TOML", "a number for our table", "a number for all tools"],
)
def test_a_broken_project_file_is_told(content: str, tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(content)
    with pytest.raises(ConfigError, match=r"pyproject\.toml: "):
        read_config(file)


def test_a_mistake_in_a_project_file_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.other]\njobs = "x"\n\n[tool.frontleak]\n# ours\njobs = "x"\n"colour" = 1\n')
    with pytest.raises(ConfigError) as raised:
        read_config(file)
    told = [problem.removeprefix(f"{file}:").partition(";")[0] for problem in raised.value.problems]
    assert told == [f"6: jobs must be {OPTIONS['jobs'].expected}", "7: unknown option 'colour'"]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"jobs: \xff\n")
    for name, words in (("latin.yaml", "not UTF-8"), ("missing.yaml", "No such file")):
        with pytest.raises(ConfigError, match=f"{name}: cannot be read: {words}"):
            read_config(tmp_path / name)
