"""The version of this package. It has a module of its own so that every layer can import it."""

from typing import Final

VERSION: Final = "0.1.0"
