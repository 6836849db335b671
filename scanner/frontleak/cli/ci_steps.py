"""The step that scans in CI: a workflow for GitHub, a component for GitLab, and the lines for other services.

They are those of docs/integrations.md; a test compares them.
"""

import os
import shlex
from collections.abc import Sequence
from typing import Any, Final

from frontleak.cli.hooks.checkout import Checkout
from frontleak.cli.hooks.file_edit import FileEdit, read_text
from frontleak.cli.hooks.yaml_file import read_yaml_file
from frontleak.cli.project import ProjectFacts
from frontleak.core.errors import ConfigError
from frontleak.core.version import VERSION

GITHUB: Final = "GitHub Actions"
GITLAB: Final = "GitLab CI"
_WORKFLOW: Final = ".github/workflows/frontleak.yml"
_GITLAB_FILE: Final = ".gitlab-ci.yml"
_LARGEST: Final = 100
"""Workflows that are looked at for one that runs frontleak already."""
_INSTALLS: Final = {
    "npm": ("npm ci",),
    "pnpm": ("corepack enable", "pnpm install --frozen-lockfile"),
    "yarn": ("corepack enable", "yarn install --frozen-lockfile"),
    "bun": ("npm install --global bun", "bun install --frozen-lockfile"),
}
"""Package manager -> commands that install the packages of a project."""
_HOSTS: Final = frozenset(("Netlify", "Vercel", "Cloudflare"))
"""Services that build and publish in one go."""
_PAGE: Final = "https://github.com/frontleak/frontleak/blob/main/docs/integrations.md"
_ACTION: Final = f"frontleak/frontleak@v{VERSION} # pin it by commit"
_COMPONENT: Final = f"gitlab.com/frontleak/frontleak/frontleak@{VERSION}"
_HEAD: Final = """\
name: frontleak
on: [push, pull_request]
permissions: {}
jobs:
  scan:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1
        with:
          persist-credentials: false
"""


def ci_edit(checkout: Checkout, facts: ProjectFacts) -> FileEdit | None:
    """Return the edit that adds a step to the CI of a repository; None if its CI is not known or not edited.

    Raises:
        ConfigError: the file of GitLab CI cannot be read or extended.
    """
    if GITHUB in facts.ci:
        before = read_text(checkout.path(_WORKFLOW), _WORKFLOW)
        after = before if before is not None or _is_in_workflows(checkout) else _workflow(facts)
        return FileEdit(path=checkout.path(_WORKFLOW), shown=_WORKFLOW, before=before, after=after)
    return _gitlab_edit(checkout) if GITLAB in facts.ci else None


def ci_lines(facts: ProjectFacts) -> list[str]:
    """Return what a person adds to the services whose files are not edited."""
    if GITHUB in facts.ci or GITLAB in facts.ci:
        return []
    builds = shlex.join(facts.builds) or "."
    manager = facts.package_manager or "npm"
    lines = []
    for name in facts.ci:
        if name in _HOSTS:
            command = f"`{manager} run build && sh scripts/frontleak.sh {builds}`"
            lines.append(f"in {name}, the build command: {command}; the script: {_PAGE}#hosts-that-build")
        else:
            steps = f"`pip install --quiet frontleak=={VERSION}` and `frontleak scan {builds}`"
            lines.append(f"in {name}, after the build: {steps}; as a file: {_PAGE}#other-ci-services")
    return lines


def _workflow(facts: ProjectFacts) -> str:
    commands: Sequence[str] = ()
    if facts.has_build_script:
        commands = (*_INSTALLS[facts.package_manager], f"{facts.package_manager} run build")
    steps = (*(f"run: {command}" for command in commands), f"uses: {_ACTION}")
    return _HEAD + "".join(f"      - {step}\n" for step in steps)


def _is_in_workflows(checkout: Checkout) -> bool:
    """Return whether a workflow names frontleak."""
    folder = checkout.path(".github/workflows")
    names = sorted(os.listdir(folder))[:_LARGEST] if os.path.isdir(folder) else []
    for name in names:
        if name.endswith((".yml", ".yaml")):
            try:
                text = read_text(f"{folder}/{name}", name)
            except ConfigError:
                continue
            if text and "frontleak" in text:
                return True
    return False


def _gitlab_edit(checkout: Checkout) -> FileEdit:
    """Return the edit that includes the component; its job comes after a build, whose artifacts it gets."""
    config = read_yaml_file(checkout, _GITLAB_FILE)
    if "frontleak" in (config.before or ""):
        return FileEdit(path=config.path, shown=config.shown, before=config.before, after=config.before)
    stages = config.value.get("stages")
    component: dict[str, Any] = {"component": _COMPONENT}
    if isinstance(stages, list) and stages and "test" not in stages:
        component["inputs"] = {"stage": str(stages[-1])}
    return config.edit((("include",), [component]), marked=False)
