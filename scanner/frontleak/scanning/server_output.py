"""Secrets in the output of a server that its code sends to the browser: they count as served."""

from collections.abc import Callable, Container, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.detection import Detection
from frontleak.core.origins import FileOrigin
from frontleak.core.records import replace
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import BlobEntry, FileEntry
from frontleak.files.read import read_source
from frontleak.scanning.inputs import Entry

if TYPE_CHECKING:
    from frontleak.misuse.server_output.bundle import Bundle

_ENDINGS: Final = (".js", ".mjs", ".cjs")
MOST_SECRETS: Final = 200
"""Secrets that are followed in one scan."""


def collecting_servers(entries: Iterator[Entry], servers: list[FileEntry]) -> Iterator[Entry]:
    """Yield the entries, and append the scripts that stay on a server to `servers`."""
    for entry in entries:
        if isinstance(entry, FileEntry) and is_script(entry):
            servers.append(entry)
        yield entry


def is_script(entry: FileEntry) -> bool:
    """Return whether a file is a script that stays on a server."""
    return entry.exposure is Exposure.SERVER and entry.path.endswith(_ENDINGS)


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
    return with_ways(detections, frozenset(entry.shown for entry in servers), ways(servers, read))


def with_ways(
    detections: Sequence[Detection], scripts: Container[str], way_of: Callable[[Detection], str | None]
) -> list[Detection]:
    """Return the detections, those of secrets that have a way to the browser as served, with that way.

    Args:
        detections: of the whole scan.
        scripts: displayed paths of the scripts that stay on a server.
        way_of: returns the way of the secret of a detection; None if there is none.
    """
    served = {each.identity for each in detections if each.place.exposure is Exposure.SERVED}
    found = list(detections)
    followed = [index for index in in_scripts(detections, scripts) if detections[index].identity not in served]
    for index in followed[:MOST_SECRETS]:
        detection = found[index]
        if detection.identity in served:
            continue
        how = way_of(detection)
        if how is not None:
            place = replace(detection.place, exposure=Exposure.SERVED)
            found[index] = replace(detection, place=place, shipped=how)
            served.add(detection.identity)
    return found


def in_scripts(detections: Sequence[Detection], scripts: Container[str]) -> list[int]:
    """Return the indices of the detections of secrets in scripts that stay on a server."""
    return [
        index
        for index, each in enumerate(detections)
        if each.place.exposure is Exposure.SERVER
        and each.secret is not None
        and type(each.place.origin) is FileOrigin
        and each.place.origin.path in scripts
    ]


def ways(
    servers: Sequence[FileEntry | BlobEntry], read: Callable[[str], bytes | None] = read_source
) -> Callable[[Detection], str | None]:
    """Return a function: detection in one of these scripts -> the way of its secret to the browser, or None."""
    bundles: list[Bundle] = []
    paths = {entry.shown: entry.path for entry in servers}

    def way_of(detection: Detection) -> str | None:
        from frontleak.js.parse import available  # noqa: PLC0415 - few builds have secrets on a server

        if not available():
            return None
        from frontleak.misuse.server_output.bundle import Bundle  # noqa: PLC0415 - as above
        from frontleak.misuse.server_output.flow import way_to_browser  # noqa: PLC0415 - as above

        if not bundles:
            bundles.append(Bundle(list(paths.values()), read))
        place = detection.place
        return way_to_browser(bundles[0], paths[place.origin.path], place.offset, place.offset + place.length)

    return way_of
