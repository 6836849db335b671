"""Diagnostics of a project at absolute paths, capped regardless of how many files are affected."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.origins import FileOrigin
from frontleak.core.secret import printable
from frontleak.core.shown_names import shown_name
from frontleak.js.embedded_scripts import ending
from frontleak.modulegraph.file_summary import FileSummary
from frontleak.modulegraph.import_scan import ImportKind
from frontleak.modulegraph.reachability import Reachability
from frontleak.rules.frameworks import Framework

_MOST_LISTED: Final = 5
"""Partly parsed files that are listed one by one; the rest are counted."""
_MOST_TRIED: Final = 20
"""Unresolved imports whose importer is parsed, to tell shipped imports from text that looks like an import."""
_LONGEST_SPECIFIER: Final = 80
"""Characters of a specifier in a message."""
_ASSETS: Final = frozenset(
    {
        *("css", "scss", "sass", "less", "styl", "pcss", "json", "jsonc", "json5", "yaml", "yml", "csv", "txt"),
        *("svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "woff", "woff2", "ttf", "otf", "eot", "pdf"),
        *("mp3", "mp4", "webm", "ogg", "wav", "md", "mdx", "html", "htm", "graphql", "gql", "groq", "wasm"),
        *("glsl", "vert", "frag", "wgsl", "glb", "gltf", "obj", "fbx", "hdr", "exr", "ktx2", "bin", "usdz", "riv"),
        *("mov", "m4v", "m4a", "aac", "flac", "oga", "opus", "vtt", "srt", "bmp", "tif", "tiff", "heic", "apng", "cur"),
        *("xml", "toml", "tsv", "po", "ttc", "sss", "pug", "ejs", "hbs", "njk", "rst", "lottie", "webmanifest", "db"),
        *("pem", "zip", "gz", "geojson", "topojson", "ics", "ipynb", "sql", "proto", "snap", "tpl", "mustache"),
    }
)
"""File extensions that are not code."""
_AS_TEXT: Final = frozenset({"raw", "url", "inline", "react", "component", "svgr", "as", "w", "format", "enhanced"})
"""Queries that import a file as a text, an address or an image."""


def _is_asset(specifier: str) -> bool:
    """Return whether an import is of a file that is no code, also with a query or a loader of webpack."""
    path, mark, query = specifier.rpartition("!")[2].partition("?")
    return ending(path.partition("#")[0]) in _ASSETS or (bool(mark) and query.partition("=")[0] in _AS_TEXT)


def of_missing_package(path: str, frameworks: Sequence[Framework]) -> Diagnostic:
    """Return the diagnostic of a project without a package.json, at one of its files."""
    names = ", ".join(framework.name for framework in frameworks) or "no framework"
    message = (
        "no package.json was found at or above this file, so the code next to it was judged by its configuration "
        f"files, imports and prefixes ({names}); for a part of a project, scan the folder with the package.json"
    )
    return code_note(path, message)


def code_note(path: str, message: str) -> Diagnostic:
    """Return a note on source code that was not analysed."""
    return note(Code.SOURCE_CODE, FileOrigin(path=path), message)


def of_damage(folder: str, damaged: Mapping[str, int]) -> Iterator[Diagnostic]:
    """Yield the partly parsed files of a project; `damaged` maps path -> line of the first part that failed."""
    found = sorted((path, line) for path, line in damaged.items() if path.startswith(f"{folder}/"))
    for path, line in found[:_MOST_LISTED]:
        message = f"line {line} could not be parsed, so the code around it was not analysed; check its syntax"
        yield code_note(path, message)
    if len(found) > _MOST_LISTED:
        yield code_note(folder, f"{len(found) - _MOST_LISTED} more files could not be parsed completely")


def may_lead_nowhere(path: str, file: FileSummary, why_unresolved: Callable[[str, str], str]) -> bool:
    """Return whether `of_imports` may have something to say about a file, given by its absolute path and summary."""
    return file.unread or any(
        site.kind is not ImportKind.GLOB
        and not site.type_only
        and not _is_asset(site.specifier)
        and bool(why_unresolved(site.specifier, path))
        for _, site in file.imports
    )


def of_imports(
    folder: str,
    reachability: Reachability,
    why_unresolved: Callable[[str, str], str],
    read: Callable[[str], bytes | None],
) -> Iterator[Diagnostic]:
    """Yield at most one diagnostic for unresolved client-side imports, and one for client-side files that are not read.

    Args:
        folder: absolute path of the project.
        reachability: reachability of its tree.
        why_unresolved: (specifier, absolute path of the importer) -> why it is unresolved; empty when it is resolved.
        read: absolute path -> bytes; None for a file that is unreadable, binary or generated.
    """
    unresolved = [
        (edge, why)
        for edge in reachability.client_imports(folder)
        if edge.site.kind is not ImportKind.GLOB
        and not _is_asset(edge.site.specifier)
        and (why := why_unresolved(edge.site.specifier, edge.importer.path))
    ]
    first = next(((edge, why) for edge, why in unresolved[:_MOST_TRIED] if reachability.is_shipped(edge)), None)
    if first is not None:
        edge, why = first
        line = (read(edge.importer.path) or b"").count(b"\n", 0, edge.site.offset) + 1
        specifier = printable(shown_name(edge.site.specifier)[:_LONGEST_SPECIFIER])
        more = f" (and up to {len(unresolved) - 1} more like it)" if len(unresolved) > 1 else ""
        message = f"line {line} imports {specifier}, which could not be resolved: {why}"
        yield code_note(edge.importer.path, f"{message}; code behind this import was not analysed{more}")
    if unread := sorted(reachability.unread(folder)):
        more = f" (and {len(unread) - 1} more client-side files)" if len(unread) > 1 else ""
        yield code_note(unread[0], f"its imports were not followed: the file is binary or generated{more}")
