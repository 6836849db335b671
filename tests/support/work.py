"""Count function calls, so that tests can limit work without a clock."""

import sys
from collections.abc import Callable
from types import FrameType


def calls_made(call: Callable[[], object]) -> int:
    """Return the number of function calls during a call, including builtins."""
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
