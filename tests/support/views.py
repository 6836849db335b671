"""What decoders make of a text when the triggers of the shipped rules ask them, as in a scan."""

from collections.abc import Iterator

from frontleak.decode.interface import DecodeProblem
from frontleak.decode.registry import DECODERS
from frontleak.decode.views import DecodedText, decode_all
from tests.support.shipped import full_engine

_DECODERS = {decoder.name: decoder.decode for decoder in DECODERS}


def read(data: bytes) -> Iterator[DecodedText | DecodeProblem]:
    """Yield all readings of some bytes, the bytes as they stand first, and what could not be read."""
    return decode_all(data, full_engine().scan, _DECODERS)


def views(data: bytes, kind: str) -> list[DecodedText]:
    """Return the readings that views of a kind give."""
    return [found for found in read(data) if isinstance(found, DecodedText) and found.view and found.view.kind == kind]


def problems(data: bytes) -> list[str]:
    """Return the reasons why something could not be read."""
    return [found.reason for found in read(data) if isinstance(found, DecodeProblem)]
