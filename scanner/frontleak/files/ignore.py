"""`.gitignore` and `--exclude` patterns with git's semantics. The only importer of `pathspec`, which is loaded late."""

import os
import re
import stat
import warnings
from collections.abc import Iterable, Sequence
from typing import Final

from frontleak.core.errors import ConfigError
from frontleak.core.records import dataclass

MOST_PATTERNS: Final = 5_000
"""Patterns of one ignore file that are applied; a path is matched against each."""
_MOST_BYTES: Final = 4_000_000
"""Bytes of an ignore file that are read."""

_FOLDER_GROUP: Final = "ps_d"
"""Group in pathspec's regular expressions that matches the slash after a folder."""


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """The patterns of one ignore file and the folder they are relative to."""

    folder: str
    """Absolute, with forward slashes and a trailing one."""
    patterns: tuple[tuple["re.Pattern[str]", bool], ...]
    """(regex over a relative path, True to ignore or False to re-include); the last match wins."""
    dropped: int = 0
    """Patterns beyond `MOST_PATTERNS`, which are not applied."""

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Return True if the file ignores an absolute path, False if it re-includes it, None if no pattern matches.

        Only matches of the path itself count: a walk checks each folder before it enters it.
        """
        relative = path[len(self.folder) :] + ("/" if is_folder else "")
        for expression, ignores in reversed(self.patterns):
            if any(_matches_path_itself(match, relative) for match in expression.finditer(relative)):
                return ignores
        return None


def excludes(patterns: IgnoreFile, path: str, *, is_folder: bool = False) -> bool:
    """Return whether patterns exclude an absolute path, itself or through one of its folders."""
    if not path.startswith(patterns.folder):
        return False
    slash = path.find("/", len(patterns.folder))
    while slash >= 0:
        if patterns.verdict(path[:slash], is_folder=True):
            return True
        slash = path.find("/", slash + 1)
    return patterns.verdict(path, is_folder=is_folder) is True


def _matches_path_itself(match: "re.Match[str]", relative: str) -> bool:
    """Return whether a pattern matched the path itself, not one of its parent folders."""
    if _FOLDER_GROUP not in match.re.groupindex:
        return match.group() != relative or not relative.endswith("/")  # `a/**` matches everything in a, not a itself
    return match.group(_FOLDER_GROUP) is None or match.end(_FOLDER_GROUP) == len(relative)


def compile_patterns(lines: Iterable[str], folder: str) -> IgnoreFile:
    """Compile gitignore patterns relative to a folder; patterns that git would reject are dropped."""
    listed = list(lines)
    compiled = (_compile(line) for line in listed[:MOST_PATTERNS])
    patterns = tuple(pattern for pattern in compiled if pattern)
    return IgnoreFile(folder.rstrip("/") + "/", patterns, max(0, len(listed) - MOST_PATTERNS))


def is_pattern(line: str) -> bool:
    """Return whether a line is a valid pattern."""
    return _compile(line) is not None


_NO_ESCAPE: Final = re.compile(r"\\[A-Za-z0-9]")


def mistake_in_pattern(pattern: str) -> str:
    """Return why a pattern can never match, with the right spelling; empty if it can."""
    bare = pattern.removeprefix("!")
    right = re.sub(r"^(?:\./)+", "", re.sub(r"/(?:\./)+", "/", bare))
    if bare.startswith("../") or "/../" in bare:
        return f"{pattern!r} never matches: patterns cannot lead out of the folder with .."
    if _NO_ESCAPE.search(bare):
        return f"{pattern!r} never matches: a backslash is not a separator; write {bare.replace(chr(92), '/')!r}"
    if right != bare:
        return f"{pattern!r} never matches: paths have no ./ in them; write {right!r}"
    if "//" in bare:
        return f"{pattern!r} never matches: paths have no // in them; write {re.sub('/+', '/', bare)!r}"
    return ""


def _compile(line: str) -> "tuple[re.Pattern[str], bool] | None":
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # noqa: PLC0415 - 40 ms

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # from `re`, for classes such as [[:alpha:]]
        try:
            pattern = GitIgnoreSpecPattern(line)
            if pattern.regex is None or pattern.include is None:
                return None
            # a negated character class does not match a slash
            return re.compile(linear(pattern.regex.pattern).replace("[^", "[^/")), pattern.include
        except (ValueError, re.error):
            return None


_STAR: Final = "[^/]*"
_ANY_FOLDERS: Final = "(?:/.+)?/"
_PREFIX: Final = "^(?:.+/)?"


def linear(expression: str) -> str:
    """Return the regular expression of a pattern without backtracking between its stars.

    A pattern such as `*a*a*a*b` is hostile to a matcher that backtracks. The text between two stars has a fixed length
    and may match as early as it can: whatever follows begins with a star, so an earlier match never loses a later one.
    The same holds for the folders between two `**`. Both become atomic groups; the last star and the last `**` stay.
    """
    *outer, last = expression.split(_ANY_FOLDERS)
    if not outer:
        return _linear_stars(last)
    first = outer[0]
    if first.startswith(_PREFIX):
        begin = f"^(?>(?:.+?/)??{_linear_stars(first.removeprefix(_PREFIX))}(?=/))"
    else:
        begin = f"^(?>{_linear_stars(first.removeprefix('^'))}(?=/))"
    middle = (f"(?>(?:/.+?)??/{_linear_stars(part)}(?=/))" for part in outer[1:])
    return f"{begin}{''.join(middle)}{_ANY_FOLDERS}{_linear_stars(last)}"


def _linear_stars(part: str) -> str:
    before, *after = part.split(_STAR)
    chunks = [chunk for chunk in after[:-1] if chunk]
    if not after:
        return before
    return f"{before}{''.join(f'(?>{_STAR}?{chunk})' for chunk in chunks)}{_STAR}{after[-1]}"


def read_ignore_file(folder: str, name: str = ".gitignore") -> IgnoreFile | None:
    """Read `folder/name`; None if it is not a regular file (git follows no link) or has no patterns."""
    path = f"{folder.rstrip('/')}/{name}"
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):  # opening a FIFO would wait for a writer
            return None
        with open(path, "rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig", "surrogateescape")
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


def check_patterns(exclude: Sequence[str]) -> None:
    """Check the patterns of `--exclude`.

    Raises:
        ConfigError: some are invalid.
    """
    problems = {pattern: mistake_in_pattern(pattern) for pattern in exclude}
    problems |= {each: f"{each}: not a valid .gitignore pattern" for each in exclude if not is_pattern(each)}
    if any(problems.values()):
        told = (f"--exclude {problem}" for problem in problems.values() if problem)
        raise ConfigError(*told, advice="use a name, a path, or a glob such as '*.min.js'")
