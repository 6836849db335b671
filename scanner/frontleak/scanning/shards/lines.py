"""The lines of a plan: JSON, one for each shard, complete in itself."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final, NamedTuple

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.digests import blake2b
from frontleak.core.errors import ConfigError, InputError
from frontleak.core.records import dataclass, field
from frontleak.core.version import VERSION
from frontleak.files.interface import FileEntry
from frontleak.files.recordings.entries import HarEntry, SavedEntry
from frontleak.files.stores.entries import StoreEntry
from frontleak.scanning.inputs import Entry
from frontleak.scanning.shards.codec import from_plain, to_plain
from frontleak.scanning.shards.key import ShardKey
from frontleak.scanning.shards.settings import Settings

FORMAT: Final = 1
"""Version of the lines of a plan and of done-files."""
_NUMBER: Final = re.compile(rb'"shard":(\d{1,7}),')
_SIGNATURE: Final = ',"signature":"'
_HEAD: Final = 400
"""Bytes of a line in which its number is."""
_STEP: Final = 1 << 16
_ENTRY: Final = FileEntry | HarEntry | SavedEntry | StoreEntry | Diagnostic
"""What a line refers to."""
_ADVICE: Final = "make a new plan with `frontleak shard plan`"


class WalkCounts(NamedTuple):
    """What the walk of a plan left out."""

    ignored: int = 0
    excluded: int = 0
    pruned: int = 0
    all_excluded: bool = False
    """Whether every path that was named is excluded on purpose."""


class Reference(NamedTuple):
    """What is to be scanned, and its number in the order of the walk."""

    number: int
    entry: Entry


class Plan(NamedTuple):
    """A scan in shards."""

    settings: Settings
    rules_digest: str
    counts: WalkCounts
    shards: Sequence[Sequence[Reference]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One line of a plan: all that a run of it needs, apart from rules, files and key."""

    plan: str
    """32 hexadecimal digits that identify the plan."""
    number: int
    """From 0."""
    of: int
    """Number of shards of the plan."""
    rules_digest: str
    configuration: str
    """Digest of the settings."""
    settings: Settings
    counts: WalkCounts | None = None
    """Of the whole plan; only in the first shard."""
    references: tuple[Reference, ...] = field(default=(), repr=False)


def identity_of(plan: Plan) -> str:
    """Return 32 hexadecimal digits that identify what a plan holds, whatever its key is."""
    state = blake2b(digest_size=16)
    settings = _json(to_plain(plan.settings))
    for part in (VERSION, plan.rules_digest, settings, *map(_texts, plan.shards)):
        state.update(part.encode() + b"\n")
    return state.hexdigest()


def _texts(references: Sequence[Reference]) -> str:
    return _json([[each.number, to_plain(each.entry)] for each in references])


def lines_of(plan: Plan, key: ShardKey) -> Iterator[str]:
    """Yield a JSON line for each shard: complete in itself, and signed, because it says which files are read."""
    settings = _json(to_plain(plan.settings))
    configuration = blake2b(settings.encode(), digest_size=16).hexdigest()
    identity = identity_of(plan)
    for number, references in enumerate(plan.shards):
        head = {
            "frontleak-plan": FORMAT,
            "tool": VERSION,
            "plan": identity,
            "shard": number,
            "of": len(plan.shards),
            "rules": plan.rules_digest,
            "configuration": configuration,
            "key": key.id,
        }
        counts = f',"walk":{_json(to_plain(plan.counts))}' if number == 0 else ""
        text = f'{_json(head)[:-1]}{counts},"settings":{settings},"references":{_texts(references)}'
        yield f'{text}{_SIGNATURE}{key.signature(text.encode())}"}}\n'


def read_line(line: str, where: str, key: ShardKey) -> Shard:
    """Return the shard of a line.

    Args:
        line: of a plan.
        where: `file:line`, for messages.
        key: of the plan.

    Raises:
        InputError: it is not one, is damaged, or somebody without the key changed it.
        ConfigError: it is one of another version, or of a plan with another key.
    """
    plain = checked_head(line, where, "frontleak-plan", "a line of a plan")
    if plain.get("key") != key.id:
        raise ConfigError(
            f"{where}: the key is not that of the plan",
            advice="name the key that `shard plan` made with this plan, with --key",
        )
    text, _, end = line.rstrip("\n").rpartition(_SIGNATURE)
    if not key.has_signed(text.encode("utf-8", "surrogatepass"), end.removesuffix('"}')):
        raise InputError(f"{where}: its signature is wrong: the line was changed", advice=_ADVICE)
    try:
        return Shard(
            plan=from_plain(str, plain["plan"]),
            number=from_plain(int, plain["shard"]),
            of=from_plain(int, plain["of"]),
            rules_digest=from_plain(str, plain["rules"]),
            configuration=from_plain(str, plain["configuration"]),
            settings=from_plain(Settings, plain["settings"]),
            counts=from_plain(WalkCounts, plain["walk"]) if "walk" in plain else None,
            references=tuple(_reference(each) for each in plain["references"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{where}: is damaged: a part of the line is missing or wrong", advice=_ADVICE) from error


def _reference(plain: Any) -> Reference:
    number, entry = plain
    found: Entry = from_plain(_ENTRY, entry)
    return Reference(from_plain(int, number), found)


def checked_head(line: str, where: str, mark: str, what: str, advice: str = _ADVICE) -> Mapping[str, Any]:
    """Return the JSON object of a line that this version wrote.

    Raises:
        InputError: it is none.
        ConfigError: another version wrote it.
    """
    try:
        plain = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: is cut off or damaged: not JSON", advice=advice) from error
    if not isinstance(plain, dict) or mark not in plain:
        raise InputError(f"{where}: is not {what}", advice=advice)
    if plain[mark] != FORMAT:
        found = json.dumps(plain[mark])[:20]
        raise ConfigError(
            f"{where}: has format {found}, and this frontleak reads {FORMAT}",
            advice="use the same version for plan, run and merge",
        )
    if plain.get("tool") != VERSION:
        found = json.dumps(plain.get("tool"))[:40]
        raise ConfigError(
            f"{where}: was written by frontleak {found}, and this is {VERSION}: their results cannot be joined",
            advice="use the same version for plan, run and merge",
        )
    return plain


def read_shard(file: str, number: int, key: ShardKey) -> Shard:
    """Return a shard of a plan in a file, by its number from 0.

    Raises:
        InputError: the plan cannot be read, is damaged, or has no such shard.
        ConfigError: it is of another version.
    """
    try:
        with open(file, "rb") as stream:
            line, where = _line_of(stream, number)
            count = 0 if line else sum(1 for _ in stream)
    except OSError as error:
        advice = "name the plan that `shard plan` wrote"
        raise InputError(f"{file}: cannot be read: {error.strerror}", advice=advice) from error
    if line:
        return read_line(line.decode("utf-8", "replace"), f"{file}:{where}", key)
    raise InputError(
        f"{file}: has no shard {number}: it has {count}, from 0 to {count - 1}" if count else f"{file}: is empty",
        advice="--shard counts from 0" if count else _ADVICE,
    )


def _line_of(stream: BinaryIO, number: int) -> tuple[bytes, int]:
    """Return the line of a shard and its 1-based number; empty, with the stream at its beginning, if there is none.

    Shards are in order, so the line is found in a few steps, however many there are.
    """
    low, high = 0, stream.seek(0, os.SEEK_END)
    while low < high:  # the line begins in [low, high)
        middle = (low + high) // 2
        start = _line_start(stream, middle, low)
        stream.seek(start)
        line = stream.readline()
        found = _NUMBER.search(line, 0, _HEAD)
        if found is None:
            break  # no plan, or a damaged one: look at each line
        if int(found[1]) == number:
            return line, number + 1
        low, high = (start + len(line), high) if int(found[1]) < number else (low, start)
    stream.seek(0)
    for count, line in enumerate(stream, start=1):
        if count == number + 1:
            return line, count
    stream.seek(0)
    return b"", 0


def _line_start(stream: BinaryIO, offset: int, low: int) -> int:
    """Return where the line of an offset begins, at or after `low`, where one begins."""
    end = offset
    while end > low:
        begin = max(low, end - _STEP)
        stream.seek(begin)
        newline = stream.read(end - begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        end = begin
    return low


def _json(plain: Any) -> str:
    return json.dumps(plain, separators=(",", ":"))
