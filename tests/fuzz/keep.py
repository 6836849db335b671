"""Chooses the inputs that the repository keeps: few, short, and without a text shaped like a vendor's secret."""

import os
import sys
from hashlib import blake2b
from pathlib import Path
from typing import Final

from frontleak.core.vocabulary import Confidence, Severity
from tests.fuzz.session import CORPUS
from tests.fuzz.target import Target
from tests.support.shipped import full_engine

_MOST: Final = 60
"""Inputs of one target."""
_LONGEST: Final = 512
"""Bytes of one."""
_VENDORS: Final = "sanity-"
"""Rules whose fakes the repository may hold begin with this."""


def keep(target: Target, grown: Path) -> int:
    """Write the shortest inputs that together reach every line that all short ones reach; return their number.

    Args:
        target: the kept inputs are for.
        grown: folder with all inputs of long runs.
    """
    files = [file for folder in (grown, CORPUS / target.name) if folder.is_dir() for file in folder.iterdir()]
    inputs = sorted(
        {file.read_bytes() for file in files if file.stat().st_size <= _LONGEST}, key=lambda one: (len(one), one)
    )
    seen: set[tuple[str, int]] = set()
    for seed in target.seeds():
        seen |= _lines(target, seed)
    chosen: list[bytes] = []
    for data in filter(is_neutral, inputs):
        if len(chosen) < _MOST and not (lines := _lines(target, data)) <= seen:
            seen |= lines
            chosen.append(data)
    folder = CORPUS / target.name
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    for data in chosen:
        (folder / blake2b(data, digest_size=6).hexdigest()).write_bytes(data)
    return len(chosen)


def is_neutral(data: bytes) -> bool:
    """Return whether nothing in an input has the shape of a secret of a vendor other than Sanity.

    A name and any value is no shape, and a mangled input may hold one by chance.
    """
    return all(
        match.rule.id.startswith(_VENDORS)
        for match in full_engine().scan(data).matches
        if match.rule.confidence is Confidence.HIGH and match.rule.severity is not Severity.INFO
    )


def _lines(target: Target, data: bytes) -> set[tuple[str, int]]:
    """Return the lines of frontleak that an input reaches."""
    reached: set[tuple[str, int]] = set()
    package = f"{os.sep}frontleak{os.sep}"

    def trace(frame: object, event: str, _argument: object) -> object:
        code = frame.f_code  # type: ignore[attr-defined]  # a frame
        if package not in code.co_filename:
            return None
        if event == "line":
            reached.add((code.co_filename, frame.f_lineno))  # type: ignore[attr-defined]  # as above
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # as above
    try:
        target.run(data)
    finally:
        sys.settrace(before)
    return reached
