"""Bad input: exit code 2 and a message with the file, the reason and the fix."""

import os
import stat
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from frontleak.report.registry import REPORTERS
from tests.acceptance.support import COMMAND, Run, frontleak, installed, run, token, write

RULE = """\
id: test-rule
name: a test rule
severity: high
confidence: high
pattern: 'testkey_ (?P<secret> [a-z0-9]{20} )'
samples: "[a-z0-9]{20}"
examples: ['a = testkey_{sample}']
silent: ['testkey_']
why: It opens the test.
fix: Close the test.
references: ['https://example.com']
"""


def refused(done: Run) -> list[str]:
    """Check the invariants of every refusal, and return its problems without `error: `."""
    assert done.code == 2
    assert done.out == ""
    lines = done.err.splitlines()
    assert lines
    assert all(line.startswith(("error: ", "       ")) for line in lines)
    assert all(len(line) < 500 for line in lines)
    return [line.removeprefix("error: ") for line in done.problems]


# Arguments -> problems.
COMMAND_LINES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "a missing path": (["missing"], ["missing: no such file or folder"]),
    "several missing paths": (
        ["missing", "a.js", "gone/x"],
        ["missing: no such file or folder", "gone/x: no such file or folder"],
    ),
    "an address of an unknown kind": (["ftp://shop.example/"], ["ftp://: not a store that frontleak reads"]),
    "a file taken for a folder": (["a.js/b"], ["a.js/b: no such file or folder"]),
    "an empty path": ([""], [": no such file or folder"]),
    "an unknown format": (
        ["--format=xml"],
        [f"Invalid value for '--format': 'xml' is not one of {', '.join(repr(each.name) for each in REPORTERS)}."],
    ),
    "an unknown rule to run": (
        ["--select=sanity-tokem"],
        ["there is no rule 'sanity-tokem'; did you mean 'sanity-token'?"],
    ),
    "an unknown rule to leave out": (["--ignore=nope"], ["there is no rule 'nope'"]),
    "several unknown rules": (
        ["--select=nope-*", "--select=sanity-*", "--ignore=gone"],
        ["there is no rule 'nope-*'", "there is no rule 'gone'"],
    ),
    "an empty rule": (["--select="], ["there is no rule ''"]),
    "an unknown severity": (
        ["--fail-on=worst"],
        ["Invalid value for '--fail-on': 'worst' is not one of 'critical', 'high', 'medium', 'low', 'info'."],
    ),
    "jobs that are no number": (
        ["--jobs=many"],
        ["Invalid value for '--jobs': 'many' is not a valid integer range."],
    ),
    "fewer than no jobs": (["--jobs=-1"], ["Invalid value for '--jobs': -1 is not in the range x>=0."]),
    "a size of nothing": (["--max-file-size=0"], ["Invalid value for '--max-file-size': 0 is not in the range x>=1."]),
    "an unknown engine": (
        ["--engine=fast"],
        ["Invalid value for '--engine': 'fast' is not one of 'hyperscan', 'regex'."],
    ),
    "an unknown plugin": (["--plugins=x"], ["Invalid value for '--plugins': 'x' is not 'detect-secrets'."]),
    "a configuration file that is missing": (
        ["--config=missing.yaml"],
        ["Invalid value for '--config': File 'missing.yaml' does not exist."],
    ),
    "a configuration file that is a folder": (
        ["--config=."],
        ["Invalid value for '--config': File '.' is a directory."],
    ),
    "a rule file that is missing": (["--rules=missing.yaml"], ["missing.yaml: no such rule file"]),
    "a folder of rules that holds none": (["--rules=empty"], ["empty: no .yaml file in this folder"]),
    "two reports on standard output": (
        ["--format=json", "--format=sarif"],
        ["two reports would go to standard output; give each --format its own -o FILE"],
    ),
    "a report in a folder that does not exist": (
        ["-o", "missing/report.json"],
        ["missing/report.json: folder missing does not exist"],
    ),
    "a report in a folder that is a file": (
        ["-o", "a.js/report.json"],
        ["a.js/report.json: folder a.js does not exist"],
    ),
    "a report that is a folder": (["-o", "empty"], ["empty: is a folder"]),
    "a report whose name tells no format": (
        ["-o", "report"],
        ["-o report: the name tells no format; put --format NAME before it"],
    ),
    "a report without a name": (["-o", ""], [".: is a folder"]),
    "an option without its value": (["--exclude"], ["Option '--exclude' requires an argument."]),
}


@pytest.mark.parametrize(("arguments", "problems"), COMMAND_LINES.values(), ids=COMMAND_LINES)
def test_command_lines_that_ask_for_the_impossible(
    tmp_path: Path, arguments: Sequence[str], problems: Sequence[str]
) -> None:
    write(tmp_path, {"a.js": f"'{token()}'"})
    (tmp_path / "empty").mkdir()
    done = frontleak("scan", *arguments, cwd=tmp_path)
    assert refused(done) == problems
    assert sorted(os.listdir(tmp_path)) == ["a.js", "empty"]


@pytest.mark.parametrize("pattern", ["!", "\\", "a\\", "/"])
def test_an_exclude_pattern_that_says_nothing_is_refused_or_left_out(tmp_path: Path, pattern: str) -> None:
    done = frontleak("scan", f"--exclude={pattern}", cwd=write(tmp_path, {"a.js": ""}))
    assert done.code in (0, 2)
    assert done.code == 0 or pattern in refused(done)[0]


@pytest.mark.parametrize(
    "arguments",
    [["scam"], ["rules", "lst"], ["scan", "--formt=json"]],
    ids=["a command", "a command in a group", "an option"],
)
def test_what_is_misspelt_is_named(tmp_path: Path, arguments: Sequence[str]) -> None:
    (problem,) = refused(frontleak(*arguments, cwd=tmp_path))
    assert arguments[-1].partition("=")[0] in problem


def test_a_missing_path_says_what_to_do(tmp_path: Path) -> None:
    done = frontleak("scan", "dist", cwd=tmp_path)
    assert done.err.splitlines() == [
        "error: dist: no such file or folder",
        "       build the project first, or pass its output folder (dist, .next, build ...)",
    ]


# --- reports that cannot be written --------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="/proc is Linux's")
def test_a_report_in_a_folder_nobody_can_write_to_is_refused_before_anything_is_scanned(tmp_path: Path) -> None:
    done = frontleak("scan", "-o", "/proc/report.json", cwd=write(tmp_path, {"a.js": f"'{token()}'"}))
    (problem,) = refused(done)
    assert problem.startswith("/proc/report.json: cannot be written: ")


def test_a_report_in_a_folder_this_user_cannot_write_to_is_refused(tmp_path: Path) -> None:
    if not os.geteuid():
        pytest.skip("root may write everywhere; the test before this one has a folder that even root may not write to")
    write(tmp_path, {"a.js": "", "closed/x": ""})
    (tmp_path / "closed").chmod(0o555)
    (problem,) = refused(frontleak("scan", "-o", "closed/report.json", cwd=tmp_path))
    assert problem == "closed/report.json: cannot be written: Permission denied"


def test_a_report_with_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    name = f"{'x' * 300}.txt"
    done = frontleak("scan", "-o", name, cwd=write(tmp_path, {"a.js": ""}))
    (problem,) = refused(done)
    assert problem == f"{name}: cannot be written: File name too long"
    assert os.listdir(tmp_path) == ["a.js"]


def test_a_report_goes_through_a_pipe_and_does_not_take_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"in/a.js": ""})
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    received = bytearray()

    def drain() -> None:
        while not stop.wait(0.01):
            with suppress(BlockingIOError):  # the writer has the pipe open and has not written yet
                received.extend(os.read(reader, 1 << 16))

    stop = threading.Event()
    thread = threading.Thread(target=drain)
    thread.start()
    try:
        done = installed("scan", "in", "--format=json", "-o", "pipe", cwd=tmp_path)
    finally:
        stop.set()
        thread.join()
        received.extend(os.read(reader, 1 << 16))
        os.close(reader)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert done.code == 2 or received.startswith(b'{\n  "version"')


def test_a_report_goes_where_a_link_leads_and_does_not_take_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"in/a.js": "", "there/report.json": "old"})
    (tmp_path / "link.json").symlink_to("there/report.json")
    frontleak("scan", "in", "-o", "link.json", cwd=tmp_path)
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "there/report.json").read_bytes().startswith(b"{")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this platform has no /dev/full")
def test_a_full_disk_behind_standard_output_is_a_clear_error(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": f"'{token()}'"})
    done = run(["sh", "-c", 'exec "$0" "$@" > /dev/full', COMMAND, "scan"], cwd=tmp_path)
    (problem,) = refused(done)
    assert "No space left on device" in problem


@pytest.mark.parametrize("stream", ["<", ">", "2>"])
def test_a_scan_does_not_need_a_stream_that_is_closed(tmp_path: Path, stream: str) -> None:
    write(tmp_path, {"a.js": f"'{token()}'"})
    done = run(["sh", "-c", f'exec "$0" "$@" {stream}&-', COMMAND, "scan", "-o", "report.json"], cwd=tmp_path)
    assert done.code == 1
    assert token()[:4] in (tmp_path / "report.json").read_text()


# --- configuration files ---------------------------------------------------------------------------------------------

# Text of .frontleak.yaml -> problems; `@` stands for the file.
YAML: Mapping[str, tuple[str | bytes, Sequence[str]]] = {
    "an option that does not exist": ("fail-no: high\n", ["@:1: unknown option 'fail-no'; did you mean 'fail-on'? *"]),
    "a severity that does not exist": (
        "fail-on: worst\n",
        ["@:1: fail-on must be one of critical, high, medium, low, info"],
    ),
    "a list where one is expected": (
        "fail-on: [high]\n",
        ["@:1: fail-on must be one of critical, high, medium, low, info"],
    ),
    "a mapping where one is expected": (
        "fail-on: {high: true}\n",
        ["@:1: fail-on must be one of critical, high, medium, low, info"],
    ),
    "one where a list is expected": (
        "exclude: '*.map'\n",
        ["@:1: exclude must be a list of patterns, as in .gitignore"],
    ),
    "a list of something else": (
        "select: [1, 2]\n",
        ["@:1: each item of select must be a string", "@:1: each item of select must be a string"],
    ),
    "a text where a number is expected": (
        "jobs: many\n",
        ["@:1: jobs must be a number of processes, at most one per CPU, 0 for one per CPU"],
    ),
    "a truth where a number is expected": (
        "jobs: true\n",
        ["@:1: jobs must be a number of processes, at most one per CPU, 0 for one per CPU"],
    ),
    "a number where a truth is expected": ("gitignore: 1\n", ["@:1: gitignore must be true or false"]),
    "nothing where something is expected": ("strict:\n", ["@:1: strict must be true or false"]),
    "every mistake, each with its line": (
        "# settings\nfail-on: worst\nexclude:\n  - '*.map'\njobs: -1\nshow-public: maybe\ncolor: always\n",
        [
            "@:2: fail-on must be one of critical, high, medium, low, info",
            "@:5: jobs must be a number of processes, at most one per CPU, 0 for one per CPU",
            "@:6: show-public must be true or false",
            "@:7: unknown option 'color'; *",
        ],
    ),
    "names that begin alike": (
        "ignored: []\nignore: x\n",
        ["@:1: unknown option 'ignored'; did you mean 'ignore'? *", "@:2: ignore must be a list of rule ids"],
    ),
    "a name inside an earlier text": (
        "exclude:\n  - |\n    jobs\n    jobs: 4\njobs: many\n",
        ["@:5: jobs must be a number of processes, at most one per CPU, 0 for one per CPU"],
    ),
    "a size of nothing": ("jobs: 1\nmax-file-size: 0\n", ["@:2: max-file-size must be *"]),
    "a plugin that does not exist": ("jobs: 1\nplugins: [nope]\n", ["@:2: plugins must be *"]),
    "a rule that does not exist": ("jobs: 1\nselect: [nope]\n", ["@:2: *there is no rule 'nope'*"]),
    "a rule that does not exist, for some files": (
        "overrides:\n  - files: [a]\n    ignore: [sanity-*, sanity-tokem]\n",
        ["@:3: there is no rule 'sanity-tokem'; did you mean 'sanity-token'?"],
    ),
    "a rule file that does not exist": ("rules: [missing.yaml]\n", ["missing.yaml: no such rule file"]),
    "a list at the top": ("- fail-on: high\n", ["@:1: expected a mapping of option: value"]),
    "a text at the top": ("fail-on high\n", ["@:1: expected a mapping of option: value"]),
    "no YAML": ("fail-on: high\nselect: [a\n", ["@:3: not valid YAML: *"]),
    "a tab": ("select:\n\t- a\n", ["@:2: not valid YAML: *"]),
    "two documents": ("fail-on: high\n---\nfail-on: low\n", ["@:2: not valid YAML: *"]),
    "an object of Python": ("fail-on: !!python/object/apply:os.getcwd []\n", ["@:1: not valid YAML: *"]),
    "no UTF-8": (b"fail-on: \xff\n", ["@: cannot be read: not UTF-8"]),
    "a zero byte": (b"fail-on: \0\n", ["@:*: not valid YAML: *"]),
    "lists in lists without end": ("exclude: " + "[" * 100_000, ["@:*: not valid YAML: *"]),
    "secrets cannot be revealed": ("reveal: true\n", ["@:1: unknown option 'reveal'; *"]),
    "what is scanned cannot be chosen": ("paths: [a]\n", ["@:1: unknown option 'paths'; *"]),
    "a report cannot be written somewhere": ("output: [/tmp/x]\n", ["@:1: unknown option 'output'; *"]),
    "findings cannot be let through": ("exit-zero: true\n", ["@:1: unknown option 'exit-zero'; *"]),
    "names of the command line's parameters": (
        "max_file_size: 5\n",
        ["@:1: unknown option 'max_file_size'; did you mean 'max-file-size'? *"],
    ),
}

TOML: Mapping[str, tuple[str | bytes, Sequence[str]]] = {
    "an option that does not exist": (
        "[tool.frontleak]\nfail-no = 'high'\n",
        ["@:2: unknown option 'fail-no'; did you mean 'fail-on'? *"],
    ),
    "every mistake, each with its line": (
        "[project]\nname = 'x'\n\n[tool.frontleak]\nfail-on = 'worst'\njobs = 1.5\nreveal = true\n",
        [
            "@:5: fail-on must be one of critical, high, medium, low, info",
            "@:6: jobs must be a number of processes, at most one per CPU, 0 for one per CPU",
            "@:7: unknown option 'reveal'; *",
        ],
    ),
    "an option that another tool has too": (
        "[tool.ruff]\nexclude = ['a']\nselect = ['ALL']\n[tool.frontleak]\nselect = ['sanity-*']\nexclude = 'a'\n",
        ["@:6: exclude must be a list of patterns, as in .gitignore"],
    ),
    "a list of tables": ("[[tool.frontleak]]\njobs = 1\n", ["@*: tool.frontleak must be a table"]),
    "no TOML": ("[tool.frontleak]\nfail-on = high\n", ["@: not valid TOML: *line 2*"]),
    "no TOML, far from the table": ("[project\n[tool.frontleak]\n", ["@: not valid TOML: *line 1*"]),
    "no UTF-8": (b"[tool.frontleak]\nfail-on = '\xff'\n", ["@: cannot be read: not UTF-8"]),
}


def matches(problem: str, expected: str) -> bool:
    """Return whether a problem matches the expected one, where `*` matches anything."""
    position = 0
    pieces = expected.split("*")
    if not problem.startswith(pieces[0]) or (len(pieces) == 1 and problem != expected):
        return False
    for piece in pieces:
        position = problem.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return True


@pytest.mark.parametrize(("text", "problems"), YAML.values(), ids=YAML)
def test_mistakes_in_a_yaml_configuration(tmp_path: Path, text: str | bytes, problems: Sequence[str]) -> None:
    check_configuration(tmp_path, ".frontleak.yaml", text, problems)


@pytest.mark.parametrize(("text", "problems"), TOML.values(), ids=TOML)
def test_mistakes_in_a_toml_configuration(tmp_path: Path, text: str | bytes, problems: Sequence[str]) -> None:
    check_configuration(tmp_path, "pyproject.toml", text, problems)


def check_configuration(folder: Path, name: str, text: str | bytes, problems: Sequence[str]) -> None:
    """Run with a configuration file and compare the problems."""
    write(folder, {name: text, "a.js": ""})
    named = refused(frontleak("scan", cwd=folder))
    expected = [problem.replace("@", str(folder / name)) for problem in problems]
    if expected == ["missing.yaml: no such rule file"]:
        expected = [f"{folder}/missing.yaml: no such rule file"]
    assert len(named) == len(expected), named
    assert all(map(matches, named, expected)), (named, expected)
    assert frontleak("scan", "--isolated", "a.js", cwd=folder).code == 0


# --- rule files ------------------------------------------------------------------------------------------------------

# Text of a rule file -> problems; `@` stands for the file.
RULES: Mapping[str, tuple[str | bytes, Sequence[str]]] = {
    "no YAML": ("id: [a\n", ["@:2: not valid YAML: *"]),
    "no UTF-8": (b"id: a\nname: \xff\n", ["@:2: not UTF-8"]),
    "lists in lists without end": ("id: " + "[" * 100_000, ["@:*: not valid YAML: *"]),
    "nothing": ("", ["@:1: the file contains no rule"]),
    "an expression that is wrong": (RULE.replace("{20} )'", "{20} '"), ["@:5: not a valid regular expression: *"]),
    "an id that is taken": (RULE.replace("test-rule", "sanity-token"), ["@:1: the id 'sanity-token' is taken by *"]),
    "every mistake of every rule": (
        RULE.replace("high", "low", 1).replace("confidence: high", "confidence: total").replace("why:", "whi:")
        + "---\n"
        + RULE.replace("test-rule", "Test Rule"),
        [
            "@:4: confidence must be *",
            "@:9: unknown field 'whi'; *",
            "@:1: field 'why' is missing",
            "@:13: id must be *",
        ],
    ),
}


@pytest.mark.parametrize(("text", "problems"), RULES.values(), ids=RULES)
def test_mistakes_in_a_rule_file(tmp_path: Path, text: str | bytes, problems: Sequence[str]) -> None:
    check_rules(tmp_path, text, problems, ["scan", "a.js"])


@pytest.mark.parametrize("command", [["rules", "list"], ["rules", "show", "sanity-token"]], ids=" ".join)
def test_mistakes_in_a_rule_file_whatever_reads_it(tmp_path: Path, command: Sequence[str]) -> None:
    check_rules(tmp_path, *RULES["every mistake of every rule"], command)


def check_rules(folder: Path, text: str | bytes, problems: Sequence[str], command: Sequence[str]) -> None:
    """Run a command with a rule file and compare the problems."""
    write(folder, {"own/rule.yaml": text, "a.js": ""})
    named = refused(frontleak(*command, "--rules", "own", cwd=folder))
    expected = [problem.replace("@", "own/rule.yaml") for problem in problems]
    assert len(named) == len(expected), named
    assert all(any(matches(problem, wanted) for problem in named) for wanted in expected), (named, expected)


def test_mistakes_of_all_rule_files_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": RULE + "x: 1\n", "b/c.yml": RULE + "y: 1\n", "d.js": ""})
    named = refused(frontleak("scan", "--rules=a.yaml", "--rules=b", "d.js", cwd=tmp_path))
    assert [problem.split(";")[0] for problem in named] == [
        "a.yaml:12: unknown field 'x'",
        "b/c.yml:12: unknown field 'y'",
    ]


def test_a_rule_file_that_is_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"rules/readme.md": "", "a.js": ""})
    assert refused(frontleak("scan", "--rules=rules", cwd=tmp_path)) == ["rules: no .yaml file in this folder"]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_rule_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (problem,) = refused(frontleak("scan", "--rules=/proc/self/mem", cwd=write(tmp_path, {"a.js": ""})))
    assert problem == "/proc/self/mem: Input/output error"
