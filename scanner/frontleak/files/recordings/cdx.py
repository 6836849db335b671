"""Offsets of records in a CDX or CDXJ index that lies beside a WARC.

Formats: https://iipc.github.io/warc-specifications/specifications/cdx-format/cdx-2015/ and
https://specs.webrecorder.net/cdxj/0.1.0/.
"""

import io
import json
import os
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

_ENDINGS: Final = (".cdxj", ".cdx")
_MOST_LINES: Final = 10_000_000
_LONGEST_LINE: Final = 1 << 16
_OFFSET: Final = "V"
_PLAIN_OFFSET: Final = "v"
_FILE: Final = "g"
_NEWEST: Final = "N b a m s k r M S V g"
"""Columns of an index without a first line that names them."""


class CdxIndex(NamedTuple):
    """An index beside a WARC."""

    name: str
    """Of the file or object, without its folder."""
    open: Callable[[], BinaryIO]
    """Opens it; raises OSError where that fails."""


def index_on_disk(path: str) -> CdxIndex | None:
    """Return the index beside a WARC, by its name; None if there is none."""
    for name in _names(path):
        if os.path.isfile(name):
            return CdxIndex(os.path.basename(name), lambda: open(name, "rb"))  # noqa: B023 - the loop ends here
    return None


def index_in_store(address: str, body: Callable[[str], bytes | None]) -> CdxIndex | None:
    """Return the index beside a WARC in a store; None if there is none.

    Args:
        address: of the WARC.
        body: address of an object in the same folder -> its bytes, or None if it is not there.
    """
    for name in _names(address):
        data = body(name)
        if data is not None:
            return CdxIndex(name.rpartition("/")[2], lambda: io.BytesIO(data))  # noqa: B023 - the loop ends here
    return None


def _names(path: str) -> Iterator[str]:
    """Yield the paths that the index of a WARC may have."""
    for name in (path, path[: path.lower().rfind(".warc")]):
        yield from (f"{name}{ending}" for ending in _ENDINGS)


def offsets_in(index: CdxIndex, path: str, after: int) -> list[int]:
    """Return the offsets of the records of a WARC that an index names, ascending.

    Args:
        index: of it, or of several.
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


def _lines(index: CdxIndex) -> Iterator[str]:
    with index.open() as file:
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
