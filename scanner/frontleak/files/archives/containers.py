"""Tells compressed data and archives by their first bytes, and names what is in them so that it can be shown."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, assert_never

from frontleak.files.archives import hermes
from frontleak.files.archives.asar import asar_members, is_asar
from frontleak.files.archives.limits import Damaged, Member, UnpackBudget
from frontleak.files.archives.streams import Compression, decompressed
from frontleak.files.archives.tars import TarReader, is_tar, plain_tar, tar_members
from frontleak.files.archives.zips import zip_members


class Container(StrEnum):
    """What holds other files besides a compressed stream."""

    ZIP = "zip"
    TAR = "tar"
    ASAR = "asar"
    HERMES = "hermes"
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
"""The first two bytes of what can be opened, a tar apart; other files have them too."""
BROTLI_ENDING: Final = ".br"
"""Brotli data begins like anything; it is told by the name."""
_BZIP2_BLOCKS: Final = (b"1AY&SY", b"\x17rE8P\x90")
_TAR_HEAD: Final = 512
_LONGEST_NAME: Final = 400
_SHORTEST_TEXT: Final = 64


def recognise(data: bytes, name: str) -> Container | Compression | None:
    """Say what data with a name can be opened as; None for an ordinary file."""
    if is_tar(data):
        return Container.TAR
    if data.startswith(_MAGICS):
        found = next(what for magic, what in _BY_MAGIC.items() if data.startswith(magic))
        if found is Container.ASAR:
            return found if is_asar(data) else None
        if found is Compression.BZIP2:
            return found if data.startswith(_BZIP2_BLOCKS, 4) else None
        return found
    return Compression.BROTLI if name.endswith(BROTLI_ENDING) and not _is_text(data[:256]) else None


def _is_text(head: bytes) -> bool:
    """Say whether data begins as UTF-8 text without control characters, as compressed data does not."""
    if len(head) < _SHORTEST_TEXT or any(byte < 9 for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) - error.start < 4
    return True


def members(data: bytes, what: Container | Compression, budget: UnpackBudget, *, outermost: bool) -> Iterator[Member]:
    """Yield what is in a container; a lone compressed file is one member without a name.

    Raises:
        Damaged: it cannot be read, or not to its end; what could be read has been yielded.
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
        case Container.CLOSED:
            kind = "7z" if data.startswith(b"7z") else "rar"
            raise Damaged(f"is a {kind} archive, which is not opened; it was read as it stands", known=True)
        case Compression():
            reader = TarReader(budget.metered(decompressed(data, what), outermost=outermost))
            if is_tar(reader.peek(_TAR_HEAD)):
                yield from tar_members(reader, budget)
            else:
                yield Member("", reader.parts())
        case _:
            assert_never(what)


def shown_name(container: str, name: str) -> str:
    """Return the name of a member as reports show it: what `!/` joins, without ways out of the archive, and not long.

    Args:
        container: the shown name of the member that is the container; empty for the file on disk.
        name: as the archive has it; empty for the content of a lone compressed file.
    """
    text = name[: 10 * _LONGEST_NAME].encode("utf-8", "replace").decode("utf-8").replace("\\", "/")
    parts = ["%2E" * len(part) if part in {".", ".."} else part for part in text.split("/") if part]
    clean = "/".join(parts)
    if len(clean) > _LONGEST_NAME:
        clean = "…" + clean[-_LONGEST_NAME:]
    if name and not clean:
        clean = "(no name)"
    return "!/".join(part for part in (container, clean) if part)
