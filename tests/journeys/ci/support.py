"""What a CI service does with the files of this repository: it checks a project out, sets variables and runs steps."""

import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tests.acceptance.support import environment, git, repository, write
from tests.support.paths import ROOT
from tests.support.programs import Done, program

BUILD: Final = ROOT / "fixtures/vite-react"
ENTRY: Final = "index-CpbMYiOT"
REBUILT: Final = "index-Xq3mZt81"
"""The name of the entry chunk, and one that a later build may give to it."""
LOOSE: Final = {"click.py": "raise SystemExit('imported')\n", "pip.py": "raise SystemExit('imported')\n"}
"""Files of a project that Python would import from its working directory."""


def project(folder: Path, name: str = ENTRY, *, leaks: bool = True) -> Path:
    """Create a clone of a Vite project, built with another name of its entry chunk."""
    repository(folder)
    shutil.copytree(BUILD / "app", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".env*", "node_modules"))
    write(folder, {".gitignore": "dist\nnode_modules\n", **LOOSE})
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=a project")
    shutil.copytree(BUILD / "dist", folder / "dist")
    for file in sorted((folder / "dist").rglob("*")):
        if file.is_file():
            content = file.read_bytes().replace(ENTRY.encode(), name.encode())
            file.unlink()
            if leaks or ENTRY not in file.name:
                file.with_name(file.name.replace(ENTRY, name)).write_bytes(content)
    return folder


def offline() -> dict[str, str]:
    """Return variables with which pip takes the dependencies from the environment of the tests."""
    packages = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    return {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PYTHONPATH": packages}


@dataclass(frozen=True, slots=True)
class Job(Done):
    """The end of a job; its text is the log."""

    outputs: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    uploads: Sequence[Mapping[str, str]] = ()
    restored: bool = False
    """Whether the cache had the key."""

    @property
    def annotations(self) -> list[str]:
        """The lines that GitHub obeys."""
        return [line for line in self.text.splitlines() if line.startswith(("::error", "::warning", "::notice"))]


class Runner:
    """Runs the steps of action.yml as a runner of GitHub does, with a cache and an upload of its own."""

    def __init__(self, folder: Path, action: Path = ROOT) -> None:
        self._folder = folder
        self._action: dict[str, Any] = yaml.safe_load((action / "action.yml").read_text("utf-8"))
        self._path = action
        self._cache = folder / "cache"

    def run(self, workspace: Path, variables: Mapping[str, str] | None = None, **inputs: str) -> Job:
        """Run all steps; the job ends at the first one that fails."""
        temp = self._folder / "temp"
        shutil.rmtree(temp, ignore_errors=True)
        temp.mkdir(parents=True)
        summary = write(temp, {"summary": ""}) / "summary"
        known = {name: each.get("default", "") for name, each in self._action["inputs"].items()}
        assert inputs.keys() <= {name.replace("-", "_") for name in known}
        values = {f"inputs.{name}": inputs.get(name.replace("-", "_"), value) for name, value in known.items()}
        text, code, uploads, restored = "", 0, [], False
        kept: dict[str, Path] = {}
        for number, step in enumerate(self._action["runs"]["steps"]):
            if "if" in step and not _true(step["if"], values):
                continue
            given = {name: _filled(text, values) for name, text in (step.get("with") or step.get("env") or {}).items()}
            uses = step.get("uses", "").partition("@")[0]
            if uses == "actions/setup-python":
                assert given["update-environment"] == "False"
                values[f"steps.{step['id']}.outputs.python-path"] = sys.executable
            elif uses == "actions/cache":
                restored = (self._cache / given["key"]).is_dir()
                if restored:
                    shutil.copytree(self._cache / given["key"], given["path"])
                kept[given["key"]] = Path(given["path"])
            elif uses == "github/codeql-action/upload-sarif":
                uploads.append(given)
            else:
                output = write(temp, {f"output-{number}": ""}) / f"output-{number}"
                env = {**given, **(variables or {}), "RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(output)}
                env |= {"GITHUB_ACTION_PATH": str(self._path), "GITHUB_STEP_SUMMARY": str(summary)}
                env |= {"GITHUB_WORKSPACE": str(workspace), "GITHUB_ACTIONS": "true", "CI": "true"}
                assert step["shell"] == "bash"
                done = started(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], workspace, env)
                text, code = text + done.text, done.code
                values |= _outputs(step["id"], output)
                if code:
                    break
        for key, folder in kept.items():
            if not restored and folder.is_dir():
                shutil.copytree(folder, self._cache / key)
        outputs = {name: _filled(each["value"], values) for name, each in self._action["outputs"].items()}
        return Job(code, text, outputs, summary.read_text(), uploads, restored)


def _outputs(step: str, file: Path) -> dict[str, str]:
    lines = (line.partition("=") for line in file.read_text().splitlines())
    return {f"steps.{step}.outputs.{name}": value for name, _, value in lines}


def _filled(text: object, values: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda match: values.get(match[1], ""), str(text))


def _true(condition: str, values: Mapping[str, str]) -> bool:
    """Evaluate a condition of comparisons that are joined by `&&`."""
    inner = condition.removeprefix("${{ ").removesuffix(" }}")
    results = []
    for part in inner.split(" && "):
        match = re.fullmatch(r"(\S+) (==|!=) '([^']*)'", part)
        assert match, part
        results.append((values.get(match[1], "") == match[3]) is (match[2] == "=="))
    return all(results)


class GitLab:
    """Runs the script of the component as a runner of GitLab does, in a shell that the image may have."""

    def __init__(self, shell: str = "bash") -> None:
        text = (ROOT / "templates/frontleak/template.yml").read_text("utf-8")
        head, job = yaml.safe_load_all(text)
        self.inputs: dict[str, dict[str, Any]] = head["spec"]["inputs"]
        (self.job,) = job.values()
        self._shell = shell

    def run(self, workspace: Path, variables: Mapping[str, str] | None = None, **inputs: str) -> Job:
        """Run the script with the variables that the job has."""
        known = {name: str(each["default"]) for name, each in self.inputs.items()}
        assert inputs.keys() <= {name.replace("-", "_") for name in known}
        values = {name: inputs.get(name.replace("-", "_"), default) for name, default in known.items()}
        env = {"CI_PROJECT_DIR": str(workspace), "GITLAB_CI": "true", "CI": "true"}
        for name, value in self.job["variables"].items():
            literal = isinstance(value, dict)
            text = value["value"] if literal else value
            filled = re.sub(r"\$\[\[ inputs\.(\S+) \]\]", lambda match: values[match[1]], text)
            env[name] = filled if literal else filled.replace("$CI_PROJECT_DIR", str(workspace))
        done = started(
            [self._shell, "-c", "set -e\n" + "\n".join(self.job["script"])], workspace, {**env, **(variables or {})}
        )
        return Job(done.code, done.text)


def started(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Done:
    """Run a program of a job."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return program(command, folder, environment(**{"PATH": path, "GIT_CONFIG_NOSYSTEM": "1", **variables}))
