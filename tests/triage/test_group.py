"""One secret, one finding: places and rules for the same value are grouped."""

from collections.abc import Iterable
from itertools import permutations

import pytest

from frontleak.core.detection import Detection
from frontleak.core.finding import Finding, Original, Place
from frontleak.core.origins import FileOrigin, MemberOrigin, Origin
from frontleak.core.rule import Rule
from frontleak.core.secret import Secret
from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity
from frontleak.triage.group import ONLY_IN_MAP
from frontleak.triage.group import group as group_by_rules
from tests.support.made import secret_of


def place(
    path: str = "dist/app.js",
    offset: int = 10,
    exposure: Exposure = Exposure.SERVED,
    *,
    via: tuple[str, ...] = (),
    label: str = "",
    original: Original | None = None,
    stale: bool = False,
    twin: bool = False,
) -> Place:
    origin: Origin = FileOrigin(path=path)
    if twin:
        origin = MemberOrigin(container=FileOrigin(path=path), member="")
    return Place(
        origin=origin,
        line=1,
        column=offset + 1,
        end_line=1,
        end_column=offset + 6,
        offset=offset,
        length=5,
        exposure=exposure,
        via=via,
        label=label,
        original=original,
        stale_twin=stale,
    )


RULES: dict[str, Rule] = {}


def finding(
    where: Place,
    *,
    secret: bytes = b"value",
    rule: str = "rule",
    severity: Severity = Severity.HIGH,
    confidence: Confidence = Confidence.HIGH,
    context: dict[str, tuple[str, ...]] | None = None,
    kind: RuleKind = RuleKind.PATTERN,
) -> Detection:
    value = Secret(secret)
    RULES[rule] = Rule(
        id=rule,
        kind=kind,
        name=f"found by {rule}",
        severity=severity,
        confidence=confidence,
        why="",
        fix="",
        references=(),
        source="",
    )
    return Detection(
        rule_id=rule,
        severity=severity,
        confidence=confidence,
        place=where,
        secret=value,
        identity=value.digest,
        snippet=f"snippet of {where.origin.path}",
        context=context or {},
    )


def group(detections: Iterable[Detection]) -> list[Finding]:
    """Group detections of the rules made for them."""
    return group_by_rules(detections, RULES)


def test_nothing_stays_nothing() -> None:
    assert group([]) == []


def test_different_secrets_stay_apart() -> None:
    assert len(group([finding(place()), finding(place(offset=30), secret=b"other")])) == 2


def test_the_same_secret_at_two_places_is_one_finding() -> None:
    (merged,) = group([finding(place(offset=30)), finding(place())])
    assert (merged.place.offset, [other.offset for other in merged.also_at]) == (10, [30])


def test_the_more_severe_rule_speaks_then_the_surer_then_the_first_by_id() -> None:
    low = finding(place(), rule="a-low", severity=Severity.LOW)
    unsure = finding(place(), rule="b-unsure", confidence=Confidence.LOW)
    later, earlier = finding(place(), rule="z"), finding(place(), rule="y")
    for order in permutations((low, unsure, later, earlier)):
        assert [merged.rule_id for merged in group(order)] == ["y"]
    assert group([low, unsure])[0].rule_id == "b-unsure"


FIXABLE_FIRST = [
    place("src/app.ts", exposure=Exposure.SOURCE),
    place("dist/a.js", original=Original(path="src/a.ts", line=1, column=1, exists=True)),
    place("dist/b.js", original=Original(path="src/b.ts", line=1, column=1, exists=False)),
    place("dist/c.js"),
    place("dist/c.js.map"),
    place("dist/c.js.gz", twin=True),
    place("server/c.js", exposure=Exposure.SERVER),
]


def test_places_come_in_order_of_how_easily_they_are_mended() -> None:
    (merged,) = group(finding(where) for where in reversed(FIXABLE_FIRST))
    assert [other.origin.path for other in (merged.place, *merged.also_at)] == [
        where.origin.path for where in FIXABLE_FIRST
    ]


def test_the_order_in_which_findings_come_changes_nothing() -> None:
    findings = [
        finding(place("b.js")),
        finding(place("a.js"), rule="other", severity=Severity.CRITICAL),
        finding(place("a.js", offset=90), context={"project_id": ("abcd1234",)}),
        finding(place("c.js"), secret=b"second"),
    ]
    assert len({repr(group(order)) for order in permutations(findings)}) == 1


@pytest.mark.parametrize(
    ("exposures", "widest"),
    [
        ([Exposure.SERVER, Exposure.SERVED], Exposure.SERVED),
        ([Exposure.SOURCE, Exposure.SERVED], Exposure.SERVED),
        ([Exposure.SERVER, Exposure.SOURCE], Exposure.SOURCE),
        ([Exposure.PUBLIC, Exposure.PUBLIC], Exposure.PUBLIC),
    ],
    ids=["served and server", "served and source", "server and source", "public keys"],
)
def test_the_widest_exposure_counts(exposures: list[Exposure], widest: Exposure) -> None:
    (merged,) = group(finding(place(f"{number}.js", exposure=way)) for number, way in enumerate(exposures))
    assert merged.exposure is widest


def test_facts_of_all_places_are_kept_each_once() -> None:
    (merged,) = group(
        [
            finding(place(), context={"project_id": ("one", "two")}),
            finding(place(offset=90), context={"project_id": ("two", "three"), "dataset": ("production",)}),
        ]
    )
    assert merged.context == {"project_id": ("one", "two", "three"), "dataset": ("production",)}


def test_a_secret_that_only_a_source_map_holds_says_so() -> None:
    (merged,) = group([finding(place("dist/app.js.map"))])
    assert merged.place.label == ONLY_IN_MAP
    (merged,) = group([finding(place("dist/app.js.map")), finding(place("dist/app.js"))])
    assert merged.place.label == ""


def test_a_compressed_copy_that_differs_is_a_finding_of_its_own() -> None:
    assert len(group([finding(place()), finding(place("dist/app.js.gz", twin=True, stale=True))])) == 2


def test_findings_come_worst_first_then_by_place() -> None:
    findings = [
        finding(place("b.js"), secret=b"1"),
        finding(place("a.js", offset=90), secret=b"2"),
        finding(place("a.js", offset=10), secret=b"3"),
        finding(place("z.js"), secret=b"4", severity=Severity.CRITICAL),
        finding(place("a.js", offset=50), secret=b"5", confidence=Confidence.LOW),
    ]
    assert [secret_of(merged) for merged in group(findings)] == [
        Secret(each) for each in (b"4", b"3", b"2", b"1", b"5")
    ]


def test_the_fingerprint_is_that_of_the_first_place() -> None:
    alone = group([finding(place("a.js"))])[0]
    (merged,) = group([finding(place("b.js")), finding(place("a.js"))])
    assert merged.fingerprint == alone.fingerprint != "0" * 32


def test_what_is_about_a_file_stays_apart_from_secrets_and_from_what_another_rule_says_of_it() -> None:
    about = [
        finding(place(), rule="file", kind=RuleKind.FILE),
        finding(place(), rule="other", kind=RuleKind.FILE),
        finding(place(), rule="secret"),
    ]
    for order in permutations(about):
        assert sorted(merged.rule_id for merged in group(order)) == ["file", "other", "secret"]


def test_a_file_and_its_compressed_copy_are_one_finding_about_a_file() -> None:
    both = [
        finding(place("dist/.env.gz", twin=True), kind=RuleKind.FILE),
        finding(place("dist/.env"), kind=RuleKind.FILE),
    ]
    (merged,) = group(both)
    assert merged.place.origin.path == "dist/.env"
    assert [other.origin.path for other in merged.also_at] == ["dist/.env.gz"]
    assert merged.kind is RuleKind.FILE
