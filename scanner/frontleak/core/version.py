"""The version of this package, in its own module so that every layer can import it."""

from typing import Final

VERSION: Final = "0.1.0"
