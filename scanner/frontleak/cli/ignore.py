"""`frontleak ignore`: accept one finding, with a reason, in the configuration file."""

import os
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from frontleak.cli import outputs
from frontleak.cli.config import find_config, read_config
from frontleak.cli.file_paths import FilePath
from frontleak.core.errors import ConfigError
from frontleak.core.paths import slashes
from frontleak.core.repository import CONFIG_NAMES, repository_root
from frontleak.core.secret import printable

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{32}")
_KEY: Final = "ignore-findings"
_LONGEST: Final = 65_536
"""Bytes of a value on standard input."""


class _Day(click.ParamType[date]):
    """A day, as year, month and day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day.

        Raises:
            click.BadParameter: the text is not a day.
        """
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            self.fail(f"{value!r} is not a day, such as 2027-01-31", param, ctx)


@click.command(short_help="Ignore one finding by its fingerprint, or a value.")
@click.argument("fingerprint", required=False)
@click.option("--value-stdin", is_flag=True, help="Ignore the value on standard input wherever it is found.")
@click.option("--reason", required=True, metavar="TEXT", help="Why the finding does not count.")
@click.option("--owner", metavar="NAME", help="Who decided it.")
@click.option("--expires", type=_Day(), metavar="YYYY-MM-DD", help="The last day on which it is ignored.")
@click.option(
    "--config",
    type=FilePath(dir_okay=False),
    help="Configuration file.  [default: the nearest, or a new .frontleak.yaml]",
)
def ignore(
    fingerprint: str | None,
    value_stdin: bool,
    reason: str,
    owner: str | None,
    expires: date | None,
    config: Path | None,
) -> None:
    """Ignore one finding by its fingerprint, which JSON and SARIF reports show, or a value that is not a secret.

    The entry goes into `ignore-findings` or `ignore-values` of the configuration file; comments and order stay as they
    are. A value is stored as a salted digest, never itself.
    """
    if value_stdin == (fingerprint is not None):
        raise click.UsageError("pass a fingerprint, or --value-stdin")
    if fingerprint is not None and not _FINGERPRINT.fullmatch(fingerprint):
        raise ConfigError(
            f"{fingerprint!r} is not a fingerprint: 32 hexadecimal digits",
            advice="`frontleak scan --format json` shows the fingerprint of each finding",
        )
    if not reason.strip():
        raise ConfigError("the reason is empty", advice="write why the finding does not count")
    if expires is not None and expires < date.today():  # noqa: DTZ011 - the day where the user is
        raise ConfigError(f"--expires {expires} is in the past", advice="pass a day to come, or leave it out")
    file = config or find_config(Path.cwd()) or _new_file()
    rest = {"reason": reason.strip()}
    rest |= {"owner": owner} if owner else {}
    rest |= {"expires": expires.isoformat()} if expires else {}
    if fingerprint is not None:
        _add(file, _KEY, {"fingerprint": fingerprint, **rest}, lambda known: known["fingerprint"] == fingerprint)
        click.echo(f"{printable(os.path.relpath(file))}: ignores {fingerprint}: {printable(reason.strip())}")
        return
    from frontleak.core.ignored_value import salted_digest  # noqa: PLC0415 - keeps `--help` fast

    value = _value()
    entry = {"digest": salted_digest(value, secrets.token_hex(8)), **rest}
    _add(file, "ignore-values", entry, lambda known: _is_of(known["digest"], value))
    click.echo(f"{printable(os.path.relpath(file))}: ignores this value: {printable(reason.strip())}")


def _value() -> bytes:
    """Read a value from standard input, without the end of its line."""
    text = sys.stdin.buffer.read(_LONGEST + 1).rstrip(b"\r\n")
    if not text or len(text) > _LONGEST:
        problem = "is too long" if text else "is empty"
        raise ConfigError(f"the value on standard input {problem}", advice="pipe the value itself, without quotes")
    return text


def _is_of(digest: str, value: bytes) -> bool:
    from frontleak.core.ignored_value import salted_digest  # noqa: PLC0415 - as above

    return salted_digest(value, digest.partition(":")[0]) == digest


def _new_file() -> Path:
    root = repository_root(slashes(str(Path.cwd())))
    return Path(root or ".") / CONFIG_NAMES[0]


def _add(file: Path, key: str, entry: dict[str, str], is_same: Callable[[Mapping[str, str]], bool]) -> None:
    """Append an entry to a configuration file, and check the result before it replaces the old one.

    Raises:
        ConfigError: the file is not valid, already has the entry, or is written in a way that cannot be extended.
    """
    from frontleak.rules.yaml_edit import append_entry  # noqa: PLC0415 - keeps `--help` fast

    text = ""
    if file.exists():
        document = read_config(file).document
        for number, known in enumerate((document.value.get(key) or ()) if document else ()):
            if is_same(known) and document:
                raise ConfigError(f"{document.where(key, number)}: ignores this already")
        text = file.read_text("utf-8")
    made = None if file.suffix == ".toml" else append_entry(text, key, entry)
    if made is None:
        lines = ", ".join(f"{name}: {value!r}" for name, value in entry.items())
        raise ConfigError(
            f"{file}: cannot be extended without rewriting it", advice=f"add to {key} by hand: {{{lines}}}"
        )
    outputs.write_file(file, iter([made]))
