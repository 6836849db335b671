"""Reads the comments that silence findings: `frontleak: ignore[rule] reason`, and those of other scanners.

A comment silences findings on its own line. One of our own that stands alone, and any that says `next-line`, silences
the next line of code. `ignore-file`, near the top of a file, silences the whole file. Our own must name a rule: a
comment without one would also silence what nobody has seen yet.
"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from frontleak.core.lazy_regex import LazyTextRegex

OWN: Final = "frontleak"
"""The tool whose comments may name any rule and silence findings in any source file."""
_TOP: Final = 20
"""Lines of a file in which `ignore-file` counts."""
_MOST: Final = 10_000
"""Comments read per file."""
_NEXT_IF_ALONE: Final = frozenset({OWN, "semgrep"})
"""Tools whose comment on a line of its own also covers the next line of code (https://semgrep.dev/docs/ignore-oss)."""
_LONGEST_REASON: Final = 200


class IgnoreComment(NamedTuple):
    """A comment that silences findings, and the lines it covers."""

    line: int
    """1-based line of the comment."""
    first: int
    """1-based first line that it covers."""
    last: int
    """Last line that it covers; beyond the end of the file for a whole file."""
    tool: str
    """`frontleak`, or the scanner whose convention it is."""
    rules: tuple[str, ...] = ()
    """Rule ids, also with `*`; empty in the comments of other scanners, and in one of our own that is unfinished."""
    reason: str = ""
    """The text after it; may be empty."""
    fingerprints: tuple[str, ...] = ()
    """Fingerprints that it names; a comment in a served file silences only these."""

    def covers(self, line: int, end_line: int) -> bool:
        """Return whether it covers the first or the last line of a place."""
        return self.first <= line <= self.last or self.first <= end_line <= self.last

    def names(self, rule_id: str) -> bool:
        """Return whether it names a rule."""
        return any(fnmatchcase(rule_id, pattern) for pattern in self.rules)


class _Marker(NamedTuple):
    """A spelling that silences findings; `end` closes a block that `begin` opens."""

    tool: str
    pattern: str
    scope: str
    """`line`, `next-line`, `around` (the line, the one before and the one after), `file`, `begin` or `end`."""
    must_name: LazyTextRegex | None = None
    """What the marker itself must hold: a comment that silences a rule about something else does not count."""


_RULES: Final = r"(?:\s*\[(?P<{name}>[^\[\]\n]{{0,400}})\])?"
_MARKERS: Final = (
    _Marker(OWN, r"frontleak[:\-]\s?ignore-next-?line\b" + _RULES.format(name="r0"), "next-line"),
    _Marker(OWN, r"frontleak[:\-]\s?ignore-file\b" + _RULES.format(name="r1"), "file"),
    _Marker(OWN, r"frontleak[:\-]\s?(?:ignore|allow)(?![\w\-])" + _RULES.format(name="r2"), "line"),
    _Marker("gitleaks", r"gitleaks:allow\b", "line"),
    _Marker("betterleaks", r"betterleaks:allow\b", "line"),
    _Marker("detect-secrets", r"pragma:\s?(?:allow|white)list[ \-]nextline[ \-]secret\b", "next-line"),
    _Marker("detect-secrets", r"pragma:\s?(?:allow|white)list[ \-]secret\b", "line"),
    _Marker("kingfisher", r"kingfisher:ignore\b", "around"),
    _Marker("trufflehog", r"trufflehog:ignore\b", "line"),
    _Marker("ggshield", r"\bggignore\b", "line"),
    _Marker(
        "semgrep",
        r"\bnosem(?:grep)?:\s?[\w.\-, ]{1,200}",
        "line",
        LazyTextRegex(r"(?i)secret|token|credential|key|passw"),
    ),
    _Marker("secretlint", r"secretlint-disable-next-line\b", "next-line"),
    _Marker("secretlint", r"secretlint-disable-line\b", "line"),
    _Marker("secretlint", r"secretlint-disable(?![\w\-])", "begin"),
    _Marker("secretlint", r"secretlint-enable(?![\w\-])", "end"),
)
"""The spellings, as the documentation of each scanner gives them."""

WORDS: Final = (
    *("frontleak", "leaks:allow", "list secret", "list-secret", "list nextline", "list-nextline", "kingfisher:"),
    *("trufflehog:", "ggignore", "nosem", "secretlint-"),
)
"""Texts one of which every marker holds: a search for them takes a hundredth of the time."""
_OPENING: Final = LazyTextRegex(
    r"(?P<slash>//|/\*|\A\s*\*)|(?P<hash>\#)|(?P<markup><!--)|(?P<dash>--)"
    r"|(?P<other>\A\s*(?:[;%'!]|/\s|\.\.\s|@?(?i:rem)\s)|\s;|\{\{!|\{\*|\{%-?\s*comment\b|<%|@\*|\"\"\")"
)
"""What begins a comment in the files that are read: scripts, styles, markup, templates, settings, SQL. By family."""
_COMMENT_LINES: Final = {
    "slash": LazyTextRegex(r"\s*(?:\{?/\*|//|\*(?!\s*\{)|\?>|$)"),
    "hash": LazyTextRegex(r"\s*(?:\#|$)"),
    "markup": LazyTextRegex(r"\s*(?:<!--|-->|$)"),
    "dash": LazyTextRegex(r"\s*(?:--|\]\]|$)"),
    "other": LazyTextRegex(
        r"\s*(?:[;%]|\{[\#*]|\{\{!|\{%-?\s*(?:end)?comment\b|<%[\#-]|@\*|-?(?:[\#%*]\}|%>|--\}\}|\}\})|\*@|\"\"\"\s*$|$)"
    ),
}
"""By family: a line that is blank, or only a comment. `#a` is code next to a comment with `/*`, in a style sheet."""
_BLOCKS: Final = (
    ("<!--", "-->", "markup"),
    ("/*", "*/", "slash"),
    ("{#", "#}", "other"),
    ("{{!--", "--}}", "other"),
    ("<%#", "%>", "other"),
    ("{% comment %}", "{% endcomment %}", "other"),
)
"""What begins and ends a comment of several lines, and its family."""
_MARKER: Final = LazyTextRegex("|".join(f"(?P<m{n}>{marker.pattern})" for n, marker in enumerate(_MARKERS)))
_LONGEST_COMMENT: Final = 400
"""Characters searched for the beginning and for the end of a comment."""
_END: Final = LazyTextRegex(
    r"(?:\*/\}{0,2}|--!?>|-?%>|\?>|\*@|-?-?\}\}|-?\#\}|\*\}|\#>|\]\]|-?%\}|\{%-?\s*endcomment\s*-?%\}|\"\"\")"
    r"(?:\s*(?:\?>|-?%>|-?\}\}))?|\n|\Z"
)
_ALONE: Final = LazyTextRegex(
    r"\s*(?:(?:\{\{-?\s*|<\?(?:php)?\s*|<%\s*|\{)?/\*+|(?:<\?(?:php)?\s*)?(?://+-?|\#+)|<!--|--(?:\[=*\[)?|;+|%+|\*+|\{\{!?-*|<%[#-]*|@\*"
    r"|\{\#-?|\{\*|<\#(?:--)?|-\#|/(?=\s)|!|'|\.\.(?=\s)|@?(?i:rem)(?=\s)|\{%-?\s*(?:comment\b[^%]{0,40}%\}|\#+)|\"\"\")?[\s*]*\Z"
)
_FINGERPRINT: Final = LazyTextRegex(r"\b[0-9a-f]{32}\b")


def read_ignore_comments(text: str) -> list[IgnoreComment]:
    """Return the comments of a file that silence findings, in order of line."""
    if not any(word in text for word in WORDS):
        return []
    lines = text.split("\n")
    comments: list[IgnoreComment] = []
    opened: dict[str, int] = {}
    for _, (marker, number, rules, rest, family, alone) in zip(range(_MOST), _markers(text), strict=False):
        if marker.scope == "begin":
            opened.setdefault(marker.tool, number)
            continue
        if marker.scope == "end":
            if (first := opened.pop(marker.tool, 0)) > 0:
                comments.append(IgnoreComment(first, first, number, marker.tool))
            continue
        covered = _covered(marker.scope, number, lines, _COMMENT_LINES[family], alone=alone)
        if covered is None:
            continue
        reason = _FINGERPRINT.sub("", rest).strip(" \t:,;-–—*/")[:_LONGEST_REASON]  # noqa: RUF001 - dashes people type
        comments.append(IgnoreComment(number, *covered, marker.tool, rules, reason, tuple(_FINGERPRINT.findall(rest))))
    comments += (IgnoreComment(first, first, len(lines), tool) for tool, first in opened.items())
    return sorted(comments)


def _markers(text: str) -> Iterator[tuple[_Marker, int, tuple[str, ...], str, str, bool]]:
    """Yield each marker: its 1-based line, the rules, the text after it, the family, and whether it stands alone."""
    number, counted = 1, 0
    for match in _MARKER.finditer(text):
        start, end = match.span()
        reach = max(0, start - _LONGEST_COMMENT)
        before = text[max(text.rfind("\n", reach, start) + 1, reach) : start]
        family = _family(before) or _family_of_block(text, start, before)
        if not family:
            continue
        marker = next(marker for n, marker in enumerate(_MARKERS) if match[f"m{n}"] is not None)
        if marker.must_name and not marker.must_name.search(match.group()):
            continue
        number += text.count("\n", counted, start)
        counted = start
        named = next((match[name] for name in ("r0", "r1", "r2") if match[name]), "")
        closing = _END.search(text, end, end + _LONGEST_COMMENT)
        stop, after = closing.span() if closing else (end, end)
        alone = marker.tool in _NEXT_IF_ALONE and _ALONE.match(before) is not None and not _code_after(text, after)
        rules = tuple(name.strip() for name in named.split(",") if name.strip())
        yield marker, number, rules, text[end:stop], family, alone


def _family(before: str) -> str:
    """Return the family of the comment that begins last in the text before a marker; empty if none does."""
    family = ""
    for match in _OPENING.finditer(before):
        family = match.lastgroup or ""
    return family


def _family_of_block(text: str, start: int, before: str) -> str:
    """Return the family of the comment of several lines that a marker begins a line of; empty if it is in none."""
    if before.strip():
        return ""
    reach = max(0, start - _LONGEST_COMMENT)
    for begin, end, family in _BLOCKS:
        opened = text.rfind(begin, reach, start)
        if opened >= 0 and text.find(end, opened, start) < 0:
            return family
    return ""


def _code_after(text: str, end: int) -> bool:
    """Return whether code follows a comment on its line."""
    if end and text[end - 1 : end] == "\n":
        return False
    line_end = text.find("\n", end, end + _LONGEST_COMMENT)
    return bool(text[end : line_end if line_end >= 0 else end + _LONGEST_COMMENT].strip())


def _covered(
    scope: str, number: int, lines: Sequence[str], comment_line: LazyTextRegex, *, alone: bool
) -> tuple[int, int] | None:
    """Return the first and last line that a comment covers; None if it does not count."""
    match scope:
        case "file":
            return (1, len(lines) + 1) if number <= _TOP else None
        case "next-line":
            return (following := _next_line_of_code(number, lines, comment_line)), following
        case "around":
            return max(1, number - 1), number + 1
        case _:
            return number, _next_line_of_code(number, lines, comment_line) if alone else number


def _next_line_of_code(number: int, lines: Sequence[str], comment_line: LazyTextRegex) -> int:
    """Return the 1-based number of the next line that is not blank and not only a comment."""
    for following in range(number, min(len(lines), number + _TOP)):
        if not comment_line.match(lines[following]):
            return following + 1
    return number + 1
