"""Find secrets that a frontend leaks. The names listed here are the public API; everything else may change."""

from typing import TYPE_CHECKING, Any

from frontleak.core.version import VERSION as __version__  # noqa: N811 - the conventional name

__all__ = ["Finding", "FrontleakError", "Report", "ScanOptions", "__version__", "load_rules", "scan", "scan_blob"]

if TYPE_CHECKING:
    from frontleak.core.errors import FrontleakError
    from frontleak.core.finding import Finding
    from frontleak.core.report import Report
    from frontleak.scanning.blob import scan_blob
    from frontleak.scanning.options import ScanOptions
    from frontleak.scanning.rules import load_rules
    from frontleak.scanning.scan import scan

_MODULES = {
    "Finding": "frontleak.core.finding",
    "FrontleakError": "frontleak.core.errors",
    "Report": "frontleak.core.report",
    "ScanOptions": "frontleak.scanning.options",
    "load_rules": "frontleak.scanning.rules",
    "scan": "frontleak.scanning.scan",
    "scan_blob": "frontleak.scanning.blob",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use: the command line needs only a few, and starts faster."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only for the Python API

    return getattr(import_module(_MODULES[name]), name)
