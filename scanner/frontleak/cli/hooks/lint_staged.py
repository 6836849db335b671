"""lint-staged (https://github.com/lint-staged/lint-staged): package.json or a configuration file of its own.

It passes the staged files to each command, and hides what is not staged in them meanwhile.
"""

import json
import os
from collections.abc import Iterator
from typing import Any, Final

from frontleak.cli.hooks.checkout import Checkout
from frontleak.cli.hooks.file_edit import FileEdit, read_text
from frontleak.cli.hooks.hook_tool import FILES, HookTool, Plan, Wanted
from frontleak.cli.hooks.json_insert import problem_in_json, with_member, without_member
from frontleak.cli.hooks.lefthook import LEFTHOOK, lefthook_mentions
from frontleak.cli.hooks.shell_hooks import GIT, HUSKY, git_edits, husky_edits
from frontleak.cli.hooks.yaml_file import read_yaml_file, yaml_removal
from frontleak.core.errors import ConfigError

_PACKAGE: Final = "package.json"
_KEY: Final = "lint-staged"
_JSON: Final = (".lintstagedrc.json",)
_EITHER: Final = ".lintstagedrc"
"""JSON or YAML."""
_YAML: Final = (".lintstagedrc.yaml", ".lintstagedrc.yml")
_CODE: Final = tuple(
    f"{stem}.{ending}" for stem in (".lintstagedrc", "lint-staged.config") for ending in ("mjs", "js", "cjs", "ts")
)
"""Forms of the file that are code, and not edited."""
_GLOBS: Final = ("*", "**/*")
"""Globs that match every file, names that begin with a dot included."""


def _config(checkout: Checkout) -> str | None:
    """Return the path of the configuration at the top of the checkout."""
    for name in (*_JSON, _EITHER, *_YAML, *_CODE):
        if os.path.isfile(checkout.path(name)):
            return name
    try:
        package = _package(checkout)
    except ConfigError:  # reported when it is edited
        return None
    if package is None:
        return None
    trees = (package.get(tree) for tree in ("dependencies", "devDependencies"))
    needed = any(isinstance(tree, dict) and _KEY in tree for tree in trees)
    return _PACKAGE if _KEY in package or needed else None


def _package(checkout: Checkout) -> dict[str, Any] | None:
    text = read_text(checkout.path(_PACKAGE), _PACKAGE)
    return _parsed(text, _PACKAGE) if text is not None else None


def _parsed(text: str, name: str) -> dict[str, Any]:
    if found := problem_in_json(text):
        advice = "correct the file, then run the command again"
        raise ConfigError(f"{name}:{found[0]}: not valid JSON: {found[1]}", advice=advice)
    value: dict[str, Any] = json.loads(text)
    return value


def _form(checkout: Checkout, name: str) -> str:
    """Return how a configuration is written: json, yaml or code."""
    if name in _CODE:
        return "code"
    if name in _YAML:
        return "yaml"
    text = read_text(checkout.path(name), name) or ""
    return "yaml" if name == _EITHER and not text.lstrip().startswith("{") else "json"


def _install(checkout: Checkout, wanted: Wanted) -> Plan:
    name = _config(checkout) or _PACKAGE
    match _form(checkout, name):
        case "code":
            raise ConfigError(
                f"{name}: is code, so it is not edited", advice=f"add this entry to it by hand: '*': '{FILES}'"
            )
        case "yaml":
            config = read_yaml_file(checkout, name)
            glob = _free_glob(config.value, name)
            edit = config.edit(((), {glob: FILES})) if glob else _same(config.path, name, config.before)
        case _:
            edit = _json_edit(checkout, name)
    return Plan(edits=(edit, *_push_edits(checkout, wanted)), next_steps=_steps(checkout))


def _json_edit(checkout: Checkout, name: str) -> FileEdit:
    text = read_text(checkout.path(name), name)
    if text is None:
        raise ConfigError(f"{name}: does not exist", advice="`npm install --save-dev lint-staged` comes first")
    path = (_KEY,) if name == _PACKAGE else ()
    value = _parsed(text, name)
    inner = value.get(_KEY, {}) if path else value
    if not isinstance(inner, dict):
        raise ConfigError(
            f"{name}: {_KEY} is not a mapping of globs", advice=f"add this to it by hand: {{'*': '{FILES}'}}"
        )
    glob = _free_glob(inner, name)
    after = with_member(text, path, glob, FILES) if glob else text
    if after is None or (glob and json.loads(after) != _expected(value, path, glob)):
        raise ConfigError(f"{name}: cannot be extended", advice=f"add this to it by hand: {{'*': '{FILES}'}}")
    return FileEdit(path=checkout.path(name), shown=name, before=text, after=after)


def _expected(value: dict[str, Any], path: tuple[str, ...], glob: str) -> dict[str, Any]:
    return {**value, _KEY: {**value.get(_KEY, {}), glob: FILES}} if path else {**value, glob: FILES}


def _same(path: str, name: str, text: str | None) -> FileEdit:
    return FileEdit(path=path, shown=name, before=text, after=text)


def _free_glob(entries: dict[str, Any], name: str) -> str | None:
    """Return a glob for all files that has no commands yet; None if frontleak is among the commands of one."""
    for commands in entries.values():
        if any("frontleak" in str(each) for each in (commands if isinstance(commands, list) else [commands])):
            return None
    free = next((glob for glob in _GLOBS if glob not in entries), None)
    if free is None:
        raise ConfigError(f"{name}: has commands for {_GLOBS[0]!r} already", advice=f"add '{FILES}' to them by hand")
    return free


def _push_edits(checkout: Checkout, wanted: Wanted) -> tuple[FileEdit, ...]:
    """Return the edits for a hook before a push, which lint-staged has none of: in the tool that runs lint-staged."""
    if not wanted.push:
        return ()
    commands = {"pre-push": wanted.push}
    if HUSKY.is_set_up(checkout):
        return husky_edits(checkout, commands)
    if LEFTHOOK.is_set_up(checkout):
        raise ConfigError(
            "lint-staged has no hook before a push", advice="`frontleak hook install --tool lefthook` adds both"
        )
    return git_edits(checkout, commands)


def _steps(checkout: Checkout) -> tuple[str, ...]:
    if is_run(checkout):
        return ()
    return ("a hook must run `npx lint-staged` before a commit, for example husky's",)


def is_run(checkout: Checkout) -> bool:
    """Return whether a hook before a commit names lint-staged."""
    hooks = {edit.before or "" for tool in (HUSKY, GIT) for edit in tool.uninstall(checkout)}
    return any(_KEY in text for text in hooks) or lefthook_mentions(checkout, _KEY)


def _uninstall(checkout: Checkout) -> Iterator[FileEdit]:
    for name in (_EITHER, *_YAML):
        if os.path.isfile(checkout.path(name)) and _form(checkout, name) == "yaml":
            edit = yaml_removal(checkout, name)
            yield from [edit] if edit else []
    for name in (_PACKAGE, _EITHER, *_JSON):
        text = read_text(checkout.path(name), name)
        if text is None or FILES not in text or problem_in_json(text):
            continue
        path = (_KEY,) if name == _PACKAGE else ()
        entries = json.loads(text).get(_KEY) if path else json.loads(text)
        glob = next((glob for glob in _GLOBS if isinstance(entries, dict) and entries.get(glob) == FILES), None)
        if glob:
            after = without_member(text, path, glob)
            yield FileEdit(path=checkout.path(name), shown=name, before=text, after=after)


LINT_STAGED: Final = HookTool(
    name="lint-staged",
    is_set_up=lambda checkout: _config(checkout) is not None,
    install=_install,
    uninstall=_uninstall,
)
