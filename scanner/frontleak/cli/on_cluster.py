"""`frontleak scan --on`: the shards of a scan run on a cluster."""

import time
from collections.abc import Mapping
from typing import Any

from frontleak.cli.console import ScanProgress
from frontleak.cli.messages import note
from frontleak.core.records import replace
from frontleak.core.report import Report
from frontleak.core.secret import printable
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import ScanOptions, jobs_of
from frontleak.scanning.shards.cluster import Progress, scan_on
from frontleak.scanning.shards.merge import merged_report
from frontleak.scanning.shards.settings import settings_of


def run_on_cluster(name: str, ruleset: RuleSet, options: ScanOptions, given: Mapping[str, Any]) -> Report:
    """Scan on a cluster and return the report; `given` are the parameters of the command.

    Raises:
        ConfigError: there is no such cluster, its workers cannot run the scan, or the scan needs what no shard has.
        ClusterLostError: the cluster went away.
    """
    started = time.perf_counter()
    settings = settings_of(options, given["rules"], given["plugins"], given["select"], given["ignore"])
    with ScanProgress() as status:

        def progress(now: Progress) -> None:
            kept = f", {now.kept:,} of an earlier run" if now.kept else ""
            status.show(f"scanning: {now.done:,} of {now.of:,} shards{kept}")

        def failed(shard: int, reason: str) -> None:
            note(printable(f"note: shard {shard} has no result: {reason}"))

        merged = scan_on(name, ruleset, settings, jobs_of(options), progress, failed)
    return merged_report(merged, ruleset, replace(options, paths=settings.paths), started)
