"""Where an ignore comment goes in a source file, and how its language writes it."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from frontleak.cli.lsp.documents import Document
from frontleak.cli.lsp.positions import utf8
from frontleak.cli.lsp.shown import Shown
from frontleak.core.vocabulary import Exposure
from frontleak.js.embedded_scripts import MARKUP, SCRIPTS, embedded_scripts, ending
from frontleak.js.parse import MOST_SOURCE, available, parse_source
from frontleak.triage.ignore_comments import OWN, read_ignore_comments
from frontleak.triage.suppress import COMPILED

REASON: Final = "TODO: explain why this is not a leak"
"""What the person who ignores a finding replaces."""
_SLASH: Final = "// {}"
_JSX: Final = "{{/* {} */}}"
_HASH: Final = "# {}"
_MARKUP: Final = "<!-- {} -->"
_BLOCK: Final = "/* {} */"
_BY_ENDING: Final = {
    **dict.fromkeys(("jsonc", "json5", "scss", "less", "go", "rs", "java", "kt", "swift", "dart", "php", "cs"), _SLASH),
    **dict.fromkeys(("env", "yaml", "yml", "toml", "py", "rb", "sh", "bash", "zsh", "ini", "cfg", "conf"), _HASH),
    **dict.fromkeys(("properties", "tf", "graphql", "gql", "npmrc"), _HASH),
    **dict.fromkeys(("md", "xml", "svg"), _MARKUP),
    **dict.fromkeys(("vue", "svelte", "astro", "html", "htm"), _MARKUP),
    **dict.fromkeys(("css", "pcss"), _BLOCK),
    **dict.fromkeys(("sql", "lua"), "-- {}"),
}
"""Ending of a name -> a comment of one line; scripts have their own."""
_LONGEST_LINE: Final = 2_000
"""Characters of a line that a person reads; nobody writes a comment above a longer one."""


class Insertion(NamedTuple):
    """A text to insert into a document."""

    at: int
    """Index in the text of the document."""
    text: str


def ignore_comment(shown: Shown, document: Document) -> Insertion | None:
    """Return the comment that silences a finding; None where none would, or where the language has no comments."""
    name = document.path.rpartition("/")[2]
    if shown.is_whole_file or not (shown.exposure is Exposure.SOURCE or name.lower().endswith(COMPILED)):
        return None  # a comment in a served file silences nothing
    if shown.place.get("role") and shown.finding["also_at"]:
        return None  # it would silence one place of several
    text = f"{OWN}: ignore[{shown.rule}] {REASON}"
    for insertion in _candidates(shown, document, text):
        made = f"{document.text[: insertion.at]}{insertion.text}{document.text[insertion.at :]}"
        if _silences(made, shown, insertion) and _is_comment(made, document, insertion, text):
            return insertion
    return None


def _candidates(shown: Shown, document: Document, text: str) -> Iterator[Insertion]:
    """Yield the line above, in each syntax that the place may have, then the end of the line."""
    positions = document.positions
    line = positions.spot(shown.start).line
    start, end = positions.line_start(line), positions.line_end(line)
    if end - start > _LONGEST_LINE:
        return
    indent = document.text[start:end][: len(document.text[start:end]) - len(document.text[start:end].lstrip(" \t"))]
    newline = "\r\n" if "\r\n" in document.text else "\n"
    for syntax in _syntaxes(shown, document):
        yield Insertion(start, f"{indent}{syntax.format(text)}{newline}")
    if _SLASH in _syntaxes(shown, document) and positions.spot(shown.end).line == line:
        yield Insertion(end, f" {_SLASH.format(text)}")


def _syntaxes(shown: Shown, document: Document) -> tuple[str, ...]:
    name = document.path.rpartition("/")[2].lower()
    kind = ending(name)
    if kind in SCRIPTS:
        return (_SLASH, _JSX)
    if name.startswith(".env") or name in {"dockerfile", "makefile", ".gitignore", ".npmrc"}:
        return (_HASH,)
    if kind in MARKUP and _in_script(shown, document):
        return (_SLASH,)
    return (_BY_ENDING[kind],) if kind in _BY_ENDING else ()


def _in_script(shown: Shown, document: Document) -> bool:
    offset = document.positions.byte_of_index(shown.start)
    scripts = embedded_scripts(document.path, utf8(document.text))
    return any(script.text[offset : offset + 1].strip() for script in scripts)


def _silences(made: str, shown: Shown, insertion: Insertion) -> bool:
    """Return whether the comment is read, and covers the line of the finding."""
    start = shown.start + (len(insertion.text) if insertion.at <= shown.start else 0)
    line = made.count("\n", 0, start) + 1
    return any(
        comment.tool == OWN and comment.covers(line, line) and comment.names(shown.rule)
        for comment in read_ignore_comments(made)
    )


def _is_comment(made: str, document: Document, insertion: Insertion, text: str) -> bool:
    """Return whether a parser reads it as a comment: in a template it would be text."""
    scripts = embedded_scripts(document.path, utf8(made))
    if not available() or not scripts:
        return True
    inside = made.index(text, insertion.at)
    offset = len(utf8(made[:inside]))
    for script in scripts:
        if not script.text[offset : offset + 1].strip():
            continue
        if len(script.text) > MOST_SOURCE:
            return False
        root = parse_source(script.text, script.grammar)
        node = None if root is None else root.descendant_for_byte_range(offset, offset + 1)
        return node is not None and node.type == "comment"
    return True
