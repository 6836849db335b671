"""The function of the Python API that visits a site."""

import os
from collections.abc import Sequence

from frontleak.api.functions import FilePath, Rules, chosen
from frontleak.api.running import Scan
from frontleak.core.errors import ConfigError
from frontleak.core.paths import slashes
from frontleak.core.report import Report
from frontleak.scanning.options import MAX_FILE_SIZE, ScanOptions


def scan_site(
    url: str,
    *,
    also_origins: Sequence[str] = (),
    source: FilePath = "",
    pages: int = 20,
    rate: float = 2.0,
    max_requests: int = 2000,
    max_bytes: int = 256 * 1024 * 1024,
    max_time: float = 1800.0,
    i_own_this: bool = False,
    rules: Rules = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    show_public: bool = False,
    max_file_size: int = MAX_FILE_SIZE,
    jobs: int = 0,
) -> Report:
    """Fetch what a deployed site serves, as `frontleak site` does, scan it, and return the report with all requests.

    It honours robots.txt and asks for each URL once. Responses are in a folder that is removed at the end. No
    configuration file and no baseline is read.

    Args:
        url: of the first page.
        also_origins: origins that are asked besides that of the URL, such as `https://cdn.example`.
        source: folder that the site was built from, whose files findings name; empty for none.
        pages: further pages that links lead to, at most.
        rate: requests a second, at most; more than 2 needs `i_own_this`.
        max_requests: requests after which the visit ends.
        max_bytes: bytes, received or unpacked, after which it ends.
        max_time: seconds after which it ends.
        i_own_this: whether the site is yours, or its owner has agreed.
        rules: as in `scan`.
        select: as in `scan`.
        ignore: as in `scan`.
        show_public: as in `scan`.
        max_file_size: bytes; larger responses are skipped, with a diagnostic.
        jobs: as in `scan`.

    Raises:
        ConfigError: the URL or an origin is not valid, or the rate needs the owner's consent.
        InputError: the responses cannot be kept.
        RuleError: as in `scan`.
    """
    from frontleak.files.web.addresses import named_origin, start_url  # noqa: PLC0415 - few programs visit a site
    from frontleak.files.web.limits import POLITE, SiteLimits  # noqa: PLC0415 - as above
    from frontleak.files.web.options import SiteOptions  # noqa: PLC0415 - as above
    from frontleak.files.web.store import private_folder  # noqa: PLC0415 - as above
    from frontleak.files.web.visit import Visit  # noqa: PLC0415 - as above
    from frontleak.scanning.site_scan import options_of_visit, with_visit  # noqa: PLC0415 - as above

    if not 0 < rate <= 1000:
        raise ConfigError(f"rate {rate!r}: not a number of requests a second", advice="pass one from 0.01 to 1000")
    if rate > POLITE and not i_own_this:
        raise ConfigError(
            f"rate {rate:g} is more than {POLITE:g} requests a second",
            advice="pass i_own_this=True if the site is yours, or if its owner has agreed",
        )
    limits = SiteLimits(rate=rate, requests=max_requests, total=max_bytes, seconds=max_time, pages=pages)
    also = tuple(map(named_origin, also_origins))
    site = SiteOptions(start=start_url(url), also=also, limits=limits, owned=i_own_this)
    ruleset = chosen(rules, select, ignore)
    options = ScanOptions(
        show_public=show_public,
        max_file_size=max_file_size,
        jobs=jobs,
        gitignore=False,
        source_root=slashes(os.path.abspath(source)) if source else "",
    )
    with private_folder() as folder:
        visited = Visit(site, folder).run()
        report = Scan(ruleset, options_of_visit(options, folder, kept=False)).report()
    return with_visit(report, visited)
