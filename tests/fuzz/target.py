"""What a fuzz target is, and the check of a scan's places that several targets share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One entry point that reads hostile bytes, with what must hold for any of them."""

    name: str
    """Name on the command line, and of its folder of kept inputs."""
    reads: str
    """What it feeds the bytes to; for the documentation."""
    holds: str
    """What must be true whatever the bytes are; for the documentation."""
    run: Callable[[bytes], None]
    """Feed some bytes; raises if something does not hold."""
    seeds: Callable[[], Iterator[bytes]]
    """Inputs to begin with, drawn when fuzzing starts: the repository holds no text shaped like a vendor's secret."""


def expect(holds: bool, what: str) -> None:
    """Check a fact; unlike `assert`, also under `python -O`.

    Raises:
        AssertionError: it does not hold.
    """
    if not holds:
        raise AssertionError(what)


class Bytes:
    """Takes small decisions from the beginning of an input; the rest is the text."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def number(self, below: int) -> int:
        """Return a number from the next byte; 0 if there is none."""
        first, self._data = self._data[:1], self._data[1:]
        return (first[0] if first else 0) % below

    @property
    def rest(self) -> bytes:
        """The bytes that were not taken."""
        return self._data
