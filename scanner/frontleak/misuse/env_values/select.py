"""Chooses the values that a scan looks for, and tells a mistake in a name from one in the boundary."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from frontleak.core.env_value import EnvValue, EnvVariable, HiddenValue
from frontleak.core.placeholders import is_placeholder
from frontleak.core.vocabulary import Exposure
from frontleak.match.engine import Engine
from frontleak.misuse.env_values.harmless import LEAST, Reason, could_be_guessed, reason_of
from frontleak.misuse.variable_names import is_secret
from frontleak.rules.stored_rules import ids_of

MOST_VALUES: Final = 10_000
"""Values that are looked for; their forms take about a kilobyte each."""
_LEAST_LINE: Final = 24
"""Characters from which a line of a longer value is looked for: builds write line ends in many ways."""
_MOST_MEMBERS: Final = 200
"""Members of a value that is JSON that are looked at."""
_BY_NAME: Final = "assigned-"
"""Beginning of the ids of rules for any value with the name of a secret: they know no shape, so they are left out."""
_LONGEST_JSON: Final = 100_000


class Setting(NamedTuple):
    """A value that a variable has."""

    variable: EnvVariable
    value: str
    """Bytes that are no UTF-8 are lone surrogates."""

    def __repr__(self) -> str:
        return f"Setting({self.variable.name}, {len(self.value)} characters)"


class Skipped(NamedTuple):
    """A variable whose value is not looked for."""

    variable: EnvVariable
    reason: Reason


class Selection(NamedTuple):
    """What is looked for, and what is not."""

    values: tuple[EnvValue, ...]
    skipped: tuple[Skipped, ...]


def select(settings: Sequence[Setting], engine: Engine, least: int = LEAST) -> Selection:
    """Return the values to look for, each once with all its variables.

    Args:
        settings: of all files and the environment.
        engine: knows the shapes of secrets, and of keys that are public by design.
        least: bytes of the shortest value that is looked for.
    """
    groups: dict[str, list[int]] = {}
    for number, setting in enumerate(settings):
        groups.setdefault(setting.value.strip(), []).append(number)
    shapes = _shapes(settings, engine)
    values: dict[tuple[bytes, bool], EnvValue] = {}
    skipped: list[Skipped] = []
    for text, numbers in groups.items():
        group = [settings[number].variable for number in numbers]
        shape = next((shapes[number] for number in numbers if number in shapes), None)
        value, reasons = _judged(text, group, shape, least)
        skipped += map(Skipped, reasons, reasons.values())
        if value is None:
            continue
        if len(values) >= MOST_VALUES:
            skipped += (Skipped(each, Reason.TOO_MANY) for each in value.variables)
            continue
        for each in (value, *_parts(text, value, least)):
            values.setdefault((each.value.reveal, each.is_misnamed), each)
    return Selection(tuple(values.values()), tuple(sorted(skipped, key=lambda each: each.variable[1:3])))


class _Shape(NamedTuple):
    """A rule that knows the form of a value."""

    rule_id: str
    is_public: bool


def _shapes(settings: Sequence[Setting], engine: Engine) -> dict[int, _Shape]:
    """Return number of a setting -> the worst shape of its value. All are judged in one pass, as lines of a file."""
    text = bytearray()
    spans: list[tuple[int, int]] = []
    for setting in settings:
        text += f'{setting.variable.name}="'.encode("utf-8", "surrogateescape")
        start = len(text)
        text += setting.value.encode("utf-8", "surrogateescape")
        spans.append((start, len(text)))
        text += b'"\n'
    found: dict[int, tuple[int, _Shape]] = {}
    number = 0
    by_name = {rule_id for rule_id in ids_of(engine.ruleset.rules) if rule_id.startswith(_BY_NAME)}
    for match in engine.scan(bytes(text), by_name).matches:
        while number < len(spans) and spans[number][1] <= match.start:
            number += 1
        if number >= len(spans) or match.start < spans[number][0] or match.rule.require.assigned or match.rule.plain:
            continue
        shape = _Shape(match.rule.id, match.rule.exposure is Exposure.PUBLIC)
        rank = match.rule.severity.rank + 100 * shape.is_public
        if number not in found or rank < found[number][0]:
            found[number] = rank, shape
    return {number: shape for number, (_, shape) in found.items()}


def _judged(
    text: str, group: Sequence[EnvVariable], shape: _Shape | None, least: int
) -> tuple[EnvValue | None, dict[EnvVariable, Reason]]:
    """Return the value of some variables if it is looked for, and why those do not ask for it that do not."""
    public = [each for each in group if each.prefix]
    private = [each for each in group if not each.prefix]
    if shape is not None:
        why = Reason.PUBLIC_SHAPE if shape.is_public else Reason.PLACEHOLDER
        if shape.is_public or is_placeholder(text.encode("utf-8", "surrogateescape")):
            return None, dict.fromkeys(group, why)
        return _value(text, [*public, *private], is_misnamed=bool(public), rule_id=shape.rule_id), {}
    if wrong := [each for each in public if _is_misnamed(each, text, least)]:
        return _value(text, [*wrong, *private], is_misnamed=True), {}
    reasons = {each: reason for each in private if (reason := _reason_of(each, text, least)) is not None}
    wanted = [each for each in private if each not in reasons]
    if public and not wanted:
        reasons |= {each: _reason_of(each, text, least) or Reason.PUBLIC for each in public}
    elif {each.file for each in public} & {each.file for each in wanted}:
        reasons |= dict.fromkeys(wanted, Reason.ALSO_PUBLIC) | dict.fromkeys(public, Reason.PUBLIC)
        wanted = []
    # with a prefix here and without one in another file: the prefix is the mistake
    return (_value(text, [*public, *wanted], is_misnamed=bool(public)) if wanted else None), reasons


def _reason_of(variable: EnvVariable, text: str, least: int) -> Reason | None:
    return reason_of(variable.name, text, least, is_declared=variable.is_declared)


def _is_misnamed(variable: EnvVariable, text: str, least: int) -> bool:
    """Return whether a variable with a public prefix has a secret, by its name or the structure of its value."""
    bare = variable.name.removeprefix(variable.prefix) or variable.name
    if reason_of(bare, text, least, is_declared=variable.is_declared) is not None:
        return False
    return variable.is_declared or is_secret(variable.name, variable.prefix) or _password(text) != ""


def _value(text: str, variables: Sequence[EnvVariable], *, is_misnamed: bool = False, rule_id: str = "") -> EnvValue:
    data = text.encode("utf-8", "surrogateescape")
    return EnvValue(
        value=HiddenValue(data),
        variables=tuple(dict.fromkeys(variables)),
        is_guessable=not rule_id and could_be_guessed(text),
        is_misnamed=is_misnamed,
        rule_id=rule_id,
    )


def _parts(text: str, value: EnvValue, least: int) -> Iterator[EnvValue]:
    """Yield the parts of a value that are secrets of their own: a password, members of JSON, a line of many."""
    for part, found in _named_parts(text):
        if found != text and reason_of(part, found, least) is None:
            own = _value(found, value.variables, is_misnamed=value.is_misnamed)
            yield EnvValue(
                value=own.value,
                variables=own.variables,
                is_guessable=own.is_guessable,
                is_misnamed=own.is_misnamed,
                part=part,
            )


def _named_parts(text: str) -> Iterator[tuple[str, str]]:
    if password := _password(text):
        yield "password", password
        yield "password", unquote(password)
    if text[:1] in {"{", "["} and len(text) <= _LONGEST_JSON:
        yield from _members(text)
    longest = max(text.split("\n"), key=len).strip()
    if "\n" in text and len(longest) >= _LEAST_LINE and not could_be_guessed(longest):
        yield "line", longest


def _password(text: str) -> str:
    try:
        return urlsplit(text).password or "" if "://" in text else ""
    except ValueError:
        return ""


def _members(text: str) -> Iterator[tuple[str, str]]:
    try:
        queue: list[tuple[str, Any]] = [("value", json.loads(text))]
    except (ValueError, RecursionError):
        return
    for count in range(_MOST_MEMBERS):
        if count >= len(queue):
            return
        name, value = queue[count]
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, dict):
            queue += value.items()
        elif isinstance(value, list):
            queue += ((name, each) for each in value)
