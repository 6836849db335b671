"""Joins a visit of a site and the scan of what it has fetched."""

from frontleak.core.records import replace
from frontleak.core.report import Report
from frontleak.files.web.store import ResponseFolder
from frontleak.files.web.visit import Visited
from frontleak.scanning.options import ScanOptions


def options_of_visit(options: ScanOptions, folder: ResponseFolder, *, kept: bool) -> ScanOptions:
    """Return the options of the scan of a folder of responses; `kept` is whether a reader of the report has it."""
    return replace(options, paths=(folder.bodies,), url_manifest=folder.manifest, fetched=not kept)


def with_visit(report: Report, visited: Visited) -> Report:
    """Add the requests and what could not be fetched to a report."""
    skipped = sorted((*report.skipped, *visited.diagnostics), key=lambda each: (each.origin.path, each.message))
    return replace(report, requests=visited.requests, skipped=tuple(skipped))
