"""The repository that hooks are installed in: its top, the folder of its hooks, and whose folder that is."""

import os
import subprocess
from typing import Final

from frontleak.core.errors import ConfigError
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass

_PATIENCE: Final = 30
"""Seconds after which git is not waited for."""
_SHARED: Final = frozenset({"global", "system"})
"""Scopes of git's configuration that hold for every repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A checkout of a repository. Paths are absolute, with forward slashes."""

    top: str
    hooks: str
    """Folder where git looks for hooks; it need not exist."""
    usual_hooks: str
    """The folder that it is without a setting; in a linked worktree, that of the main one."""
    hooks_are_shared: bool
    """Whether other repositories use the same folder."""

    @property
    def hooks_are_private(self) -> bool:
        """Whether the folder is on this machine only: it is not part of the checkout, which others have too."""
        return not self.hooks.startswith(f"{self.top.rstrip('/')}/") or self.hooks == self.usual_hooks

    def path(self, name: str) -> str:
        """Return the absolute path of a file by its path from the top."""
        return f"{self.top.rstrip('/')}/{name}"

    def shown(self, path: str) -> str:
        """Return an absolute path as messages show it: relative to the top if it is inside."""
        inside = f"{self.top.rstrip('/')}/"
        return path.removeprefix(inside) if path.startswith(inside) else path


def find_checkout() -> Checkout:
    """Return the checkout that the working directory is in.

    Raises:
        ConfigError: there is none, it is bare or belongs to somebody else, or git is missing.
    """
    top = slashes(_git("rev-parse", "--show-toplevel"))
    hooks = _git("rev-parse", "--git-path", "hooks", folder=top)
    common = _git("rev-parse", "--git-common-dir", folder=top)
    scope = _git("config", "--show-scope", "--get", "core.hooksPath", folder=top, missing="").partition("\t")[0]
    return Checkout(
        top=top,
        hooks=slashes(os.path.normpath(os.path.join(top, hooks))),
        usual_hooks=slashes(os.path.normpath(os.path.join(top, common, "hooks"))),
        hooks_are_shared=scope in _SHARED,
    )


def _git(*arguments: str, folder: str | None = None, missing: str | None = None) -> str:
    """Return what git prints; `missing` if it fails and that is given."""
    command = ["git", "-c", "core.fsmonitor=false", *arguments]  # `Git` would say that there are no hooks
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C", "LANGUAGE": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except FileNotFoundError as error:
        raise ConfigError("git is not installed, or not in PATH", advice="install git, then run this again") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"git could not be run: {error}") from error
    if done.returncode == 0:
        return os.fsdecode(done.stdout).rstrip("\r\n")
    if missing is not None:
        return missing
    raise _reason(done.stderr.decode("utf-8", "replace"))


def _reason(message: str) -> ConfigError:
    if "dubious ownership" in message:
        return ConfigError(
            "this repository belongs to another user, so git does not read it",
            advice="`git status` prints the command that trusts it (safe.directory)",
        )
    if "must be run in a work tree" in message:
        return ConfigError("this repository is bare: nobody commits in it", advice="run this in a clone of it")
    if "not a git repository" in message:
        return ConfigError("this folder is in no git repository", advice="run `git init` first, or go to the checkout")
    return ConfigError(f"git failed: {' '.join(message.split()) or 'without a message'}")
