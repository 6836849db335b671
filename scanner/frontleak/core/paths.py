"""Paths with forward slashes, on every platform."""

import os


def slashes(path: str) -> str:
    """Return a path of this platform with forward slashes."""
    return path.replace(os.sep, "/") if os.sep != "/" else path
