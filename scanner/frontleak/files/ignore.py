"""`.gitignore` and `--exclude`, as git reads them. The only importer of `pathspec`, which is loaded when needed."""

import os
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FOLDER_GROUP: Final = "ps_d"
"""Group of pathspec's expressions that holds the slash after a folder."""


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """The patterns of one ignore file, and the folder they count from."""

    folder: str
    """Absolute, with forward slashes and one at the end."""
    patterns: tuple[tuple["re.Pattern[str]", bool], ...]
    """Expression over a relative path, and whether it ignores (True) or re-includes (False); the last one counts."""

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Say whether the file ignores (True) or re-includes (False) an absolute path, or says nothing (None).

        Only what is said of the path itself counts: a walk asks about each folder before it enters it.
        """
        relative = path[len(self.folder) :] + ("/" if is_folder else "")
        for expression, ignores in reversed(self.patterns):
            if any(_means_itself(match, relative) for match in expression.finditer(relative)):
                return ignores
        return None


def _means_itself(match: "re.Match[str]", relative: str) -> bool:
    """Say whether an expression matched the path itself, and not one of the folders above it."""
    if _FOLDER_GROUP not in match.re.groupindex:
        return match.group() != relative or not relative.endswith("/")  # `a/**` means what is in a, not a
    return match.group(_FOLDER_GROUP) is None or match.end(_FOLDER_GROUP) == len(relative)


def compile_patterns(lines: Iterable[str], folder: str) -> IgnoreFile:
    """Compile gitignore patterns that count from a folder; those that git would not understand are left out."""
    compiled = (_compile(line) for line in lines)
    return IgnoreFile(folder.rstrip("/") + "/", tuple(pattern for pattern in compiled if pattern))


def is_pattern(line: str) -> bool:
    """Say whether a line is a pattern that can be compiled."""
    return _compile(line) is not None


def _compile(line: str) -> "tuple[re.Pattern[str], bool] | None":
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # noqa: PLC0415 - 40 ms few small scans need

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of `re`, on classes such as [[:alpha:]]
        try:
            pattern = GitIgnoreSpecPattern(line)
        except (ValueError, re.error):
            return None
    if pattern.regex is None or pattern.include is None:
        return None
    # a class of everything but some characters does not stand for a slash
    return re.compile(pattern.regex.pattern.replace("[^", "[^/")), pattern.include


def read_ignore_file(folder: str, name: str = ".gitignore") -> IgnoreFile | None:
    """Read `folder/name`; None when there is no such file, it is a link (git does not follow it), or holds nothing."""
    path = f"{folder.rstrip('/')}/{name}"
    try:
        if os.path.islink(path):
            return None
        text = Path(path).read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError:
        return None
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    found = compile_patterns((line for line in lines if line.strip() and not line.startswith("#")), folder)
    return found if found.patterns else None


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
