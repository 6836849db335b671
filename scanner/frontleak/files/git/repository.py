"""A git repository: its top, its commits by name, and how its paths are displayed."""

import os
from collections.abc import Sequence
from typing import Final

from frontleak.core.errors import GitError, InputError
from frontleak.core.paths import display_path, slashes
from frontleak.core.records import dataclass
from frontleak.core.repository import repository_root
from frontleak.core.secret import printable
from frontleak.files.git.command import Git

_LONGEST_NAME: Final = 1_000
"""Characters of the name of a commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The repository that the working directory is in."""

    git: Git
    top: str
    """Absolute folder of the work tree, with forward slashes; of a bare repository, the working directory."""
    here: str
    """Absolute working directory, with forward slashes."""
    is_bare: bool
    is_shallow: bool

    def absolute(self, inside: str) -> str:
        """Return the absolute path of a path from the top."""
        return f"{self.top.rstrip('/')}/{inside}"

    def inside(self, absolute: str) -> str | None:
        """Return an absolute path as a path from the top, which itself is empty; None if it is outside."""
        if absolute == self.top:
            return ""
        prefix = f"{self.top.rstrip('/')}/"
        return absolute[len(prefix) :] if absolute.startswith(prefix) else None

    def shown(self, inside: str) -> str:
        """Return a path from the top as reports display it, like the same file of a walk."""
        return display_path(self.here, self.absolute(inside))

    def spelled(self, shown: str) -> str:
        """Return the absolute path of a displayed path."""
        return slashes(os.path.join(self.here, shown))

    def commit(self, name: str) -> str:
        """Return the full id of a commit.

        Raises:
            GitError: there is no such commit.
        """
        found = self.find_commit(name)
        if found is None:
            if self.is_shallow:
                raise GitError(
                    f"{printable(name)}: no such commit in this shallow clone",
                    advice="fetch more with `git fetch --deepen=100` or `git fetch --unshallow`; "
                    "for actions/checkout, set `fetch-depth: 0`",
                )
            if os.path.lexists(name):
                raise GitError(
                    f"{printable(name)}: no such commit; it is a path",
                    advice=f"name a commit, or put `--` before paths: frontleak scan --history -- {printable(name)}",
                )
            advice = "`git branch --all` and `git log` list the names; a branch of a remote must be fetched first"
            raise GitError(f"{printable(name)}: no such commit", advice=advice)
        return found

    def find_commit(self, name: str) -> str | None:
        """Return the full id of a commit; None if there is none.

        Raises:
            GitError: it cannot be a name: git would take it for an option.
        """
        if name.startswith("-") or len(name) > _LONGEST_NAME or any(each in name for each in "\0\n\r"):
            raise GitError(
                f"{printable(name[:_LONGEST_NAME])}: not the name of a commit",
                advice="give a branch, a tag or the id of a commit",
            )
        return self.git.line("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def wanted(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Return the named paths as paths from the top; empty if everything is wanted.

        Raises:
            InputError: a path is outside the repository.
        """
        found: list[str] = []
        for path in paths:
            absolute = slashes(os.path.abspath(path))
            inside = self.inside(absolute)
            if inside is None:  # through a link, such as /tmp on macOS
                folder, name = os.path.split(absolute)
                inside = self.inside(slashes(os.path.join(os.path.realpath(folder), name)))
            if inside is None:
                raise InputError(f"{path}: is outside the repository {self.top}")
            found.append(inside)
        return () if "" in found else tuple(found)


def open_repository() -> Repository:
    """Return the repository that the working directory is in.

    Raises:
        GitError: there is none, or git does not read it.
    """
    here = slashes(os.getcwd())
    git = Git("", tuple(_hook_variables(here).items()))
    told = git.line("rev-parse", "--is-shallow-repository", "--show-toplevel")
    if told is None:
        bare, _, shallow = git.output("rev-parse", "--is-bare-repository", "--is-shallow-repository").partition(b"\n")
        if bare != b"true":
            git.output("rev-parse", "--show-toplevel")  # says why there is no work tree
        return Repository(git=git, top=here, here=here, is_bare=True, is_shallow=shallow.strip() == b"true")
    shallow_word, _, top = told.partition("\n")
    top, is_shallow = slashes(top), shallow_word == "true"
    real = slashes(os.path.realpath(here))
    if real != top and not real.startswith(f"{top.rstrip('/')}/"):
        raise GitError(
            f"the work tree of this repository is {top}, which the working directory is not in",
            advice="run the command inside the work tree",
        )
    # git resolves links; paths are displayed as the working directory spells them
    git = Git(top, git.variables)
    depth = len(real) - len(top.rstrip("/"))
    if depth and here.endswith(real[len(real) - depth :]):
        top = here[: len(here) - depth] or "/"
    elif not depth:
        top = here
    return Repository(git=git, top=top, here=here, is_bare=False, is_shallow=is_shallow)


def _hook_variables(here: str) -> dict[str, str]:
    """Return the variables by which git tells a hook where it is, for any working directory.

    `git commit` sets GIT_INDEX_FILE to `.git/index`, for instance, and a hook may change into the folder of an app.
    """
    top = repository_root(here)
    changed: dict[str, str] = {}
    for name in ("GIT_INDEX_FILE", "GIT_DIR"):
        value = os.environ.get(name, "")
        if value and not os.path.isabs(value):
            folder = here if top is None or os.path.exists(f"{here}/{value}") else top
            changed[name] = f"{folder}/{value}"
    if top not in (None, here) and os.environ.get("GIT_DIR") and not os.environ.get("GIT_WORK_TREE"):
        changed["GIT_WORK_TREE"] = top or here
    return changed
