"""Help is short, complete, on standard output, and does not import the engine."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from frontleak import __version__
from frontleak.cli.main import cli
from tests.acceptance.support import COMMAND, frontleak, run


def commands(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, *path, name)


COMMANDS = dict(commands(cli))


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(("frontleak", *path)))
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_explains_itself(tmp_path: Path, path: tuple[str, ...], flag: str) -> None:
    done = frontleak(*path, flag, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: {' '.join(('frontleak', *path))} ")


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(("frontleak", *path)))
def test_every_option_says_what_it_is_for(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert command.help
    silent = [option.name for option in command.params if isinstance(option, click.Option) and not option.help]
    assert silent == []


def test_every_exit_code_is_explained(tmp_path: Path) -> None:
    help_text = " ".join(frontleak("scan", "-h", cwd=tmp_path).out.split())
    assert (
        "0 clean, 1 findings, 2 usage or internal error, 3 incomplete or nothing scanned, 130 interrupted" in help_text
    )


def test_the_version(tmp_path: Path) -> None:
    done = frontleak("--version", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, f"frontleak, version {__version__}\n", "")


def test_help_does_not_wait_for_the_engine(tmp_path: Path) -> None:
    done = run([sys.executable, "-X", "importtime", COMMAND, "scan", "--help"], cwd=tmp_path)
    imported = {line.rpartition("|")[2].strip() for line in done.err.splitlines()}
    assert "frontleak.report.registry" in imported
    assert not imported & {"hyperscan", "regex", "yaml", "rich", "pathspec", "detect_secrets", "requests", "socket"}


def test_the_package_runs_as_a_module_too(tmp_path: Path) -> None:
    done = run([sys.executable, "-m", "frontleak", "scan", "missing"], cwd=tmp_path)
    assert (done.code, done.problems) == (2, ["error: missing: no such file or folder"])


@pytest.mark.parametrize("path", [(), ("rules",)], ids=["frontleak", "frontleak rules"])
def test_a_command_without_its_subcommand_shows_its_help_in_readable_lines(
    tmp_path: Path, path: tuple[str, ...]
) -> None:
    done = frontleak(*path, cwd=tmp_path)
    assert done.code == 2
    assert "\\n" not in done.out + done.err
    assert "Commands:" in (done.out + done.err).splitlines()


@pytest.mark.parametrize("path", [path for path in COMMANDS if isinstance(COMMANDS[path], click.Group)])
def test_a_list_of_commands_cuts_no_line_on_a_terminal_of_80_columns(tmp_path: Path, path: tuple[str, ...]) -> None:
    done = frontleak(*path, "--help", cwd=tmp_path, env={"COLUMNS": "80"})
    assert [line for line in done.out.partition("Commands:\n")[2].splitlines() if line.endswith("...")] == []
