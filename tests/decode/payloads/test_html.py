"""Character references in HTML are decoded where they may hide a secret, and JSON attributes have paths."""

import html
import json
import random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.interface import View
from frontleak.decode.payloads.html import REACH, references_read
from frontleak.decode.payloads.labels import Labels
from tests.support.growth import assert_linear
from tests.support.paths import FIXTURES
from tests.support.shipped import full_engine
from tests.support.views import decode

TOKEN: Final = b"skFakeFakeFake0123456789FakeFakeFake0123456789"


def views(text: bytes) -> list[View]:
    offsets = full_engine().scan(text).triggers.get("html-entity", ())
    return [found for found in decode("html-entity", text, offsets) if isinstance(found, View)]


SILENT = {
    "no reference": b"<p>text</p>",
    "references to signs that are in no secret": b"&quot;a&amp;b&lt;&#39;&#34;&#123;&#x7B;&nbsp;&#8217;",
    "a reference that does not end": b"&#115",
    "an ampersand in an address": b"?a=1&b=2&#section",
    "code that writes references": b'"&#"+c.charCodeAt(0)+";"',
    "props of an island": b'props="{&quot;title&quot;:[0,&quot;a note&quot;],&quot;size&quot;:[0,1],&quot;tokens&quot;:[1,&quot;[]&quot;]}"',
    "an escaped ampersand": b"&amp;quot;a&amp;#39;",
}
FORMS = {
    "decimal": lambda c: f"&#{c};",
    "with leading zeros": lambda c: f"&#000{c};",
    "hexadecimal": lambda c: f"&#x{c:x};",
    "upper case hexadecimal": lambda c: f"&#X{c:X};",
    "hexadecimal with leading zeros": lambda c: f"&#x00{c:x};",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_ordinary_text_gets_no_view(text: bytes) -> None:
    assert views(text) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("character", b"AZaz09+/=_-.km")
def test_a_token_is_read_whichever_character_is_a_reference(form: str, character: int) -> None:
    token = TOKEN + bytes((character,)) + TOKEN
    text = b'<p data-x="' + token.replace(bytes((character,)), FORMS[form](character).encode()) + b'">'
    (view,) = views(text)
    assert token in view.text


@pytest.mark.parametrize("form", FORMS)
def test_a_token_of_references_only_is_read(form: str) -> None:
    (view,) = views("".join(FORMS[form](c) for c in TOKEN).encode())
    assert view.text == TOKEN


@given(
    st.lists(st.sampled_from(["&#115;", "&#x6B;", "&quot;", "&amp;", "&#xe9;", "&#0;", "&#55296;", "a", "&", ";", "é"]))
)
def test_every_byte_leads_home(parts: list[str]) -> None:
    data = "".join(parts).encode()
    read = references_read(data, ((0, len(data)),))
    for offset in range(len(read.text)):
        start, end = read.spans.origin_span(offset, offset + 1)
        made = read.text[offset : offset + 1]
        assert data[start:end] == made or made in html.unescape(data[start:end].decode()).encode()
        assert data[start:end] == made or end - start > 3


@given(st.integers(0, 30), st.integers(0, 30))
def test_windows_cut_no_reference(before: int, after: int) -> None:
    data = b"&#x6B;" * 3 + b"x" * (REACH - 15 + before) + b"&#115;" + b"x" * (REACH - 15 + after) + b"&#x6B;" * 3
    place = data.index(b"&#115;")
    (view,) = (found for found in decode("html-entity", data, [place]) if isinstance(found, View))
    assert b"&" not in view.text
    assert view.text.strip(b"k") in b"x" * (REACH - 15 + before) + b"s" + b"x" * (REACH - 15 + after)


def test_far_references_get_views_of_their_own() -> None:
    assert len(views((b"&#115;" + b" " * 2000) * 5)) == 5


def test_a_name_that_is_written_twice_over_is_read_again() -> None:
    (view,) = views(b"<p>&amp;#115;&#107;")
    (again,) = views(view.text)
    assert again.text.endswith(b"sk")


ATTRIBUTES = {
    "JSON in double quotes": (b'<a data-page="{&quot;a&quot;:[1,&quot;HERE&quot;]}">', "data-page.a[1]"),
    "numeric references": (b'<a x="&#123;&#34;a&#34;:&#34;HERE&#34;}">', "x.a"),
    "JSON in single quotes": (b"""<a :state='{"a":{"b":"HERE"}}'>""", '[":state"].a.b'),
    "an Astro island": (
        b'<astro-island props="{&quot;c&quot;:[0,{&quot;l&quot;:[1,[[0,1],[0,&quot;HERE&quot;]]]}]}" ssr>',
        "props.c.l[1]",
    ),
    "text in an attribute": (b'<a title="HERE">', ""),
    "an assignment": (b'x="HERE"', ""),
    "a string in code": (b'f({a:"b",c:"{HERE}"})', ""),
    "outside of the attribute": (b'<a x="{&quot;a&quot;:1}">HERE', ""),
}


@pytest.mark.parametrize(("text", "label"), ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_json_in_attributes_has_a_path(text: bytes, label: str) -> None:
    assert Labels(text).at(text.index(b"HERE")) == label


def test_a_view_of_an_attribute_is_labelled() -> None:
    value = html.escape(json.dumps({"client": {"token": TOKEN.decode()}})).replace("sk", "&#115;k")
    (view,) = views(f'<div data-props="{value}">'.encode())
    assert view.labels
    assert view.labels(view.text.index(TOKEN)) == "data-props.client.token"


def test_the_island_that_astro_builds_is_labelled() -> None:
    data = (FIXTURES / "astro/dist/island/index.html").read_bytes()
    place = data.index(b"token&quot;:[0,&quot;sk") + len(b"token&quot;:[0,&quot;")
    assert Labels(data).at(place) == "props.config.token"
    (view,) = views(data)
    assert b'"token":"sk' in view.text
    assert view.labels
    assert view.labels(view.text.index(b"sk")) == "props.config.token"


@pytest.mark.parametrize(
    "text",
    [
        "<p title='" + "".join(f"&#{c}" for c in TOKEN) + "'>",
        '<iframe srcdoc="<p title=' + "".join(f"&amp;#{c};" for c in TOKEN) + '">',
        "<p>" + "".join(f"&amp;#x{c:x};" for c in TOKEN),
    ],
    ids=["without semicolons", "in the page of a frame", "escaped twice"],
)
def test_other_forms_of_references_are_read(text: str) -> None:
    (view,) = views(text.encode())
    assert TOKEN in html.unescape(view.text.decode()).encode()


def test_nothing_makes_it_fail() -> None:
    rng = random.Random(6)
    valid = b'<astro-island props="{&quot;a&quot;:[0,&quot;&#115;&#x6B;Fake&quot;]}">' * 4
    for _ in range(500):
        data = bytearray(valid)
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(len(data))
            data[place : place + rng.choice((0, 0, 1, 30))] = rng.choice(
                (b"", b"&", b"&#", b";", b'"', b"\xff", b"&#9999999;")
            )
        text = bytes(data)
        for found in decode("html-entity", text, [place for place in range(len(text)) if text[place] == ord("&")]):
            assert isinstance(found, View | str)
            if isinstance(found, View) and found.labels:
                found.labels(len(found.text) // 2)
        Labels(text).at(len(text) // 2)


@pytest.mark.parametrize("unit", [b"&#115;", b"&#115;" + b" " * 1100, b"&#115", b"&#0000000115;"])
def test_hostile_references_cost_no_more_than_their_length(unit: bytes) -> None:
    def run(size: int) -> None:
        text = unit * (size // len(unit))
        decode("html-entity", text, range(0, len(text), len(unit)))

    assert_linear(run, 60_000)
