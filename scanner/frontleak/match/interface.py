"""The interface of a prefilter pass over the bytes."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Hit(NamedTuple):
    """A prefilter hit: a match of its rule or trigger may begin from `first` to `last`, both included."""

    prefilter: int
    """Index of the prefilter in the sequence given to the pass."""
    first: int
    """Byte offset."""
    last: int
    """Byte offset."""


class Pass(Protocol):
    """Finds every place where one of its prefilters may match.

    Implementations may report false hits but never miss one.
    """

    def hits(self, text: bytes | memoryview) -> Sequence[Hit]:
        """Return the hits, in no particular order. `text` is at most 2 GiB."""
        ...
