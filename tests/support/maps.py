"""Builders of source maps for tests."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from tests.support.paths import FIXTURES

TOKEN: Final = b"skFakeFakeFake0123456789"
BASE: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def vlq(*numbers: int) -> str:
    """Encode numbers as a VLQ segment."""
    text = ""
    for number in numbers:
        rest = abs(number) << 1 | (number < 0)
        while True:
            rest, digit = rest >> 5, rest & 31
            text += BASE[digit | 32 * bool(rest)]
            if not rest:
                break
    return text


def made(**fields: Any) -> bytes:
    """Build a map, with neutral values in the fields not given."""
    return json.dumps(
        {"version": 3, "sources": ["a.js"], "names": [], "mappings": "AAAA", "sourcesContent": None} | fields,
        ensure_ascii=False,
    ).encode()


def carrying(content: str) -> bytes:
    """Build a map with the content of one source."""
    return made(sourcesContent=[content])


def place_in(text: str, at: int) -> tuple[int, int]:
    """Return the line and the column in UTF-16 code units of a position, by counting."""
    before = text[:at]
    return before.count("\n") + 1, len(before[before.rfind("\n") + 1 :].encode("utf-16-le")) // 2 + 1


def read(name: str) -> bytes:
    """Read a map of the fixtures, or combine three of them into an `index` map."""
    if name != "index":
        return (FIXTURES / name).read_bytes()
    parts = [
        ((0, 0), "esbuild/dist/min/split.js.map"),
        ((0, 1500), "webpack5/dist/main.227df1d1.js.map"),
        ((4, 7), "esbuild/dist/plain/encoded.js.map"),
    ]
    sections = [
        {"offset": {"line": line, "column": column}, "map": json.loads(read(part))} for (line, column), part in parts
    ]
    return json.dumps({"version": 3, "sections": sections}).encode()


def written(lines: list[list[tuple[int, ...]]]) -> str:
    """Encode mappings from absolute numbers."""
    last = [0] * 5
    text: list[str] = []
    for line in lines:
        last[0] = 0
        segments: list[str] = []
        for segment in line:
            segments.append(vlq(*(number - past for number, past in zip(segment, last, strict=False))))
            last[: len(segment)] = segment
        text.append(",".join(segments))
    return ";".join(text)


MAP: Final = carrying(f"const token = '{TOKEN.decode()}' // ä€🔑?>")
B64: Final = base64.b64encode(MAP)
HEAD: Final = b"sourceMappingURL=data:application/json"
INLINE: Final[Mapping[str, bytes]] = {
    "base64": b"//# " + HEAD + b";base64," + B64,
    "with a charset": b"//# " + HEAD + b";charset=utf-8;base64," + B64 + b"\n",
    "with another charset": b"//@ " + HEAD + b";charset:utf-8;base64,".replace(b":", b"=") + B64,
    "in CSS": b"/*# " + HEAD + b";base64," + B64 + b"*/",
    "without padding": b"//# " + HEAD + b";base64," + B64.rstrip(b"="),
    "base64url": b"//# " + HEAD + b";base64," + base64.urlsafe_b64encode(MAP),
    "in an evaluated string": b'eval("a;\\n//# ' + HEAD + b";charset=utf-8;base64," + B64 + b'\\n//# sourceURL=x\\n");',
    "percent-encoded": b"//# " + HEAD + b"," + quote(MAP, safe="!'()*~").encode(),
    "percent-encoded with a charset": b"//# " + HEAD + b";charset=utf-8," + quote(MAP, safe="").encode() + b"\n",
    "percent-encoded in CSS": b"/*# " + HEAD + b"," + quote(MAP, safe="").encode() + b"*/",
}
"""Scripts and a style sheet that embed `MAP`."""
