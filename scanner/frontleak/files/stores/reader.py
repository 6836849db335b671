"""Reads objects of stores in the process that scans them: small ones in packs, large ones by ranges."""

import io
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.records import replace
from frontleak.files.read import to_blob, too_large
from frontleak.files.stores.entries import StoreEntry
from frontleak.files.stores.filesystem import filesystem, told
from frontleak.files.stores.store import Store, StoreError, StoreMissingError

if TYPE_CHECKING:
    from frontleak.files.recordings.cdx import CdxIndex

_BLOCK: Final = 4 << 20
"""Bytes of one range of a large object."""
_NO_RANGES: Final = "the server sends no ranges of it; download it and scan the copy"
_PART: Final = 1 << 20
_MOST_INDEX: Final = 64 << 20
"""Bytes of the largest index of a web archive."""


class StoreReader:
    """The stores of a scan, opened when they are first read."""

    def __init__(self, stores: Sequence[Store], max_size: int) -> None:
        """Store what may be read; `max_size` is the bytes of the largest object that is read as a whole."""
        self.stores = tuple(stores)
        """Those that are named."""
        self._max_size = max_size
        self._systems: dict[int, Any] = {}
        self._process = os.getpid()
        self._pack: Mapping[str, bytes | Exception] = {}
        self._packed: tuple[tuple[str, int], ...] = ()

    def system(self, number: int) -> Any:
        """Return the filesystem of a store.

        Raises:
            ConfigError: what it needs is not installed.
        """
        if self._process != os.getpid():  # the thread that a client runs in does not survive a fork
            self._systems, self._process = {}, os.getpid()
        if number not in self._systems:
            self._systems[number] = filesystem(self.stores[number])
        return self._systems[number]

    def read(self, entry: StoreEntry) -> Blob | Diagnostic:
        """Return the bytes of an object, or why it is not scanned."""
        try:
            data = self._from_pack(entry) if entry.pack else None
            if data is None:
                data = self.whole(entry.store, entry.path)
        except StoreMissingError:
            if entry.shown == self.stores[entry.store].address:
                return incomplete(Code.UNREADABLE, entry.origin, "is not there: check the spelling")
            return note(Code.DELETED, entry.origin, "was deleted before it could be read")
        except StoreError as error:
            return incomplete(Code.UNREADABLE, entry.origin, f"cannot be read: {error}")
        if len(data) > self._max_size:
            return note(Code.TOO_LARGE, entry.origin, too_large(self._max_size, "more than "))
        blob = to_blob(entry.origin, data, entry.exposure, placed=entry.placed)
        return replace(blob, sent=entry.sent) if entry.sent else blob

    def whole(self, number: int, path: str, most: int = 0) -> bytes:
        """Return the bytes of an object, at most one more than `most`, which is that of the largest that is scanned.

        Raises:
            StoreMissingError: there is no such object.
            StoreError: it cannot be read.
        """
        store = self.stores[number]
        with told(store, store.kind.to_read), self._open(number, path, as_stream=True) as file:
            parts: list[bytes] = []
            left = (most or self._max_size) + 1
            while left > 0 and (part := file.read(min(left, _PART))):
                parts.append(part)
                left -= len(part)
            return b"".join(parts)

    def open(self, entry: StoreEntry) -> BinaryIO:
        """Open an object for reading at any offset, by ranges.

        Raises:
            OSError: it cannot be read that way; its text may be shown.
        """
        store = self.stores[entry.store]
        try:
            with told(store, store.kind.to_read):
                file: BinaryIO = self._open(entry.store, entry.path, as_stream=False)
        except StoreError as error:
            raise OSError(0, str(error)) from None
        if store.is_web and getattr(file, "size", None) is None:
            file.close()
            raise OSError(0, _NO_RANGES)
        return _Told(file, store)  # type: ignore[return-value]

    def index_beside(self, entry: StoreEntry) -> "CdxIndex | None":
        """Return the index beside a web archive; None if there is none, or it is too large."""
        from frontleak.files.recordings.cdx import index_in_store  # noqa: PLC0415 - few archives are damaged

        return index_in_store(entry.shown, lambda address: self.body(entry, address, _MOST_INDEX))

    def body(self, entry: StoreEntry, address: str, most: int = 0) -> bytes | None:
        """Return the bytes of an object beside another; None if it is not there, too large or cannot be read.

        Only what is in the folder that is named, or in that of the object that is named, is read: the address comes
        from a scanned file.
        """
        number, store = entry.store, self.stores[entry.store]
        top = store.address.rpartition("/")[0] if entry.shown == store.address else store.address.rstrip("/")
        if not address.startswith(f"{top}/") or "/../" in address or top.endswith("/"):
            return None
        path = address.partition("?")[0]
        with suppress(StoreError):
            name = path if store.is_web else self.system(number)._strip_protocol(path)  # noqa: SLF001
            data = self.whole(number, name, most)
            return data if len(data) <= (most or self._max_size) else None
        return None

    def _open(self, number: int, path: str, *, as_stream: bool) -> Any:
        store, system = self.stores[number], self.system(number)
        if store.is_web:
            from frontleak.files.stores.web import asked  # noqa: PLC0415 - only for web servers

            # a stream needs no size: to be told it would take another request
            how = {"block_size": 0, "size": 1} if as_stream else {"block_size": _BLOCK}
            return system.open(asked(store, path), "rb", **how)
        if not store.is_shared:  # each opening of an object in memory would have the same position
            return io.BytesIO(system.cat_file(path))
        return system.open(path, "rb", block_size=_BLOCK, cache_type="readahead")

    def _from_pack(self, entry: StoreEntry) -> bytes | None:
        """Return the bytes of an object that is read together with others; None if it has changed since."""
        store = self.stores[entry.store]
        if entry.pack is not self._packed and entry.pack != self._packed:
            paths = [path for path, _ in entry.pack]
            ends = [size + 1 for _, size in entry.pack]
            with told(store, store.kind.to_read):
                system = self.system(entry.store)
                found = system.cat_ranges(paths, [0] * len(paths), ends, on_error="return")
            self._pack, self._packed = dict(zip(paths, found, strict=True)), entry.pack
        data = self._pack.get(entry.path)
        if isinstance(data, Exception):
            with told(store, store.kind.to_read):
                raise data
        return bytes(data) if data is not None and len(data) == entry.size else None


class _Told:
    """A file of a store whose errors have texts that may be shown."""

    def __init__(self, file: Any, store: Store) -> None:
        self._file, self._store = file, store

    def read(self, size: int = -1, /) -> bytes:
        try:
            with told(self._store, self._store.kind.to_read):
                data: bytes = self._file.read(size)
        except StoreError as error:
            is_whole = self._store.is_web and "ValueError" in str(error)  # what fsspec makes of an answer without range
            raise OSError(0, _NO_RANGES if is_whole else str(error)) from None
        return data

    def seek(self, at: int, whence: int = 0, /) -> int:
        place: int = self._file.seek(at, whence)
        return place

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        place: int = self._file.tell()
        return place

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
