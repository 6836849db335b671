"""Archive bombs: the installed command stops in time, in little memory, and reports it."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import COMMAND, environment, frontleak, token, write
from tests.files.archives.test_expand import BOMBS
from tests.support import zstd

MOST_MEMORY: Final = 150_000_000
"""Bytes; a small scan takes 40 MB of them."""
MOST_SECONDS: Final = 10
"""Limit of CPU time, enforced by the system: ten times the expected time."""

# What starts the command, because what a process has used is told of the children that have ended.
_LAUNCHER: Final = """
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
done = subprocess.run(sys.argv[2:], capture_output=True)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, flush=True)
sys.stdout.buffer.write(done.stdout or done.stderr)
"""

CUT: Final = {
    "zip of zeros": "unpacks to more than 200 times its size",
    "brotli of zeros": "unpacks to more than 200 times its size",
    "zstd of zeros": "unpacks to more than 200 times its size",
    "zip of zips of zips": "is nested more than 3 archives deep",
    "zip with a million entries": "holds more than 20,000 members",
    "tar of empty files": "holds more than 20,000 members",
}
"""Bomb -> the reason why it was not read completely."""


@pytest.mark.parametrize("bomb", CUT)
def test_a_bomb_is_cut_off_in_time_and_in_memory(tmp_path: Path, bomb: str) -> None:
    name, make = BOMBS[bomb]
    write(tmp_path, {name: make(), "z.js": f"x='{token()}'"})
    command = [sys.executable, "-c", _LAUNCHER, str(MOST_SECONDS), COMMAND, "scan", "--format=json", "--jobs=1", "."]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, check=True)
    numbers, _, output = done.stdout.partition(b"\n")
    code, memory = (int(number) for number in numbers.split())
    assert code == 1, output
    report = json.loads(output)
    assert {finding["path"] for finding in report["findings"]} == {"z.js"}
    assert any(skip["reason"].startswith(CUT[bomb]) for skip in report["skipped"])
    assert memory * (1 if sys.platform == "darwin" else 1024) < MOST_MEMORY


def test_a_process_that_takes_too_much_is_seen(tmp_path: Path) -> None:
    program = "a = b'x' * 200_000_000"
    command = [sys.executable, "-c", _LAUNCHER, str(MOST_SECONDS), sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    code, memory = (int(number) for number in done.stdout.split())
    assert code == 0
    assert memory * (1 if sys.platform == "darwin" else 1024) > MOST_MEMORY


def test_what_stands_behind_zeros_is_read_when_there_is_room(tmp_path: Path) -> None:
    packed = zstd.compress(bytes(5_000_000) + f"'{token()}'".encode())
    write(tmp_path, {"a.zst": packed})
    assert frontleak("scan", ".", cwd=tmp_path).code == 1


def test_findings_are_capped_per_archive_not_per_member(tmp_path: Path) -> None:
    """Otherwise a zip of 5 MB keeps ten thousand findings for each of its members."""
    keys = ",".join(f'"{token(str(number))}"' for number in range(3_000))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"m{number}.js", f"{keys}//{number}")
    write(tmp_path, {"dist/a.zip": packed.getvalue()})
    report = frontleak("scan", "dist", "--format=json", cwd=tmp_path).json()
    (cut,) = report["skipped"]
    assert cut["reason"] == "more than 10000 findings; the rest of its members were not scanned"
    assert cut["incomplete"]
    assert max(len(finding["also_at"]) for finding in report["findings"]) == 3
