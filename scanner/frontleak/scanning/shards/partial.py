"""The sealed result of a shard: detections, diagnostics, counts, and what was around them; without any value."""

import json
import os
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from frontleak.core.detection import Detection, FileMatch
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.errors import FrontleakError, InputError
from frontleak.core.records import dataclass, field, replace
from frontleak.core.version import VERSION
from frontleak.scanning.shards.codec import from_plain, to_plain
from frontleak.scanning.shards.key import ShardKey
from frontleak.scanning.shards.lines import FORMAT, Shard, WalkCounts, checked_head
from frontleak.scanning.shards.settings import Settings
from frontleak.scanning.shards.store import done_name, read_done
from frontleak.scanning.shards.surroundings import Surroundings

MARK: Final = "frontleak-shard"
_SIGNATURE: Final = "signature"


class EntryResult(NamedTuple):
    """What was found in one entry of the walk, and what could not be done."""

    number: int
    """Of the entry, in the order of the walk."""
    part: int = 0
    """Of an entry that the run opened, such as an archive of records."""
    detections: tuple[Detection, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    file_matches: tuple[FileMatch, ...] = ()


class CodePart(NamedTuple):
    """What the analysis of a source tree found."""

    root: str
    detections: tuple[Detection, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    files: int = 0
    parsed: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """The result of a shard."""

    entries: tuple[EntryResult, ...] = ()
    """Those that say anything, in order."""
    code: tuple[CodePart, ...] = ()
    """By root."""
    files: Mapping[str, int] = field(default_factory=dict)
    """Number of files by kind."""
    bytes: Mapping[str, int] = field(default_factory=dict)
    """Number of bytes by kind."""
    views: Mapping[str, int] = field(default_factory=dict)
    maps_used: int = 0
    maps_missing: int = 0
    ignored: int = 0
    """`.env` files that git ignores and that have no public variables."""
    unread: int = 0
    """References to files and objects that were not read, which another run may read."""
    sources: tuple[str, ...] = ()
    """Displayed paths of source files, if unused comments are listed."""
    surroundings: Surroundings = field(default_factory=Surroundings)


class Head(NamedTuple):
    """What a done-file says about itself."""

    plan: str
    shard: int
    of: int
    rules_digest: str
    configuration: str
    settings: Settings
    counts: WalkCounts | None = None


def written(shard: Shard, partial: Partial, key: ShardKey) -> str:
    """Return the text of a done-file: a line about itself, and one with the result; both signed."""
    entries = tuple(each._replace(detections=tuple(map(key.sealed, each.detections))) for each in partial.entries)
    code = tuple(each._replace(detections=tuple(map(key.sealed, each.detections))) for each in partial.code)
    plain = to_plain(partial)
    plain |= {name: to_plain(value) for name, value in (("entries", entries), ("code", code)) if value}
    body = json.dumps(plain, separators=(",", ":"))
    counts = {"walk": to_plain(shard.counts)} if shard.counts is not None else {}
    head = {
        MARK: FORMAT,
        "tool": VERSION,
        "plan": shard.plan,
        "shard": shard.number,
        "of": shard.of,
        "rules": shard.rules_digest,
        "configuration": shard.configuration,
        **counts,
        "settings": to_plain(shard.settings),
    }
    unsigned = json.dumps(head, separators=(",", ":"))
    signature = key.signature(f"{unsigned}\n{body}\n".encode())
    return f"{json.dumps(head | {_SIGNATURE: signature}, separators=(',', ':'))}\n{body}\n"


def read_head(text: str, where: str) -> Head:
    """Return what a done-file says about itself, before its signature is checked.

    Raises:
        InputError: it is none, or is damaged.
        ConfigError: it is one of another version.
    """
    plain = checked_head(text.partition("\n")[0], where, MARK, "the result of a shard", "run the shard again")
    try:
        return _head(plain)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(where) from error


def _head(plain: Mapping[str, Any]) -> Head:
    return Head(
        plan=from_plain(str, plain["plan"]),
        shard=from_plain(int, plain["shard"]),
        of=from_plain(int, plain["of"]),
        rules_digest=from_plain(str, plain["rules"]),
        configuration=from_plain(str, plain["configuration"]),
        settings=from_plain(Settings, plain["settings"]),
        counts=from_plain(WalkCounts, plain["walk"]) if "walk" in plain else None,
    )


def read_partial(text: str, where: str, key: ShardKey) -> Partial:
    """Return the result in a done-file whose head was read.

    Raises:
        InputError: it is cut off or damaged, or who wrote it had another key.
    """
    first, newline, body = text.partition("\n")
    if not (newline and body.endswith("\n")):
        raise _damaged(where)
    try:
        head = json.loads(first)
        signature = str(head.pop(_SIGNATURE, ""))
        unsigned = json.dumps(head, separators=(",", ":"))
        if not key.has_signed(f"{unsigned}\n{body}".encode("utf-8", "surrogatepass"), signature):
            raise InputError(
                f"{where}: its signature is wrong: it was changed, or written with another key",
                advice="run the shard again",
            )
        partial: Partial = from_plain(Partial, json.loads(body))
        entries = (each._replace(detections=tuple(map(key.opened, each.detections))) for each in partial.entries)
        code = (each._replace(detections=tuple(map(key.opened, each.detections))) for each in partial.code)
        return replace(partial, entries=tuple(entries), code=tuple(code))
    except (ValueError, TypeError, RecursionError, AttributeError) as error:
        raise _damaged(where) from error


def done_before(folder: str, shard: Shard, key: ShardKey) -> Partial | None:
    """Return the result that a shard has; None if it has none, or one that is cut off or of another plan."""
    name = os.path.join(folder, done_name(shard.number))
    try:
        text = read_done(name)
        if text is None or read_head(text, name).plan != shard.plan:
            return None
        return read_partial(text, name, key)
    except FrontleakError:
        return None


def is_done(folder: str, shard: Shard, key: ShardKey) -> bool:
    """Return whether a shard need not run again: it has a whole result, for which all was read that it refers to."""
    partial = done_before(folder, shard, key)
    return partial is not None and not partial.unread


def _damaged(where: str) -> InputError:
    return InputError(f"{where}: is cut off or damaged", advice="run the shard again")
