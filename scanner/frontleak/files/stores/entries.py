"""An object of a store that is to be scanned."""

from typing import NamedTuple

from frontleak.core.url_origin import UrlOrigin, url_origin
from frontleak.core.vocabulary import Exposure


class StoreEntry(NamedTuple):
    """An object; a tuple, because thousands are sent to workers. It holds no credentials."""

    shown: str
    """Its address, without user and query."""
    store: int
    """Number of the store among those that are named."""
    path: str
    """What fsspec calls it."""
    size: int
    """Bytes when it was listed; 0 if the store does not tell."""
    exposure: Exposure
    """Who can see it."""
    placed: bool
    """As in `FileEntry`."""
    sent: tuple[str, ...] = ()
    """As in `FileEntry`."""
    pack: tuple[tuple[str, int], ...] = ()
    """(path, size) of small objects that are read together with it, itself included."""

    @property
    def origin(self) -> UrlOrigin:
        """Where the bytes come from."""
        return url_origin(self.shown, recording=self.shown)
