"""Decoded texts of some bytes, with the triggers of the shipped rules, as in a scan."""

from collections.abc import Iterator

from frontleak.decode.interface import DecodeProblem
from frontleak.decode.registry import decode_functions
from frontleak.decode.views import DecodedText, decode_all
from tests.support.shipped import full_engine, full_set


def read(data: bytes) -> Iterator[DecodedText | DecodeProblem]:
    """Yield all decoded texts of some bytes, the raw bytes first, and the problems."""
    return decode_all(data, full_engine().scan(data), full_engine().scan, decode_functions(full_set().beginnings))


def views(data: bytes, kind: str) -> list[DecodedText]:
    """Return the decoded texts that are views of a kind."""
    return [found for found in read(data) if isinstance(found, DecodedText) and found.view and found.view.kind == kind]


def problems(data: bytes) -> list[str]:
    """Return the reasons of all decode problems."""
    return [found.reason for found in read(data) if isinstance(found, DecodeProblem)]
