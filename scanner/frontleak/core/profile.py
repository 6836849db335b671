"""Where the work of a scan goes: counts and times by stage, rule, trigger and decoder."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from frontleak.core.records import dataclass, field

Item = TypeVar("Item")


@dataclass(slots=True)
class StageWork:
    """The work of one stage."""

    calls: int = 0
    size: int = 0
    """Bytes looked at."""
    seconds: float = 0.0
    """Of CPU."""


@dataclass(slots=True)
class RuleWork:
    """The work of one rule."""

    events: int = 0
    """Hits of its prefilter in the pass."""
    candidates: int = 0
    """Matches of its expression there."""
    matches: int = 0
    """Those that its checks leave."""
    seconds: float = 0.0
    """CPU time after the pass."""


@dataclass(slots=True)
class DecoderWork:
    """The work of one decoder."""

    texts: int = 0
    """Texts in which a trigger fired."""
    offsets: int = 0
    """Places in them."""
    views: int = 0
    size: int = 0
    """Bytes of the views."""
    detections: int = 0
    """Those that its views, and views of those, showed."""
    seconds: float = 0.0
    """Of CPU, without the search of the views."""


@dataclass(slots=True)
class Profile:
    """What a scan with `--profile` counts. Times are CPU seconds of this process."""

    stages: dict[str, StageWork] = field(default_factory=dict)
    """In the order in which they began."""
    rules: dict[str, RuleWork] = field(default_factory=dict)
    """By id, of rules with events."""
    triggers: dict[str, int] = field(default_factory=dict)
    """Name and number of a trigger -> its events in the pass."""
    decoders: dict[str, DecoderWork] = field(default_factory=dict)
    """By name, of decoders whose triggers fired."""
    decoder_of: dict[str, str] = field(default_factory=dict)
    """Kind of a view -> the decoder that made it."""

    def stage(self, name: str) -> StageWork:
        """Return the work of a stage, to count in."""
        return self.stages.setdefault(name, StageWork())

    def rule(self, rule_id: str) -> RuleWork:
        """Return the work of a rule, to count in."""
        return self.rules.setdefault(rule_id, RuleWork())

    def decoder(self, name: str) -> DecoderWork:
        """Return the work of a decoder, to count in."""
        return self.decoders.setdefault(name, DecoderWork())

    def listed(self, name: str, items: Iterator[Item]) -> Iterator[Item]:
        """Yield items, and count them and the time that they take to make, as a stage."""
        work = self.stage(name)
        for item in timed(items, work):
            work.calls += 1
            yield item

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Count the time of a stage."""
        work = self.stage(name)
        started = time.process_time()
        try:
            yield
        finally:
            work.calls += 1
            work.seconds += time.process_time() - started


def timed(items: Iterator[Item], work: StageWork | RuleWork | DecoderWork) -> Iterator[Item]:
    """Yield items, and count the time that they take to make, not what the caller does with them."""
    while True:
        started = time.process_time()
        try:
            item = next(items)
        except StopIteration:
            return
        finally:
            work.seconds += time.process_time() - started
        yield item
