"""Records written as JSON come back equal, and no value of another type comes back at all."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.detection import Detection, Variable
from frontleak.core.diagnostic import Code, Diagnostic, Level
from frontleak.core.finding import Hop, Original, Place
from frontleak.core.ignored_value import IgnoredValue
from frontleak.core.origins import CommitOrigin, FileOrigin, MemberOrigin, StdinOrigin
from frontleak.core.secret import Secret
from frontleak.core.suppression import PLACEHOLDER
from frontleak.core.url_origin import UrlOrigin
from frontleak.core.vocabulary import Confidence, Exposure, Role, Severity
from frontleak.files.interface import FileEntry
from frontleak.scanning.shards.codec import from_plain, to_plain
from frontleak.scanning.shards.settings import Settings
from frontleak.triage.ignore_comments import IgnoreComment

TEXTS = st.text(max_size=12) | st.just("name\udcff")
NUMBERS = st.integers(0, 2**40)
FILES = st.builds(FileOrigin, path=TEXTS) | st.builds(
    UrlOrigin, path=TEXTS, query=TEXTS, recording=TEXTS, number=NUMBERS
)
ORIGINS = (
    FILES
    | st.just(StdinOrigin())
    | st.builds(MemberOrigin, container=FILES, member=TEXTS)
    | st.builds(CommitOrigin, path=TEXTS, commit=TEXTS, blob=TEXTS, inside=TEXTS)
)
PLACES = st.builds(
    Place,
    origin=ORIGINS,
    line=NUMBERS,
    column=NUMBERS,
    end_line=NUMBERS,
    end_column=NUMBERS,
    offset=NUMBERS,
    length=NUMBERS,
    exposure=st.sampled_from(Exposure),
    via=st.tuples(TEXTS),
    label=TEXTS,
    original=st.none() | st.builds(Original, path=TEXTS, line=NUMBERS, column=NUMBERS, exists=st.booleans()),
    stale_twin=st.booleans(),
    role=st.none() | st.sampled_from(Role),
)
HOPS = st.builds(Hop, origin=st.builds(FileOrigin, path=TEXTS), line=NUMBERS, column=NUMBERS, why=TEXTS)
DETECTIONS = st.builds(
    Detection,
    rule_id=TEXTS,
    secret=st.none() | st.binary(min_size=1).map(Secret),
    identity=TEXTS,
    named=st.none() | TEXTS,
    place=PLACES,
    severity=st.sampled_from(Severity),
    confidence=st.sampled_from(Confidence),
    context=st.dictionaries(TEXTS, st.tuples(TEXTS)),
    variable=st.none() | st.builds(Variable, TEXTS, TEXTS, st.booleans()),
    suppression=st.sampled_from([None, PLACEHOLDER]),
    import_path=st.tuples(HOPS),
)
DIAGNOSTICS = st.builds(
    Diagnostic, level=st.sampled_from(Level), code=st.sampled_from(Code), origin=ORIGINS, message=TEXTS
)


def through(kind: Any, value: Any) -> Any:
    return from_plain(kind, json.loads(json.dumps(to_plain(value))))


@given(DETECTIONS)
def test_a_detection_comes_back(detection: Detection) -> None:
    back = through(Detection, detection)
    assert back == detection
    if detection.secret is not None:
        assert back.secret.redacted == detection.secret.redacted
        with pytest.raises(LookupError):
            back.secret.reveal()


@given(DIAGNOSTICS)
def test_a_diagnostic_comes_back(diagnostic: Diagnostic) -> None:
    assert through(Diagnostic, diagnostic) == diagnostic


def test_other_records_come_back() -> None:
    value = IgnoredValue(digest="a", reason="b", expired=date(2026, 1, 2))
    settings = Settings(here="/x", paths=("a",), max_file_size=1, ignored_values=(value,))
    assert through(Settings, settings) == settings
    comment = IgnoreComment(1, 1, 2, "frontleak", ("a",))
    assert through(IgnoreComment, comment) == comment
    entry = FileEntry("a", "/x/a", 3, Exposure.SERVED, sent=("b",))
    assert through(FileEntry, entry) == entry


def scrambled(plain: Any, values: st.DataObject) -> Any:
    """Return plain data of which one part is another value."""
    if isinstance(plain, dict) and plain and values.draw(st.booleans()):
        name = values.draw(st.sampled_from(sorted(plain)))
        return plain | {name: scrambled(plain[name], values)}
    if isinstance(plain, list) and plain and values.draw(st.booleans()):
        return [scrambled(plain[0], values), *plain[1:]]
    return values.draw(st.none() | st.integers() | TEXTS | st.just([]) | st.just({}) | st.just([[1]]) | st.booleans())


@given(DETECTIONS, st.data())
def test_what_is_wrong_is_refused_or_is_a_detection(detection: Detection, values: st.DataObject) -> None:
    plain = scrambled(to_plain(detection), values)
    try:
        back = from_plain(Detection, plain)
    except (ValueError, TypeError):
        return
    assert through(Detection, back) == back


@pytest.mark.parametrize("plain", [{"path": 1}, {"line": True}, {"=": "stdin"}, {"=": "no"}, {"more": 1}, [], None])
def test_another_type_is_refused(plain: Any) -> None:
    hop = {"origin": {"=": "file", "path": "a"}, "line": 1, "column": 1}
    broken = hop | plain if isinstance(plain, dict) and "line" in plain else hop | {"origin": plain}
    with pytest.raises(ValueError):
        from_plain(Hop, broken)
    assert from_plain(Hop, hop) == Hop(origin=FileOrigin(path="a"), line=1, column=1)


def test_no_object_has_a_plain_form() -> None:
    with pytest.raises(TypeError):
        to_plain(object())
