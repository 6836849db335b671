"""Extension resolution, and the source files behind built package entries."""

from collections.abc import Iterable, Iterator
from typing import Final

from frontleak.resolve.file_tree import FileTree, joined
from frontleak.resolve.package_exports import export_targets
from frontleak.resolve.packages import PackageJson, PackageJsons

_SUFFIXES: Final = (
    *(".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro", ".json", ".d.ts"),
    # Expo and React Native: one file per platform instead of a shared one
    *(f".{platform}{suffix}" for platform in ("web", "native", "ios", "android") for suffix in (".ts", ".tsx", ".js")),
)
"""Suffixes tried after a path, in order."""
_SOURCE_SUFFIXES: Final = {
    ".ts": (".d.ts",),
    ".js": (".ts", ".tsx", ".jsx", ".d.ts"),
    ".jsx": (".tsx",),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
"""Imported extension -> source extensions; TypeScript sources are imported by the name of their output."""
_BUILT: Final = frozenset({"dist", "build", "out", "output", "lib", "es", "esm", "cjs", "umd"})
"""Output folders for the build of `src`."""
_INNER: Final = frozenset({"es", "esm", "cjs", "umd", "src", "module", "commonjs"})
"""Subfolders of the output folders, one per module format."""
_ENDINGS: Final = (".d.mts", ".d.cts", ".d.ts", ".mjs", ".cjs", ".js")


class FileLookup:
    """Finds files by the names used in imports."""

    def __init__(self, files: FileTree, packages: PackageJsons) -> None:
        """Keep the tree; nothing is read yet."""
        self._files = files
        self._packages = packages

    def find(self, path: str, *, folder: bool = False) -> str | None:
        """Return the file for a path: the path itself, with a suffix, or the entry of a folder.

        Args:
            path: from the root of the tree.
            folder: whether only a folder matches, because the path ended in a slash.
        """
        found = None if folder else self._file(path)
        return found or self._folder_entry(path)

    def entry(self, package: PackageJson, subpath: str, *, for_server: bool = False) -> str | None:
        """Return the file for a package subpath (`.`, or `./` and more) on a side, source before build output."""
        groups = export_targets(package.data, subpath, for_server=for_server)
        exported = next((found for group in groups if (found := self.first(package, group))), None)
        return exported or next(
            (found for guess in _guesses(subpath) if (found := self._file_at(package, guess))), None
        )

    def first(self, package: PackageJson, targets: Iterable[str]) -> str | None:
        """Return the first existing file for some targets of a package.json, sources first."""
        inside = [target for target in targets if not target.startswith("/")]
        sources = (source for target in inside for source in _sources(target))
        for target in (*sources, *inside):
            if found := self._file_at(package, target):
                return found
        return None

    def _file_at(self, package: PackageJson, target: str) -> str | None:
        path = joined(package.folder, target)
        return None if path is None else self._file(path) or self._index(path)

    def _file(self, path: str) -> str | None:
        folder, _, name = path.rpartition("/")
        names = self._files.names(folder)
        for each in _candidate_names(name):
            if each in names:
                full = f"{folder}/{each}" if folder else each
                if self._files.is_file(full):
                    return full
        return None

    def _folder_entry(self, path: str) -> str | None:
        package = self._packages.at(path) if "package.json" in self._files.names(path) else None
        groups = export_targets(package.data, ".") if package else ()
        named = next((found for group in groups if package and (found := self.first(package, group))), None)
        return named or self._index(path)

    def _index(self, path: str) -> str | None:
        return self._file(f"{path}/index" if path else "index")


def _candidate_names(name: str) -> Iterator[str]:
    if not name:
        return
    yield name
    stem, dot, ending = name.rpartition(".")
    for suffix in _SOURCE_SUFFIXES.get(dot + ending, ()):
        yield stem + suffix
    for suffix in _SUFFIXES:
        yield name + suffix


def _sources(target: str) -> Iterator[str]:
    """Yield possible source paths of a built file: `dist/esm/a.js` is built from `src/a`."""
    parts = [part for part in target.split("/") if part not in ("", ".")]
    if len(parts) < 2 or parts[0] not in _BUILT:
        return
    ending = next((ending for ending in _ENDINGS if parts[-1].endswith(ending)), "")
    parts[-1] = parts[-1].removesuffix(ending)
    yield "/".join(("src", *parts[1:]))
    if len(parts) > 2 and parts[1] in _INNER:
        yield "/".join(("src", *parts[2:]))


def _guesses(subpath: str) -> tuple[str, ...]:
    if subpath == ".":
        return ("src/index", "index", "src/main", "lib/index")
    return (f"src/{subpath.removeprefix('./')}", subpath)
