"""Files compiled at build time from the rules that ship with the tool; only an installed wheel has them.

They belong to the package and are trusted like its modules: nothing compares them with the rules. They hold
rules and data, never anything about a scanned file. A checkout has none, so that an edited rule takes effect at once.
"""

import os
from typing import Final

FOLDER: Final = "_compiled"
"""Name of their folder, inside the package."""


def read(name: str) -> bytes | None:
    """Return the content of a compiled file, or None if the package does not contain it."""
    path = os.path.join(os.path.dirname(os.path.dirname(__file__)), FOLDER, name)
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None
