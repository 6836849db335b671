"""A small disk: a tmpfs where mounting is allowed, else a limit on the size of files."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A folder on which little can be written."""

    folder: Path
    limits: Mapping[str, int]
    """Limits that a run needs; none where the disk itself is small."""
    mounted: bool


@contextmanager
def small_disk(size: int) -> Iterator[SmallDisk]:
    """Make a disk of some bytes; they are rounded up to pages of 4 kB."""
    with tempfile.TemporaryDirectory(prefix="disk-") as name:
        if not _mount(name, f"size={size}"):
            yield SmallDisk(Path(name), {"RLIMIT_FSIZE": size}, mounted=False)
            return
        try:
            yield SmallDisk(Path(name), {}, mounted=True)
        finally:
            subprocess.run(["umount", name], check=True)


def make_read_only(disk: SmallDisk) -> None:
    """Forbid writing on a disk."""
    if disk.mounted:
        subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)
    else:
        disk.folder.chmod(0o500)


def make_writable(disk: SmallDisk) -> None:
    """Allow writing again."""
    if not disk.mounted:
        disk.folder.chmod(0o700)


def _mount(folder: str, options: str) -> bool:
    """Mount a tmpfs; return whether that is allowed."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", options, "none", folder]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
