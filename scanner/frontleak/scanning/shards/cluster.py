"""Scans on a cluster: plans, keeps a done-file of each shard that comes back, and merges them.

The folder of the done-files is in the user's cache, and its name tells what is scanned: the same command finds it again
after a failure. After a scan that is complete it is removed.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Final, NamedTuple

from frontleak.core.cache import private_folder
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.digests import blake2b
from frontleak.files.recordings.entries import stored
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.shards import on_dask, store
from frontleak.scanning.shards.key import create_key
from frontleak.scanning.shards.lines import Plan, identity_of, lines_of, read_line
from frontleak.scanning.shards.merge import Merged, merge_done
from frontleak.scanning.shards.partial import is_done
from frontleak.scanning.shards.plan import MOST_SHARDS, balanced, groups_of, make_plan
from frontleak.scanning.shards.settings import Settings

_BYTES: Final = 256_000_000
"""Bytes of a shard: more than a second of work, some times what starting it takes."""
_FEWEST: Final = 8
"""Shards of a small scan."""


class Progress(NamedTuple):
    """How far a scan on a cluster is, in shards."""

    done: int
    kept: int
    """Of an earlier run, among those that are done."""
    of: int


def scan_on(
    name: str,
    ruleset: RuleSet,
    settings: Settings,
    jobs: int,
    progress: Callable[[Progress], None],
    failed: Callable[[int, str], None],
) -> Merged:
    """Scan on a cluster and return what its shards found together.

    Args:
        name: `dask`, or the address of a scheduler.
        ruleset: the rules of the scan.
        settings: of the scan.
        jobs: processes of a cluster on this machine.
        progress: called after each shard.
        failed: called with the number of a shard that has no result, and the reason.

    Raises:
        ConfigError: there is no such cluster, or its workers cannot run the plan.
        ClusterLostError: the cluster went away; the same command goes on.
        FrontleakError: as in `make_plan`.
    """
    on_dask.address_of(name)
    plan = _divided(make_plan(ruleset, settings, 1), settings)
    folder = _folder_of(plan)
    with on_dask.connected(name, jobs) as client:
        key = create_key(os.path.join(folder, "key"))
        lines = list(lines_of(plan, key))
        shards = {number: read_line(line, f"line {number + 1}", key) for number, line in enumerate(lines)}
        left = {number: line for number, line in enumerate(lines) if not is_done(folder, shards[number], key)}
        kept = count = len(lines) - len(left)

        def done(number: int, text: str) -> None:
            nonlocal count
            store.write_done(folder, shards[number], text)
            count += 1
            progress(Progress(count, kept, len(lines)))

        try:
            on_dask.run_on(client, sorted(left.items()), key, done, failed)
        except on_dask.ClusterLostError as error:
            raise on_dask.ClusterLostError(
                f"{error}: {count:,} of {len(lines):,} shards are done", advice="run the same command again; it goes on"
            ) from None
    merged = merge_done(store.documents(folder), key)
    if merged.is_whole:
        shutil.rmtree(folder, ignore_errors=True)
    return merged


def _divided(draft: Plan, settings: Settings) -> Plan:
    """Return a plan with as many shards as suit a cluster of any size, so that another one can go on."""
    (references,) = draft.shards
    entries = [each.entry for each in references]
    size = sum(0 if isinstance(entry, Diagnostic) else entry.size for entry in entries)
    count = max(1, min(len(entries), max(_FEWEST, size // _BYTES), MOST_SHARDS))
    return draft._replace(shards=balanced(entries, groups_of(entries, settings.paths), count))


def _folder_of(plan: Plan) -> str:
    """Return the folder of the done-files of a scan; another one once a file has changed.

    It is a temporary one, which no later command finds, where others can change the cache, and for objects of stores:
    not every store tells when an object was changed.
    """
    if any(stored(each.entry) for shard in plan.shards for each in shard):
        return tempfile.mkdtemp(prefix="frontleak-")
    state = blake2b(digest_size=16)
    state.update(identity_of(plan).encode())
    for shard in plan.shards:
        for each in shard:
            path = "" if isinstance(each.entry, Diagnostic) else each.entry.path
            state.update(f"{_changed(path)}\n".encode())
    return str(private_folder(f"shards/{state.hexdigest()}") or tempfile.mkdtemp(prefix="frontleak-"))


def _changed(path: str) -> int:
    """Return when a file was changed, in nanoseconds; 0 if it cannot be told."""
    try:
        return os.stat(path).st_mtime_ns if path else 0
    except OSError:
        return 0
