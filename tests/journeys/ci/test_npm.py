"""The npm package: packed, installed into an empty project, and run by npx; without a binary, it says what to do."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml

from frontleak.core.version import VERSION
from tests.acceptance.support import write
from tests.journeys.ci.npm_packages import NPM, PACKAGES, SLOW, downloaded, installed, npx, packed
from tests.journeys.ci.support import started
from tests.support.paths import ROOT
from tests.support.programs import Done, program

MAIN: Final = PACKAGES["frontleak"]


def test_all_versions_are_the_same_and_nothing_runs_at_installation() -> None:
    own = {each["name"] for each in PACKAGES.values()} | MAIN["optionalDependencies"].keys()
    for package in PACKAGES.values():
        needed = {**package.get("dependencies", {}), **package.get("optionalDependencies", {})}
        assert {package["version"], *(needed[name] for name in own & needed.keys())} == {VERSION}
        assert "scripts" not in package
    assert len(MAIN["optionalDependencies"]) == 5
    assert PACKAGES["vite-plugin-frontleak"]["dependencies"].keys() == {"unplugin-frontleak"}


def test_the_options_of_the_plugin_are_those_of_its_types_and_of_the_page() -> None:
    source = NPM / "unplugin-frontleak/src"
    known = (source / "options.js").read_text("utf-8").partition("const known = {")[2].partition("\n};")[0]
    names = set(re.findall(r"^  (\w+):", known, re.MULTILINE))
    assert {"command", "failOn", "incomplete"} < names
    assert set(re.findall(r"^  (\w+)\?:", (source / "index.d.ts").read_text("utf-8"), re.MULTILINE)) == names
    table = (ROOT / "docs/integrations.md").read_text("utf-8").partition("| option | meaning |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == names


def test_nothing_is_run_by_a_shell() -> None:
    scripts = [*NPM.glob("*/**/*.js"), *NPM.glob("*.mjs")]
    assert len(scripts) > 15
    for script in scripts:
        assert not re.search(r"\bshell\s*:|\bexec(Sync)?\(", script.read_text("utf-8")), script


@pytest.mark.toolchain
def test_npx_runs_the_binary_of_the_platform(program: Path, tmp_path: Path) -> None:
    package = tmp_path / "package"
    subprocess.run(["node", NPM / "platform.mjs", program.parent, package], check=True, timeout=SLOW)
    made = json.loads((package / "package.json").read_text())
    assert made["name"] in MAIN["optionalDependencies"]
    folder = installed(tmp_path / "p", packed(NPM / "frontleak", tmp_path), packed(package, tmp_path))
    shutil.copytree(ROOT / "fixtures/vite-react/dist", folder / "dist")
    bin24 = downloaded(write(tmp_path / "node", {"package.json": "{}"}), "node@24") / "node_modules/node/bin"
    for path, version in ((os.environ["PATH"], "v"), (f"{bin24}{os.pathsep}{os.environ['PATH']}", "v24.")):
        tell = subprocess.run(["node", "--version"], env={"PATH": path}, capture_output=True, text=True, check=True)
        assert tell.stdout.startswith(version)
        leaks = npx(folder, "scan", "dist", PATH=path)
        assert (leaks.code, "Revoke the token at https://www.sanity.io/manage" in leaks.text) == (1, True)
        assert npx(folder, "scan", "dist/embed.html", PATH=path).code == 0
        assert npx(folder, "scan", "--no-such", PATH=path).code == 2


@pytest.mark.toolchain
def test_without_a_binary_it_runs_uvx_or_pipx_or_fails_with_the_way_out(tmp_path: Path) -> None:
    folder = installed(tmp_path / "p", packed(NPM / "frontleak", tmp_path))
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("node", "sh"):
        (tools / name).symlink_to(os.path.realpath(shutil.which(name) or name))
    write(folder, {"uvx": "#!/bin/sh\necho planted\n"})
    (folder / "uvx").chmod(0o755)
    missing = _without(folder, tools)
    assert missing.code == 2
    assert "planted" not in missing.text, "a project must not bring the program"
    assert re.search(
        r"error: @frontleak/\S+ is not installed, and neither uvx nor pipx is there\n +install", missing.text
    )
    for tool, words in (
        ("pipx", f"run --spec frontleak=={VERSION} frontleak scan dist"),
        ("uvx", f"frontleak@{VERSION} scan dist"),
    ):
        write(tools, {tool: '#!/bin/sh\necho "<$*>"\nexit 1\n'.replace("exit 1", '[ "$1" = --version ] || exit 1')})
        (tools / tool).chmod(0o755)
        done = _without(folder, tools)
        assert (done.code, f"<{words}>" in done.text, f"with {tool}\n" in done.text) == (1, True, True)


def _without(folder: Path, tools: Path) -> Done:
    """Run the command where only these tools are in PATH."""
    script = str(folder / "node_modules/frontleak/bin/frontleak.js")
    variables = {"PATH": os.pathsep.join([".", "", str(tools)])}
    return program([str(tools / "node"), script, "scan", "dist"], folder, variables, SLOW)


@pytest.mark.toolchain
def test_a_release_publishes_the_platforms_first_and_what_is_missing(tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    shutil.copytree(NPM, root / "npm")
    shutil.copytree(ROOT / "ci", root / "ci")
    shutil.copy(ROOT / "LICENSE", root)
    archives = tmp_path / "archives"
    archives.mkdir()
    for name in MAIN["optionalDependencies"]:
        package = write(tmp_path / name, {"package.json": json.dumps({"name": name, "version": VERSION})})
        packed(package, archives)
    calls = tmp_path / "calls"
    fake = f"""#!/bin/sh
if [ "$1" = view ]; then [ "$2" = frontleak@{VERSION} ] && echo {VERSION}; else echo "$*" >> "{calls}"; fi
"""
    write(tmp_path / "bin", {"npm": fake})
    (tmp_path / "bin/npm").chmod(0o755)

    def publish() -> Done:
        return started(
            ["bash", str(root / "ci/publish-npm.sh"), str(archives)],
            tmp_path,
            {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"},
        )

    done = publish()
    assert done.code == 0, done.text
    published = [line.split() for line in calls.read_text().splitlines()]
    assert {(each[0], *each[2:]) for each in published} == {("publish", "--provenance", "--access", "public")}
    names = [Path(each[1]).name for each in published]
    assert len(names) == 7
    assert all(name.endswith(f"-{VERSION}.tgz") for name in names[:5])
    assert names[5:] == ["unplugin-frontleak", "vite-plugin-frontleak"], "frontleak is published already"
    assert f"frontleak@{VERSION} is published already" in done.text
    calls.unlink()
    next(archives.iterdir()).unlink()
    done = publish()
    assert (done.code, calls.exists(), "error: packages of platforms:" in done.text) == (1, False, True)


def test_the_release_workflow_runs_the_script_with_few_rights() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))["jobs"]
    assert jobs["npm"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert jobs["npm"]["needs"] == "standalone"
    assert jobs["npm"]["steps"][-1] == {"run": "ci/publish-npm.sh npm/archives"}
    assert len(jobs["standalone"]["strategy"]["matrix"]["os"]) == len(MAIN["optionalDependencies"])
