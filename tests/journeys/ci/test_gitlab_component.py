"""The script of the GitLab component, run against a real build in a real clone."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from frontleak.core.version import VERSION
from tests.acceptance.support import write
from tests.journeys.ci.support import REBUILT, GitLab, offline, project

pytestmark = pytest.mark.slow
SECRETS = "gl-secret-detection-report.json"
QUALITY = "gl-code-quality-report.json"


def loaded(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text())


def test_a_clean_build_passes(release: Path, tmp_path: Path) -> None:
    clean = project(tmp_path / "clean", leaks=False)
    done = GitLab().run(clean, offline(), version=str(release), paths="dist/embed.html\ndist")
    assert done.code == 0
    assert {each["severity"] for each in loaded(clean, QUALITY)} <= {"info"}


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_a_leaking_build_fails_with_its_reports(shell: str, release: Path, tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    gitlab = GitLab(shell)
    done = gitlab.run(folder, offline(), version=str(release), paths="dist", options="--show-server\n--show-public")
    assert done.code == 1
    assert "Revoke the token at https://www.sanity.io/manage" in done.text
    assert next(each["location"]["file"] for each in loaded(folder, SECRETS)["vulnerabilities"]) == "src/lib/sanity.ts"
    artifacts = gitlab.job["artifacts"]
    assert artifacts["when"] == "always"
    assert {*artifacts["reports"].values()} == {*artifacts["paths"]}
    assert all((folder / name).is_file() for name in artifacts["paths"])
    assert ET.parse(folder / "frontleak-junit.xml").findall(".//failure")


def test_a_rebuilt_bundle_is_equal_to_gitlab(release: Path, tmp_path: Path) -> None:
    first, second = project(tmp_path / "1"), project(tmp_path / "2", REBUILT)
    for folder in (first, second):
        assert GitLab().run(folder, offline(), version=str(release)).code == 1
    prints = [sorted(each["fingerprint"] for each in loaded(folder, QUALITY)) for folder in (first, second)]
    assert len(prints[0]) > 1
    assert prints[0] == prints[1]


def test_inputs_are_never_code(release: Path, tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    hostile = "$(touch made) `touch made`; touch made * #"
    write(folder, {f"{hostile}/a.js": "x=1\n"})
    options = f"--show-server\n--exclude={hostile}.x"
    assert GitLab("sh").run(folder, offline(), version=str(release), paths=hostile, options=options).code == 0
    assert GitLab("sh").run(folder, offline(), version=str(release), fail_on=hostile).code == 2
    assert GitLab("sh").run(folder, offline(), version="$(touch made)`touch made`").code
    assert GitLab("sh").run(folder, offline(), version="--index-url=http://127.0.0.1:9/").code == 2
    assert not (folder / "made").exists()


def test_every_input_is_used_and_the_version_is_this_one() -> None:
    gitlab = GitLab()
    assert gitlab.inputs["version"]["default"] == VERSION
    script = "\n".join(gitlab.job["script"])
    assert "$[[" not in script
    for name, value in gitlab.job["variables"].items():
        assert name == "PIP_CACHE_DIR" or value["expand"] is False
    used = {*re.findall(r"inputs\.([a-z-]+)", json.dumps(gitlab.job)), "job-name"}
    assert used == gitlab.inputs.keys()
