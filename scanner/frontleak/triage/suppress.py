"""Applies the comments of source files to detections.

A comment counts where the repository has it: in a source file, or on the original line of a bundle if that source file
exists. The text in a source map and in a served file is anybody's, so a comment there silences only a finding whose
fingerprint it names.
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import islice
from typing import Final

from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.fingerprint import fingerprint_at
from frontleak.core.origins import CommitOrigin, FileOrigin, short_id
from frontleak.core.records import replace
from frontleak.core.rule import Rule
from frontleak.core.suppression import Suppression, SuppressionKind
from frontleak.core.vocabulary import Exposure
from frontleak.rules.ruleset import no_such_rule
from frontleak.triage.ignore_comments import OWN, IgnoreComment, read_ignore_comments

COMPILED: Final = (".ts", ".tsx", ".mts", ".cts", ".jsx", ".vue", ".svelte", ".astro", ".mdx", ".coffee", ".elm")
"""Suffixes of files that no browser runs: they are source wherever they are, also outside a project."""
_MOST_UNKNOWN: Final = 20
"""Notes on rules that do not exist, per file."""
_LONGEST_NAME: Final = 80
"""Characters of the name of a rule in a note."""
_PLUGIN_RULES: Final = "detect-secrets-"
"""Beginning of the ids of rules that exist only with `--plugins`."""
MOST_BYTES: Final = 4_000_000
"""Bytes of a source file in which comments are looked for."""


class CommentFiles:
    """Reads each source file once, and notes which of its comments silenced something."""

    def __init__(
        self,
        read: Callable[[str], bytes | None],
        *,
        foreign: bool = True,
        from_top: Callable[[str], str] = str,
        known: Mapping[str, Sequence[IgnoreComment]] | None = None,
    ) -> None:
        """Keep the reader.

        Args:
            read: path as displayed, which follows `commit:` for a file in the history -> bytes or None.
            foreign: whether the comments of other scanners count.
            from_top: path as displayed -> path from the top of the project.
            known: path as displayed -> the comments of a file that was read elsewhere.
        """
        self._read = read
        self._from_top = from_top
        self._foreign = foreign
        self._comments: dict[str, Sequence[IgnoreComment]] = dict(known or {})
        self.used: set[tuple[str, int]] = set()
        """(path, 1-based line) of each comment that silenced a detection."""
        self.unfinished: dict[tuple[str, int], str] = {}
        """(path, 1-based line) of each own comment that names no rule -> the rule it would have to name."""

    @property
    def found(self) -> Mapping[str, Sequence[IgnoreComment]]:
        """Path as displayed -> comments, of each file that was looked at."""
        return self._comments

    def add(self, path: str, data: bytes) -> None:
        """Read the comments of a file whose bytes are at hand."""
        text = data[:MOST_BYTES].decode("utf-8", "replace")
        self._comments[path] = [
            comment for comment in read_ignore_comments(text) if self._foreign or comment.tool == OWN
        ]

    def of(self, path: str) -> Sequence[IgnoreComment]:
        """Return the comments of a file, in order of line."""
        if path not in self._comments:
            data = self._read(path)
            self.add(path, b"" if data is None else data)
        return self._comments[path]

    def apply(self, detections: Iterable[Detection], rules: Mapping[str, Rule]) -> Iterator[Detection]:
        """Yield each detection, suppressed if a comment silences it."""
        for detection in detections:
            found = None if detection.suppression else self._silencing(detection, rules[detection.rule_id])
            if found is None:
                yield detection
                continue
            path, comment = found
            self.used.add((path, comment.line))
            suppression = Suppression(SuppressionKind.COMMENT, comment.reason, f"{path}:{comment.line}")
            yield replace(detection, suppression=suppression)

    def remarks(self) -> list[Diagnostic]:
        """Return a note for each own comment that names no rule where it would have silenced something."""
        return [
            note(
                Code.IGNORE_COMMENT,
                FileOrigin(path=path),
                f"has a comment in line {line} that names no rule, so it silences nothing; "
                f"write `frontleak: ignore[{rule_id}] reason`",
            )
            for (path, line), rule_id in self.unfinished.items()
        ]

    def unknown(self, rules: Collection[str]) -> Iterator[Diagnostic]:
        """Yield a note for each rule that one of our own comments names and that does not exist.

        Args:
            rules: ids of all rules, whether they ran or not.
        """
        for path, comments in self._comments.items():
            named = ((each.line, name) for each in comments if each.tool == OWN for name in each.rules)
            wrong = ((line, name) for line, name in named if not _exists(name, rules))
            for line, name in islice(dict.fromkeys(wrong), _MOST_UNKNOWN):
                shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
                message = f"has an ignore comment in line {line}, but {no_such_rule(shown, rules)}"
                yield note(Code.IGNORE_COMMENT, FileOrigin(path=path), message)

    def unused(self, paths: Iterable[str], rules: Container[str]) -> Iterator[Diagnostic]:
        """Yield a note for each of our own comments in some files that silenced nothing.

        Args:
            paths: as displayed.
            rules: ids of the rules that ran; a comment for another rule may be of use when that one runs.
        """
        for path in paths:
            for comment in self.of(path):
                if comment.tool != OWN or (path, comment.line) in self.used:
                    continue
                if any("*" in rule or rule in rules for rule in comment.rules):
                    message = f"has a comment in line {comment.line} that silences nothing; remove it"
                    yield note(Code.IGNORE_COMMENT, FileOrigin(path=path), message)

    def _silencing(self, detection: Detection, rule: Rule) -> tuple[str, IgnoreComment] | None:
        """Return the comment that silences a detection and the path of its file."""
        place = detection.place
        # in an archive or a compressed copy, on standard input, or of a site
        if place.origin.known_as != place.origin.path or place.origin.url:
            return None
        before = f"{short_id(place.origin.commit)}:" if isinstance(place.origin, CommitOrigin) else ""
        path, original = f"{before}{place.origin.path}", place.original
        if place.exposure is Exposure.SOURCE or place.origin.path.lower().endswith(COMPILED):
            return self._covering(path, (place.line, place.end_line), rule, place.exposure)
        if original is not None and original.exists:
            lines = (original.line, original.line)
            return self._covering(f"{before}{original.path}", lines, rule, Exposure.SOURCE)
        return self._naming(detection, path)

    def _covering(
        self, path: str, lines: tuple[int, int], rule: Rule, exposure: Exposure
    ) -> tuple[str, IgnoreComment] | None:
        """Return the comment that silences a rule on some lines of a source file."""
        for comment in self.of(path):
            if not comment.covers(*lines):
                continue
            if comment.tool == OWN:
                if comment.names(rule.id):
                    return path, comment
                if not comment.rules:
                    self.unfinished[path, comment.line] = rule.id
            # other scanners mean secrets, not code or files
            elif rule.kind.is_value and exposure is Exposure.SOURCE:
                return path, comment
        return None

    def _naming(self, detection: Detection, path: str) -> tuple[str, IgnoreComment] | None:
        """Return the comment in a served file that silences a detection by naming its fingerprint."""
        named = [comment for comment in self.of(path) if comment.fingerprints and comment.tool == OWN]
        if not named:
            return None
        own = fingerprint_at(detection.rule_id, detection.identity, detection.place, self._from_top)
        return next(
            ((path, each) for each in named if own in each.fingerprints and each.names(detection.rule_id)), None
        )


def _exists(name: str, rules: Collection[str]) -> bool:
    """Return whether a comment names a rule, or with `*` several; one of a plugin may exist in another scan."""
    return name in rules or name.startswith(_PLUGIN_RULES) or any(fnmatchcase(rule, name) for rule in rules)
