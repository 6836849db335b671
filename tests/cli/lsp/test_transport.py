"""Frames of messages: whole ones are read whatever is between them, and no bytes break the reader."""

import io

from hypothesis import given
from hypothesis import strategies as st

from frontleak.cli.lsp.transport import MOST_BYTES, messages

NOISE = st.sampled_from(
    [b"", b"\r\n", b"X-A: 1\r\n", b"Content-Type: a\r\n", b"{}\n", b"\xff\n", b"Content-Length: x\r\n"]
)
PARTS = st.sampled_from(
    [b"Content-Length: ", b"1", b"9", b"\r\n", b"\n", b"\r", b":", b" ", b"{}", b"\0", b"\xff", b"-"]
)


@given(st.lists(st.tuples(NOISE, st.binary(min_size=1, max_size=40))))
def test_whole_messages_are_read_whatever_is_between_them(sent: list[tuple[bytes, bytes]]) -> None:
    stream = b"".join(b"%bContent-Length: %d\r\n\r\n%b" % (noise, len(body), body) for noise, body in sent)
    assert list(messages(io.BytesIO(stream))) == [body for _, body in sent]


@given(st.lists(st.one_of(PARTS, st.binary(max_size=5)), max_size=60).map(b"".join))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    read = list(messages(io.BytesIO(data)))
    assert sum(len(body or b"") for body in read) <= len(data)


def test_a_message_over_the_cap_is_passed_over_without_holding_it() -> None:
    class Endless(io.RawIOBase):
        """A stream that would give more than a machine has memory for."""

        def __init__(self) -> None:
            self.left = MOST_BYTES + 5
            self.largest = 0
            self.head = io.BytesIO(b"Content-Length: %d\r\n\r\n" % self.left)

        def readline(self, size: int | None = -1) -> bytes:
            return self.head.readline(-1 if size is None else size)

        def read(self, size: int = -1) -> bytes:
            self.largest = max(self.largest, size)
            given_now = min(size, self.left)
            self.left -= given_now
            return bytes(given_now)

    stream = Endless()
    assert list(messages(stream)) == [None]  # type: ignore[arg-type]
    assert stream.left == 0
    assert stream.largest <= 1 << 20
