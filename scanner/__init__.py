"""Finds the secrets a frontend gives away. The names here are the public ones; the rest may change."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Finding", "Report", "ScanOptions", "ScannerError", "load_rules", "scan", "scan_blob"]

if TYPE_CHECKING:
    from scanner.errors import ScannerError
    from scanner.model import Finding, Report
    from scanner.pipeline import scan_blob
    from scanner.rules.load import load_rules
    from scanner.scanning import ScanOptions, scan

_HOMES = {
    "Finding": "scanner.model",
    "Report": "scanner.model",
    "ScanOptions": "scanner.scanning",
    "ScannerError": "scanner.errors",
    "load_rules": "scanner.rules.load",
    "scan": "scanner.scanning",
    "scan_blob": "scanner.pipeline",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: the command line needs few of them, and starts the sooner."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only for the programming interface

    return getattr(import_module(_HOMES[name]), name)
