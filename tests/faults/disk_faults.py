"""Faults of disks: full ones for each output, a cache that is read-only or corrupt, two cold runs."""

import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from tests.faults.disks import make_read_only, make_writable, small_disk
from tests.faults.fault import Fault, Outcome
from tests.faults.hooks import with_few_rules
from tests.faults.launch import Done, finished, outcome, plant, run, scan, start

_FORMATS: Final = ("text", "json", "jsonl", "sarif")
_DISK: Final = 64 * 1024
_SMALL: Final = 16 * 1024
_OLD: Final = "the report of the last scan\n"


def _many(folder: Path) -> tuple[str, ...]:
    """Plant more secrets than a report of 16 kB can hold."""
    return plant(folder, *(f"{number}.js" for number in range(400)))


def _full_disk(form: str, folder: Path) -> Outcome:
    """Write a report that does not fit over an older one: the old one must stay, and nothing be left beside it."""
    _many(folder)
    with small_disk(_SMALL) as disk:
        report = disk.folder / "report"
        report.write_text(_OLD)
        done = run("scan", "--isolated", f"--format={form}", "-o", report, ".", cwd=folder, limits=disk.limits)
        lost = [] if report.read_text() == _OLD else ["the old report"]
        lost += [f"a left-over {file.name}" for file in disk.folder.iterdir() if file != report]
        return outcome(done, (), also_lost=lost)


def _full_stdout(folder: Path) -> Outcome:
    plant(folder, "a.js")
    with open("/dev/full", "wb") as full:
        return outcome(scan(".", cwd=folder, stdout=full), ())


def _full_device_as_output(folder: Path) -> Outcome:
    plant(folder, "a.js")
    return outcome(run("scan", "--isolated", "-o", "/dev/full", ".", cwd=folder), ())


def _full_cache(folder: Path) -> Outcome:
    names = plant(folder, "a.js", "b.js")
    with small_disk(_DISK) as disk:
        cache = disk.folder / "cache"
        env = {**with_few_rules(folder), "FRONTLEAK_CACHE_DIR": str(cache)}
        done = scan(".", cwd=folder, limits=disk.limits, env=env)
        left = (
            [f"a left-over {file.name}" for file in cache.iterdir() if file.name.startswith("tmp")]
            if cache.exists()
            else []
        )
        return outcome(done, names, also_lost=left)


def _full_temporary_folder(folder: Path) -> Outcome:
    names = plant(folder, "a.js", "b.js")
    with small_disk(4096) as disk:
        (disk.folder / "full").write_bytes(bytes(4096))
        env = {"TMPDIR": str(disk.folder)}
        report = folder.parent / "report.json"
        done = run(
            "scan",
            "--isolated",
            "--format=json",
            "-o",
            report,
            ".",
            cwd=folder,
            env=env,
            limits=disk.limits if disk.mounted else {},
        )
        return outcome(Done(code=done.code, out=report.read_text(), err=done.err, cpu=0, memory=0), names)


def _read_only_cache(folder: Path) -> Outcome:
    names = plant(folder, "a.js", "b.js")
    with small_disk(1 << 20) as disk:
        make_read_only(disk)
        env = {**with_few_rules(folder), "FRONTLEAK_CACHE_DIR": str(disk.folder)}
        try:
            return outcome(scan(".", cwd=folder, env=env), names)
        finally:
            make_writable(disk)


def _no_folder_for_a_cache(folder: Path) -> Outcome:
    names = plant(folder, "a.js", "b.js")
    file = folder.parent / "file"
    file.write_text("")
    env = {**with_few_rules(folder), "FRONTLEAK_CACHE_DIR": str(file / "cache")}
    return outcome(scan(".", cwd=folder, env=env), names)


_DAMAGE: Final[tuple[Callable[[bytes], bytes], ...]] = (
    lambda data: data[: len(data) // 2],
    lambda _: b"",
    lambda data: bytes(len(data)),
    lambda data: data[:-1] + bytes((data[-1] ^ 1,)),
    lambda data: data[:60] + b"{}" + data[62:],
)


def _corrupt_cache(folder: Path) -> Outcome:
    """Damage every cached file in five ways, one after the other; every run must find all and repair the cache."""
    names = plant(folder, "a.js", "b.js")
    with tempfile.TemporaryDirectory() as cache:
        env = {**with_few_rules(folder), "FRONTLEAK_CACHE_DIR": cache}
        scan(".", cwd=folder, env=env)
        # not a key: whatever it holds is one
        intact = {file: file.read_bytes() for file in Path(cache).iterdir() if "-" in file.name}
        outcomes = []
        for damage in _DAMAGE:
            damaged = {file: damage(data) for file, data in intact.items()}
            for file, data in damaged.items():
                file.write_bytes(data)
            outcomes.append(outcome(scan(".", cwd=folder, env=env), names))
            broken = [f"the cached {file.name}" for file, data in damaged.items() if file.read_bytes() == data]
            if broken:
                return Outcome(code=outcomes[-1].code, said=outcomes[-1].said, lost=tuple(broken))
        return next((each for each in outcomes if each.code != 1 or each.lost), outcomes[0])


def _two_cold_runs(folder: Path) -> Outcome:
    """Start two scans at once with one empty cache."""
    names = plant(folder, "a.js", "b.js")
    with tempfile.TemporaryDirectory() as scratch:
        env = {**with_few_rules(folder), "FRONTLEAK_CACHE_DIR": f"{scratch}/cache"}
        options = {"cwd": folder, "env": env}
        measured = [Path(scratch) / str(number) for number in range(2)]
        runs: list[subprocess.Popen[bytes]] = [
            start("scan", "--isolated", "--format=json", ".", measured=file, **options)  # type: ignore[arg-type]  # a dict
            for file in measured
        ]
        outcomes = []
        for process, file in zip(runs, measured, strict=True):
            out, err = process.communicate()
            outcomes.append(outcome(finished(file, out, err), names))
        return next((each for each in outcomes if each.code != 1 or each.lost), outcomes[0])


DISK_FAULTS: Final = (
    *(
        Fault(
            name=f"disk-full-{form}",
            injected=f"`--format {form} -o` to a disk of 16 kB, over an older report",
            run=partial(_full_disk, form),
            code=2,
            says="cannot be written",
        )
        for form in _FORMATS
    ),
    Fault(
        name="disk-full-stdout",
        injected="standard output is a full device",
        run=_full_stdout,
        code=2,
        says="standard output cannot be written: No space left on device",
    ),
    Fault(
        name="disk-full-device",
        injected="`-o` names a full device",
        run=_full_device_as_output,
        code=2,
        says="cannot be written: No space left on device",
    ),
    Fault(name="disk-full-cache", injected="a cache on a disk of 64 kB", run=_full_cache, code=1),
    Fault(
        name="disk-full-temporary",
        injected="a full disk for temporary files (`TMPDIR`), with `-o` elsewhere",
        run=_full_temporary_folder,
        code=1,
    ),
    Fault(name="cache-read-only", injected="a cache on a read-only disk", run=_read_only_cache, code=1),
    Fault(name="cache-impossible", injected="a cache folder below a file", run=_no_folder_for_a_cache, code=1),
    Fault(
        name="cache-corrupt",
        injected="each cached file cut, emptied, zeroed, with one bit and with two bytes changed",
        run=_corrupt_cache,
        code=1,
    ),
    Fault(
        name="two-cold-runs", injected="two scans at once with one empty cache", run=_two_cold_runs, code=1, times=10
    ),
)
