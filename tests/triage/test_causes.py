"""Joining what has one cause loses no place, hides nothing and is as bad as the worst of it."""

import random
from collections.abc import Sequence
from itertools import permutations
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.detection import Detection, Variable
from frontleak.core.finding import Finding, Place
from frontleak.core.origins import FileOrigin
from frontleak.core.records import replace
from frontleak.core.rule import Rule
from frontleak.core.secret import Secret, identity_of
from frontleak.core.suppression import Suppression, SuppressionKind
from frontleak.core.vocabulary import Confidence, Exposure, Role, RuleKind, Severity
from frontleak.triage.causes import Part, join_causes
from frontleak.triage.group import group, report_order

KINDS: Final = {"value": RuleKind.PATTERN, "use": RuleKind.USAGE, "setting": RuleKind.CONFIG, "name": RuleKind.ENV_NAME}
RULES: Final = {
    name: Rule(
        id=name,
        kind=kind,
        name=name,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why="",
        fix="",
        references=(),
        source="",
    )
    for name, kind in KINDS.items()
}
ACCEPTED: Final = Suppression(SuppressionKind.BASELINE)


def detection(
    rule: str,
    path: str,
    variable: str = "",
    *,
    value: str = "",
    public: bool = False,
    severity: Severity = Severity.HIGH,
    suppression: Suppression | None = None,
    folder: str = "/no-such-project",
    exposure: Exposure = Exposure.SOURCE,
    offset: int = 0,
) -> Detection:
    """Return a detection of a value, or of a misuse of a variable."""
    place = Place(
        origin=FileOrigin(path=path),
        line=offset + 1,
        column=1,
        end_line=offset + 1,
        end_column=9,
        offset=offset,
        length=8,
        exposure=exposure,
        role=Role.DEFINITION if rule == "name" else None,
    )
    return Detection(
        rule_id=rule,
        secret=Secret(value.encode()) if value else None,
        identity=identity_of((value or f"{rule} {path} {variable}").encode()),
        place=place,
        severity=severity,
        confidence=Confidence.HIGH,
        variable=Variable(variable, folder, public) if variable else None,
        suppression=suppression,
    )


def built(value: str, path: str = "dist/app.js") -> Detection:
    return detection("value", path, value=value, exposure=Exposure.SERVED)


def in_env(name: str, value: str, path: str = "/no-such-project/.env") -> Detection:
    return detection("value", path, name, value=value)


def rules(findings: Sequence[Finding]) -> list[str]:
    return sorted(finding.rule_id for finding in findings)


@pytest.mark.parametrize("exposure", [Exposure.PUBLIC, Exposure.SERVER])
def test_what_is_hidden_stays_apart(exposure: Exposure) -> None:
    hidden = detection("value", "dist/app.js", value="v", exposure=exposure)
    line = detection("value", "/no-such-project/.env", "T", value="v", suppression=ACCEPTED)
    found = group([detection("use", "a.ts", "T"), line, hidden], RULES)
    assert [(each.rule_id, each.exposure) for each in found if each.suppression is None] == [
        ("use", Exposure.SOURCE),
        ("value", exposure),
    ]


def test_a_stale_copy_stays_apart() -> None:
    stale = built("v")
    stale = replace(stale, place=replace(stale.place, stale_twin=True))
    assert rules(group([detection("use", "a.ts", "T"), in_env("T", "v"), stale], RULES)) == ["use", "value"]


def test_the_setting_comes_first_then_the_code_then_the_name() -> None:
    every = [
        in_env("T", "v"),
        detection("name", "/no-such-project/.env", "T", public=True, severity=Severity.CRITICAL),
        detection("use", "b.ts", "T", public=True),
        detection("use", "a.ts", "T", public=True),
        detection("setting", "next.config.js", "T", public=True, severity=Severity.LOW),
        built("v"),
    ]
    for order in permutations(every):
        (finding,) = group(order, RULES)
        assert finding.rule_id == "setting"
        assert [place.origin.path for place in (finding.place, *finding.also_at)] == [
            "next.config.js",
            "a.ts",
            "/no-such-project/.env",
            "dist/app.js",
            "b.ts",
        ]
        assert finding.severity is Severity.CRITICAL
        assert finding.exposure is Exposure.SERVED


def test_how_bad_it_is_without_the_secret_is_kept() -> None:
    value = in_env("T", "v")
    (finding,) = group([detection("use", "a.ts", "T", severity=Severity.MEDIUM), value], RULES)
    assert (finding.severity, finding.severity_without_secret) == (Severity.HIGH, Severity.MEDIUM)
    assert finding.secret_rule is RULES["value"]


def test_the_line_that_is_accepted_still_says_whose_value_it_is() -> None:
    accepted = detection("value", "/no-such-project/.env", "T", value="v", suppression=ACCEPTED)
    found = group([detection("use", "a.ts", "T"), accepted, built("v")], RULES)
    assert [(each.rule_id, each.suppression, len(each.also_at)) for each in sorted(found, key=report_order)] == [
        ("value", ACCEPTED, 0),
        ("use", None, 1),
    ]


def test_an_ignored_part_stays_alone_and_an_ignored_cause_does_not() -> None:
    use, value = (group([each], RULES)[0] for each in (detection("use", "a.ts", "T"), in_env("T", "v")))
    variables = [frozenset({Variable("T", "/no-such-project")}), frozenset({Variable("T", "/no-such-project")})]
    parts = list(map(Part, (use, value), variables))
    assert len(join_causes(parts, lambda _: False)) == 1
    assert len(join_causes(parts, {value.fingerprint}.__contains__)) == 2
    assert len(join_causes(parts, {use.fingerprint}.__contains__)) == 1
    assert len(join_causes(parts, lambda _: True)) == 1


NAMES, VALUES, PATHS = ("A", "B"), ("v", "w"), ("a.ts", "b.ts", "/no-such-project/.env", "/no-such-project/.env.local")
DETECTIONS: Final = st.one_of(
    st.builds(
        detection,
        st.sampled_from(("use", "setting", "name")),
        st.sampled_from(PATHS),
        st.sampled_from(("", *NAMES)),
        public=st.booleans(),
        severity=st.sampled_from(tuple(Severity)),
        suppression=st.sampled_from((None, ACCEPTED)),
        folder=st.sampled_from(("/no-such-project", "/no-such-other")),
        offset=st.integers(0, 5),
    ),
    st.builds(
        detection,
        st.just("value"),
        st.sampled_from(PATHS),
        st.sampled_from(("", *NAMES)),
        value=st.sampled_from(VALUES),
        severity=st.sampled_from(tuple(Severity)),
        suppression=st.sampled_from((None, ACCEPTED)),
        exposure=st.sampled_from((Exposure.SOURCE, Exposure.SERVED)),
        offset=st.integers(0, 5),
    ),
)


def lines(places: Sequence[tuple[bool, Place]]) -> set[tuple[bool, str, int]]:
    return {(counts, place.origin.path, place.line) for counts, place in places}


@given(st.lists(DETECTIONS, max_size=12), st.randoms(use_true_random=False))
def test_no_line_is_lost_or_hidden(detections: list[Detection], chance: random.Random) -> None:
    findings = group(detections, RULES)
    given_ = [(each.suppression is None, each.place) for each in detections]
    shown = [(each.suppression is None, place) for each in findings for place in (each.place, *each.also_at)]
    assert lines(shown) == lines(given_)
    for counts in (True, False):
        assert min(
            (each.severity.rank for each in detections if (each.suppression is None) is counts), default=9
        ) == min((each.severity.rank for each in findings if (each.suppression is None) is counts), default=9)
    assert len({each.secret.digest for each in findings if each.secret}) == len(
        {each.secret.digest for each in detections if each.secret}
    )
    chance.shuffle(detections)
    assert {each.fingerprint for each in group(detections, RULES)} == {each.fingerprint for each in findings}


@given(st.lists(DETECTIONS, max_size=12))
def test_a_joined_finding_has_a_role_for_each_place_and_one_secret(detections: list[Detection]) -> None:
    for finding in group(detections, RULES):
        places = (finding.place, *finding.also_at)
        if finding.secret_rule is not None:
            assert finding.kind.is_code
            assert finding.secret is not None
        if any(place.rule_id for place in places):
            assert all(place.role is not None and place.rule_id for place in places)
            assert finding.place.rule_id == finding.rule_id
        elif finding.kind is not RuleKind.ENV_NAME:
            assert all(place.role is None for place in places)


def test_the_work_grows_with_the_number_of_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    questions: list[str] = []

    def ask(about: str) -> bool:
        questions.append(about)
        return False

    monkeypatch.setattr("os.path.isfile", ask)

    def work(count: int) -> int:
        """Return how many questions it takes to join the parts of some projects."""
        parts: list[Part] = []
        for number in range(count):
            name, folder = f"T{number % 5}", f"/no-such-project/{number}"
            for one in (
                detection("use", f"{number}.ts", name, folder=folder),
                detection("value", f"{folder}/a/.env", name, value=f"v{number}", folder=f"{folder}/a"),
            ):
                (finding,) = group([one], RULES)
                parts.append(Part(finding, frozenset({one.variable} if one.variable else ())))
        questions.clear()
        assert len(join_causes(parts, ask)) == count
        return len(questions)

    assert work(400) == 4 * work(100)
