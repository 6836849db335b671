"""Hostile input of a whole run: the installed command stays within its memory, and lists each limit once."""

import gzip
import io
import json
import os
import random
import subprocess
import sys
import zipfile
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from frontleak.core.run_budget import RUN_LIMITS, Resource
from tests.acceptance.support import COMMAND, environment, write
from tests.support.run_folder import copied_cache

MEGABYTE: Final = 1_000_000
WORKER: Final = 150 * MEGABYTE
"""Bytes of memory of a worker, besides its largest file."""
MOST_SECONDS: Final = 60
"""Limit of CPU time, enforced by the system: many times the expected time."""

_LAUNCHER: Final = """
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
done = subprocess.run(sys.argv[2:], capture_output=True)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, flush=True)
sys.stdout.buffer.write(done.stdout or done.stderr)
"""


def measured(folder: Path, *arguments: str) -> tuple[int, int, bytes]:
    """Return exit code, peak memory in bytes and output of a scan in one process."""
    formats = () if any(argument.startswith("--format") for argument in arguments) else ("--format=json",)
    command = [COMMAND, "scan", ".", "--jobs=1", *formats, *arguments]
    done = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, str(MOST_SECONDS), *command],
        cwd=folder,
        env=environment(),
        capture_output=True,
        check=True,
    )
    numbers, _, output = done.stdout.partition(b"\n")
    code, memory = (int(number) for number in numbers.split())
    return code, memory * (1 if sys.platform == "darwin" else 1024), output


def keys(count: int) -> str:
    letters = "".join(random.Random(0).choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16 * count))
    return ",".join(f'"AKIA{letters[16 * at : 16 * at + 16]}"' for at in range(count))


DECODED: Final = {
    "calls": "atob( ",
    "strings": '"sk\\x41 ',
    "references": "&plus; ",
    "escapes": "abc\\x41",
}
"""Text that looks like the beginning of something to decode, again and again."""
TRIED: Final = {
    "words": "secret ",
    "keys without an end": "-----BEGIN ",
    "prefixes": "sk_live_ ghs_1 ",
    "a token in a token": "sk",
    "keys": "aws_secret_access_key AKIA",
}
"""The same for secrets: seconds of trying for a few megabytes."""


@pytest.mark.parametrize("part", DECODED.values(), ids=DECODED)
def test_text_full_of_beginnings_takes_little_memory(tmp_path: Path, part: str) -> None:
    """As much as reaches the cap of what is decoded."""
    size = 8 * MEGABYTE
    write(tmp_path, {"dist/a.js": part * (size // len(part))})
    code, memory, output = measured(tmp_path)
    assert code in {0, 1, 3}, output[-500:]
    assert memory < WORKER + size


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> int:
    """Bytes of memory of a scan that reads next to nothing."""
    code, memory, output = measured(write(tmp_path_factory.mktemp("idle"), {"dist/a.js": "x"}))
    assert code == 0, output[-500:]
    return memory


@pytest.mark.parametrize("part", TRIED.values(), ids=TRIED)
def test_text_full_of_beginnings_of_secrets_takes_little_memory(tmp_path: Path, idle: int, part: str) -> None:
    """A quarter of the text above may take a quarter of the memory that a worker has for it."""
    size = 2 * MEGABYTE
    write(tmp_path, {"dist/a.js": part * (size // len(part))})
    code, memory, output = measured(tmp_path)
    assert code in {0, 1, 3}, output[-500:]
    assert memory < idle + (WORKER - idle) // 4 + size


def test_many_readings_with_the_same_secrets_take_little_memory(tmp_path: Path) -> None:
    """Equal secrets in nested readings: each reading may hold ten thousand."""
    text = keys(9_000).encode()
    for _ in range(2):
        text = b'x="' + b64encode(text) + b'";\n' + text
    write(tmp_path, {"dist/a.js": text})
    code, memory, output = measured(tmp_path)
    assert code == 1, output[-500:]
    assert memory < WORKER + len(text)


def test_the_data_of_an_archive_is_freed_before_the_next_is_read(tmp_path: Path) -> None:
    packed = gzip.compress(bytes(66 * MEGABYTE), 9)
    write(tmp_path, {f"dist/{number}.js.gz": packed for number in range(12)})
    code, memory, output = measured(tmp_path)
    assert code == 0, output[-500:]
    assert memory < WORKER + 66 * MEGABYTE


CAPPED: Final = ("more than 50,000 findings in this run; the rest are not listed", True)
"""The reason, and that the scan is incomplete."""


def limits(report: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Return the limits of the run that a report lists."""
    return [(skip["reason"], skip["incomplete"]) for skip in report["skipped"] if skip["code"] == "run-limit"]


def test_findings_of_two_workers_are_capped_per_run_and_the_cap_is_listed_once(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m.js", keys(10_000))
    write(tmp_path, {f"dist/{number}.zip": packed.getvalue() for number in range(8)})
    write(tmp_path, {"dist/large.js": " " * 45 * MEGABYTE})  # otherwise there are no workers
    code, memory, output = measured(tmp_path, "--jobs=2")
    report = json.loads(output)
    assert code == 1
    assert sum(1 + len(finding["also_at"]) for finding in report["findings"]) <= 60_000
    assert limits(report) == [CAPPED]
    assert report["coverage"]["files"]["text"] >= 1, "the rest of the run continues"
    assert memory < 400 * MEGABYTE


@pytest.mark.skipif(os.name == "nt", reason="no such limits on Windows")
def test_the_limit_of_memory_is_noticed(tmp_path: Path) -> None:
    """The measure above is not vacuous: a file of 100 MB shows in it."""
    write(tmp_path, {"dist/a.js": " " * 100 * MEGABYTE})
    assert measured(tmp_path)[1] > 100 * MEGABYTE


@pytest.mark.slow
def test_as_many_findings_as_a_run_may_have_take_little_memory(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with a secret, facts and text around it; two reports are written piece by piece, and one lists the cap once."""
    most = RUN_LIMITS[Resource.FINDINGS]
    letters = b64encode(random.Random(0).randbytes(134 * (most + 2)), altchars=b"ab").decode()
    drawn = (f"sk{letters[at : at + 178]}" for at in range(0, len(letters), 178))  # in a moment; `token` takes seconds
    for number in range(5):
        lines = (f'c={{projectId:"ab{number}{at:05d}",token:"{next(drawn)}"}};\n' for at in range(most // 5))
        write(tmp_path, {f"dist/{number}.js": "".join(lines)})
    write(tmp_path, {f"dist/{number}.js": f't="{next(drawn)}"' for number in (5, 6)} | {"dist/7.js": "x"})
    reports = tmp_path_factory.mktemp("reports")
    home = tmp_path_factory.mktemp("home")
    assert measured(write(home / "small", {"a.js": "x"}))[0] == 0  # compiles the rules, if nothing has
    own = home / "cache"  # of the shared one, another test may remove what was compiled
    copied_cache(own)
    monkeypatch.setenv("FRONTLEAK_CACHE_DIR", str(own))
    wanted = [part for form in ("json", "sarif") for part in (f"--format={form}", f"-o{reports / form}")]
    code, memory, _ = measured(tmp_path, *wanted)
    assert code == 1
    assert (reports / "sarif").read_bytes().count(b"primaryLocationLineHash") == most
    report = json.loads((reports / "json").read_bytes())
    assert sum("fingerprint" in finding and not finding["also_at"] for finding in report["findings"]) == most
    assert limits(report) == [CAPPED]
    assert report["coverage"]["files"]["text"] == 8, "the rest of the run continues"
    assert memory < WORKER + (tmp_path / "dist/0.js").stat().st_size
