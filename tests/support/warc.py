"""Builders of WARC files."""

import gzip
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.support.zstd import compress, train_dict

Packing = Callable[[Iterable[bytes]], bytes]
"""Makes the bytes of an archive of its records."""


def record(kind: str, url: str, block: bytes, *headers: str, length: int | None = None) -> bytes:
    """Return a record; `length` is what it claims, by default what it has."""
    target = [f"WARC-Target-URI: {url}"] if url else []
    lines = [
        *("WARC/1.1", f"WARC-Type: {kind}", "WARC-Record-ID: <urn:uuid:0>", "WARC-Date: 2026-01-01T00:00:00Z"),
        *target,
        *headers,
        f"Content-Length: {len(block) if length is None else length}",
    ]
    return "\r\n".join((*lines, "", "")).encode("utf-8", "surrogateescape") + block + b"\r\n\r\n"


def http(body: bytes | str, *headers: str, status: str = "200 OK") -> bytes:
    """Return a response as it comes over the wire."""
    data = body.encode() if isinstance(body, str) else body
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode() + data


def response(url: str, body: bytes | str, *headers: str, status: str = "200 OK") -> bytes:
    """Return a record with a response."""
    return record("response", url, http(body, *headers, status=status))


def request(url: str, *headers: str) -> bytes:
    """Return a record with a request."""
    return record("request", url, "\r\n".join(("GET / HTTP/1.1", *headers, "", "")).encode())


def chunked(body: bytes, size: int = 7) -> bytes:
    """Return a body in chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def plain(records: Iterable[bytes]) -> bytes:
    """Return an archive without compression."""
    return b"".join(records)


def gzipped(records: Iterable[bytes]) -> bytes:
    """Return an archive with a member of gzip for each record."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)


def gzipped_whole(records: Iterable[bytes]) -> bytes:
    """Return an archive that is compressed as a whole, as the standard advises against."""
    return gzip.compress(plain(records), mtime=0)


def zstandard(records: Iterable[bytes]) -> bytes:
    """Return an archive with a frame of zstd for each record."""
    return b"".join(compress(each) for each in records)


def with_dictionary(records: Iterable[bytes]) -> bytes:
    """Return an archive of zstd that begins with the dictionary of all its frames."""
    every = list(records)
    dictionary = train_dict([(each * 4)[:2000] for each in every for _ in range(200)], 1024)
    content = dictionary.dict_content
    frame = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
    return frame + b"".join(compress(each, zstd_dict=dictionary) for each in every)


PACKINGS: dict[str, tuple[str, Packing]] = {
    "plain": (".warc", plain),
    "gzip": (".warc.gz", gzipped),
    "gzip as a whole": (".warc.gz", gzipped_whole),
    "zstd": (".warc.zst", zstandard),
    "zstd with a dictionary": (".warc.zst", with_dictionary),
}
"""Name -> (end of the file's name, what makes it)."""


def write_cdxj(path: Path, archive: Path, records: Iterable[bytes], pack: Packing) -> None:
    """Write an index of an archive that has each record in a member of its own."""
    at, lines = 0, []
    for each in records:
        lines.append("com,a)/ 2026 " + json.dumps({"offset": str(at), "filename": archive.name}))
        at += len(pack([each]))
    path.write_text("\n".join(lines) + "\n", "utf-8")
