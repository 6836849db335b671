"""Secrets in the output of a server that its code sends to the browser: they count as served."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from frontleak.core.detection import Detection
from frontleak.core.origins import FileOrigin
from frontleak.core.records import replace
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import BlobEntry, FileEntry
from frontleak.files.read import read_source
from frontleak.scanning.inputs import Entry

_ENDINGS: Final = (".js", ".mjs", ".cjs")
_MOST_SECRETS: Final = 200
"""Secrets that are followed in one scan."""


def collecting_servers(entries: Iterator[Entry], servers: list[FileEntry]) -> Iterator[Entry]:
    """Yield the entries, and append the scripts that stay on a server to `servers`."""
    for entry in entries:
        if isinstance(entry, FileEntry) and entry.exposure is Exposure.SERVER and entry.path.endswith(_ENDINGS):
            servers.append(entry)
        yield entry


def with_sent(
    detections: Sequence[Detection],
    servers: Sequence[FileEntry | BlobEntry],
    read: Callable[[str], bytes | None] = read_source,
) -> list[Detection]:
    """Return the detections, those of secrets that a script sends as served, with the way to the browser.

    Args:
        detections: of the whole scan.
        servers: the scripts that stay on a server.
        read: absolute path -> bytes; None for a file that cannot be read.
    """
    paths = {entry.shown: entry.path for entry in servers}
    served = {each.identity for each in detections if each.place.exposure is Exposure.SERVED}
    followed = [
        index
        for index, each in enumerate(detections)
        if each.place.exposure is Exposure.SERVER
        and each.secret is not None
        and each.identity not in served
        and type(each.place.origin) is FileOrigin
        and each.place.origin.path in paths
    ]
    found = list(detections)
    if not followed:
        return found
    from frontleak.js.parse import available  # noqa: PLC0415 - few builds have secrets on a server
    from frontleak.misuse.server_output.bundle import Bundle  # noqa: PLC0415 - as above
    from frontleak.misuse.server_output.flow import way_to_browser  # noqa: PLC0415 - as above

    if not available():
        return found
    bundle = Bundle(list(paths.values()), read)
    for index in followed[:_MOST_SECRETS]:
        detection = found[index]
        if detection.identity in served:
            continue
        place = detection.place
        how = way_to_browser(bundle, paths[place.origin.path], place.offset, place.offset + place.length)
        if how is not None:
            found[index] = replace(detection, place=replace(place, exposure=Exposure.SERVED), shipped=how)
            served.add(detection.identity)
    return found
