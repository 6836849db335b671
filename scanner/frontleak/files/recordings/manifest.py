"""Saved responses: a list says which URL each file of a folder came from."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.errors import ConfigError
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import display_path, slashes
from frontleak.core.records import replace
from frontleak.core.secret import printable
from frontleak.core.url_origin import url_origin
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import BlobEntry, Cause, FileEntry, FileSource
from frontleak.files.read import read_item, to_blob
from frontleak.files.recordings.entries import HEADERS, ResponseEntry, SavedEntry

_MOST_BYTES: Final = 256 * 1024 * 1024
_LONGEST: Final = 8192
"""Characters of the name of a source map."""
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\\\s]\S*")
_ADVICE: Final = 'write a line for each file, such as {"path": "host/app.js", "url": "https://host/app.js"}'


class SavedUrl(NamedTuple):
    """An entry of the manifest: a file and its URL."""

    url: str
    source_map: str = ""
    """What the header `SourceMap` of the response named; empty without one."""
    part: str = ""
    """What of the response the file holds; empty for its body."""


def read_manifest(path: str) -> Mapping[str, SavedUrl]:
    """Return the URL of each file by its absolute path; of two lines about one file, the first counts.

    A relative path counts from the folder of the manifest. Empty lines and further members are ignored.

    Raises:
        ConfigError: it cannot be read, or a line is not valid; names the line.
    """
    shown = FileOrigin(path=display_path(slashes(os.getcwd()), slashes(path))).display
    folder = os.path.dirname(os.path.abspath(path))
    urls: dict[str, SavedUrl] = {}
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size > _MOST_BYTES:
                raise ConfigError(f"{shown}: has more than {_MOST_BYTES:,} bytes", advice="split it, and the folder")
            for number, line in enumerate(file, start=1):
                if row := line.strip().removeprefix(b"\xef\xbb\xbf"):
                    name, saved = _row(row, shown, number)
                    urls.setdefault(slashes(os.path.normpath(os.path.join(folder, name))), saved)
    except OSError as error:
        raise ConfigError(f"{shown}: cannot be read: {error.strerror or error}", advice="name a file") from error
    return urls


def _row(line: bytes, shown: str, number: int) -> tuple[str, SavedUrl]:
    try:
        row: Any = json.loads(line.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        row = None
    match row:
        case {"path": str(name), "url": str(url)} if name and "\0" not in name and _is_path(name):
            if _URL.fullmatch(url):
                named = row.get("source_map")
                part = HEADERS if row.get("part") == HEADERS else ""
                return name, SavedUrl(url, named[:_LONGEST] if isinstance(named, str) else "", part)
            raise ConfigError(f"{printable(shown)}:{number}: `url` is not a whole URL", advice=_ADVICE)
        case _:
            raise ConfigError(f"{printable(shown)}:{number}: is not JSON with `path` and `url`", advice=_ADVICE)


def _is_path(name: str) -> bool:
    try:
        return bool(os.fsencode(name))
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        return False


class SavedSource:
    """Yields what a walk yields, the files that a manifest lists as responses."""

    def __init__(self, manifest: str, walk: FileSource, *, fetched: bool = False) -> None:
        """Read the manifest.

        Args:
            manifest: path of the list.
            walk: of the folders that are scanned.
            fetched: whether the folder is a temporary one, whose path means nothing to a reader of the report.

        Raises:
            ConfigError: it cannot be read, or a line is not valid.
        """
        self._fetched = fetched
        self._manifest = slashes(os.path.abspath(manifest))
        self._urls = read_manifest(self._manifest)
        self._walk = walk

    @property
    def left_out(self) -> Counter[Cause]:
        """What the walk left out."""
        return self._walk.left_out

    def entries(self) -> Iterator[FileEntry | BlobEntry | ResponseEntry | Diagnostic]:
        """Yield the files, then a note if the manifest lists others too."""
        missing = set(self._urls)
        here = slashes(os.getcwd())
        paths: dict[str, str] = {}
        """Displayed path of a file -> its path; built when a file cannot be read."""
        for entry in self._walk.entries():
            if isinstance(entry, FileEntry) and entry.path in self._urls:
                missing.discard(entry.path)
                shown = os.path.basename(entry.path) if self._fetched else entry.shown
                file = entry._replace(exposure=Exposure.SERVED, shown=shown)
                url, source_map, part = self._urls[entry.path]
                yield SavedEntry(file, url, self._manifest, source_map, part)
            elif isinstance(entry, Diagnostic):
                paths = paths or {display_path(here, path): path for path in self._urls}
                path = paths.get(entry.origin.path, "")
                missing.discard(path)
                yield self._by_url(entry, path) if path else entry
            else:
                yield entry
        if missing:
            first = FileOrigin(path=display_path(here, min(missing))).display
            origin = FileOrigin(path=display_path(here, self._manifest))
            number = f"{len(missing):,} file{'' if len(missing) == 1 else 's'}"
            yield note(Code.RECORDING, origin, f"lists {number} not scanned, such as {first}")

    def _by_url(self, problem: Diagnostic, path: str) -> Diagnostic:
        """Return why a file of the manifest is not read, with its URL."""
        recording = os.path.basename(path) if self._fetched else problem.origin.path
        return replace(problem, origin=url_origin(self._urls[path].url, recording=recording))


class SavedResponses:
    """The saved responses of a manifest, as a worker reads them."""

    def __init__(self, manifest: str, roots: Sequence[str], max_size: int) -> None:
        """Store where they are.

        Args:
            manifest: absolute path.
            roots: absolute scanned folders; no file outside of them is read.
            max_size: bytes of the largest file that is read.
        """
        self._manifest, self._max_size = manifest, max_size
        self._roots = tuple(os.path.realpath(root) for root in roots)
        self._paths: dict[str, str] | None = None

    def parts(self, entry: SavedEntry) -> Iterator[Blob | Diagnostic]:
        """Yield the blob of a file, or why it cannot be read."""
        found = read_item(entry.file, self._max_size)
        yield to_blob(entry.origin, found.data, Exposure.SERVED) if isinstance(found, Blob) else found

    def body(self, url: str) -> bytes | None:
        """Return the bytes of the file of a URL; None if the manifest lists none in the scanned folders."""
        if self._paths is None:
            paths = self._paths = {}
            for name, each in read_manifest(self._manifest).items():
                if not each.part:
                    paths.setdefault(each.url.partition("#")[0], name)
        path = self._paths.get(url)
        if path is None or not self._is_inside(os.path.realpath(path)):
            return None
        found = read_item(FileEntry(path, path, 0, Exposure.SERVED), self._max_size)
        return found.data if isinstance(found, Blob) else None

    def _is_inside(self, real: str) -> bool:
        return any(real.startswith(root.rstrip(os.sep) + os.sep) for root in self._roots)
