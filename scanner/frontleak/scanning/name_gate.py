"""Masks secrets in the names that a result carries: paths, members of archives, original sources, messages.

`core/shown_names.py` cuts every name that looks random. This gate knows more: the secrets found in the same file, and
the names that are a secret by the rules themselves.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from frontleak.core.blob import BlobResult
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.finding import Hop, Place
from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex
from frontleak.core.origins import CommitOrigin, FileOrigin, MemberOrigin, Origin, StdinOrigin
from frontleak.core.records import replace
from frontleak.core.secret import redact
from frontleak.core.secret_gate import RUN
from frontleak.core.shown_text import shown_value
from frontleak.core.spans import joined
from frontleak.match.engine import Engine, EngineResult

_WORD: Final = LazyTextRegex(rf"[^/\\\s\"'`()<>{{}}|]{{{RUN},}}+")
"""A part of a path, or a word of a message, that is long enough to hold a run of a secret."""
_BEFORE_LAST: Final = LazyRegex(rb"[-_](?=[^ _-]*+(?: |\Z))")
"""What a number after a name is appended with: `name-1.js`."""
_AFTER_WORDS: Final = tuple(
    LazyRegex(rb"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9]{1,20}[-_]){%d}" % words) for words in range(1, 5)
)
"""What one to four words before a name are joined with: `old-name.js`, `SANITY_WRITE_TOKEN_name`."""
_WORD_BEFORE: Final = LazyRegex(rb"[A-Za-z0-9_+=~%-]{1,200}\Z")
_WORD_AFTER: Final = LazyRegex(rb"[A-Za-z0-9_+=~%-]++")
_MOST_KNOWN: Final = 4096


class NameGate:
    """Masks secrets in names. Ordinary names stay as they are, and so do the fingerprints made from them."""

    def __init__(self, engine: Engine) -> None:
        """Keep the engine, whose rules tell which names are secrets, also those that were not chosen for the scan."""
        self._scanning = engine
        self._known: dict[str, str] = {}

    @property
    def _engine(self) -> Engine:
        """The engine of all rules; prepared when the first name is looked at, because most scans show none."""
        whole = self._scanning.ruleset.base if self._scanning.ruleset.unchosen else None
        if whole is not None:
            known = self._scanning.known
            self._scanning = Engine(whole, self._scanning.name)
            self._scanning.look_for(known)
        return self._scanning

    def result(self, result: BlobResult) -> BlobResult:
        """Return a result with the secrets masked in its names, those found in it too."""
        if not (result.detections or result.diagnostics):
            return result
        names = _Names(self, result.detections)
        return result._replace(
            detections=tuple(map(names.detection, result.detections)),
            diagnostics=tuple(map(names.diagnostic, result.diagnostics)),
        )

    def detections(self, detections: Iterable[Detection]) -> list[Detection]:
        """Return detections of misuse or of whole builds, with the secrets masked in their names."""
        names = _Names(self, ())
        return list(map(names.detection, detections))

    def display(self, origin: Origin, detections: Iterable[Detection] = ()) -> str:
        """Return an origin as displayed, with the secrets masked in it, those found in the file too."""
        return _Names(self, detections).origin(origin).display

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return diagnostics with the secrets masked in their names."""
        return list(map(_Names(self, ()).diagnostic, diagnostics))

    def text(self, text: str) -> str:
        """Return a text with each part masked that the rules take for a secret."""
        masked = self._known.get(text)
        if masked is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            masked = self._known[text] = self._masked(text)
        return masked

    def _masked(self, text: str) -> str:
        data = text.encode("utf-8", "surrogateescape")
        parts = data.replace(b"/", b" ")
        # a part of a path is a whole text too, and so is a part without words before it or the number at its end
        variants = dict.fromkeys(
            (data, parts, _BEFORE_LAST.sub(b" ", parts), *(words.sub(_apart, parts) for words in _AFTER_WORDS))
        )
        spans = sorted(
            _with_rest(data, start, end)
            for variant in variants
            for start, end in _secret_spans(self._engine.scan(variant))
        )
        pieces: list[str] = []
        position = 0
        for start, end in joined(spans):
            pieces += [_text(data[position:start]), redact(_text(data[start:end]))]
            position = end
        return "".join((*pieces, _text(data[position:]))) if pieces else text


def _secret_spans(result: EngineResult) -> Iterator[tuple[int, int]]:
    yield from ((match.start, match.end) for match in result.matches if not match.rule.plain)
    yield from ((match.start, match.end) for match in result.values)


def _apart(words: re.Match[bytes]) -> bytes:
    return words.group()[:-1] + b" "


def _with_rest(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the span of a secret with what is left of its word: it may be the rest of a longer secret."""
    before, after = _WORD_BEFORE.search(data, 0, start), _WORD_AFTER.match(data, end)
    if before and shown_value(_text(before.group())) != _text(before.group()):
        start = before.start()
    if after and shown_value(_text(after.group())) != _text(after.group()):
        end = after.end()
    return start, end


class _Names:
    """The names of one file, and the secrets found in it."""

    def __init__(self, gate: NameGate, detections: Iterable[Detection]) -> None:
        self._gate = gate
        values = {each.secret.reveal(): each.secret for each in detections if each.secret is not None}
        texts = ((value.decode("utf-8", "replace"), secret.redacted) for value, secret in values.items())
        self._values = "\n".join(text for text, redacted in texts if text != redacted)
        """All secrets; a value that is displayed in full is none."""
        self._known: dict[str, str] = {}
        self._origins: dict[Origin, Origin] = {}

    def detection(self, detection: Detection) -> Detection:
        """Mask the names in a detection. The text around a secret was masked when it was made."""
        place, hops = self._place(detection.place), tuple(map(self._hop, detection.import_path))
        shipped, advice = self._text(detection.shipped), self._text(detection.advice)
        masked = (place, hops, shipped, advice)
        if masked != (detection.place, detection.import_path, detection.shipped, detection.advice):
            detection = replace(detection, place=place, import_path=hops, shipped=shipped, advice=advice)
        if detection.secret is not None:
            return detection
        snippet = self._text(detection.snippet)
        context = {name: tuple(map(self._text, values)) for name, values in detection.context.items()}
        if snippet == detection.snippet and context == detection.context:
            return detection
        return replace(detection, snippet=snippet, context=context)

    def diagnostic(self, diagnostic: Diagnostic) -> Diagnostic:
        origin, message = self.origin(diagnostic.origin), self._text(diagnostic.message)
        if origin is diagnostic.origin and message == diagnostic.message:
            return diagnostic
        return replace(diagnostic, origin=origin, message=message)

    def _place(self, place: Place) -> Place:
        origin, original = self.origin(place.origin), place.original
        if original is not None and (path := self._text(original.path)) != original.path:
            original = replace(original, path=path)
        if origin is place.origin and original is place.original:
            return place
        return replace(place, origin=origin, original=original)

    def _hop(self, hop: Hop) -> Hop:
        path, why, text = self._text(hop.origin.path), self._text(hop.why), self._text(hop.text)
        if (path, why, text) == (hop.origin.path, hop.why, hop.text):
            return hop
        return replace(hop, origin=FileOrigin(path=path), why=why, text=text)

    def origin(self, origin: Origin) -> Origin:
        """Mask the names in an origin."""
        masked = self._origins.get(origin)
        if masked is None:
            masked = self._origins[origin] = self._masked_origin(origin)
        return masked

    def _masked_origin(self, origin: Origin) -> Origin:
        match origin:
            case StdinOrigin():
                return origin
            case CommitOrigin(path=path, inside=inside):
                masked, masked_inside = self._text(path), self._text(inside)
                is_same = (masked, masked_inside) == (path, inside)
                return origin if is_same else replace(origin, path=masked, inside=masked_inside)
            case FileOrigin():
                return origin.masked(self._text)
            case MemberOrigin(container=container, member=member):
                outer, inner = self._masked_origin(container), self._text(member)
                if isinstance(outer, MemberOrigin) or (outer is container and inner == member):
                    return origin
                return MemberOrigin(container=outer, member=inner)

    def _text(self, text: str) -> str:
        if len(text) < RUN:
            return text
        masked = self._known.get(text)
        if masked is None:
            masked = self._gate.text(text)
            if self._values:
                masked = _WORD.sub(lambda word: self._word(word.group()), masked)
            self._known[text] = masked
        return masked

    def _word(self, word: str) -> str:
        runs = (word[at : at + RUN] for at in range(len(word) - RUN + 1))
        return redact(word) if any(run in self._values for run in runs) else word


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
