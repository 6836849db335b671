"""Few descriptors, processes, little memory, a full disk: one plain line and the right exit code, and what can be is done."""

import os
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import COMMAND, Run, run, token, write

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these limits behave like this on Linux")

_FILLER: Final = "function a(b,c){return b.map(d=>d.e+c).filter(Boolean)};" * 18_000
_LIMITED: Final = (
    "import resource, os, sys; name, value, *command = sys.argv[1:]; kind = getattr(resource, name);"
    "resource.setrlimit(kind, (int(value),) * 2); os.execv(command[0], command)"
)
_NO_FORK: Final = """
import errno, os, sys
real, left = os.fork, int(sys.argv.pop(1))
def fork():
    global left
    left -= 1
    if left < 0:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return real()
os.fork = fork
from frontleak.cli.main import run
run()
"""


def limited(name: str, value: int, *arguments: str, cwd: Path) -> Run:
    """Run the installed command under a limit of the system."""
    return run([sys.executable, "-c", _LIMITED, name, str(value), COMMAND, *arguments], cwd=cwd)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a folder that is scanned in several processes, with one secret."""
    folder = write(tmp_path_factory.mktemp("large"), {f"dist/{number}.js": _FILLER for number in range(45)})
    return write(folder, {"dist/z.js": f"'{token()}'"})


@pytest.mark.parametrize("descriptors", [16, 20, 24, 32, 64])
@pytest.mark.parametrize("jobs", [2, 64])
def test_with_few_descriptors_there_are_fewer_workers(large: Path, descriptors: int, jobs: int) -> None:
    done = limited("RLIMIT_NOFILE", descriptors, "scan", "--format=json", f"--jobs={jobs}", cwd=large)
    assert (done.code, done.err) == (1, "")
    assert done.json()["coverage"]["files"] == {"text": 46}
    assert done.json()["skipped"] == []


@pytest.mark.parametrize("processes", [0, 1, 3])
def test_without_processes_a_scan_goes_on_in_this_one(large: Path, processes: int) -> None:
    command = [sys.executable, "-c", _NO_FORK, str(processes), "scan", "--format=json", "--jobs=8"]
    done = run(command, cwd=large)
    assert (done.code, done.err) == (1, "")
    assert done.json()["coverage"]["files"] == {"text": 46}
    assert done.json()["skipped"] == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_does_not_fit_into_memory_is_skipped(large: Path, tmp_path: Path, jobs: int) -> None:
    write(tmp_path, {"a.js": f"'{token()}'", "b.js": " " * 200_000_000})
    limit = 180_000_000
    done = limited("RLIMIT_AS", limit, "scan", "--format=json", f"--jobs={jobs}", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    (skip,) = done.json()["skipped"]
    assert (skip["path"], skip["code"], skip["incomplete"]) == ("b.js", "out-of-memory", True)


def test_a_disk_that_is_full_leaves_no_report_and_the_one_before(large: Path, tmp_path: Path) -> None:
    report = write(tmp_path, {"r.json": "before"}) / "r.json"
    done = limited("RLIMIT_FSIZE", 100, "scan", "dist/z.js", "-o", str(report), cwd=large)
    assert (done.code, done.problems) == (2, [f"error: {report}: cannot be written: File too large"])
    assert report.read_text() == "before"
    assert os.listdir(tmp_path) == ["r.json"]


@pytest.mark.parametrize("arguments", ["scan", "rules list", "rules show sanity-token", "--version", "--help"])
def test_a_full_standard_output_is_one_line(large: Path, arguments: str) -> None:
    done = run(["sh", "-c", f'exec "$0" {arguments} >/dev/full', COMMAND], cwd=large / "dist")
    assert done.code == 2
    assert len(done.problems) == len(done.err.splitlines()) == 1
    assert "No space left on device" in done.err


def test_a_reader_that_goes_away_is_not_a_finding(large: Path) -> None:
    done = run(["bash", "-c", 'sleep 0 | { "$0" rules list; echo $? >&2; } | true', COMMAND], cwd=large)
    assert done.err in {"0\n", "2\n"}
