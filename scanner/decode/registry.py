"""The decoders there are. A new one is a module, a line here and its triggers in rules/triggers.yaml.

Their modules are imported when they are first asked: most scans ask few of them.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from scanner.decode.interface import Decoder, Problem, View


def _source_map(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    from scanner.decode.source_map import decode_inline_maps  # noqa: PLC0415

    return decode_inline_maps(text, offsets)


def _flight(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    from scanner.decode.flight import decode  # noqa: PLC0415

    return decode(text, offsets)


def _html(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    from scanner.decode.html import decode  # noqa: PLC0415

    return decode(text, offsets)


def _hydration(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    from scanner.decode.hydration import decode  # noqa: PLC0415

    return decode(text, offsets)


DECODERS: Final[tuple[Decoder, ...]] = (
    Decoder(name="source-map", decode=_source_map),
    Decoder(name="flight", decode=_flight),
    Decoder(name="html-entity", decode=_html),
    Decoder(name="hydration", decode=_hydration),
)
