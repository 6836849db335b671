"""The folder of done-files: one for each shard, written completely or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from typing import Final

from frontleak.core.errors import InputError, ReportError
from frontleak.scanning.shards.lines import Shard

_ENDING: Final = ".json"
_MOST_BYTES: Final = 1 << 30
"""A larger file is none of ours."""


def done_name(number: int) -> str:
    """Return the name of the done-file of a shard."""
    return f"shard-{number:07d}{_ENDING}"


def make_folder(folder: str) -> None:
    """Make the folder of done-files, which only its owner can read, if it is not there.

    Raises:
        ReportError: it cannot be made.
    """
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        raise ReportError(
            f"{folder}: cannot be made: {error.strerror}", advice="name a folder that you can write with --done"
        ) from error


def write_done(folder: str, shard: Shard, text: str) -> None:
    """Write a done-file, which only its owner can read: to a new file, which then takes its place.

    Raises:
        ReportError: it cannot be written; nothing is left behind.
    """
    file = os.path.join(folder, done_name(shard.number))
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".shard-", suffix=".new", dir=folder)  # mode 0600
        with open(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, file)
        _sync_folder(folder)
    except BaseException as error:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        if isinstance(error, OSError):
            raise ReportError(
                f"{file}: cannot be written: {error.strerror or error}", advice="run the shard again"
            ) from error
        raise


def _sync_folder(folder: str) -> None:
    """Make the name of a new file last too, where the system can."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_done(file: str) -> str | None:
    """Return the text of a done-file; None if there is none.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with open(file, encoding="utf-8", newline="\n") as stream:
            if os.fstat(stream.fileno()).st_size > _MOST_BYTES:
                raise InputError(f"{file}: is too large for the result of a shard", advice="run the shard again")
            return stream.read()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: is cut off or damaged", advice="run the shard again") from error
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}", advice="check who may read it") from error


def documents(folder: str) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of each file in a folder that may be a done-file.

    They come in no order, because a sorted listing may not fit in memory. A file that cannot be read has an empty text.

    Raises:
        InputError: the folder cannot be listed.
    """
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                if entry.name.endswith(_ENDING) and not entry.name.startswith(".") and entry.is_file():
                    try:
                        text = read_done(entry.path)
                    except InputError:
                        text = ""
                    yield entry.path, text or ""
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be listed: {error.strerror}",
            advice="name the folder that `shard run` writes: the name of the plan and `.done`",
        ) from error
