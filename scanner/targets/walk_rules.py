"""Which folders a walk never enters and which are build output; the lists are data in rules/walk.yaml."""

from dataclasses import dataclass
from typing import Any

import yaml

from scanner.errors import RuleError
from scanner.rules.load import rules_directory


@dataclass(frozen=True, slots=True)
class FolderNames:
    """Names of folders, and ends of paths such as `.next/cache`."""

    names: frozenset[str]
    path_ends: tuple[str, ...]

    def holds(self, name: str, path: str) -> bool:
        """Say whether a folder is named here; `path` ends in its name and uses forward slashes."""
        return name in self.names or (bool(self.path_ends) and path.endswith(self.path_ends))


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
        RuleError: the file is missing or not as expected.
    """
    file = rules_directory() / "walk.yaml"
    try:
        value: Any = yaml.load(file.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        return WalkRules(_names(value["build_output"]), _names(value["prune"]))
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise RuleError(f"{file}: cannot be read: {error}", advice="reinstall frontleak") from error


def _names(values: list[str]) -> FolderNames:
    return FolderNames(
        frozenset(value for value in values if "/" not in value),
        tuple(f"/{value}" for value in values if "/" in value),
    )
