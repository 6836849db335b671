"""`frontleak scan --on`, with a scheduler and two workers in processes of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import COMMAND, PATIENCE, Run, environment, installed, interruptible, write
from tests.cluster.memory import descendants, files_with, holders
from tests.support.run_folder import copied_cache
from tests.support.shipped import fake

pytestmark = pytest.mark.cluster

SITES = 24
PLANTED = [fake("sanity-token", f"site {number}") for number in range(SITES)]
NEEDLES = [token[20:44].encode() for token in PLANTED]
"""From the middle of each token: a report shows the beginning."""
HOOK = """\
import os, signal, sys, time
def _hook(event, arguments):
    if event == "open" and "poison.js" in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)
    if event == "open" and "slow.js" in str(arguments[0]):
        time.sleep(20)
    if event == "subprocess.Popen":
        try:
            os.unlink({once!r})
        except OSError:
            return
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(_hook)
"""
"""What kills whoever opens a poison file, and a Dask worker that begins a task while there is a file `once`."""


@dataclass
class Cluster:
    address: str
    processes: list["subprocess.Popen[bytes]"]
    scratch: Path

    @property
    def once(self) -> Path:
        return self.scratch / "once"

    @property
    def all(self) -> list[int]:
        return [each for process in self.processes for each in descendants(process.pid)]


def dask(*arguments: str, scratch: Path, log: str) -> "subprocess.Popen[bytes]":
    hook = scratch / "hook"
    hook.mkdir(exist_ok=True)
    (hook / "sitecustomize.py").write_text(HOOK.format(once=str(scratch / "once")))
    env = environment(PYTHONPATH=os.pathsep.join(filter(None, (str(hook), os.environ.get("PYTHONPATH", "")))))
    with open(scratch / log, "wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
            cwd=scratch,
            env=env,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def started(scratch: Path) -> Cluster:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", str(port), scratch=scratch, log="scheduler.log")
    workers = [
        dask(
            *("worker", f"tcp://{address}", "--nthreads", "1", "--local-directory", str(scratch / f"spill{number}")),
            scratch=scratch,
            log=f"worker{number}.log",
        )
        for number in range(2)
    ]
    end = time.monotonic() + PATIENCE
    while sum("Registered to" in (scratch / f"worker{number}.log").read_text() for number in range(2)) < 2:
        assert time.monotonic() < end, (scratch / "worker0.log").read_text()
        time.sleep(0.1)
    return Cluster(f"dask://{address}", [scheduler, *workers], scratch)


def stopped(cluster: Cluster) -> None:
    for process in cluster.processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    found = started(tmp_path_factory.mktemp("cluster"))
    yield found
    stopped(found)


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    folder = tmp_path / "sites"
    for number, token in enumerate(PLANTED):
        write(folder, {f"{number}/dist/app.js": f'x={{token:"{token}"}}', f"{number}/package.json": "{}"})
        write(folder, {f"{number}/src/a.ts": f'export const password = "Summer2024x"; // {number}'})
        (folder / str(number) / ".git").mkdir()
    return folder


def scan(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> Run:
    return installed("scan", ".", "--isolated", "--format=json", *arguments, cwd=folder, env=env)


def plain(done: Run) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(done.out)
    del report["timings"]
    return report


def test_the_report_is_that_of_one_machine(cluster: Cluster, sites: Path) -> None:
    one, other = scan(sites), scan(sites, "--on", cluster.address)
    assert one.code == other.code == 1
    assert other.err == ""
    assert plain(other) == plain(one)
    assert len(plain(one)["findings"]) == SITES


def test_on_a_cluster_of_this_machine(sites: Path) -> None:
    other = scan(sites, "--on", "dask", "--jobs=2")
    assert (other.code, other.err) == (1, "")
    assert plain(other) == plain(scan(sites))


def test_a_worker_that_is_killed_costs_nothing(cluster: Cluster, sites: Path) -> None:
    cluster.once.touch()
    done = scan(sites, "--on", cluster.address)
    assert not cluster.once.exists()
    assert (done.code, done.err) == (1, "")
    assert plain(done) == plain(scan(sites))


def test_a_poison_file_costs_one_diagnostic_and_no_neighbour(cluster: Cluster, sites: Path) -> None:
    write(sites, {"3/dist/poison.js": "x"})
    report = plain(scan(sites, "--on", cluster.address))
    (skip,) = report["skipped"]
    assert (skip["code"], skip["path"]) == ("worker-died", "3/dist/poison.js")
    assert len(report["findings"]) == SITES
    workers = [(cluster.scratch / f"worker{number}.log").read_text() for number in range(2)]
    assert sum(log.count("Registered to") for log in workers) <= 3  # two, and the one that was killed once


def test_no_token_is_left_anywhere(cluster: Cluster, sites: Path) -> None:
    before = set(os.listdir("/dev/shm")) if os.path.isdir("/dev/shm") else set()
    done = scan(sites, "--on", cluster.address)
    assert len(plain(done)["findings"]) == SITES
    assert holders(cluster.all, NEEDLES) == set()
    assert files_with([cluster.scratch], NEEDLES) == set()
    shared = set(os.listdir("/dev/shm")) - before if os.path.isdir("/dev/shm") else set()
    assert files_with([Path("/dev/shm", name) for name in shared], NEEDLES) == set()
    # the search finds what is there: names of files are in the scheduler, and a token is in this process
    assert holders(cluster.all, [b"/23/dist/app.js"])
    assert holders([os.getpid()], NEEDLES[:1]) == set(NEEDLES[:1])


def test_a_scheduler_that_dies_keeps_what_is_done(sites: Path, tmp_path: Path) -> None:
    write(sites, {"5/dist/slow.js": "x"})
    scratch, cache = tmp_path / "scratch", tmp_path / "cache"
    scratch.mkdir()
    copied_cache(cache)  # to compile the rules takes a minute
    cluster = started(scratch)
    env = environment(FRONTLEAK_CACHE_DIR=str(cache))
    command = [sys.executable, "-m", "frontleak", "scan", ".", "--isolated", "--on", cluster.address]
    running = subprocess.Popen(command, cwd=sites, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    end = time.monotonic() + PATIENCE
    while not list(cache.rglob("shard-*.json")) and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(2)
    stopped(cluster)
    _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 2
    lines = err.decode().splitlines()
    assert lines[0].startswith("error: the scheduler of the cluster is gone: ")
    assert lines[1:] == ["       run the same command again; it goes on"]
    kept = {path.name: path.stat().st_ino for path in cache.rglob("shard-*.json")}
    assert kept
    assert files_with([cache], NEEDLES) == set()
    assert {path.stat().st_mode & 0o077 for path in cache.rglob("*") if path.is_file()} == {0}
    command[-1:] = ["dask", "--jobs=2", "--format=json", "-v"]
    again = subprocess.run(command, cwd=sites, env=env, capture_output=True, check=False, timeout=PATIENCE)
    assert again.returncode == 1, again.stderr
    report = json.loads(again.stdout)
    del report["timings"]
    assert report == plain(scan(sites))
    assert not list(cache.rglob("shard-*.json"))


def test_an_interrupt_says_so_in_a_word(sites: Path, tmp_path: Path) -> None:
    write(sites, {"5/dist/slow.js": "x"})
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook/sitecustomize.py").write_text(HOOK.format(once=str(tmp_path / "never")))
    env = environment(PYTHONPATH=os.pathsep.join((str(tmp_path / "hook"), os.environ.get("PYTHONPATH", ""))))
    command = interruptible(COMMAND, "scan", ".", "--isolated", "--on", "dask", "--jobs=2")
    running = subprocess.Popen(command, cwd=sites, env=env, stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(8)
    os.killpg(running.pid, signal.SIGINT)
    _, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, err.decode()) == (130, "interrupted\n")
    end = time.monotonic() + PATIENCE
    while _of_session(running.pid):
        assert time.monotonic() < end, "processes are left"
        time.sleep(0.5)


def _of_session(session: int) -> list[int]:
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            if int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[3]) == session:
                found.append(int(entry))
    return found


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--on", "dask://127.0.0.1:1"), "no scheduler answers there"),
        (("--on", "ray"), "--on ray: is no cluster"),
        (("--on", "dask", "--verify"), "secrets cannot be verified in shards"),
        (("--on", "dask", "--env", "HOME"), "the values of variables cannot be looked for in shards"),
    ],
)
def test_mistakes_are_one_line(arguments: tuple[str, ...], told: str, sites: Path) -> None:
    done = scan(sites, *arguments)
    assert done.code == 2
    assert told in done.problems[0]


def test_a_worker_with_other_files_is_named(cluster: Cluster, sites: Path, tmp_path: Path) -> None:
    """The folder of the scan is gone once the workers look for it."""
    link = tmp_path / "elsewhere"
    sites.rename(link)
    script = (
        "import os,sys; from frontleak.cli.main import run; import frontleak.scanning.shards.cluster as c\n"
        "plan = c.make_plan\n"
        "def gone(*a): made = plan(*a); os.rename(os.getcwd(), os.getcwd() + '-gone'); return made\n"
        "c.make_plan = gone; run()"
    )
    command = [sys.executable, "-c", script, "scan", ".", "--isolated", "--on", cluster.address]
    done = subprocess.run(command, cwd=link, env=environment(), capture_output=True, check=False, timeout=PATIENCE)
    assert done.returncode == 2
    assert f"{link}: No such file or directory" in done.stderr.decode()
    assert "the workers need this version of frontleak" in done.stderr.decode()
