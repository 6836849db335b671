"""Text in XML 1.0 and in HTML. XML has no way to write most control characters, not even escaped."""

from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.secret import printable

_NEVER: Final = LazyTextRegex("[\ufffe\uffff]")
"""Besides control characters and lone surrogates, which `printable` escapes."""


def xml_text(text: str) -> str:
    r"""Return text for an element or a quoted attribute; what XML cannot hold is written as `\x1b` or `\uffff`.

    Nothing in it is a command to a CI system that prints it: see `service_messages`.
    """
    text = _NEVER.sub(lambda found: rf"\u{ord(found.group()):04x}", printable(text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("##", "#&#35;").replace("::", ":&#58;")


def xml_attributes(**values: str | int) -> str:
    """Return attributes, each after a blank, in the order given."""
    return "".join(f' {name}="{xml_text(str(value))}"' for name, value in values.items())
