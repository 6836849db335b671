"""What is decoded as a whole goes to no other decoder, and costs one look: counted in bytes, not in seconds."""

import base64
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Self

import pytest

from frontleak.decode.interface import REACH, Decoder, Request, View
from frontleak.decode.registry import DECODERS
from frontleak.decode.views import DecodedText, decode_all
from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.shipped import full_engine
from tests.support.views import ORIGIN, decode, views

TOKEN: Final = token("tests/decode/claims")
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz  "


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def inline_map(number: int, size: int = 900) -> str:
    """Return a map in a `data:` URL, with text in it that fires the triggers of base64."""
    source = f"sketch {number} " + "".join(random.Random(number).choices(LETTERS, k=size)) + ' x="sketches"'
    text = json.dumps({"version": 3, "sources": ["a.ts"], "sourcesContent": [source]})
    return f"//# sourceMappingURL=data:application/json;base64,{b64(text)}"


def map_file(count: int) -> bytes:
    """Return a map on one line whose sources each end with a map of their own."""
    sources = [f"let a{number}=1;\n{inline_map(number)}\n" for number in range(count)]
    return json.dumps({"version": 3, "sources": [], "sourcesContent": sources}).encode()


class Watched(bytes):
    """Bytes that count how many of them are sliced or searched."""

    looked_at: int

    @classmethod
    def of(cls, data: bytes) -> Self:
        watched = cls(data)
        watched.looked_at = 0
        return watched

    def _searched(self, found: int, start: int, end: int | None) -> int:
        self.looked_at += (len(self) if end is None else min(end, len(self))) - start if found < 0 else found - start
        return found

    def find(self, sub: bytes, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        return self._searched(super().find(sub, start, end), start, end)

    def rfind(self, sub: bytes, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        found = super().rfind(sub, start, end)
        last = len(self) if end is None else min(end, len(self))
        self.looked_at += last - (start if found < 0 else found)
        return found

    def __getitem__(self, key: slice) -> bytes:  # type: ignore[override]
        part = super().__getitem__(key)
        self.looked_at += len(part)
        return part


def scan_watched(text: Watched) -> tuple[int, dict[str, int]]:
    """Decode a text as in a scan; return the bytes looked at, and the number of offsets per decoder."""
    asked: dict[str, int] = {}

    def counting(decoder: Decoder) -> Decoder:
        def function(request: Request) -> Iterator[View | str]:
            if request.text is text:
                asked[decoder.name] = len(request.offsets)
            return decoder.read(request)

        return decoder._replace(function=function)

    result = full_engine().scan(bytes(text))
    nothing = replace(result, triggers={})
    decoders = tuple(map(counting, DECODERS))

    list(decode_all(text, result, lambda _: nothing, decoders, ORIGIN))
    return text.looked_at, asked


def test_inline_maps_cost_one_look_however_many_there_are() -> None:
    few, many = Watched.of(map_file(50)), Watched.of(map_file(200))
    looked_few, asked_few = scan_watched(few)
    looked_many, asked_many = scan_watched(many)
    assert asked_many["source-map"] == 200
    assert asked_many.get("percent", 0) == 0
    # one look for the end of a map and one to decode it, and the windows before each map
    assert looked_few <= 6 * len(few)
    assert looked_many <= 4.2 * looked_few
    for name in asked_many.keys() - {"source-map"}:
        assert asked_many[name] <= 4.5 * asked_few[name] + 10


@pytest.mark.parametrize("name", ["base64", "hex", "percent"])
def test_a_search_ends_with_the_run(name: str) -> None:
    """A text of 200 kB on one line after a short run is not looked at."""
    note = "sketches of a table and of a chair, drawn in ink on paper"
    run = {"base64": b64(note), "hex": note.encode().hex(), "percent": "".join(f"%{ord(sign):02x}" for sign in note)}[
        name
    ]
    text = Watched.of(f"x='{run}';".encode() + b"a;" * 100_000)
    offsets = full_engine().scan(bytes(text)).triggers[name]
    assert len(decode(name, text, offsets)) == 1
    assert 0 < text.looked_at <= 4_000


def test_an_inline_map_is_read_by_its_decoder_alone() -> None:
    text = map_file(40)
    kinds = [
        found.kinds
        for found in decode_all(text, full_engine().scan(text), full_engine().scan, DECODERS, ORIGIN)
        if isinstance(found, DecodedText)
    ]
    assert set(kinds) == {(), ("source-map",)}


@pytest.mark.parametrize(
    "text",
    [
        "f('{secret}');{map}\n",
        "f('{secret}')/*{map}*/\n",
        "{map}\nf('{secret}')\n",
        "/*{map}*/f('{secret}')\n",
        "/*{map}*/f('{secret}')/*{map}*/\n",
    ],
)
def test_what_touches_an_inline_map_is_read(text: str) -> None:
    """The claim begins exactly at the `data:` URL and ends with the payload."""
    source_map = inline_map(1, 300)
    for secret in (b64(TOKEN), TOKEN.encode().hex(), "".join(f"%{byte:02x}" for byte in TOKEN.encode())):
        found = scan_text(text.replace("{map}", source_map).replace("{secret}", secret))
        assert [secret_of(detection).reveal().decode() for detection in found.detections] == [TOKEN]


def test_a_short_map_hides_nothing_behind_it() -> None:
    """A trigger may begin up to REACH bytes after its offset: on the other side of a map shorter than that."""
    source_map = f"sourceMappingURL=data:application/json;base64,{b64('{}' + ' ' * 40)}"
    assert len(source_map) < REACH
    text = f"{source_map} data:text/plain;base64,{b64(TOKEN)}"
    assert [secret_of(found).reveal().decode() for found in scan_text(text).detections] == [TOKEN]


def test_code_in_eval_is_left_to_its_view() -> None:
    module = json.dumps(f'const a="{TOKEN[:90]}"+"{TOKEN[90:]}";\n' + "f(1);" * REACH)
    (finding,) = scan_text(f"eval({module})").detections
    assert finding.place.via == ("eval", "js-string")
    assert views(f"eval({module})".encode(), "escapes") == []
