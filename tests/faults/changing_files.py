"""Faults of files that change between the listing of a folder and the reading of its files."""

from functools import partial
from pathlib import Path
from typing import Final

from tests.acceptance.support import token
from tests.faults.fault import Fault, Limits, Outcome
from tests.faults.hooks import hooked
from tests.faults.launch import outcome, plant, scan

_OPENING: Final = "str(arguments[0]) == 'm.js'"
"""Condition: the file in the middle is about to be opened."""


def _changed(folder: Path, body: str, *arguments: str, expected: tuple[str, ...] = ("a.js", "m.js", "z.js")) -> Outcome:
    """Scan three files, and run some code just before the one in the middle is opened."""
    plant(folder, "a.js", "m.js", "z.js")
    env = hooked("open", f"import os\n{body}", folder, condition=_OPENING, once=True)
    return outcome(scan("--jobs=1", *arguments, ".", cwd=folder, env=env), expected)


def _deleted(folder: Path) -> Outcome:
    return _changed(folder, "os.unlink(arguments[0])")


def _truncated(folder: Path) -> Outcome:
    return _changed(folder, "os.truncate(arguments[0], 0)", expected=("a.js", "z.js"))


def _grown(folder: Path) -> Outcome:
    body = "with open(arguments[0], 'ab') as file: file.truncate(3_000_000)"
    return _changed(folder, body, "--max-file-size=1000000")


def _growing(folder: Path) -> Outcome:
    """A thread appends to the file all the time, faster than it is read."""
    body = (
        "import threading\n"
        "def grow(path):\n"
        "    with open(path, 'ab', buffering=0) as file:\n"
        "        for _ in range(3_000): file.write(bytes(100_000))\n"
        "threading.Thread(target=grow, args=arguments[:1], daemon=True).start()"
    )
    return _changed(folder, body, "--max-file-size=50000000")


def _replaced_by_a_link(folder: Path) -> Outcome:
    """Replace the file by a link to a secret outside the scanned folder, which must not be read."""
    outside = folder.parent / "outside.js"
    outside.write_text(f"const a = '{token('outside')}'\n")
    body = f"os.unlink(arguments[0])\nos.symlink({str(outside)!r}, arguments[0])"
    return _changed(folder, body)


def _replaced_by_a_pipe(folder: Path) -> Outcome:
    return _changed(folder, "os.unlink(arguments[0])\nos.mkfifo(arguments[0])")


def _replaced_by_a_folder(folder: Path) -> Outcome:
    return _changed(folder, "os.unlink(arguments[0])\nos.mkdir(arguments[0])")


def _folder_replaced(folder: Path, event: str) -> Outcome:
    """Replace a folder by a link to one outside, with a secret in a file of the same name, which must not be read."""
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "m.js").write_text(f"const a = '{token('outside')}'\n")
    names = plant(folder, "a.js", "m/m.js", "z.js")
    body = f"import os\nos.rename(arguments[0], {str(folder.parent / 'moved')!r})\nos.symlink({str(outside)!r}, arguments[0])"
    condition = "str(arguments[0]).endswith('/m') and _count()"
    counted = (
        f"_seen = []\ndef _count():\n    _seen.append(1)\n    return len(_seen) == {2 if event == 'reading' else 1}\n"
    )
    env = hooked("open", body, folder, condition=condition, once=True, before=counted)
    return outcome(scan("--jobs=1", ".", cwd=folder, env=env), names)


def _folder_deleted(folder: Path) -> Outcome:
    names = plant(folder, "a.js", "m/m.js", "z.js")
    body = "import shutil\nshutil.rmtree(arguments[0])"
    condition = "str(arguments[0]).endswith('/m')"
    env = hooked("open", body, folder, condition=condition, once=True)
    return outcome(scan("--jobs=1", ".", cwd=folder, env=env), names)


CHANGING_FAULTS: Final = (
    Fault(
        name="file-deleted",
        injected="a file is deleted after its folder was listed",
        run=_deleted,
        code=1,
        says="m.js: was deleted before it could be read",
    ),
    Fault(name="file-truncated", injected="a file is emptied after its folder was listed", run=_truncated, code=1),
    Fault(
        name="file-grown",
        injected="a file outgrows `--max-file-size` after its folder was listed",
        run=_grown,
        code=1,
        says="over --max-file-size",
    ),
    Fault(
        name="file-growing",
        injected="a file grows by 300 MB while it is read, with `--max-file-size 50000000`",
        run=_growing,
        code=1,
        limits=Limits(cpu=5.0, memory=200_000_000),
    ),
    Fault(
        name="file-becomes-link",
        injected="a file becomes a link that leads out of the scanned folder, to a file with a secret",
        run=_replaced_by_a_link,
        code=1,
        says="m.js: became a link after its folder was listed",
    ),
    Fault(
        name="file-becomes-pipe",
        injected="a file becomes a named pipe without a writer",
        run=_replaced_by_a_pipe,
        code=1,
        says="m.js: is no longer a regular file",
    ),
    Fault(
        name="file-becomes-folder",
        injected="a file becomes a folder",
        run=_replaced_by_a_folder,
        code=1,
        says="m.js: is no longer a regular file",
    ),
    Fault(
        name="folder-becomes-link-before-listing",
        injected="a folder becomes a link that leads out of the scanned folder, after the folder above it was listed",
        run=partial(_folder_replaced, event="listing"),
        code=1,
        says="m: was not listed: it was replaced after the folder above it was listed",
    ),
    Fault(
        name="folder-becomes-link-before-reading",
        injected="the same after the folder itself was listed",
        run=partial(_folder_replaced, event="reading"),
        code=1,
        says="m/m.js: was not read: its folder was replaced after it was listed",
    ),
    Fault(
        name="folder-deleted",
        injected="a folder is deleted after the folder above it was listed",
        run=_folder_deleted,
        code=1,
        says="m: cannot be listed: No such file or directory",
    ),
)
