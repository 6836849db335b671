"""Reads an HTTP message as a WARC stores it: header lines, and the body without its encodings.

Recorders differ: some store what came over the wire, others the decoded body with the headers of the encoded one. So a
body that is not encoded as its headers say is taken as it is, where fastwarc would refuse it. Sources: RFC 9112 (7.1,
chunked) and RFC 9110 (8.4, content codings).
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from frontleak.core.diagnostic import Level
from frontleak.files.archives.containers import is_text
from frontleak.files.archives.expand import gather
from frontleak.files.archives.limits import Chunk, Cut, RunCut, UnpackBudget, UnpackError, UnpackLimits
from frontleak.files.archives.streams import Compression, decompressed

_END: Final = re.compile(rb"\r?\n\r?\n")
_LINE: Final = re.compile(rb"\r?\n(?![ \t])")
_CHUNK_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*+(?:;[^\r\n]{0,1000})?\r?\n")
_MOST_HEADER: Final = 1 << 20
_MOST_CODINGS: Final = 4
"""Codings of one body that are undone, one inside the other."""
_CODINGS: Final = {
    "gzip": Compression.GZIP,
    "x-gzip": Compression.GZIP,
    "deflate": Compression.DEFLATE,
    "br": Compression.BROTLI,
    "zstd": Compression.ZSTD,
}
_MAGIC: Final = {Compression.GZIP: b"\x1f\x8b", Compression.ZSTD: b"\x28\xb5\x2f\xfd"}
_ZLIB: Final = 2
"""Bytes of the header of zlib, which most servers put in front of `deflate`."""


class HttpMessage(NamedTuple):
    """A response or request as it is stored."""

    start: bytes
    """Its first line."""
    headers: tuple[tuple[str, bytes], ...]
    """(name in lower case, whole line)."""
    body: bytes
    """As it is stored."""

    def header(self, *names: str) -> str:
        """Return the value of the first of some headers; empty if there is none."""
        for name, line in self.headers:
            if name in names:
                return line.partition(b":")[2].decode("utf-8", "replace").strip()
        return ""

    @property
    def status(self) -> int:
        """The status of a response; 0 if it has none."""
        return status_of(self.start)


class Body(NamedTuple):
    """A body without its encodings."""

    data: bytes
    problem: str = ""
    """Why it is not all there is, as the end of a sentence; empty if it is."""
    level: Level = Level.INCOMPLETE
    """How much the problem matters."""
    too_large: bool = False
    """Whether it has more bytes than are read; `data` is empty then."""


def parsed(block: bytes) -> HttpMessage | None:
    """Return the message in the block of a record; None if it is none."""
    if not block.startswith(b"HTTP/"):
        return None
    end = _END.search(block, 0, _MOST_HEADER)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    start, *lines = _LINE.split(head)
    return HttpMessage(start, tuple((_name(line), line) for line in lines if line), body)


def status_of(block: bytes) -> int:
    """Return the status that a response begins with; 0 if it has none."""
    parts = block[:100].split(None, 2)
    return int(parts[1]) if len(parts) > 1 and parts[0].startswith(b"HTTP/") and parts[1].isdigit() else 0


def _name(line: bytes) -> str:
    return line.partition(b":")[0].decode("utf-8", "replace").strip().lower()


def decoded_body(message: HttpMessage, limits: UnpackLimits) -> Body:
    """Return the body of a message without its encodings.

    Args:
        message: as it is stored.
        limits: caps on what it may decode to.
    """
    body = Body(message.body)
    if "chunked" in message.header("transfer-encoding").lower():
        body = _without_chunks(message.body)
    codings = [each.strip().lower() for each in message.header("content-encoding").split(",")]
    named = [each for each in codings if each not in {"", "identity", "none"}]
    if len(named) > _MOST_CODINGS:
        return body._replace(problem=f"has {len(named)} encodings, of which none was undone")
    budget = UnpackBudget(limits, len(message.body))
    for coding in reversed(named):
        if coding not in _CODINGS:
            return body._replace(problem="has an encoding that is not known; only its raw bytes were scanned")
        step = _without(body.data, _CODINGS[coding], budget, limits.member_bytes)
        body = step if step.problem or not body.problem else step._replace(problem=body.problem, level=body.level)
        if step.too_large or step.problem:
            break
    if len(body.data) > limits.member_bytes:
        return Body(b"", too_large=True)
    return body


def _without_chunks(data: bytes) -> Body:
    """Return a body without the marks of its chunks; as it is if it does not begin with one."""
    parts: list[bytes] = []
    at = 0
    while match := _CHUNK_SIZE.match(data, at):
        size = int(match[1], 16)
        end = match.end() + size
        if not size:
            return Body(b"".join(parts))
        if not parts and data[end : end + 1] not in {b"\r", b"\n", b""}:
            return Body(data)
        parts.append(data[match.end() : end])
        at = end + (2 if data.startswith(b"\r\n", end) else 1)
    if not parts:
        return Body(data)
    # without the last, empty chunk nothing is missing if the record ends there
    return Body(b"".join(parts), "" if at >= len(data) >= end else "has chunks that are damaged or cut off")


def _without(data: bytes, how: Compression, budget: UnpackBudget, most: int) -> Body:
    if not data.startswith(_MAGIC.get(how, b"")) or is_text(data[:256]):
        return Body(data)
    content, trouble = gather(budget.metered(_stream(data, how), outermost=True), most)
    match trouble:
        case None | RunCut():  # the run's budget tells of the latter
            return Body(content)
        case Cut():
            return Body(content, str(trouble), Level.NOTE)
        case UnpackError(level=Level.NOTE):
            return Body(b"", too_large=True)
        case _:
            return Body(content or data, str(trouble))


def _stream(data: bytes, how: Compression) -> Iterator[Chunk]:
    if how is not Compression.DEFLATE:
        return decompressed(data, how)
    is_zlib = len(data) > _ZLIB and data[0] & 15 == zlib.DEFLATED and int.from_bytes(data[:_ZLIB], "big") % 31 == 0
    return decompressed(data, how, _ZLIB if is_zlib else 0)
