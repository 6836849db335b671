"""Parts of server files that are sent to browsers: paths of keys in JSON and in literals behind a constant."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.sent_parts import SentParts

MARK = "SECRET"


def holds(text: str, *paths: str) -> bool:
    return SentParts(text.encode(), paths).hold(text.encode().index(MARK.encode()))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"env":{"a":"SECRET"},"public":{}}', "public"),
        ('{"other":{"public":{"a":"SECRET"}}}', "public"),
        ('{"public":{"b":1},"publicity":"SECRET"}', "public"),
        ('{"list":[{"kept":"SECRET"}]}', "list.*.sent"),
        ('{"list":"SECRET"}', "list.*"),
        ('const config = {public: {}}, token = "SECRET"', "config.public"),
        ('const config = {public: {}}; f({public: {a: "SECRET"}})', "config.public"),
        ('const myconfig = {public: {a: "SECRET"}}', "config.public"),
        ('const config$ = {public: {a: "SECRET"}}', "config.public"),
        ('if (config == {public: "SECRET"}) {}', "config.public"),
        ('const config = () => { const public_ = {public: "SECRET"} }', "config.public"),
        ('"SECRET"; const config = {public: 1}', "config.public"),
        ('"SECRET', "config.public"),
        ('e=[{name: "config", options: {}}, {name: "other", options: {a: "SECRET"}}]', "[name=config]options"),
        ('e=[{name: "config2", options: {a: "SECRET"}}]', "[name=config]options"),
        ('e=[{options: {a: "SECRET"}, name: "config"}]', "[name=config]options"),
        ("[SECRET", "a"),
    ],
)
def test_what_is_beside_a_part_is_not_sent(text: str, path: str) -> None:
    assert not holds(text, path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"public":{"a":["SECRET"]}}', "public"),
        (' \n{"public":"SECRET"}', "public"),
        ('{"list":[{},{"sent":{"a":"SECRET"}}]}', "list.*.sent"),
        ('{"list":{"/a.b":{"sent":"SECRET"}}}', "list.*.sent"),
        ('[0,"SECRET"]', "1"),
        ("const config = {public: {token: 'SECRET'}}", "config.public"),
        ('let config={"public":{"token":`SECRET`}};', "config.public"),
        ('var a=1,config=Object.freeze({public:{token:"SECRET"}})', "config.public"),
        ('export default {"config": {public: {token: "SECRET"}}}', "config.public"),
        ('const config = {}; const b = 1; config = {public: "SECRET"}', "config.public"),
        ('const config = {html: ({ head, body }) => "<p>" + head + "SECRET" + body}', "config.html"),
        ('const config = /* a } */ {x: "}", public: "SECRET"}'.replace("/* a } */ ", ""), "config.public"),
        ('const config = {x: /* } */ 1, public: "SECRET"}', "config.public"),
        ('const a = parsed({"other": {}, "config": ["SECRET"]})', "config"),
        ('e={rules: [{name: "config", at: "/a", run: f, options: {a: "SECRET"}}]}', "[name=config]options"),
        ("e=[{'name':`config`,options:[`SECRET`]}]", "[name=config]options.0"),
        ('a({"config": {"public": 1}}), b({"config": {"x": {}, "public": "SECRET"}})', "config.public"),
    ],
)
def test_what_is_below_a_part_is_sent(text: str, path: str) -> None:
    assert holds(text, path)
    assert holds(text, "nothing", path, "nothing.at.all")


VALUES = st.recursive(
    st.text(max_size=6) | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(before=VALUES, sent=VALUES, after=VALUES, call=st.sampled_from(["", "parsed("]))
def test_json_and_code_are_read_alike(before: Any, sent: Any, after: Any, call: str) -> None:
    value = {"before": before, "sent": [sent, MARK], "after": after}
    text = json.dumps(value)
    assert holds(text, "sent")
    assert holds(f"const config = {call}{text}", "config.sent")
    kept = json.dumps({"before": before, "sent": [sent], "after": [after, MARK]})
    assert not holds(kept, "sent")
    assert not holds(f"const config = {call}{kept}", "config.sent")


@given(st.binary(max_size=60), st.integers(0, 60))
def test_any_bytes_are_read(text: bytes, offset: int) -> None:
    assert SentParts(text, ("a.b", "c")).hold(offset) in {True, False}


def test_the_text_is_read_once_however_many_places_are_asked_about() -> None:
    text = ("const config = {public: [" + '"x",' * 5_000 + "]}").encode()
    parts = SentParts(text, ("config.public", "config.headers"))
    assert all(parts.hold(offset) for offset in range(26, 20_000, 4))
    (constant, _), (other, _) = parts._parts
    assert constant is other
    (cursor,) = constant.cursors.values()
    assert cursor.spent < 20 * len(text)
