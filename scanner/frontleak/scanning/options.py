"""Options of a scan, and what its workers are told of them."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.paths import is_address, slashes
from frontleak.core.records import dataclass
from frontleak.core.report import Narrowing
from frontleak.files.interface import GitSelection, LeftOut
from frontleak.match.engine import EngineName
from frontleak.scanning.schedule import default_jobs

if TYPE_CHECKING:
    from frontleak.core.env_value import EnvValues
    from frontleak.core.ignored_value import IgnoredValue
    from frontleak.core.paths_from_top import PathsFromTop
    from frontleak.core.profile import Profile
    from frontleak.files.git.command import Git
    from frontleak.files.stores.store import Store
    from frontleak.scanning.env_values import EnvRequest
    from frontleak.triage.accepted import Accepted
    from frontleak.verify.interface import VerifyOptions

STDIN = "-"
"""The path that means standard input."""


MAX_FILE_SIZE: Final = 256 * 1024 * 1024
"""Bytes of the largest file that is scanned by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """Options of a scan, and what its workers are told of them."""

    paths: Sequence[str] = (".",)
    """Files, folders, or `-`; with `git`, which of its files are scanned, all if there are none."""
    git: GitSelection | None = None
    """What of the repository is scanned instead of files on disk; None for files on disk."""
    jobs: int = 0
    """Number of processes, at most one per CPU that may be used; 0 for that many."""
    max_file_size: int = MAX_FILE_SIZE
    """Bytes; larger files are skipped."""
    gitignore: bool = True
    """Whether a walk honours `.gitignore` outside build output."""
    exclude: Sequence[str] = ()
    """Patterns of excluded paths, in gitignore syntax."""
    exclude_folder: str = ""
    """Absolute folder that the patterns count from; empty for the working directory."""
    show_public: bool = False
    """Whether public-by-design keys are reported."""
    show_server: bool = False
    """Whether secrets found only in server output are reported."""
    reveal: bool = False
    """Whether the report may contain secret values."""
    engine: EngineName | None = None
    """Engine to use; None for the fastest available."""
    narrowing: Narrowing | None = None
    """Which of the options a configuration file has set; the scan counts what they leave out."""
    verify: "VerifyOptions | None" = None
    """How secrets are verified with their vendors; None to send no requests."""
    accepted: "Accepted | None" = None
    """What the team has accepted: baseline, ignored findings, settings for some paths."""
    ignored_values: "Sequence[IgnoredValue]" = ()
    """Values that the configuration ignores."""
    warn_unused_ignores: bool = False
    """Whether comments in source files that silence nothing are listed."""
    profile: "Profile | None" = None
    """What the scan counts its work in, in one process; None to count nothing."""
    foreign_comments: bool = True
    """Whether comments of other scanners, such as `gitleaks:allow`, silence findings in source files."""
    env: "EnvRequest | None" = None
    """Environment variables whose values are looked for; None for none."""
    url_manifest: str = ""
    """Path of the list of URLs that files were saved from; empty for none."""
    fetched: bool = False
    """Whether `url_manifest` lists what this run has fetched to a temporary folder, which reports do not name."""
    source_root: str | None = None
    """Absolute folder with the sources of what a site serves; empty for none, None for the working directory."""
    left_out: Callable[[LeftOut], None] | None = None
    """Called with each file and folder that is left out; results name their files then. None to list nothing."""

    @property
    def on_disk(self) -> list[str]:
        """The paths that are files or folders on disk."""
        return [path for path in self.paths if path != STDIN and not is_address(path)]

    @property
    def largest(self) -> int:
        """Bytes of the largest file or archive member that can be read.

        A configuration in the scanned tree makes it no smaller: it must hide no part of an archive, and the walk
        reports each file that it leaves out.
        """
        is_configured = self.narrowing is not None and self.narrowing.max_file_size
        return max(self.max_file_size, MAX_FILE_SIZE) if is_configured else self.max_file_size


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """Options of a worker."""

    roots: tuple[str, ...] = ()
    """Named folders, absolute; a source map is read only from the one that contains the script."""
    max_file_size: int
    """Bytes; larger files are skipped."""
    reveal: bool = False
    """Whether secret values are sent to the parent process."""
    verify: bool = False
    """Whether the values of verifiable secrets are sent to the parent process."""
    engine: EngineName | None = None
    """Engine to use; None for the fastest available."""
    ignored_values: "tuple[IgnoredValue, ...]" = ()
    """Values that the configuration ignores."""
    source_root: str | None = None
    """Absolute folder with the sources of what a site serves; empty for none, None for the working directory."""
    list_files: bool = False
    """Whether each result names its file."""
    git: "Git | None" = None
    """How blobs are read; None where only files are."""
    env: "EnvValues | None" = None
    """Values of environment variables to look for; None for none."""
    stores: "tuple[Store, ...]" = ()
    """Stores whose objects are read."""


def jobs_of(options: ScanOptions) -> int:
    """Return the number of processes of a scan."""
    return min(options.jobs or default_jobs(), default_jobs())


def paths_from_top(options: ScanOptions) -> "PathsFromTop":
    """Return what finds the top of the project of each path."""
    from frontleak.core.paths_from_top import PathsFromTop  # noqa: PLC0415 - most scans find nothing

    return PathsFromTop(slashes(os.getcwd()), options.on_disk)
