"""What a scan does with the values of environment variables: it chooses them, and reports those that are public."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.env_value import EnvValue, EnvValues, EnvVariable
from frontleak.core.finding import Place
from frontleak.core.line_index import LineIndex
from frontleak.core.origins import FileOrigin
from frontleak.core.records import dataclass, field
from frontleak.core.vocabulary import Exposure
from frontleak.files.dotenv import MOST_BYTES
from frontleak.match.engine import Engine
from frontleak.misuse.env_values.harmless import LEAST
from frontleak.misuse.env_values.select import Selection, Setting, select
from frontleak.rules.frameworks import using_frameworks
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.known_values import advice_of, facts_of, rule_of, secret_of, severity_in, told, variable_of

_MOST_PUBLIC: Final = 1_000
"""Public variables that are reported in the files that set them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvRequest:
    """Which variables a scan is asked to look for."""

    settings: Sequence[Setting] = field(repr=False)
    """All values of all variables."""
    files: frozenset[str] = frozenset()
    """Absolute paths of the files that set them."""
    least: int = LEAST
    """Bytes of the shortest value that is looked for."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What is wrong with the files."""
    chosen: Callable[[Selection], None] = lambda _: None
    """Called once with what is looked for."""


def look_for(request: EnvRequest, engine: Engine) -> EnvValues:
    """Return the values to look for, and tell which they are."""
    with using_frameworks(engine.ruleset.frameworks):
        selection = select(request.settings, engine, request.least)
    request.chosen(selection)
    return EnvValues(values=selection.values, files=request.files)


def with_public_values(
    detections: Sequence[Detection], env: EnvValues, ruleset: RuleSet, path_of: Callable[[str], str]
) -> list[Detection]:
    """Return the detections, and one for each secret that a public prefix publishes, where the variable is set.

    Args:
        detections: of the scan; one in the same place is told what is known of its value.
        env: the values that were looked for.
        ruleset: the rules of the scan.
        path_of: path as displayed -> absolute path.
    """
    found = list(detections)
    at: dict[tuple[str, int], list[int]] = {}
    for number, each in enumerate(found):
        at.setdefault((each.place.origin.path, each.place.line), []).append(number)
    wrong = [value for value in env.values if value.is_misnamed and not value.part]
    for value in wrong[:_MOST_PUBLIC]:
        for variable in value.variables:
            if not (variable.prefix and variable.file):
                continue
            same = [n for n in at.get((variable.file, variable.line), ()) if found[n].secret is not None]
            for number in same:
                found[number] = told(found[number], value)
            if not same:
                found += _where_set(value, variable, ruleset, path_of)
    return found


def _where_set(
    value: EnvValue, variable: EnvVariable, ruleset: RuleSet, path_of: Callable[[str], str]
) -> Iterable[Detection]:
    rule = rule_of(value, ruleset)
    place = _place(variable, path_of(variable.file))
    if rule is None or place is None:
        return
    secret = secret_of(value)
    yield Detection(
        rule_id=rule.id,
        secret=secret,
        identity=secret.digest,
        named=variable.name if value.is_guessable else None,
        place=place,
        severity=severity_in(value, Exposure.SERVED),
        confidence=rule.confidence,
        snippet=f"{facts_of(value)['variable'][0]}={secret.redacted}",
        context=facts_of(value),
        variable=variable_of(value),
        advice=advice_of(value),
    )


def _place(variable: EnvVariable, path: str) -> Place | None:
    """Return the place of the name of a variable; None if the file has changed."""
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES)
    except OSError:
        return None
    start = 0
    for _ in range(variable.line - 1):
        start = data.find(b"\n", start) + 1
        if not start:
            return None
    name = variable.name.encode("utf-8", "surrogateescape")
    start = data.find(name, start)
    if start < 0:
        return None
    lines = LineIndex(data)
    line, column = lines.position(start)
    end_line, end_column = lines.position(start + len(name))
    return Place(
        origin=FileOrigin(path=variable.file),
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        offset=start,
        length=len(name),
        exposure=Exposure.SOURCE,
    )
