"""The script parts of Vue, Svelte, Astro and HTML files, cut out with their offsets kept."""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from frontleak.js.parse import Grammar

_GRAMMARS: Final = {
    "js": Grammar.JAVASCRIPT,
    "mjs": Grammar.JAVASCRIPT,
    "cjs": Grammar.JAVASCRIPT,
    "jsx": Grammar.JAVASCRIPT,
    "ts": Grammar.TYPESCRIPT,
    "mts": Grammar.TYPESCRIPT,
    "cts": Grammar.TYPESCRIPT,
    "tsx": Grammar.TSX,
}
MARKUP: Final = frozenset({"vue", "svelte", "astro", "html", "htm"})
"""Endings of files in which scripts stand between markup."""
SCRIPTS: Final = frozenset(_GRAMMARS)
"""Endings of files that are scripts."""
_OPENING: Final = re.compile(
    rb"<script\b(?P<attributes>(?:[^<>\"'{]++|\"[^\"]{0,4000}+\"|'[^']{0,4000}+'|\{[^{}]{0,4000}+\})*+)>", re.IGNORECASE
)
_CLOSING: Final = re.compile(rb"</script\s*+>", re.IGNORECASE)
_DATA: Final = re.compile(
    rb"\btype\s*=\s*[\"']?(?:application/(?:ld\+)?json|text/template|importmap|speculationrules)", re.IGNORECASE
)
_LANGUAGE: Final = re.compile(rb"\blang\s*=\s*[\"']?(tsx?|jsx?|typescript)\b", re.IGNORECASE)
_FENCE: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*---[ \t]*\r?\n(?P<body>.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE
)
_BLANKS: Final = bytes(c if c in b"\r\n" else 32 for c in range(256))


class ScriptSection(StrEnum):
    """Which part of a file a script is; an Astro file has two that run in different places."""

    ALL = ""
    """The whole of a script file, or all scripts of a Vue, Svelte or HTML file."""
    FRONTMATTER = "frontmatter"
    """Between the fences of an Astro file: runs on the server, or while building."""
    SCRIPT = "script"
    """The `<script>` elements of an Astro file: run in the browser."""


class EmbeddedScript(NamedTuple):
    """The scripts of one part of a file: everything else is blanked, so that offsets stay those of the file."""

    side: ScriptSection
    text: bytes
    grammar: Grammar


def ending(path: str) -> str:
    """Return the ending of a path in lower case, without its dot."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def embedded_scripts(path: str, data: bytes) -> tuple[EmbeddedScript, ...]:
    """Return the script parts of a file by its ending; none for a file that holds no scripts."""
    kind = ending(path)
    if kind in _GRAMMARS:
        return (EmbeddedScript(ScriptSection.ALL, data, _GRAMMARS[kind]),)
    if kind not in MARKUP:
        return ()
    if kind == "astro":
        fence = _FENCE.match(data)
        spans = [span for span in _spans(data) if not fence or span[0] >= fence.end("body")]
        front = [(*fence.span("body"), Grammar.TYPESCRIPT)] if fence else []
        parts = ((ScriptSection.FRONTMATTER, front), (ScriptSection.SCRIPT, spans))
        return tuple(_cut(data, side, found) for side, found in parts if found)
    found = _spans(data)
    return (_cut(data, ScriptSection.ALL, found),) if found else ()


def _spans(data: bytes) -> list[tuple[int, int, Grammar]]:
    spans = []
    position = 0
    while opening := _OPENING.search(data, position):
        closing = _CLOSING.search(data, opening.end())
        if closing is None:
            break
        position = closing.end()
        attributes = opening.group("attributes")
        if not _DATA.search(attributes) and data[opening.end() : closing.start()].strip():
            language = _LANGUAGE.search(attributes)
            name = language.group(1).decode().lower() if language else "js"
            spans.append((opening.end(), closing.start(), _GRAMMARS.get(name[:3], Grammar.TYPESCRIPT)))
    return spans


def _cut(data: bytes, side: ScriptSection, spans: list[tuple[int, int, Grammar]]) -> EmbeddedScript:
    parts: list[bytes] = []
    position = 0
    for start, end, _ in spans:
        parts += (data[position:start].translate(_BLANKS), data[start:end])
        position = end
    parts.append(data[position:].translate(_BLANKS))
    # Astro reads its scripts as TypeScript; elsewhere one script in TypeScript makes all of them so
    default = Grammar.JAVASCRIPT if side is ScriptSection.ALL else Grammar.TYPESCRIPT
    grammar = next((grammar for *_, grammar in spans if grammar is not Grammar.JAVASCRIPT), default)
    return EmbeddedScript(side, b"".join(parts), grammar)
