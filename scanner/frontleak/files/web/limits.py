"""Limits of a visit to a site: how many requests, how fast, how many bytes and how long."""

import time
from collections.abc import Callable
from typing import Final

from frontleak.core.records import dataclass

POLITE: Final = 2.0
"""Requests a second that need nobody's consent."""
_LONGEST_PAUSE: Final = 60.0
"""Seconds that a server may ask to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLimits:
    """Limits of one visit."""

    rate: float = POLITE
    """Most requests a second."""
    requests: int = 2000
    """Most requests."""
    total: int = 256 * 1024 * 1024
    """Most bytes of all bodies, received or decompressed."""
    body: int = 64 * 1024 * 1024
    """Most bytes of one body, received or decompressed."""
    seconds: float = 1800.0
    """Longest time of the visit."""
    answer: float = 60.0
    """Longest time of one answer, in seconds."""
    idle: float = 10.0
    """Seconds for a connection, and seconds without a byte."""
    pages: int = 20
    """Most pages that links lead to."""


class LimitReachedError(Exception):
    """Nothing more may be asked; the text says which limit was reached, as a clause."""


class Allowance:
    """What is left of the limits of a visit, and when the next request may be made."""

    def __init__(
        self,
        limits: SiteLimits,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start the visit now."""
        self.limits = limits
        self._clock, self._sleep = clock, sleep
        self._ends = clock() + limits.seconds
        self._next = clock()
        self._requests = limits.requests
        self._bytes = limits.total
        self._interval = 1 / limits.rate

    @property
    def seconds(self) -> float:
        """Seconds that are left."""
        return self._ends - self._clock()

    @property
    def answer(self) -> float:
        """Seconds that the next answer may take."""
        return max(0.05, min(self.limits.answer, self.seconds))

    @property
    def body(self) -> int:
        """Bytes that the next body may have."""
        return max(0, min(self.limits.body, self._bytes))

    def take_turn(self) -> None:
        """Wait until the next request may be made, and count it.

        Raises:
            LimitReachedError: no further request may be made.
        """
        if self._requests <= 0:
            raise LimitReachedError(f"the limit of {self.limits.requests:,} requests is reached (--max-requests)")
        if self._bytes <= 0:
            raise LimitReachedError(f"the limit of {self.limits.total:,} bytes is reached (--max-bytes)")
        wait = self._next - self._clock()
        if wait >= self.seconds or self.seconds <= 0:
            raise LimitReachedError(f"the limit of {self.limits.seconds:g} seconds is reached (--max-time)")
        if wait > 0:
            self._sleep(wait)
        self._requests -= 1
        self._next = self._clock() + self._interval

    def spend(self, count: int) -> None:
        """Count the bytes of headers, or of a body."""
        self._bytes -= count

    def slow_down(self, seconds: float) -> None:
        """Leave at least so many seconds between two requests, as a site asks in its robots.txt."""
        self._interval = max(self._interval, seconds)

    def pause(self, seconds: float) -> None:
        """Make no request for so many seconds, at most a minute, as an answer asks."""
        self._next = max(self._next, self._clock() + min(seconds, _LONGEST_PAUSE))
