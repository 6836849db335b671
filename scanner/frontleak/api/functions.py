"""The functions of the Python API."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from frontleak.api.running import Scan
from frontleak.api.signatures import taking_what
from frontleak.core.errors import ConfigError, InputError
from frontleak.core.origins import FileOrigin
from frontleak.core.report import Report
from frontleak.core.vocabulary import Exposure
from frontleak.files.read import to_blob
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import MAX_FILE_SIZE, STDIN, ScanOptions

FilePath = str | os.PathLike[str]
Rules = RuleSet | FilePath | Sequence[FilePath]
"""What `load_rules` returned; or a file or folder of own rules, or several."""


def scan(
    *paths: FilePath,
    rules: Rules = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    exclude: Sequence[str] = (),
    gitignore: bool = True,
    show_public: bool = False,
    show_server: bool = False,
    max_file_size: int = MAX_FILE_SIZE,
    jobs: int = 0,
) -> Report:
    """Scan files and folders, and return the report. No configuration file and no baseline is read.

    Args:
        paths: files, folders and addresses such as `s3://bucket/folder`; the working directory if there are none.
        rules: files or folders with your own rules, which are added to the shipped ones; or what `load_rules` returned.
        select: ids of the only rules to run, or beginnings of ids followed by `*`; all if empty.
        ignore: ids of rules not to run.
        exclude: patterns of paths not to scan, as in a `.gitignore`.
        gitignore: whether `.gitignore` files hold, outside build output.
        show_public: whether keys that are public by design are reported.
        show_server: whether secrets found only in server output are reported.
        max_file_size: bytes; larger files are skipped, with a diagnostic.
        jobs: processes, at most one per CPU; 0 for that many. Small scans use none.

    Raises:
        InputError: a path does not exist.
        RuleError: a rule file is invalid; it lists every mistake.
        ConfigError: `select` or `ignore` names no rule.
    """
    return _prepared(
        paths,
        rules=rules,
        select=select,
        ignore=ignore,
        exclude=tuple(exclude),
        gitignore=gitignore,
        show_public=show_public,
        show_server=show_server,
        max_file_size=max_file_size,
        jobs=jobs,
    ).report()


@taking_what(scan)
def start(*paths: FilePath, **options: Any) -> Scan:
    """Prepare a scan of files and folders that runs while it is iterated over, and that can be cancelled.

    The arguments and errors are those of `scan`; a path that does not exist is an error of the first step.
    """
    return _prepared(paths, **options, left_out=lambda _: None)  # with it, each result names its file


def scan_bytes(
    data: bytes,
    name: str = "<bytes>",
    *,
    exposure: Exposure | str = Exposure.SERVED,
    rules: Rules = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    show_public: bool = False,
    show_server: bool = False,
) -> Report:
    """Scan bytes in memory, and return the report. The name need not exist on disk, and is not opened.

    Args:
        data: the content of a file: text in any encoding, a bundle, a source map, an archive.
        name: of the file; it tells its kind, and reports show it.
        exposure: who can see it. In a served file, ignore comments silence nothing.
        rules: as in `scan`.
        select: as in `scan`.
        ignore: as in `scan`.
        show_public: as in `scan`.
        show_server: as in `scan`.

    Raises:
        RuleError, ConfigError: as in `scan`.
        ValueError: there is no such exposure.
    """
    options = ScanOptions(paths=(), jobs=1, show_public=show_public, show_server=show_server)
    blob = to_blob(FileOrigin(path=name), data, Exposure(exposure))
    return Scan(chosen(rules, select, ignore), options, [blob]).report()


def load_rules(*paths: FilePath) -> RuleSet:
    """Load the shipped rules, and your own in files and folders, once for many scans.

    Raises:
        InputError: a path does not exist.
        RuleError: a file is invalid; it lists every mistake in every file.
    """
    from frontleak.scanning.rules import load_rules as load  # noqa: PLC0415 - the same name

    missing = [os.fspath(path) for path in paths if not os.path.exists(path)]
    if missing:
        raise InputError(
            *(f"{name}: no such file or folder" for name in missing), advice="check the path of your rules"
        )
    return load([Path(path) for path in paths])


def render(report: Report, format: str = "json") -> str:  # noqa: A002 - the name on the command line
    """Return a report in one of `formats()`, as the command line writes it to a file.

    Raises:
        ConfigError: there is no such format.
    """
    from frontleak.report.interface import Look  # noqa: PLC0415 - many programs only read the findings
    from frontleak.report.registry import reporter_named  # noqa: PLC0415 - as above

    try:
        reporter = reporter_named(format)
    except KeyError:
        raise ConfigError(f"{format}: no such format", advice=f"the formats are {', '.join(formats())}") from None
    return "".join(reporter.render(report, Look()))


def formats() -> tuple[str, ...]:
    """Return the names of all report formats."""
    from frontleak.report.registry import REPORTERS  # noqa: PLC0415 - as above

    return tuple(reporter.name for reporter in REPORTERS)


def _prepared(
    paths: Sequence[FilePath], *, rules: Rules = (), select: Sequence[str] = (), ignore: Sequence[str] = (), **more: Any
) -> Scan:
    """Return a scan; `more` are fields of its options."""
    return Scan(chosen(rules, select, ignore), ScanOptions(paths=_named(paths), **more))


def _named(paths: Sequence[FilePath]) -> list[str]:
    named = [os.fspath(path) for path in paths] or ["."]
    if STDIN in named:
        raise InputError("`-` is not a file", advice="read standard input yourself, and pass it to scan_bytes")
    return named


def chosen(rules: Rules, select: Sequence[str], ignore: Sequence[str]) -> RuleSet:
    """Return the rules of a scan, as its arguments name them."""
    if isinstance(rules, RuleSet):
        ruleset = rules
    elif isinstance(rules, (str, os.PathLike)):
        ruleset = load_rules(rules)
    else:
        ruleset = load_rules(*rules)
    return ruleset.choose(select=tuple(select), ignore=tuple(ignore))
