"""A source tree in memory."""

from collections.abc import Mapping


class DictFiles:
    """An in-memory implementation of the interface in frontleak.resolve.file_tree."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        """Store files by path; folders are derived from the paths."""
        self._files = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
        self._names: dict[str, set[str]] = {"": set()}
        for path in self._files:
            while path:
                folder, _, name = path.rpartition("/")
                self._names.setdefault(folder, set()).add(name)
                path = folder  # noqa: PLW2901 - up to the root
        self.listed: list[str] = []
        """Folders that were listed."""

    def is_file(self, path: str) -> bool:
        """See `Files`."""
        return path in self._files

    def names(self, folder: str) -> frozenset[str]:
        """See `Files`."""
        self.listed.append(folder)
        return frozenset(self._names.get(folder, ()))

    def read(self, path: str) -> bytes | None:
        """See `Files`."""
        return self._files.get(path)

    def canonical(self, path: str) -> str:
        """See `Files`."""
        return path

    def linked(self, _: str) -> str | None:
        """See `Files`; there are no links."""
        return None
