"""Searches the memory of running processes, and the files they left."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (r\S+) \S+ \S+ \S+\s*(.*)")
_CHUNK = 1 << 24


def holders(processes: Iterable[int], needles: Iterable[bytes]) -> set[bytes]:
    """Return which needles are in the memory of some processes."""
    wanted = set(needles)
    found: set[bytes] = set()
    for process in processes:
        for part in _parts(process):
            found |= {needle for needle in wanted - found if needle in part}
    return found


def _parts(process: int) -> Iterator[bytes]:
    """Yield the private memory of a process; files that are mapped hold what the disk holds."""
    mappings = Path(f"/proc/{process}/maps").read_text().splitlines()
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for start, end, _, name in (found.groups() for line in mappings if (found := _MAPPING.match(line))):
            if name.startswith("/") and not name.startswith(("/dev/shm", "/memfd")):
                continue
            begin, last = int(start, 16), int(end, 16)
            for at in range(begin, last, _CHUNK):
                try:
                    memory.seek(max(begin, at - 64))
                    yield memory.read(min(last, at + _CHUNK) - max(begin, at - 64))
                except (OSError, ValueError, OverflowError):
                    break


def descendants(process: int) -> list[int]:
    """Return a process and all that it started, directly or not."""
    parents: dict[int, int] = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            parents[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [process]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def files_with(folders: Iterable[Path], needles: Iterable[bytes]) -> set[str]:
    """Return the files below some folders that hold a needle."""
    wanted = list(needles)
    found: set[str] = set()
    for folder in folders:
        for path in (each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
            try:
                data = path.read_bytes()
            except OSError:
                continue
            if any(needle in data for needle in wanted):
                found.add(str(path))
    return found
