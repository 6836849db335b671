"""File contents never control the terminal; colour is only for terminals."""

import os
import pty
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.acceptance.support import COMMAND, PATIENCE, environment, frontleak, installed, token, write

HOSTILE = "\x1b[2J\x1b]0;owned\x07\x08\x7f\x9b31m\u202e\u2028\u200b\ufeff\r\x00"
UNSAFE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
FORMATS = ["text", "json", "jsonl", "sarif"]
RULE = r"""
{id: own-rule, name: "own \e[31m\u202e rule", severity: high, confidence: high,
 pattern: "ownkey=(?P<secret>[^;]{20,100});", samples: "[a-z]{20}", examples: ["ownkey={sample};"], silent: ["ownkey=;"],
 why: "a \e[2J \u202e", fix: "b \e]0;x\a", references: ["https://x/\e[31m"]}
"""


@pytest.mark.parametrize("form", FORMATS)
def test_control_characters_of_a_scanned_file_are_escaped(tmp_path: Path, form: str) -> None:
    name = HOSTILE.replace("\x00", "")
    write(tmp_path, {f"{name}/{name}.js": f"{HOSTILE} const a = '{token()}'; {HOSTILE}\n{HOSTILE}"})
    (tmp_path / f"{name}-link").symlink_to("missing")
    done = frontleak("scan", f"--format={form}", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    assert UNSAFE.findall(done.out) == []


@pytest.mark.parametrize("form", FORMATS)
def test_control_characters_in_a_secret_are_escaped_even_when_it_is_revealed(tmp_path: Path, form: str) -> None:
    write(tmp_path, {"rule.yaml": RULE.replace(r"\e", "e").replace(r"\a", "a").replace(r"\u202e", "u"), "in/a.js": ""})
    write(tmp_path, {"in/a.js": "ownkey=abcdefgh" + HOSTILE[:-2].replace(";", "") + "12345678;"})
    done = frontleak("scan", "in", "--rules=rule.yaml", "--reveal", f"--format={form}", cwd=tmp_path)
    assert done.code == 1
    assert UNSAFE.findall(done.out) == []


@pytest.mark.parametrize("form", FORMATS)
def test_control_characters_of_a_rule_are_escaped(tmp_path: Path, form: str) -> None:
    write(tmp_path, {"in/a.js": "ownkey=q8w7e6r5t4y3u2i1o0pz;", "rule.yaml": RULE})
    done = frontleak("scan", "in", "--rules=rule.yaml", f"--format={form}", cwd=tmp_path)
    assert done.code == 1
    assert UNSAFE.findall(done.out) == []


@pytest.mark.parametrize(
    "arguments", [["list"], ["list", "--format=json"], ["show", "own-rule"], ["check"]], ids=" ".join
)
def test_control_characters_of_a_rule_are_escaped_when_it_is_shown(
    few_rules: Path, tmp_path: Path, arguments: Sequence[str]
) -> None:
    rule = RULE.replace('silent: ["ownkey=;"]', r'silent: ["ownkey=\e[31m{sample};"]')
    write(tmp_path, {"rule.yaml": rule})
    extra = ["rule.yaml"] if arguments == ["check"] else ["--rules=rule.yaml"]
    done = frontleak("rules", *arguments, *extra, cwd=tmp_path)
    assert "own-rule" in done.out or "rule.yaml" in done.out
    assert UNSAFE.findall(done.out + done.err) == []
    assert arguments != ["check"] or done.err.startswith("1 mistake in ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "{}"],
        ["scan", "--select={}"],
        ["scan", "--format={}"],
        ["scan", "--config={}"],
        ["scan", "--rules={}"],
        ["scan", "-o", "{}/x"],
        ["scan", "--{}"],
        ["{}"],
        ["rules", "show", "{}"],
        ["rules", "check", "{}"],
    ],
    ids=" ".join,
)
def test_control_characters_of_the_command_line_are_escaped(
    few_rules: Path, tmp_path: Path, arguments: Sequence[str]
) -> None:
    name = HOSTILE.replace("\x00", "")
    done = frontleak(*(argument.format(name) for argument in arguments), cwd=tmp_path)
    assert done.code == 2
    assert "x1b" in done.err
    assert UNSAFE.findall(done.err) == []


def test_control_characters_of_a_configuration_are_escaped(tmp_path: Path) -> None:
    write(tmp_path, {".frontleak.yaml": r'"\e[31m\u202e": 1', "a.js": ""})
    done = frontleak("scan", cwd=tmp_path)
    assert done.code == 2
    assert UNSAFE.findall(done.err) == []


def test_a_name_that_is_not_utf_8_reaches_every_report(tmp_path: Path) -> None:
    with open(os.path.join(os.fsencode(tmp_path), b"a\xff.js"), "w") as file:
        file.write(f"'{token()}'")
    assert frontleak("scan", cwd=tmp_path).out.startswith("a\\xff.js:1:2  ")
    assert frontleak("scan", "--format=json", cwd=tmp_path).places() == [("a\\xff.js", 1, 2)]
    sarif = frontleak("scan", "--format=sarif", cwd=tmp_path).json()
    location = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == "a%FF.js"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_an_output_that_cannot_show_a_character_is_no_failure(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, {"密é.js": f"'密é' '{token()}'"})
    done = installed("scan", cwd=tmp_path, env={"PYTHONIOENCODING": encoding})
    assert (done.code, done.stderr) == (1, b"")
    assert b"180 characters" in done.stdout
    done.stdout.decode(encoding)


# --- colour ----------------------------------------------------------------------------------------------------------

# Environment, flags -> whether there is colour in a pipe, and on a terminal.
COLOUR: Mapping[str, tuple[Mapping[str, str], Sequence[str], bool, bool]] = {
    "nothing said": ({}, [], False, True),
    "NO_COLOR": ({"NO_COLOR": "1"}, [], False, False),
    "an empty NO_COLOR says nothing": ({"NO_COLOR": ""}, [], False, True),
    "FORCE_COLOR": ({"FORCE_COLOR": "1"}, [], True, True),
    "an empty FORCE_COLOR says nothing": ({"FORCE_COLOR": ""}, [], False, True),
    "NO_COLOR counts more than FORCE_COLOR": ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, [], False, False),
    "always": ({}, ["--colour=always"], True, True),
    "always, as others spell it": ({}, ["--color", "always"], True, True),
    "never": ({}, ["--colour=never"], False, False),
    "auto": ({}, ["--colour=auto"], False, True),
    "a flag counts more than NO_COLOR": ({"NO_COLOR": "1"}, ["--colour=always"], True, True),
    "a flag counts more than FORCE_COLOR": ({"FORCE_COLOR": "1"}, ["--color=never"], False, False),
    "a terminal without colour": ({"TERM": "dumb"}, [], False, False),
}


@pytest.mark.parametrize(("env", "flags", "piped", "on_terminal"), COLOUR.values(), ids=COLOUR)
def test_colour(
    tmp_path: Path, env: Mapping[str, str], flags: Sequence[str], *, piped: bool, on_terminal: bool
) -> None:
    write(tmp_path, {"a.js": f"'{token()}'"})
    assert ("\x1b[" in frontleak("scan", *flags, cwd=tmp_path, env=env).out) == piped
    assert (b"\x1b[" in terminal("scan", *flags, cwd=tmp_path, env=env)) == on_terminal


def terminal(*arguments: str, cwd: Path, env: Mapping[str, str]) -> bytes:
    """Run the command with a terminal for all its streams, and return the terminal's output."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, *arguments],
        cwd=cwd,
        env=environment(**{"TERM": "xterm", **env}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    got = bytearray()
    try:
        while part := os.read(ours, 1 << 16):
            got += part
    except OSError:  # how Linux reports a closed terminal
        pass
    os.close(ours)
    assert process.wait(timeout=PATIENCE) in (0, 1, 2)
    return bytes(got)


@pytest.mark.parametrize("form", ["json", "jsonl", "sarif"])
def test_only_text_is_coloured(tmp_path: Path, form: str) -> None:
    write(tmp_path, {"a.js": f"'{token()}'"})
    assert "\x1b" not in frontleak("scan", f"--format={form}", "--colour=always", cwd=tmp_path).out


def test_a_file_is_never_coloured(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": f"'{token()}'"})
    frontleak("scan", "a.js", "-o", "r.txt", "--colour=always", cwd=tmp_path, env={"FORCE_COLOR": "1"})
    assert "\x1b" not in (tmp_path / "r.txt").read_text()
    assert "1 finding" in (tmp_path / "r.txt").read_text()


def test_colour_changes_nothing_but_colour(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": f"'{token()}'"})
    plain = frontleak("scan", cwd=tmp_path).out
    coloured = frontleak("scan", "--colour=always", cwd=tmp_path).out
    assert _without_time(re.sub(r"\x1b\[[0-9;]*m", "", coloured)) == _without_time(plain)


def _without_time(text: str) -> str:
    return re.sub(r"in [0-9.]+ s", "", text)


# --- readers that go away ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_a_reader_that_went_away_is_an_error_and_neither_drama_nor_a_finding(tmp_path: Path, form: str) -> None:
    write(tmp_path, {"a.js": "const a = 1;"})
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [COMMAND, "scan", f"--format={form}"], cwd=tmp_path, env=environment(), stdout=writer, stderr=subprocess.PIPE
    )
    os.close(writer)
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (2, b"")


def test_the_first_line_can_be_had_alone(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": "".join(f"'{token(str(number))}'\n" for number in range(300))})
    done = subprocess.run(
        ["sh", "-c", '"$0" scan | head -1', COMMAND], cwd=tmp_path, env=environment(), capture_output=True, check=True
    )
    assert done.stdout.startswith(b"a.js:1:2  ")
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


def test_rules_can_be_cut_short_too(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" rules list | true', COMMAND],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
