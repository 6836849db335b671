"""The garbage collector, which looks at all objects again and again while many are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector, for work that makes many objects and few cycles.

    What the work made should be gone when the pause ends, or the collector looks at all of it then: decorate the
    function that does the work.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
