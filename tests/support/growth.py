"""Check that work grows linearly, by comparing two input sizes instead of absolute times."""

import time
from collections.abc import Callable

_LARGER = 4
"""Ratio of the two sizes. Twice this ratio in time is allowed; quadratic work takes four times the ratio."""
_NOISE = 0.05
"""Seconds of CPU time tolerated as noise."""


def assert_linear(run: Callable[[int], object], size: int) -> None:
    """Run a function for a size and four times that size, and compare the CPU time."""
    small, large = _seconds(run, size), _seconds(run, size * _LARGER)
    assert large <= 2 * _LARGER * small + _NOISE, f"{large:.3f} s after {small:.3f} s"


def _seconds(run: Callable[[int], object], size: int) -> float:
    taken = []
    for _ in range(3):
        started = time.process_time()
        run(size)
        taken.append(time.process_time() - started)
    return min(taken)
