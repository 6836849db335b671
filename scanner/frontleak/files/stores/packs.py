"""Puts small objects that follow each other into packs: a request takes longer than the scan of what it brings."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from frontleak.files.stores.entries import StoreEntry

Other = TypeVar("Other")

_MOST: Final = 64
"""Most objects that are read together."""
_MOST_BYTES: Final = 4_000_000
_SMALL: Final = 500_000
"""Bytes of the largest object in a pack."""


def packed(entries: Iterator[Other | StoreEntry]) -> Iterator[Other | StoreEntry]:
    """Yield the entries in their order, small objects that follow each other with their pack; others as they are."""
    pack: list[StoreEntry] = []
    size = 0
    for entry in entries:
        is_small = isinstance(entry, StoreEntry) and 0 < entry.size <= _SMALL
        if pack and (not is_small or len(pack) == _MOST or size >= _MOST_BYTES):
            yield from _with_pack(pack)
            pack, size = [], 0
        if is_small and isinstance(entry, StoreEntry):
            pack.append(entry)
            size += entry.size
        else:
            yield entry
    yield from _with_pack(pack)


def _with_pack(entries: Sequence[StoreEntry]) -> Iterator[StoreEntry]:
    if len(entries) < 2 or len({entry.store for entry in entries}) > 1:
        yield from entries
        return
    pack = tuple((entry.path, entry.size) for entry in entries)
    yield from (entry._replace(pack=pack) for entry in entries)
