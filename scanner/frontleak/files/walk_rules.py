"""Folders that a walk never enters and folders that are build output; the lists are in rules/walk.yaml."""

from collections.abc import Iterable

from frontleak.core.records import dataclass
from frontleak.rules.load import load_data


@dataclass(frozen=True, slots=True)
class FolderNames:
    """Folder names, and path endings such as `.next/cache`."""

    names: frozenset[str]
    path_ends: tuple[str, ...]

    def holds(self, name: str, path: str) -> bool:
        """Return whether a folder is listed; `path` ends in its name and uses forward slashes."""
        return name in self.names or path.endswith(self.path_ends)


@dataclass(frozen=True, slots=True)
class WalkRules:
    """Folders that a walk treats specially."""

    build_output: FolderNames
    """Scanned even if a `.gitignore` ignores them."""
    prune: FolderNames
    """Never entered."""


def load_walk_rules() -> WalkRules:
    """Read rules/walk.yaml.

    Raises:
        RuleError: the file is missing or invalid.
    """
    data = load_data("walk.yaml")
    return WalkRules(_folder_names(data["build_output"]), _folder_names(data["prune"]))


def _folder_names(values: Iterable[str]) -> FolderNames:
    return FolderNames(
        frozenset(value for value in values if "/" not in value),
        tuple(f"/{value}" for value in values if "/" in value),
    )
