"""No map makes the parser fail."""

import random
from collections.abc import Iterator
from typing import Final

import pytest

from frontleak.decode.interface import View
from frontleak.decode.maps.parse import SourceMapError
from frontleak.sourcemaps.lookup import SourceMap
from tests.support.maps import HEAD, INLINE, MAP, TOKEN, read
from tests.support.views import decode


def mutated(seed: bytes, number: int) -> Iterator[bytes]:
    source = random.Random(number)
    for _ in range(300):
        data = bytearray(seed)
        for _ in range(source.randint(1, 4)):
            at = source.randrange(len(data) + 1)
            match source.randrange(4):
                case 0:
                    del data[at:]
                    data += b"}"
                case 1:
                    data[at : at + 1] = source.randbytes(1)
                case 2:
                    data[at:at] = source.choice((b'"', b"\\", b"[", b"null", b",", b"\xff", b"-1", b'"sections":[{'))
                case _:
                    del data[at : at + source.randint(1, 40)]
        yield bytes(data)


SEEDS: Final[tuple[bytes, ...]] = (
    MAP,
    read("esbuild/dist/min/split.js.map"),
    read("index"),
    *INLINE.values(),
)


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_nothing_that_is_read_breaks_the_reader(number: int) -> None:
    for data in mutated(SEEDS[number], number):
        offset = max(0, data.find(HEAD))
        views = decode("source-map", data, [offset])
        for view in views:
            if isinstance(view, View) and view.text:
                start, end = view.spans.origin_span(0, len(view.text))
                assert 0 <= start < end <= len(data)
        for text in (data, *(view.text for view in views if isinstance(view, View))):
            try:
                source_map = SourceMap(text)
                source_map.find(TOKEN)
                source_map.at_many([(1, 1), (1, 300), (7, 5), (10**6, 1)])
                for at in range(0, len(text), 97):
                    source_map.held(at)
            except SourceMapError:
                pass
