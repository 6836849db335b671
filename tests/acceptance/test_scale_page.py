"""The blocks of docs/scale.md: those that a machine without a cluster can run are run, the others are well formed."""

import ast
import json
import os
import re
import shutil
import subprocess
import types
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.acceptance.support import COMMAND, environment, repository, write
from tests.support.paths import ROOT
from tests.support.shipped import fake

PAGE: Final = (ROOT / "docs/scale.md").read_text("utf-8")
BLOCKS: Final = dict(re.findall(r'^```\w+ title="(\S+)"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE))
RUN: Final = ("shards.sh", "xargs.sh", "parallel.sh", "lines.sh")
NEEDS: Final = {"parallel.sh": "parallel", "lines.sh": "parallel", "xargs.sh": "xargs"}
SITES: Final = 6


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Create a folder `sites`, with a secret in each of six repositories, and a command on PATH."""
    for number in range(SITES):
        write(tmp_path / "sites", {f"{number}/dist/app.js": f'x="{fake("sanity-token", number)}"'})
        repository(tmp_path / "sites" / str(number))
    write(tmp_path, {"bin/frontleak": f'#!/bin/sh\nexec "{COMMAND}" "$@"\n'})
    (tmp_path / "bin/frontleak").chmod(0o755)
    return tmp_path


def shell(folder: Path, text: str, **env: str) -> "subprocess.CompletedProcess[str]":
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    changed = environment(PATH=path, **env)
    return subprocess.run(
        ["sh", "-c", text], cwd=folder, env=changed, capture_output=True, encoding="utf-8", timeout=110, check=False
    )


@pytest.mark.parametrize("name", RUN)
def test_a_block_gives_the_report_of_a_scan(name: str, folder: Path) -> None:
    program = NEEDS.get(name, "sh")
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    *steps, merge = BLOCKS[name].splitlines()
    done = shell(folder, "\n".join(["set -e", *steps]))
    assert done.returncode == 0, done.stderr
    merged = shell(folder, f"{merge} --isolated --format=json")
    scanned = shell(folder, "frontleak scan sites --isolated --format=json")
    assert (merged.returncode, merged.stderr) == (1, "")
    reports: list[dict[str, Any]] = [json.loads(each.stdout) for each in (merged, scanned)]
    for report in reports:
        del report["timings"]
    assert reports[0] == reports[1]
    assert len(reports[0]["findings"]) == SITES


def test_the_script_for_slurm_runs_its_shard(folder: Path) -> None:
    assert shell(folder, "frontleak shard plan sites --isolated -n 3 -o plan.jsonl").returncode == 0
    script = BLOCKS["slurm.sh"].replace("/shared/", f"{folder}/")
    assert script.startswith("#!/bin/sh\n#SBATCH")
    for task in range(3):
        done = shell(folder, script, SLURM_ARRAY_TASK_ID=str(task))
        assert done.returncode == 0, done.stderr
    assert shell(folder, "frontleak shard merge plan.jsonl.done --isolated").returncode == 1


def test_the_job_of_kubernetes(folder: Path) -> None:
    job = yaml.safe_load(BLOCKS["job.yaml"])
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert job["spec"]["completionMode"] == "Indexed"
    assert {each["name"] for each in container["volumeMounts"]} == {
        each["name"] for each in job["spec"]["template"]["spec"]["volumes"]
    }
    assert shell(folder, "frontleak shard plan sites --isolated -n 3 -o plan.jsonl").returncode == 0
    key = (folder / "plan.jsonl.key").read_text()
    (folder / "plan.jsonl.key").unlink()
    assert container["env"][0]["name"] == "FRONTLEAK_SHARD_KEY"
    command = container["command"][2].replace("/data/", f"{folder}/")
    done = shell(folder, command, JOB_COMPLETION_INDEX="2", FRONTLEAK_SHARD_KEY=key)
    assert done.returncode == 0, done.stderr
    assert os.listdir(folder / "plan.jsonl.done") == ["shard-0000002.json"]


def test_the_dag_of_airflow_is_python_and_its_lines_are_commands(folder: Path) -> None:
    ast.parse(BLOCKS["dag.py"])
    lines = re.findall(r'return f?"(.*)"', BLOCKS["dag.py"])
    assert len(lines) == 3
    for line in (lines[0], *(lines[1].replace("{shard}", str(number)) for number in range(4))):
        done = shell(folder, line.replace("/shared", str(folder)).replace("{SHARDS}", "4"))
        assert done.returncode == 0, done.stderr
    assert shell(folder, lines[2].replace("/shared", str(folder))).returncode == 1


@pytest.mark.parametrize("name", ["ray_shards.py", "spark_shards.py"])
def test_a_recipe_runs_a_line(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shell(folder, "frontleak shard plan sites --isolated -n 2 -o plan.jsonl").returncode == 0
    text = BLOCKS[name].replace("/shared/", f"{folder}/").replace("import ray\n", "ray = None\n")
    assert sum(bool(line.strip()) for line in text.splitlines()) <= 22
    recipe = types.ModuleType("recipe")
    exec(text, vars(recipe))
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
    for line in (folder / "plan.jsonl").read_text().splitlines():
        done = recipe.run({"text": line} if name == "ray_shards.py" else line)
        assert done in [{"code": 0, "told": ""}, (0, "")]
    done = recipe.run({"text": "no line"} if name == "ray_shards.py" else "no line")
    assert "is cut off or damaged: not JSON" in str(done)
    assert shell(folder, "frontleak shard merge done --isolated --key plan.jsonl.key").returncode == 1
