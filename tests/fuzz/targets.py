"""All fuzz targets, in the order of the documentation."""

from typing import Final

from tests.fuzz.target import Target
from tests.fuzz.targets_editor import EDITOR_TARGETS
from tests.fuzz.targets_files import FILE_TARGETS
from tests.fuzz.targets_scan import SCAN_TARGETS

TARGETS: Final[tuple[Target, ...]] = (*SCAN_TARGETS, *FILE_TARGETS, *EDITOR_TARGETS)


def target_named(name: str) -> Target:
    """Return a target.

    Raises:
        LookupError: there is none of that name.
    """
    for target in TARGETS:
        if target.name == name:
            return target
    raise LookupError(name)
