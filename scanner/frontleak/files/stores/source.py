"""Lists the objects of stores, as a walk lists the files of folders."""

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.errors import InputError
from frontleak.core.url_origin import UrlOrigin, url_origin
from frontleak.core.vocabulary import Exposure
from frontleak.files.archives.magic_numbers import is_web_archive
from frontleak.files.exposure import ExposureMap
from frontleak.files.ignore import IgnoreFile, check_patterns, compile_patterns
from frontleak.files.interface import BlobEntry, Cause, FileEntry, FileSource, LeftOut
from frontleak.files.read import too_large
from frontleak.files.stores.entries import StoreEntry
from frontleak.files.stores.listing import Listing, store_address, virtual
from frontleak.files.stores.packs import packed
from frontleak.files.stores.reader import StoreReader
from frontleak.files.stores.store import Store, StoreError, StoreMissingError, StoreNoListingError
from frontleak.files.walk_rules import WalkRules

if TYPE_CHECKING:
    from frontleak.files.recordings.entries import HarEntry, ResponseEntry

_DEEPEST: Final = 64
"""Folders, one in the other, that are listed."""
_MOST_FOLDERS: Final = 1_000_000
_SCRIPTS: Final = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro")
_SIGNED_IN: Final = "check the spelling, and that you are signed in with the right account or region"
_OWN_MEMORY: Final = (
    "memory:// has only what the same Python process has put into it; the command line has nothing there"
)
NOT_ANALYSED: Final = (
    "holds source files, in which secrets were looked for, but not how client-side code uses tokens; copy it to disk "
    "and scan the copy"
)


class StoreSource:
    """Yields the objects of some stores, each folder in the order of names."""

    def __init__(
        self,
        reader: StoreReader,
        rules: WalkRules,
        *,
        max_size: int,
        expected_size: int,
        exclude: Sequence[str] = (),
        left_out: Callable[[LeftOut], None] | None = None,
    ) -> None:
        """Keep what reads the stores. Exclude patterns count from the folder that is named.

        Raises:
            ConfigError: an exclude pattern is invalid.
        """
        check_patterns(exclude)
        self.left_out: Counter[Cause] = Counter()
        self._reader, self._rules = reader, rules
        self._max_size, self._expected_size = max_size, expected_size
        self._exclude, self._tell = exclude, left_out

    def entries(self) -> Iterator["StoreEntry | HarEntry | Diagnostic"]:
        """Yield objects to scan, and diagnostics for the others.

        Raises:
            InputError: a named store is not there.
            ConfigError: what a store needs is not installed.
        """
        for number, store in enumerate(self._reader.stores):
            found: Iterator[StoreEntry | HarEntry | Diagnostic] = packed(self._walk(number, store))
            yield from found

    def _walk(self, number: int, store: Store) -> Iterator["StoreEntry | HarEntry | Diagnostic"]:
        listing = Listing(store, self._reader.system(number), self._reader, number)
        try:
            root, size, is_folder = listing.root()
        except StoreMissingError:
            advice = _SIGNED_IN if store.is_shared else _OWN_MEMORY
            raise InputError(f"{store.address}: no such bucket, folder or object", advice=advice) from None
        except StoreError as error:
            yield incomplete(Code.UNREADABLE, _origin(store.address), f"cannot be read: {error}")
            return
        exposures = ExposureMap(virtual(root), listing)
        if not is_folder:
            yield from self._named(number, exposures, store, root, size)
            return
        patterns = compile_patterns(self._exclude, virtual(root)) if self._exclude else None
        holds_source, folders = False, 0
        stack: list[tuple[str, int]] = [(root, 0)]
        while stack:
            folder, depth = stack.pop()
            folders += 1
            inner: list[tuple[str, int]] = []
            for entry in self._folder(number, listing, exposures, folder, patterns):
                if isinstance(entry, str):
                    inner.append((entry, depth + 1))
                    continue
                holds_source |= isinstance(entry, StoreEntry) and _is_source(entry)
                yield entry
            if inner and (depth >= _DEEPEST or folders >= _MOST_FOLDERS):
                message = "has more folders than are listed in one scan; scan those inside it by their own addresses"
                yield incomplete(Code.UNREADABLE, _origin(store_address(store, folder)), message)
                continue
            stack += reversed(inner)
        if holds_source:
            yield note(Code.SOURCE_CODE, _origin(store.address), NOT_ANALYSED)

    def _named(
        self, number: int, exposures: ExposureMap, store: Store, name: str, size: int
    ) -> Iterator["StoreEntry | HarEntry | Diagnostic"]:
        """Yield an object that is named, or its records if it is a HAR: one in a folder is a file, as on disk."""
        if name.lower().endswith((".har", ".zip")):
            from frontleak.files.stores.har import is_har_object, records_of  # noqa: PLC0415 - few objects are HARs

            entry = self._entry(number, exposures, store, name, size)
            if is_har_object(self._reader, entry):
                yield from records_of(self._reader, entry, self._expected_size)
                return
        yield self._object(number, exposures, store, name, size)

    def _folder(
        self, number: int, listing: Listing, exposures: ExposureMap, folder: str, patterns: IgnoreFile | None
    ) -> Iterator[StoreEntry | Diagnostic | str]:
        """Yield the objects in a folder, and the folders by name."""
        store = listing.store
        try:
            entries = listing.names_in(folder)
        except StoreError as error:
            why = str(error) if isinstance(error, StoreNoListingError) else f"cannot be listed: {error}"
            yield incomplete(Code.UNREADABLE, _origin(store_address(store, folder)), why)
            return
        exposures.enter(virtual(folder), (posixpath.basename(name.rstrip("/")) for name, _, _ in entries))
        for name, size, is_inner in entries:
            if not self._is_left_out(name, store, patterns, is_folder=is_inner):
                yield name if is_inner else self._object(number, exposures, store, name, size)

    def _object(
        self, number: int, exposures: ExposureMap, store: Store, name: str, size: int
    ) -> StoreEntry | Diagnostic:
        if size > self._max_size and not is_web_archive(name):
            report = incomplete if size <= self._expected_size else note
            return report(Code.TOO_LARGE, _origin(store_address(store, name)), too_large(size))
        return self._entry(number, exposures, store, name, size)

    def _entry(self, number: int, exposures: ExposureMap, store: Store, name: str, size: int) -> StoreEntry:
        shown, path = store_address(store, name), virtual(name)
        exposure = exposures.exposure(path)
        sent = exposures.sent_parts(path) if exposure is Exposure.SERVER else ()
        return StoreEntry(shown, number, name, size, exposure, exposures.is_placed(path), sent)

    def _is_left_out(self, name: str, store: Store, patterns: IgnoreFile | None, *, is_folder: bool) -> bool:
        path = virtual(name)
        cause: Cause | None = None
        if is_folder and self._rules.prune.holds(posixpath.basename(path), path):
            cause = "pruned"
        elif patterns is not None and patterns.verdict(path, is_folder=is_folder) is True:
            cause = "excluded"
        if cause is None:
            return False
        self.left_out[cause] += 1
        if self._tell is not None:
            self._tell(LeftOut(store_address(store, name), cause))
        return True


class StoresAndFiles:
    """The objects of stores, then the files on disk."""

    def __init__(self, stores: StoreSource, files: FileSource | None) -> None:
        """Store both sources; None for no files."""
        self._stores, self._files = stores, files

    @property
    def left_out(self) -> Counter[Cause]:
        """What both left out."""
        return self._stores.left_out + (self._files.left_out if self._files else Counter())

    def entries(self) -> Iterator["FileEntry | BlobEntry | ResponseEntry | Diagnostic"]:
        """See `FileSource.entries`."""
        yield from self._stores.entries()
        if self._files is not None:
            yield from self._files.entries()


def _origin(shown: str) -> UrlOrigin:
    return url_origin(shown, recording=shown)


def _is_source(entry: StoreEntry) -> bool:
    return entry.exposure is Exposure.SOURCE and entry.path.endswith(_SCRIPTS)
