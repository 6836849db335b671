"""Decoder for ASCII texts in UTF-32, of either byte order, inside other data."""

from typing import Final

from frontleak.decode.kit import runs
from frontleak.decode.wide import wide_text

decode: Final = runs(wide_text("utf-32", 4))
