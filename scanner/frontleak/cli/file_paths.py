"""Parameters that name a file or folder on disk."""

import os
from pathlib import Path
from typing import Any, Final

import click

from frontleak.core.paths import is_address, without_secrets
from frontleak.core.secret import printable

_REFUSED: Final = "is an address, and this has to be on disk: name a file or folder, or a copy of what is there"


class FilePath(click.Path):
    """A path on disk. An address is none: as a `Path` it would lose a slash, and as a file it would be looked for here.

    The message has no user, password or query of the address.
    """

    def __init__(
        self, *, exists: bool = False, file_okay: bool = True, dir_okay: bool = True, as_path: bool = True
    ) -> None:
        """Take what `click.Path` takes; `as_path` is whether the value becomes a `Path`, not a text."""
        super().__init__(exists=exists, file_okay=file_okay, dir_okay=dir_okay, path_type=Path if as_path else None)

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path.

        Raises:
            click.UsageError: it is an address.
        """
        if isinstance(value, str):
            check_on_disk(value)
        return super().convert(value, param, ctx)


def check_on_disk(text: str) -> None:
    """Check that a text names a file or folder on disk.

    Raises:
        click.UsageError: it is an address.
    """
    if is_address(text):
        raise click.UsageError(f"{printable(without_secrets(text))}: {_REFUSED}")
