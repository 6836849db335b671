"""Find secrets that a frontend leaks. The names listed here are the public API (docs/api.md); all else may change."""

from typing import TYPE_CHECKING, Any

from frontleak.core.version import VERSION as __version__  # noqa: N811 - the conventional name

__all__ = [
    "CancelledError",
    "Confidence",
    "ConfigError",
    "Coverage",
    "Diagnostic",
    "Exposure",
    "FileResult",
    "Finding",
    "FrontleakError",
    "Hop",
    "InputError",
    "Original",
    "Place",
    "Report",
    "RuleError",
    "RuleKind",
    "Scan",
    "Severity",
    "Suppression",
    "__version__",
    "formats",
    "load_rules",
    "render",
    "scan",
    "scan_bytes",
    "scan_site",
    "start",
]

if TYPE_CHECKING:
    from frontleak.api.functions import formats, load_rules, render, scan, scan_bytes, start
    from frontleak.api.running import FileResult, Scan
    from frontleak.api.site import scan_site
    from frontleak.core.diagnostic import Diagnostic
    from frontleak.core.errors import CancelledError, ConfigError, FrontleakError, InputError, RuleError
    from frontleak.core.finding import Finding, Hop, Original, Place
    from frontleak.core.report import Coverage, Report
    from frontleak.core.suppression import Suppression
    from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity

_MODULES = {
    **dict.fromkeys(("formats", "load_rules", "render", "scan", "scan_bytes", "start"), "frontleak.api.functions"),
    "scan_site": "frontleak.api.site",
    **dict.fromkeys(("FileResult", "Scan"), "frontleak.api.running"),
    **dict.fromkeys(("Confidence", "Exposure", "RuleKind", "Severity"), "frontleak.core.vocabulary"),
    **dict.fromkeys(("Finding", "Hop", "Original", "Place"), "frontleak.core.finding"),
    **dict.fromkeys(("Coverage", "Report"), "frontleak.core.report"),
    **dict.fromkeys(
        ("CancelledError", "ConfigError", "FrontleakError", "InputError", "RuleError"), "frontleak.core.errors"
    ),
    "Diagnostic": "frontleak.core.diagnostic",
    "Suppression": "frontleak.core.suppression",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use: the command line needs none of them, and starts faster."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only for the Python API

    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    """Return the public names, also those that are not imported yet."""
    return sorted(__all__)
