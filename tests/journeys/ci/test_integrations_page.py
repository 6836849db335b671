"""The lines of docs/integrations.md: they are well formed, name this version, and do what the page says."""

import hashlib
import json
import re
import tarfile
import tomllib
from pathlib import Path
from typing import Final

import pytest
import yaml

from frontleak.core.version import VERSION
from frontleak.rules.frameworks import load_frameworks
from tests.acceptance.support import COMMAND, frontleak, write
from tests.journeys.ci.support import GitLab, project, started
from tests.support.paths import ROOT
from tests.support.programs import Done

PAGE: Final = (ROOT / "docs/integrations.md").read_text("utf-8")
BLOCKS: Final = dict(re.findall(r'^```\w+ title="(\S+)"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE))
SCANS: Final = {
    name: [
        command.strip().strip("'").replace(".venv/bin/", "")
        for line in body.splitlines()
        for command in re.findall(r"(?:mkdir|\.venv/bin/frontleak|frontleak) .*scan .*", line)
    ]
    for name, body in BLOCKS.items()
    if "scan " in body
    and name in {".circleci/config.yml", "Jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml"}
}
HOST: Final = "scripts/frontleak.sh"


def test_the_files_are_well_formed() -> None:
    for name, body in BLOCKS.items():
        match name.rpartition(".")[2]:
            case "yml":
                assert isinstance(yaml.safe_load(body), dict)
            case "json":
                json.loads(body)
            case "toml":
                tomllib.loads(body)
            case kind:
                assert kind in {"Jenkinsfile", "sh", "mjs", "js"}


def test_the_lines_name_this_version() -> None:
    text = "\n".join(BLOCKS.values())
    named = re.findall(r"frontleak==([\w.]+)|frontleak/frontleak@v?([\d.]+)|^version=(\S+)", text, re.MULTILINE)
    assert len(named) > 6
    assert {"".join(each) for each in named} == {VERSION}


def test_the_inputs_exist() -> None:
    workflow = yaml.safe_load(BLOCKS[".github/workflows/frontleak.yml"])
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    (step,) = (each for each in workflow["jobs"]["scan"]["steps"] if each.get("uses", "").startswith("frontleak/"))
    assert not step.keys() - {"uses"}
    assert {*re.findall(r"`with: \{([a-z-]+):", PAGE)} <= inputs.keys()
    assert {*re.findall(r"`([a-z-]+)`", PAGE.partition("| input |")[2].partition("\nIts outputs")[0])} >= inputs.keys()
    assert "inputs" not in yaml.safe_load(BLOCKS[".gitlab-ci.yml"])["include"][0]
    assert {*re.findall(r"`inputs: \{([a-z-]+):", PAGE)} <= GitLab().inputs.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", SCANS)
def test_the_scan_of_a_service_fails_with_its_reports(name: str, tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    (command,) = SCANS[name]
    done = _run(command, folder, BUILD_ARTIFACTSTAGINGDIRECTORY=str(folder))
    assert done.code == 1
    assert "Revoke the token at https://www.sanity.io/manage" in done.text
    outputs = re.findall(r"-o (\S+)", command.replace('"', "").replace("$BUILD_ARTIFACTSTAGINGDIRECTORY", str(folder)))
    assert outputs
    assert all((folder / each).is_file() for each in outputs)


def test_four_services_have_a_scan() -> None:
    assert len(SCANS) == 4


FRAMEWORKS: Final = re.findall(r"^\| ([A-Z][\w. ]+) \| (`frontleak scan .+) \|$", PAGE, re.MULTILINE)
BUILT: Final = {
    "Next.js": ("next-app", "next-export"),
    "Nuxt": ("nuxt",),
    "SvelteKit": ("sveltekit", "sveltekit-static"),
    "Astro": ("astro",),
    "React Router": ("react-router",),
}
"""Framework -> fixtures that it built."""


@pytest.mark.parametrize(("name", "commands"), FRAMEWORKS)
def test_a_framework_is_scanned_where_its_build_writes(name: str, commands: str, tmp_path: Path) -> None:
    (framework,) = (each for each in load_frameworks() if each.name.startswith(name))
    scanned = re.findall(r"`frontleak scan (\S+)`", commands)
    assert scanned == list(framework.build_folders)[: len(scanned)]
    for fixture in BUILT.get(name, ()):
        (folder,) = (
            ROOT / "fixtures" / fixture / each for each in scanned if (ROOT / "fixtures" / fixture / each).is_dir()
        )
        assert frontleak("scan", "--isolated", folder, cwd=tmp_path).code == 1


def test_six_frameworks_have_a_line() -> None:
    assert len(FRAMEWORKS) == 6
    assert BUILT.keys() < dict(FRAMEWORKS).keys()


@pytest.mark.slow
def test_the_script_for_hosts_checks_what_it_takes(tmp_path: Path) -> None:
    release = tmp_path / "release" / f"v{VERSION}"
    write(tmp_path, {"frontleak": f'#!/bin/sh\nexec "{COMMAND}" "$@"\n'})  # stands for the standalone binary
    (tmp_path / "frontleak").chmod(0o755)
    release.mkdir(parents=True)
    archive = release / f"frontleak-{VERSION}-linux-x86_64.tar.gz"
    with tarfile.open(archive, "w:gz") as made:
        made.add(tmp_path / "frontleak", "frontleak/frontleak")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    script = BLOCKS[HOST].replace("https://github.com/frontleak/frontleak/releases/download", release.parent.as_uri())
    assert release.parent.as_uri() in script
    folder = write(project(tmp_path / "p"), {HOST: script})
    assert f"sh {HOST} dist" in BLOCKS["netlify.toml"]
    assert f"sh {HOST} dist" in BLOCKS["vercel.json"]
    refused = _run(f"sh {HOST} dist", folder)
    assert (refused.code != 0, "sanity" in refused.text) == (True, False), "the checksum is not filled in"
    (folder / HOST).write_text(script.replace("PUT-THE-CHECKSUM-OF-THE-RELEASE-HERE", digest))
    found = _run(f"sh {HOST} dist", folder)
    assert (found.code, "src/lib/sanity.ts" in found.text) == (1, True)
    archive.write_bytes(archive.read_bytes() + b"x")
    assert "sanity" not in _run(f"sh {HOST} dist", folder).text


def _run(command: str, folder: Path, **variables: str) -> Done:
    return started(["bash", "-euo", "pipefail", "-c", command], folder, variables)


def test_the_page_is_linked() -> None:
    for name in ("README.md", "docs/index.md", "docs/reports.md", "zensical.toml"):
        assert "integrations.md" in (ROOT / name).read_text("utf-8")
