"""Adds original source positions to detections in generated code, by its source map."""

from functools import cache
from typing import Final

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.diagnostic import Diagnostic
from frontleak.core.lazy_regex import LazyRegex
from frontleak.core.origins import MemberOrigin, Origin
from frontleak.decode.maps.detect import looks_like_map, reference
from frontleak.sourcemaps.loader import Load

_SCRIPTS: Final = (".js", ".mjs", ".cjs", ".css")
_COMPRESSED: Final = (".gz", ".br", ".zst")
_INLINE: Final = LazyRegex(rb"sourceMappingURL=(?i:data:)")


def apply_source_maps(
    result: BlobResult, blob: Blob, load: Load, root: str = ".", sources: str | None = None
) -> BlobResult:
    """Return the result with the original position of each detection that a source map covers.

    Nothing is read for a blob without detections, and each map is read once.

    Args:
        result: the scan result of the blob, in the process that scanned it: the secrets' values are needed.
        blob: the scanned blob.
        load: returns the map next to a script.
        root: the working directory.
        sources: absolute folder with the sources of a response; empty for none, None for the working directory.
    """
    if not result.detections or blob.kind == "binary":
        return result
    name = _name(blob.origin)
    is_map = not name.endswith(_SCRIPTS)
    if is_map and not looks_like_map(blob.data, certain=not name.endswith(".map")):
        return result
    # the map of an archive member is in the archive, not on disk
    load = cache(load) if not _is_member(blob.origin) else lambda _: None
    if not is_map and not _INLINE.search(blob.data):
        script_map = load(reference(blob.data))
        if script_map is None:
            return result
        if isinstance(script_map, Diagnostic):
            diagnostics = dict.fromkeys((*result.diagnostics, script_map))
            return result._replace(diagnostics=tuple(diagnostics), map_found=False)
    from frontleak.sourcemaps.original_position import OriginalPositions  # noqa: PLC0415 - most blobs have no map

    positions = OriginalPositions(blob, load, root, is_map=is_map, sources=sources)
    detections = positions.locate(result.detections)
    return result._replace(
        detections=tuple(detections),
        diagnostics=tuple(dict.fromkeys((*result.diagnostics, *positions.diagnostics))),
        map_found=positions.found,
    )


def _name(origin: Origin) -> str:
    """Return the lower-case path of the blob or archive member, without the suffix of a compressed copy."""
    name = (origin.known_as if origin.url else origin.path).lower()
    if _is_member(origin):
        return name
    return next((name.removesuffix(suffix) for suffix in _COMPRESSED if name.endswith(suffix)), name)


def _is_member(origin: Origin) -> bool:
    return isinstance(origin, MemberOrigin) and bool(origin.member)
