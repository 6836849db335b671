"""What the command's exit codes mean."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Stable: CI jobs branch on them."""

    CLEAN = 0
    """Nothing at or above `--fail-on`; of `verify`, that the token is inactive."""
    FINDINGS = 1
    """At least one finding at or above `--fail-on`; of `verify`, that the token is active."""
    ERROR = 2
    """Wrong usage or configuration, or an error inside the tool."""
    INCOMPLETE = 3
    """Something could not be read, or nothing was scanned; of `verify`, that the answers settle nothing."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C."""
