"""Resolve the pattern of an import of several files, as in `import.meta.glob("./pages/*.tsx")`."""

import functools
import re
from collections.abc import Iterator
from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.resolve.file_tree import FileTree, joined
from frontleak.rules.globs import expression

_MOST_FILES: Final = 500
"""Files that one pattern matches."""
_MOST_FOLDERS: Final = 2_000
"""Folders that are listed for one pattern."""
_LONGEST: Final = 500
"""Characters of the longest pattern."""
_MOST_STARS: Final = 8
"""Wildcards of a pattern; more of them take too long on hostile names."""
_MAGIC: Final = LazyTextRegex(r"[*?{\[(]")


def matching_files(files: FileTree, pattern: str, folder: str) -> Iterator[str]:
    """Yield the files of a tree that match a pattern, in order, without those below node_modules.

    Args:
        files: the tree.
        pattern: relative to the folder, or to the root of the tree with a leading slash.
        folder: from the root of the tree.
    """
    if len(pattern) > _LONGEST or pattern.count("*") > _MOST_STARS:
        return
    parts = pattern.split("/")
    literal = next((index for index, part in enumerate(parts) if _MAGIC.search(part)), len(parts) - 1)
    top = joined(folder, "/".join(parts[:literal]) or ("/" if pattern.startswith("/") else "."))
    if top is None:
        return
    rest = "/".join(parts[literal:])
    fits, is_deep = _compiled(rest), "**" in rest
    levels = rest.count("/")
    pending, looked_at, count = [("", 0)], 0, 0
    while pending and looked_at < _MOST_FOLDERS and count < _MOST_FILES:
        inner, depth = pending.pop()
        looked_at += 1
        for name in sorted(files.names(f"{top}/{inner}".strip("/"))):
            relative = f"{inner}/{name}".lstrip("/")
            path = f"{top}/{relative}".lstrip("/")
            if files.is_file(path):
                if fits.fullmatch(relative):
                    count += 1
                    yield path
            elif name != "node_modules" and name[0] != "." and (is_deep or depth < levels):
                pending.append((relative, depth + 1))


@functools.lru_cache(200)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a regular expression for the paths that a pattern matches."""
    plain = re.sub(r"[@+?]\(([^()]*)\)", lambda match: "{" + match[1].replace("|", ",") + "}", pattern)
    return re.compile(expression(plain))
