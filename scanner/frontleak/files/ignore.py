"""`.gitignore` and `--exclude` patterns with git's semantics. The only importer of `pathspec`, which is loaded late."""

import os
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FOLDER_GROUP: Final = "ps_d"
"""Group in pathspec's regular expressions that matches the slash after a folder."""


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """The patterns of one ignore file and the folder they are relative to."""

    folder: str
    """Absolute, with forward slashes and a trailing one."""
    patterns: tuple[tuple["re.Pattern[str]", bool], ...]
    """(regex over a relative path, True to ignore or False to re-include); the last match wins."""

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Return True if the file ignores an absolute path, False if it re-includes it, None if no pattern matches.

        Only matches of the path itself count: a walk checks each folder before it enters it.
        """
        relative = path[len(self.folder) :] + ("/" if is_folder else "")
        for expression, ignores in reversed(self.patterns):
            if any(_matches_path_itself(match, relative) for match in expression.finditer(relative)):
                return ignores
        return None


def _matches_path_itself(match: "re.Match[str]", relative: str) -> bool:
    """Return whether a pattern matched the path itself, not one of its parent folders."""
    if _FOLDER_GROUP not in match.re.groupindex:
        return match.group() != relative or not relative.endswith("/")  # `a/**` matches everything in a, not a itself
    return match.group(_FOLDER_GROUP) is None or match.end(_FOLDER_GROUP) == len(relative)


def compile_patterns(lines: Iterable[str], folder: str) -> IgnoreFile:
    """Compile gitignore patterns relative to a folder; patterns that git would reject are dropped."""
    compiled = (_compile(line) for line in lines)
    return IgnoreFile(folder.rstrip("/") + "/", tuple(pattern for pattern in compiled if pattern))


def is_pattern(line: str) -> bool:
    """Return whether a line is a valid pattern."""
    return _compile(line) is not None


def _compile(line: str) -> "tuple[re.Pattern[str], bool] | None":
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # noqa: PLC0415 - 40 ms

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # from `re`, for classes such as [[:alpha:]]
        try:
            pattern = GitIgnoreSpecPattern(line)
        except (ValueError, re.error):
            return None
    if pattern.regex is None or pattern.include is None:
        return None
    # a negated character class does not match a slash
    return re.compile(pattern.regex.pattern.replace("[^", "[^/")), pattern.include


def read_ignore_file(folder: str, name: str = ".gitignore") -> IgnoreFile | None:
    """Read `folder/name`; None if it does not exist, is a link (git does not follow it), or has no patterns."""
    path = f"{folder.rstrip('/')}/{name}"
    try:
        if os.path.islink(path):
            return None
        text = Path(path).read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError:
        return None
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    ignore_file = compile_patterns((line for line in lines if line.strip() and not line.startswith("#")), folder)
    return ignore_file if ignore_file.patterns else None


def is_ignored(files: Sequence[IgnoreFile], path: str, *, is_folder: bool) -> bool:
    """Return whether ignore files, outermost first, ignore an absolute path; the innermost match decides."""
    for file in reversed(files):
        verdict = file.verdict(path, is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False


def repository_root(folder: str) -> str | None:
    """Return the folder with `.git` at or above an absolute folder with forward slashes; None if there is none."""
    current = folder
    while not os.path.exists(f"{current}/.git"):
        current, _, name = current.rpartition("/")
        if not name:
            return None
    return current
