"""The package.json files of a source tree."""

from collections.abc import Mapping
from typing import Any, Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.records import dataclass
from frontleak.resolve.file_tree import FileTree, joined
from frontleak.resolve.jsonc import by_path, problem, read_object

_MARKERS: Final = frozenset(
    {"type", "sideEffects", "types", "main", "module", "exports", "browser", "private", "license"}
)
"""Fields of a package.json that only sets the module type of the files next to it or one entry of a package."""
_LINKS: Final = ("file:", "link:", "portal:", "workspace:")
_OWN_DEPENDENCIES: Final = ("dependencies", "devDependencies", "optionalDependencies")
_ALL_DEPENDENCIES: Final = (*_OWN_DEPENDENCIES, "peerDependencies")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageJson:
    """The content of one package.json; a field of an unexpected type counts as missing."""

    folder: str
    """Its folder, from the root of the tree."""
    data: Mapping[str, Any]
    """The parsed JSON; empty when the file is invalid."""
    diagnostic: Diagnostic | None = None
    """The problem with the file."""

    @property
    def name(self) -> str:
        """The package name; empty when missing."""
        name = self.data.get("name")
        return name if isinstance(name, str) else ""

    @property
    def is_marker(self) -> bool:
        """Whether it does not define a project, such as `{"type": "module"}` next to build output."""
        return self.diagnostic is None and (self.data.keys() <= _MARKERS or is_entry(self.data))

    def depends_on(self, name: str, *, peers: bool = True) -> bool:
        """Return whether it depends on a package; `peers` includes peer dependencies."""
        return any(name in self._dependencies(tree) for tree in (_ALL_DEPENDENCIES if peers else _OWN_DEPENDENCIES))

    def linked(self, name: str) -> str | None:
        """Return the folder of a dependency declared by path, such as `file:../ui`; None for others."""
        for tree in _ALL_DEPENDENCIES:
            wanted = self._dependencies(tree).get(name)
            if isinstance(wanted, str):
                for link in _LINKS:
                    if wanted.startswith(link):
                        return joined(self.folder, wanted.removeprefix(link))
        return None

    def _dependencies(self, tree: str) -> Mapping[str, Any]:
        found = self.data.get(tree)
        return found if isinstance(found, dict) else {}


class PackageJsons:
    """The package.json files of a tree, each read once."""

    def __init__(self, files: FileTree) -> None:
        """Keep the tree; nothing is read yet."""
        self._files = files
        self._packages: dict[str, PackageJson | None] = {}
        self._above: dict[str, tuple[PackageJson, ...]] = {}

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Problems in the files read so far, sorted by path."""
        found = (package.diagnostic for package in self._packages.values() if package and package.diagnostic)
        return tuple(sorted(found, key=by_path))

    def at(self, folder: str) -> PackageJson | None:
        """Return the package.json in a folder; None when there is none."""
        if folder not in self._packages:
            self._packages[folder] = self._read(folder)
        return self._packages[folder]

    def above(self, folder: str) -> tuple[PackageJson, ...]:
        """Return those in a folder and its parent folders, nearest first."""
        found = self._above.get(folder)
        if found is None:
            found = self._above[folder] = tuple(package for each in upwards(folder) if (package := self.at(each)))
        return found

    def project(self, folder: str) -> PackageJson | None:
        """Return the nearest package.json that defines a project, for the files of a folder."""
        return next((package for package in self.above(folder) if not package.is_marker), None)

    def _read(self, folder: str) -> PackageJson | None:
        path = f"{folder}/package.json" if folder else "package.json"
        if not self._files.is_file(path):
            return None
        data = self._files.read(path)
        found = problem(path, 1, "cannot be read or is larger than 1 MB") if data is None else read_object(path, data)
        if isinstance(found, Diagnostic):
            return PackageJson(folder=folder, data={}, diagnostic=found)
        return PackageJson(folder=folder, data=found)


def is_entry(data: Mapping[str, Any]) -> bool:
    """Return whether a package.json is that of one entry of the package above, such as `firebase/app` of `firebase`.

    npm allows a slash in a name only after a scope.
    """
    name = data.get("name")
    return isinstance(name, str) and "/" in (name.partition("/")[2] if name.startswith("@") else name)


def upwards(folder: str) -> tuple[str, ...]:
    """Return a folder and its parents up to the root, which is the empty path."""
    found = [folder]
    while folder:
        folder = folder.rpartition("/")[0]
        found.append(folder)
    return tuple(found)
