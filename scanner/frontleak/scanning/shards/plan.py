"""Divides a scan into shards: what a walk yields, as references, balanced by bytes.

Only references leave the process that plans: names and sizes of files, never their content. The files of a source tree
stay together, because the analysis of imports needs all of them.
"""

import heapq
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.paths import slashes
from frontleak.core.repository import repository_root
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.files.listed_folder import UNKNOWN
from frontleak.files.stores.entries import StoreEntry
from frontleak.files.stores.reader import StoreReader
from frontleak.files.walk import FileWalk
from frontleak.resolve.source_root import source_root
from frontleak.rules.frameworks import using_frameworks
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.inputs import Entry, may_be_source, source_of, stores_of
from frontleak.scanning.shards.lines import Plan, Reference, WalkCounts
from frontleak.scanning.shards.settings import Settings

MOST_SHARDS: Final = 1_000_000
_MOST_TOGETHER: Final = 64_000_000
"""Bytes of a folder up to which its files stay together although nothing tells that they are one source tree."""
_APART: Final = (
    *(".map", ".css", ".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico", ".woff", ".woff2", ".ttf"),
    *(".otf", ".mp3", ".mp4", ".webm", ".pdf", ".wasm", ".so", ".a", ".node", ".pyc"),
)
"""Ends of the names of files that no analysis of imports and no script of a server needs, wherever they are."""
_PER_ITEM: Final = 50_000
"""Weight of a file besides its bytes, as in `schedule.py`."""


def make_plan(ruleset: RuleSet, settings: Settings, count: int) -> Plan:
    """Walk the paths of a scan and divide what is found into shards.

    Args:
        ruleset: the rules of the scan; its frameworks decide who can see a file.
        settings: of the scan.
        count: number of shards.

    Raises:
        InputError: a named path or address does not exist.
        ConfigError: an exclude pattern is invalid.
    """
    options = settings.options()
    with using_frameworks(ruleset.frameworks):
        stores = stores_of(options)
        source = source_of(options, options.paths, None, None, StoreReader(stores, options.largest) if stores else None)
        entries = [] if source is None else [_lasting(entry) for entry in source.entries()]
        left_out = source.left_out if source is not None else {}
        names = set(options.paths)
        excluded = isinstance(source, FileWalk) and source.named_excluded == len(names) == len(options.paths)
        shards = balanced(entries, groups_of(entries, options.paths), count)
    counts = WalkCounts(**left_out, all_excluded=excluded)
    return Plan(settings, ruleset.digest, counts, shards)


def _lasting(entry: Entry) -> Entry:
    """Return an entry without what holds on this machine only, or in another shard."""
    if isinstance(entry, StoreEntry):
        return entry._replace(pack=())
    return entry._replace(listed_in=UNKNOWN) if isinstance(entry, FileEntry) else entry


def root_finder(paths: Sequence[str]) -> Callable[[FileEntry], str]:
    """Return a function: file -> root of its source tree; empty for a file that is certainly built.

    Args:
        paths: as passed to the scan.
    """
    roots = [slashes(os.path.abspath(path)) for path in paths if os.path.isdir(path)]
    known: dict[str, str] = {}

    def root(entry: FileEntry) -> str:
        if entry.path.endswith(_APART) or not (may_be_source(entry) or entry.exposure is Exposure.SERVER):
            return ""
        folder = entry.path.rpartition("/")[0]
        if folder not in known:
            known[folder] = source_root(entry.path, roots)
        return known[folder]

    return root


def groups_of(entries: Sequence[Entry], paths: Sequence[str]) -> list[str]:
    """Return what has to stay together with each entry; empty for nothing.

    Source files stay with those of their tree, and scripts of a server with those of theirs. A large folder that is
    neither a repository nor a package, such as a crawl, is divided by the folders right below it.

    Args:
        entries: what the walk yields.
        paths: as passed to the scan.
    """
    root_of = root_finder(paths)
    roots = [root_of(entry) if isinstance(entry, FileEntry) else "" for entry in entries]
    sizes: Counter[str] = Counter()
    for entry, root in zip(entries, roots, strict=True):
        sizes[root] += 0 if isinstance(entry, Diagnostic) else entry.size
    divided = {root for root, size in sizes.items() if root and size > _MOST_TOGETHER and not _is_marked(root)}
    return [
        _part_of(entry.path, root) if root in divided and isinstance(entry, FileEntry) else root
        for entry, root in zip(entries, roots, strict=True)
    ]


def _is_marked(root: str) -> bool:
    """Return whether something tells that a folder is one source tree."""
    return repository_root(root) is not None or os.path.isfile(f"{root}/package.json")


def _part_of(path: str, root: str) -> str:
    """Return the folder right below a root that a file is in, or the root."""
    name, slash, _ = path.removeprefix(f"{root.rstrip('/')}/").partition("/")
    return f"{root.rstrip('/')}/{name}" if slash else root


def balanced(entries: Iterable[Entry], groups: Iterable[str], count: int) -> list[list[Reference]]:
    """Divide entries into shards: the largest first, each to the shard that has the least.

    Args:
        entries: in the order of the walk.
        groups: what has to stay together with each; empty for nothing.
        count: number of shards; some may be empty.
    """
    together: dict[str, list[Reference]] = {}
    for number, (entry, group) in enumerate(zip(entries, groups, strict=True)):
        together.setdefault(group or f"\0{number}", []).append(Reference(number, entry))
    weights = {name: sum(map(_weight, references)) for name, references in together.items()}
    shards: list[list[Reference]] = [[] for _ in range(count)]
    loads = [(0, shard) for shard in range(count)]
    for name in sorted(together, key=lambda name: (-weights[name], together[name][0].number)):
        load, shard = heapq.heappop(loads)
        shards[shard] += together[name]
        heapq.heappush(loads, (load + weights[name], shard))
    for shard_references in shards:
        shard_references.sort()
    return shards


def _weight(reference: Reference) -> int:
    return _PER_ITEM + (0 if isinstance(reference.entry, Diagnostic) else reference.entry.size)
