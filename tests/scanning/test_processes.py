"""Scans large enough for several processes, by the installed command: same report, no leftovers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import (
    COMMAND,
    PATIENCE,
    Run,
    environment,
    installed,
    interruptible,
    run,
    token,
    without_timings,
    write,
)

_FILLER: Final = "function a(b,c){return b.map(d=>d.e+c).filter(Boolean)};" * 18_000
_SLOW: Final = "sk_live_ sk_test_ ghp_ AKIA SG. xox token key -----BEGIN PRIVATE KEY----- eyJ sanity " * 6_000
"""Starts of secrets without an end: half a megabyte that is slow to scan."""

needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="finding a process's children needs /proc")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a folder that needs several processes: 48 MB with some secrets and some skips."""
    folder = tmp_path_factory.mktemp("large")
    for number in range(48):
        secrets = "".join(
            f'f({{projectId:"abcd{number:04}",token:"{token(str(seed))}"}});\n' for seed in range(number % 7)
        )
        write(folder, {f"src/{number % 5}/{number}.js": secrets + _FILLER})
    write(folder, {"binary": b"\0" * 2_000_000, "empty.js": "", "wide.js": f"a='{token('wide')}'".encode("utf-16")})
    write(
        folder, {"src/0/.env": "A=b\n", **{f"src/{number}/a.js.map": '{"sourcesContent":["a"]}' for number in range(3)}}
    )
    (folder / "nowhere").symlink_to("missing")
    return folder


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a folder that keeps several processes busy: nine files, each too large to share a batch."""
    return write(tmp_path_factory.mktemp("slow"), {f"{number}.js": _SLOW + _FILLER * 8 for number in range(9)})


@pytest.fixture(scope="module")
def reports(large: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """Scan it with one process and twice with four: SARIF to standard output, JSON to a file."""
    folder = tmp_path_factory.mktemp("reports")
    runs = []
    for number, jobs in enumerate((1, 4, 4)):
        arguments = ["--format=json", "-o", str(folder / str(number)), "--format=sarif", f"--jobs={jobs}"]
        done = installed("scan", *arguments, cwd=large)
        assert (done.code, done.err) == (1, "")
        runs += [Run(done.code, (folder / str(number)).read_bytes(), b""), done]
    return runs


def test_jobs_do_not_change_the_json_report(reports: list[Run]) -> None:
    jsons = reports[::2]
    assert len({without_timings(done.stdout) for done in jsons}) == 1
    report = jsons[0].json()
    assert report["summary"]["findings"] == 9
    assert report["coverage"]["files"] == {"binary": 1, "text": 53, "utf-16": 1}
    assert [skip["path"] for skip in report["skipped"]] == ["nowhere"]


def test_what_workers_note_is_one_finding(reports: list[Run]) -> None:
    found = [finding for finding in reports[2].json()["findings"] if finding["kind"] == "file"]
    assert [(finding["rule"], finding["path"], finding["context"]) for finding in found] == [
        ("served-env-file", "src/0/.env", {}),
        ("served-source-maps", ".", {"files": ["3"]}),
    ]


def test_jobs_do_not_change_the_sarif_report(reports: list[Run]) -> None:
    sarifs = reports[1::2]
    assert len({done.stdout for done in sarifs}) == 1
    assert len(sarifs[0].json()["runs"][0]["results"]) == 9


def test_workers_hand_over_what_is_to_be_revealed(large: Path) -> None:
    report = installed("scan", "--format=json", "--reveal", "--jobs=4", cwd=large).json()
    secrets = sorted(finding["secret"] for finding in report["findings"] if finding["kind"] == "pattern")
    assert secrets == sorted([token("wide"), *(token(str(seed)) for seed in range(6))])


def test_workers_that_are_spawned_find_the_same(large: Path, reports: list[Run], tmp_path: Path) -> None:
    script, mark = tmp_path / "spawned.py", tmp_path / "mark"
    script.write_text(
        "import sys\n"
        "from frontleak.cli.main import main\n"
        "from frontleak.scanning import pool\n"
        "pool.start_method = lambda: 'spawn'\n"
        "if __name__ == '__main__':\n"
        "    main()\n"
        "else:  # only a worker that was spawned reads this file once more\n"
        f"    open({str(mark)!r}, 'a').write('.')\n"
    )
    spawned = run([sys.executable, script, "scan", "--format=json", "--jobs=2"], cwd=large)
    assert mark.read_text() == ".."
    assert without_timings(spawned.stdout) == without_timings(reports[0].stdout)


# --- termination -----------------------------------------------------------------------------------------------------


def children(process: int) -> set[int]:
    """Return the child processes."""
    found = set()
    for entry in os.listdir("/proc"):
        try:
            status = Path(f"/proc/{entry}/stat").read_text()
        except OSError:
            continue
        state, parent = status.rpartition(")")[2].split()[:2]
        if int(parent) == process and state not in "ZX":
            found.add(int(entry))
    return found


def alive(process: int) -> bool:
    """Return whether a process is running; a zombie is not."""
    return state(process) not in ("", "Z", "X")


def state(process: int) -> str:
    """Return the one-letter state of a process; empty if it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def deaf(process: int) -> bool:
    """Return whether a process ignores interrupts, as a started worker does."""
    status = Path(f"/proc/{process}/status").read_text()
    mask = next(line for line in status.splitlines() if line.startswith("SigIgn:"))
    return bool(int(mask.split()[1], 16) >> (signal.SIGINT - 1) & 1)


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until a condition is true."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"never happened: {what}"
        time.sleep(0.01)


@pytest.fixture
def started(slow: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a slow scan with two workers in a new process group, and wait for the workers."""
    with start("scan", "--isolated", "--format=json", "--jobs=2", ".", cwd=slow) as process:
        try:
            eventually(lambda: len(children(process.pid)) == 2, "two workers")
            eventually(lambda: all(deaf(worker) for worker in children(process.pid)), "two workers at work")
            yield process
        finally:
            for left in (*children(process.pid), process.pid):
                if alive(left):
                    os.kill(left, signal.SIGKILL)


def start(*arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    """Start the command in a new process group."""
    return subprocess.Popen(
        interruptible(COMMAND, *arguments),
        cwd=cwd,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@needs_proc
def test_ctrl_c_ends_the_scan_and_every_worker(started: subprocess.Popen[bytes]) -> None:
    workers = children(started.pid)
    os.killpg(started.pid, signal.SIGINT)
    out, err = started.communicate(timeout=PATIENCE)
    assert (started.returncode, out, err.strip()) == (130, b"", b"interrupted")
    assert not any(alive(worker) for worker in workers)


@needs_proc
def test_an_interrupt_of_the_parent_alone_ends_every_worker_too(started: subprocess.Popen[bytes]) -> None:
    workers = children(started.pid)
    os.kill(started.pid, signal.SIGINT)
    out, err = started.communicate(timeout=PATIENCE)
    assert (started.returncode, out, err.strip()) == (130, b"", b"interrupted")
    assert not any(alive(worker) for worker in workers)


@needs_proc
@pytest.mark.parametrize("attempt", range(8))
def test_ctrl_c_while_the_workers_start_is_as_quiet_as_later(large: Path, attempt: int) -> None:
    with start("scan", "--isolated", "--jobs=6", ".", cwd=large) as process:
        eventually(lambda: bool(children(process.pid)) or process.poll() is not None, "the first worker")
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err.strip()) == (130, b"interrupted")


@needs_proc
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_when_the_parent_is_killed(started: subprocess.Popen[bytes], how: signal.Signals) -> None:
    workers = children(started.pid)
    os.kill(started.pid, how)
    started.wait(timeout=PATIENCE)
    eventually(lambda: not any(alive(worker) for worker in workers), "the workers' end")


@needs_proc
def test_a_worker_that_is_killed_costs_one_file_and_the_exit_code_says_so(started: subprocess.Popen[bytes]) -> None:
    os.kill(min(children(started.pid)), signal.SIGKILL)
    out, err = started.communicate(timeout=PATIENCE)
    report = json.loads(out)
    (skip,) = report["skipped"]
    assert skip["reason"] == "the worker process died while scanning it (exit code -9)"
    assert skip["incomplete"]
    assert report["coverage"]["files"] == {"text": 8}
    assert (started.returncode, err) == (3, b"")


@needs_proc
def test_ctrl_c_while_standard_input_is_read(tmp_path: Path) -> None:
    with start("scan", "-", cwd=tmp_path) as process:
        assert process.stdin
        process.stdin.write(b"x" * 2_000_000)  # more than the capacity of a pipe, so the scan must be reading
        process.stdin.flush()
        eventually(lambda: state(process.pid) == "S", "waiting for more")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 130
        assert process.stderr
        assert process.stderr.read().strip() == b"interrupted"
        process.stdin.close()


@needs_proc
@pytest.mark.parametrize("engine", ["hyperscan", "regex"])
def test_ctrl_c_in_a_scan_of_one_process(tmp_path: Path, engine: str) -> None:
    with start("scan", "-", f"--engine={engine}", cwd=tmp_path) as process:
        assert process.stdin
        process.stdin.write(_SLOW.encode() * 4)
        process.stdin.close()
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 130
        assert process.stderr
        assert process.stderr.read().strip() == b"interrupted"
