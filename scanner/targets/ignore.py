"""`.gitignore` and `--exclude`, as git reads them. The only importer of `pathspec`, which is loaded when needed."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """The patterns of one ignore file, and the folder they count from."""

    folder: str
    """Absolute, with forward slashes and one at the end."""
    spec: "GitIgnoreSpec"

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Say whether the file ignores (True) or re-includes (False) an absolute path, or says nothing (None)."""
        relative = path[len(self.folder) :] + ("/" if is_folder else "")
        return self.spec.check_file(relative).include


def compile_patterns(lines: Iterable[str], folder: str) -> IgnoreFile:
    """Compile gitignore patterns that count from a folder; those that git would not understand are left out."""
    return _compile([line for line in lines if is_pattern(line)], folder)


def is_pattern(line: str) -> bool:
    """Say whether a line is a pattern that can be compiled."""
    try:
        _compile([line], "")
    except ValueError:
        return False
    return True


def _compile(lines: Iterable[str], folder: str) -> IgnoreFile:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - 40 ms that most small scans do not need

    return IgnoreFile(folder.rstrip("/") + "/", GitIgnoreSpec.from_lines(lines, backend="simple"))


def read_ignore_file(folder: str, name: str = ".gitignore") -> IgnoreFile | None:
    """Read `folder/name`; None when there is no such file, it is a link (git does not follow it), or holds nothing."""
    path = f"{folder.rstrip('/')}/{name}"
    try:
        if os.path.islink(path):
            return None
        text = Path(path).read_text("utf-8", "surrogateescape")
    except OSError:
        return None
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return None
    try:
        return _compile(lines, folder)
    except ValueError:
        return compile_patterns(lines, folder)


def is_ignored(files: Sequence[IgnoreFile], path: str, *, is_folder: bool) -> bool:
    """Say whether ignore files, outermost first, ignore an absolute path; the innermost that speaks decides."""
    for file in reversed(files):
        verdict = file.verdict(path, is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False


def repository_root(folder: str) -> str | None:
    """Return the folder that holds `.git`, at or above an absolute folder with forward slashes; None outside one."""
    current = folder
    while not os.path.exists(f"{current}/.git"):
        current, _, name = current.rpartition("/")
        if not name:
            return None
    return current
