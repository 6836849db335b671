"""Faults of size: many files, deep folders, archive bombs of every format."""

import gzip
import os
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import brotli

from tests.acceptance.support import token
from tests.faults.fault import Fault, Limits, Outcome
from tests.faults.launch import outcome, plant, scan
from tests.files.archives.test_expand import BOMBS, zipped
from tests.support import zstd

_MEGABYTE: Final = 1 << 20
_BOMB: Final = Limits(cpu=10.0, memory=150_000_000)
_DEPTH: Final = 3_000


def _many_files(folder: Path) -> Outcome:
    """100,000 files in 400 folders; each folder has one with a secret."""
    names = []
    for outer in range(400):
        os.mkdir(folder / str(outer))
        for inner in range(249):
            descriptor = os.open(f"{folder}/{outer}/{inner}.js", os.O_CREAT | os.O_WRONLY)
            os.write(descriptor, b"const a=1\n")
            os.close(descriptor)
        names.append(f"{outer}/z.js")
    plant(folder, *names)
    return outcome(scan(".", cwd=folder), names)


def _deep_folders(folder: Path) -> Outcome:
    """3,000 nested folders, with a secret at the top, in the middle and at the bottom; paths exceed the system's limit."""
    plant(folder, "a.js")
    here = os.open(folder, os.O_RDONLY)
    names = ["a.js"]
    for depth in range(1, _DEPTH + 1):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
        if depth in (_DEPTH // 4, _DEPTH):
            file = os.open("z.js", os.O_CREAT | os.O_WRONLY, dir_fd=here)
            os.write(file, f"const a = '{token(str(depth))}'\n".encode())
            os.close(file)
            names.append("d/" * depth + "z.js")
    os.close(here)
    done = scan(".", cwd=folder)
    subprocess.run(["rm", "-rf", folder / "d"], check=True)  # `shutil.rmtree` recurses
    return outcome(done, names)


def _bomb(name: str, make: Callable[[], bytes], folder: Path) -> Outcome:
    names = plant(folder, "a.js", "z.js")
    (folder / name).write_bytes(make())
    return outcome(scan("--jobs=1", ".", cwd=folder), names)


def _mixed() -> bytes:
    """A zip of a gzip of a Brotli file and of a zstd file that unpack to 300 MB each."""
    zeros = bytes(300 * _MEGABYTE)
    inner = {
        "a.br.gz": gzip.compress(brotli.compress(zeros, quality=1)),
        "b.zst.gz": gzip.compress(zstd.compress(zeros)),
    }
    return zipped(inner)


_CASES: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("gzip", "gzip of zeros", "400 MB of zeros in gzip", "unpacks to more than 200 times its size"),
    ("brotli", "brotli of zeros", "300 MB of zeros in Brotli", "unpacks to more than 200 times its size"),
    ("zstd", "zstd of zeros", "300 MB of zeros in zstd", "unpacks to more than 200 times its size"),
    ("zip", "zip of zeros", "150 MB of zeros in a zip", "unpacks to more than 200 times its size"),
    ("zip-members", "zip with a million entries", "a zip of a million members", "holds more than 20,000 members"),
    (
        "zip-overlaps",
        "zip with overlapping members",
        "a zip whose 20,000 members are the same 20 MB",
        "unpacks to more than 200 times its size",
    ),
    ("tar-size", "tar of huge declared size", "a tar that declares a member of 4 EB", "a.tar!/x: is cut off"),
    ("tar-members", "tar of empty files", "a tar of 200,000 empty members", "holds more than 20,000 members"),
    (
        "tar-in-gzip",
        "tar in gzip of huge declared size",
        "a tar in gzip that declares a member of 1 TB",
        "unpacks to more than 200 times its size",
    ),
    (
        "asar",
        "Electron header of 8 MB",
        "an asar with a header of 8 MB",
        "a.asar: is an asar archive with a header over 4 MB",
    ),
    ("nested-zip", "zip of zips of zips", "zips in zips in zips", "is nested more than 3 archives deep"),
    (
        "nested-gzip",
        "gzip of gzip of gzip",
        "400 MB of zeros, in gzip three times",
        "unpacks to more than 200 times its size",
    ),
    ("zip-of-itself", "zip of itself", "a zip that contains itself", "r.zip: is cut off"),
)
"""Row, name in `BOMBS`, what is injected, what must be said."""

SIZE_FAULTS: Final = (
    Fault(name="many-files", injected="100,000 files in 400 folders", run=_many_files, code=1, times=2),
    Fault(
        name="deep-folders",
        injected="3,000 nested folders: the paths are longer than the system allows",
        run=_deep_folders,
        code=1,
        says="File name too long",
    ),
    *(
        Fault(
            name=f"bomb-{row}",
            injected=injected,
            run=partial(_bomb, *BOMBS[bomb]),
            code=1,
            says=says,
            times=2,
            limits=_BOMB,
        )
        for row, bomb, injected, says in _CASES
    ),
    Fault(
        name="bomb-mixed",
        injected="Brotli and zstd bombs of 300 MB, in gzip, in a zip",
        run=partial(_bomb, "a.zip", _mixed),
        code=1,
        says="unpacks to more than 200 times its size",
        times=2,
        limits=_BOMB,
    ),
)
