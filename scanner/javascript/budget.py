"""How much work may go into the strings of one file."""

from typing import Final

MOST_WORK: Final = 250_000
"""Units of work for one text, about a microsecond each: counted rather than timed, so that a scan is repeatable."""


class ExhaustedError(Exception):
    """The work for one text is used up."""


class Budget:
    """Counts work down."""

    __slots__ = ("left",)

    def __init__(self, units: int = MOST_WORK) -> None:
        self.left = units

    def spend(self, units: int) -> None:
        """Take away some units.

        Raises:
            ExhaustedError: there are none left.
        """
        self.left -= units
        if self.left < 0:
            raise ExhaustedError
