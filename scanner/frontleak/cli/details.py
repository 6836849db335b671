"""What `--verbose` lists on standard error, one fact a line. Imported only then."""

import os
from collections.abc import Sequence

import click

from frontleak.cli.config import ConfigFile
from frontleak.core.blob import BlobResult
from frontleak.core.report import Report
from frontleak.core.secret import printable
from frontleak.core.shown_names import shown_name
from frontleak.core.version import VERSION
from frontleak.files.interface import LeftOut
from frontleak.match.engine import hyperscan_available
from frontleak.report.service_messages import without_command
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import ScanOptions


class Details:
    """Lists what a scan uses, reads and leaves out, as it happens."""

    def start(self, options: ScanOptions, config: ConfigFile | None, ruleset: RuleSet, rules: Sequence[str]) -> None:
        """List what the scan begins with; `rules` are the files of custom rules."""
        _line("version", VERSION)
        if options.git is not None:
            _line("scan", options.git.text)
        for path in ("what was fetched",) if options.fetched else options.paths:
            _line("scan", path)
        _line("configuration", os.path.relpath(config.file) if config else "none")
        accepted = options.accepted
        known = accepted.baseline if accepted else None
        number = f" ({len(known.entries)} accepted)" if known else ""
        _line("baseline", f"{accepted.baseline_name}{number}" if accepted and known else "none")
        own = f", also from {', '.join(rules)}" if rules else ""
        _line("rules", f"{len(ruleset.every)}{own}")
        _line("engine", options.engine or ("hyperscan" if hyperscan_available() else "regex"))

    def read(self, result: BlobResult) -> None:
        """List a file that was read; what could not be read is among the skipped."""
        if result.listed is None:
            return
        path, exposure = result.listed
        if result.ignored:
            _line("left out", f"{path} (git-ignored, and no variable in it is public)")
        elif result.kind:
            _line("read", f"{path} ({exposure}, {result.size:,} bytes)")

    def left_out(self, entry: LeftOut) -> None:
        """List a file or folder that the walk left out."""
        _line("left out", f"{entry.shown} ({entry.why})")

    def finish(self, report: Report) -> None:
        """List what was skipped and why, and the time."""
        for each in report.skipped:
            _line("to correct" if each.is_advice else "skipped", f"{each.origin.display}: {each.message}")
        files, size = sum(report.coverage.files.values()), sum(report.coverage.bytes.values())
        _line("time", f"{report.seconds:.2f} s for {files:,} file{'' if files == 1 else 's'}, {size:,} bytes")


def _line(label: str, text: str) -> None:
    click.echo(without_command(f"{label}: {shown_name(printable(text))}"), err=True)
