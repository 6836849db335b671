"""The hook tools, and the choice among those that a repository has."""

from typing import Final

from frontleak.cli.hooks.checkout import Checkout
from frontleak.cli.hooks.file_edit import FileEdit, read_text
from frontleak.cli.hooks.hook_tool import HookTool
from frontleak.cli.hooks.lefthook import LEFTHOOK
from frontleak.cli.hooks.lint_staged import LINT_STAGED, is_run
from frontleak.cli.hooks.pre_commit import PRE_COMMIT
from frontleak.cli.hooks.shell_hooks import GIT, HUSKY
from frontleak.core.errors import ConfigError

HOOK_TOOLS: Final = (GIT, HUSKY, LINT_STAGED, LEFTHOOK, PRE_COMMIT)
_MANAGERS: Final = (HUSKY, LEFTHOOK, PRE_COMMIT)
"""Tools that run hooks. lint-staged is run by a hook."""


def tool_named(name: str) -> HookTool:
    """Return a hook tool by its name."""
    return next(tool for tool in HOOK_TOOLS if tool.name == name)


def choose_tool(checkout: Checkout) -> HookTool:
    """Return the tool that a repository uses: lint-staged if its hook runs it, plain git if it has none.

    Raises:
        ConfigError: it has several, and git's hooks do not tell which one is in use.
    """
    managers = [tool for tool in _MANAGERS if tool.is_set_up(checkout)]
    if len(managers) > 1:
        managers = [tool for tool in managers if _is_active(checkout, tool)] or managers
    if len(managers) > 1:
        names = " and ".join(tool.name for tool in managers)
        raise ConfigError(
            f"this repository has {names}", advice=f"choose with --tool, such as --tool {managers[0].name}"
        )
    manager = managers[0] if managers else GIT
    if LINT_STAGED.is_set_up(checkout) and manager is not PRE_COMMIT and is_run(checkout):
        return LINT_STAGED
    return manager


def _is_active(checkout: Checkout, tool: HookTool) -> bool:
    """Return whether git's hook before a commit is one that a tool wrote."""
    if tool is HUSKY:
        return checkout.hooks.endswith(("/.husky", "/.husky/_"))
    path = f"{checkout.hooks}/pre-commit"
    try:
        text = read_text(path, checkout.shown(path)) or ""
    except ConfigError:
        return False
    return tool.name in text or tool.name.replace("-", "_") in text


def removals(checkout: Checkout) -> list[FileEdit]:
    """Return the edits that undo everything `frontleak hook install` wrote, in the files of every tool."""
    edits = (edit for tool in HOOK_TOOLS for edit in tool.uninstall(checkout))
    return [edit for edit in {edit.path: edit for edit in edits}.values() if edit.outcome != "unchanged"]
