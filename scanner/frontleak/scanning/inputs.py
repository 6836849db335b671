"""What a scan reads: files that a walk finds, or blobs of a git repository."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from frontleak.core.blob import BlobResult
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.errors import ConfigError
from frontleak.core.paths import is_address
from frontleak.core.vocabulary import Exposure
from frontleak.files.archives.magic_numbers import is_web_archive
from frontleak.files.interface import BlobEntry, FileEntry, FileSource, GitSelection, LeftOut
from frontleak.files.walk import FileWalk
from frontleak.files.walk_rules import load_walk_rules
from frontleak.scanning.options import STDIN, ScanOptions
from frontleak.scanning.schedule import Sized

if TYPE_CHECKING:
    from frontleak.files.recordings.entries import ResponseEntry
    from frontleak.files.stores.reader import StoreReader
    from frontleak.files.stores.source import StoreSource
    from frontleak.files.stores.store import Store
    from frontleak.scanning.git_scan import GitScan


def open_git(selection: GitSelection, options: ScanOptions, left_out: Callable[[LeftOut], None] | None) -> "GitScan":
    """Open the repository of a scan.

    Raises:
        ConfigError: standard input is scanned too.
        GitError: git cannot give what is selected.
    """
    from frontleak.files.git.listing import ListingOptions  # noqa: PLC0415 - most scans read files on disk
    from frontleak.scanning.git_scan import GitScan  # noqa: PLC0415 - as above

    if STDIN in options.paths:
        raise ConfigError("`-` is standard input, which has no git repository", advice="scan it without git")
    return GitScan(
        selection,
        ListingOptions(
            paths=options.paths,
            exclude=options.exclude,
            exclude_folder=options.exclude_folder,
            max_size=options.max_file_size,
            expected_size=options.largest,
            left_out=left_out,
        ),
    )


def source_of(
    options: ScanOptions,
    paths: Sequence[str],
    git: "GitScan | None",
    left_out: Callable[[LeftOut], None] | None,
    stores: "StoreReader | None" = None,
) -> FileSource | None:
    """Return the source of the files; None if only standard input is scanned.

    Args:
        options: of the scan.
        paths: without standard input.
        git: what is scanned of a repository, if that is scanned.
        left_out: as in `ScanOptions`.
        stores: reads the stores among the paths; None if there are none.
    """
    if git is not None:
        return git.source
    on_disk = [path for path in paths if not is_address(path)]
    may_have_har = any(path.lower().endswith((".har", ".zip")) for path in on_disk)
    files = (_with_recordings if may_have_har else _files)(options, on_disk, left_out)
    if stores is None:
        return files
    from frontleak.files.stores.source import StoresAndFiles  # noqa: PLC0415 - few scans read stores

    return StoresAndFiles(_objects(options, stores, left_out), files)


def _objects(options: ScanOptions, stores: "StoreReader", left_out: Callable[[LeftOut], None] | None) -> "StoreSource":
    """Return the source of the objects of stores."""
    from frontleak.files.stores.source import StoreSource  # noqa: PLC0415 - few scans read stores

    return StoreSource(
        stores,
        load_walk_rules(),
        max_size=options.max_file_size,
        expected_size=options.largest,
        exclude=options.exclude,
        left_out=left_out,
    )


def stores_of(options: ScanOptions) -> "tuple[Store, ...]":
    """Return the stores that the paths name.

    Raises:
        ConfigError: an address is none that can be read.
    """
    named = [path for path in options.paths if is_address(path)]
    if not named:
        return ()
    from frontleak.files.stores.store import store_of  # noqa: PLC0415 - few scans read stores

    return tuple(map(store_of, dict.fromkeys(named)))


def _with_recordings(
    options: ScanOptions, paths: Sequence[str], left_out: Callable[[LeftOut], None] | None
) -> FileSource | None:
    """Return the source of recordings that are named, and of the files besides them."""
    from frontleak.files.recordings.har import is_har  # noqa: PLC0415 - few scans read recordings
    from frontleak.files.recordings.source import RecordingSource  # noqa: PLC0415 - as above

    recordings = [path for path in paths if is_har(path)]
    if not recordings:
        return _files(options, paths, left_out)
    others = [path for path in paths if path not in recordings]
    return RecordingSource(recordings, _files(options, others, left_out), options.largest)


def _files(options: ScanOptions, paths: Sequence[str], left_out: Callable[[LeftOut], None] | None) -> FileSource | None:
    """Return the source of files, those that a manifest lists as responses; None without paths."""
    if not paths:
        return None
    walk = _walk(options, paths, left_out)
    if not options.url_manifest:
        return walk
    from frontleak.files.recordings.manifest import SavedSource  # noqa: PLC0415 - few scans read recordings

    return SavedSource(options.url_manifest, walk, fetched=options.fetched)


def _walk(options: ScanOptions, paths: Sequence[str], left_out: Callable[[LeftOut], None] | None) -> FileWalk:
    return FileWalk(
        paths,
        load_walk_rules(),
        max_size=options.max_file_size,
        expected_size=options.largest,
        gitignore=options.gitignore,
        exclude=options.exclude,
        exclude_folder=options.exclude_folder,
        left_out=left_out,
    )


class Counts:
    """Counts the results that say nothing else, so that they need not be kept: a history may have a million."""

    def __init__(self) -> None:
        """Count from zero."""
        self.files: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()

    def keeps(self, result: BlobResult) -> bool:
        """Return whether a result has to be kept; counts it if not."""
        if result._replace(kind="", size=0, listed=None) != _NOTHING:
            return True
        if result.kind:
            self.files[result.kind] += 1
            self.bytes[result.kind] += result.size
        return False


_NOTHING: Final = BlobResult()


Entry: TypeAlias = "FileEntry | BlobEntry | ResponseEntry | Diagnostic"
"""What a source of files yields."""


class WebArchives:
    """Puts the records of each web archive in the place of its file."""

    def __init__(self, max_size: int, stores: "StoreReader | None") -> None:
        """Keep the bytes of the largest body, and what reads the stores of the scan."""
        self._max_size, self._stores = max_size, stores
        self.seen = False
        """Whether there was one: it may have a million records."""

    def opened(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """Yield the entries, those of web archives as their records."""
        for entry in entries:
            if isinstance(entry, Diagnostic) or not is_web_archive(entry.path):
                yield entry
            elif isinstance(entry, FileEntry):
                yield from self._on_disk(entry)
            elif self._stores is not None:
                yield from self._in_store(entry, self._stores)
            else:
                yield entry

    def _on_disk(self, entry: FileEntry) -> Iterator[Entry]:
        from frontleak.files.recordings.warc import warc_entries  # noqa: PLC0415 - few scans read web archives

        self.seen = True
        yield from warc_entries(entry, self._max_size)

    def _in_store(self, entry: "BlobEntry | ResponseEntry", stores: "StoreReader") -> Iterator[Entry]:
        from frontleak.files.recordings.warc import warc_entries  # noqa: PLC0415 - few scans read web archives
        from frontleak.files.stores.entries import StoreEntry  # noqa: PLC0415 - few scans read stores

        if not isinstance(entry, StoreEntry):
            yield entry
            return
        self.seen = True
        yield from warc_entries(entry, self._max_size, stores.open, stores.index_beside)


def collecting_sources(entries: Iterator[Entry], listed: list[FileEntry | BlobEntry]) -> Iterator[Entry]:
    """Yield the entries, and append source files, and those that may be, to `listed`.

    Files that git ignores are none of them, and neither are those of the history.
    """
    for entry in entries:
        if isinstance(entry, (FileEntry, BlobEntry)) and may_be_source(entry):
            listed.append(entry)
        yield entry


def may_be_source(entry: FileEntry | BlobEntry) -> bool:
    """Return whether a file may be code before its build; not one of the history or one that git ignores."""
    left_out = entry.only_public if isinstance(entry, FileEntry) else entry.is_history
    return not left_out and (entry.exposure is Exposure.SOURCE or not entry.placed)


def sized(entries: Iterator[Entry]) -> Iterator[Sized[Entry]]:
    """Yield the entries with their sizes in bytes."""
    return ((entry, 0 if isinstance(entry, Diagnostic) else entry.size) for entry in entries)


def died(entry: Entry, code: int | None) -> BlobResult:
    """Return the result of a file that killed its worker, whose exit code is None if no worker could be started."""
    why = "no other could be started" if code is None else f"exit code {code}"
    message = f"the worker process died while scanning it ({why})"
    return BlobResult(diagnostics=(incomplete(Code.WORKER_DIED, entry.origin, message),))
