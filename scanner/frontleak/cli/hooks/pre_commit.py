"""pre-commit (https://pre-commit.com): `.pre-commit-config.yaml`."""

import os
from collections.abc import Iterator
from typing import Any, Final

from frontleak.cli.hooks.checkout import Checkout
from frontleak.cli.hooks.file_edit import FileEdit
from frontleak.cli.hooks.hook_tool import FILES, HookTool, Plan, Wanted
from frontleak.cli.hooks.yaml_file import read_yaml_file, yaml_removal
from frontleak.core.errors import ConfigError

CONFIG: Final = ".pre-commit-config.yaml"


def _hooks(wanted: Wanted) -> list[dict[str, Any]]:
    """Return the hooks of a local repository: they run the installed command and need no network."""
    commit = {
        "id": "frontleak",
        "name": "frontleak",
        "entry": FILES,
        "language": "system",
        "types": ["text"],
        "require_serial": True,
    }
    push = {
        "id": "frontleak-bundle",
        "name": "frontleak (build output)",
        "entry": wanted.push,
        "language": "system",
        "pass_filenames": False,
        "always_run": True,
        "verbose": True,
        "stages": ["pre-push"],
    }
    return [commit, push] if wanted.push else [commit]


def _install(checkout: Checkout, wanted: Wanted) -> Plan:
    config = read_yaml_file(checkout, CONFIG)
    repos = config.value.get("repos")
    known = {
        hook.get("id")
        for repo in (repos if isinstance(repos, list) else ())
        for hook in (repo.get("hooks") or () if isinstance(repo, dict) else ())
        if isinstance(hook, dict)
    }
    lacking = [hook for hook in _hooks(wanted) if hook["id"] not in known]
    edit = FileEdit(path=config.path, shown=config.shown, before=config.before, after=config.before)
    if lacking:
        try:
            edit = config.edit((("repos",), [{"repo": "local", "hooks": lacking}]))
        except ConfigError as error:
            if isinstance(repos, list) or repos is None:
                raise
            raise ConfigError(f"{CONFIG}: `repos` is not a list", advice=error.advice) from error
    steps = ["`pre-commit install` makes git run it before a commit"]
    if wanted.push:
        steps.append("`pre-commit install -t pre-push` makes git run it before a push")
    return Plan(edits=(edit,), next_steps=tuple(steps))


def _uninstall(checkout: Checkout) -> Iterator[FileEdit]:
    if edit := yaml_removal(checkout, CONFIG):
        yield edit


PRE_COMMIT: Final = HookTool(
    name="pre-commit",
    is_set_up=lambda checkout: os.path.isfile(checkout.path(CONFIG)),
    install=_install,
    uninstall=_uninstall,
)
