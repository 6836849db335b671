"""Asks the allocator to give freed memory back: for runs with so many findings that it shows."""

import functools
import sys
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
"""Parameters of `mallopt`: bytes free at the top of the heap that are kept, and of the smallest block outside of it.
Source: malloc.h of glibc."""
_KEPT: Final = 128 * 1024
"""What glibc keeps until a large block was freed; then it keeps up to twice that block, such as a database of 6 MB."""


@functools.cache
def give_freed_memory_back() -> None:
    """Keep no more than 128 kB of freed memory from now on, once per process; does nothing without glibc."""
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - 3 ms that few runs need

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, _KEPT)
        mallopt(_MMAP_THRESHOLD, _KEPT)
