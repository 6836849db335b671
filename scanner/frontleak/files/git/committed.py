"""The files of a commit or of the index as a tree: what is next to a blob that is scanned.

A file that the work tree has unchanged since git last compared it is read from there: git would have to unpack it.
"""

import functools
import os
import stat
from collections.abc import Iterator
from typing import Final, NamedTuple

from frontleak.core.digests import blake2b
from frontleak.files.git.index_file import IndexEntry, IndexFileError, entries_of, git_folder, index_bytes
from frontleak.files.git.listing import LINK, SUBMODULE
from frontleak.files.git.objects import ObjectReader
from frontleak.files.git.repository import Repository
from frontleak.files.git.staged import INDEX, staged_file
from frontleak.resolve.file_tree import LARGEST_CONFIG, DiskFileTree, TreeState

_MOST_READ: Final = 4_000_000
"""Bytes of the largest file that is read."""
_MOST_DIRECT: Final = 16
"""Files that git is asked for one by one; from then on, the tree is listed."""


class _Committed(NamedTuple):
    mode: str
    blob: str


class CommittedFiles:
    """The files of the index or of a commit; listed when the first is asked for.

    Where the tree is that of the work tree (the index, or HEAD), files that git does not track are read from disk: code
    that a build step generates, for instance, is imported and never committed.
    """

    def __init__(self, repository: Repository, tree: str, *, objects: ObjectReader) -> None:
        """Keep the tree: the id of a commit, or empty for the index."""
        self.repository = repository
        self.tree = tree
        self._objects = objects
        self.exact: set[str] = set()
        """Absolute paths of files whose bytes are never taken from the work tree: those that are scanned."""
        self._files: dict[str, _Committed] | None = None
        self._direct = 0
        """Files that git was asked for one by one."""
        self._clean: dict[bytes, IndexEntry] | None = None
        """Path from the top -> what the index knows of the file in the work tree; None until it is read."""
        self._written = (0, 0)
        """When the index was last written, in seconds and nanoseconds."""
        self._has_work_tree = not repository.is_bare and (
            tree == INDEX or repository.git.line("rev-parse", "--verify", "--quiet", "HEAD") == tree
        )

    @property
    def files(self) -> "dict[str, _Committed]":
        """Path from the top -> mode and blob of each file; links and submodules are none.

        Raises:
            GitError: git cannot list the tree.
        """
        if self._files is None:
            self._files = {path: found for path, found in self._listed() if found.mode not in (LINK, SUBMODULE)}
        return self._files

    def _listed(self) -> Iterator[tuple[str, _Committed]]:
        git = self.repository.git
        if self.tree == INDEX:
            for change in map(staged_file, git.fields("ls-files", "--stage", "-z")):
                if change.status != "U":
                    yield change.path, _Committed(change.mode, change.blob)
            return
        for field in git.fields("ls-tree", "-r", "-z", "--full-tree", self.tree):
            described, _, path = field.partition(b"\t")
            mode, _, blob = described.decode("ascii").split()
            yield os.fsdecode(path), _Committed(mode, blob)

    def read(self, path: str, most: int = _MOST_READ) -> bytes | None:
        """Return the bytes of a file by its absolute path; None if there is none, or it is larger than `most` bytes.

        Raises:
            GitError: git cannot list the tree.
        """
        inside = self.repository.inside(path)
        if self._files is None and inside and self._direct < _MOST_DIRECT and "\n" not in inside:
            self._direct += 1
            answer = self._objects.blob(f"{self.tree}:{inside}", most)
            is_absent = answer.data is None and bool(answer.problem)
            return _read(path, most) if is_absent and self._has_work_tree else answer.data
        found = self.files.get(inside) if inside else None
        if found is None:
            return _read(path, most) if self._has_work_tree else None
        if inside is not None and self._is_clean(inside, path, found.blob):
            return _read(path, most)
        return self._objects.blob(found.blob, most).data

    def facts(self, path: str) -> tuple[int, int, int] | None:
        """Return what tells this version of a file from others, by its absolute path; None if there is no such file.

        These are numbers of its blob, the first one negative. Of a file that git does not track, they are its size in
        bytes, the time of its last change in nanoseconds, and its inode.
        """
        inside = self.repository.inside(path)
        found = self.files.get(inside) if inside else None
        if found is not None:
            return -1 - int(found.blob[:15], 16), int(found.blob[15:30], 16), int(found.blob[30:45], 16)
        if not self._has_work_tree:
            return None
        try:
            status = os.lstat(path)
        except (OSError, ValueError):
            return None
        return (status.st_size, status.st_mtime_ns, status.st_ino) if stat.S_ISREG(status.st_mode) else None

    @functools.cached_property
    def digest(self) -> str:
        """A digest of the paths of all files."""
        paths = "\0".join(sorted(self.files)).encode("utf-8", "surrogateescape")
        return blake2b(paths, digest_size=16).hexdigest()

    def read_shown(self, shown: str) -> bytes | None:
        """Return the bytes of a file by its displayed path, as `read` does."""
        return self.read(self.repository.spelled(shown))

    def has(self, path: str) -> bool:
        """Return whether an absolute path is a file of the tree, or of the work tree and not tracked."""
        return self.repository.inside(path) in self.files or (self._has_work_tree and os.path.isfile(path))

    def below(self, folder: str) -> Iterator[str]:
        """Yield the absolute path of each file of the tree in an absolute folder."""
        inside = self.repository.inside(folder)
        if inside is not None:
            prefix = f"{inside}/" if inside else ""
            yield from (self.repository.absolute(path) for path in self.files if path.startswith(prefix))

    def file_tree(self, root: str) -> "CommittedFileTree":
        """Return the files below an absolute folder as a tree for the resolver."""
        return CommittedFileTree(self, root, DiskFileTree(root) if self._has_work_tree else None)

    def _is_clean(self, inside: str, path: str, blob: str) -> bool:
        """Return whether the work tree has a file as the index last saw it, by size and time as git decides."""
        if not self._has_work_tree or path in self.exact:
            return False
        if self._clean is None:
            self._clean = self._index_entries()
        entry = self._clean.get(os.fsencode(inside))
        if entry is None or entry.blob != blob:
            return False
        try:
            status = os.lstat(path)
        except OSError:
            return False
        modified = divmod(status.st_mtime_ns, 1_000_000_000)
        is_same = modified == entry.modified and entry.size == status.st_size & 0xFFFFFFFF
        # a file as young as the index may have changed after git looked at it
        return is_same and modified < self._written and bool(entry.size)

    def _index_entries(self) -> dict[bytes, IndexEntry]:
        """Return the entries of the checkout's index; whichever index is scanned, an equal blob is the same bytes."""
        folder = git_folder(self.repository.top)
        if folder is None:
            return {}
        try:
            self._written = divmod(os.stat(f"{folder}/index").st_mtime_ns, 1_000_000_000)
            return {entry.path: entry for entry in entries_of(index_bytes(folder), folder)}
        except (OSError, IndexFileError):
            return {}


class CommittedFileTree:
    """The files of a commit or the index below a folder, and those of the work tree that git does not track.

    See `resolve.file_tree.FileTree`.
    """

    kind = "git"

    def __init__(self, committed: CommittedFiles, root: str, disk: DiskFileTree | None) -> None:
        self._committed = committed
        self._root = root.rstrip("/")
        self._disk = disk
        self._prefix = self._root_inside()
        self._names: dict[str, set[str]] | None = None
        self._read: set[str] = set()

    def state(self, before: int) -> TreeState | None:
        """See `resolve.file_tree.WatchedTree`."""
        on_disk = TreeState({}, {}) if self._disk is None else self._disk.state(before)
        files = {path: facts for path in self._read if (facts := self._committed.facts(f"{self._root}/{path}"))}
        is_new = any(facts[0] >= 0 and facts[1] >= before for facts in files.values())
        if on_disk is None or is_new or len(files) < len(self._read):
            return None
        return TreeState(on_disk.folders, files, self._committed.digest)

    def is_in(self, state: TreeState) -> bool:
        """See `resolve.file_tree.WatchedTree`."""
        return (
            state.tracked == self._committed.digest
            and all(self._committed.facts(f"{self._root}/{path}") == facts for path, facts in state.files.items())
            and (self._disk.is_in(TreeState(state.folders, {})) if self._disk is not None else not state.folders)
        )

    def _root_inside(self) -> str:
        inside = self._committed.repository.inside(self._root)
        return f"{inside}/" if inside else ""

    def is_file(self, path: str) -> bool:
        """See `FileTree`."""
        return f"{self._prefix}{path}" in self._committed.files or (self._disk is not None and self._disk.is_file(path))

    def names(self, folder: str) -> frozenset[str]:
        """See `FileTree`."""
        if self._names is None:
            self._names = self._folders()
        own = frozenset(self._names.get(folder, ()))
        return own if self._disk is None else own | self._disk.names(folder)

    def read(self, path: str) -> bytes | None:
        """See `FileTree`."""
        if not self.is_file(path):
            return None
        self._read.add(path)
        return self._committed.read(f"{self._root}/{path}", LARGEST_CONFIG)

    def canonical(self, path: str) -> str:
        """See `FileTree`."""
        if self._disk is None or f"{self._prefix}{path}" in self._committed.files:
            return path
        return self._disk.canonical(path)

    def linked(self, path: str) -> str | None:
        """See `FileTree`. Links to packages of a workspace are in `node_modules`, which git does not track."""
        return None if self._disk is None else self._disk.linked(path)

    def _folders(self) -> dict[str, set[str]]:
        names: dict[str, set[str]] = {"": set()}
        start = len(self._prefix)
        for path in self._committed.files:
            if not path.startswith(self._prefix):
                continue
            folder, _, name = path[start:].rpartition("/")
            while folder not in names:
                names[folder] = {name}
                folder, _, name = folder.rpartition("/")
            names[folder].add(name)
        return names


def _read(path: str, most: int) -> bytes | None:
    """Read a regular file of the work tree that is no link; None if it is larger than `most` bytes."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > most:
                return None
            return os.read(descriptor, most)
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return None
