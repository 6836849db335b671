"""One blob with several views: each place is listed once, and no view's facts are lost."""

from dataclasses import replace

import pytest

from frontleak.core.detection import Detection
from frontleak.core.finding import Place
from frontleak.core.secret import Secret
from frontleak.core.vocabulary import Severity
from frontleak.triage import dedupe as module
from frontleak.triage.dedupe import dedupe
from tests.support.made import one_detection
from tests.support.shipped import fake

TOKEN = fake("sanity-token")
PLAIN = one_detection(f'x = "{TOKEN}"')


def seen(finding: Detection, *, via: str = "hydration", label: str = "", by: int = 0) -> Detection:
    """Return a finding as another view shows it, shifted by some bytes."""
    place = replace(finding.place, via=(via,), label=label, offset=finding.place.offset + by)
    return replace(finding, place=place)


def with_secret(detection: Detection, value: bytes) -> Detection:
    """Return a detection of another secret."""
    secret = Secret(value)
    return replace(detection, secret=secret, identity=secret.digest)


def test_without_other_readings_nothing_changes() -> None:
    far = replace(PLAIN, place=replace(PLAIN.place, offset=9_000))
    assert dedupe([PLAIN, far]) == [PLAIN, far]


def test_another_reading_of_the_same_bytes_adds_what_it_knows() -> None:
    context = {"project_id": ("abcd1234",), "dataset": ("staging",)}
    decoded = replace(seen(PLAIN, label="props.token"), context=context)
    plain = replace(PLAIN, context={"dataset": ("production",)})
    for order in ([plain, decoded], [decoded, plain]):
        (finding,) = dedupe(order)
        assert (finding.place.via, finding.place.label, finding.place.offset) == ((), "props.token", 5)
        assert finding.context == {"project_id": ("abcd1234",), "dataset": ("staging", "production")}


def test_the_more_severe_of_two_readings_speaks() -> None:
    (finding,) = dedupe([PLAIN, replace(seen(PLAIN), rule_id="worse", severity=Severity.CRITICAL)])
    assert (finding.rule_id, finding.place.via) == ("worse", ())


def test_another_place_of_the_same_secret_is_another_finding() -> None:
    assert len(dedupe([PLAIN, seen(PLAIN, by=500)])) == 2


def test_another_secret_at_the_same_place_is_another_finding() -> None:
    other = with_secret(seen(PLAIN), fake("sanity-token", 2).encode())
    assert len(dedupe([PLAIN, other])) == 2


def test_a_piece_of_a_secret_that_another_reading_shows_whole_is_left_out() -> None:
    whole = with_secret(seen(PLAIN), TOKEN.encode() + b"rest")
    assert dedupe([PLAIN, whole]) == [whole]


def test_findings_come_in_order_of_place() -> None:
    places = [finding.place.offset for finding in dedupe([seen(PLAIN, by=900), seen(PLAIN, by=400), PLAIN])]
    assert places == [5, 405, 905]


def test_many_places_of_one_secret_are_compared_with_their_neighbours_only(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    real = module._overlap

    def counted(a: Place, b: Place) -> bool:
        nonlocal compared
        compared += 1
        return real(a, b)

    monkeypatch.setattr(module, "_overlap", counted)
    many = [seen(PLAIN, by=300 * number) for number in range(2_000)]
    assert len(dedupe([*many, *(seen(each, via="base64") for each in many)])) == 2_000
    assert compared <= 2 * 2 * 2_000
