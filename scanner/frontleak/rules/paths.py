"""Where rule files are: the shipped ones and custom ones."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from frontleak.core.errors import RuleError

MACROS_FILE: Final = "macros.yaml"
TRIGGERS_FILE: Final = "triggers.yaml"
FRAMEWORKS_FOLDER: Final = "frameworks"
RULE_FOLDERS: Final = ("sanity", "vendors", "public", "files", "usage", "environment")
"""Folders with rules, below the folder of the shipped rules."""


def rules_directory() -> Path:
    """Return the folder of the shipped rules: in the wheel's package, or at the repository root in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_rules"
    return shipped if shipped.is_dir() else package.parents[1] / "rules"


def rule_files() -> tuple[Path, ...]:
    """Return the shipped files with rules."""
    root = rules_directory()
    return tuple(file for folder in RULE_FOLDERS for file in sorted((root / folder).glob("*.yaml")))


def framework_files() -> tuple[Path, ...]:
    """Return the shipped files with frameworks, sorted by name."""
    return tuple(sorted((rules_directory() / FRAMEWORKS_FOLDER).glob("*.yaml")))


def own_files(extra: Sequence[Path]) -> tuple[Path, ...]:
    """Return the given files and those in the given folders, in order, without shipped ones.

    Raises:
        RuleError: a path does not exist, or is a folder without rule files.
    """
    files: list[Path] = []
    problems: list[str] = []
    for path in extra:
        found = sorted((*path.rglob("*.yaml"), *path.rglob("*.yml"))) if path.is_dir() else [path]
        if not found:
            problems.append(f"{path}: no .yaml file in this folder")
        elif not path.exists():
            problems.append(f"{path}: no such rule file")
        files += (file for file in found if not is_shipped(file))
    if problems:
        raise RuleError(*problems, advice="name a rule file, or a folder of rule files")
    return tuple(files)


def is_shipped(file: Path) -> bool:
    """Return whether a file comes with the tool."""
    return file.resolve().is_relative_to(rules_directory())


def display_path(file: Path) -> str:
    """Return the path for messages: `rules/…` for shipped rules, the same on every machine."""
    root = rules_directory()
    return f"rules/{file.relative_to(root).as_posix()}" if file.is_relative_to(root) else str(file)


def read_files(files: Iterable[Path]) -> dict[Path, bytes]:
    """Return the bytes of files.

    Raises:
        RuleError: a file cannot be read.
    """
    found: dict[Path, bytes] = {}
    for file in files:
        try:
            with open(file, "rb", buffering=0) as stream:  # half the time of `read_bytes`, and there are hundreds
                found[file] = stream.read()
        except OSError as error:
            raise RuleError(f"{display_path(file)}: {error.strerror or error}") from error
    return found
