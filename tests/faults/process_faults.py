"""Faults of processes: killed workers, memory, descriptors, closed streams, the clock."""

import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.faults.fault import Fault, Outcome
from tests.faults.hooks import hooked
from tests.faults.launch import PATIENCE, finished, outcome, plant, run, scan, start
from tests.support.run_folder import copied_cache

_FILLER: Final = "function a(b,c){return b.map(d=>d.e+c).filter(Boolean)};" * 18_000
_SLOW: Final = "sk_live_ sk_test_ ghp_ AKIA SG. xox token key -----BEGIN PRIVATE KEY----- eyJ sanity " * 6_000
_MEGABYTE: Final = 1_000_000


def _large(folder: Path, files: int = 8) -> tuple[str, ...]:
    """Write files that keep several processes busy, each with a secret."""
    names = plant(folder, *(f"{number}.js" for number in range(files)))
    for name in names:
        with open(folder / name, "a") as file:
            file.write(_SLOW + _FILLER * 9)  # too large to share a batch
    return names


def _children(process: int) -> list[int]:
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            status = Path(f"/proc/{entry}/stat").read_text()
        except OSError:
            continue
        if int(status.rpartition(")")[2].split()[1]) == process:
            found.append(int(entry))
    return found


def _worker_signalled(folder: Path, how: signal.Signals) -> Outcome:
    names = _large(folder)
    with tempfile.TemporaryDirectory() as scratch:
        measured = Path(scratch) / "measured"
        command = ("scan", "--isolated", "--format=json", "--jobs=2", ".")
        with start(*command, cwd=folder, measured=measured) as launcher:
            end = time.monotonic() + PATIENCE
            workers: list[int] = []
            while len(workers) < 2 and time.monotonic() < end:
                workers = [worker for child in _children(launcher.pid) for worker in _children(child)]
                time.sleep(0.005)
            time.sleep(0.05)
            os.kill(workers[0], how)
            out, err = launcher.communicate(timeout=PATIENCE)
        return outcome(finished(measured, out, err), names)


def _worker_killed(folder: Path) -> Outcome:
    return _worker_signalled(folder, signal.SIGKILL)


def _worker_crashed(folder: Path) -> Outcome:
    return _worker_signalled(folder, signal.SIGSEGV)


def _too_big_for_memory(folder: Path, files: int, jobs: int) -> Outcome:
    names = plant(folder, "a.js", *(f"m{number}.js" for number in range(files)), "z.js")
    for name in names[1:-1]:
        with open(folder / name, "ab") as file:
            file.write(_FILLER.encode() * 240)
    return outcome(scan(f"--jobs={jobs}", ".", cwd=folder, limits={"RLIMIT_AS": 300 * _MEGABYTE}), names)


def _memory_limit(folder: Path) -> Outcome:
    return _too_big_for_memory(folder, 1, 1)


def _memory_limit_of_workers(folder: Path) -> Outcome:
    return _too_big_for_memory(folder, 3, 2)


def _few_descriptors(folder: Path) -> Outcome:
    names = _large(folder)
    return outcome(scan("--jobs=64", ".", cwd=folder, limits={"RLIMIT_NOFILE": 20}), names)


def _no_processes(folder: Path) -> Outcome:
    """Refuse every fork: a limit of processes does not hold for root."""
    names = _large(folder)
    env = hooked("os.fork", "raise BlockingIOError(11, 'Resource temporarily unavailable')", folder)
    return outcome(scan("--jobs=4", ".", cwd=folder, env=env), names)


def _closed_stdin(folder: Path) -> Outcome:
    names = plant(folder, "a.js")
    return outcome(scan(".", cwd=folder, closed=[0]), names)


def _closed_stdout(folder: Path) -> Outcome:
    plant(folder, "a.js")
    return outcome(scan(".", cwd=folder, closed=[1]), ())


def _closed_stderr(folder: Path) -> Outcome:
    names = plant(folder, "a.js")
    return outcome(scan(".", cwd=folder, closed=[2]), names)


def _closed_streams_and_a_file(folder: Path) -> Outcome:
    names = plant(folder, "a.js")
    report = folder.parent / f"{folder.name}.json"
    done = run("scan", "--isolated", "--format=json", "-o", report, ".", cwd=folder, closed=[0, 1, 2])
    written = report.read_text() if report.exists() else ""
    report.unlink(missing_ok=True)
    return outcome(type(done)(code=done.code, out=written, err=done.err, cpu=0, memory=0), names)


def _reader_leaves(folder: Path) -> Outcome:
    """Close the reading end of the pipe before the report is written, as `frontleak scan | head -0` does."""
    plant(folder, *(f"{number}.js" for number in range(2_000)))
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = scan(".", cwd=folder, stdout=write_end)
    finally:
        os.close(write_end)
    return outcome(done, ())


def _clock_jumps(folder: Path) -> Outcome:
    names = plant(folder, "a.js", "b.js")
    lines = (
        "import itertools, time",
        "_jumps = itertools.cycle((0.0, 4e9, 1e9, 2e9))",
        "time.time = lambda: next(_jumps)",
    )
    return outcome(scan(".", cwd=folder, env=hooked("", "\n".join(lines), folder)), names)


def _odd_dates(folder: Path) -> Outcome:
    names = plant(folder, "past.js", "future.js", "negative.js")
    for name, date in zip(names, (0, 4_102_444_800, -2_000_000_000), strict=True):
        os.utime(folder / name, (date, date))
    with tempfile.TemporaryDirectory() as scratch:
        cache = copied_cache(Path(scratch, "cache"))
        env = {"FRONTLEAK_CACHE_DIR": str(cache)}
        for file in cache.iterdir():
            os.utime(file, (4_102_444_800, 4_102_444_800))
        return outcome(scan(".", cwd=folder, env=env), names)


PROCESS_FAULTS: Final = (
    Fault(
        name="worker-killed",
        injected="SIGKILL to one of two busy workers, as the kernel sends when memory runs out",
        run=_worker_killed,
        code=1,
        says="the worker process died while scanning it (exit code -9)",
        times=10,
    ),
    Fault(
        name="worker-crashed",
        injected="SIGSEGV to one of two busy workers",
        run=_worker_crashed,
        code=1,
        says="the worker process died while scanning it (exit code -11)",
    ),
    Fault(
        name="memory-limit",
        injected="300 MB of address space (RLIMIT_AS) and a file of 240 MB, one process",
        run=_memory_limit,
        code=1,
        says="m0.js: needs more memory than this process may use",
    ),
    Fault(
        name="memory-limit-of-workers",
        injected="the same limit for two workers, three files of 240 MB",
        run=_memory_limit_of_workers,
        code=1,
        says="m0.js: needs more memory than this process may use",
    ),
    Fault(
        name="few-descriptors",
        injected="20 file descriptors (RLIMIT_NOFILE) with `--jobs 64`",
        run=_few_descriptors,
        code=1,
    ),
    Fault(
        name="no-processes",
        injected="every `fork` is refused, with `--jobs 4`",
        run=_no_processes,
        code=1,
    ),
    Fault(name="closed-stdin", injected="standard input is closed", run=_closed_stdin, code=1),
    Fault(
        name="closed-stdout",
        injected="standard output is closed, and the report would go there",
        run=_closed_stdout,
        code=2,
        says="standard output is closed",
    ),
    Fault(name="closed-stderr", injected="standard error is closed", run=_closed_stderr, code=1),
    Fault(
        name="closed-streams",
        injected="all three streams are closed, and the report goes to a file",
        run=_closed_streams_and_a_file,
        code=1,
    ),
    Fault(name="reader-leaves", injected="the reader of the report closes the pipe", run=_reader_leaves, code=2),
    Fault(
        name="clock-jumps",
        injected="Python's `time.time()` jumps between 1970, 2001, 2033 and 2096 at each call",
        run=_clock_jumps,
        code=1,
    ),
    Fault(
        name="odd-dates",
        injected="files dated 1906, 1970 and 2100, and a cache dated 2100",
        run=_odd_dates,
        code=1,
    ),
)
