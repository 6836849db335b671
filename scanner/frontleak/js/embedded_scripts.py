"""Scripts in Vue, Svelte, Astro and HTML files, extracted with their byte offsets unchanged."""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex
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
"""Extensions of markup files that contain scripts."""
SCRIPTS: Final = frozenset(_GRAMMARS)
"""Extensions of script files."""
_OPENING: Final = LazyRegex(
    rb"<script\b(?P<attributes>(?:[^<>\"'{]++|\"[^\"]{0,4000}+\"|'[^']{0,4000}+'|\{[^{}]{0,4000}+\})*+)>", re.IGNORECASE
)
_CLOSING: Final = LazyRegex(rb"</script\s*+>", re.IGNORECASE)
_DATA: Final = LazyRegex(
    rb"\btype\s*=\s*[\"']?(?:application/(?:ld\+)?json|text/template|importmap|speculationrules)", re.IGNORECASE
)
_LANGUAGE: Final = LazyRegex(rb"\blang\s*=\s*[\"']?(tsx?|jsx?|typescript)\b", re.IGNORECASE)
_FENCE: Final = LazyRegex(rb"\A(?:\xef\xbb\xbf)?\s*---[ \t]*\r?\n(?P<body>.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_BLANKS: Final = bytes(c if c in b"\r\n" else 32 for c in range(256))


class ScriptSection(StrEnum):
    """The section of a file that a script comes from. An Astro file has two, which run in different places."""

    ALL = ""
    """A whole script file, or all scripts of a Vue, Svelte or HTML file."""
    FRONTMATTER = "frontmatter"
    """The code between the fences of an Astro file: runs on the server or at build time."""
    SCRIPT = "script"
    """The `<script>` elements of an Astro file: run in the browser."""


class EmbeddedScript(NamedTuple):
    """The scripts of one section. All other text is blanked, so offsets are those of the file."""

    section: ScriptSection
    text: bytes
    grammar: Grammar


def ending(path: str) -> str:
    """Return the extension of a path in lower case, without the dot."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def embedded_scripts(path: str, data: bytes) -> tuple[EmbeddedScript, ...]:
    """Return the scripts of a file, one per section; empty for a file without scripts."""
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
        return tuple(_cut(data, section, found) for section, found in parts if found)
    found = _spans(data)
    return (_cut(data, ScriptSection.ALL, found),) if found else ()


def blanked(data: bytes) -> bytes:
    """Return spaces in place of all bytes but line ends."""
    return data.translate(_BLANKS)


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


def _cut(data: bytes, section: ScriptSection, spans: list[tuple[int, int, Grammar]]) -> EmbeddedScript:
    parts: list[bytes] = []
    position = 0
    for start, end, _ in spans:
        parts += (blanked(data[position:start]), data[start:end])
        position = end
    parts.append(blanked(data[position:]))
    # Astro parses its scripts as TypeScript; elsewhere one TypeScript script sets the grammar for all
    default = Grammar.JAVASCRIPT if section is ScriptSection.ALL else Grammar.TYPESCRIPT
    grammar = next((grammar for *_, grammar in spans if grammar is not Grammar.JAVASCRIPT), default)
    return EmbeddedScript(section, b"".join(parts), grammar)
