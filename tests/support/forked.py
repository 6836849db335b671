"""What a forked run of the command takes over from the tests, rather than work it out once more: two thirds of its time.

All are functions of the bytes of a file of the cache: its checksum, the rules in it, the database in it. A forked run
finds, checks and reads these files as every run does; where they have other bytes, it works all out.
"""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import hyperscan
import pytest

from frontleak.core import cache
from frontleak.core.errors import FrontleakError
from frontleak.match import hyperscan_pass
from frontleak.match.engine import Engine
from frontleak.rules import load
from frontleak.rules.cached_rules import ruleset_from_json
from frontleak.rules.paths import rules_directory

_LARGE: Final = 100_000
"""Bytes from which a checksum is kept: those of the rules and of the database."""


class _Kept:
    """A function of a few large texts, with its results."""

    def __init__(self, work: Callable[..., Any], large: Callable[[Any], bytes]) -> None:
        self._work = work
        self._large = large
        self._results: list[tuple[Any, Any]] = []

    def __call__(self, *arguments: Any) -> Any:
        if len(self._large(arguments)) < _LARGE:
            return self._work(*arguments)
        for known, result in self._results:  # comparing is faster than a hash
            if known == arguments:
                return result
        self._results.append((arguments, self._work(*arguments)))
        return self._results[-1][1]


class _Hyperscan:
    """The module, with the databases that were loaded."""

    loadb = _Kept(hyperscan.loadb, lambda arguments: arguments[0])

    def __getattr__(self, name: str) -> Any:
        return getattr(hyperscan, name)


_checksum: Final = _Kept(cache._checksum, lambda arguments: arguments[2])
_ruleset: Final = _Kept(ruleset_from_json, lambda arguments: arguments[0])


def work_out() -> None:
    """Work out what a run needs that reads the cache and the rules of this process."""
    _work_out(os.environ["FRONTLEAK_CACHE_DIR"], rules_directory())


@functools.cache
def _work_out(_cache: str, _rules: Path) -> None:
    with taken_over(), contextlib.suppress(FrontleakError):  # the run tells what is wrong
        Engine(load.load_rules())


def take_over() -> None:
    """Use the results in this process, which is forked for one run."""
    _put(setattr)


@contextlib.contextmanager
def taken_over() -> Iterator[None]:
    """Use the results in this process for a while."""
    with pytest.MonkeyPatch.context() as patch:
        _put(patch.setattr)
        yield


def _put(setter: Callable[[Any, str, Any], object]) -> None:
    setter(cache, "_checksum", _checksum)
    setter(load, "ruleset_from_json", _ruleset)
    setter(hyperscan_pass, "hyperscan", _Hyperscan())
