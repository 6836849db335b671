"""Which folders a walk never enters and which are build output; the lists are data in rules/walk.yaml."""

from collections.abc import Iterable
from dataclasses import dataclass

from frontleak.rules.load import load_data


@dataclass(frozen=True, slots=True)
class FolderNames:
    """Names of folders, and ends of paths such as `.next/cache`."""

    names: frozenset[str]
    path_ends: tuple[str, ...]

    def holds(self, name: str, path: str) -> bool:
        """Say whether a folder is named here; `path` ends in its name and uses forward slashes."""
        return name in self.names or path.endswith(self.path_ends)


@dataclass(frozen=True, slots=True)
class WalkRules:
    """How a folder is walked."""

    build_output: FolderNames
    """Scanned although a `.gitignore` names them."""
    prune: FolderNames
    """Never entered."""


def load_walk_rules() -> WalkRules:
    """Read rules/walk.yaml.

    Raises:
        RuleError: the file is missing or not YAML.
    """
    data = load_data("walk.yaml")
    return WalkRules(_folder_names(data["build_output"]), _folder_names(data["prune"]))


def _folder_names(values: Iterable[str]) -> FolderNames:
    return FolderNames(
        frozenset(value for value in values if "/" not in value),
        tuple(f"/{value}" for value in values if "/" in value),
    )
