"""Leads findings in generated code home to the sources it was made from, by its source map."""

import re
from functools import cache
from typing import Final

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.diagnostic import Code, note
from frontleak.core.origins import MemberOrigin, Origin
from frontleak.decode.maps.detect import looks_like_map, reference
from frontleak.sourcemaps.loader import Load, MissingMap

_SCRIPTS: Final = (".js", ".mjs", ".cjs", ".css")
_TWINS: Final = (".gz", ".br", ".zst")
_INLINE: Final = re.compile(rb"sourceMappingURL=(?i:data:)")


def apply_source_maps(result: BlobResult, blob: Blob, load: Load, root: str = ".") -> BlobResult:
    """Return the result with the original place of each finding that a source map leads home.

    Nothing is read for a blob without findings, and each map is read once.

    Args:
        result: of the scan of the blob, in the process that scanned it: the values of its secrets are needed.
        blob: what was scanned.
        load: gives the map that lies beside a script.
        root: the working directory.
    """
    if not result.detections or blob.kind == "binary":
        return result
    name = _name(blob.origin)
    is_map = not name.endswith(_SCRIPTS)
    if is_map and not looks_like_map(blob.data, certain=not name.endswith(".map")):
        return result
    # the map of a member is in its archive, not beside it
    load = cache(load) if not _is_member(blob.origin) else lambda _: MissingMap("")
    if not is_map and not _INLINE.search(blob.data):
        beside = load(reference(blob.data))
        if isinstance(beside, MissingMap):
            return _without_map(result, blob, beside)
    from frontleak.sourcemaps.original_position import OriginalPositions  # noqa: PLC0415 - most blobs with findings have no map

    positions = OriginalPositions(blob, load, root, is_map=is_map)
    detections = positions.locate(result.detections)
    return result._replace(
        detections=tuple(detections),
        diagnostics=tuple(dict.fromkeys((*result.diagnostics, *positions.diagnostics))),
        map_found=positions.found,
    )


def _without_map(result: BlobResult, blob: Blob, missing: MissingMap) -> BlobResult:
    if not missing.reason:
        return result
    diagnostic = note(Code.SOURCE_MAP, blob.origin, missing.reason)
    return result._replace(diagnostics=tuple(dict.fromkeys((*result.diagnostics, diagnostic))), map_found=False)


def _name(origin: Origin) -> str:
    """Return the lower-case path by which the kind of a blob is told: that of the member, without a twin's ending."""
    name = origin.path.lower()
    if _is_member(origin):
        return name
    return next((name.removesuffix(ending) for ending in _TWINS if name.endswith(ending)), name)


def _is_member(origin: Origin) -> bool:
    return isinstance(origin, MemberOrigin) and bool(origin.member)
