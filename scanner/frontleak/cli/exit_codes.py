"""Exit codes of the `frontleak` command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes; stable, because CI jobs branch on them."""

    CLEAN = 0
    """No finding at or above `--fail-on`; for `verify`: the token is inactive."""
    FINDINGS = 1
    """At least one finding at or above `--fail-on`; for `verify`: the token is active."""
    ERROR = 2
    """Usage, configuration or internal error."""
    INCOMPLETE = 3
    """Something could not be read, or nothing was scanned; for `verify`: the result is inconclusive."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C."""
