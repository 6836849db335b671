"""All faults, by group, in the order of the documentation."""

from collections.abc import Mapping
from typing import Final

from tests.faults.changing_files import CHANGING_FAULTS
from tests.faults.disk_faults import DISK_FAULTS
from tests.faults.fault import Fault
from tests.faults.hostile_faults import HOSTILE_FAULTS
from tests.faults.process_faults import PROCESS_FAULTS
from tests.faults.size_faults import SIZE_FAULTS

GROUPS: Final[Mapping[str, tuple[Fault, ...]]] = {
    "Processes, memory, streams, clock": PROCESS_FAULTS,
    "Disks and the cache": DISK_FAULTS,
    "Files that change during the scan": CHANGING_FAULTS,
    "Sizes and archive bombs": SIZE_FAULTS,
    "Hostile texts and rules": HOSTILE_FAULTS,
}
"""Heading -> its rows."""
FAULTS: Final[Mapping[str, Fault]] = {fault.name: fault for group in GROUPS.values() for fault in group}
"""By name."""
