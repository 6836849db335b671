"""What an engine's pass over the bytes is, and what it gives."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Hit(NamedTuple):
    """A head was seen: a match of its owner may begin at any offset from `first` to `last`, both included."""

    prefilter: int
    """Index of the head among those the pass was made from."""
    first: int
    """Byte offset."""
    last: int
    """Byte offset."""


class Pass(Protocol):
    """One reading of some bytes that finds every place where one of its heads occurs.

    Implementations may report too many places, never too few.
    """

    def hits(self, text: bytes | memoryview) -> Sequence[Hit]:
        """Return the hits, in no particular order. `text` is at most 2 GiB."""
        ...
