"""Packed strings: arrays that are decoded or reordered at run time.

Those of javascript-obfuscator are decoded without running anything (`string_array`); others are reported.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import Request, View
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.string_array.rewrite import GETTER, ROTATION, unpacked

PACKED: Final = "its strings are in an array that is decoded at run time; secrets in them are not found"
"""Message when the array is encoded."""
SHUFFLED: Final = "its strings are in an array that is reordered at run time; secrets built from them are not found"
"""Message when the strings of the array are readable."""

_ACCESS: Final = LazyRegex(rb"_0x[0-9a-f]{4,6}\((?:-?0x[0-9a-f]+|'0x[0-9a-f]+'|_0x[0-9a-f]{4,6}|-?\d+)")
_ALPHABETS: Final = (  # of the decoders that an obfuscator writes; the last is the first one in escapes
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=",
    rb"\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f\x70\x71\x72\x73\x74\x75\x76\x77\x78\x79\x7a\x41",
)
_MOST_WORK: Final = 1_000_000
"""Units of work for the arrays of one text, about a microsecond each: enough for those of an app."""
_INTO_ROTATION: Final = 20
_INTO_GETTER: Final = 70
"""Bytes from the beginning of what is looked for to the trigger in it, at most."""
_NEAR: Final = 200_000
"""Bytes searched for the array's decoder on either side of the rotation loop."""
_LEAST: Final = 4
"""Minimum number of calls of the array's accessor."""


def decode(request: Request) -> Iterator[View | str]:
    """Yield the code of a script with the strings of its arrays in place, or the message that they are not decoded."""
    work = WorkBudget(_MOST_WORK)
    partly: list[str] = []
    yield from runs(lambda text, window: _read(text, window, work, partly), tries=20)(request)
    yield from partly


def _read(text: bytes, window: Window, work: WorkBudget, partly: list[str]) -> Run | None:
    """Read the script as one run: one view or message is enough. `partly` gets the message beside a view."""
    rotation = ROTATION.search(text, max(0, window.start - _INTO_ROTATION), window.stop)
    if rotation is None and GETTER.search(text, max(0, window.start - _INTO_GETTER), window.stop) is None:
        return None
    try:
        view, is_whole = unpacked(text, 0, len(text), work)
    except ExhaustedError:
        view, is_whole = None, False
    message = _message(text, window) if not is_whole and rotation else None
    if view is not None:
        partly += [message] if message else []
        return Run(len(text), view)
    return Run(len(text), message) if message else None


def _message(text: bytes, window: Window) -> str | None:
    near = text[max(0, window.start - _NEAR) : window.start + _NEAR]
    if sum(1 for _ in islice(_ACCESS.finditer(near), _LEAST)) < _LEAST:
        return None
    return PACKED if any(alphabet in near for alphabet in _ALPHABETS) else SHUFFLED
