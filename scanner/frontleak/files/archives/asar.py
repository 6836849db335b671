"""Electron's asar archives: a JSON header that lists the files, followed by their bytes.

Format: https://github.com/electron/asar#format
"""

import json
from collections.abc import Iterator
from struct import Struct
from typing import Any, Final

from frontleak.core.diagnostic import Level
from frontleak.files.archives.limits import MOST_CHUNK, Chunk, Member, UnpackBudget, UnpackError

_HEADER: Final = Struct("<4L")
_MOST_HEADER: Final = 4_000_000


def is_asar(data: bytes) -> bool:
    """Return whether bytes begin like an asar archive: the sizes agree, and JSON follows."""
    if len(data) < _HEADER.size + 2:
        return False
    four, outer, inner, length = _HEADER.unpack_from(data)
    return four == 4 and outer == inner + 4 and length <= inner and data.startswith(b"{", _HEADER.size)


def asar_members(data: bytes, budget: UnpackBudget, *, outermost: bool) -> Iterator[Member]:
    """Yield the files stored in the archive, without the unpacked files next to it.

    Raises:
        UnpackError: the header cannot be read.
        Cut: a cap was reached.
    """
    _, outer, _, length = _HEADER.unpack_from(data)
    if _HEADER.size + length > len(data):
        raise UnpackError("is an asar archive with a truncated header; only its raw bytes were scanned")
    if length > _MOST_HEADER:
        raise UnpackError("is an asar archive with a header over 4 MB; only its raw bytes were scanned", Level.NOTE)
    try:
        tree = json.loads(data[_HEADER.size : _HEADER.size + length])
    except (ValueError, RecursionError):
        raise UnpackError("is an asar archive with a broken header; only its raw bytes were scanned") from None
    if not isinstance(tree, dict) or not isinstance(tree.get("files"), dict):
        raise UnpackError("is an asar archive with a broken header; only its raw bytes were scanned")
    folders: list[tuple[str, dict[str, Any]]] = [("", tree)]
    while folders:
        path, folder = folders.pop()
        files = folder.get("files")
        for name, entry in files.items() if isinstance(files, dict) else ():
            budget.member()
            if not isinstance(entry, dict):
                continue
            inner = f"{path}/{name[:1000]}"[-1000:]
            if "files" in entry:
                folders.append((inner, entry))
            elif "link" not in entry and not entry.get("unpacked"):
                content = _content(data, 8 + outer, entry)
                yield Member(inner.removeprefix("/"), budget.metered(content, outermost=outermost))


def _content(data: bytes, base: int, entry: dict[str, Any]) -> Iterator[Chunk]:
    size, offset = _number(entry.get("size")), _number(entry.get("offset"))
    if size is None or offset is None:
        raise UnpackError("has no valid size and offset in its asar archive")
    start = base + offset
    end = min(start + size, len(data))
    for at in range(start, end, MOST_CHUNK):
        part = data[at : min(at + MOST_CHUNK, end)]
        yield Chunk(part, len(part))
    if start + size > len(data):
        raise UnpackError("is cut off")


def _number(value: object) -> int | None:
    """Parse a size or an offset, which is a string if it is large; None if it is not valid."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
