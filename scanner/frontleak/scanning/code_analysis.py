"""Runs the analysis of source code after all files are scanned."""

import itertools
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from frontleak.core.garbage import collector_paused
from frontleak.core.paths import display_path, slashes
from frontleak.core.run_budget import RunBudget
from frontleak.files.interface import BlobEntry, FileEntry
from frontleak.files.read import read_source
from frontleak.rules.misuse_rule import MisuseRule
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import ScanOptions, jobs_of, paths_from_top

if TYPE_CHECKING:
    from frontleak.misuse.analyse import CodeResult
    from frontleak.scanning.git_scan import GitScan


@collector_paused()  # syntax trees have many nodes and no cycles
def analyse_code(
    ruleset: RuleSet,
    options: ScanOptions,
    candidates: Sequence[str],
    listed: Sequence[FileEntry | BlobEntry],
    budget: RunBudget,
    git: "GitScan | None",
) -> "CodeResult | None":
    """Analyse the projects that have candidates for misuse checks; None if there are none."""
    rules = [rule for rule in ruleset.others if isinstance(rule, MisuseRule)]
    committed = git.committed if git else None
    if not rules or (git is not None and (committed is None or git.repository.is_bare)):
        return None
    roots = [slashes(os.path.abspath(path)) for path in options.on_disk if os.path.isdir(path)]
    if git is not None:
        roots = []  # no folder is scanned as a whole
    # a file named on its own may import secrets from other files
    given = [entry for entry in listed if not any(entry.path.startswith(f"{root}/") for root in roots)]
    if not (candidates or _may_use_clients(given, committed.read if committed else None)):
        return None
    from frontleak.misuse.project_files import TreeAccess, projects  # noqa: PLC0415 - many scans have no candidates
    from frontleak.scanning.walked_sources import CommittedSources, WalkedSources  # noqa: PLC0415 - as above

    here = slashes(os.getcwd())
    listings = WalkedSources(options) if git is None else CommittedSources(git.sources_below)
    sources, named = [entry.path for entry in listed], [entry.path for entry in given]
    if committed is not None:
        committed.exact.update(named)
    access = TreeAccess(listings=listings, rules=(ruleset.base or ruleset).digest)
    if committed is not None:
        access = access._replace(file_tree=committed.file_tree, read=committed.read, version=committed.facts)
    found = projects(candidates, sources, roots, listings.below, named, access)
    first = next(found, None)
    if first is None:
        return None
    from frontleak.misuse.analyse import analyse  # noqa: PLC0415 - it imports all checks
    from frontleak.scanning.spread import spread_over  # noqa: PLC0415 - as above

    # a process of git serves one process
    spread = spread_over(jobs_of(options)) if committed is None and options.profile is None else None
    return analyse(
        itertools.chain((first,), found), rules, partial(display_path, here), paths_from_top(options), budget, spread
    )


def _may_use_clients(given: Sequence[FileEntry | BlobEntry], read: Callable[[str], bytes | None] | None) -> bool:
    """Return whether one of some files is in a package that depends on a Sanity package, and may import another file.

    `read` returns the bytes of a file by its absolute path; None to read the disk.
    """
    folders: dict[str, list[str]] = {}
    for entry in given:
        if entry.placed:
            folders.setdefault(entry.path.rpartition("/")[0], []).append(entry.path)
    if not folders:
        return False
    from frontleak.modulegraph.import_scan import may_import  # noqa: PLC0415 - few scans name source files
    from frontleak.resolve.projects import depends_on_sanity  # noqa: PLC0415 - as above

    return any(
        depends_on_sanity(folder, read) and any(may_import((read or read_source)(path) or b"") for path in paths)
        for folder, paths in folders.items()
    )
