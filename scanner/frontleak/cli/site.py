"""`frontleak site`: fetches what a deployed site serves, and scans it."""

import math
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final

import click

from frontleak.cli import outputs
from frontleak.cli.file_paths import FilePath
from frontleak.cli.messages import Verbosity, note, verbosity
from frontleak.cli.reporting import REVEAL, report_options, reported
from frontleak.cli.scan_options import prepare, run, scan_options
from frontleak.cli.site_progress import SiteProgress
from frontleak.cli.vendor_options import VendorCommand
from frontleak.cli.verify_options import HINTS_BEFORE, verify_options, verify_options_of
from frontleak.core.paths import slashes

if TYPE_CHECKING:
    from frontleak.files.web.browser import SiteBrowser
    from frontleak.files.web.options import SiteOptions
    from frontleak.files.web.store import ResponseFolder
    from frontleak.files.web.visit import Visited

_OF_FILES: Final = frozenset({"exclude", "no_exclude", "gitignore", "show_server"})
"""Options of a scan that are about folders; a site has none."""
_WITHOUT: Final[Mapping[str, Any]] = {"exclude": (), "no_exclude": True, "gitignore": False, "show_server": False}


class _Number(click.FloatRange):
    """A number within a range, which `nan` and `inf` are not, although they parse as numbers."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number in the range {self._describe_range()}.", param, ctx)
        return number


class _Site(VendorCommand, outputs.PairedOutputs):
    """The command, with the options that verifiers declare."""

    hints_before = HINTS_BEFORE


@click.command(cls=_Site)
@click.argument("url", metavar="URL")
@report_options
@click.option(
    "--also-origin",
    multiple=True,
    metavar="ORIGIN",
    help="Fetch from this origin too, such as https://cdn.example; repeatable.",
)
@click.option(
    "--source",
    type=FilePath(exists=True, file_okay=False, as_path=False),
    metavar="DIR",
    help="Name the files in DIR that the site was built from, where source maps tell them.",
)
@click.option(
    "--browser",
    is_flag=True,
    help='Also open the page in a headless Chromium, and scan what it loads; requires "frontleak[site-browser]".',
)
@click.option(
    "--pages",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    metavar="N",
    help="Follow links to at most N further pages.",
)
@click.option(
    "--rate",
    type=_Number(min=0.01, max=1000),
    default=2.0,
    show_default=True,
    metavar="N",
    help="Most requests a second; more than 2 requires --i-own-this.",
)
@click.option(
    "--max-requests",
    type=click.IntRange(min=1),
    default=2000,
    show_default=True,
    metavar="N",
    help="Stop after N requests; what is left makes the scan incomplete.",
)
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    default=256 * 1024 * 1024,
    show_default=True,
    metavar="BYTES",
    help="Stop after so many bytes, received or unpacked.",
)
@click.option(
    "--max-time",
    type=_Number(min=0.1),
    default=1800,
    show_default=True,
    metavar="SECONDS",
    help="Stop after so many seconds.",
)
@click.option(
    "--probe",
    is_flag=True,
    help="Also ask for files that belong on no site, such as /.env; requires --i-own-this.",
)
@click.option("--ignore-robots", is_flag=True, help="Ask for what robots.txt forbids too; requires --i-own-this.")
@click.option(
    "--i-own-this",
    is_flag=True,
    help="Say that the site is yours, or that its owner has agreed to what you ask for.",
)
@click.option(
    "--keep",
    type=FilePath(file_okay=False, as_path=False),
    metavar="DIR",
    help="Keep the responses in DIR, which must be new or empty.",
)
@REVEAL
@verify_options
@scan_options
@click.pass_context
def site(ctx: click.Context, /, **given: Any) -> None:
    """Find leaked secrets in what a deployed site serves.

    Fetches the page at URL and what a browser would load from there: scripts and all chunks that they name,
    stylesheets, data of the page, build manifests and source maps. It asks the origin of URL only, honours robots.txt,
    sends at most 2 requests a second, each URL once, and lists every request (--verbose, --format json).

    Exit codes: 0 clean, 1 findings, 2 usage or internal error, 3 incomplete or nothing scanned, 130 interrupted.
    """
    from frontleak.cli.accepted import read_accepted  # noqa: PLC0415 - imported late to keep `--help` fast
    from frontleak.scanning.site_scan import options_of_visit, with_visit  # noqa: PLC0415 - as above

    if given["offline"]:
        raise click.UsageError("site sends requests, which --offline (or FRONTLEAK_OFFLINE) forbids")
    verify = verify_options_of(ctx, given)
    wanted_site = _site_options(given)
    wanted = outputs.pair(ctx.meta["outputs"], next(iter(given["format"]), ""))
    outputs.check_writable(wanted)
    ruleset, options = prepare(
        ctx,
        {**given, **_WITHOUT, "paths": ()},
        reveal=given["reveal"],
        verify=verify,
        accepted=read_accepted(ctx.meta.get("config"), given["baseline"], use_baseline=not given["no_baseline"]),
        source_root=slashes(os.path.abspath(given["source"])) if given["source"] else "",
    )
    with _folder(given["keep"]) as folder:
        visited = _visited(wanted_site, folder, browser=given["browser"])
        fetched = options_of_visit(options, folder, kept=bool(given["keep"]))
        report = with_visit(run(ctx, ruleset, fetched, given["rules"]), visited)
    ctx.exit(reported(report, wanted, given, options))


site.params = [each for each in site.params if each.name not in _OF_FILES]


def _site_options(given: Mapping[str, Any]) -> "SiteOptions":
    """Return what to visit.

    Raises:
        ConfigError: the URL or an origin is not valid.
        click.UsageError: an option goes beyond public pages, and nobody says whose the site is.
    """
    from frontleak.files.web.addresses import named_origin, start_url  # noqa: PLC0415 - keeps `--help` fast
    from frontleak.files.web.limits import POLITE, SiteLimits  # noqa: PLC0415 - as above
    from frontleak.files.web.options import SiteOptions  # noqa: PLC0415 - as above

    start, also = start_url(given["url"]), tuple(map(named_origin, given["also_origin"]))
    beyond = [
        text
        for text, is_given in (
            ("--probe asks for what is not public", given["probe"]),
            ("--ignore-robots asks for what the site forbids", given["ignore_robots"]),
            (f"--rate {given['rate']:g} is more than {POLITE:g} requests a second", given["rate"] > POLITE),
        )
        if is_given
    ]
    if beyond and not given["i_own_this"]:
        raise click.UsageError(f"{beyond[0]}: add --i-own-this if the site is yours, or if its owner has agreed")
    return SiteOptions(
        start=start,
        also=also,
        limits=SiteLimits(
            rate=given["rate"],
            requests=given["max_requests"],
            total=given["max_bytes"],
            seconds=given["max_time"],
            pages=given["pages"],
        ),
        robots=not given["ignore_robots"],
        probe=given["probe"],
        owned=given["i_own_this"],
    )


@contextmanager
def _folder(keep: str | None) -> "Iterator[ResponseFolder]":
    from frontleak.files.web.store import kept_folder, private_folder  # noqa: PLC0415 - keeps `--help` fast

    if keep:
        yield kept_folder(keep)
        return
    with private_folder() as folder:
        yield folder


def _visited(options: "SiteOptions", folder: "ResponseFolder", *, browser: bool) -> "Visited":
    """Visit the site, and say on standard error what is asked for."""
    from frontleak.files.web.addresses import origin_of  # noqa: PLC0415 - keeps `--help` fast
    from frontleak.files.web.visit import Visit  # noqa: PLC0415 - as above

    if browser:
        from frontleak.files.web.browser import opened_browser  # noqa: PLC0415 - an extra

        opening: AbstractContextManager[SiteBrowser | None] = opened_browser()
    else:
        opening = nullcontext()
    origin = origin_of(options.start)
    if origin is not None and verbosity() is Verbosity.NORMAL:
        note(f"note: asking {origin.text} at most {options.limits.rate:g} times a second; --verbose lists each request")
    with opening as opened, SiteProgress() as progress:
        return Visit(options, folder, progress, opened).run()
