"""The engine finds the matches of every rule, with either of the two prefilter passes."""

import functools

import pytest

from frontleak.core.vocabulary import Severity
from frontleak.match.engine import Engine, EngineName
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.samples import draw
from tests.support.made import ENGINES, found_by, make_rule, make_set, make_trigger, near_holds, scan_text
from tests.support.shipped import fake, full_engine

SECRET = b"0123456789abcdef0123"
PLAIN = make_rule("tok_live_(?P<secret>[a-f0-9]{20})", name="plain")
NEAR = make_rule("tok_near_(?P<secret>[a-f0-9]{20})", name="near", near="marker", within=50)
HEAD_OF_NEAR = make_rule(
    "(?<![a-f0-9])(?P<secret>[a-f0-9]{20})(?![a-f0-9])", name="head-of-near", near="marker_[0-9]{8}", within=50
)

each_engine = pytest.mark.parametrize("name", ENGINES)


def engine(name: EngineName, *rules: PatternRule) -> Engine:
    return Engine(make_set(*rules), name)


@each_engine
@pytest.mark.parametrize(
    "text",
    [b"", b"\n", b" " * 100_000, b"tok_live_", b"tok_live_" + SECRET[:-1], b"TOK_LIVE_" + SECRET, b"\xff\x00" * 1000],
    ids=["nothing", "a line break", "blanks", "the prefix alone", "a digit too few", "other case", "binary bytes"],
)
def test_nothing_is_found_where_there_is_nothing(name: EngineName, text: bytes) -> None:
    result = engine(name, PLAIN, NEAR, HEAD_OF_NEAR).scan(text)
    assert (result.matches, result.triggers, result.timed_out) == ((), {}, ())


@each_engine
def test_an_engine_without_rules_finds_nothing(name: EngineName) -> None:
    assert engine(name).scan(b"tok_live_" + SECRET).matches == ()


@each_engine
@pytest.mark.parametrize("before", [b"", b"x", b"\n", "\u00e9".encode(), b"\xff", b"tok_live_", b"tok_live_0123"])
@pytest.mark.parametrize("after", [b"", b"x", b"\n", b"\xff", b"tok_live_"])
def test_a_secret_is_found_at_any_place(name: EngineName, before: bytes, after: bytes) -> None:
    text = before + b"tok_live_" + SECRET + after
    assert found_by(engine(name, PLAIN), text) == [("plain", SECRET)]


GAP = make_rule("[^{}]{0,5}end_(?P<secret>[a-f0-9]{20})", name="gap")


@each_engine
@pytest.mark.parametrize(
    "before", [b"", b"x", b"12345", b"1234567", b"}", b"123}12", b"end_", b"end_0123", b"\xff" * 9]
)
def test_a_secret_behind_a_gap_is_found_wherever_the_gap_begins(name: EngineName, before: bytes) -> None:
    text = before + b"end_" + SECRET
    assert found_by(engine(name, GAP), text) == [("gap", SECRET)]
    assert found_by(engine(name, GAP), text + b"} " + text) == [("gap", SECRET), ("gap", SECRET)]
    assert found_by(engine(name, GAP), before + b"end_") == []


@each_engine
def test_a_buffer_that_is_no_bytes_object_is_scanned_too(name: EngineName) -> None:
    text = b"tok_live_" + SECRET
    assert engine(name, PLAIN).scan(memoryview(text)) == engine(name, PLAIN).scan(text)


@each_engine
def test_a_head_with_bytes_beyond_ascii_is_found(name: EngineName) -> None:
    rule = make_rule(r"\xc3\xa9token_(?P<secret>[0-9]{20})")
    assert found_by(engine(name, rule), "étoken_01234567890123456789".encode()) == [
        ("test-rule", b"01234567890123456789")
    ]


@each_engine
def test_matches_come_in_order_of_place_then_rule(name: EngineName) -> None:
    twin = make_rule("tok_live_(?P<secret>[a-f0-9]{20})", name="a-twin")
    text = b"tok_live_" + SECRET + b" tok_live_" + SECRET[::-1]
    assert found_by(engine(name, PLAIN, twin), text) == [
        ("a-twin", SECRET),
        ("plain", SECRET),
        ("a-twin", SECRET[::-1]),
        ("plain", SECRET[::-1]),
    ]


# --- overlapping candidates ------------------------------------------------------------------------------------------


@each_engine
def test_of_candidates_that_overlap_the_leftmost_is_taken(name: EngineName) -> None:
    rule = make_rule("key_(?P<secret>[a-z_]{8})")
    assert found_by(engine(name, rule), b"key_key_key_key_") == [("test-rule", b"key_key_")]


@each_engine
def test_candidates_that_only_touch_are_both_taken(name: EngineName) -> None:
    rule = make_rule("(?P<secret>key_[a-z]{4})")
    assert found_by(engine(name, rule), b"key_abcdkey_efgh") == [("test-rule", b"key_abcd"), ("test-rule", b"key_efgh")]


@each_engine
def test_a_candidate_that_fails_its_checks_does_not_hide_one_inside_it(name: EngineName) -> None:
    rule = make_rule("key_(?P<secret>[a-z0-9_]{12})", require={"digits": 6})
    assert found_by(engine(name, rule), b"key_abcdkey_123456efghij") == [("test-rule", b"123456efghij")]


@each_engine
def test_the_same_secret_seen_from_two_beginnings_is_found_once(name: EngineName) -> None:
    rule = make_rule("(?:my_)?key_live_{0,4}=(?P<secret>[a-z]{8})")
    assert found_by(engine(name, rule), b"my_key_live____=abcdefgh") == [("test-rule", b"abcdefgh")]


@each_engine
def test_a_look_ahead_beyond_the_longest_match_is_honoured(name: EngineName) -> None:
    rule = make_rule("key_live_(?P<secret>[a-z]{8})(?![a-z])(?=.{0,40}!)")
    assert found_by(engine(name, rule), b"key_live_abcdefgh" + b"." * 40 + b"!") == [("test-rule", b"abcdefgh")]
    assert found_by(engine(name, rule), b"key_live_abcdefgh" + b"." * 41 + b"!") == []


@each_engine
def test_a_match_of_the_greatest_length_is_found_whole_and_a_longer_one_cut(name: EngineName) -> None:
    rule = make_rule("key_live_(?P<secret>[a-z]{8,3000})")
    for length in (2999, 3000, 3001):
        ((_, secret),) = found_by(engine(name, rule), b"key_live_" + b"ab" * (length // 2) + b"c" * (length % 2))
        assert len(secret) == min(length, 3000)


# --- near ------------------------------------------------------------------------------------------------------------

GAPS = {"touching": (0, True), "within reach": (50, True), "a byte beyond reach": (51, False), "far away": (500, False)}


@each_engine
@pytest.mark.parametrize(("gap", "holds"), GAPS.values(), ids=GAPS)
def test_near_is_exact_to_the_byte_before_the_secret(name: EngineName, gap: int, holds: bool) -> None:
    text = b"marker" + b" " * gap + SECRET
    rule = make_rule("(?P<secret>0123456789[a-f0-9]{10})", near="marker", within=50)
    assert bool(found_by(engine(name, rule), text)) is holds


@each_engine
@pytest.mark.parametrize(("gap", "holds"), GAPS.values(), ids=GAPS)
def test_near_is_exact_to_the_byte_after_the_secret(name: EngineName, gap: int, holds: bool) -> None:
    text = b"tok_near_" + SECRET + b" " * gap + b"marker"
    assert bool(found_by(engine(name, NEAR), text)) is holds


@each_engine
@pytest.mark.parametrize(("gap", "holds"), GAPS.values(), ids=GAPS)
@pytest.mark.parametrize("marker_first", [True, False], ids=["the marker first", "the secret first"])
def test_a_rule_that_is_looked_for_by_its_near_is_exact_to_the_byte(
    name: EngineName, gap: int, holds: bool, marker_first: bool
) -> None:
    assert HEAD_OF_NEAR.prefilter_of_near
    gap = max(gap, 1)  # the secret must not touch a digit
    marker, secret = b"marker_01234567", SECRET
    text = b" " * gap if gap else b""
    text = marker + text + secret if marker_first else secret + text + marker
    assert bool(found_by(engine(name, HEAD_OF_NEAR), text)) is holds


@each_engine
def test_a_rule_that_is_looked_for_by_its_near_is_found_at_both_ends_of_a_text(name: EngineName) -> None:
    other = SECRET[::-1]
    text = SECRET + b" marker_01234567 " + other
    assert found_by(engine(name, HEAD_OF_NEAR), text) == [("head-of-near", SECRET), ("head-of-near", other)]


@each_engine
def test_every_secret_in_reach_of_any_of_many_markers_is_found_once(name: EngineName) -> None:
    secrets = [draw("[a-f0-9]{20}", str(number)).encode() for number in range(200)]
    text = b" ".join(b"%s marker_%08d" % (secret, number) for number, secret in enumerate(secrets))
    assert found_by(engine(name, HEAD_OF_NEAR), text) == [("head-of-near", secret) for secret in secrets]


def test_near_on_the_left_holds_although_an_earlier_secret_asked_first() -> None:
    text = b"marker" + b" " * 10 + b"A" + b" " * 30 + b"B" + b" " * 30 + b"C"
    assert near_holds(NEAR, text, [(16, 17), (47, 48), (78, 79)]) == [True, True, False]


def test_near_on_the_right_holds_for_a_later_secret_only() -> None:
    text = b"A" + b" " * 60 + b"B" + b" " * 10 + b"marker"
    assert near_holds(NEAR, text, [(0, 1), (61, 62)]) == [False, True]


# --- dense hits: the work grows with the text, not faster --------------------------------------------------------------


@functools.cache
def many(rule_id: str, count: int) -> list[bytes]:
    return [fake(rule_id, number).encode() for number in range(count)]


@pytest.mark.slow
@each_engine
@pytest.mark.parametrize("rule_id", ["sanity-token", "twilio-auth-token", "private-key"])
def test_five_thousand_secrets_on_one_line_are_all_found(name: EngineName, rule_id: str) -> None:
    count = 5000 if rule_id == "sanity-token" else 500
    secrets = many(rule_id, count)
    marker = b' AC0123456789abcdef0123456789abcdef"' if rule_id == "twilio-auth-token" else b""
    text = b",".join(b'"%s"%s' % (secret, marker) for secret in secrets)
    found = [secret for rule, secret in found_by(full_engine(name), text) if rule == rule_id]
    assert found == secrets


WORST_TEXTS = {
    "tokens without end": b"sk" + b"aB1" * 200,
    "prefixes without end": b"sk" * 300,
    "quotes without end": b"\\\"'" * 200,
    "digits without end": b"0123456789abcdef" * 40,
    "colons without end": b'key":"token":"' * 40,
    "markers without end": b"algolia sentry_auth_token " * 25,
    "headers without end": b"-----BEGIN " * 55,
}


@each_engine
@pytest.mark.parametrize("text", WORST_TEXTS.values(), ids=WORST_TEXTS)
def test_hits_on_hostile_text_grow_no_faster_than_the_text(name: EngineName, text: bytes) -> None:
    few, many = (sum(len(hits.offsets) for hits in full_engine(name)._pass.hits(text * times)) for times in (10, 40))
    assert many <= 4 * few + 200


def test_findings_beyond_the_most_that_are_kept_are_counted() -> None:
    text = b",".join(b'"%s"' % fake("sanity-token", number).encode() for number in range(200)) * 51
    result = scan_text(text)
    assert len(result.detections) == 10_000
    assert ("more than 10000 findings; only the first 10000 are listed", True) in [
        (skip.message, skip.incomplete) for skip in result.diagnostics
    ]


# --- triggers --------------------------------------------------------------------------------------------------------


@each_engine
def test_triggers_are_reported_beside_the_matches(name: EngineName) -> None:
    triggers = (make_trigger("hydration", "__NEXT_DATA__"), make_trigger("js-string", r"\batob\("))
    engine = Engine(make_set(PLAIN, triggers=triggers), name)
    text = b"tok_live_" + SECRET + b" __NEXT_DATA__ atob( __NEXT_DATA__"
    result = engine.scan(text)
    assert found_by(engine, text) == [("plain", SECRET)]
    assert [(name, list(offsets)) for name, offsets in result.triggers.items()] == [
        ("hydration", [30, 50]),
        ("js-string", [44]),
    ]


@each_engine
def test_triggers_are_reported_where_nothing_matches(name: EngineName) -> None:
    engine = Engine(make_set(triggers=(make_trigger("hydration", "__NEXT_DATA__"),)), name)
    assert list(engine.scan(b"x __NEXT_DATA__").triggers["hydration"]) == [2]


@each_engine
def test_one_decoder_with_two_triggers_is_asked_once_an_offset(name: EngineName) -> None:
    triggers = (make_trigger("hydration", "__NEXT_DATA__"), make_trigger("hydration", "__NEXT_DATA"))
    engine = Engine(make_set(triggers=triggers), name)
    assert list(engine.scan(b"__NEXT_DATA__").triggers["hydration"]) == [0]


@each_engine
def test_a_trigger_of_varying_width_is_reported_at_or_before_its_place(name: EngineName) -> None:
    engine = Engine(make_set(triggers=(make_trigger("x", r"window\s{0,4}=\s{0,4}NEXT"),)), name)
    for blanks in range(5):
        text = b" " * 30 + b"window" + b" " * blanks + b"=" + b" " * blanks + b"NEXT"
        offsets = engine.scan(text).triggers["x"]
        assert offsets
        assert all(22 <= offset <= 30 for offset in offsets)


# --- time ------------------------------------------------------------------------------------------------------------

SLOW = make_rule("tok_slow_(?P<secret>(?:a{1,40}){1,40})!", name="slow")
SLOW_NEAR = make_rule("tok_wait_(?P<secret>[a-f0-9]{20})", name="slow-near", near="mark(?:a{1,40}){1,40}!", within=500)
ENDLESS = b"a" * 60 + b"?"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontleak.match.engine.MATCH_TIMEOUT", 0.05)
    monkeypatch.setattr("frontleak.match.context.MATCH_TIMEOUT", 0.05)


@each_engine
@pytest.mark.usefixtures("impatient")
def test_a_rule_that_takes_too_long_is_named_and_the_others_go_on(name: EngineName) -> None:
    text = b"tok_slow_" + ENDLESS + b" tok_wait_" + SECRET + b" mark" + ENDLESS + b" tok_live_" + SECRET
    result = engine(name, SLOW, SLOW_NEAR, PLAIN).scan(text)
    assert result.timed_out == ("slow", "slow-near")
    assert [match.rule.id for match in result.matches] == ["plain"]


@pytest.mark.usefixtures("impatient")
def test_a_rule_that_took_too_long_makes_the_scan_incomplete() -> None:
    result = scan_text(b"tok_slow_" + ENDLESS + b" tok_live_" + SECRET, engine=engine("regex", SLOW, PLAIN))
    assert [finding.rule_id for finding in result.detections] == ["plain"]
    assert [(skip.message, skip.incomplete) for skip in result.diagnostics] == [
        ("rule slow timed out on this file", True)
    ]


def test_a_rule_that_may_take_long_does_not_where_it_matches() -> None:
    result = engine("regex", SLOW).scan(b"tok_slow_" + b"a" * 60 + b"!")
    assert (len(result.matches), result.timed_out) == (1, ())


def test_severities_are_ranked_worst_first() -> None:
    assert [severity.rank for severity in Severity] == [0, 1, 2, 3, 4]
