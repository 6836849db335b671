"""Packed strings: arrays that are decoded or reordered at run time. They are reported, not decoded."""

from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.kit import Run, Window, runs

PACKED: Final = "its strings are in an array that is decoded at run time; secrets in them are not found"
"""Message when the array is encoded."""
SHUFFLED: Final = "its strings are in an array that is reordered at run time; secrets built from them are not found"
"""Message when the strings of the array are readable."""

_ROTATION: Final = LazyRegex(
    rb"([\w$]{1,40})(?:\[[\"'](?:push|\\x70\\x75\\x73\\x68)[\"']\]|\.push)\(\1(?:\[[\"'](?:shift|\\x73\\x68\\x69\\x66\\x74)[\"']\]|\.shift)\(\)\)"
)
_ACCESS: Final = LazyRegex(rb"_0x[0-9a-f]{4,6}\((?:-?0x[0-9a-f]+|'0x[0-9a-f]+'|_0x[0-9a-f]{4,6}|-?\d+)")
_ALPHABETS: Final = (
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=",
    rb"\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f\x70\x71\x72\x73\x74\x75\x76\x77\x78\x79\x7a\x41",
)
_NEAR: Final = 200_000
"""Bytes searched for the array's decoder on either side of the rotation loop."""
_LEAST: Final = 4
"""Minimum number of calls of the array's accessor."""


def _read(text: bytes, window: Window) -> Run | None:
    """Read the script as one run: one message is enough."""
    rotation = _ROTATION.search(text, max(0, window.start - 20), window.stop)
    if rotation is None:
        return None
    near = text[max(0, window.start - _NEAR) : window.start + _NEAR]
    if sum(1 for _, _call in zip(range(_LEAST), _ACCESS.finditer(near), strict=False)) < _LEAST:
        return None
    return Run(len(text), PACKED if any(alphabet in near for alphabet in _ALPHABETS) else SHUFFLED)


decode: Final = runs(_read, tries=20)
