"""The baseline: findings that a team has accepted for now, so that only new ones fail.

A file holds one entry per rule, secret and file, on a line of its own: an HMAC under a random key that the file holds
too, the rule and the path. It holds no secret, no line number and no time, so a rebuild and an edit elsewhere change
nothing, and two branches merge line by line.
"""

import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from frontleak.core.errors import ConfigError
from frontleak.core.records import dataclass
from frontleak.core.report import BaselineEntry

VERSION: Final = 1
MOST_ENTRIES: Final = 1_000_000
_ID: Final = re.compile(r"[0-9a-f]{32}")
_KEY: Final = re.compile(r"[0-9a-f]{64}")
_ENTRY: Final = re.compile(r"^\s*(\{.*\}),?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A parsed baseline, or a new one."""

    key: str
    """64 hexadecimal digits, random."""
    entries: Mapping[str, BaselineEntry]
    """By id."""
    conflicts: int = 0
    """Merge conflicts in the file; both sides were taken."""

    def entry(self, rule_id: str, identity: str, path: str) -> BaselineEntry:
        """Return the entry for a detection.

        Args:
            rule_id: the rule that found it.
            identity: of the secret, or of the names that tell a misuse from others.
            path: from the folder of the file, with content hashes in names replaced.
        """
        message = f"{rule_id}\0{identity}\0{path}".encode("utf-8", "surrogateescape")
        return BaselineEntry(path, rule_id, hmac.digest(bytes.fromhex(self.key), message, "sha256")[:16].hex())

    def replaced(self, entries: Iterable[BaselineEntry]) -> "Baseline":
        """Return a baseline with the same key and other entries."""
        return Baseline(key=self.key, entries={entry.id: entry for entry in entries})


def new_baseline() -> Baseline:
    """Return an empty baseline with a key of its own."""
    return Baseline(key=secrets.token_hex(32), entries={})


def read_baseline(name: str, text: str) -> Baseline:
    """Read a baseline. Where a merge left a conflict, both sides count, if they have the same key.

    Args:
        name: of the file, for messages.
        text: its content.

    Raises:
        ConfigError: it is not one, or is damaged; lists every mistake as `file:line: message`.
    """
    conflicts = len(re.findall(r"^<{7}", text, re.MULTILINE))
    if conflicts:
        return _read_both_sides(name, text, conflicts)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise _refused(f"{name}:{line}: is not JSON, so it is not a baseline") from error
    if not isinstance(data, dict) or data.get("frontleak-baseline") != VERSION:
        raise _refused(f"{name}:1: is not a baseline of this version: {_found_instead(data)}")
    key, rows = data.get("key"), data.get("findings")
    if not isinstance(key, str) or not _KEY.fullmatch(key) or not isinstance(rows, list):
        raise _refused(f"{name}:1: has no valid `key` or `findings`")
    entries: dict[str, BaselineEntry] = {}
    for number, row in enumerate(rows, 1):
        entry = _entry(row)
        if entry is None or number > MOST_ENTRIES:
            raise _refused(f"{name}:{_line_of(text, number)}: entry {number} is not valid: it needs id, rule and path")
        entries[entry.id] = entry
    return Baseline(key=key, entries=entries)


def write_baseline(baseline: Baseline) -> Iterator[str]:
    """Yield the text of a baseline: sorted, one entry a line, the same for the same entries."""
    yield f'{{\n"frontleak-baseline": {VERSION},\n"key": {json.dumps(baseline.key)},\n"findings": ['
    separator = "\n"
    for entry in sorted(baseline.entries.values()):
        yield separator + json.dumps({"path": entry.path, "rule": entry.rule, "id": entry.id})
        separator = ",\n"
    yield "\n]\n}\n" if baseline.entries else "]\n}\n"


def _read_both_sides(name: str, text: str, conflicts: int) -> Baseline:
    """Read the lines of a file with merge conflicts; the key must not be in conflict."""
    keys = set(re.findall(r'^"key": "([0-9a-f]{64})",$', text, re.MULTILINE))
    if len(keys) != 1:
        raise ConfigError(
            f"{name}:1: a merge conflict holds two keys: the branches created their baselines apart",
            advice="keep one side, then run `frontleak baseline update`",
        )
    entries: dict[str, BaselineEntry] = {}
    for number, line in enumerate(text.split("\n"), 1):
        row = _ENTRY.match(line)
        if row is None:
            continue
        try:
            entry = _entry(json.loads(row[1]))
        except (ValueError, RecursionError):
            entry = None
        if entry is None:
            raise ConfigError(f"{name}:{number}: this entry is not valid", advice="resolve the merge conflict")
        entries[entry.id] = entry
    return Baseline(key=keys.pop(), entries=entries, conflicts=conflicts)


def _entry(row: object) -> BaselineEntry | None:
    match row:
        case {"path": str(path), "rule": str(rule), "id": str(identifier)} if _ID.fullmatch(identifier):
            return BaselineEntry(path, rule, identifier)
        case _:
            return None


def _line_of(text: str, number: int) -> int:
    """Return the 1-based line of the nth entry; entries are written one a line."""
    lines = [index for index, line in enumerate(text.split("\n"), 1) if line.lstrip().startswith("{")]
    return lines[number] if number < len(lines) else 1


def _found_instead(data: object) -> str:
    match data:
        case {"plugins_used": _, "results": _}:
            return "it is one of detect-secrets; `frontleak baseline import FILE` reads it"
        case [{"RuleID": _}, *_]:
            return "it is a report of gitleaks; `frontleak baseline import FILE` reads it"
        case {"frontleak-baseline": version}:
            return f"its version is {json.dumps(version)[:20]}; update frontleak"
        case _:
            return "it has no `frontleak-baseline`"


def _refused(problem: str) -> ConfigError:
    return ConfigError(
        problem,
        advice="the file was not changed; restore it from git, or write a new one with `frontleak baseline create`",
    )


class Changes(NamedTuple):
    """What a scan means for a baseline."""

    known: tuple[BaselineEntry, ...]
    """Entries that the scan found again."""
    new: tuple[BaselineEntry, ...]
    """Findings that the baseline lacks."""
    stale: tuple[BaselineEntry, ...]
    """Entries that the scan did not find although it looked there."""


def compare(baseline: Baseline, found: Iterable[BaselineEntry], looked_at: Callable[[str], bool]) -> Changes:
    """Compare a baseline with the entries of a scan, each part in order of path.

    Args:
        baseline: the accepted findings.
        found: the entries of the scan.
        looked_at: path of an entry -> whether the scan covered it, or would have if it still existed.
    """
    ids = {entry.id: entry for entry in found}
    return Changes(
        known=tuple(sorted(entry for entry in baseline.entries.values() if entry.id in ids)),
        new=tuple(sorted(entry for entry in ids.values() if entry.id not in baseline.entries)),
        stale=tuple(
            sorted(entry for entry in baseline.entries.values() if entry.id not in ids and looked_at(entry.path))
        ),
    )
