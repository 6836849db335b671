"""Values of environment variables are in no file, command line, environment of a child, note or report."""

import base64
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.acceptance.support import COMMAND, PATIENCE, environment, frontleak, write
from tests.support.env_values import fake

_LARGE = 24_000_000
"""Bytes of a file; two of them are worth several processes."""
_KEPT = 10
"""Characters in a row of a value that nothing may have."""


def forms(value: str) -> Iterator[bytes]:
    """Yield runs of a value, plain and encoded."""
    for start in range(0, len(value) - _KEPT + 1, 3):
        run = value[start : start + _KEPT].encode()
        yield run
        yield run[::-1]
        yield run.hex().encode()
        yield run.decode().encode("utf-16-le")
        yield base64.b64encode(run)[:12]
        yield b"".join(b"\\x%02x" % byte for byte in run)


def assert_nothing_in(data: bytes, value: str, where: str) -> None:
    assert not [form for form in forms(value) if form in data], where


def _cache() -> Path:
    """Return the cache of all tests: a scan with an empty one compiles for a minute."""
    return Path(os.environ["FRONTLEAK_CACHE_DIR"])


def files_below(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*") if path.is_file())


def assert_not_in_files(value: str, *files: Iterable[Path]) -> None:
    for path in chain.from_iterable(files):
        with contextlib.suppress(FileNotFoundError):  # another test's scan may drop a file of the cache
            assert_nothing_in(path.read_bytes(), value, str(path))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), is_guessable=st.booleans(), fmt=st.sampled_from(["text", "json", "jsonl", "sarif"]))
def test_reports_notes_caches_and_baselines(tmp_path: Path, seed: int, is_guessable: bool, fmt: str) -> None:
    value = f"sunshine-{seed:07}-garden" if is_guessable else fake(seed)
    root = tmp_path / f"{seed}{is_guessable}{fmt}"
    env_file = write(root / "secret", {".env": f"SOME_PASSWORD='{value}'\nNEXT_PUBLIC_ADMIN_SECRET={value}\n"}) / ".env"
    app = write(root / "app", {"dist/a.js": f'a="{value}"', f"dist/{value}.js": f"b={value!r}"})
    (root / "tmp").mkdir()
    env = {"TMPDIR": str(root / "tmp"), "OTHER_SECRET": value}
    options = ("--env-file", str(env_file), "--env", "OTHER_SECRET", "--show-env-skipped")
    done = frontleak("scan", "dist", "--format", fmt, "--verbose", *options, cwd=app, env=env)
    assert done.code == 1, done.stderr
    assert_nothing_in(done.stdout + done.stderr, value, "report")
    frontleak("baseline", "create", "dist", "--env-file", str(env_file), cwd=app, env=env)
    written = (path for path in files_below(root) if path != env_file and path.parent != app / "dist")
    assert_not_in_files(value, written, files_below(_cache()))


def _children(parent: int) -> list[Path]:
    found: list[Path] = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            if folder.name.isdigit() and int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(folder)
    return found


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_children_have_no_value_and_a_killed_one_leaves_no_file(tmp_path: Path) -> None:
    value = fake(99)
    env_file = write(tmp_path / "secret", {".env": f"API_KEY={value}\n"}) / ".env"
    piece = b"const a = 1; let b = 'text';\n"
    content = piece * (_LARGE // len(piece)) + f"c='{value}'".encode()
    app = write(tmp_path / "app", {f"dist/{number}.js": content for number in range(4)})
    (tmp_path / "tmp").mkdir()
    env = environment(TMPDIR=str(tmp_path / "tmp"))
    command = [COMMAND, "scan", "dist", "--jobs", "2", "--env-file", str(env_file), "--format", "json"]
    process = subprocess.Popen(command, cwd=app, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seen: set[str] = set()
    is_killed = False
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        for child in _children(process.pid):
            with contextlib.suppress(OSError):
                assert_nothing_in((child / "cmdline").read_bytes(), value, "command line")
                assert_nothing_in((child / "environ").read_bytes(), value, "environment")
                seen.add(child.name)
                if not is_killed:
                    os.kill(int(child.name), signal.SIGKILL)
                    is_killed = True
        assert_not_in_files(value, files_below(tmp_path / "tmp"))
        time.sleep(0.01)
    out, err = process.communicate(timeout=PATIENCE)
    assert b"env-value-served" in out
    assert_nothing_in(out + err, value, "report")
    written = (path for path in files_below(tmp_path) if path != env_file and path.parent != app / "dist")
    assert_not_in_files(value, written, files_below(_cache()))
    if (os.cpu_count() or 1) > 1:
        assert len(seen) > 1, "no worker was seen"
