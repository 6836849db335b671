"""A full disk leaves the file of a hook tool as it was."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from tests.acceptance.support import git, write
from tests.faults.disks import small_disk
from tests.faults.launch import run

CONFIG = "# of the team\npre-commit:\n  commands:\n    a:\n      run: b\n"


@pytest.mark.skipif(os.name == "nt", reason="no small disk")
def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    with small_disk(256 * 1024) as disk:
        git(disk.folder, "init", "--quiet", "--template=")
        file = write(disk.folder, {"lefthook.yml": CONFIG}) / "lefthook.yml"
        if disk.mounted:
            _fill(disk.folder / "filler")
        limits = {} if disk.mounted else {"RLIMIT_FSIZE": 10}
        done = run("hook", "install", cwd=disk.folder, limits=limits)
        assert done.code == 2
        assert "lefthook.yml: cannot be written: " in done.err
        assert "Traceback" not in done.err
        assert file.read_text() == CONFIG
        assert sorted(path.name for path in disk.folder.iterdir() if path.name != "filler") == [".git", "lefthook.yml"]


def _fill(file: Path) -> None:
    with suppress(OSError), open(file, "wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
