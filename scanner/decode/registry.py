"""The decoders there are. A new one is a module, a line here and its triggers in rules/triggers.yaml."""

from typing import Final

from scanner.decode.interface import Decoder

DECODERS: Final[tuple[Decoder, ...]] = ()
