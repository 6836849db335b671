"""Files whose texts sit in a table that is put in order and decoded when the program runs: said, not read."""

from collections.abc import Iterator, Sequence
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import DecodeProblem, View

PACKED: Final = "its strings are decoded at run time; what they hold is not seen"
"""Reason of the problem when the table is encoded."""
SHUFFLED: Final = (
    "its strings sit in a table that is put in order at run time; what is put together of them is not seen"
)
"""Reason of the problem when the strings of the table can be read."""

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
"""Bytes on either side of the loop in which the table's decoder stands."""
_LEAST: Final = 4
"""Calls of the table's accessor that there must be."""


def decode(text: bytes, offsets: Sequence[int]) -> Iterator[View | DecodeProblem]:
    """Yield one problem when the strings of a program are hidden; see `DecodeFunction`."""
    for offset in offsets[:20]:
        rotation = _ROTATION.search(text, max(0, offset - 20), min(len(text), offset + 200))
        if rotation is None:
            continue
        near = text[max(0, offset - _NEAR) : offset + _NEAR]
        if sum(1 for _, _call in zip(range(_LEAST), _ACCESS.finditer(near), strict=False)) == _LEAST:
            encoded = any(alphabet in near for alphabet in _ALPHABETS)
            yield DecodeProblem(rotation.start(), PACKED if encoded else SHUFFLED)
            return
