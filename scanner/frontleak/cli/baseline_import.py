"""`frontleak baseline import`: carry over what another scanner accepts. Imported only when it runs."""

import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from frontleak.core.errors import ConfigError
from frontleak.core.paths import slashes
from frontleak.core.secret import printable
from frontleak.core.vocabulary import Exposure
from frontleak.triage.carry_over import Carried, CarryOver, Found
from frontleak.triage.foreign_baselines import ForeignEntry, read_foreign

MOST_BYTES: Final = 256 * 1024 * 1024
"""Bytes of a file of another scanner."""


def read_all(files: Sequence[Path]) -> list[ForeignEntry]:
    """Read the files of other scanners, without duplicates.

    Raises:
        ConfigError: a file cannot be read, or is none of another scanner.
    """
    return list(dict.fromkeys(entry for file in files for entry in read_foreign(str(file), _bytes_of(file))))


def _bytes_of(file: Path) -> bytes:
    advice = "nothing was changed; pass the baseline, report or ignore file of the other scanner"
    try:
        if not file.is_file():
            raise ConfigError(f"{file}: is not a file", advice=advice)
        if file.stat().st_size > MOST_BYTES:
            raise ConfigError(f"{file}: is larger than {MOST_BYTES:,} bytes", advice=advice)
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}", advice=advice) from error


def carry_all(
    entries: Iterable[ForeignEntry],
    found: Sequence[Found],
    values: Mapping[str, str],
    folders: Sequence[Path],
    unwanted: Container[Exposure],
) -> list[Carried]:
    """Return what becomes of each entry.

    Args:
        entries: of other scanners.
        found: every detection of a scan of the working directory.
        values: identity -> value, of the secrets of that scan.
        folders: that the paths of the entries may count from, the likeliest first.
        unwanted: exposures that the scan does not report.
    """
    root = slashes(os.getcwd()).rstrip("/")
    carry_over = CarryOver(
        found,
        {identity: value.encode("utf-8", "surrogatepass") for identity, value in values.items()},
        unwanted=unwanted,
        bases=list(dict.fromkeys(slashes(os.path.abspath(folder)) for folder in folders)),
        looked_at=lambda path: path.startswith(f"{root}/"),
    )
    return [carry_over.carry(entry) for entry in entries]


def print_outcome(carried: Sequence[Carried]) -> None:
    """List what was accepted, and what was not carried over with the reason."""
    for line in dict.fromkeys(_lines(carried)):
        click.echo(line)


def _lines(carried: Sequence[Carried]) -> Iterator[str]:
    for each in carried:
        by_line = f"  (by its line, {each.foreign.line})" if each.by_line else ""
        for entry in each.entries:
            yield f"accepted  {printable(entry.path)}  {printable(entry.rule)}{by_line}"
    for each in carried:
        if each.reason:
            rule = f"  {printable(each.foreign.rule)}" if each.foreign.rule else ""
            yield f"not carried over  {printable(each.foreign.title)}{rule}: {each.reason}"
