"""Every kept input and every seed, through its target; the fuzzer itself runs in CI (`python -m tests.fuzz`)."""

from collections.abc import Callable

import pytest

from tests.fuzz import figures
from tests.fuzz.keep import is_neutral
from tests.fuzz.session import CORPUS, figures_in, kept
from tests.fuzz.target import Bytes, Target, expect
from tests.fuzz.targets import TARGETS, target_named
from tests.support.shipped import fake

every_target = pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])


MOST_SEEDS = 400
"""Of one target. The examples of all rules are thousands, and tests/properties/test_engines_agree.py tries each."""


@every_target
def test_kept_inputs_and_seeds_break_nothing(target: Target) -> None:
    seeds = [*target.seeds()]
    step = len(seeds) // MOST_SEEDS + 1
    inputs = [*kept(target), *seeds[::step]]
    assert len(inputs) > 4
    for data in inputs:
        target.run(data)


@every_target
def test_odd_inputs_break_nothing(target: Target) -> None:
    for data in (b"", b"\0", b"\xff", bytes(range(256)), b"\1\1" + b"[" * 3_000, b"\0\0\0\0{" * 500):
        target.run(data)


@every_target
def test_kept_inputs_hold_nothing_shaped_like_a_vendors_secret(target: Target) -> None:
    assert kept(target), "a target without kept inputs"
    assert all(map(is_neutral, kept(target)))


def test_folders_of_kept_inputs_are_those_of_the_targets() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == {target.name for target in TARGETS}


def test_a_vendors_secret_is_not_neutral() -> None:
    assert not is_neutral(fake("github-token").encode())
    assert is_neutral(b"const a = 1")


def test_recorded_figures_are_of_all_targets_and_of_at_least_an_hour_of_cpu() -> None:
    recorded = figures.load()
    assert set(recorded) == {target.name for target in TARGETS}
    assert not any(each.crash for each in recorded.values())
    assert sum(each.cpu for each in recorded.values()) >= 3_600


def test_a_broken_property_is_an_error_and_small_decisions_come_from_the_input() -> None:
    with pytest.raises(AssertionError, match="what"):
        expect(False, "what")
    choices = Bytes(b"\7\2rest")
    assert (choices.number(4), choices.number(3), choices.rest, Bytes(b"").number(9)) == (3, 2, b"rest", 0)
    with pytest.raises(LookupError):
        target_named("nothing")


OUTPUT = """\
INFO: Running with entropic power schedule
#2\tINITED cov: 10 ft: 12 corp: 1/1b exec/s: 0 rss: 55Mb
#131072\tpulse  cov: 48 ft: 76 corp: 19/54b lim: 1270 exec/s: 43690 rss: 56Mb
{end}
stat::number_of_executed_units: 360827
"""


@pytest.mark.parametrize(
    ("end", "code", "holds"),
    [
        ("Done 360827 runs in 11 second(s)", 0, lambda found: (found.seconds, found.crash) == (11, "")),
        ("AssertionError: x", 77, lambda found: found.crash.endswith("AssertionError: x")),
        ("", 9, lambda found: "exit code 9" in found.crash),
    ],
    ids=["a good end", "a broken property", "killed"],
)
def test_figures_are_read_from_what_libfuzzer_prints(end: str, code: int, holds: Callable[[object], bool]) -> None:
    found = figures_in("engine", code, OUTPUT.format(end=end))
    assert (found.executions, found.coverage, found.corpus) == (360_827, 48, 19)
    assert holds(found)
