"""Makes the entry of a listed file, with who can see it, or says why the file is not scanned."""

import os
import stat

from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.origins import FileOrigin
from frontleak.files.archives.magic_numbers import is_web_archive
from frontleak.files.exposure import ExposureMap
from frontleak.files.interface import FileEntry
from frontleak.files.listed_folder import UNKNOWN, Identity
from frontleak.files.read import too_large


class FileEntries:
    """The entries of files at or below a named folder."""

    def __init__(self, exposures: ExposureMap, *, max_size: int, expected_size: int) -> None:
        """Store who can see files, and sizes in bytes.

        A file over `max_size` is skipped; that is incomplete if it has at most `expected_size`.
        """
        self._exposures = exposures
        self._max_size = max_size
        self._expected_size = expected_size

    def of(
        self, shown: str, path: str, status: os.stat_result, listed_in: Identity = UNKNOWN, *, is_link: bool = False
    ) -> FileEntry | Diagnostic:
        """Return the entry of a file, or why there is none; see `FileEntry` for the arguments."""
        if not stat.S_ISREG(status.st_mode):
            return note(Code.NOT_A_FILE, FileOrigin(path=shown), "is not a regular file")
        size = status.st_size
        if size > self._max_size and not is_web_archive(path):  # its records are read one by one
            report = incomplete if size <= self._expected_size else note
            return report(Code.TOO_LARGE, FileOrigin(path=shown), too_large(size))
        exposure, placed, sent = self._exposures.of_file(path)
        return FileEntry(shown, path, size, exposure, is_link, False, listed_in, placed, sent)
