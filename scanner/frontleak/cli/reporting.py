"""The end of a command that scans: its reports, and the exit code; with the options for them."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from frontleak.cli import outputs
from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.messages import note
from frontleak.cli.scan_options import BASELINE_FILE, FAIL_ON, NO_BASELINE, STRICT, with_options
from frontleak.core.finding import Finding
from frontleak.core.report import Report
from frontleak.core.secret import printable
from frontleak.core.vocabulary import NEVER_FAIL, Severity
from frontleak.report.registry import REPORTERS

if TYPE_CHECKING:
    from frontleak.scanning.options import ScanOptions
    from frontleak.triage.accepted import Accepted

FORMAT: Final = click.option(
    "--format",
    multiple=True,
    type=click.Choice([reporter.name for reporter in REPORTERS]),
    envvar="FRONTLEAK_FORMAT",
    help="Report format; repeatable, each with its own -o.  [default: text]",
)
OUTPUT: Final = click.option(
    "-o", "--output", multiple=True, metavar="FILE", help="Write the report of the preceding --format to FILE."
)
EXIT_ZERO: Final = click.option(
    "--exit-zero", is_flag=True, help="Exit 0 even with findings; errors keep their exit codes."
)
REVEAL: Final = click.option("--reveal", is_flag=True, help="Show the values of secrets in the report.")
COLOUR: Final = click.option(
    "--colour",
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text report; `auto` uses NO_COLOR, FORCE_COLOR and whether output goes to a terminal.",
)


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what is reported, where, and what fails."""
    return with_options(command, (FORMAT, OUTPUT, FAIL_ON, EXIT_ZERO, BASELINE_FILE, NO_BASELINE, STRICT, COLOUR))


def reported(
    report: Report, wanted: Sequence[outputs.ReportOutput], given: Mapping[str, Any], options: "ScanOptions"
) -> ExitCode:
    """Write the reports and return the exit code.

    Args:
        report: of the scan.
        wanted: the reports to write.
        given: parameters of the command: `fail_on`, `colour`, `exit_zero`, `strict`.
        options: of the scan.

    Raises:
        ReportError: a report cannot be written.
    """
    fails = _failing(Severity(given["fail_on"]), options.accepted)
    outputs.write(report, wanted, given["colour"], fails)
    if options.profile is not None:
        from frontleak.cli.profile import render_profile  # noqa: PLC0415 - few scans count their work

        click.echo("\n".join(render_profile(options.profile)), err=True)
    if all(output.file for output in wanted):  # otherwise nothing would say what was found
        note(f"{_summary(report)}; see {', '.join(printable(str(output.file)) for output in wanted)}")
    return _exit_code(report, fails, exit_zero=given["exit_zero"], strict=given["strict"])


def _summary(report: Report) -> str:
    """Return what was found in one line."""
    files = sum(report.coverage.files.values())
    number = f"{len(report.findings)} finding{'' if len(report.findings) == 1 else 's'}"
    worst = f", worst: {report.findings[0].severity}" if report.findings else ""
    return f"{number}{worst}; scanned {files} file{'' if files == 1 else 's'}"


def _failing(severity: Severity, accepted: "Accepted | None") -> Callable[[Finding], bool]:
    """Return a function: finding -> whether it makes the scan fail, which may depend on its file."""

    def fails(finding: Finding) -> bool:
        if finding.exposure in NEVER_FAIL:
            return False
        own = () if accepted is None else accepted.fail_on(finding)
        return finding.severity.rank <= max((Severity(each or severity).rank for each in own), default=severity.rank)

    return fails


def _exit_code(report: Report, fails: Callable[[Finding], bool], *, exit_zero: bool, strict: bool) -> ExitCode:
    if not exit_zero and any(fails(finding) for finding in report.findings):
        return ExitCode.FINDINGS
    # a commit may contain only excluded files; elsewhere an empty scan is a mistake
    coverage = report.coverage
    nothing_scanned = not coverage.files and not coverage.all_named_excluded and not coverage.is_git
    if nothing_scanned or any(each.incomplete or (strict and not each.is_advice) for each in report.skipped):
        return ExitCode.INCOMPLETE
    return ExitCode.CLEAN
