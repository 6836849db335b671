"""Makes detections of known values: those of environment variables that a blob holds."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final

from frontleak.core.blob import Blob
from frontleak.core.detection import Detection, Variable
from frontleak.core.elide import Syntax, syntax_of
from frontleak.core.env_value import EnvValue, EnvVariable
from frontleak.core.finding import Place
from frontleak.core.line_index import LineIndex
from frontleak.core.records import replace
from frontleak.core.rule import Rule
from frontleak.core.secret import Secret
from frontleak.core.shown_text import shown_name
from frontleak.core.vocabulary import Confidence, Exposure, Severity
from frontleak.decode.views import DecodedText
from frontleak.match.engine import Engine
from frontleak.match.known_values import ValueMatch
from frontleak.rules.env_value_rule import MISNAMED, SERVED
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.ruleset import RuleSet
from frontleak.triage.snippet import snippet

VARIABLE: Final = "variable"
"""Name of the fact that names the variables of a value."""
_SET_IN: Final = "set_in"
_MISTAKE: Final = "mistake"
_MOST_NAMED: Final = 5
"""Variables of one value that are named."""
_IN_LIBRARY: Final = "node_modules/"


def with_known_values(
    blob: Blob, engine: Engine, decoded: DecodedText, detections: Sequence[Detection]
) -> list[Detection]:
    """Return the detections of one view with what is known of their values, and those of further known values.

    Where a rule has found what a variable holds, or a part of it, the detection of the rule names the variable.

    Args:
        blob: the bytes of the file.
        engine: has made the view's result.
        decoded: the view.
        detections: of the rules in the same view.
    """
    rules = engine.ruleset.by_id()
    # a name that only calls some value a secret says less than the variable that has it
    known = {match.value.value.reveal for match in decoded.result.values}
    found = [each for each in detections if not (_is_by_name(rules[each.rule_id]) and _value_of(each) in known)]
    lines = LineIndex(blob.data)
    syntax = Syntax.SETTINGS if decoded.view else syntax_of(blob.origin.known_as)
    places = sorted((each.place.offset, number) for number, each in enumerate(found))
    for match in decoded.result.values:
        start, end = decoded.origin_span(match.start, match.end)
        # the detections of one view do not overlap, so only one can begin before the value and reach into it
        near = places[max(0, bisect_left(places, (start, 0)) - 1) : bisect_left(places, (end, 0))]
        same = [number for offset, number in near if offset + found[number].place.length > start]
        for number in same:
            found[number] = told(found[number], match.value)
        rule = None if same else rule_of(match.value, engine.ruleset)
        if rule is not None:
            place = decoded.place(blob, lines, match.start, match.end)
            if match.kind:
                place = replace(place, via=(*place.via, match.kind))
            found.append(_detection(decoded, match, rule, place, syntax))
    return found


def _is_by_name(rule: Rule) -> bool:
    return isinstance(rule, PatternRule) and bool(rule.require.assigned)


def _value_of(detection: Detection) -> bytes:
    return detection.secret.reveal() if detection.secret is not None else b""


def rule_of(value: EnvValue, ruleset: RuleSet) -> Rule | None:
    """Return the rule that reports a value: the one that knows its shape, else the one for values; None if not run."""
    rules = ruleset.by_id()
    own = MISNAMED if value.is_misnamed else SERVED
    if own not in rules:
        return None
    return rules[value.rule_id] if value.rule_id in rules else rules[own]


def told(detection: Detection, value: EnvValue) -> Detection:
    """Return the detection of a rule with what is known of its value: the variable, where it is set, the mistake."""
    if detection.place.exposure is Exposure.PUBLIC:
        return detection
    context = dict(detection.context)
    for name, facts in facts_of(value).items():
        context[name] = tuple(dict.fromkeys((*context.get(name, ()), *facts)))
    return replace(
        detection,
        context=context,
        severity=min(detection.severity, severity_in(value, detection.place.exposure), key=lambda each: each.rank),
        variable=detection.variable or variable_of(value),
        advice=detection.advice or advice_of(value),
    )


def secret_of(value: EnvValue) -> Secret:
    """Return the value as a secret of which reports show the length."""
    text = value.value.reveal
    return Secret(text, shown=f"…({len(text.decode('utf-8', 'replace'))} characters)")


def severity_in(value: EnvValue, exposure: Exposure) -> Severity:
    """Return how bad a value is at a place."""
    if value.is_misnamed:
        return Severity.CRITICAL
    return Severity.MEDIUM if exposure is Exposure.SOURCE else Severity.HIGH


def facts_of(value: EnvValue) -> Mapping[str, tuple[str, ...]]:
    """Return which variables have a value, where they are set, and whose mistake it is that it is served."""
    shown = value.variables[:_MOST_NAMED]
    named = tuple(dict.fromkeys(shown_name(each.name) for each in shown))
    if value.part:
        named = tuple(f"{name} ({value.part})" for name in named)
    return {
        VARIABLE: named,
        _SET_IN: tuple(dict.fromkeys(each.where for each in shown)),
        _MISTAKE: ("name" if value.is_misnamed else "boundary",),
    }


def advice_of(value: EnvValue) -> str:
    """Return the sentence that tells a mistake in a name from one in the boundary between server and client."""
    public = next((each for each in value.variables if each.prefix), None)
    kept = next((each for each in value.variables if not each.prefix), None)
    if value.is_misnamed and public is not None:
        also = f"; {_named(kept)} keeps the same value without one" if kept else ""
        return f"The prefix {public.prefix} of {_named(public)} publishes the value{also}."
    name = _named(value.variables[0])
    return f"{name} has no public prefix, so look for the module or the data that brings its value here."


def variable_of(value: EnvValue) -> Variable | None:
    """Return the variable of a value; None if it is in no file."""
    first = next((each for each in value.variables if each.prefix), value.variables[0])
    folder = first.file.rpartition("/")[0]
    return Variable(first.name, folder, public=bool(first.prefix)) if first.file else None


def _named(variable: EnvVariable) -> str:
    return f"{shown_name(variable.name)} ({variable.where})"


def _detection(decoded: DecodedText, match: ValueMatch, rule: Rule, place: Place, syntax: Syntax) -> Detection:
    value = match.value
    secret = secret_of(value)
    is_shape = rule.id == value.rule_id
    severity = severity_in(value, place.exposure)
    return Detection(
        rule_id=rule.id,
        secret=secret,
        identity=secret.digest,
        named=value.variables[0].name if value.is_guessable else None,
        place=place,
        severity=min(rule.severity, severity, key=lambda each: each.rank) if is_shape else severity,
        confidence=Confidence.MEDIUM if value.is_guessable and not is_shape else rule.confidence,
        snippet=snippet(decoded.text, match.start, match.end, secret.redacted, syntax),
        context=facts_of(value),
        variable=variable_of(value),
        advice=advice_of(value),
    )


def without_libraries(detections: Sequence[Detection]) -> tuple[Detection, ...]:
    """Return the detections without values that a third-party package has by chance: words that are also in its code.

    A value that nobody could guess is in no package unless a build has put it there, so it stays.
    """
    return tuple(each for each in detections if not _is_by_chance(each))


def _is_by_chance(detection: Detection) -> bool:
    if detection.named is None or detection.rule_id not in {SERVED, MISNAMED}:
        return False
    original = detection.place.original
    return _IN_LIBRARY in (original.path if original else detection.place.origin.path)
