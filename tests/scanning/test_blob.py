"""Scan of one blob: from matches to findings."""

import pickle
from dataclasses import replace

import pytest

from frontleak.core.blob import Blob
from frontleak.core.origins import FileOrigin, StdinOrigin
from frontleak.core.suppression import DUMMY, PLACEHOLDER
from frontleak.core.vocabulary import Exposure
from frontleak.match.engine import Engine
from frontleak.scanning.blob import scan_blob
from tests.support.made import ENGINES, make_rule, make_set, one_detection, one_finding, scan_text, secret_of
from tests.support.shipped import fake, full_engine, shipped

TOKEN = fake("sanity-token")


def test_an_empty_blob_gives_nothing() -> None:
    result = scan_text(b"")
    assert (result.detections, result.diagnostics, result.kind, result.size, result.views) == ((), (), "text", 0, None)


@pytest.mark.parametrize("text", [b"\n" * 1000, b"\0" * 1000, b"\xff" * 1000, "é漢😀".encode() * 100, b"a" * 100_000])
def test_a_blob_without_a_secret_gives_no_finding(text: bytes) -> None:
    result = scan_text(text)
    assert (result.detections, result.diagnostics, result.size) == ((), (), len(text))


def test_a_finding_says_what_its_rule_says() -> None:
    rule = next(item.rule for item in shipped() if item.rule.id == "sanity-token")
    finding = one_finding(f'x="{TOKEN}"')
    assert (finding.rule_id, finding.title, finding.severity, finding.confidence) == (
        rule.id,
        rule.name,
        rule.severity,
        rule.confidence,
    )
    assert (finding.why, finding.fix, finding.rule.references) == (rule.why, rule.fix, rule.references)


PLACES = {
    "the beginning of a text": ("", (1, 1, 0)),
    "a later line": ("a\nb\n  ", (3, 3, 6)),
    "behind letters of two bytes": ("éé ", (1, 4, 5)),
    "behind an emoji": ("😀 ", (1, 4, 5)),
    "behind an emoji on the line before": ("😀\n ", (2, 2, 6)),
    "behind carriage returns": ("a\r\n\r\n ", (3, 2, 6)),
}


@pytest.mark.parametrize(("before", "expected"), PLACES.values(), ids=PLACES)
def test_a_finding_at(before: str, expected: tuple[int, int, int]) -> None:
    place = one_detection(f"{before}{TOKEN}\n").place
    assert (place.line, place.column, place.offset) == expected
    assert (place.end_line, place.end_column, place.length) == (place.line, place.column + len(TOKEN), len(TOKEN))


def test_a_secret_of_many_lines_ends_on_its_last() -> None:
    key = fake("private-key").replace("\\n", "\n")
    place = one_detection(f"key='{key}'").place
    assert (place.line, place.column) == (1, 6)
    assert place.end_line == key.count("\n") + 1
    assert place.end_column == len(key.rpartition("\n")[2]) + 1


def test_findings_come_in_order_of_offset() -> None:
    text = "\n".join(fake(rule_id) for rule_id in ("sendgrid-api-key", "sanity-token", "npm-access-token"))
    offsets = [finding.place.offset for finding in scan_text(text).detections]
    assert offsets == sorted(offsets)
    assert len(offsets) == 3


def test_exposure_is_that_of_the_blob_unless_the_key_is_public() -> None:
    text = f'"{TOKEN}" "{fake("google-api-key")}"'.encode()
    for exposure in (Exposure.SERVED, Exposure.SERVER, Exposure.SOURCE):
        blob = Blob(origin=FileOrigin(path="app.js"), data=text, exposure=exposure)
        found = scan_blob(blob, full_engine()).detections
        assert [detection.place.exposure for detection in found] == [exposure, Exposure.PUBLIC]


def test_standard_input_is_an_origin_like_any_other() -> None:
    (finding,) = scan_blob(Blob(origin=StdinOrigin(), data=TOKEN.encode()), full_engine()).detections
    assert finding.place.origin.display == "<stdin>"


def test_a_dummy_is_suppressed_by_the_rule_that_documents_it_only() -> None:
    documented = make_rule("tok_live_(?P<secret>[a-f0-9]{20})", name="documented", allow=("0a1b2c3d4e5f60718293",))
    for allow, suppression in (((), None), (documented.allow, DUMMY)):
        engine = Engine(make_set(replace(documented, allow=frozenset(allow))), "regex")
        assert one_detection("tok_live_0a1b2c3d4e5f60718293", engine=engine).suppression is suppression


def test_a_placeholder_is_kept_with_its_reason() -> None:
    engine = Engine(make_set(make_rule("tok_live_(?P<secret>[a-z0-9]{20})")), "regex")
    assert one_detection("tok_live_" + "x" * 20, engine=engine).suppression == PLACEHOLDER


def test_a_public_key_is_never_a_placeholder() -> None:
    """It is suppressed anyway, and a reason would confuse."""
    public = replace(make_rule("tok_live_(?P<secret>[a-z0-9]{20})"), exposure=Exposure.PUBLIC)
    assert one_detection("tok_live_" + "x" * 20, engine=Engine(make_set(public), "regex")).suppression is None


def test_one_secret_that_two_rules_see_is_one_finding() -> None:
    """A key with `live` is Clerk's only if its length fits."""
    assert one_detection(f'sk="{fake("clerk-secret-key")}"').rule_id == "clerk-secret-key"
    assert one_detection(f'sk="{fake("stripe-live-key")}"').rule_id == "stripe-live-key"


def test_both_engines_give_the_same_result() -> None:
    text = "\n".join(f'x="{fake(item.rule.id)}"' for item in shipped()).encode()
    blob = Blob(origin=FileOrigin(path="app.js"), data=text)
    hyperscan, regex = (scan_blob(blob, full_engine(name)) for name in ENGINES)
    assert len(hyperscan.detections) > 20
    assert hyperscan == regex


def test_a_result_crosses_processes_without_the_values() -> None:
    result = scan_text(f'x="{TOKEN}"')
    copy = pickle.loads(pickle.dumps(result))
    assert copy == result
    assert secret_of(result.detections[0]).reveal() == TOKEN.encode()
    with pytest.raises(LookupError):
        copy.detections[0].secret.reveal()


def test_scanning_the_same_blob_twice_gives_the_same() -> None:
    text = f'x="{TOKEN}";y="{fake("npm-access-token")}"'
    assert scan_text(text) == scan_text(text)
