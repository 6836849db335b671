"""All decoders. A new one needs a module, a line here and its triggers in rules/triggers.yaml.

A decoder's module is imported on first use: most scans need few of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Final

from frontleak.core.budget import WorkBudget
from frontleak.decode.interface import DecodeFunction, DecodeProblem, Decoder, View
from frontleak.rules.pattern_rule import NO_BEGINNINGS, Beginnings


def _source_map(text: bytes, offsets: Sequence[int], _: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.maps.inline import decode_inline_maps  # noqa: PLC0415

    return decode_inline_maps(text, offsets)


def _flight(text: bytes, offsets: Sequence[int], _: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.payloads.flight import decode  # noqa: PLC0415

    return decode(text, offsets)


def _html(text: bytes, offsets: Sequence[int], _: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.payloads.html import decode  # noqa: PLC0415

    return decode(text, offsets)


def _hydration(text: bytes, offsets: Sequence[int], _: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.payloads.hydration import decode  # noqa: PLC0415

    return decode(text, offsets)


def _js_string(
    text: bytes, offsets: Sequence[int], budget: WorkBudget, beginnings: Beginnings = NO_BEGINNINGS
) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.folding.decoder import decode_pieces  # noqa: PLC0415

    return decode_pieces(text, offsets, budget, beginnings)


def _js_call(
    text: bytes, offsets: Sequence[int], budget: WorkBudget, beginnings: Beginnings = NO_BEGINNINGS
) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.folding.decoder import decode_calls  # noqa: PLC0415

    return decode_calls(text, offsets, budget, beginnings)


def _js_escape(text: bytes, offsets: Sequence[int], _: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.js_escapes import decode_escapes  # noqa: PLC0415

    return decode_escapes(text, offsets)


def _js_eval(text: bytes, offsets: Sequence[int], budget: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.js_escapes import decode_eval  # noqa: PLC0415

    return decode_eval(text, offsets, budget)


def _base64(text: bytes, offsets: Sequence[int], _: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.encodings import decode_base64  # noqa: PLC0415

    return decode_base64(text, offsets)


def _hex(text: bytes, offsets: Sequence[int], _: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.encodings import decode_hex  # noqa: PLC0415

    return decode_hex(text, offsets)


def _percent(text: bytes, offsets: Sequence[int], _: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.encodings import decode_percent  # noqa: PLC0415

    return decode_percent(text, offsets)


def _utf_16(text: bytes, offsets: Sequence[int], _: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.encodings import decode_utf16  # noqa: PLC0415

    return decode_utf16(text, offsets)


def _packed(text: bytes, offsets: Sequence[int], _: WorkBudget) -> Iterator[View | DecodeProblem]:
    from frontleak.decode.packed import decode  # noqa: PLC0415

    return decode(text, offsets)


DECODERS: Final[tuple[Decoder, ...]] = (
    Decoder(name="source-map", decode=_source_map),
    Decoder(name="flight", decode=_flight),
    Decoder(name="html-entity", decode=_html),
    Decoder(name="hydration", decode=_hydration),
    Decoder(name="js-string", decode=_js_string),
    Decoder(name="js-call", decode=_js_call),
    Decoder(name="js-escape", decode=_js_escape),
    Decoder(name="js-eval", decode=_js_eval),
    Decoder(name="base64", decode=_base64),
    Decoder(name="hex", decode=_hex),
    Decoder(name="percent", decode=_percent),
    Decoder(name="utf-16", decode=_utf_16),
    Decoder(name="opaque", decode=_packed),
)


@lru_cache(8)
def decode_functions(beginnings: Beginnings) -> Mapping[str, DecodeFunction]:
    """Return the decode functions by name; those of computed strings know the literals with which secrets begin."""
    functions = {decoder.name: decoder.decode for decoder in DECODERS}
    return functions | {
        "js-string": partial(_js_string, beginnings=beginnings),
        "js-call": partial(_js_call, beginnings=beginnings),
    }
