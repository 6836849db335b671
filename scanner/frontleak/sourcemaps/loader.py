"""Interface to load the source map next to a script; the caller decides which files may be read."""

from collections.abc import Callable

from frontleak.core.diagnostic import Diagnostic

Load = Callable[[str | None], bytes | Diagnostic | None]
"""Map URL in a script, such as `app.js.map` (None if there is none) -> the bytes of the map, or why it was not read.

The result is None when the script references no map and there is none next to it.
"""
