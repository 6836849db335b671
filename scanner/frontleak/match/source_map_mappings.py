"""Where the `mappings` of a source map are: a quarter of the bytes of a build with maps, and nothing but positions.

Neither rules nor known values are looked for there. A secret that is longer than any position, or has any other
character, shows: then the mappings are read like all else. Up to 30 letters and digits could be among the positions
unseen, but no build writes anything except positions there, so that they do not leak that way. What would be found of
short passwords in mappings are positions that read like them.
"""

from typing import TYPE_CHECKING, Final

from frontleak.core.lazy_regex import LazyRegex

if TYPE_CHECKING:
    from frontleak.match.hyperscan_pass import HyperscanCheck

_KEY: Final = b'"mappings"'
_NEAR: Final = 4096
"""Bytes at the beginning of a file in which the key is searched for."""
_MOST_QUOTES: Final = 16
"""Quotes at the end of a file that are looked at: tools write the mappings among the first fields, or last."""
_NAMES: Final = b'"names":'
_MOST_NAMES: Final = 1_000_000
"""Bytes at the end of a file in which the names are searched for: esbuild writes them last, after the mappings."""
_LEAST: Final = 1024
"""Bytes. Shorter mappings cost less than to look for them."""
_LONGEST_SEGMENT: Final = 30
"""Bytes. A segment has five numbers of at most seven characters, in real maps up to twenty in all."""
_OPENING: Final = LazyRegex(rb'"mappings"\s{0,8}:\s{0,8}"')
_LONGEST_GAP: Final = 32
"""Bytes from the beginning of the key to the quote that opens the mappings."""


class SourceMapMappings:
    """Finds the mappings of source maps that may be passed over, because they hold positions and nothing else."""

    def __init__(self) -> None:
        self._other: HyperscanCheck | None = None

    def around(self, data: bytes) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Return the byte spans before and after such mappings; None if there are none."""
        found = self.span(data)
        return ((0, found[0]), (found[1], len(data))) if found else None

    def span(self, data: bytes) -> tuple[int, int] | None:
        """Return the byte span of the mappings; None if there are none, they are short, or hold anything else."""
        if len(data) < _LEAST or data[:1] != b"{":
            return None
        key = data.find(_KEY, 0, _NEAR)
        opening = _OPENING.match(data, key if key >= 0 else _key_near_the_end(data))
        if opening is None:
            return None
        start = opening.end()
        end = data.find(b'"', start)
        if end - start < _LEAST or self._holds_other(memoryview(data)[start:end]):
            return None
        return start, end

    def _holds_other(self, mappings: memoryview) -> bool:
        if self._other is None:  # compiled for the first map
            from frontleak.match.hyperscan_pass import HyperscanCheck  # noqa: PLC0415 - absent on some platforms

            segment = "[A-Za-z0-9+/]"
            self._other = HyperscanCheck(["[^A-Za-z0-9+/,;]", f"{segment}{{{_LONGEST_SEGMENT + 1}}}"])
        return self._other.matches(mappings)


def _key_near_the_end(data: bytes) -> int:
    """Return the offset of the key among the last quotes or before the names; the end of the data if it is missing."""
    place = len(data)
    for _ in range(_MOST_QUOTES):
        place = data.rfind(b'"', 0, place)
        if place < 0:
            return len(data)
        if data.startswith(_KEY, place):
            return place
    names = data.rfind(_NAMES, max(0, place - _MOST_NAMES), place)
    closing = data.rfind(b'"', 0, max(0, names))
    opening = data.rfind(b'"', 0, max(0, closing))
    key = data.rfind(_KEY, max(0, opening - _LONGEST_GAP), max(0, opening))
    return key if key >= 0 else len(data)
