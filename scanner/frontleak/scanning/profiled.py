"""The worker of a scan with `--profile`: its engine, its decoders and its reading count what they do.

A scan with `--profile` uses it instead of `Worker`, so that other scans never check whether to count.
"""

import time
from collections.abc import Container, Iterator, Sequence

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.profile import Profile, timed
from frontleak.decode.interface import Decoder, Request, View
from frontleak.decode.registry import DECODERS
from frontleak.files.interface import BlobEntry, FileEntry
from frontleak.match.engine import Engine, EngineName, Match
from frontleak.match.interface import Hits, Pass
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import WorkerOptions
from frontleak.scanning.worker import Worker


class ProfiledWorker(Worker):
    """A worker that counts; it works in one process."""

    def __init__(self, ruleset: RuleSet, options: WorkerOptions, profile: Profile) -> None:
        super().__init__(ruleset, options)
        self._profile = profile
        self.engine = _ProfiledEngine(ruleset, options.engine, profile)
        self.decoders = tuple(_profiled(decoder, profile) for decoder in DECODERS)

    def read(self, entry: FileEntry | BlobEntry) -> Blob | Diagnostic:
        """See `Worker.read`."""
        with self._profile.timed("read"):
            blob = super().read(entry)
        if isinstance(blob, Blob):
            self._profile.stage("read").size += len(blob.data)
        return blob

    def scan(self, blob: Blob | Diagnostic, path: str = "") -> BlobResult:
        """See `Worker.scan`."""
        with self._profile.timed("scan"):
            result = super().scan(blob, path)
        self._profile.stage("scan").size += result.size
        for detection in result.detections:
            for name in {self._profile.decoder_of.get(kind, kind) for kind in detection.place.via}:
                self._profile.decoder(name).detections += 1
        return result


class _ProfiledEngine(Engine):
    """An engine that counts events, candidates and matches by rule."""

    def __init__(self, ruleset: RuleSet, engine: EngineName | None, profile: Profile) -> None:
        super().__init__(ruleset, engine)
        self._profile = profile
        self._pass = _ProfiledPass(self._pass, ruleset, profile)

    def confirm(
        self, rule: PatternRule, text: bytes, hits: Hits, taken: Container[tuple[int, int]] = ()
    ) -> Iterator[Match]:
        """See `Engine.confirm`."""
        work = self._profile.rule(rule.id)
        for match in timed(super().confirm(rule, text, hits, taken), work):
            work.matches += 1
            yield match

    def candidates(self, rule: PatternRule, text: bytes, hits: Hits) -> Iterator[tuple[int, int]]:
        """See `Engine.candidates`."""
        work = self._profile.rule(rule.id)
        for span in super().candidates(rule, text, hits):
            work.candidates += 1
            yield span


class _ProfiledPass:
    """A pass that counts the bytes and the events of every prefilter."""

    def __init__(self, inner: Pass, ruleset: RuleSet, profile: Profile) -> None:
        self._inner = inner
        self._rules = ruleset.rules
        self._profile = profile
        numbers: dict[str, int] = {}
        self._triggers: list[str] = []
        for trigger in ruleset.triggers:
            numbers[trigger.name] = numbers.get(trigger.name, 0) + 1
            self._triggers.append(f"{trigger.name} {numbers[trigger.name]}")

    def hits(self, text: bytes | memoryview) -> Sequence[Hits]:
        """See `Pass`."""
        with self._profile.timed("pass"):
            found = self._inner.hits(text)
        self._profile.stage("pass").size += len(text)
        for hits in found:
            if hits.prefilter < len(self._rules):
                self._profile.rule(self._rules[hits.prefilter].id).events += len(hits.offsets)
            else:
                name = self._triggers[hits.prefilter - len(self._rules)]
                self._profile.triggers[name] = self._profile.triggers.get(name, 0) + len(hits.offsets)
        return found


def _profiled(decoder: Decoder, profile: Profile) -> Decoder:
    """Return a decoder that counts what its function is given and makes, before its caps."""

    def decode(request: Request) -> Iterator[View | str]:
        work = profile.decoder(decoder.name)
        work.texts += 1
        work.offsets += len(request.offsets)
        started = time.process_time()
        function = decoder.load()  # imports it
        work.seconds += time.process_time() - started
        for found in timed(function(request), work):
            if isinstance(found, View):
                work.views += 1
                work.size += len(found.text)
                profile.decoder_of[found.kind] = decoder.name
            yield found

    return decoder._replace(function=decode)
