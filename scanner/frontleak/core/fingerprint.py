"""Fingerprints: the identity of a finding across rebuilds."""

import functools
from collections.abc import Callable
from typing import Final

from frontleak.core.digests import blake2b
from frontleak.core.finding import Place
from frontleak.core.origins import Origin, relocated

_MOST_KNOWN: Final = 1024
"""Origins whose logical path is kept: a file may have thousands of findings."""


def fingerprint(rule_id: str, identity: str, origin: Origin, original: str = "") -> str:
    """Return 32 hexadecimal digits from the rule, the identity, and the original path or else the logical path.

    Paths count from the top of the project. Lines, columns and offsets are not part of it: a rebuild keeps it, and a
    new secret on an old line changes it.
    """
    parts = f"{rule_id}\0{identity}\0{original or _logical_path(origin)}"
    return blake2b(parts.encode("utf-8", "surrogateescape"), digest_size=16, person=b"frontleak/1").hexdigest()


@functools.lru_cache(_MOST_KNOWN)
def _logical_path(origin: Origin) -> str:
    return origin.logical_path


def fingerprint_at(rule_id: str, identity: str, place: Place, from_top: Callable[[str], str]) -> str:
    """Return the fingerprint of a place.

    Args:
        rule_id: the rule.
        identity: of the secret, or of names.
        place: with paths as displayed.
        from_top: path as displayed -> path from the top of the project.
    """
    original = place.original
    path = (from_top(original.path) if original.exists else original.path) if original else ""
    return fingerprint(rule_id, identity, relocated(place.origin, from_top), path)


def named_identity(name: str, count: int) -> str:
    """Return what stands for a value that could be guessed: its name, and its number among those of one name and place.

    No value enters it, so a new password in the same place has the fingerprint of the old one.
    """
    return f"named\0{name}\0{count}"
