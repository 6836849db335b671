"""What a store has in its folders: objects and folders, or the links of a page."""

import posixpath
from contextlib import suppress
from typing import Any, Final

from frontleak.core.url_origin import whole_text
from frontleak.files.stores.filesystem import told
from frontleak.files.stores.reader import StoreReader
from frontleak.files.stores.store import Store, StoreError, StoreNoListingError
from frontleak.files.stores.web import MOST_LISTING, is_empty_listing, links_in

_KEPT: Final = 64
"""Listings that are kept to look for the marks of build output."""

_NO_LISTING: Final = "is a page that links to no file below it; to scan what a site serves, run `frontleak site URL`"

Listed = tuple[str, int, bool]
"""Name, bytes, and whether it is a folder."""


class Listing:
    """What a store has in its folders; the last few are kept."""

    def __init__(self, store: Store, system: Any, reader: StoreReader, number: int) -> None:
        self.store, self._system, self._reader, self._number = store, system, reader, number
        self._kept: dict[str, list[Listed]] = {}
        self._top = virtual(store.address)

    def root(self) -> Listed:
        """Return what the address names.

        Raises:
            StoreMissingError: there is nothing.
            StoreError: it cannot be looked at.
        """
        store = self.store
        if store.is_web:
            return store.address, 0, store.place.endswith("/") or "/" not in store.place
        path = self._system._strip_protocol(store.address)  # noqa: SLF001 - how fsspec itself reads an address
        with told(store, store.kind.to_list):
            info = self._system.info(path)
        return str(info["name"]).rstrip("/"), int(info.get("size") or 0), info["type"] == "directory"

    def names_in(self, folder: str) -> list[Listed]:
        """Return the objects and folders directly in a folder, by name.

        Raises:
            StoreNoListingError: it is an ordinary page.
            StoreError: it cannot be listed.
        """
        if folder not in self._kept:
            found = self._links(folder) if self.store.is_web else self._objects(folder)
            while len(self._kept) >= _KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[folder] = sorted(found)
        return self._kept[folder]

    def _objects(self, folder: str) -> list[Listed]:
        below = f"{folder.rstrip('/')}/"
        with told(self.store, self.store.kind.to_list):
            listed = self._system.ls(folder, detail=True)
        return [
            (whole_text(name), int(each.get("size") or 0), each["type"] == "directory")
            for each in listed
            if (name := str(each["name"]).rstrip("/")).startswith(below) and name != below
        ]

    def _links(self, folder: str) -> list[Listed]:
        page = self._reader.whole(self._number, folder, MOST_LISTING)
        if len(page) > MOST_LISTING:
            raise StoreError(f"its list of files has more than {MOST_LISTING:,} bytes")
        links = [(link, 0, link.endswith("/")) for link in links_in(page, folder)]
        if not links and not is_empty_listing(page, is_inner=folder != self.store.address):
            raise StoreNoListingError(_NO_LISTING)
        return links

    def listdir(self, folder: str) -> list[str]:
        """Return the names in a folder; see `exposure.Tree`."""
        if not f"{folder}/".startswith(f"{self._top}/"):  # what is above it was not named
            return []
        with suppress(StoreError):
            return [posixpath.basename(name.rstrip("/")) for name, _, _ in self.names_in(self._real(folder))]
        return []

    def lexists(self, path: str) -> bool:
        """Return whether there is an object or folder; see `exposure.Tree`."""
        folder, _, name = path.rpartition("/")
        return name in self.listdir(folder)

    def holds_source(self, _folder: str) -> bool:
        """Return false: a folder of a bucket with the usual name of build output counts as one."""
        return False

    def _real(self, virtual: str) -> str:
        if self.store.is_web:
            return f"{self.store.scheme}:/{virtual}/"
        return virtual if self.store.scheme == "memory" else virtual.removeprefix("/")


def virtual(name: str) -> str:
    """Return the name of an object as an absolute path; nothing on disk is looked up under it."""
    bare = name.partition("://")[2] if "://" in name else name
    return f"/{bare.strip('/')}"


def store_address(store: Store, name: str) -> str:
    """Return the address of an object, as reports show it."""
    return name if store.is_web else f"{store.scheme}://{name.lstrip('/')}"
