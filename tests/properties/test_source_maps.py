"""However a script embeds its source maps, each span of a view maps back, and a secret in a source to its place."""

import base64
import json
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.blob import Blob
from frontleak.core.origins import FileOrigin
from frontleak.decode.views import DecodedText
from frontleak.scanning.blob import scan_blob
from frontleak.sourcemaps.apply import apply_source_maps
from tests.support.made import secret_of
from tests.support.maps import place_in
from tests.support.shipped import fake, full_engine
from tests.support.views import read

TOKEN: Final = fake("sanity-token")
HEAD: Final = "sourceMappingURL=data:application/json"
LETTERS: Final = st.sampled_from("ab0 \n\r\t\"'`\\/*%&;=+-é漢🔑\x00")
SOURCES: Final = st.lists(st.one_of(st.none(), st.text(alphabet=LETTERS, max_size=30)), min_size=1, max_size=3)


@dataclass(frozen=True)
class Wrapped:
    """A map and its embedding in a script."""

    code: str
    """The text in the script."""
    text: bytes
    """The map."""
    base64: bool


@st.composite
def written(draw: st.DrawFn, sources: list[str | None], first: int) -> bytes:
    """Write a map of some sources, or an index map with one section per source."""
    names = [f"webpack://app/./src/{first + number}.js" for number in range(len(sources))]
    parts = [
        {"version": 3, "sources": some, "names": ["a"], "mappings": "AAAA", "sourcesContent": held}
        for some, held in (
            [([name], [source]) for name, source in zip(names, sources, strict=True)]
            if draw(st.booleans())
            else [(names, sources)]
        )
    ]
    sections = [{"offset": {"line": line, "column": 0}, "map": part} for line, part in enumerate(parts)]
    tree = parts[0] if len(parts) == 1 else {"version": 3, "sections": sections}
    return json.dumps(tree, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1]))).encode()


@st.composite
def wrapped(draw: st.DrawFn, text: bytes) -> Wrapped:
    """Embed a map in a comment, or in the last comment of an `eval` module."""
    if in_base64 := draw(st.booleans()):
        encode = draw(st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]))
        payload = encode(text).decode()
        payload = payload.rstrip("=") if draw(st.booleans()) else payload
    else:
        payload = quote(text, safe=draw(st.sampled_from(["", "!'()*~", "/:,{}"])))
        payload = re.sub("%..", lambda escape: escape[0].lower(), payload) if draw(st.booleans()) else payload
    charset = draw(st.sampled_from(["", ";charset=utf-8"]))
    url = f"{HEAD}{charset}{';base64' if in_base64 else ''},{payload}"
    shape = draw(st.sampled_from(["comment", "style", "module", "module with a wrapper"]))
    if shape == "comment":
        return Wrapped(f"//# {url}\n", text, in_base64)
    if shape == "style":
        return Wrapped(f"/*# {url} */\n", text, in_base64)
    code = json.dumps(f"{{ use('é🔑') ;\n//# {url}\n//# sourceURL=webpack-internal:///x.js\n}}")
    code = f"__webpack_require__.ts({code})" if shape == "module with a wrapper" else code
    return Wrapped(f"eval({code});\n", text, in_base64)


Drawn = tuple[str, list[Wrapped], list[str | None]]
"""A script, its maps, and all their sources in order."""


@st.composite
def scripts(draw: st.DrawFn, planted: str = "") -> Drawn:
    """Draw a script with some maps; one of their sources contains the planted text."""
    groups = draw(st.lists(SOURCES, min_size=1, max_size=3))
    if planted:
        group = draw(st.sampled_from(groups))
        number = draw(st.integers(0, len(group) - 1))
        source = group[number] or ""
        at = draw(st.integers(0, len(source)))
        group[number] = f"{source[:at]}'{planted}'{source[at:]}"
    maps: list[Wrapped] = []
    first = 0
    for group in groups:
        maps.append(draw(wrapped(draw(written(group, first)))))
        first += len(group)
    gaps = draw(st.lists(st.sampled_from(["", "a = 1;\n", "// é🔑\n", 'eval("x");']), min_size=len(maps)))
    script = "".join(f"{gap}{wrap.code}" for gap, wrap in zip(gaps, maps, strict=False))
    return script, maps, [source for group in groups for source in group]


def views(script: bytes) -> list[DecodedText]:
    """Return the decoded texts of a script that are source map views, in order."""
    return [found for found in read(script) if isinstance(found, DecodedText) and found.kinds == ("source-map",)]


def says(wrap: Wrapped, raw: bytes) -> bytes:
    """Decode a span of an encoded map."""
    if not wrap.base64:
        return unquote_to_bytes(raw)
    raw = raw.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    return base64.b64decode(raw + b"=" * (-len(raw) % 4))


@given(scripts(), st.data())
def test_each_span_of_each_view_leads_home(drawn: Drawn, data: st.DataObject) -> None:
    script, maps, _ = drawn
    raw = script.encode()
    readings = views(raw)
    assert [reading.text for reading in readings] == [wrap.text for wrap in maps]
    for reading, wrap in zip(readings, maps, strict=True):
        length = len(wrap.text)
        for start in (0, length - 1, *data.draw(st.lists(st.integers(0, length - 1), max_size=4))):
            for end in (start + 1, length, data.draw(st.integers(start + 1, length))):
                home, origin_end = reading.origin_span(start, end)
                if wrap.base64:
                    assert wrap.text[start:end] in says(wrap, raw[home:origin_end])
                    assert origin_end - home <= (end - start) * 4 // 3 + 8
                else:
                    assert wrap.text[start:end] == says(wrap, raw[home:origin_end])


def test_a_map_in_a_source_of_a_map_leads_home_through_both() -> None:
    inner = json.dumps({"version": 3, "sources": ["b.js"], "mappings": "", "sourcesContent": [f"'{TOKEN}'"]}).encode()
    source = f"a;\n//# {HEAD};base64,{base64.b64encode(inner).decode()}\n"
    outer = json.dumps({"version": 3, "sources": ["a.js"], "mappings": "", "sourcesContent": [source]}).encode()
    script = f"a;\n//# {HEAD},{quote(outer)}\n".encode()
    readings = [found for found in read(script) if isinstance(found, DecodedText)]
    (reading,) = (found for found in readings if found.kinds == ("source-map", "source-map"))
    assert reading.text == inner
    for start in range(len(inner) - 3):
        home, origin_end = reading.origin_span(start, start + 3)
        assert inner[start : start + 3] in base64.b64decode(unquote_to_bytes(script[home:origin_end]))


@given(scripts(TOKEN))
def test_a_secret_in_any_source_is_led_to_its_place(drawn: Drawn) -> None:
    script, _, sources = drawn
    (number,) = (number for number, source in enumerate(sources) if TOKEN in (source or ""))
    source = sources[number] or ""
    blob = Blob(origin=FileOrigin(path="dist/app.js"), data=script.encode())
    result = apply_source_maps(scan_blob(blob, full_engine()), blob, lambda _: None, "/nowhere")
    ours = [finding for finding in result.detections if secret_of(finding).reveal().decode() == TOKEN]
    assert ours
    for finding in ours:
        original = finding.place.original
        assert original
        assert (original.path, original.line, original.column) == (
            f"src/{number}.js",
            *place_in(source, source.index(TOKEN)),
        )


DAMAGE: Final = st.tuples(
    st.floats(0, 1),
    st.integers(0, 30),
    st.sampled_from(
        [b"", b"\\", b'"', b"%", b"=", b"\xff", b"\n", b"null", b"[", b"{", b'"sections":[{', b'eval("', TOKEN.encode()]
    ),
)


def damaged(data: bytes, damage: list[tuple[float, int, bytes]]) -> bytes:
    """Replace some bytes at random places."""
    for where, size, other in damage:
        at = int(where * len(data))
        data = data[:at] + other + data[at + size :]
    return data


@given(
    scripts(TOKEN),
    st.lists(DAMAGE, min_size=1, max_size=4),
    st.floats(0, 1),
    st.sampled_from(["app.js", "app.css", "app.js.map"]),
)
def test_no_damage_stops_a_scan(drawn: Drawn, damage: list[tuple[float, int, bytes]], part: float, name: str) -> None:
    script, maps, _ = drawn
    beside = damaged(maps[0].text, damage)
    data = beside if name.endswith(".map") else damaged(f"a='{TOKEN}';{script}".encode(), damage)
    data = data[: int(part * len(data))] if len(damage) == 1 else data
    for reading in views(data):
        home, origin_end = reading.origin_span(0, len(reading.text))
        assert 0 <= home < origin_end <= len(data)
    blob = Blob(origin=FileOrigin(path=name), data=data)
    result = apply_source_maps(scan_blob(blob, full_engine()), blob, lambda _: beside, "/nowhere")
    for finding in result.detections:
        assert 0 <= finding.place.offset < finding.place.offset + finding.place.length <= len(data)
        original = finding.place.original
        assert original is None or min(original.line, original.column) > 0
