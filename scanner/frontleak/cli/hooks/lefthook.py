"""lefthook (https://lefthook.dev): `lefthook.yml`, under one of its names."""

import os
from collections.abc import Iterator
from typing import Any, Final

from frontleak.cli.hooks.checkout import Checkout
from frontleak.cli.hooks.file_edit import FileEdit, read_text
from frontleak.cli.hooks.hook_tool import COMMIT, INSTALL, HookTool, Plan, Wanted
from frontleak.cli.hooks.yaml_file import read_yaml_file, yaml_removal
from frontleak.core.errors import ConfigError

_STEMS: Final = ("lefthook", ".lefthook", ".config/lefthook")
_YAML: Final = tuple(f"{stem}.{ending}" for stem in _STEMS for ending in ("yml", "yaml"))
_OTHER: Final = tuple(f"{stem}.{ending}" for stem in _STEMS for ending in ("toml", "json", "jsonc"))
"""Forms of the file that are not edited."""
_NAME: Final = "frontleak"


def lefthook_mentions(checkout: Checkout, word: str) -> bool:
    """Return whether the file has a word."""
    name = _config(checkout)
    return bool(name and word in (read_text(checkout.path(name), name) or ""))


def _config(checkout: Checkout) -> str | None:
    return next((name for name in (*_YAML, *_OTHER) if os.path.isfile(checkout.path(name))), None)


def _install(checkout: Checkout, wanted: Wanted) -> Plan:
    name = _config(checkout) or _YAML[0]
    commands = {"pre-commit": COMMIT} | ({"pre-push": wanted.push} if wanted.push else {})
    if name in _OTHER:
        lines = ", ".join(f"{hook}: {command}" for hook, command in commands.items())
        raise ConfigError(f"{name}: only YAML is edited", advice=f"add commands to it by hand: {lines}")
    config = read_yaml_file(checkout, name)
    additions = [_addition(config.value.get(hook), hook, command) for hook, command in commands.items()]
    edit = config.edit(*(addition for addition in additions if addition))
    return Plan(edits=(edit,), next_steps=("`npx lefthook install` makes git run it",))


def _addition(known: Any, hook: str, command: str) -> tuple[tuple[str, ...], Any] | None:
    """Return where a command belongs, and its entry; None if the hook has it: among its jobs if it lists jobs."""
    known = known if isinstance(known, dict) else {}
    entry = {"run": command, "fail_text": f"frontleak failed, see above; if it is not installed: {INSTALL}"}
    jobs = known.get("jobs")
    if isinstance(jobs, list):
        if any(isinstance(job, dict) and job.get("name") == _NAME for job in jobs):
            return None
        return (hook, "jobs"), [{"name": _NAME, **entry}]
    commands = known.get("commands")
    if isinstance(commands, dict) and _NAME in commands:
        return None
    return (hook, "commands"), {_NAME: entry}


def _uninstall(checkout: Checkout) -> Iterator[FileEdit]:
    for name in _YAML:
        if edit := yaml_removal(checkout, name):
            yield edit


LEFTHOOK: Final = HookTool(
    name="lefthook",
    is_set_up=lambda checkout: _config(checkout) is not None,
    install=_install,
    uninstall=_uninstall,
)
