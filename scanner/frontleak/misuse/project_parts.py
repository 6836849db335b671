"""Which project of a tree looks at a file: that of the file, or one whose exports the file uses."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from frontleak.misuse.leads import Leads
from frontleak.misuse.project_clients import DirectTokens
from frontleak.resolve.projects import Project


class ProjectPart(NamedTuple):
    """A project, and which files are analysed because of it; all paths are absolute."""

    project: Project
    folder: str
    files: frozenset[str]
    """The files of the project."""
    walked: bool
    """Whether all of them are in the scan."""
    given: frozenset[str]
    """Those that were passed by path; none if all are in the scan."""
    leads: Leads
    direct: DirectTokens
    own: tuple[str, ...] = ()
    """Files that are analysed for what they have; of a project that is scanned only in part, also files of others."""
    users: Sequence[str] = ()
    """Files that use exports of these."""
    variables: frozenset[str] = frozenset()
    """Environment variables that are given to Sanity clients."""
    kept: Mapping[str, tuple[str, ...]] = {}
    """Member of the state of a request -> files that assign it."""

    def looked_at(self, at_home: Collection[str]) -> Sequence[str]:
        """Return the users that are analysed in this project.

        These are all users if an export may be a client, or makes another name a secret. Otherwise, files of other
        projects that are analysed there are left out.

        Args:
            at_home: users of all projects that are analysed in the project they belong to.
        """
        exports_more = self.given or self.variables or self.kept
        if exports_more or any(map(self.leads.to_client, (*self.own, *self.users))):
            return self.users
        return [path for path in self.users if path in self.files or path not in at_home]


def adopted_files(parts: Sequence[ProjectPart]) -> Mapping[str, Sequence[str]]:
    """Return folder of a project with a framework -> its files that use what other projects export, sorted.

    They are judged as files of their own project, which need not have a secret itself.
    """
    built = [part for part in parts if part.walked and part.project.frameworks]
    homes = {path: part.folder for part in built for path in part.files}
    found: dict[str, set[str]] = {}
    for part in parts:
        for path in part.users if part.walked else ():
            home = homes.get(path, part.folder)
            if home != part.folder:
                found.setdefault(home, set()).add(path)
    return {home: sorted(paths) for home, paths in found.items()}
