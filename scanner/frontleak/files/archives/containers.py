"""Recognises compressed data and archives by their magic numbers, and names their members for display."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, assert_never

from frontleak.core.diagnostic import Level
from frontleak.files.archives import hermes
from frontleak.files.archives.asar import asar_members, is_asar
from frontleak.files.archives.limits import Member, UnpackBudget, UnpackError
from frontleak.files.archives.magic_numbers import holds_packed_text
from frontleak.files.archives.png_texts import png_texts
from frontleak.files.archives.streams import Compression, decompressed
from frontleak.files.archives.tars import TarReader, is_tar, plain_tar, tar_members
from frontleak.files.archives.zips import zip_members


class Container(StrEnum):
    """A format that holds other files, except a compressed stream."""

    ZIP = "zip"
    TAR = "tar"
    ASAR = "asar"
    HERMES = "hermes"
    PNG = "png"
    CLOSED = "closed"


_BY_MAGIC: Final[Mapping[bytes, Container | Compression]] = {
    b"\x1f\x8b\x08": Compression.GZIP,
    b"PK\x03\x04": Container.ZIP,
    b"PK\x05\x06": Container.ZIP,
    b"\x28\xb5\x2f\xfd": Compression.ZSTD,
    b"\x04\0\0\0": Container.ASAR,
    b"Cr24\2\0\0\0": Container.ZIP,
    b"Cr24\3\0\0\0": Container.ZIP,
    hermes.MAGIC: Container.HERMES,
    b"BZh": Compression.BZIP2,
    b"\xfd7zXZ\0": Compression.XZ,
    b"7z\xbc\xaf\x27\x1c": Container.CLOSED,
    b"Rar!\x1a\x07": Container.CLOSED,
}
_MAGICS: Final = tuple(_BY_MAGIC)
MAGIC_NUMBERS: Final = frozenset(magic[:2] for magic in _BY_MAGIC)
"""First two bytes of every format that can be opened, except tar; other files may begin with them too."""
BROTLI_ENDING: Final = ".br"
"""Brotli data has no magic number; it is recognised by the file name."""
_BZIP2_BLOCKS: Final = (b"1AY&SY", b"\x17rE8P\x90")
_TAR_HEADER: Final = 512
_LONGEST_NAME: Final = 400
_SHORTEST_TEXT: Final = 64


def recognise(data: bytes, name: str) -> Container | Compression | None:
    """Return the format of data with a file name; None for an ordinary file."""
    if is_tar(data):
        return Container.TAR
    if data.startswith(_MAGICS):
        what = next(what for magic, what in _BY_MAGIC.items() if data.startswith(magic))
        if what is Container.ASAR:
            return what if is_asar(data) else None
        if what is Compression.BZIP2:
            return what if data.startswith(_BZIP2_BLOCKS, 4) else None
        return what
    if holds_packed_text(data):
        return Container.PNG
    return Compression.BROTLI if name.endswith(BROTLI_ENDING) and not is_text(data[:256]) else None


def is_text(sample: bytes) -> bool:
    """Return whether data begins as UTF-8 text without control characters, which compressed data never does."""
    if len(sample) < _SHORTEST_TEXT or any(byte < 9 for byte in sample):
        return False
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(sample) - error.start < 4
    return True


def members(data: bytes, what: Container | Compression, budget: UnpackBudget, *, outermost: bool) -> Iterator[Member]:
    """Yield the members of a container; a lone compressed file is one member without a name.

    Raises:
        UnpackError: it is broken, cut off or cannot be unpacked. Everything that could be read has been yielded.
        Cut: a cap was reached.
    """
    match what:
        case Container.ZIP:
            yield from zip_members(data, budget, outermost=outermost)
        case Container.TAR:
            yield from tar_members(TarReader(budget.metered(plain_tar(data), outermost=outermost)), budget)
        case Container.ASAR:
            yield from asar_members(data, budget, outermost=outermost)
        case Container.HERMES:
            strings = hermes.hermes_strings(data)
            yield Member("string table", budget.metered(strings, outermost=outermost))
        case Container.PNG:
            yield from png_texts(data, budget, outermost=outermost)
        case Container.CLOSED:
            kind = "7z" if data.startswith(b"7z") else "rar"
            raise UnpackError(
                f"is a {kind} archive, which cannot be unpacked; only its raw bytes were scanned", Level.NOTE
            )
        case Compression():
            reader = TarReader(budget.metered(decompressed(data, what), outermost=outermost))
            if is_tar(reader.peek(_TAR_HEADER)):
                yield from tar_members(reader, budget)
            else:
                yield Member("", reader.parts())
        case _:
            assert_never(what)


def shown_name(container: str, name: str) -> str:
    """Return the display name of a member: joined with `!/`, of limited length, and never pointing out of the archive.

    Args:
        container: display name of the container if it is a member itself; empty for the file on disk.
        name: as written in the archive; empty for the content of a lone compressed file.
    """
    text = name[: 10 * _LONGEST_NAME].encode("utf-8", "replace").decode("utf-8").replace("\\", "/")
    parts = ["%2E" * len(part) if part in {".", ".."} else part for part in text.split("/") if part]
    clean = "/".join(parts)
    if len(clean) > _LONGEST_NAME:
        clean = "…" + clean[-_LONGEST_NAME:]
    if name and not clean:
        clean = "(no name)"
    return "!/".join(part for part in (container, clean) if part)
