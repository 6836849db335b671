"""Work that must not grow faster than its input: two sizes are compared, no time is held to a figure."""

import time
from collections.abc import Callable

_LARGER = 4
"""How many times as much the second run gets: twice this much time is allowed, quadratic work takes twice that."""
_NOISE = 0.05
"""Seconds of processor time that a machine's other work may add."""


def assert_linear(run: Callable[[int], object], size: int) -> None:
    """Run something for an input of a size and of four times that size, and compare the processor time."""
    small, large = _seconds(run, size), _seconds(run, size * _LARGER)
    assert large <= 2 * _LARGER * small + _NOISE, f"{large:.3f} s after {small:.3f} s"


def _seconds(run: Callable[[int], object], size: int) -> float:
    taken = []
    for _ in range(3):
        started = time.process_time()
        run(size)
        taken.append(time.process_time() - started)
    return min(taken)
