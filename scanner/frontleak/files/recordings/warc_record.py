"""Makes blobs of one record of a WARC: a response, its headers, what the crawler sent, or a file that it stored.

Types of records: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/ (6).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code, Diagnostic, Level, incomplete, note
from frontleak.core.origins import FileOrigin
from frontleak.core.run_budget import RunBudget
from frontleak.core.url_origin import UrlOrigin, url_origin, whole_text
from frontleak.core.vocabulary import Exposure
from frontleak.files.archives.limits import UnpackLimits
from frontleak.files.read import to_blob, too_large
from frontleak.files.recordings.entries import HEADERS
from frontleak.files.recordings.http_message import Body, HttpMessage, decoded_body, parsed
from frontleak.files.recordings.warc_stream import RawRecord

_LONGEST_URL: Final = 8192
_MOST_HEADER: Final = 1 << 20
"""Bytes of a record beside its body."""
_OF_CRAWLER: Final = {"request": "request", "metadata": "metadata", "warcinfo": "crawl"}
"""Types of records that hold what the crawler sent or noted -> their part, as origins show it."""
_NOTES: Final = "metadata:"
"""Begins the addresses under which wget stores its own arguments and log."""
_MAP_HEADERS: Final = ("sourcemap", "x-sourcemap")
TRUNCATED: Final = "has responses that the crawler cut off (WARC-Truncated); what it stored of them was scanned"


class WarcRecord:
    """One record: nothing in it is trusted."""

    def __init__(self, record: RawRecord, *, shown: str, offset: int, number: int) -> None:
        """Keep a record whose content is not read yet.

        Args:
            record: as `WarcStream` yields it.
            shown: displayed path of the archive.
            offset: byte offset of the record in the archive.
            number: from 1; 0 if it is not known.
        """
        self._record = record
        self._shown, self._offset, self._number = shown, offset, number
        self.type = record.header(b"WARC-Type").lower()
        """In lower case."""
        self.url = whole_text(record.header(b"WARC-Target-URI")[:_LONGEST_URL].strip("<>")).partition("#")[0]
        """Without its fragment; empty if the record has none. Old versions of wget put it in angle brackets."""

    def parts(self, max_size: int, budget: RunBudget) -> Iterator[Blob | Diagnostic]:
        """Yield what the record holds, the body of a response first.

        Args:
            max_size: bytes of the largest body that is read.
            budget: of the run, for what is decoded.

        Raises:
            WarcError: the record is damaged or cut off; nothing of it was yielded.
        """
        block = self._record.content(max_size + _MOST_HEADER)
        if block is None:
            yield note(Code.TOO_LARGE, self._origin(), too_large(self._record.size))
            return
        if self._record.header(b"WARC-Truncated"):
            yield note(Code.RECORDING, FileOrigin(path=self._shown), TRUNCATED)
        if self.type in _OF_CRAWLER or self.url.startswith(_NOTES):
            if block:
                yield self._blob(block, Exposure.REQUEST, max_size, _OF_CRAWLER.get(self.type, "crawl"))
            return
        message = parsed(block)
        if message is None:
            if block:
                media = self._record.header(b"Content-Type")
                yield self._blob(block, Exposure.SERVED, max_size, media=media)
            return
        block = b""  # the body is a copy of the most of it
        limits = UnpackLimits(member_bytes=max_size, run=budget)
        yield from self._body(decoded_body(message, limits), message)
        for part, exposure, lines in _headers(message):
            if lines:
                yield self._blob(b"\n".join(lines), exposure, max_size, part)

    def _body(self, body: Body, message: HttpMessage) -> Iterator[Blob | Diagnostic]:
        origin = self._origin(
            media=message.header("content-type"), source_map=whole_text(message.header(*_MAP_HEADERS)[:_LONGEST_URL])
        )
        if body.data:
            yield to_blob(origin, body.data, Exposure.SERVED)
        if body.too_large:
            yield note(Code.TOO_LARGE, origin, "its body without encodings is over --max-file-size")
        if body.problem:
            level = note if body.level is Level.NOTE else incomplete
            yield level(Code.RECORDING, origin, body.problem)

    def _blob(
        self, data: bytes, exposure: Exposure, max_size: int, part: str = "", media: str = ""
    ) -> Blob | Diagnostic:
        origin = self._origin(part, media)
        return (
            to_blob(origin, data, exposure)
            if len(data) <= max_size
            else note(Code.TOO_LARGE, origin, too_large(len(data)))
        )

    def _origin(self, part: str = "", media: str = "", source_map: str = "") -> UrlOrigin:
        return url_origin(
            self.url or f"about:record-at-{self._offset}",
            recording=self._shown,
            number=self._number,
            at=self._offset,
            part=part,
            media=media.partition(";")[0].strip().lower(),
            source_map=source_map,
        )


def _headers(message: HttpMessage) -> Sequence[tuple[str, Exposure, Sequence[bytes]]]:
    """Return the headers as lines, cookies apart: they were set for the crawler."""
    cookies = [line for name, line in message.headers if name == "set-cookie"]
    others = [line for name, line in message.headers if name != "set-cookie"]
    return ((HEADERS, Exposure.SERVED, others), ("cookies set", Exposure.REQUEST, cookies))
