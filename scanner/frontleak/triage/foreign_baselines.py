"""Reads what other scanners accept: their baselines, reports and ignore files, recognised by their content.

Formats: `.secrets.baseline` of detect-secrets (a SHA-1 of each value, by file), JSON reports of gitleaks and
betterleaks, `.gitleaksignore` (`[commit:]file:rule:line`), `.betterleaksignore` (the same, or a SHA-256 of a value),
and baselines of kingfisher, new and old.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from frontleak.core.errors import ConfigError
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass

MOST_ENTRIES: Final = 1_000_000
_COMMIT: Final = re.compile(r"(?P<commit>[0-9a-f]{7,64}):(?P<file>.+)", re.DOTALL)
_POSITION: Final = re.compile(r"(?P<file>[^\n]+):(?P<rule>[^:\s]+):(?P<line>\d{1,9})")
_SHA1: Final = re.compile(r"[0-9a-f]{40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_KINGFISHER: Final = re.compile(r"^(?:repositories|ExactFindings)\s*:", re.MULTILINE)
_ADVICE: Final = (
    "nothing was changed; pass a .secrets.baseline, a JSON report of gitleaks or betterleaks, a .gitleaksignore, "
    "a .betterleaksignore or a kingfisher baseline"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEntry:
    """A finding that another scanner accepts."""

    file: str = ""
    """With forward slashes, relative to where that scanner ran, or absolute; empty for every file.

    `archive!member` for a member of an archive, as gitleaks writes it.
    """
    link: str = ""
    """A link through which the file was found; empty if there was none."""
    line: int = 0
    """1-based line of its beginning; 0 if it is not known."""
    rule: str = ""
    """Its rule, as that scanner names it."""
    digest: str = ""
    """SHA-1 (40 digits) or SHA-256 (64) of the value, hexadecimal; empty if the file holds neither it nor the value."""
    commit: str = ""
    """The commit in which it was found; empty for a scan of files."""

    @property
    def title(self) -> str:
        """What a person would call it: the file and line, or the beginning of the digest."""
        if not self.file:
            return f"sha256 {self.digest[:12]}…"
        return f"{self.file}:{self.line}" if self.line else self.file


def read_foreign(name: str, data: bytes) -> list[ForeignEntry]:
    """Read a file of another scanner, without duplicates.

    Args:
        name: of the file, for messages.
        data: its content; PowerShell writes UTF-16.

    Raises:
        ConfigError: it is none that can be read, or an entry is damaged.
    """
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _refused(name, "is not a text file") from error
    if text.lstrip()[:1] in {"{", "["}:
        entries = _of_json(name, _json(name, text))
    elif _KINGFISHER.search(text):
        entries = _of_yaml(name, text)
    else:
        entries = _of_lines(name, text)
    found = list(dict.fromkeys(entries))
    if len(found) > MOST_ENTRIES:
        raise _refused(name, f"has more than {MOST_ENTRIES} entries")
    return found


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise _refused(f"{name}:{line}", "is not valid JSON") from error


def _of_json(name: str, data: Any) -> Iterator[ForeignEntry]:
    match data:
        case {"results": dict(results), "plugins_used": _}:
            return _of_detect_secrets(name, results)
        case []:
            return iter(())
        case [{"RuleID": _}, *_]:
            return _of_gitleaks(name, data)
        case {"frontleak-baseline": _}:
            raise _refused(name, "is a baseline of frontleak itself; `--baseline FILE` uses it")
        case {"runs": _, "version": _}:
            raise _refused(name, "is a SARIF log, which holds no values; export the report as JSON")
        case _:
            raise _refused(name, "is no baseline or report of a scanner that frontleak knows")


def _of_detect_secrets(name: str, results: Mapping[str, Any]) -> Iterator[ForeignEntry]:
    for file, found in results.items():
        for number, one in enumerate(found if isinstance(found, list) else [None], 1):
            match one:
                case {"hashed_secret": str(digest)} if _SHA1.fullmatch(digest):
                    yield ForeignEntry(
                        file=slashes_of(file),
                        line=_positive(one.get("line_number")),
                        rule=str(one.get("type", "")),
                        digest=digest,
                    )
                case _:
                    raise _refused(name, f"entry {number} of {file!r} has no `hashed_secret`")


def _of_gitleaks(name: str, found: list[Any]) -> Iterator[ForeignEntry]:
    for number, one in enumerate(found, 1):
        match one:
            case {"RuleID": str(rule), "File": str(file)} if file:
                value = one.get("Secret")
                yield ForeignEntry(
                    file=slashes_of(file),
                    link=slashes_of(_text(one.get("SymlinkFile"))),
                    line=_positive(one.get("StartLine")),
                    rule=rule,
                    digest=_digest(value) if isinstance(value, str) else "",
                    commit=_text(one.get("Commit")),
                )
            case _:
                raise _refused(name, f"entry {number} has no `RuleID` or no `File`")


def _digest(value: str) -> str:
    """Return the SHA-256 of a value; empty if it was redacted, wholly or from some character on."""
    if value in {"", "REDACTED"} or value.endswith("..."):
        return ""
    return sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def _of_yaml(name: str, text: str) -> Iterator[ForeignEntry]:
    from frontleak.rules.documents import read_documents  # noqa: PLC0415 - only for a kingfisher baseline

    documents, mistakes = read_documents(text, name, several=False)
    if mistakes or not documents:
        raise _refused(mistakes[0] if mistakes else name, "" if mistakes else "is empty")
    match documents[0].value:
        case {"repositories": list(repositories)}:
            rows: Iterable[Any] = (row for each in repositories for row in _list_in(each, "findings"))
        case {"ExactFindings": dict(exact)}:
            rows = _list_in(exact, "matches")
        case _:
            raise _refused(name, "is no kingfisher baseline")
    for number, row in enumerate(rows, 1):
        match row:
            case {"path": str(file)} | {"filepath": str(file)} if file:
                line = _positive(row.get("line", row.get("linenum")))
                yield ForeignEntry(file=slashes_of(file), line=line, rule=_text(row.get("rule_id")))
            case _:
                raise _refused(name, f"entry {number} has no `path`")


def _list_in(mapping: Any, key: str) -> list[Any]:
    found = mapping.get(key) if isinstance(mapping, dict) else None
    return found if isinstance(found, list) else []


def _of_lines(name: str, text: str) -> Iterator[ForeignEntry]:
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        bare = line.partition(" #")[0].rstrip()
        if _SHA256.fullmatch(bare):
            yield ForeignEntry(digest=bare)
        elif place := _POSITION.fullmatch(bare):
            in_commit = _COMMIT.fullmatch(place["file"])
            file, commit = (in_commit["file"], in_commit["commit"]) if in_commit else (place["file"], "")
            yield ForeignEntry(file=slashes_of(file), line=int(place["line"]), rule=place["rule"], commit=commit)
        else:
            raise _refused(f"{name}:{number}", "is neither `[commit:]file:rule:line` nor a SHA-256")


def slashes_of(file: str) -> str:
    """Return a path with forward slashes: a report that was written on Windows has others."""
    path = slashes(file)
    return (path if "/" in path else path.replace("\\", "/")).removeprefix("./")


def _positive(value: object) -> int:
    return value if type(value) is int and value > 0 else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _refused(name: str, problem: str) -> ConfigError:
    return ConfigError(f"{name}: {problem}" if problem else name, advice=_ADVICE)
