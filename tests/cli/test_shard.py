"""`frontleak shard`, as installed: plan, run and merge, and what goes wrong with them."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import COMMAND, PATIENCE, Run, environment, frontleak, installed, interruptible, write
from tests.faults.hooks import hooked
from tests.support.shipped import fake

POISON = "poison.js"
"""A file that kills the process that opens it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Create a folder with four builds, each with a secret."""
    for name in "abcd":
        write(
            tmp_path / "work", {f"{name}/dist/index.html": "<script src=/assets/app.js>", f"{name}/package.json": "{}"}
        )
        write(tmp_path / "work", {f"{name}/dist/assets/app.js": f'x="{fake("sanity-token", name)}"'})
        (tmp_path / "work" / name / ".git").mkdir()
    return tmp_path / "work"


def shard(*arguments: str, cwd: Path, stdin: bytes = b"", env: dict[str, str] | None = None) -> Run:
    return frontleak("shard", *arguments, cwd=cwd, stdin=stdin, env=env)


def planned(folder: Path, *arguments: str, count: int = 3) -> Path:
    done = shard("plan", ".", "--isolated", "-n", str(count), "-o", "../plan.jsonl", *arguments, cwd=folder)
    assert (done.code, done.out) == (0, ""), done.err
    return folder.parent / "plan.jsonl"


def ran(folder: Path, plan: Path, count: int = 3) -> Path:
    for number in range(count):
        done = shard("run", str(plan), "--shard", str(number), cwd=folder.parent)
        assert (done.code, done.out, done.err) == (0, "", "")
    return plan.with_name("plan.jsonl.done")


def plain(report: bytes) -> dict[str, Any]:
    """Return a JSON report without timings."""
    read: dict[str, Any] = json.loads(report)
    del read["timings"]
    return read


def test_the_merged_report_is_that_of_a_scan(folder: Path) -> None:
    done = ran(folder, planned(folder))
    merged = shard("merge", str(done), "--isolated", "--format=json", cwd=folder)
    scanned = frontleak("scan", ".", "--isolated", "--format=json", cwd=folder)
    assert merged.code == scanned.code == 1
    assert merged.err == ""
    assert plain(merged.stdout) == plain(scanned.stdout)
    assert len(plain(merged.stdout)["findings"]) == 4
    for name in ("text", "sarif", "markdown"):
        one, other = (
            frontleak(*command, "--isolated", f"--format={name}", cwd=folder).out
            for command in (("shard", "merge", str(done)), ("scan", "."))
        )
        assert len(one) == len(other) > 200


def test_options_of_the_plan_and_of_the_report(folder: Path) -> None:
    done = ran(folder, planned(folder, "--exclude", "a/", "--ignore", "stripe-*"))
    merged = shard("merge", str(done), "--isolated", "--format=json", "--fail-on=critical", "-o", "r.json", cwd=folder)
    report = plain((folder / "r.json").read_bytes())
    assert len(report["findings"]) == 3
    assert report["coverage"]["excluded"] == 1
    assert merged.code == (1 if "critical" in {each["severity"] for each in report["findings"]} else 0)
    assert shard("merge", str(done), "--isolated", "--exit-zero", cwd=folder).code == 0


def test_a_baseline_accepts(folder: Path) -> None:
    assert frontleak("baseline", "create", "--isolated", "--baseline", "b.json", cwd=folder).code == 0
    done = ran(folder, planned(folder, "--exclude", "b.json"))
    assert shard("merge", str(done), "--isolated", cwd=folder).code == 1
    assert shard("merge", str(done), "--isolated", "--baseline", "b.json", cwd=folder).code == 0


def test_a_configuration_holds_for_plan_and_merge(folder: Path) -> None:
    (folder / ".frontleak.yaml").write_text("exclude: ['b/']\nfail-on: critical\nshow-server: true\n")
    plan = folder.parent / "plan.jsonl"
    assert shard("plan", ".", "-n", "3", "-o", str(plan), cwd=folder).code == 0
    done = ran(folder, plan)
    merged = shard("merge", str(done), "--format=json", cwd=folder)
    scanned = frontleak("scan", ".", "--format=json", cwd=folder)
    assert merged.code == scanned.code
    assert plain(merged.stdout) == plain(scanned.stdout)


def test_a_line_on_standard_input(folder: Path) -> None:
    plan = planned(folder)
    key = f"{plan}.key"
    done = folder.parent / "done"
    for line in plan.read_bytes().splitlines():
        assert shard("run", "--line", "--done", str(done), "--key", key, cwd=folder, stdin=line).code == 0
    assert shard("merge", str(done), "--isolated", "--key", key, cwd=folder).code == 1
    env = {"FRONTLEAK_SHARD_KEY": Path(key).read_text()}
    assert shard("merge", str(done), "--isolated", cwd=folder, env=env).code == 1
    out = shard("run", "--line", "--done", "-", cwd=folder, stdin=line, env=env)
    assert (out.code, json.loads(out.out.splitlines()[0])["shard"]) == (0, 2)


def test_a_plan_on_standard_output_needs_a_place_for_its_key(folder: Path) -> None:
    refused = shard("plan", ".", "--isolated", "-n", "2", cwd=folder)
    assert refused.code == 2
    assert "name the key of the plan with --key FILE" in refused.err
    given = shard("plan", ".", "--isolated", "-n", "2", "--key", "../k", cwd=folder)
    assert [json.loads(line)["shard"] for line in given.out.splitlines()] == [0, 1]


def test_a_shard_with_a_result_is_not_run_again(folder: Path) -> None:
    plan = planned(folder)
    done = ran(folder, plan)
    file = done / "shard-0000001.json"
    before = file.stat()
    again = shard("run", str(plan), "--shard", "1", cwd=folder)
    assert again.err == "shard 1 has a result already; --again scans it once more\n"
    assert file.stat().st_ino == before.st_ino
    assert shard("run", str(plan), "--shard", "1", "--again", cwd=folder).err == ""
    assert file.stat().st_ino != before.st_ino
    file.write_text(file.read_text()[:-20])  # one that is cut off is none
    assert shard("run", str(plan), "--shard", "1", cwd=folder).err == ""


@pytest.mark.parametrize("hidden", ["dist/assets/app.js", "dist"], ids=["a file", "a folder, as of a disk"])
def test_a_shard_that_could_not_read_all_is_run_again(hidden: str, folder: Path) -> None:
    plan = planned(folder, count=2)
    lines = plan.read_text().splitlines()
    lacking = [number for number, line in enumerate(lines) if f'"a/{hidden}' in line]
    (folder / "a" / hidden).rename(folder.parent / "elsewhere")
    for number in (0, 1):
        ran_first = shard("run", str(plan), "--shard", str(number), cwd=folder.parent)
        assert ran_first.code == 0
        assert bool(ran_first.err) == (number in lacking)
        if number in lacking:
            assert (
                f"note: shard {number} could not read 1 file; `shard merge` names them, and the next" in ran_first.err
            )
    done = plan.with_name("plan.jsonl.done")
    merged = shard("merge", str(done), "--isolated", "--exit-zero", "--format=json", cwd=folder)
    assert merged.code == 3
    named = ", ".join(map(str, lacking))
    assert (
        merged.err == f"note: {len(lacking)} of 2 shards could not read all of their files; run them again: {named}\n"
    )
    skipped = {skip["path"]: skip for skip in merged.json()["skipped"]}
    message = "is in the plan but not there: bring it back and run its shard again, or make a new plan"
    assert skipped["a/dist/assets/app.js"]["reason"] == message
    assert skipped["a/dist/assets/app.js"]["incomplete"]
    assert len(merged.json()["findings"]) == 3

    (folder.parent / "elsewhere").rename(folder / "a" / hidden)
    for number in lacking:
        assert shard("run", str(plan), "--shard", str(number), cwd=folder.parent).err == ""
    whole = shard("merge", str(done), "--isolated", "--format=json", cwd=folder)
    assert (whole.code, whole.err) == (1, "")
    assert plain(whole.stdout) == plain(frontleak("scan", ".", "--isolated", "--format=json", cwd=folder).stdout)
    assert "has a result already" in shard("run", str(plan), "--shard", str(number), cwd=folder.parent).err


def test_what_the_plan_could_not_list_is_not_tried_again(folder: Path) -> None:
    """Another run of the shard would not list it either."""
    (folder / "fifo.js").symlink_to("fifo.js")
    plan = planned(folder, count=1)
    ran(folder, plan, count=1)
    assert "has a result already" in shard("run", str(plan), "--shard", "0", cwd=folder.parent).err


def test_a_missing_shard_makes_the_scan_incomplete(folder: Path) -> None:
    done = ran(folder, planned(folder, "--select", "npm-*"))
    assert shard("merge", str(done), "--isolated", cwd=folder).code == 0
    (done / "shard-0000002.json").unlink()
    merged = shard("merge", str(done), "--isolated", "--format=json", cwd=folder)
    assert merged.code == 3
    assert [skip["reason"] for skip in merged.json()["skipped"]] == ["1 of 3 shards have no result: 2"]
    assert shard("merge", str(done), "--isolated", "--allow-missing", cwd=folder).code == 0


def test_a_new_plan_beside_old_results(folder: Path) -> None:
    """What an older plan of that name left is not joined with the new results, and is named."""
    plan = planned(folder)
    done = ran(folder, plan)
    write(folder, {"a/dist/more.js": "x"})
    planned(folder, count=2)
    assert shard("run", str(plan), "--shard", "0", cwd=folder).code == 0
    merged = shard("merge", str(done), "--isolated", "--format=json", "--exit-zero", cwd=folder)
    assert merged.code == 3
    assert [skip["reason"] for skip in merged.json()["skipped"]] == ["1 of 2 shards have no result: 1"]
    assert merged.err.count("is of another plan than the one beside the folder") == 2
    assert shard("run", str(plan), "--shard", "1", cwd=folder).code == 0
    merged = shard("merge", str(done), "--isolated", "--format=json", "-v", cwd=folder)
    assert (merged.code, merged.err) == (1, "results: 2 of 2 shards\n")
    assert plain(merged.stdout) == plain(frontleak("scan", ".", "--isolated", "--format=json", cwd=folder).stdout)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run",), "name a PLAN and its --shard I"),
        (("run", "../plan.jsonl", "--shard", "9"), "has no shard 9: it has 3, from 0 to 2"),
        (("run", "none", "--shard", "0"), "none: no such file"),
        (("run", "--line", "--key", "../plan.jsonl.key"), "is cut off or damaged: not JSON"),
        (("run", "--line", "--shard", "1"), "takes no PLAN and no --shard"),
        (("run", "../plan.jsonl", "--shard", "0", "--key", "other"), "other: the key of the plan cannot be read"),
        (("run", "../plan.jsonl", "--shard", "0", "--done", "/proc/none"), "/proc/none: cannot be made"),
        (("merge", "none"), "none: no such folder"),
        (("merge", "."), "name the key of the plan with --key FILE"),
        (("merge", ".", "--key", "../plan.jsonl.key"), "no result of a shard was found"),
        (("merge", "none", "--key", "../plan.jsonl.key"), "none: no such folder"),
        (("plan", "missing", "-n", "2", "--key", "k"), "missing: no such file or folder"),
        (("plan", "-", "-n", "2", "--key", "k"), "standard input cannot be scanned in shards"),
        (("plan", ".", "-n", "0"), "0 is not in the range"),
    ],
)
def test_mistakes_are_one_line_with_the_way_out(arguments: tuple[str, ...], told: str, folder: Path) -> None:
    planned(folder)
    done = shard(*arguments, cwd=folder)
    assert done.code == 2
    (problem,) = done.problems
    assert told in problem
    assert len(done.err.splitlines()) == 2


def test_a_folder_that_is_not_there_is_named(folder: Path) -> None:
    plan = planned(folder)
    folder.rename(folder.parent / "moved")
    done = shard("run", str(plan), "--shard", "0", cwd=folder.parent)
    assert done.code == 2
    assert f"{folder}: No such file or directory" in done.err
    assert "needs the same files at the same paths" in done.err


def test_another_checkout_merges(folder: Path, tmp_path: Path) -> None:
    """Neither the files nor their folder are needed, and fingerprints are the same."""
    done = ran(folder, planned(folder))
    scanned = plain(frontleak("scan", ".", "--isolated", "--format=json", cwd=folder).stdout)
    shutil.rmtree(folder)
    (tmp_path / "elsewhere").mkdir()
    merged = plain(shard("merge", str(done), "--isolated", "--format=json", cwd=tmp_path / "elsewhere").stdout)
    assert merged == scanned


def test_a_file_that_kills_its_process_costs_one_diagnostic(folder: Path) -> None:
    write(folder, {f"a/dist/{POISON}": "x", "a/dist/more.js": f'y="{fake("sanity-token", "more")}"'})
    plan = planned(folder, count=1)
    body = "import os,signal\nos.kill(os.getpid(), signal.SIGKILL)"
    env = hooked("open", body, folder.parent / "scratch", condition=f"{POISON!r} in str(arguments[0])")
    done = installed("shard", "run", str(plan), "--shard", "0", cwd=folder, env=env)
    assert (done.code, done.err) == (0, "")
    merged = shard("merge", f"{plan}.done", "--isolated", "--format=json", cwd=folder)
    (skip,) = merged.json()["skipped"]
    assert (skip["code"], skip["path"]) == ("worker-died", f"a/dist/{POISON}")
    assert len(merged.json()["findings"]) == 5


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_nothing(how: signal.Signals, folder: Path) -> None:
    plan = planned(folder)
    env = hooked("os.rename", "import time\ntime.sleep(600)", folder.parent / "scratch")
    started = subprocess.Popen(
        interruptible(COMMAND, "shard", "run", str(plan), "--shard", "0"),
        cwd=folder,
        env=environment(**env),
        stderr=subprocess.PIPE,
    )
    done = plan.with_name("plan.jsonl.done")
    end = time.monotonic() + PATIENCE
    while not (done.is_dir() and os.listdir(done)) and time.monotonic() < end:
        time.sleep(0.02)
    started.send_signal(how)
    started.communicate(timeout=PATIENCE)
    assert not [name for name in os.listdir(done) if not name.startswith(".")]
    ran(folder, plan)
    assert shard("merge", str(done), "--isolated", cwd=folder).code == 1


def test_a_plan_that_fails_leaves_no_key(tmp_path: Path) -> None:
    done = shard("plan", "nothing", "-n", "2", "-o", "plan.jsonl", cwd=tmp_path)
    assert done.code == 2
    assert list(tmp_path.iterdir()) == []


def test_saved_responses_have_their_urls_in_a_plan(tmp_path: Path) -> None:
    write(tmp_path, {"saved/1.js": f'x="{fake("sanity-token", "saved")}"'})
    (tmp_path / "urls.jsonl").write_text('{"path": "saved/1.js", "url": "https://shop.example/app.js"}')
    planning = ("plan", "saved", "-n", "1", "-o", "plan.jsonl", "--isolated", "--url-manifest", "urls.jsonl")
    assert shard(*planning, cwd=tmp_path).code == 0
    assert shard("run", "plan.jsonl", "--shard", "0", cwd=tmp_path).code == 0
    done = shard("merge", "plan.jsonl.done", "--format=json", cwd=tmp_path)
    assert [each["path"] for each in done.json()["findings"]] == ["https://shop.example/app.js"]
