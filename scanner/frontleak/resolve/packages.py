"""The package.json files of a source tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from frontleak.resolve.file_tree import FileTree, joined
from frontleak.resolve.jsonc import JsonProblem, read_object

_MARKERS: Final = frozenset(
    {"type", "sideEffects", "types", "main", "module", "exports", "browser", "private", "license"}
)
"""Fields of a package.json that only tells how to read the files beside it, or where one entry of a package lies."""
_LINKS: Final = ("file:", "link:", "portal:", "workspace:")
_OWN: Final = ("dependencies", "devDependencies", "optionalDependencies")
_TREES: Final = (*_OWN, "peerDependencies")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageJson:
    """What one package.json says; what has an unexpected type counts as not there."""

    folder: str
    """Where it lies, from the root of the tree."""
    data: Mapping[str, Any]
    """As written; empty when the file is broken."""
    gap: JsonProblem | None = None
    """What is wrong with the file."""

    @property
    def name(self) -> str:
        """Its name; empty when it has none."""
        name = self.data.get("name")
        return name if isinstance(name, str) else ""

    @property
    def is_marker(self) -> bool:
        """Whether it stands for no project of its own, such as `{"type": "module"}` beside built files."""
        return self.gap is None and self.data.keys() <= _MARKERS

    def depends_on(self, name: str, *, peers: bool = True) -> bool:
        """Say whether a package is among its dependencies; `peers` are those that whoever uses it must bring."""
        return any(name in self._tree(tree) for tree in (_TREES if peers else _OWN))

    def linked(self, name: str) -> str | None:
        """Return the folder of a dependency that is given as a path, such as `file:../ui`; None for others."""
        for tree in _TREES:
            wanted = self._tree(tree).get(name)
            if isinstance(wanted, str):
                for link in _LINKS:
                    if wanted.startswith(link):
                        return joined(self.folder, wanted.removeprefix(link))
        return None

    def _tree(self, tree: str) -> Mapping[str, Any]:
        found = self.data.get(tree)
        return found if isinstance(found, dict) else {}


class PackageJsons:
    """The package.json files of a tree, each read once."""

    def __init__(self, files: FileTree) -> None:
        """Remember the tree."""
        self._files = files
        self._known: dict[str, PackageJson | None] = {}

    @property
    def gaps(self) -> tuple[JsonProblem, ...]:
        """What is wrong with those that were read, in order of path."""
        return tuple(sorted(package.gap for package in self._known.values() if package and package.gap))

    def at(self, folder: str) -> PackageJson | None:
        """Return the package.json that lies in a folder."""
        if folder not in self._known:
            self._known[folder] = self._read(folder)
        return self._known[folder]

    def above(self, folder: str) -> tuple[PackageJson, ...]:
        """Return those in a folder and in the folders that hold it, nearest first."""
        return tuple(package for each in upwards(folder) if (package := self.at(each)))

    def project(self, folder: str) -> PackageJson | None:
        """Return the nearest that stands for a project, for the files of a folder."""
        return next((package for package in self.above(folder) if not package.is_marker), None)

    def _read(self, folder: str) -> PackageJson | None:
        path = f"{folder}/package.json" if folder else "package.json"
        if not self._files.is_file(path):
            return None
        data = self._files.read(path)
        found = JsonProblem(path, 1, "cannot be read, or is too large") if data is None else read_object(path, data)
        if isinstance(found, JsonProblem):
            return PackageJson(folder=folder, data={}, gap=found)
        return PackageJson(folder=folder, data=found)


def upwards(folder: str) -> tuple[str, ...]:
    """Return a folder and those that hold it, up to the root, which is the empty path."""
    found = [folder]
    while folder:
        folder = folder.rpartition("/")[0]
        found.append(folder)
    return tuple(found)
