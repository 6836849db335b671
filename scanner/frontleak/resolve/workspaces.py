"""The packages of a monorepo, by name: npm, Yarn and pnpm workspaces."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.resolve.file_tree import FileTree, joined
from frontleak.resolve.packages import PackageJson, PackageJsons, upwards
from frontleak.rules.plain_yaml import read_plain_yaml

_MOST_PATTERNS: Final = 100
_MOST_FOLDERS: Final = 5_000
"""Folders searched for the members of one workspace."""
_MOST_DEPTH: Final = 8
"""Folder levels that `**` matches."""

_PNPM_FILE: Final = "pnpm-workspace.yaml"
_BRACES: Final = LazyTextRegex(r"\{([^{}]*)\}")


class Workspaces:
    """The workspaces of a tree. The members of each are found on the first lookup."""

    def __init__(self, files: FileTree, packages: PackageJsons) -> None:
        """Keep the tree; nothing is read yet."""
        self._files = files
        self._packages = packages
        self._members: dict[str, dict[str, str]] = {}

    def member(self, name: str, folder: str) -> PackageJson | None:
        """Return the package with this name in the workspace of a folder; None when there is none."""
        for each in upwards(folder):
            if each not in self._members:
                self._members[each] = self._find(each)
            if name in self._members[each]:
                return self._packages.at(self._members[each][name])
        return None

    def folders(self, folder: str) -> tuple[str, ...]:
        """Return the folders of the named packages in the workspace whose root is `folder`, sorted."""
        return tuple(sorted(self._find(folder).values()))

    def _find(self, folder: str) -> dict[str, str]:
        """Return name -> folder of the members of the workspace whose root is `folder`."""
        patterns = self._patterns(folder)
        if not patterns:
            return {}
        left_out = {each for pattern in patterns if pattern[0] == "!" for each in self._folders(folder, pattern[1:])}
        found: dict[str, str] = {}
        for pattern in patterns:
            for each in self._folders(folder, pattern) if pattern[0] != "!" else ():
                package = self._packages.at(each) if each not in left_out else None
                if package and package.name:
                    found.setdefault(package.name, each)
        return found

    def _patterns(self, folder: str) -> Sequence[str]:
        package = self._packages.at(folder)
        wanted = package.data.get("workspaces") if package else None
        wanted = wanted.get("packages") if isinstance(wanted, dict) else wanted
        found = [each for each in wanted if isinstance(each, str)] if isinstance(wanted, list) else []
        found += self._pnpm(folder)
        return [each for pattern in found[:_MOST_PATTERNS] for each in _either(pattern.strip()) if each]

    def _pnpm(self, folder: str) -> list[str]:
        """Return the `packages` patterns of a pnpm-workspace.yaml; empty when it cannot be read."""
        path = f"{folder}/{_PNPM_FILE}" if folder else _PNPM_FILE
        data = self._files.read(path) if self._files.is_file(path) else None
        values = read_plain_yaml(data) if data else None
        packages = values.get("packages") if isinstance(values, dict) else None
        return [each.strip() for each in packages if isinstance(each, str)] if isinstance(packages, list) else []

    def _folders(self, top: str, pattern: str) -> Iterator[str]:
        """Yield the folders that match a pattern, at most `_MOST_FOLDERS` visited."""
        looked_at = 0
        found = [(top, tuple(part for part in pattern.split("/") if part not in ("", ".")), _MOST_DEPTH)]
        while found and looked_at < _MOST_FOLDERS:
            folder, parts, depth = found.pop()
            looked_at += 1
            if not parts:
                yield folder
            elif parts[0] == "**":
                found.append((folder, parts[1:], depth))
                if depth:
                    found += [(inner, parts, depth - 1) for inner in self._inner(folder, "*")]
            elif parts[0] == ".." or not set("*?[").intersection(parts[0]):
                inner = joined(folder, parts[0])
                if inner is not None:
                    found.append((inner, parts[1:], depth))
            else:
                found += [(inner, parts[1:], depth) for inner in self._inner(folder, parts[0])]

    def _inner(self, folder: str, glob: str) -> Iterator[str]:
        for name in sorted(self._files.names(folder), reverse=True):
            inner = f"{folder}/{name}" if folder else name
            if name != "node_modules" and name[0] != "." and fnmatchcase(name, glob) and not self._files.is_file(inner):
                yield inner


def _either(pattern: str) -> list[str]:
    """Expand the first braces of a pattern: one pattern per word."""
    found = _BRACES.search(pattern)
    if found is None:
        return [pattern]
    words = found[1].split(",")[:_MOST_PATTERNS]
    return [f"{pattern[: found.start()]}{word}{pattern[found.end() :]}" for word in words]
