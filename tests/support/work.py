"""Counts what code does, so that a test can say how much it may do without looking at a clock."""

import sys
from collections.abc import Callable
from types import FrameType


def calls_made(call: Callable[[], object]) -> int:
    """Return how many functions, Python's own ones among them, were called while something ran."""
    count = 0

    def seen(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        call()
    finally:
        sys.setprofile(before)
    return count
