"""The pace and the limits of a visit, by a clock that stands still."""

from typing import Any

import pytest

from frontleak.files.web.limits import Allowance, LimitReachedError, SiteLimits


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def allowance(clock: Clock, **limits: float) -> Allowance:
    kept: dict[str, Any] = dict(limits)
    return Allowance(SiteLimits(**kept), lambda: clock.now, clock.sleep)


def test_two_requests_a_second_unless_told() -> None:
    clock = Clock()
    given = allowance(clock)
    for _ in range(4):
        given.take_turn()
    assert clock.slept == [0.5, 0.5, 0.5]


def test_what_took_long_is_not_waited_for_again() -> None:
    clock = Clock()
    given = allowance(clock)
    given.take_turn()
    clock.now += 0.4
    given.take_turn()
    assert clock.slept == [pytest.approx(0.1)]


def test_a_site_may_ask_for_a_slower_pace_and_a_pause() -> None:
    clock = Clock()
    given = allowance(clock)
    given.slow_down(3)
    given.slow_down(0)
    given.take_turn()
    given.take_turn()
    given.take_turn()
    assert clock.slept == [3, 3]
    given.pause(1000)
    given.take_turn()
    assert clock.slept[-1] == 60


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"requests": 2}, "the limit of 2 requests is reached (--max-requests)"),
        ({"total": 10}, "the limit of 10 bytes is reached (--max-bytes)"),
        ({"seconds": 0.9}, "the limit of 0.9 seconds is reached (--max-time)"),
    ],
)
def test_each_limit_is_named(limits: dict[str, float], told: str) -> None:
    clock = Clock()
    given = allowance(clock, **limits)
    given.take_turn()
    given.take_turn()
    given.spend(10)
    with pytest.raises(LimitReachedError) as reached:
        given.take_turn()
    assert str(reached.value) == told
