"""A file before and after an edit: shown as a difference, written as a whole or not at all."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from frontleak.core.errors import ConfigError
from frontleak.core.records import dataclass

_LONGEST: Final = 1_000_000
"""Bytes of the largest file that is edited."""
_EXECUTABLE: Final = 0o111


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """A file to create, to change or to remove."""

    path: str
    """Absolute."""
    shown: str
    """The path for messages."""
    before: str | None
    """None if there is no file."""
    after: str | None
    """None if the file is to be removed."""
    executable: bool = False
    """Whether a new file can be run."""

    @property
    def outcome(self) -> str:
        """What happens to the file, in a word."""
        if self.before == self.after:
            return "unchanged"
        return "removed" if self.after is None else "created" if self.before is None else "changed"

    def difference(self) -> Iterator[str]:
        """Yield the lines that change, with `+` or `-` and a blank in front, and a line of context around each."""
        from difflib import unified_diff  # noqa: PLC0415 - takes 10 ms

        before, after = (self.before or "").splitlines(), (self.after or "").splitlines()
        for line in unified_diff(before, after, n=1, lineterm=""):
            if not line.startswith(("---", "+++", "@@")):
                yield f"{line[0]} {line[1:]}".rstrip()

    def apply(self) -> None:
        """Write or remove the file; its mode stays.

        Raises:
            FrontleakError: the file or its folder cannot be written.
        """
        from frontleak.cli.outputs import write_file  # noqa: PLC0415 - other commands need nothing of this module

        if self.before == self.after:
            return
        try:
            mode = stat.S_IMODE(os.stat(self.path).st_mode) if self.before is not None else None
            if self.after is None:
                os.unlink(self.path)
                return
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"{self.shown}: cannot be written: {error.strerror or error}",
                advice="make its folder writable, then run the command again",
            ) from error
        write_file(Path(self.path), iter([self.after]))
        if mode is None and self.executable:
            mode = stat.S_IMODE(os.stat(self.path).st_mode) | _EXECUTABLE
        if mode is not None:
            os.chmod(self.path, mode)


def read_text(path: str, shown: str) -> str | None:
    """Return the text of a file as it is, line ends included; None if there is no file.

    Raises:
        ConfigError: it cannot be read, is no regular file, is very large or not UTF-8.
    """
    try:
        if not os.path.lexists(path):
            return None
        if not os.path.isfile(path):
            raise ConfigError(f"{shown}: is not a file", advice="remove it, or write the lines by hand (docs/hooks.md)")
        with open(path, "rb") as file:
            data = file.read(_LONGEST + 1)
        if len(data) > _LONGEST:
            raise ConfigError(f"{shown}: is larger than {_LONGEST:,} bytes, so it is not edited")
        return data.decode()
    except OSError as error:
        raise ConfigError(f"{shown}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{shown}: is not UTF-8, so it is not edited", advice="write the lines by hand (docs/hooks.md)"
        ) from error
