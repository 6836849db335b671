"""The steps of action.yml, run in their order against a real build in a real clone."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.acceptance.support import PATIENCE, environment, write
from tests.journeys.ci.support import ENTRY, REBUILT, Job, Runner, offline, project
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow
TEXT: Final = (ROOT / "action.yml").read_text("utf-8")
ACTION: Final[dict[str, Any]] = yaml.safe_load(TEXT)
PLACE: Final = "file=src/lib/sanity.ts,line=7"


def scanned(runner: Runner, release: Path, workspace: Path, **inputs: str) -> Job:
    return runner.run(workspace, offline(), version=str(release), **inputs)


def identities(job: Job) -> list[tuple[str, str]]:
    report = json.loads(Path(job.outputs["report"]).read_text())
    return sorted((each["rule"], each["fingerprint"]) for each in report["findings"])


def test_a_clean_build_passes(release: Path, tmp_path: Path) -> None:
    clean = project(tmp_path / "clean", leaks=False)
    job = scanned(Runner(tmp_path), release, clean, paths="dist/embed.html\ndist", fail_on="low")
    assert (job.code, job.outputs["exit-code"], list(job.uploads)) == (0, "0", [])
    assert not [line for line in job.annotations if not line.startswith("::notice")]
    assert job.summary


def test_a_leaking_build_fails_last_with_everything_reported(release: Path, tmp_path: Path) -> None:
    job = scanned(Runner(tmp_path), release, project(tmp_path / "p"), paths="dist", sarif_upload="true")
    assert (job.code, job.outputs["exit-code"]) == (1, "1")
    (error,) = (line for line in job.annotations if line.startswith("::error"))
    assert PLACE in error
    assert "Revoke the token at https://www.sanity.io/manage" in job.text
    assert job.text.endswith("frontleak: findings that fail the scan; the report is in the step before\n")
    assert "src/lib/sanity.ts" in job.summary
    (upload,) = job.uploads
    assert upload == {"sarif_file": job.outputs["sarif"], "category": "frontleak"}
    assert json.loads(Path(upload["sarif_file"]).read_text())["version"] == "2.1.0"


def test_a_rebuilt_bundle_has_the_same_findings_and_annotations(release: Path, tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    first = scanned(runner, release, project(tmp_path / "p"))
    before = identities(first)
    shutil.rmtree(tmp_path / "p")
    second = scanned(runner, release, project(tmp_path / "p", REBUILT))
    assert (first.restored, second.restored) == (False, True), "the wheels come from the cache"
    assert REBUILT in second.text
    assert len(before) > 1
    assert identities(second) == before
    assert second.annotations == [line.replace(ENTRY, REBUILT) for line in first.annotations]
    assert any(PLACE in line for line in second.annotations)
    assert second.code == first.code == 1


def test_inputs_are_never_code(release: Path, tmp_path: Path) -> None:
    workspace = project(tmp_path / "p")
    hostile = "$(touch made) `touch made`; touch made #"
    write(workspace, {f"{hostile}/a.js": "x=1\n"})
    job = scanned(Runner(tmp_path), release, workspace, paths=hostile, options=f"--show-server\n--exclude={hostile}.x")
    assert job.code == 0
    failed = scanned(Runner(tmp_path), release, workspace, fail_on=hostile)
    assert (failed.code, failed.outputs["exit-code"], failed.outputs["sarif"]) == (2, "2", "")
    for version in ("--index-url=http://127.0.0.1:9/", "$(touch made)`touch made`"):
        failed = Runner(tmp_path).run(workspace, offline(), version=version)
        assert failed.code == 2
        assert failed.annotations
    assert not [path for path in tmp_path.rglob("made*") if path.name == "made"]


def test_no_input_is_written_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert "run" in step or re.search(r"@[0-9a-f]{40}$", step["uses"])
    assert len(re.findall(r"uses: \S+ # v\d", TEXT)) == sum("uses" in step for step in ACTION["runs"]["steps"])


@pytest.mark.toolchain
def test_the_action_installs_its_own_commit(tmp_path: Path) -> None:
    job = Runner(tmp_path).run(project(tmp_path / "p"), paths="dist")
    assert job.code == 1
    assert any(PLACE in line for line in job.annotations)


@pytest.mark.toolchain
def test_zizmor_has_nothing_to_say() -> None:
    zizmor = shutil.which("zizmor", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert zizmor
    command = [zizmor, "--offline", "--no-progress", "--quiet", str(ROOT / "action.yml"), str(ROOT / ".github")]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout
