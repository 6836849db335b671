"""What is not known of a project, in few lines, however many files are concerned: (absolute path, reason)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from frontleak.core.secret import printable
from frontleak.js.embedded_scripts import ending
from frontleak.modulegraph.reachability import Reachability

_MOST_DAMAGED: Final = 5
"""Files of which is said one by one that they could be parsed only in part."""
_MOST_TRIED: Final = 20
"""Imports that lead nowhere of which is looked whether they are imports, and no text that reads like one: parsed."""
_LONGEST: Final = 80
"""Characters of a specifier that are shown."""
_ASSETS: Final = frozenset(
    {
        *("css", "scss", "sass", "less", "styl", "pcss", "json", "jsonc", "json5", "yaml", "yml", "csv", "txt"),
        *("svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "woff", "woff2", "ttf", "otf", "eot", "pdf"),
        *("mp3", "mp4", "webm", "ogg", "wav", "md", "mdx", "html", "htm", "graphql", "gql", "groq", "wasm"),
        *("glsl", "vert", "frag", "wgsl"),
    }
)
"""Endings of what imports no code."""


def of_damage(folder: str, damaged: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield the files of a project of which parts could not be parsed; `damaged` is path -> line of the first part."""
    found = sorted((path, line) for path, line in damaged.items() if path.startswith(f"{folder}/"))
    for path, line in found[:_MOST_DAMAGED]:
        yield path, f"line {line} could not be parsed, so code there was not analysed; is its syntax correct?"
    if len(found) > _MOST_DAMAGED:
        yield folder, f"{len(found) - _MOST_DAMAGED} more files could be parsed only in part"


def of_imports(
    folder: str, reachability: Reachability, why_lost: Callable[[str, str], str], read: Callable[[str], bytes | None]
) -> Iterator[tuple[str, str]]:
    """Yield one line about the imports of client code that lead nowhere, and one about its files that are not read.

    Args:
        folder: of the project, absolute.
        reachability: of its tree.
        why_lost: (specifier, absolute path of the importer) -> why it leads nowhere; empty when it leads somewhere.
        read: absolute path -> bytes; None for a file that cannot be read, or that nobody wrote.
    """
    lost = [
        (step, why)
        for step in reachability.client_imports(folder)
        if ending(step.edge.specifier) not in _ASSETS and (why := why_lost(step.edge.specifier, step.importer.path))
    ]
    first = next(((step, why) for step, why in lost[:_MOST_TRIED] if reachability.is_shipped(step)), None)
    if first is not None:
        step, why = first
        line = (read(step.importer.path) or b"").count(b"\n", 0, step.edge.offset) + 1
        specifier = printable(step.edge.specifier[:_LONGEST])
        more = f" ({len(lost) - 1} more imports of client code seem to, too)" if len(lost) > 1 else ""
        reason = f"line {line} imports {specifier}, which leads nowhere: {why}"
        yield step.importer.path, f"{reason}; so what the browser gets through it is not known{more}"
    if unread := sorted(reachability.unread(folder)):
        more = f" (and {len(unread) - 1} more files of client code)" if len(unread) > 1 else ""
        yield unread[0], f"what it imports is not known, because nobody wrote it: it is very long, or binary{more}"
