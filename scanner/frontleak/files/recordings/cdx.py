"""Offsets of records in a CDX or CDXJ index that lies beside a WARC.

Formats: https://iipc.github.io/warc-specifications/specifications/cdx-format/cdx-2015/ and
https://specs.webrecorder.net/cdxj/0.1.0/.
"""

import json
import os
from collections.abc import Iterator
from typing import Final

_ENDINGS: Final = (".cdxj", ".cdx")
_MOST_LINES: Final = 10_000_000
_LONGEST_LINE: Final = 1 << 16
_OFFSET: Final = "V"
_PLAIN_OFFSET: Final = "v"
_FILE: Final = "g"
_NEWEST: Final = "N b a m s k r M S V g"
"""Columns of an index without a first line that names them."""


def index_of(path: str) -> str | None:
    """Return the path of the index beside a WARC, by its name; None if there is none."""
    bare = path[: path.lower().rfind(".warc")]
    for name in (path, bare):
        for ending in _ENDINGS:
            if os.path.isfile(f"{name}{ending}"):
                return f"{name}{ending}"
    return None


def offsets_in(index: str, path: str, after: int) -> list[int]:
    """Return the offsets of the records of a WARC that an index names, ascending.

    Args:
        index: path of the index.
        path: of the WARC; entries of other files are left out.
        after: only offsets greater than this.

    Raises:
        OSError: the index cannot be read.
    """
    name = os.path.basename(path)
    found: set[int] = set()
    columns = _NEWEST.split()
    for line in _lines(index):
        if line.lstrip().startswith("CDX "):
            columns = line.split()[1:]
            continue
        offset, file = _from_json(line) if line.rstrip().endswith("}") else _from_columns(line, columns)
        if file in {"", name} and offset.isascii() and offset.isdigit() and len(offset) < 19 and int(offset) > after:
            found.add(int(offset))
    return sorted(found)


def _lines(index: str) -> Iterator[str]:
    with open(index, "rb") as file:
        for _ in range(_MOST_LINES):
            line = file.readline(_LONGEST_LINE)
            if not line:
                return
            yield line.decode("utf-8", "replace")


def _from_json(line: str) -> tuple[str, str]:
    """Return the offset and the name of the file."""
    try:
        fields = json.loads(line[line.index("{") :])
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(fields, dict):
        return "", ""
    return str(fields.get("offset", "")), os.path.basename(str(fields.get("filename", "")))


def _from_columns(line: str, columns: list[str]) -> tuple[str, str]:
    fields = dict(zip(columns, line.split(), strict=False))
    return fields.get(_OFFSET, fields.get(_PLAIN_OFFSET, "")), os.path.basename(fields.get(_FILE, ""))
