"""Decoded texts of some bytes, with the triggers of the shipped rules, as in a scan."""

from collections.abc import Iterator, Sequence
from typing import Final

from frontleak.core.budget import WorkBudget
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import FileOrigin
from frontleak.decode.interface import Decoder, Request, View
from frontleak.decode.registry import DECODERS
from frontleak.decode.views import DecodedText, decode_all
from tests.support.shipped import full_engine, full_set

BY_NAME: Final = {decoder.name: decoder for decoder in DECODERS}
"""The registered decoders."""
ORIGIN: Final = FileOrigin(path="a.js")


def decode(name: str, text: bytes, offsets: Sequence[int], budget: WorkBudget | None = None) -> list[View | str]:
    """Return the views and messages of one decoder."""
    return list(BY_NAME[name].read(request(text, offsets, budget or WorkBudget())))


def request(text: bytes, offsets: Sequence[int], budget: WorkBudget) -> Request:
    """Return a request that knows the beginnings of the shipped rules."""
    return Request(text, offsets, budget, (), full_set().beginnings)


def read(data: bytes) -> Iterator[DecodedText | Diagnostic]:
    """Yield all decoded texts of some bytes, the raw bytes first, and the diagnostics."""
    return decode_all(data, full_engine().scan(data), full_engine().scan, DECODERS, ORIGIN, full_set().beginnings)


def views(data: bytes, kind: str) -> list[DecodedText]:
    """Return the decoded texts that are views of a kind."""
    return [found for found in read(data) if isinstance(found, DecodedText) and found.view and found.view.kind == kind]


def problems(data: bytes) -> list[str]:
    """Return the messages of all diagnostics."""
    return [found.message for found in read(data) if isinstance(found, Diagnostic)]


def out_of_bytes(decoder: Decoder) -> str:
    """Return the message of a decoder that has produced all the bytes it may."""
    return f"holds more than {decoder.most:,} bytes of {decoder.noun}; the rest was not decoded"


def out_of_work(noun: str) -> str:
    """Return the message of a decoder whose work budget is used up."""
    return f"holds more {noun} than the work budget covers; the rest was not decoded"
