"""Finds the secrets a frontend gives away. The names listed here are the public interface; the rest may change."""

from typing import TYPE_CHECKING, Any

from frontleak.core.version import VERSION as __version__  # noqa: N811 - the name Python tools look for

__all__ = ["Finding", "FrontleakError", "Report", "ScanOptions", "__version__", "load_rules", "scan", "scan_blob"]

if TYPE_CHECKING:
    from frontleak.core.errors import FrontleakError
    from frontleak.core.finding import Finding
    from frontleak.core.report import Report
    from frontleak.rules.load import load_rules
    from frontleak.scanning.blob import scan_blob
    from frontleak.scanning.scan import ScanOptions, scan

_HOMES = {
    "Finding": "frontleak.core.finding",
    "FrontleakError": "frontleak.core.errors",
    "Report": "frontleak.core.report",
    "ScanOptions": "frontleak.scanning.scan",
    "load_rules": "frontleak.rules.load",
    "scan": "frontleak.scanning.scan",
    "scan_blob": "frontleak.scanning.blob",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use: the command line needs few of them and starts faster without."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only for the programming interface

    return getattr(import_module(_HOMES[name]), name)
