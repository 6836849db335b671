"""Makes detections of the matches in the views of a blob; imported for the first match."""

from collections.abc import Mapping, Sequence

from frontleak.core.blob import Blob
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.elide import Syntax, syntax_of
from frontleak.core.line_index import LineIndex
from frontleak.core.placeholders import is_placeholder
from frontleak.core.records import replace
from frontleak.core.secret import Secret, redact
from frontleak.core.shown_text import shown_value
from frontleak.core.suppression import DUMMY, PLACEHOLDER, Suppression
from frontleak.core.vocabulary import Exposure, Severity
from frontleak.decode.views import DecodedText
from frontleak.match.context import ContextFinder
from frontleak.match.engine import Engine, Match
from frontleak.scanning.value_names import name_of, variable_set
from frontleak.triage.pairs import ids_of_secrets
from frontleak.triage.snippet import snippet


class Detector:
    """Makes the detections of one blob, view by view."""

    def __init__(self, blob: Blob, engine: Engine, spent: set[str], diagnostics: list[Diagnostic]) -> None:
        """Begin with a blob.

        Args:
            blob: the bytes of the file.
            engine: has found the matches.
            spent: names of what has timed out in this blob; such a context is not read again, and is added.
            diagnostics: what could not be read is added.
        """
        self._blob = blob
        self._contexts = engine.ruleset.contexts
        self._spent = spent
        self._diagnostics = diagnostics
        self._lines = LineIndex(blob.data)

    def detections(self, decoded: DecodedText, matches: Sequence[Match]) -> list[Detection]:
        """Return the detections of the matches in one view; an id that a secret stands next to is told with it."""
        text = decoded.text
        # a decoded view need not have the syntax of its file
        syntax = Syntax.SETTINGS if decoded.view else syntax_of(self._blob.origin.known_as)
        finders = {name: ContextFinder(context, text) for name, context in self._contexts.items()}
        ids = ids_of_secrets(matches, lambda each: not _suppression(each, text[each.start : each.end]))
        told = {match.start for match in ids.values()}
        found: list[Detection] = []
        for match in matches:
            severity = _severity(match, self._blob.origin.known_as)
            if severity is None or match.start in told:
                continue
            facts = self._facts(match, finders)
            if match.start in ids:
                written = text[ids[match.start].start : ids[match.start].end]
                facts = {**facts, "id": (redact(written.decode("utf-8", "replace")),)}
            found.append(self._detection(decoded, match, severity, facts, syntax))
        return found

    def _facts(self, match: Match, finders: Mapping[str, ContextFinder]) -> Mapping[str, tuple[str, ...]]:
        """Return the facts near a match as reports show them; none if reading them takes too long."""
        limit = f"context {match.rule.context}"
        finder = finders.get(match.rule.context) if limit not in self._spent else None
        try:
            facts = finder.near(match.start, match.end) if finder else {}
        except TimeoutError:
            self._spent.add(limit)
            message = f"reading the context of a finding of rule {match.rule.id} timed out"
            self._diagnostics.append(incomplete(Code.TIMED_OUT, self._blob.origin, message))
            return {}
        shown = self._contexts[match.rule.context].shown if facts else ()
        return {name: values if name in shown else tuple(map(shown_value, values)) for name, values in facts.items()}

    def _detection(
        self,
        decoded: DecodedText,
        match: Match,
        severity: Severity,
        facts: Mapping[str, tuple[str, ...]],
        syntax: Syntax,
    ) -> Detection:
        value = decoded.text[match.start : match.end]
        secret = Secret(value, shown=shown_value(value.decode("utf-8", "replace")) if match.rule.plain else None)
        place = decoded.place(self._blob, self._lines, match.start, match.end)
        if match.rule.exposure:
            place = replace(place, exposure=match.rule.exposure)
        return Detection(
            rule_id=match.rule.id,
            secret=secret,
            identity=secret.digest,
            named=name_of(decoded.text, match, place.label),
            place=place,
            severity=severity,
            confidence=match.rule.confidence,
            snippet=snippet(decoded.text, match.start, match.end, secret.redacted, syntax),
            context=facts,
            variable=None if decoded.view else variable_set(self._blob, match),
            suppression=_suppression(match, value),
        )


def _severity(match: Match, path: str) -> Severity | None:
    """Return the severity of a match in a file, or None if it is not reported there."""
    if not match.rule.require.assigned:
        return match.rule.severity
    from frontleak.scanning.assigned_files import severity_in  # noqa: PLC0415 - few files have such a match

    return severity_in(match.rule, path)


def _suppression(match: Match, value: bytes) -> Suppression | None:
    if value.decode("utf-8", "replace") in match.rule.allow:
        return DUMMY
    if match.rule.exposure is not Exposure.PUBLIC and is_placeholder(value):
        return PLACEHOLDER
    return None
