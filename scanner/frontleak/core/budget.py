"""How much work may go into the strings of one file."""

from typing import Final

MOST_WORK: Final = 250_000
"""Units of work for one file and all that is decoded from it: counted rather than timed, so that a scan is repeatable.

A unit is about a microsecond, and is spent where the work is done: on every token that is walked over, on every node of
a tree, on every so many bytes that are searched or made. The largest ordinary bundles need a tenth of it.
"""


class ExhaustedError(Exception):
    """The work for one file is used up."""


class WorkBudget:
    """Counts work down."""

    __slots__ = ("left",)

    def __init__(self, units: int = MOST_WORK) -> None:
        """Start with so many units."""
        self.left = units

    def spend(self, units: int) -> None:
        """Take away some units.

        Raises:
            ExhaustedError: there are none left.
        """
        self.left -= units
        if self.left < 0:
            raise ExhaustedError
