"""The expressions of rules: compiled when a text first needs them, or taken from what a build has compiled.

Compiling one takes 5 ms on average, and up to 30; loading a compiled one takes a thirtieth of that.
"""

import functools
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from frontleak.core import compiled_files
from frontleak.core.digests import blake2b

if TYPE_CHECKING:
    import regex

_LENGTH: Final = 8
"""Bytes at the beginning of the file that hold the length of its index."""


@functools.cache
def compiled(pattern: str) -> "regex.Pattern[bytes]":
    """Return a free-spacing pattern over bytes, compiled once per process."""
    import regex  # noqa: PLC0415 - 15 ms, not needed by a scan without hits

    stored = _stored().get(_key(pattern))
    if stored is not None:
        import pickle  # noqa: PLC0415 - only here; `regex` has not imported it

        found: regex.Pattern[bytes] = pickle.loads(stored)  # noqa: S301 - a file of the package, like its modules
        return found
    return regex.compile(pattern.encode("ascii"), regex.VERBOSE | regex.VERSION0)


def compiled_expressions(patterns: Iterable[str]) -> tuple[str, bytes]:
    """Return the name and content of the file that spares an installed package the compilation of expressions.

    The file has an index in JSON (digest of a pattern -> offset and length in bytes) and the pickles of `regex`, which
    hold its own code. A pattern that is not in it is compiled, so an edited rule takes effect.
    """
    import pickle  # noqa: PLC0415 - as above

    pickles = {_key(pattern): pickle.dumps(compiled(pattern), 5) for pattern in sorted(set(patterns))}
    index: dict[str, tuple[int, int]] = {}
    at = 0
    for key, stored in pickles.items():
        index[key] = at, len(stored)
        at += len(stored)
    head = json.dumps(index).encode()
    return _name(), b"".join((len(head).to_bytes(_LENGTH, "big"), head, *pickles.values()))


def _name() -> str:
    import regex  # noqa: PLC0415 - as above

    return f"expressions-{regex.__version__}.bin"  # its code is that of a version


@functools.cache
def _stored() -> Mapping[str, memoryview]:
    """Return what a build has compiled: digest of a pattern -> pickle; nothing in a checkout."""
    content = memoryview(compiled_files.read(_name()) or b"")
    if not content:
        return {}
    start = _LENGTH + int.from_bytes(content[:_LENGTH], "big")
    index = json.loads(bytes(content[_LENGTH:start]))
    return {key: content[start + at :][:length] for key, (at, length) in index.items()}


def _key(pattern: str) -> str:
    return blake2b(pattern.encode("ascii"), digest_size=16).hexdigest()
