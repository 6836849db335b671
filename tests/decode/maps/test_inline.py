"""Maps in `data:` URLs are views of their script."""

import base64
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.interface import View
from frontleak.decode.maps.inline import MOST_INLINE, inline_map
from frontleak.sourcemaps.lookup import SourceMap
from tests.support.maps import HEAD, INLINE, MAP, TOKEN
from tests.support.views import BY_NAME, decode, out_of_bytes

NO_INLINE: Final[Mapping[str, bytes]] = {
    "another kind of URL": b"//# sourceMappingURL=data:text/plain;base64,AAAA",
    "no comma": b"//# sourceMappingURL=data:application/json;base64",
    "nothing after the comma": b"//# sourceMappingURL=data:application/json;base64,",
    "the code that writes one": b'"\\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(x), " */")',
}


@pytest.mark.parametrize("text", NO_INLINE.values(), ids=NO_INLINE)
def test_what_is_no_inline_map_gives_no_view(text: bytes) -> None:
    assert decode("source-map", text, [text.index(b"sourceMappingURL")]) == []


@pytest.mark.parametrize("text", INLINE.values(), ids=INLINE)
def test_an_inline_map_is_a_view(text: bytes) -> None:
    (view,) = (found for found in decode("source-map", text, [text.index(HEAD)]) if isinstance(found, View))
    assert (view.kind, view.text) == ("source-map", MAP)
    assert SourceMap(view.text).find(TOKEN)
    at = view.text.index(TOKEN)
    start, end = view.spans.origin_span(at, at + len(TOKEN))
    found = inline_map(text, text.index(HEAD))
    assert found is not None
    assert abs(found.inside(text, start) - at) < 3
    if found.base64:
        piece = text[start:end].translate(bytes.maketrans(b"-_", b"+/"))
        assert TOKEN in base64.b64decode(piece + b"=" * (-len(piece) % 4))
        assert end - start <= len(TOKEN) * 4 // 3 + 8
    else:
        assert text[start:end] == TOKEN


@given(st.binary(min_size=1, max_size=60), st.binary(max_size=9))
def test_every_byte_of_base64_leads_home(data: bytes, ahead: bytes) -> None:
    text = ahead + HEAD + b";base64," + base64.b64encode(data)
    (view,) = decode("source-map", text, [len(ahead)])
    assert isinstance(view, View)
    assert view.text == data
    for start in range(len(data)):
        for end in range(start + 1, min(len(data), start + 7) + 1):
            origin_span, origin_end = view.spans.origin_span(start, end)
            assert data[start:end] in base64.b64decode(text[origin_span:origin_end])


@given(st.text(min_size=1, max_size=60), st.sampled_from(["", "!'()*~", "/{}:"]))
def test_every_byte_of_percent_encoding_leads_home(source: str, safe: str) -> None:
    source = source.encode("utf-8", "ignore").decode() or "x"
    text = HEAD + b"," + quote(source, safe=safe.replace("{}", "")).encode()
    (view,) = decode("source-map", text, [0])
    assert isinstance(view, View)
    if text.endswith(b"*/"):
        return
    assert view.text == source.encode()
    for at, byte in enumerate(view.text):
        start, end = view.spans.origin_span(at, at + 1)
        assert text[start:end] in {bytes([byte]), b"%%%02X" % byte}


def test_each_module_has_a_view() -> None:
    text = b"\n".join(INLINE.values())
    offsets = [at for at in range(len(text)) if text.startswith(HEAD, at)]
    assert len(decode("source-map", text, offsets)) == len(INLINE)
    assert len(decode("source-map", text, [offsets[0], *offsets, *offsets])) >= len(INLINE)


def test_too_much_is_read_in_part_and_said() -> None:
    text = HEAD + b";base64," + b"QUFB" * (MOST_INLINE // 3 + 9)
    view, problem = decode("source-map", text + b"\n" + text, [0, len(text) + 1])
    assert isinstance(view, View)
    assert len(view.text) == MOST_INLINE
    assert problem == out_of_bytes(BY_NAME["source-map"])
