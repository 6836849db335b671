"""Reads messages from standard input and writes them to standard output, each with a header that tells its length.

Source: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol. The
loop of pygls takes any length, knows one spelling of the header, and waits for its reader at the end.
"""

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

MOST_BYTES: Final = 256 * 1024 * 1024
"""Bytes of the largest message that is read; a larger one is dropped."""
_LONGEST_HEADER: Final = 8192
"""Bytes of a line of a header."""
_CHUNK: Final = 1 << 20
_LENGTH: Final = re.compile(rb"\s*content-length\s*:\s*([0-9]{1,18})\s*", re.IGNORECASE)


def messages(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield the body of each message, or None for one that is too large; end where the stream ends or is cut off."""
    length = 0
    while header := stream.readline(_LONGEST_HEADER):
        if found := _LENGTH.fullmatch(header):
            length = int(found[1])
        elif not header.strip() and length:
            body = _body(stream, length)
            if body is not None and len(body) < length:
                return
            yield body
            length = 0


def _body(stream: BinaryIO, length: int) -> bytes | None:
    if length <= MOST_BYTES:
        return stream.read(length)
    while length > 0 and (part := stream.read(min(length, _CHUNK))):
        length -= len(part)
    return None


def read_in_background(stream: BinaryIO, take: Callable[[bytes | None], None], ended: Callable[[], None]) -> None:
    """Give each message to a function, on a thread that ends with the process; then tell that the stream ended."""

    def read() -> None:
        with contextlib.suppress(Exception):  # the stream or the loop is closed
            for body in messages(stream):
                take(body)
        with contextlib.suppress(RuntimeError):
            ended()

    threading.Thread(target=read, name="lsp-input", daemon=True).start()


class Output:
    """Writes to the editor; once the editor is gone, it tells so and drops what is written."""

    def __init__(self, stream: BinaryIO, gone: Callable[[], None]) -> None:
        """Store the stream."""
        self._stream = stream
        self._gone = gone

    def write(self, data: bytes) -> None:
        """Write a message."""
        try:
            self._stream.write(data)
            self._stream.flush()
        except (OSError, ValueError):
            self._gone()

    def close(self) -> None:
        """Do nothing: the process closes the stream."""
