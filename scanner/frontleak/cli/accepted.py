"""Reads what a team has accepted: its baseline, and the ignored findings, values and paths of its configuration."""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from frontleak.cli.config import ConfigFile
from frontleak.core.errors import ConfigError
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import slashes
from frontleak.core.repository import up_to_top

if TYPE_CHECKING:
    from frontleak.core.ignored_value import IgnoredValue
    from frontleak.files.ignore import IgnoreFile
    from frontleak.triage.accepted import Accepted, IgnoredFinding, PathSettings
    from frontleak.triage.baseline import Baseline

BASELINE: Final = ".frontleak-baseline.json"
"""The baseline of a project, in the working directory or above it, up to the root of the repository."""


def read_accepted(config: ConfigFile | None, baseline: Path | None, *, use_baseline: bool = True) -> "Accepted | None":
    """Return what the team has accepted; None if it has accepted nothing, which is the usual case.

    Args:
        config: the configuration of the scan.
        baseline: file named on the command line or in the configuration.
        use_baseline: whether a baseline may be used at all.

    Raises:
        ConfigError: the baseline cannot be read, or is none.
    """
    file = baseline or find_baseline(Path.cwd())
    document = config.document.value if config and config.document else {}
    has_settings = any(document.get(name) for name in ("ignore-findings", "overrides"))
    if not use_baseline:
        file = None
    if file is None and not has_settings:
        return None
    from frontleak.triage.accepted import Accepted  # noqa: PLC0415 - few scans have anything accepted

    return Accepted(
        baseline=read_file(file) if file else None,
        baseline_name=os.path.relpath(file) if file else "",
        relative=relative_to(file.parent) if file else str,
        findings={each.fingerprint: each for each in _ignored(config)} if config else {},
        paths=tuple(_path_settings(config)) if config else (),
        today=date.today(),  # noqa: DTZ011 - an entry expires at the end of a day wherever its owner is
    )


def find_baseline(folder: Path) -> Path | None:
    """Return the nearest baseline at or above a folder, up to the root of its repository."""
    for parent in map(Path, up_to_top(slashes(str(folder)))):
        if (parent / BASELINE).is_file():
            return parent / BASELINE
    return None


def read_file(file: Path) -> "Baseline":
    """Read a baseline from a file.

    Raises:
        ConfigError: it cannot be read, or is none.
    """
    from frontleak.triage.baseline import read_baseline  # noqa: PLC0415 - as above

    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
        advice = "`frontleak baseline create` writes one"
        raise ConfigError(f"{file}: cannot be read: {reason}", advice=advice) from error
    return read_baseline(str(file), text)


def relative_to(folder: Path) -> Callable[[str], str]:
    """Return a function: path as displayed -> path from a folder, with forward slashes, through `..` if outside it."""
    top = slashes(os.path.abspath(folder))
    return partial(_relative, top)


def _relative(top: str, path: str) -> str:
    absolute = slashes(os.path.abspath(path))
    if absolute == top:
        return ""
    if absolute.startswith(f"{top.rstrip('/')}/"):
        return absolute[len(top.rstrip("/")) + 1 :]
    try:  # a baseline need not be at the top of its repository, and every checkout must agree
        return slashes(os.path.relpath(absolute, top))
    except ValueError:  # on another drive
        return absolute


def _entries(config: ConfigFile, name: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield each mapping in a list of the configuration, and its `file:line` from the working directory."""
    if config.document is None:
        return
    file = FileOrigin(path=slashes(os.path.relpath(config.file))).display  # a report of any machine shows the same
    for number, entry in enumerate(config.document.value.get(name) or ()):
        yield entry, f"{file}:{config.document.line((name, number))}"


def _ignored(config: ConfigFile) -> "Iterator[IgnoredFinding]":
    from frontleak.triage.accepted import IgnoredFinding  # noqa: PLC0415 - as above

    for entry, where in _entries(config, "ignore-findings"):
        yield IgnoredFinding(
            fingerprint=entry["fingerprint"],
            reason=entry["reason"],
            owner=entry.get("owner", ""),
            expires=_date(entry.get("expires")),
            where=where,
        )


def read_ignored_values(config: ConfigFile | None) -> "tuple[IgnoredValue, ...]":
    """Return the values that the configuration ignores, also those that count again: a report says why."""
    if config is None or config.document is None or not config.document.value.get("ignore-values"):
        return ()
    from frontleak.core.ignored_value import IgnoredValue  # noqa: PLC0415 - as above

    found: list[IgnoredValue] = []
    for entry, where in _entries(config, "ignore-values"):
        expires = _date(entry.get("expires"))
        found.append(
            IgnoredValue(
                digest=entry["digest"],
                reason=entry["reason"],
                owner=entry.get("owner", ""),
                where=where,
                expired=expires if expires and expires < date.today() else None,  # noqa: DTZ011 - as above
            )
        )
    return tuple(found)


def _date(value: Any) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(value)


def _path_settings(config: ConfigFile) -> "Iterator[PathSettings]":
    from frontleak.files.ignore import compile_patterns  # noqa: PLC0415 - as above
    from frontleak.triage.accepted import PathSettings  # noqa: PLC0415 - as above

    folder = slashes(os.path.abspath(config.file.parent))
    for entry, where in _entries(config, "overrides"):
        patterns = compile_patterns(entry["files"], folder)
        yield PathSettings(
            matches=partial(_matches, patterns),
            ignore=tuple(entry.get("ignore", ())),
            fail_on=entry.get("fail-on", ""),
            where=where,
        )


def _matches(patterns: "IgnoreFile", path: str) -> bool:
    from frontleak.files.ignore import excludes  # noqa: PLC0415 - as above

    return excludes(patterns, slashes(os.path.abspath(path)))
